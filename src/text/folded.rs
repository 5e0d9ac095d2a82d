//! Folding (`text::fold`) at the speed of a table.
//!
//! What a character becomes is worked out by the rules once, when a page of 256 characters is first needed. Only marks
//! that normalisation might join to, or move past, what stands before them need a look at their neighbours; where one
//! really does, the whole text goes by the rules.

use std::sync::OnceLock;

use unicode_normalization::char::{canonical_combining_class, compose};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfkc_quick};

use super::{fold, script};

/// A folded character, and whether words and numbers are made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folded(u32);

impl Folded {
    fn new(c: char) -> Folded {
        let word = if c.is_ascii() { c.is_ascii_alphanumeric() } else { script::is_word(c) || c.is_numeric() };
        Folded(u32::from(c) | if word { WORD } else { 0 })
    }

    /// What an entry says, where it says one character.
    const fn of(entry: Entry) -> Folded {
        Folded(entry as u32 & (CODE | WORD))
    }

    /// The character.
    pub fn character(self) -> char {
        char::from_u32(self.0 & CODE).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// Its code point.
    pub const fn code(self) -> u32 {
        self.0 & CODE
    }

    /// Whether it is a letter, a mark on one, or a digit.
    pub const fn is_word(self) -> bool {
        self.0 & WORD != 0
    }
}

/// The code point of a [`Folded`].
const CODE: u32 = 0x1f_ffff;
const WORD: u32 = 1 << 21;

const SPACE: Folded = Folded(b' ' as u32);

/// What is known of a character, in bits: the [`Folded`] that it becomes, and what is special about it.
type Entry = u64;

const NOTHING: Entry = 1 << 22;
const BLANK: Entry = 1 << 23;
/// It becomes several characters: the code point says where they begin, the highest byte how many they are.
const SEVERAL: Entry = 1 << 24;
/// Only the rules can tell.
const UNKNOWN: Entry = 1 << 25;
/// Normalisation may join it to what stands before it.
const JOINS: Entry = 1 << 26;
/// It has a combining class, or the last character that it stands for has.
const MARK: Entry = 1 << 27;
const SPECIAL: Entry = NOTHING | BLANK | SEVERAL | UNKNOWN | JOINS | MARK;
/// It stands for something else, so that it is hard to tell what joins it.
const VEILED: Entry = 1 << 28;
/// Where the combining class begins.
const CLASS: u32 = 32;

/// Where the number of several characters begins.
const LENGTH: u32 = 40;

/// 256 characters.
struct Page {
    entries: [Entry; 256],
    several: Vec<Folded>,
}

impl Page {
    fn entry(&self, code: u32) -> Entry {
        self.entries[(code & 0xff) as usize]
    }

    fn several(&self, entry: Entry) -> &[Folded] {
        let start = (entry & Entry::from(CODE)) as usize;
        self.several.get(start..start + (entry >> LENGTH) as usize).unwrap_or_default()
    }
}

/// Of the two planes that hold letters, digits, marks and pictures.
static PAGES: [OnceLock<Box<Page>>; 512] = [const { OnceLock::new() }; 512];

/// Folds the head of `text` into `out`, which is emptied first: at most `max` folded characters.
pub fn fold_into(text: &str, max: usize, out: &mut Vec<Folded>) {
    out.clear();
    if !by_table(text, max, out) {
        out.clear();
        // Eight characters that are dropped or joined for one that stays: more is not looked at.
        let head = super::head(text, max.saturating_mul(32));
        out.extend(fold::by_rule(head).chars().take(max).map(Folded::new));
    }
    if out.last() == Some(&SPACE) {
        out.pop();
    }
}

/// `false` when only the rules can tell.
fn by_table(text: &str, max: usize, out: &mut Vec<Folded>) -> bool {
    let Some(latin) = page(0) else { return false };
    let (mut current, mut number) = (latin, 0);
    // What stands before a mark, for normalisation: a letter, and the class of the last mark on it.
    let mut before = '\0';
    let mut class = 0;
    // There is room for a character for each byte that is left, up to the most that is wanted.
    out.resize(text.len().min(max), SPACE);
    let mut places = out.as_mut_slice();
    let mut length = 0;
    // At the beginning, and after a blank: none is needed.
    let mut idle = true;
    for c in text.chars() {
        let code = u32::from(c);
        let entry = if code < 0x80 {
            latin.entry(code)
        } else if code >> 8 == number {
            current.entry(code)
        } else if is_whole(code) {
            Entry::from(code | WORD)
        } else {
            let Some(page) = page(code >> 8) else { return false };
            (current, number) = (page, code >> 8);
            current.entry(code)
        };
        if entry & SPECIAL & !BLANK == 0 {
            let Some(place) = places.get_mut(length) else { break };
            *place = Folded::of(entry);
            // Without a branch, as nobody can predict where words end.
            let is_blank = entry & BLANK != 0;
            length += usize::from(!(is_blank && idle));
            idle = is_blank;
            (before, class) = (c, 0);
            continue;
        }
        let own = (entry >> CLASS) as u8;
        if entry & JOINS != 0 {
            // A vowel sign joins nothing over a mark between them.
            let over = own == 0 && class != 0;
            if !over && (class != 0 || is_veiled(before) || compose(before, c).is_some()) {
                return false;
            }
        } else if own != 0 && entry & VEILED == 0 && own < class {
            return false;
        }
        class = own;
        if own == 0 || entry & VEILED != 0 {
            before = c;
        }
        if entry & UNKNOWN != 0 {
            return false;
        }
        if entry & SEVERAL != 0 {
            let several = current.several(entry);
            out.resize((out.len() + several.len()).min(max), SPACE);
            places = out.as_mut_slice();
            let free = places.get_mut(length..).unwrap_or_default();
            free.iter_mut().zip(several).for_each(|(place, folded)| *place = *folded);
            length += several.len().min(free.len());
            idle = false;
        } else if entry & NOTHING == 0 && !(entry & BLANK != 0 && idle) {
            let Some(place) = places.get_mut(length) else { break };
            *place = Folded::of(entry);
            length += 1;
            idle = entry & BLANK != 0;
        }
    }
    out.truncate(length);
    true
}

/// Ideographs and syllables that fold to themselves: in a text of them nearly every character is on another page.
const fn is_whole(code: u32) -> bool {
    matches!(code, 0x4e00..=0x9fff | 0xac00..=0xd7a3)
}

fn is_veiled(c: char) -> bool {
    let code = u32::from(c);
    page(code >> 8).is_none_or(|page| page.entry(code) & VEILED != 0)
}

fn page(number: u32) -> Option<&'static Page> {
    let page = PAGES.get(number as usize)?;
    Some(page.get_or_init(|| {
        let mut several = Vec::new();
        let entries = std::array::from_fn(|low| {
            // Surrogates are no characters and are never asked for.
            char::from_u32(number << 8 | low as u32).map_or(UNKNOWN, |c| entry(c, &mut several))
        });
        Box::new(Page { entries, several })
    }))
}

/// What the rules make of a character that stands alone between others.
fn entry(c: char, several: &mut Vec<Folded>) -> Entry {
    let alone = || std::iter::once(c);
    let quick = is_nfkc_quick(alone());
    if quick == IsNormalized::No {
        // What it stands for must be nothing that joins what is before it.
        let first = alone().nfkc().next();
        let apart = first.is_some_and(|first| {
            canonical_combining_class(first) == 0 && is_nfc_quick(std::iter::once(first)) == IsNormalized::Yes
        });
        if !apart {
            return UNKNOWN;
        }
    }
    // A dot that folding drops after some letters only.
    if c == '\u{307}' {
        return UNKNOWN;
    }
    let folded = fold::by_rule(&format!("x{c}x"));
    let Some(inside) = folded.strip_prefix('x').and_then(|rest| rest.strip_suffix('x')) else { return UNKNOWN };
    let mut chars = inside.chars();
    let becomes = match (chars.next(), chars.next()) {
        (None, _) => NOTHING,
        (Some(' '), None) => BLANK | Entry::from(SPACE.0),
        (Some(one), None) => Folded::new(one).0.into(),
        // One blank only after another, none at the beginning: that depends on what is around.
        _ if inside.contains(' ') => return UNKNOWN,
        _ => {
            let start = several.len();
            several.extend(inside.chars().map(Folded::new));
            SEVERAL | start as Entry | ((several.len() - start) as Entry) << LENGTH
        }
    };
    let class = match quick {
        IsNormalized::No => alone().nfkc().last().map_or(0, canonical_combining_class),
        _ => canonical_combining_class(c),
    };
    let bit = |bit: Entry, on: bool| if on { bit } else { 0 };
    becomes
        | bit(JOINS, quick == IsNormalized::Maybe)
        | bit(MARK, class != 0)
        | bit(VEILED, quick == IsNormalized::No || alone().nfd().count() > 1)
        | Entry::from(class) << CLASS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str, max: usize) -> String {
        let mut out = Vec::new();
        fold_into(text, max, &mut out);
        out.iter().map(|sign| sign.character()).collect()
    }

    /// Scenario: every character, alone and after letters that marks join to.
    /// Guarantees: the table says what the rules say.
    #[test]
    fn every_character() {
        for c in '\0'..=char::MAX {
            for text in [format!("{c}"), format!("{c}a"), format!("e{c}\u{301}a"), format!("ক{c}\u{9be}가{c}\u{11a8}")]
            {
                assert_eq!(folded(&text, usize::MAX), fold::by_rule(&text), "{text:?}");
            }
        }
    }

    /// Scenario: more characters than are wanted, and a megabyte of invisible ones.
    /// Guarantees: the bound holds; what is dropped does not count.
    #[test]
    fn bound() {
        assert_eq!(folded(&"日本".repeat(1000), 3), "日本日");
        assert_eq!(folded("…a", 2), "..");
        assert_eq!(folded(&"e\u{301}".repeat(1000), 2), "éé");
        assert_eq!(folded(&"\u{200b}".repeat(1 << 20), 100), "");
    }

    /// Scenario: letters, digits, marks, signs.
    /// Guarantees: words are told from what stands between them.
    #[test]
    fn words() {
        let mut out = Vec::new();
        fold_into("aß9,日 न\u{94d}😀", usize::MAX, &mut out);
        let words: Vec<bool> = out.iter().map(|sign| sign.is_word()).collect();
        assert_eq!(words, [true, true, true, true, false, true, false, true, true, false]);
    }

    proptest! {
        /// Scenario: any text, also of marks, jamo and wide forms that normalisation moves about.
        /// Guarantees: the table says what the rules say.
        #[test]
        fn as_the_rules(
            text in "(\\PC|[ a-zA-Zà-ÿİΆ…ﬁ\u{a0}]|[\u{300}-\u{36f}\u{591}-\u{5c7}\u{64b}-\u{65f}]|[क-ह\u{93c}\u{94d}\u{958}]|[\u{1100}-\u{11ff}가-힣]|[\u{9be}\u{9c7}\u{bbe}\u{bc6}\u{dd9}\u{dcf}\u{1025}\u{102e}ｶﾞ]){0,60}",
        ) {
            prop_assert_eq!(folded(&text, usize::MAX), fold::by_rule(&text));
        }
    }
}
