//! Messages and documents that are spread over numbered keys: `llm.input_messages.3.message.content`.
//!
//! Keys are collected as they come and put in order once, so that any number of messages costs one pass and a
//! sort of what is mostly sorted already.

use super::leaves;
use super::message::{Message, Messages, Speaker};
use super::tree::parsed;
use crate::otlp::view::{AnyValue, Attribute, Unread};
use crate::text::effort::spend;
use crate::text::json::Value;
use smallvec::SmallVec;
use std::borrow::Cow;

/// What a key says about its message, in the order in which it must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Role,
    CallId,
    Finish,
    Prompt,
    Content,
    PartType,
    PartText,
    PartMedia,
    CallName,
    CallArguments,
    Refusal,
}

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    message: u32,
    /// Parts and calls have a number of their own.
    item: u32,
    field: Field,
    value: Unread<'a>,
}

/// The keys of one list of messages.
#[derive(Debug, Default)]
pub(super) struct Indexed<'a> {
    /// A call has a few, which then need no heap.
    entries: SmallVec<[Entry<'a>; 6]>,
}

impl<'a> Indexed<'a> {
    /// Takes in an attribute; `rest` is its key after the list's prefix, `3.message.content`.
    pub(super) fn take(&mut self, rest: &[u8], attribute: &Attribute<'a>) {
        let Some((message, rest)) = number(rest) else { return };
        // Older OpenLLMetry leaves the middle words out.
        let found = match rest.strip_prefix(b"message.").unwrap_or(rest) {
            b"role" => Some((Field::Role, 0)),
            b"content" => Some((Field::Content, 0)),
            rest => field(rest),
        };
        if let Some((field, item)) = found {
            self.entries.push(Entry { message, item, field, value: attribute.unread });
        }
    }

    /// Whether no key was taken in.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Reads the messages, in order.
    #[inline]
    pub(super) fn messages(&mut self, messages: &mut Messages<'a>) {
        messages.clear();
        if !self.entries.is_empty() {
            self.collect(messages);
        }
    }

    fn collect(&mut self, messages: &mut Messages<'a>) {
        // Stable, so that of a key that comes twice the first counts.
        // In nearly all spans they already are.
        let place = |entry: &Entry<'a>| {
            spend(1);
            (entry.message, group(entry.field), entry.item, entry.field)
        };
        if !self.entries.is_sorted_by_key(place) {
            self.entries.sort_by_key(place);
        }
        // A message has a role and something else, mostly.
        messages.reserve(self.entries.len() / 2);
        let mut last: Option<&Entry<'a>> = None;
        let mut part_type = "";
        // Some send the same words as content and again as parts.
        let mut has_content = false;
        for entry in &self.entries {
            let again = last.is_some_and(|last| {
                last.message == entry.message && last.item == entry.item && last.field == entry.field
            });
            if last.is_none_or(|last| last.message != entry.message) {
                messages.push(Message::default());
                has_content = false;
            }
            if last.is_none_or(|last| last.message != entry.message || last.item != entry.item) {
                part_type = "";
            }
            last = Some(entry);
            let (Some(message), false) = (messages.last_mut(), again) else { continue };
            if entry.field == Field::Role {
                message.speaker = Speaker::named_by(entry.value);
                continue;
            }
            let text = entry.value.str();
            let value = match text {
                Some(text) => AnyValue::Str(text),
                None => match entry.value.read() {
                    Ok(value) => value,
                    Err(_) => continue,
                },
            };
            match (entry.field, text) {
                // Anthropic has no role for tools: what answers a call comes as the user's.
                (Field::CallId, Some(id)) if !id.is_empty() && message.speaker == Some(Speaker::User) => {
                    message.speaker = Some(Speaker::Tool);
                }
                (Field::Prompt, Some(text)) => {
                    message.speaker = Some(Speaker::User);
                    message.say(Cow::Borrowed(text));
                }
                (Field::Finish, Some(reason)) => message.finish = Some(Cow::Borrowed(reason)),
                (Field::Content, _) => {
                    content(message, value);
                    has_content = message.has_text() || message.has_results();
                }
                (Field::PartType, Some(kind)) => part_type = kind,
                (Field::PartText, Some(text)) => match part_type {
                    "refusal" => message.refuse(Cow::Borrowed(text)),
                    "reasoning" | "thinking" | "tool_use" => {}
                    _ if has_content => {}
                    "tool_result" | "tool-result" | "tool_call_response" | "function_call_output" => {
                        message.add_result(leaves::result_of(parsed(Cow::Borrowed(text))));
                    }
                    _ if message.speaker == Some(Speaker::Tool) => {
                        message.add_result(leaves::result_of(parsed(Cow::Borrowed(text))));
                    }
                    _ => message.say(Cow::Borrowed(text)),
                },
                (Field::PartMedia, _) => message.hidden = true,
                (Field::CallName, _) => message.called = true,
                (Field::CallArguments, _) => {
                    message.add_call(leaves::arguments(value));
                }
                (Field::Refusal, Some(text)) => message.refuse(Cow::Borrowed(text)),
                _ => {}
            }
        }
    }
}

/// Parts and calls are read item by item, the rest field by field.
const fn group(field: Field) -> u8 {
    match field {
        Field::Role | Field::CallId | Field::Finish => 0,
        Field::Prompt | Field::Content => 1,
        Field::PartType | Field::PartText | Field::PartMedia => 2,
        Field::CallName | Field::CallArguments => 3,
        Field::Refusal => 4,
    }
}

/// What the end of a key says, and the number of its part or call.
#[inline(never)]
fn field(rest: &[u8]) -> Option<(Field, u32)> {
    Some(match rest {
        // The completions API has texts, which nobody says.
        b"prompt.text" => (Field::Prompt, 0),
        b"completion.text" => (Field::Content, 0),
        b"tool_call_id" => (Field::CallId, 0),
        b"finish_reason" => (Field::Finish, 0),
        b"refusal" => (Field::Refusal, 0),
        b"function_call_name" => (Field::CallName, 0),
        b"function_call_arguments_json" => (Field::CallArguments, 0),
        _ => {
            if let Some(rest) = rest.strip_prefix(b"contents.") {
                let (item, rest) = number(rest)?;
                (part_field(rest)?, item)
            } else {
                let (item, rest) = number(rest.strip_prefix(b"tool_calls.")?)?;
                (call_field(rest)?, item)
            }
        }
    })
}

fn part_field(rest: &[u8]) -> Option<Field> {
    let rest = rest.strip_prefix(b"message_content.").unwrap_or(rest);
    match rest {
        b"type" => Some(Field::PartType),
        b"text" => Some(Field::PartText),
        _ if rest.starts_with(b"image") || rest.starts_with(b"audio") || rest.starts_with(b"file") => {
            Some(Field::PartMedia)
        }
        _ => None,
    }
}

fn call_field(rest: &[u8]) -> Option<Field> {
    let rest = rest.strip_prefix(b"tool_call.").unwrap_or(rest);
    match rest.strip_prefix(b"function.").unwrap_or(rest) {
        b"name" => Some(Field::CallName),
        b"arguments" => Some(Field::CallArguments),
        _ => None,
    }
}

/// Content is text, or JSON parts in a string (OpenLLMetry), or structured parts.
fn content<'a>(message: &mut Message<'a>, value: AnyValue<'a>) {
    match value {
        AnyValue::Str(text) if text.starts_with('[') && message.speaker != Some(Speaker::Tool) => {
            match parsed(Cow::Borrowed(text)) {
                Value::Array(items) if !items.is_empty() && items.iter().all(|item| item.get("type").is_some()) => {
                    message.content(Value::Array(items));
                }
                // The user's own brackets.
                _ => message.say(Cow::Borrowed(text)),
            }
        }
        AnyValue::Str(text) if message.speaker != Some(Speaker::Tool) => message.say(Cow::Borrowed(text)),
        AnyValue::Str(text) => message.content(Value::String(Cow::Borrowed(text))),
        other => message.content(super::tree::tree(other)),
    }
}

/// The number at the start of a key, and what follows its dot.
#[inline]
pub(super) fn number(key: &[u8]) -> Option<(u32, &[u8])> {
    match key {
        // Most lists are short.
        [digit @ b'0'..=b'9', b'.', rest @ ..] => Some((u32::from(digit - b'0'), rest)),
        _ => long_number(key),
    }
}

fn long_number(key: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0u32;
    for (at, byte) in key.iter().enumerate() {
        match byte {
            b'0'..=b'9' => number = number.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'.' if at > 0 => return Some((number, key.get(at + 1..)?)),
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::wire::put_bytes;

    fn attribute(key: &str, value: &str) -> Vec<u8> {
        let mut any = Vec::new();
        put_bytes(&mut any, 1, value.as_bytes());
        let mut message = Vec::new();
        put_bytes(&mut message, 1, key.as_bytes());
        put_bytes(&mut message, 2, &any);
        message
    }

    /// Scenario: keys of three messages in an order that no sender would choose, one of them twice.
    /// Guarantees: messages are in the order of their numbers, roles apply, and the first of equal keys counts.
    #[test]
    fn any_order() {
        let raw: Vec<Vec<u8>> = [
            ("10.message.content", "última"),
            ("2.message.tool_calls.1.tool_call.function.arguments", r#"{"q":"dos"}"#),
            ("2.message.tool_calls.0.tool_call.function.arguments", r#"{"q":"uno"}"#),
            ("0.message.contents.1.message_content.text", "b"),
            ("0.message.contents.0.message_content.text", "a"),
            ("0.message.contents.2.message_content.image.image.url", "data:image/png;base64,AA"),
            ("10.message.content", "otra"),
            ("2.message.role", "assistant"),
            ("10.message.role", "user"),
            ("0.message.role", "system"),
            ("x.message.role", "user"),
            ("99999999999.message.role", "user"),
        ]
        .iter()
        .map(|(key, value)| attribute(key, value))
        .collect();
        let mut indexed = Indexed::default();
        for message in &raw {
            let attribute = Attribute::read(message).unwrap();
            indexed.take(attribute.key, &attribute);
        }
        let mut messages = Messages::new();
        indexed.messages(&mut messages);
        assert_eq!(messages.len(), 3);
        assert_eq!((messages[0].speaker, messages[0].texts()), (Some(Speaker::System), vec!["a", "b"]));
        assert!(messages[0].hidden);
        assert_eq!(messages[1].calls(), ["uno", "dos"]);
        assert_eq!((messages[2].speaker, messages[2].texts()), (Some(Speaker::User), vec!["última"]));
    }
}
