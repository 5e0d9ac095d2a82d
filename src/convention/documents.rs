//! What a retriever found.

use super::hidden::{Shown, shown};
use super::indexed::number;
use super::messages::text;
use super::tree::{parsed, take};
use super::{python, tree};
use crate::otlp::view::{AnyValue, Attribute, Unread};
use crate::text::json::Value;
use std::borrow::Cow;

/// Documents spread over numbered keys, `retrieval.documents.0.document.content`.
#[derive(Debug, Default)]
pub(super) struct IndexedTexts<'a> {
    entries: Vec<(u32, Unread<'a>)>,
}

impl<'a> IndexedTexts<'a> {
    /// Takes in an attribute whose key after the list's prefix is `N.` and `field`.
    pub(super) fn take(&mut self, rest: &[u8], field: &[u8], attribute: &Attribute<'a>) {
        if let Some((index, rest)) = number(rest)
            && rest == field
        {
            self.entries.push((index, attribute.unread));
        }
    }

    /// The texts in order, and whether any was hidden.
    pub(super) fn texts(mut self) -> (Vec<Cow<'a, str>>, bool) {
        self.entries.sort_by_key(|&(index, _)| index);
        self.entries.dedup_by_key(|&mut (index, _)| index);
        let mut found = Vec::with_capacity(self.entries.len());
        let mut hidden = false;
        for (_, value) in self.entries {
            match value.read().ok().and_then(|value| value.as_str()).map(|text| shown(Cow::Borrowed(text))) {
                Some(Shown::Text(text)) => found.push(text),
                Some(Shown::Hidden) => hidden = true,
                Some(Shown::Nothing) | None => {}
            }
        }
        (found, hidden)
    }
}

/// The documents in one attribute: an array of documents, or an object that holds one.
pub(super) fn documents<'a>(value: AnyValue<'a>) -> Vec<Cow<'a, str>> {
    let mut value = tree::tree(value);
    for key in ["documents", "output", "matches", "results"] {
        if let Some(inner) = take(&mut value, key) {
            value = inner;
            break;
        }
    }
    let Value::Array(items) = value else { return Vec::new() };
    items.into_iter().filter_map(document).collect()
}

fn document(value: Value<'_>) -> Option<Cow<'_, str>> {
    let found = match value {
        Value::String(text) if python::is_repr(&text) => Cow::Owned(python::content(&text)?),
        // A string that is no representation may be a document or an identifier; only documents are sentences.
        Value::String(text) if text.starts_with("Node ID:") => return None,
        Value::String(text) => match parsed(text) {
            Value::String(text) => text,
            object @ Value::Object(_) => return document_object(object),
            _ => return None,
        },
        object @ Value::Object(_) => return document_object(object),
        _ => return None,
    };
    readable(found)
}

fn document_object(mut value: Value<'_>) -> Option<Cow<'_, str>> {
    for envelope in ["document", "node", "kwargs"] {
        if let Some(inner @ Value::Object(_)) = take(&mut value, envelope) {
            value = inner;
        }
    }
    ["page_content", "content", "text", "document"].iter().find_map(|key| text(&mut value, key)).and_then(readable)
}

fn readable(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    match shown(text) {
        Shown::Text(text) => Some(text),
        Shown::Hidden | Shown::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the documents of several retrievers, and values that hold none.
    /// Guarantees: the contents come out in order, identifiers and scores do not.
    #[test]
    fn shapes() {
        for json in [
            r#"[{"page_content":"uno","metadata":{"source":"x"}},{"page_content":"dos"}]"#,
            r#"{"documents":["page_content='uno' metadata={}","page_content='dos' metadata={}"]}"#,
            r#"[{"node":{"id_":"n","text":"uno"},"score":0.9},{"node":{"text":"dos"}}]"#,
            r#"[{"id":"1","score":0.9,"content":"uno"},{"content":"dos"}]"#,
        ] {
            assert_eq!(documents(AnyValue::Str(json)), ["uno", "dos"], "{json}");
        }
        assert!(documents(AnyValue::Str(r#"[{"id":"1","score":0.9}]"#)).is_empty());
        assert!(documents(AnyValue::Str("nothing")).is_empty());
    }
}
