//! The words in tool arguments and tool results: string leaves, values only.

use super::hidden::{Shown, shown};
use super::tree::{parsed, take};
use super::{python, tree};
use crate::otlp::view::AnyValue;
use crate::text::effort::spend;
use crate::text::json::Value;
use std::borrow::Cow;

/// Results are wrapped in at most so many envelopes.
const MAX_ENVELOPES: usize = 4;

/// The words of a tool's arguments: the string leaves of JSON or of a structured value, else the text itself.
pub(super) fn arguments<'a>(value: AnyValue<'a>) -> Option<Cow<'a, str>> {
    arguments_of(tree::tree(value))
}

/// As [`arguments`], of a value that is already a tree.
pub(super) fn arguments_of(value: Value<'_>) -> Option<Cow<'_, str>> {
    let value = match value {
        // Arguments are often JSON in a string inside JSON.
        Value::String(text) => parsed(text),
        other => other,
    };
    joined(value)
}

/// The words of a tool's result.
pub(super) fn result<'a>(value: AnyValue<'a>) -> Option<Cow<'a, str>> {
    result_of(tree::tree(value))
}

/// As [`result`], of a value that is already a tree. Envelopes are opened: a message, a list of typed parts, a
/// Python representation of a message, JSON inside any of these.
pub(super) fn result_of(mut value: Value<'_>) -> Option<Cow<'_, str>> {
    for _ in 0..MAX_ENVELOPES {
        value = match value {
            Value::String(text) if python::is_repr(&text) => match python::content(&text) {
                Some(content) => Value::String(Cow::Owned(content)),
                None => return joined(Value::String(text)),
            },
            Value::String(text) => match parsed(text) {
                Value::String(text) if python::is_repr(&text) => Value::String(text),
                Value::String(text) => return joined(Value::String(text)),
                opened => opened,
            },
            Value::Object(_) => match open(value) {
                Ok(inner) => inner,
                Err(plain) => return joined(plain),
            },
            Value::Array(items) if !items.is_empty() && items.iter().all(is_part) => {
                return part_texts(items);
            }
            other => return joined(other),
        };
    }
    joined(value)
}

/// What an envelope holds, or the value back when it is none.
fn open(mut value: Value<'_>) -> Result<Value<'_>, Value<'_>> {
    // Gemini's answer to a function call, as ADK keeps it: in the parts of an event's content.
    if value.get("content").is_some_and(|content| content.get("parts").is_some()) {
        return take(&mut value, "content").ok_or(value);
    }
    if let Some(Value::Array(parts)) = take(&mut value, "parts") {
        let answers = parts.into_iter().filter_map(function_response);
        return Ok(Value::Array(answers.collect()));
    }
    let kind = value.get("type").and_then(Value::as_str);
    let is_tool_message = kind == Some("tool")
        || value.get("role").and_then(Value::as_str) == Some("tool")
        || kind == Some("constructor");
    if is_tool_message {
        for key in ["data", "kwargs", "content"] {
            if let Some(inner) = take(&mut value, key) {
                return Ok(inner);
            }
        }
        return Err(value);
    }
    // `{"type": "text", "value": "..."}` and its like.
    if matches!(kind, Some("text" | "json" | "content" | "error-text" | "error-json")) {
        for key in ["text", "value", "content"] {
            if let Some(inner) = take(&mut value, key) {
                return Ok(inner);
            }
        }
    }
    let single = matches!(&value, Value::Object(members) if members.len() == 1);
    if single {
        for key in ["output", "result", "content"] {
            if let Some(inner) = take(&mut value, key) {
                return Ok(inner);
            }
        }
    }
    Err(value)
}

fn function_response(mut part: Value<'_>) -> Option<Value<'_>> {
    let mut answer = take(&mut part, "function_response").or_else(|| take(&mut part, "functionResponse"))?;
    take(&mut answer, "response")
}

fn is_part(value: &Value<'_>) -> bool {
    match value {
        Value::Object(members) => {
            value.get("text").is_some_and(|text| text.as_str().is_some())
                && (members.len() == 1 || value.get("type").is_some())
        }
        _ => false,
    }
}

/// The texts of a list of parts; a part that is itself JSON gives its leaves.
fn part_texts(items: Vec<Value<'_>>) -> Option<Cow<'_, str>> {
    let mut words = Vec::new();
    for mut item in items {
        if let Some(Value::String(text)) = take(&mut item, "text") {
            collect(parsed(text), &mut words);
        }
    }
    join(words)
}

fn joined(value: Value<'_>) -> Option<Cow<'_, str>> {
    let mut words = Vec::new();
    collect(value, &mut words);
    join(words)
}

fn collect<'a>(value: Value<'a>, words: &mut Vec<Cow<'a, str>>) {
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        spend(1);
        match value {
            Value::String(text) => {
                if let Shown::Text(text) = shown(text) {
                    words.push(text);
                }
            }
            Value::Array(items) => todo.extend(items.into_iter().rev()),
            Value::Object(members) => todo.extend(members.into_iter().rev().map(|(_, value)| value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Texts on lines of their own; `None` without any.
pub(super) fn join<'a>(texts: impl IntoIterator<Item = Cow<'a, str>>) -> Option<Cow<'a, str>> {
    let mut texts = texts.into_iter();
    let first = texts.next()?;
    let Some(second) = texts.next() else { return Some(first) };
    let mut whole = first.into_owned();
    spend(whole.len());
    for text in std::iter::once(second).chain(texts) {
        spend(1 + text.len());
        whole.push('\n');
        whole.push_str(&text);
    }
    Some(Cow::Owned(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        result(AnyValue::Str(text)).map(Cow::into_owned)
    }

    /// Scenario: a tool's result plain, as JSON, as JSON in a string, as a message, as typed parts, as Python.
    /// Guarantees: only the words come out, keys and numbers do not.
    #[test]
    fn results() {
        assert_eq!(of("tersisa tiga kursi").as_deref(), Some("tersisa tiga kursi"));
        let json = r#"{"kereta":"Sancaka","harga":150000,"kelas":{"nama":"ekonomi"}}"#;
        assert_eq!(of(json).as_deref(), Some("Sancaka\nekonomi"));
        let quoted = serde_json::to_string(json).unwrap();
        assert_eq!(of(&quoted).as_deref(), Some("Sancaka\nekonomi"));
        let message = format!(r#"{{"type":"tool","data":{{"content":{quoted},"type":"tool","name":"x"}}}}"#);
        assert_eq!(of(&message).as_deref(), Some("Sancaka\nekonomi"));
        assert_eq!(of(r#"[{"type":"text","text":"uno"},{"type":"text","text":"dos"}]"#).as_deref(), Some("uno\ndos"));
        let python = serde_json::json!({"output": format!("content='{json}' name='x'")}).to_string();
        assert_eq!(of(&python).as_deref(), Some("Sancaka\nekonomi"));
        assert_eq!(of("__REDACTED__"), None);
        assert_eq!(of(r#"{"n":1}"#), None);
    }

    /// Scenario: arguments as an object and as JSON in a string.
    /// Guarantees: both give the same words.
    #[test]
    fn argument_words() {
        for text in [r#"{"a":"uno","b":["dos"]}"#, r#""{\"a\":\"uno\",\"b\":[\"dos\"]}""#] {
            assert_eq!(arguments(AnyValue::Str(text)).as_deref(), Some("uno\ndos"));
        }
    }
}
