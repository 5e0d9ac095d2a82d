//! What kind of character a character is, as far as tokenizers tell them apart.

use regex_syntax::hir::{Class as HirClass, HirKind};
use std::sync::LazyLock;

/// Bits of one character. Exactly one is set, or none: controls, format characters, unassigned ones.
pub(super) type Class = u8;

/// Upper and title case letters.
pub(super) const UPPER: Class = 1;
/// Lower case letters.
pub(super) const LOWER: Class = 1 << 1;
/// Letters without case, and modifiers.
pub(super) const CASELESS: Class = 1 << 2;
/// Combining marks.
pub(super) const MARK: Class = 1 << 3;
/// Digits and other numbers.
pub(super) const NUMBER: Class = 1 << 4;
/// White space but for line feed and carriage return.
pub(super) const BLANK: Class = 1 << 5;
/// Line feed and carriage return.
pub(super) const NEWLINE: Class = 1 << 6;
/// Punctuation and symbols.
pub(super) const SYMBOL: Class = 1 << 7;

/// All letters.
pub(super) const LETTER: Class = UPPER | LOWER | CASELESS;
/// All white space.
pub(super) const SPACE: Class = BLANK | NEWLINE;

/// Characters a block of the table holds.
const BLOCK: usize = 128;

/// A table in two steps: most blocks of Unicode are alike, and each is kept once.
pub(super) struct Classes {
    blocks: Vec<[Class; BLOCK]>,
    block_of: Vec<u16>,
}

/// The table, made at first use from the properties that the `regex` crate knows (about a millisecond).
pub(super) static CLASSES: LazyLock<Classes> = LazyLock::new(Classes::build);

impl Classes {
    fn build() -> Self {
        let mut flat = vec![0; 0x11_0000];
        // White space comes last: it lies across the categories of separators and controls.
        for (property, class) in [
            (r"[\p{Lu}\p{Lt}]", UPPER),
            (r"\p{Ll}", LOWER),
            (r"[\p{Lm}\p{Lo}]", CASELESS),
            (r"\p{M}", MARK),
            (r"\p{N}", NUMBER),
            (r"[\p{P}\p{S}]", SYMBOL),
            (r"\s", BLANK),
            (r"[\r\n]", NEWLINE),
        ] {
            for (start, end) in ranges(property) {
                if let Some(part) = flat.get_mut(start as usize..=end as usize) {
                    part.fill(class);
                }
            }
        }
        let mut classes = Classes { blocks: Vec::new(), block_of: Vec::with_capacity(flat.len() / BLOCK) };
        let mut known = ahash::AHashMap::new();
        for block in flat.as_chunks::<BLOCK>().0 {
            let next = classes.blocks.len();
            let index = *known.entry(*block).or_insert(next);
            if index == next {
                classes.blocks.push(*block);
            }
            classes.block_of.push(u16::try_from(index).unwrap_or(0));
        }
        classes
    }

    /// The class of a scalar value.
    #[inline]
    pub fn of(&self, c: u32) -> Class {
        let block = self.block_of.get(c as usize / BLOCK).copied().unwrap_or(0);
        self.blocks.get(usize::from(block)).map_or(0, |block| block[c as usize % BLOCK])
    }
}

/// The characters that a pattern of one class matches; none when it is no such pattern.
fn ranges(pattern: &str) -> Vec<(u32, u32)> {
    let Ok(hir) = regex_syntax::parse(pattern) else { return Vec::new() };
    match hir.kind() {
        HirKind::Class(HirClass::Unicode(class)) => {
            class.iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: characters of every kind that a tokenizer knows.
    /// Guarantees: each is in its class and in no other.
    #[test]
    fn classes() {
        for (characters, class) in [
            ("AÀЖǅ", UPPER),
            ("aàжﬁ", LOWER),
            ("かア漢ʰไמأ", CASELESS),
            ("\u{301}\u{e31}\u{fe0f}", MARK),
            ("1٣²Ⅷ〇", NUMBER),
            (" \t\u{a0}\u{85}\u{2028}\u{3000}\u{b}", BLANK),
            ("\r\n", NEWLINE),
            ("!_€。😀゛", SYMBOL),
            ("\0\u{200d}\u{200b}\u{e000}\u{378}\u{10ffff}", 0),
        ] {
            for c in characters.chars() {
                assert_eq!(CLASSES.of(u32::from(c)), class, "U+{:04X}", u32::from(c));
            }
        }
    }

    /// Scenario: all of Unicode, against the `regex` crate.
    /// Guarantees: what counts as a letter, a number and white space is the same there.
    #[test]
    fn as_regex_has_it() {
        let all: String = ('\0'..=char::MAX).collect();
        for (pattern, class) in [(r"\p{L}", LETTER), (r"\p{N}", NUMBER), (r"\s", SPACE), (r"\p{M}", MARK)] {
            let found = regex::Regex::new(pattern).unwrap().find_iter(&all).count();
            let ours = all.chars().filter(|c| CLASSES.of(u32::from(*c)) & class != 0).count();
            assert_eq!(ours, found, "{pattern}");
        }
    }
}
