//! The user's locale, where a client sends it with a span.

use crate::language::Tag;
use crate::language::expected::parse_locale;
use crate::otlp::view::{AnyValue, Attributes};
use crate::text::json;
use ahash::AHashMap;

/// Longest JSON in which a locale is looked for.
const MAX_JSON_BYTES: usize = 16 << 10;

/// What a key holds.
#[derive(Debug, Clone)]
enum Place {
    /// The locale.
    Value,
    /// JSON or a map with the locale under this name.
    Member(String),
}

/// Finds the locale under configured keys.
#[derive(Debug, Default)]
pub(super) struct LocaleReader {
    /// By key: the rank of the configured name, and where in the value it is.
    places: AHashMap<Vec<u8>, Vec<(usize, Place)>>,
}

impl LocaleReader {
    /// A reader of these attributes, the first that is there first. `metadata.locale` is also the member `locale` of an
    /// attribute `metadata` that is JSON.
    pub fn new(names: &[String]) -> Self {
        let mut reader = LocaleReader::default();
        for (rank, name) in names.iter().enumerate() {
            reader.places.entry(name.as_bytes().to_vec()).or_default().push((rank, Place::Value));
            if let Some((key, member)) = name.rsplit_once('.') {
                let place = Place::Member(member.to_owned());
                reader.places.entry(key.as_bytes().to_vec()).or_default().push((rank, place));
            }
        }
        reader
    }

    /// The language of the first locale among the attributes.
    pub fn read(&self, attributes: &Attributes<'_>) -> Option<Tag> {
        if self.places.is_empty() {
            return None;
        }
        let mut best: Option<(usize, Tag)> = None;
        for attribute in attributes.iter() {
            for (rank, place) in self.places.get(attribute.key).into_iter().flatten() {
                if best.is_some_and(|(before, _)| before <= *rank) {
                    continue;
                }
                if let Some(tag) = attribute.value().ok().and_then(|value| locale(value, place)) {
                    best = Some((*rank, tag));
                }
            }
        }
        best.map(|(_, tag)| tag)
    }
}

fn locale(value: AnyValue<'_>, place: &Place) -> Option<Tag> {
    match (value, place) {
        (AnyValue::Str(text), Place::Value) => parse_locale(text),
        (AnyValue::Map(map), Place::Member(name)) => parse_locale(map.get(name)?.as_str()?),
        (AnyValue::Str(text), Place::Member(name))
            if text.len() <= MAX_JSON_BYTES && text.trim_start().starts_with('{') =>
        {
            parse_locale(json::parse(text)?.value.get(name)?.as_str()?)
        }
        _ => None,
    }
}
