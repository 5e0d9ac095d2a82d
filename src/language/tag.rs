//! A BCP-47 tag small enough to copy.

use std::fmt;

/// Bytes that the longest tag we say takes (`mni-Mtei`, `zh-Hant`), with room for a region.
const MAX: usize = 11;

/// A language tag: shortest ISO 639 code, with a script subtag where a language is written in several.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag {
    bytes: [u8; MAX],
    len: u8,
}

impl Tag {
    /// Not determined.
    pub const UND: Tag = Tag::literal("und");
    /// Several languages.
    pub const MUL: Tag = Tag::literal("mul");
    /// No language: code, numbers.
    pub const ZXX: Tag = Tag::literal("zxx");
    /// Over a cap.
    pub const OTHER: Tag = Tag::literal("other");

    /// A tag written in our own source; cut when it is too long.
    pub const fn literal(text: &str) -> Tag {
        let source = text.as_bytes();
        let mut bytes = [0; MAX];
        let mut len = 0;
        while len < source.len() && len < MAX {
            bytes[len] = source[len];
            len += 1;
        }
        Tag { bytes, len: len as u8 }
    }

    /// A tag from outside: letters, digits and hyphens, a primary subtag of two to eight letters.
    pub fn parse(text: &str) -> Option<Tag> {
        let primary = text.split('-').next()?;
        let plausible = text.len() <= MAX
            && (2..=8).contains(&primary.len())
            && primary.bytes().all(|b| b.is_ascii_lowercase())
            && text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        plausible.then(|| Tag::literal(text))
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or("und")
    }

    /// Whether this names one language, so that two of them can be compared.
    pub fn is_language(&self) -> bool {
        !matches!(self.as_str(), "und" | "mul" | "zxx" | "other")
    }

    /// The tag without script: `zh` of `zh-Hans`.
    pub fn primary(&self) -> &str {
        self.as_str().split('-').next().unwrap_or_default()
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
