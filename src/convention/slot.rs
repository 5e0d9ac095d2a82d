//! An attribute that has several names: which of those that a span has counts.

use crate::otlp::view::{AnyValue, Attribute, Unread};
use crate::text;
use std::borrow::Cow;

/// Names (of models, sessions, tools) are cut to so many bytes: nobody reads on, and anything may be in them.
const MAX_NAME: usize = 512;

/// Of several names for the same thing the best seen so far: the one with the lowest rank.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot<'a>(Option<(u8, Unread<'a>)>);

impl<'a> Slot<'a> {
    /// Offers an attribute; of equal ranks the first stays.
    #[inline]
    pub(super) fn put(&mut self, rank: u8, attribute: &Attribute<'a>) {
        if self.0.is_none_or(|(best, _)| rank < best) {
            self.0 = Some((rank, attribute.unread));
        }
    }

    /// Whether nothing was offered.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Its value as it came.
    #[inline]
    pub(super) fn unread(self) -> Option<Unread<'a>> {
        self.0.map(|(_, unread)| unread)
    }

    /// Its value, if it can be read.
    pub(super) fn value(self) -> Option<AnyValue<'a>> {
        self.0.and_then(|(_, unread)| unread.read().ok())
    }

    /// Its value, if it is a string.
    #[inline]
    pub(super) fn str(self) -> Option<&'a str> {
        self.0.and_then(|(_, unread)| unread.str())
    }

    /// The bytes of its value, if it is a string.
    #[inline]
    pub(super) fn bytes(self) -> Option<&'a [u8]> {
        self.0.and_then(|(_, unread)| unread.bytes())
    }

    /// Its string without JSON's quotes, if there is anything in it.
    pub(super) fn name(self) -> Option<Cow<'a, str>> {
        name(self.str()?).map(Cow::Borrowed)
    }
}

/// What a string names: without JSON's quotes, cut to the bound; `None` when there is nothing in it.
pub(super) fn name(text: &str) -> Option<&str> {
    // Nearly every name is one as it stands.
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
        && text.len() <= MAX_NAME
    {
        return Some(text);
    }
    let text = text::head(text.trim().trim_matches('"').trim_start(), MAX_NAME).trim_end();
    (!text.is_empty()).then_some(text)
}

/// As many names for the same content as one span may have and still be read.
const CHOICES: usize = 3;

/// Content that several conventions on one span may give, each in its own place: all of them, the best first, since the
/// best may turn out to hold nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Choices<'a>([Slot<'a>; CHOICES]);

impl<'a> Choices<'a> {
    /// Offers an attribute. Beyond the bound the worst falls out.
    #[inline]
    pub(super) fn put(&mut self, rank: u8, attribute: &Attribute<'a>) {
        let mut offered = Slot(Some((rank, attribute.unread)));
        for slot in &mut self.0 {
            let (Some((old, _)), Some((new, _))) = (slot.0, offered.0) else {
                *slot = offered;
                return;
            };
            if new < old {
                std::mem::swap(slot, &mut offered);
            }
        }
    }

    /// Whether nothing was offered.
    pub(super) const fn is_empty(&self) -> bool {
        self.0[0].is_empty()
    }

    /// The values as they came, the best first.
    #[inline]
    pub(super) fn unread(&self) -> impl Iterator<Item = Unread<'a>> {
        self.0.iter().map_while(|slot| slot.unread())
    }

    /// The values that can be read, the best first.
    pub(super) fn values(&self) -> impl Iterator<Item = AnyValue<'a>> {
        self.unread().filter_map(|unread| unread.read().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convention::testing::{Any, attribute};

    /// Scenario: five names for the same content, in an order that no sender would choose, one of them twice.
    /// Guarantees: the best three come out, the best first; of equals the first; a slot keeps the best alone.
    #[test]
    fn best_first() {
        let raw: Vec<Vec<u8>> = ["d", "b", "e", "a", "b2"].iter().map(|v| attribute("k", &Any::from(*v))).collect();
        let mut choices = Choices::default();
        let mut slot = Slot::default();
        assert!(choices.is_empty() && slot.is_empty());
        for (rank, message) in [4, 2, 5, 1, 2].into_iter().zip(&raw) {
            let attribute = Attribute::read(message).unwrap();
            choices.put(rank, &attribute);
            slot.put(rank, &attribute);
        }
        let values: Vec<&str> = choices.values().filter_map(|value| value.as_str()).collect();
        assert_eq!(values, ["a", "b", "b2"]);
        assert_eq!(slot.name().as_deref(), Some("a"));
    }

    /// Scenario: a name of ten thousand characters, quoted, and one of white space.
    /// Guarantees: it is cut between characters, and nothing is no name.
    #[test]
    fn names_are_bounded() {
        let mut slot = Slot::default();
        let long = attribute("k", &Any::Str(format!("\"{}\"", "é".repeat(10_000))));
        slot.put(0, &Attribute::read(&long).unwrap());
        assert_eq!(slot.name().unwrap().len(), MAX_NAME);
        let mut slot = Slot::default();
        let blank = attribute("k", &Any::from(" \"\" "));
        slot.put(0, &Attribute::read(&blank).unwrap());
        assert_eq!(slot.name(), None);
    }
}
