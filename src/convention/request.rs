//! Requests to providers: the instructions that some keep apart from the messages.

use super::message::{Message, Speaker};
use super::messages::messages_of;
use super::tree::take;
use super::{plain, tree};
use crate::otlp::view::Unread;
use crate::text::json::Value;

/// Where the instructions are: Anthropic, Bedrock and Vercel, OpenAI's Responses API, Gemini, Haystack.
const INSTRUCTIONS: [&str; 5] = ["system", "instructions", "system_instruction", "systemInstruction", "system_prompt"];

/// Where a request has its messages; an object without any is not one.
const MESSAGES: [&str; 4] = ["messages", "contents", "prompt", "input"];

/// Takes the instructions out of a request.
pub(super) fn instructions<'a>(value: &mut Value<'a>) -> Option<Message<'a>> {
    if !MESSAGES.iter().any(|key| value.get(key).is_some()) {
        return None;
    }
    let found = INSTRUCTIONS.iter().find_map(|key| take(value, key));
    // Google's SDK keeps them with the other settings.
    let found = found.or_else(|| {
        let Some(Value::Object(members)) = (match value {
            Value::Object(members) => members.iter_mut().find(|(key, _)| key == "config").map(|(_, config)| config),
            _ => None,
        }) else {
            return None;
        };
        let at = members.iter().position(|(key, _)| INSTRUCTIONS.iter().any(|name| key == name))?;
        Some(members.swap_remove(at).1)
    });
    system(found?)
}

/// As [`system`], of an attribute; an empty message where there are none.
#[inline]
pub(super) fn system_in<'a>(value: Unread<'a>, message: &mut Message<'a>) {
    let text = value.str();
    if text.is_none_or(|text| plain::parts(text, message).is_none()) {
        *message = system_in_any(value).unwrap_or_default();
    }
}

#[inline(never)]
fn system_in_any(value: Unread<'_>) -> Option<Message<'_>> {
    system(tree::tree(value.read().ok()?))
}

/// Instructions as text, parts, a message, or a list of these.
pub(super) fn system(value: Value<'_>) -> Option<Message<'_>> {
    let mut message = Message::by(Some(Speaker::System));
    let speaks = |value: &Value<'_>| value.get("parts").is_some() || value.get("role").is_some();
    match value {
        Value::Array(items) if items.iter().any(speaks) => {
            for mut inner in messages_of(Value::Array(items)) {
                message.hidden |= inner.hidden;
                inner.take_texts().for_each(|text| message.add_text(text));
            }
        }
        inner @ Value::Object(_) if speaks(&inner) => {
            for mut inner in messages_of(inner) {
                message.hidden |= inner.hidden;
                inner.take_texts().for_each(|text| message.add_text(text));
            }
        }
        content => message.content(content),
    }
    (message.has_text() || message.hidden).then_some(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::json::parse;

    /// Scenario: requests of several providers with instructions apart; objects that only share a name with them.
    /// Guarantees: the instructions come out of the first, nothing out of the second.
    #[test]
    fn shapes() {
        for json in [
            r#"{"system":"Sé breve.","messages":[]}"#,
            r#"{"system":[{"type":"text","text":"Sé breve.","cache_control":{"type":"ephemeral"}}],"messages":[]}"#,
            r#"{"system":[{"text":"Sé breve."}],"messages":[]}"#,
            r#"{"instructions":"Sé breve.","input":"hola"}"#,
            r#"{"contents":[],"systemInstruction":{"role":"user","parts":[{"text":"Sé breve."}]}}"#,
            r#"{"contents":[],"config":{"temperature":0,"system_instruction":"Sé breve."}}"#,
            r#"{"system":"Sé breve.","prompt":"hola"}"#,
        ] {
            let found = instructions(&mut parse(json).unwrap().value);
            assert_eq!(found.map(|mut message| message.take_text()), Some(Some("Sé breve.".into())), "{json}");
        }
        for json in
            [r#"{"system":"linux","query":"x"}"#, r#"{"messages":[]}"#, r#"{"system":null,"messages":[]}"#, "[]"]
        {
            assert_eq!(instructions(&mut parse(json).unwrap().value), None, "{json}");
        }
    }
}
