//! Messages of a conversation, from JSON or structured values in the shapes that providers and frameworks use.

use super::message::{Message, Messages, Speaker};
use super::tree::take;
use super::{parts, plain, tree};
use crate::otlp::view::Unread;
use crate::text::effort::spend;
use crate::text::json::Value;
use std::borrow::Cow;

/// Reads the messages in an attribute: an array of them, a batch of one such array, or a single message. None in anything
/// else.
pub(super) fn messages<'a>(value: Unread<'a>, found: &mut Messages<'a>) {
    found.clear();
    let Some(text) = value.str() else {
        return found.extend(value.read().map(|value| messages_of(tree::tree(value))).unwrap_or_default());
    };
    if plain::messages(text, found).is_none() {
        found.clear();
        found.extend(messages_of(tree::parsed(Cow::Borrowed(text))));
    }
}

/// As [`messages`], of a value that is already a tree.
pub(super) fn messages_of(value: Value<'_>) -> Vec<Message<'_>> {
    match value {
        Value::Array(mut items) => {
            if let Some(first @ Value::Array(_)) = items.first_mut()
                && pair(first).is_none()
                && let Value::Array(batch) = first
            {
                // LangChain runs batches; a span holds the first.
                items = std::mem::take(batch);
            }
            items.into_iter().filter_map(pair_or_message).collect()
        }
        object @ Value::Object(_) => message(object, None).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Who speaks in `["user", "..."]`, LangChain's short form.
fn pair(value: &Value<'_>) -> Option<Speaker> {
    match value.items() {
        [Value::String(role), Value::String(_) | Value::Array(_)] => Speaker::named(role),
        _ => None,
    }
}

fn pair_or_message(value: Value<'_>) -> Option<Message<'_>> {
    let Some(speaker) = pair(&value) else { return message(value, None) };
    let Value::Array(items) = value else { return None };
    let mut message = Message::by(Some(speaker));
    message.content(items.into_iter().nth(1)?);
    Some(message)
}

/// Takes out why an answer ended, under any of its names.
pub(super) fn finish_in<'a>(value: &mut Value<'a>) -> Option<Cow<'a, str>> {
    const NAMES: [&str; 5] = ["finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason"];
    NAMES.iter().find_map(|name| text(value, name))
}

/// Envelopes around a message are opened this deep.
const MAX_ENVELOPES: usize = 4;

/// One message; `speaker` is who speaks where the value does not say it. `None` when it is no message.
pub(super) fn message<'a>(mut value: Value<'a>, mut speaker: Option<Speaker>) -> Option<Message<'a>> {
    let mut finish = None;
    for _ in 0..MAX_ENVELOPES {
        spend(1);
        if !matches!(value, Value::Object(_)) {
            return None;
        }
        if finish.is_none() {
            finish = finish_in(&mut value);
        }
        // LangChain's `{"lc": 1, "id": [..., "HumanMessage"], "kwargs": {...}}` and `{"type": "human", "data": {...}}`,
        // a provider's `{"finish_reason": ..., "message": {...}}`.
        let said = value.get("id").and_then(|id| id.items().last()).and_then(Value::as_str);
        let said = said.or_else(|| value.get("role").and_then(Value::as_str));
        let said = said.or_else(|| value.get("type").and_then(Value::as_str));
        speaker = said.and_then(Speaker::named).or(speaker);
        let inner = ["kwargs", "data", "message"]
            .iter()
            .find(|key| matches!(value.get(key), Some(Value::Object(_))))
            .and_then(|key| take(&mut value, key));
        match inner {
            Some(inner) => value = inner,
            None => break,
        }
    }
    // Items of OpenAI's Responses API that are no messages but calls and results.
    let is_item = matches!(
        value.get("type").and_then(Value::as_str),
        Some("function_call" | "function_call_output" | "custom_tool_call" | "reasoning")
    );
    if speaker.is_none() && is_item {
        let mut message = Message::default();
        parts::add(&mut message, value);
        message.speaker = Some(if message.has_results() { Speaker::Tool } else { Speaker::Assistant });
        return Some(message);
    }
    // Anthropic has no role for tools, and some write what answers a call as the user's.
    if speaker == Some(Speaker::User)
        && value.get("tool_call_id").and_then(Value::as_str).is_some_and(|id| !id.is_empty())
    {
        speaker = Some(Speaker::Tool);
    }
    let mut message = Message::by(speaker);
    message.finish =
        finish.or_else(|| take(&mut value, "response_metadata").and_then(|mut about| finish_in(&mut about)));
    let mut known = speaker.is_some();
    for key in ["content", "parts", "blocks"] {
        if let Some(content) = take(&mut value, key) {
            known = true;
            message.content(content);
        }
    }
    if let Some(refusal) = text(&mut value, "refusal") {
        message.refuse(refusal);
    }
    if let Some(mut extra) = take(&mut value, "additional_kwargs")
        && let Some(refusal) = text(&mut extra, "refusal")
    {
        message.refuse(refusal);
    }
    if let Some(calls) = take(&mut value, "tool_calls") {
        message.tool_calls(calls);
    }
    if let Some(mut call @ Value::Object(_)) = take(&mut value, "function_call") {
        let found = parts::arguments(&mut call);
        message.call(found);
    }
    known.then_some(message)
}

/// Takes a string out of an object.
pub(super) fn text<'a>(value: &mut Value<'a>, key: &str) -> Option<Cow<'a, str>> {
    take(value, key).and_then(Value::into_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Vec<Message<'_>> {
        let mut found = Messages::new();
        match plain::messages(json, &mut found) {
            Some(()) => found.into_vec(),
            None => messages_of(tree::parsed(Cow::Borrowed(json))),
        }
    }

    /// Scenario: the same exchange as OpenAI, OTel parts, LangChain in both forms, Anthropic, Responses items.
    /// Guarantees: speaker, words, calls and results come out the same.
    #[test]
    fn shapes() {
        for json in [
            r#"[{"role":"user","content":"hola"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"q\":\"casco\"}"}}]},{"role":"tool","tool_call_id":"1","content":"{\"r\":\"rojo\"}"}]"#,
            r#"[{"role":"user","parts":[{"type":"text","content":"hola"}]},{"role":"assistant","parts":[{"type":"tool_call","arguments":{"q":"casco"}}]},{"role":"tool","parts":[{"type":"tool_call_response","response":{"r":"rojo"}}]}]"#,
            r#"[[{"lc":1,"type":"constructor","id":["langchain","HumanMessage"],"kwargs":{"content":"hola","type":"human"}},{"lc":1,"id":["AIMessage"],"kwargs":{"content":"","tool_calls":[{"name":"f","args":{"q":"casco"}}]}},{"id":["ToolMessage"],"kwargs":{"content":"{\"r\":\"rojo\"}"}}]]"#,
            r#"[{"type":"human","data":{"content":"hola"}},{"type":"ai","data":{"content":"","tool_calls":[{"name":"f","args":{"q":"casco"}}]}},{"type":"tool","data":{"content":"rojo"}}]"#,
            r#"[{"role":"user","content":[{"type":"text","text":"hola"}]},{"role":"assistant","content":[{"type":"tool_use","name":"f","input":{"q":"casco"}}]},{"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"rojo"}]}]}]"#,
            r#"[{"role":"user","content":"hola"},{"type":"function_call","name":"f","arguments":"{\"q\":\"casco\"}"},{"type":"function_call_output","output":"rojo"}]"#,
        ] {
            let messages = read(json);
            assert_eq!(messages.len(), 3, "{json}");
            assert_eq!(messages[0].speaker, Some(Speaker::User), "{json}");
            assert_eq!(messages[0].texts(), ["hola"], "{json}");
            assert_eq!(messages[1].speaker, Some(Speaker::Assistant), "{json}");
            assert!(messages[1].called && !messages[1].has_text(), "{json}");
            assert_eq!(messages[1].calls(), ["casco"], "{json}");
            assert_eq!(messages[2].results(), ["rojo"], "{json}");
            assert!(!messages[2].has_text(), "{json}");
        }
    }

    /// Scenario: refusals in each place where clients leave them, and media among the parts.
    /// Guarantees: the words of the refusal are found, media is hidden and never text.
    #[test]
    fn refusals_and_media() {
        for json in [
            r#"{"role":"assistant","content":null,"refusal":"lo siento"}"#,
            r#"{"id":["AIMessage"],"kwargs":{"content":"","additional_kwargs":{"refusal":"lo siento"}}}"#,
            r#"{"role":"assistant","parts":[{"type":"refusal","content":"lo siento"}]}"#,
            r#"{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"lo siento"}]}"#,
        ] {
            assert_eq!(read(json)[0].refusal(), Some("lo siento"), "{json}");
        }
        let media = r#"{"role":"user","content":[{"type":"text","text":"¿qué es?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}"#;
        let message = &read(media)[0];
        assert!(message.hidden);
        assert_eq!(message.texts(), ["¿qué es?"]);
    }
}
