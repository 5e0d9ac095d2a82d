//! Responses of providers and frameworks: OpenAI's three APIs, Anthropic, Bedrock, Gemini, LangChain, LlamaIndex, and
//! streams kept as their chunks.

use super::message::{Message, Speaker};
use super::messages::{finish_in, message, messages_of};
use super::tree::take;
use crate::text::json::Value;
use std::borrow::Cow;

/// The messages of a provider's response; `None` when the value is none.
pub(super) fn messages<'a>(value: &mut Value<'a>) -> Option<Vec<Message<'a>>> {
    if let Some(Value::Array(choices)) = take(value, "choices") {
        return Some(choices.into_iter().filter_map(choice).collect());
    }
    if let Some(generations) = take(value, "generations") {
        return Some(langchain(generations));
    }
    if let Some(Value::Array(candidates)) = take(value, "candidates") {
        return Some(candidates.into_iter().map(gemini).collect());
    }
    // LlamaIndex: the message, and the provider's response in which a refusal survives.
    if value.get("raw").is_some() || value.get("response").is_some_and(|inner| inner.get("raw").is_some()) {
        return llama_index(value);
    }
    if let Some(Value::Array(items)) = value.get("output")
        && items.iter().any(|item| item.get("type").is_some())
    {
        // Responses API: items of output.
        return take(value, "output").map(messages_of);
    }
    // Bedrock's Converse.
    if value.get("output").is_some_and(|output| output.get("message").is_some()) {
        let finish = finish_in(value);
        let mut said = message(take(value, "output")?, Some(Speaker::Assistant))?;
        said.finish = said.finish.or(finish);
        return Some(vec![said]);
    }
    // Gemini's answer without its list of candidates, as ADK keeps it.
    let has_parts = value.get("content").is_some_and(|content| content.get("parts").is_some());
    if has_parts || value.get("usage_metadata").is_some() || value.get("error_code").is_some() {
        return Some(vec![gemini(std::mem::replace(value, Value::Null))]);
    }
    if value.get("role").is_some() || value.get("stop_reason").is_some() {
        let whole = std::mem::replace(value, Value::Null);
        return message(whole, Some(Speaker::Assistant)).map(|message| vec![message]);
    }
    if let Value::Array(items) = value {
        if items.iter().any(|item| item.get("choices").is_some()) {
            return Some(vec![chunks(std::mem::take(items))]);
        }
        return Some(messages_of(std::mem::replace(value, Value::Null)));
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
    said.finish = finish_in(&mut value);
    said.say(text);
    Some(said)
}

/// A stream of chat completions: the pieces of its first choice put together.
fn chunks(items: Vec<Value<'_>>) -> Message<'_> {
    let mut said = Message::by(Some(Speaker::Assistant));
    let (mut text, mut refusal) = (String::new(), String::new());
    for mut chunk in items {
        let Some(Value::Array(choices)) = take(&mut chunk, "choices") else { continue };
        let Some(mut choice) = choices.into_iter().next() else { continue };
        said.finish = finish_in(&mut choice).or(said.finish.take());
        let Some(mut delta) = take(&mut choice, "delta") else { continue };
        let mut piece = |key: &str, whole: &mut String| {
            whole.push_str(&take(&mut delta, key).and_then(Value::into_str).unwrap_or_default());
        };
        piece("content", &mut text);
        piece("refusal", &mut refusal);
        // Pieces of arguments are no words; that there are some says that a tool was asked.
        said.called |= delta.get("tool_calls").is_some_and(|calls| !calls.items().is_empty());
    }
    said.say(Cow::Owned(text));
    said.refuse(Cow::Owned(refusal));
    said
}

fn llama_index<'a>(value: &mut Value<'a>) -> Option<Vec<Message<'a>>> {
    let mut inner = if value.get("raw").is_some() { Value::Null } else { take(value, "response")? };
    let holder = if matches!(inner, Value::Null) { &mut *value } else { &mut inner };
    if let Some(found) = take(holder, "raw").and_then(|mut raw| messages(&mut raw)) {
        return Some(found);
    }
    take(value, "message").or_else(|| take(&mut inner, "message")).map(messages_of)
}

fn langchain(generations: Value<'_>) -> Vec<Message<'_>> {
    let Value::Array(mut items) = generations else { return Vec::new() };
    if let Some(Value::Array(batch)) = items.first_mut() {
        items = std::mem::take(batch);
    }
    items.into_iter().filter_map(generation).collect()
}

fn generation(mut item: Value<'_>) -> Option<Message<'_>> {
    let finish = take(&mut item, "generation_info").and_then(|mut info| finish_in(&mut info));
    let text = take(&mut item, "text").and_then(Value::into_str);
    let mut said = match take(&mut item, "message") {
        Some(inner) => message(inner, Some(Speaker::Assistant))?,
        None if text.is_some() => Message::by(Some(Speaker::Assistant)),
        None => return None,
    };
    if let Some(text) = text
        && !said.has_text()
    {
        said.say(text);
    }
    said.finish = said.finish.or(finish);
    Some(said)
}

fn gemini(mut candidate: Value<'_>) -> Message<'_> {
    let finish = finish_in(&mut candidate);
    let mut said = take(&mut candidate, "content")
        .and_then(|content| message(content, Some(Speaker::Assistant)))
        .unwrap_or_else(|| Message::by(Some(Speaker::Assistant)));
    said.finish = finish;
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::json::parse;

    fn read(json: &str) -> Option<Vec<Message<'_>>> {
        messages(&mut parse(json).unwrap().value)
    }

    /// Scenario: responses of several providers and frameworks with the same answer, among thoughts where there are any.
    /// Guarantees: each gives that answer and its finish reason.
    #[test]
    fn answers() {
        for json in [
            r#"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"sí","refusal":null}}]}"#,
            r#"{"choices":[{"finish_reason":"stop","text":"sí"}]}"#,
            r#"{"generations":[[{"text":"sí","generation_info":{"finish_reason":"stop"},"message":{"lc":1,"id":["AIMessage"],"kwargs":{"content":"sí"}}}]]}"#,
            r#"{"generations":[[{"text":"sí","message":{"lc":1,"id":["AIMessage"],"kwargs":{"content":"sí","response_metadata":{"stop_reason":"stop"}}}}]]}"#,
            r#"{"role":"assistant","content":[{"type":"thinking","thinking":"hmm"},{"type":"text","text":"sí"}],"stop_reason":"stop"}"#,
            r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"hmm","thought":true},{"text":"sí"}]},"finishReason":"stop"}]}"#,
            r#"{"content":{"role":"model","parts":[{"text":"sí"}]},"finish_reason":"stop"}"#,
            r#"{"output":{"message":{"role":"assistant","content":[{"text":"sí"}]}},"stopReason":"stop"}"#,
            r#"{"message":{"role":"assistant"},"raw":{"choices":[{"finish_reason":"stop","message":{"content":"sí"}}]}}"#,
            r#"[{"choices":[{"delta":{"role":"assistant","content":"s"}}]},{"choices":[{"delta":{"content":"í"}}]},{"choices":[{"delta":{},"finish_reason":"stop"}]},{"choices":[],"usage":{}}]"#,
        ] {
            let said = read(json).unwrap();
            assert_eq!(said.len(), 1, "{json}");
            assert_eq!(said[0].texts(), ["sí"], "{json}");
            assert_eq!(said[0].finish.as_deref(), Some("stop"), "{json}");
        }
    }

    /// Scenario: responses that decline, whole and in chunks, that only ask for tools, and that were stopped.
    /// Guarantees: the refusal's words, the calls, the reason; never an answer.
    #[test]
    fn no_answers() {
        for json in [
            r#"{"output":[{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"no puedo"}]}]}"#,
            r#"[{"choices":[{"delta":{"refusal":"no "}}]},{"choices":[{"delta":{"refusal":"puedo"}}]}]"#,
        ] {
            let said = read(json).unwrap();
            assert_eq!((said[0].refusal(), said[0].has_text()), (Some("no puedo"), false), "{json}");
        }
        for json in [
            r#"{"output":{"message":{"role":"assistant","content":[{"toolUse":{"name":"t","input":{"q":"casco"}}}]}},"stopReason":"tool_use"}"#,
            r#"{"content":{"role":"model","parts":[{"functionCall":{"name":"t","args":{"q":"casco"}}}]},"finishReason":"STOP"}"#,
            r#"{"type":"message","role":"assistant","content":[{"type":"tool_use","name":"t","input":{"q":"casco"}}],"stop_reason":"tool_use"}"#,
        ] {
            let said = read(json).unwrap();
            assert!(said[0].called && !said[0].has_text(), "{json}");
            assert_eq!(said[0].calls(), ["casco"], "{json}");
        }
        let stopped = read(r#"{"finish_reason":"SAFETY","usage_metadata":{"prompt_token_count":3}}"#).unwrap();
        assert_eq!((stopped[0].finish.as_deref(), stopped[0].has_text()), (Some("SAFETY"), false));
        assert_eq!(read(r#"{"answer":"sí"}"#), None);
    }
}
