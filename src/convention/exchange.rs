//! Whole requests and responses in one attribute: what a provider was sent and answered, what a chain, agent or
//! retriever was asked and gave back.

use super::hidden::{Shown, shown};
use super::messages::{Message, Speaker, message, messages_of};
use super::tree::{parsed, take};
use super::{python, tree};
use crate::otlp::view::AnyValue;
use crate::text::json::Value;
use std::borrow::Cow;

/// What such an attribute holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// Somebody's words.
    Text(Cow<'a, str>),
    /// A conversation.
    Messages(Vec<Message<'a>>),
    /// Hidden on purpose.
    Hidden,
    /// Nothing that can be told to be anybody's words.
    Nothing,
}

/// Envelopes are opened this deep.
const MAX_ENVELOPES: usize = 6;

/// Keys under which a question is handed on, the surest first.
const ASKED: &[&str] = &[
    "messages",
    "input",
    "query",
    "question",
    "query_str",
    "user_input",
    "user_query",
    "query_bundle",
    "str_or_query_bundle",
    "prompt",
    "user_message",
    "user_prompt",
    "args",
];

/// Keys under which an answer is handed back.
const ANSWERED: &[&str] =
    &["messages", "output", "answer", "response", "result", "final_answer", "final_output", "output_text", "text"];

/// What was asked.
pub(super) fn asked<'a>(value: AnyValue<'a>) -> Content<'a> {
    open(tree::tree(value), ASKED)
}

/// What was answered: the response of a provider in any known shape, or the output of a chain.
pub(super) fn answered<'a>(value: AnyValue<'a>) -> Content<'a> {
    let mut value = tree::tree(value);
    if let Some(messages) = response(&mut value) {
        return Content::Messages(messages);
    }
    open(value, ANSWERED)
}

fn open<'a>(mut value: Value<'a>, keys: &[&str]) -> Content<'a> {
    for _ in 0..MAX_ENVELOPES {
        value = match value {
            Value::String(text) => match parsed(text) {
                Value::String(text) => return words(text),
                opened => opened,
            },
            Value::Array(mut items) => {
                let messages = messages_of(Value::Array(std::mem::take(&mut items)));
                return if messages.is_empty() { Content::Nothing } else { Content::Messages(messages) };
            }
            Value::Object(_) => {
                let Some(key) = keys.iter().find(|key| value.get(key).is_some_and(speaks)) else {
                    let single = matches!(value, Value::Object(_)).then(|| message(value, None)).flatten();
                    return single.map_or(Content::Nothing, |message| Content::Messages(vec![message]));
                };
                match take(&mut value, key) {
                    // The arguments of a decorated function: the first is what it was asked.
                    Some(Value::Array(items)) if *key == "args" => items.into_iter().next().unwrap_or(Value::Null),
                    Some(inner) => inner,
                    None => return Content::Nothing,
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => return Content::Nothing,
        };
    }
    Content::Nothing
}

/// Whether a member may hold words at all.
fn speaks(value: &Value<'_>) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn words(text: Cow<'_, str>) -> Content<'_> {
    if matches!(text.trim(), "null" | "None") {
        return Content::Nothing;
    }
    if python::is_repr(&text) {
        // `AIMessage`'s content is its words; other representations are not anybody's.
        return match python::content(&text).map(|content| shown(Cow::Owned(content))) {
            Some(Shown::Text(text)) if !python::is_repr(&text) => Content::Text(text),
            _ => Content::Nothing,
        };
    }
    match shown(text) {
        Shown::Text(text) => Content::Text(text),
        Shown::Hidden => Content::Hidden,
        Shown::Nothing => Content::Nothing,
    }
}

/// The messages of a provider's response; `None` when the value is none.
fn response<'a>(value: &mut Value<'a>) -> Option<Vec<Message<'a>>> {
    if let Some(Value::Array(choices)) = take(value, "choices") {
        return Some(choices.into_iter().filter_map(choice).collect());
    }
    if let Some(generations) = take(value, "generations") {
        return Some(langchain(generations));
    }
    if let Some(Value::Array(candidates)) = take(value, "candidates") {
        return Some(candidates.into_iter().filter_map(gemini).collect());
    }
    // LlamaIndex: the message, and the provider's response in which a refusal survives.
    if value.get("raw").is_some() || value.get("response").is_some_and(|inner| inner.get("raw").is_some()) {
        let mut inner = if value.get("raw").is_some() { Value::Null } else { take(value, "response")? };
        let holder = if matches!(inner, Value::Null) { &mut *value } else { &mut inner };
        if let Some(found) = take(holder, "raw").and_then(|mut raw| response(&mut raw)) {
            return Some(found);
        }
        return take(value, "message").or_else(|| take(&mut inner, "message")).map(messages_of);
    }
    // Responses API: items of output.
    if matches!(value.get("output"), Some(Value::Array(items)) if items.iter().any(|item| item.get("type").is_some())) {
        return take(value, "output").map(messages_of);
    }
    if value.get("role").is_some() || value.get("stop_reason").is_some() {
        let whole = std::mem::replace(value, Value::Null);
        return message(whole, Some(Speaker::Assistant)).map(|message| vec![message]);
    }
    if matches!(value, Value::Array(_)) {
        let found = messages_of(std::mem::replace(value, Value::Null));
        return Some(found);
    }
    None
}

fn choice(mut value: Value<'_>) -> Option<Message<'_>> {
    if value.get("message").is_some() {
        return message(value, Some(Speaker::Assistant));
    }
    // Completions API.
    let text = take(&mut value, "text").and_then(Value::into_str)?;
    let mut said = Message::by(Some(Speaker::Assistant));
    said.finish = take(&mut value, "finish_reason").and_then(Value::into_str);
    said.say(text);
    Some(said)
}

fn langchain(generations: Value<'_>) -> Vec<Message<'_>> {
    let Value::Array(mut items) = generations else { return Vec::new() };
    if let Some(Value::Array(batch)) = items.first_mut() {
        items = std::mem::take(batch);
    }
    items.into_iter().filter_map(generation).collect()
}

fn generation(mut item: Value<'_>) -> Option<Message<'_>> {
    let finish = take(&mut item, "generation_info")
        .and_then(|mut info| take(&mut info, "finish_reason"))
        .and_then(Value::into_str);
    let text = take(&mut item, "text").and_then(Value::into_str);
    let mut said = match take(&mut item, "message") {
        Some(inner) => message(inner, Some(Speaker::Assistant))?,
        None if text.is_some() => Message::by(Some(Speaker::Assistant)),
        None => return None,
    };
    if let Some(text) = text
        && said.texts.is_empty()
    {
        said.say(text);
    }
    said.finish = said.finish.or(finish);
    Some(said)
}

fn gemini(mut candidate: Value<'_>) -> Option<Message<'_>> {
    let finish =
        ["finish_reason", "finishReason"].iter().find_map(|key| take(&mut candidate, key)).and_then(Value::into_str);
    let mut said = take(&mut candidate, "content")
        .and_then(|content| message(content, Some(Speaker::Assistant)))
        .unwrap_or_else(|| Message::by(Some(Speaker::Assistant)));
    said.finish = finish;
    Some(said)
}

/// The words of the last assistant message that has any, for chains and agents that give back a conversation.
pub(super) fn last_answer<'a>(messages: Vec<Message<'a>>) -> Option<Message<'a>> {
    messages
        .into_iter()
        .rev()
        .take_while(|message| message.speaker != Some(Speaker::User) || message.texts.is_empty())
        .find(|message| {
            matches!(message.speaker, Some(Speaker::Assistant) | None)
                && (!message.texts.is_empty() || message.refusal.is_some())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: what chains are asked, in the envelopes that frameworks use, and values that are nobody's words.
    /// Guarantees: the question comes out of the first, nothing out of the second.
    #[test]
    fn questions() {
        for json in [
            "¿cuánto?",
            r#""¿cuánto?""#,
            r#"{"input": "¿cuánto?"}"#,
            r#"{"input": "¿cuánto?", "chat_history": []}"#,
            r#"{"question": "¿cuánto?"}"#,
            r#"{"str_or_query_bundle": {"query_str": "¿cuánto?"}}"#,
            r#"{"args": ["¿cuánto?"], "kwargs": {}}"#,
            r#"{"input": {"question": "¿cuánto?"}}"#,
            r#"{"input": "¿cuánto?"#,
        ] {
            assert_eq!(asked(AnyValue::Str(json)), Content::Text("¿cuánto?".into()), "{json}");
        }
        for json in ["{}", r#"{"a":"x","b":"y"}"#, "messages=[HumanMessage(content='x')]", "[1,2]", "", r#"["a"]"#] {
            assert_eq!(asked(AnyValue::Str(json)), Content::Nothing, "{json}");
        }
        assert_eq!(asked(AnyValue::Str("__REDACTED__")), Content::Hidden);
        match asked(AnyValue::Str(r#"{"messages":[{"role":"user","content":"¿cuánto?"}]}"#)) {
            Content::Messages(messages) => assert_eq!(messages[0].texts, ["¿cuánto?"]),
            other => panic!("{other:?}"),
        }
    }

    /// Scenario: responses of several providers and frameworks with the same answer.
    /// Guarantees: each gives that answer and its finish reason.
    #[test]
    fn answers() {
        for json in [
            r#"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"sí","refusal":null}}]}"#,
            r#"{"choices":[{"finish_reason":"stop","text":"sí"}]}"#,
            r#"{"generations":[[{"text":"sí","generation_info":{"finish_reason":"stop"},"message":{"lc":1,"id":["AIMessage"],"kwargs":{"content":"sí"}}}]]}"#,
            r#"{"role":"assistant","content":[{"type":"text","text":"sí"}],"stop_reason":"stop"}"#,
            r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"sí"}]},"finishReason":"stop"}]}"#,
            r#"{"message":{"role":"assistant"},"raw":{"choices":[{"finish_reason":"stop","message":{"content":"sí"}}]}}"#,
        ] {
            match answered(AnyValue::Str(json)) {
                Content::Messages(messages) => {
                    assert_eq!(messages.len(), 1, "{json}");
                    assert_eq!(messages[0].texts, ["sí"], "{json}");
                    assert_eq!(messages[0].finish.as_deref(), Some("stop"), "{json}");
                }
                other => panic!("{json} {other:?}"),
            }
        }
        let items =
            r#"{"output":[{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"no"}]}]}"#;
        match answered(AnyValue::Str(items)) {
            Content::Messages(messages) => assert_eq!(messages[0].refusal.as_deref(), Some("no")),
            other => panic!("{other:?}"),
        }
        assert_eq!(answered(AnyValue::Str(r#"{"output": "sí"}"#)), Content::Text("sí".into()));
        assert_eq!(answered(AnyValue::Str("content='sí' name='x'")), Content::Text("sí".into()));
    }
}
