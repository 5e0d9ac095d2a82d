//! Attribute values as one kind of tree, whether they came as JSON in a string or as structured values.

use crate::otlp::view::AnyValue;
use crate::text::effort::spend;
use crate::text::json::{self, MAX_DEPTH, MAX_NODES, Value};
use std::borrow::Cow;

/// The value as a tree. A string that holds a JSON object, array or string is parsed; any other string is
/// itself. Numbers of structured values are not kept: nobody reads words in them.
pub(super) fn tree(value: AnyValue<'_>) -> Value<'_> {
    match value {
        AnyValue::Str(text) => parsed(Cow::Borrowed(text)),
        other => structured(other, 0, &mut 0),
    }
}

/// The document in a string, or the string itself. Cut documents are read as far as they go.
pub(super) fn parsed(text: Cow<'_, str>) -> Value<'_> {
    if !json::looks_like_json(&text) {
        return Value::String(text);
    }
    match text {
        Cow::Borrowed(text) => json::parse(text).map_or(Value::String(Cow::Borrowed(text)), |document| document.value),
        Cow::Owned(text) => match json::parse(&text).map(|document| detached(document.value)) {
            Some(value) => value,
            None => Value::String(Cow::Owned(text)),
        },
    }
}

/// Takes a member out of an object.
pub(super) fn take<'a>(value: &mut Value<'a>, key: &str) -> Option<Value<'a>> {
    let Value::Object(members) = value else { return None };
    spend(members.len());
    members.iter_mut().find(|(k, _)| k == key).map(|(_, v)| std::mem::replace(v, Value::Null))
}

/// The same tree, borrowing nothing. Depth is bounded by the reader that made it.
fn detached(value: Value<'_>) -> Value<'static> {
    spend(1 + value.as_str().map_or(0, str::len));
    match value {
        Value::Null | Value::Number(_) => Value::Null,
        Value::Bool(b) => Value::Bool(b),
        Value::String(s) => Value::String(Cow::Owned(s.into_owned())),
        Value::Array(items) => Value::Array(items.into_iter().map(detached).collect()),
        Value::Object(members) => Value::Object(
            members.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), detached(value))).collect(),
        ),
    }
}

fn structured<'a>(value: AnyValue<'a>, depth: usize, nodes: &mut usize) -> Value<'a> {
    *nodes += 1;
    spend(1);
    if depth >= MAX_DEPTH || *nodes > MAX_NODES {
        return Value::Null;
    }
    match value {
        AnyValue::Str(text) => Value::String(Cow::Borrowed(text)),
        AnyValue::Bool(b) => Value::Bool(b),
        AnyValue::List(list) => {
            Value::Array(list.values().flatten().map(|item| structured(item, depth + 1, nodes)).collect())
        }
        AnyValue::Map(map) => {
            let mut members = Vec::new();
            for entry in map.entries().flatten() {
                let (Ok(key), Ok(value)) = (std::str::from_utf8(entry.key), entry.value()) else { continue };
                members.push((Cow::Borrowed(key), structured(value, depth + 1, nodes)));
            }
            Value::Object(members)
        }
        AnyValue::Empty | AnyValue::Int(_) | AnyValue::Double(_) | AnyValue::Bytes(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: plain text, text that only looks like JSON, JSON, cut JSON, JSON in an owned string.
    /// Guarantees: documents are trees, everything else stays the string that it was.
    #[test]
    fn strings() {
        assert_eq!(parsed("hola".into()), Value::String("hola".into()));
        assert_eq!(parsed("[nota] hola".into()), Value::String("[nota] hola".into()));
        assert_eq!(parsed(r#""hola""#.into()), Value::String("hola".into()));
        assert_eq!(parsed(r#"{"a":"b"#.into()).get("a").and_then(Value::as_str), Some("b"));
        assert_eq!(parsed(r#"{"a":"b"}"#.to_owned().into()).get("a").and_then(Value::as_str), Some("b"));
        assert_eq!(parsed("[nota".to_owned().into()), Value::String("[nota".into()));
    }

    /// Scenario: structured values nested a thousand deep.
    /// Guarantees: reading ends at the bound instead of on the stack's.
    #[test]
    fn deep_values() {
        let mut bytes = Vec::new();
        for _ in 0..1000 {
            let mut list = Vec::new();
            crate::otlp::wire::put_bytes(&mut list, 1, &bytes);
            bytes.clear();
            crate::otlp::wire::put_bytes(&mut bytes, 5, &list);
        }
        let value = AnyValue::read(&bytes).unwrap();
        let mut at = &tree(value);
        let mut depth = 0;
        while let Some(next) = at.at(0) {
            at = next;
            depth += 1;
        }
        assert_eq!(depth, MAX_DEPTH);
    }
}
