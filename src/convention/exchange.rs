//! What chains, agents and retrievers were asked and gave back: in an attribute that holds a question, a provider's whole
//! request, the arguments of a function, or anything else.

use super::hidden::{Shown, shown};
use super::message::{Message, Speaker};
use super::messages::{message, messages_of};
use super::tree::{parsed, take};
use super::{python, request, response, tree};
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
    "message",
    "contents",
    "new_message",
    "inputs",
    "args",
    "kwargs",
];

/// Keys under which an answer is handed back.
const ANSWERED: &[&str] = &[
    "messages",
    "output",
    "answer",
    "response",
    "result",
    "final_answer",
    "final_output",
    "output_text",
    "text",
    "outputs",
];

/// What was asked.
pub(super) fn asked<'a>(value: AnyValue<'a>) -> Content<'a> {
    let mut instructions = None;
    let content = open(tree::tree(value), ASKED, &mut |value| {
        if instructions.is_none() {
            instructions = request::instructions(value);
        }
    });
    let Some(instructions) = instructions else { return content };
    let mut messages = match content {
        Content::Messages(messages) => messages,
        Content::Text(text) => {
            let mut question = Message::by(Some(Speaker::User));
            question.say(text);
            vec![question]
        }
        Content::Hidden => {
            let mut question = Message::by(Some(Speaker::User));
            question.hidden = true;
            vec![question]
        }
        Content::Nothing => Vec::new(),
    };
    messages.insert(0, instructions);
    Content::Messages(messages)
}

/// What was answered: the response of a provider in any known shape, or the output of a chain.
pub(super) fn answered(mut value: Value<'_>) -> Content<'_> {
    if let Some(messages) = response::messages(&mut value) {
        return Content::Messages(messages);
    }
    open(value, ANSWERED, &mut |_| {})
}

fn open<'a>(mut value: Value<'a>, keys: &[&str], look: &mut dyn FnMut(&mut Value<'a>)) -> Content<'a> {
    for _ in 0..MAX_ENVELOPES {
        value = match value {
            Value::String(text) => match parsed(text) {
                Value::String(text) => return words(text),
                opened => opened,
            },
            Value::Array(items) => {
                let messages = messages_of(Value::Array(items));
                return if messages.is_empty() { Content::Nothing } else { Content::Messages(messages) };
            }
            Value::Object(_) => {
                look(&mut value);
                let Some(key) = keys.iter().find(|key| value.get(key).is_some_and(speaks)) else {
                    return unnamed(value);
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

/// An object without any key that says what it holds: a message, or one sentence under a name of the app's own.
fn unnamed(value: Value<'_>) -> Content<'_> {
    let only = match &value {
        Value::Object(members) => match members.as_slice() {
            [(_, Value::String(text))] => is_sentence(text),
            _ => false,
        },
        _ => false,
    };
    if only && let Value::Object(members) = value {
        return match members.into_iter().next() {
            Some((_, Value::String(text))) => words(text),
            _ => Content::Nothing,
        };
    }
    message(value, None).map_or(Content::Nothing, |message| Content::Messages(vec![message]))
}

/// Whether a string reads like words rather than like an identifier, a path or a number.
fn is_sentence(text: &str) -> bool {
    let text = text.trim();
    let foreign = text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).take(2).count() == 2;
    let several = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).take(2).count() == 2;
    foreign || several
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

/// The words of the last assistant message that has any, for chains and agents that give back a conversation.
pub(super) fn last_answer<'a>(messages: Vec<Message<'a>>) -> Option<Message<'a>> {
    messages.into_iter().rev().take_while(|message| message.speaker != Some(Speaker::User) || !message.has_text()).find(
        |message| {
            matches!(message.speaker, Some(Speaker::Assistant) | None)
                && (message.has_text() || message.refusal().is_some())
        },
    )
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
            r#"{"inputs": {"question": "¿cuánto?"}, "tags": ["seq:step:1"]}"#,
        ] {
            assert_eq!(asked(AnyValue::Str(json)), Content::Text("¿cuánto?".into()), "{json}");
        }
        let sentence = r#"{"args": [], "kwargs": {"frage": "was kostet das?"}}"#;
        assert_eq!(asked(AnyValue::Str(sentence)), Content::Text("was kostet das?".into()));
        for json in [
            "{}",
            r#"{"a":"x","b":"y"}"#,
            r#"{"user_id":"u-17"}"#,
            "messages=[HumanMessage(content='x')]",
            "[1,2]",
            "",
            r#"["a"]"#,
        ] {
            assert_eq!(asked(AnyValue::Str(json)), Content::Nothing, "{json}");
        }
        assert_eq!(asked(AnyValue::Str("__REDACTED__")), Content::Hidden);
        match asked(AnyValue::Str(r#"{"messages":[{"role":"user","content":"¿cuánto?"}]}"#)) {
            Content::Messages(messages) => assert_eq!(messages[0].texts(), ["¿cuánto?"]),
            other => panic!("{other:?}"),
        }
    }

    /// Scenario: what steps gave back: a provider's response, an envelope, a LangChain message as Python prints it, tool
    /// output that is nobody's.
    /// Guarantees: the answer comes out of the first three, nothing out of the last.
    #[test]
    fn answers() {
        let response = r#"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"sí"}}]}"#;
        match answered(tree::tree(AnyValue::Str(response))) {
            Content::Messages(messages) => assert_eq!(messages[0].texts(), ["sí"]),
            other => panic!("{other:?}"),
        }
        for text in [r#"{"output": "sí"}"#, r#"{"outputs": {"answer": "sí"}}"#, "content='sí' name='x'"] {
            assert_eq!(answered(tree::tree(AnyValue::Str(text))), Content::Text("sí".into()), "{text}");
        }
        for text in [r#"{"id": "a-1"}"#, r#"{"path": "/tmp/x"}"#, r#"{"n": 1}"#, "null"] {
            assert_eq!(answered(tree::tree(AnyValue::Str(text))), Content::Nothing, "{text}");
        }
    }

    /// Scenario: a request with its instructions apart, whole and as the named arguments of a function.
    /// Guarantees: instructions and question are told apart.
    #[test]
    fn requests() {
        for json in [
            r#"{"system":"Sé breve.","messages":[{"role":"user","content":"¿cuánto?"}]}"#,
            r#"{"instructions":"Sé breve.","input":"¿cuánto?"}"#,
            r#"{"args":[],"kwargs":{"system":"Sé breve.","messages":[{"role":"user","content":"¿cuánto?"}]}}"#,
            r#"{"system_instruction":"Sé breve.","contents":"¿cuánto?"}"#,
        ] {
            match asked(AnyValue::Str(json)) {
                Content::Messages(messages) => {
                    let said: Vec<_> = messages.iter().map(|m| (m.speaker, m.texts())).collect();
                    let wanted = [(Some(Speaker::System), vec!["Sé breve."]), (Some(Speaker::User), vec!["¿cuánto?"])];
                    assert_eq!(said, wanted, "{json}");
                }
                other => panic!("{json} {other:?}"),
            }
        }
    }
}
