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

/// Bits of an entry. The code is what one character becomes; it is no code with `NOTHING`, `BLANK` and `SEVERAL`.
const CODE: u32 = 0x1f_ffff;
const WORD: u32 = 1 << 21;
/// It is dropped.
const NOTHING: u32 = 1 << 22;
/// It is a blank.
const BLANK: u32 = 1 << 23;
/// It becomes several characters, or none that the rules call dropped.
const SEVERAL: u32 = 1 << 24;
/// Normalisation may join it to what stands before it, or move it.
const MARK: u32 = 1 << 25;
/// Only the rules can tell.
const RULES: u32 = 1 << 26;

const SPECIAL: u32 = NOTHING | BLANK | SEVERAL | MARK | RULES;
const SPACE: Folded = Folded(b' ' as u32);

type Page = [u32; 256];

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
    let latin = page(0);
    let (mut current, mut number) = (latin, 0);
    // What stands before a mark, for normalisation: the character, and the combining class of the last mark on it.
    let mut before = '\0';
    let mut class = 0;
    for c in text.chars() {
        if out.len() >= max {
            break;
        }
        let code = u32::from(c);
        let entry = if code < 256 {
            latin.map_or_else(|| entry(c), |page| page[code as usize])
        } else {
            if code >> 8 != number {
                number = code >> 8;
                current = page(number);
            }
            current.map_or_else(|| entry(c), |page| page[(code & 0xff) as usize])
        };
        if entry & SPECIAL == 0 {
            out.push(Folded(entry));
            (before, class) = (c, 0);
            continue;
        }
        if entry & RULES != 0 {
            return false;
        }
        if entry & MARK != 0 {
            match mark_class(before, class, c) {
                Some(found) => class = found,
                None => return false,
            }
        } else {
            class = 0;
        }
        if entry & BLANK != 0 {
            if !out.is_empty() && out.last() != Some(&SPACE) {
                out.push(SPACE);
            }
        } else if entry & SEVERAL != 0 {
            class = std::iter::once(c).nfkc().last().map_or(0, canonical_combining_class);
            out.extend(fold::by_rule(c.encode_utf8(&mut [0; 4])).chars().map(Folded::new));
        } else if entry & NOTHING == 0 {
            out.push(Folded(entry & (CODE | WORD)));
        }
        if entry & MARK == 0 || class == 0 {
            before = c;
        }
    }
    out.truncate(max);
    true
}

/// The combining class of a mark that stays as it is where it stands; `None` when it does not, or that is hard to tell.
fn mark_class(before: char, last: u8, mark: char) -> Option<u8> {
    let class = canonical_combining_class(mark);
    let joins = is_nfkc_quick(std::iter::once(mark)) == IsNormalized::Maybe;
    if !joins {
        return (last <= class).then_some(class);
    }
    // A vowel sign that could join a letter joins none over a mark between them.
    if class == 0 && last != 0 {
        return Some(0);
    }
    let plain = is_nfkc_quick(std::iter::once(before)) != IsNormalized::No;
    (last == 0 && plain && compose(before, mark).is_none()).then_some(class)
}

fn page(number: u32) -> Option<&'static Page> {
    let page = PAGES.get(number as usize)?;
    Some(page.get_or_init(|| {
        let mut page = Box::new([RULES; 256]);
        for (low, place) in page.iter_mut().enumerate() {
            // Surrogates are no characters and are never asked for.
            if let Some(c) = char::from_u32(number << 8 | low as u32) {
                *place = entry(c);
            }
        }
        page
    }))
}

/// What the rules make of a character that stands alone between others.
fn entry(c: char) -> u32 {
    let quick = is_nfkc_quick(std::iter::once(c));
    let mark = match quick {
        IsNormalized::Maybe => MARK,
        IsNormalized::Yes if canonical_combining_class(c) != 0 => MARK,
        IsNormalized::Yes => 0,
        IsNormalized::No => {
            // What it stands for must be nothing that joins what is before it.
            let first = std::iter::once(c).nfkc().next();
            let stands_alone = first.is_some_and(|first| {
                canonical_combining_class(first) == 0 && is_nfc_quick(std::iter::once(first)) == IsNormalized::Yes
            });
            if !stands_alone {
                return RULES;
            }
            0
        }
    };
    // A dot that folding drops after some letters only.
    if c == '\u{307}' {
        return RULES;
    }
    let folded = fold::by_rule(&format!("x{c}x"));
    let Some(inside) = folded.strip_prefix('x').and_then(|rest| rest.strip_suffix('x')) else { return RULES };
    let mut inside = inside.chars();
    let becomes = match (inside.next(), inside.next()) {
        (None, _) => NOTHING,
        (Some(' '), None) => BLANK,
        (Some(one), None) => Folded::new(one).0,
        // One blank only after another, none at the beginning: that depends on what is around.
        _ if folded.contains(' ') => return RULES,
        _ => SEVERAL,
    };
    becomes | mark
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
            for text in [format!("{c}"), format!("e{c}\u{301}a"), format!("ক{c}\u{9be}가{c}\u{11a8}")] {
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
