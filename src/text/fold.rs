//! One spelling for all the ways to write the same words, for matching phrases.

use std::cell::RefCell;

use unicode_normalization::UnicodeNormalization;

use super::folded;

/// Folds `text`: NFKC, lower case, one apostrophe, blanks and line breaks to one space, no invisible characters, Arabic
/// without vowel marks and with one form of alef, ya and kaf, Hebrew without points, Greek without accents. A zero-width
/// non-joiner, which Persian writes between parts of a word, becomes a space.
pub fn fold(text: &str) -> String {
    let mut folded = Vec::new();
    folded::fold_into(text, usize::MAX, &mut folded);
    folded.iter().map(|sign| sign.character()).collect()
}

/// As [`fold`], at most `max_bytes` of it, into `out`, which is emptied first.
pub fn fold_into(text: &str, max_bytes: usize, out: &mut String) {
    out.clear();
    FOLDED.with_borrow_mut(|folded| {
        // No character takes less than a byte.
        folded::fold_into(text, max_bytes, folded);
        for c in folded.iter().map(|sign| sign.character()) {
            if out.len() + c.len_utf8() > max_bytes {
                break;
            }
            out.push(c);
        }
    });
    if out.ends_with(' ') {
        out.pop();
    }
}

thread_local! {
    static FOLDED: RefCell<Vec<folded::Folded>> = const { RefCell::new(Vec::new()) };
}

/// What folding means, character by character; [`folded`] knows it by heart.
pub(super) fn by_rule(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Normalised, the accent that stands for an apostrophe would be a blank and an accent.
    for c in text.chars().map(|c| if c == '´' { '\'' } else { c }).nfkc() {
        for c in c.to_lowercase() {
            push(c, &mut out);
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

fn push(c: char, out: &mut String) {
    match c {
        '\'' | '’' | '‘' | 'ʼ' | '′' | '‛' | '`' => out.push('\''),
        '‐' | '‑' | '‒' | '–' | '—' | '―' => out.push('-'),
        'ß' => out.push_str("ss"),
        'ς' | 'σ' => out.push('σ'),
        'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
        'ى' | 'ی' => out.push('ي'),
        'ک' => out.push('ك'),
        'ة' => out.push('ه'),
        'ά' => out.push('α'),
        'έ' => out.push('ε'),
        'ή' => out.push('η'),
        'ί' | 'ϊ' | 'ΐ' => out.push('ι'),
        'ό' => out.push('ο'),
        'ύ' | 'ϋ' | 'ΰ' => out.push('υ'),
        'ώ' => out.push('ω'),
        'ё' => out.push('е'),
        // The dot that a lower-cased Turkish capital leaves behind.
        '\u{307}' if out.ends_with('i') => {}
        _ if is_dropped(c) => {}
        _ if c.is_whitespace() || c == '\u{200c}' => {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        }
        _ if c.is_control() => {}
        _ => out.push(c),
    }
}

/// Invisible characters, and marks that texts carry or not as they like.
fn is_dropped(c: char) -> bool {
    matches!(u32::from(c),
        0xad | 0x34f | 0x591..=0x5bd | 0x5bf | 0x5c1 | 0x5c2 | 0x5c4 | 0x5c5 | 0x5c7 | 0x610..=0x61a | 0x61c | 0x640
        | 0x64b..=0x65f | 0x670 | 0x6d6..=0x6dc | 0x6df..=0x6e8 | 0x6ea..=0x6ed | 0x180e | 0x200b | 0x200d..=0x200f
        | 0x202a..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Scenario: spellings that differ in what readers do not see or care about.
    /// Guarantees: they fold to the same text.
    #[test]
    fn one_spelling() {
        for (a, b) in [
            ("I can’t", "i can't"),
            ("I CAN'T", "i can't"),
            ("لا يُمكِنُني", "لا يمكنني"),
            ("أستطيع", "استطيع"),
            ("نمی‌توانم", "نمی توانم"),
            ("tie\u{302}\u{301}ng", "tiếng"),
            ("İstanbul", "istanbul"),
            ("ｎｏ", "no"),
            ("Λυπάμαι", "λυπαμαι"),
            ("a\u{200b}b\n\n c ", "ab c"),
            ("ещё", "еще"),
        ] {
            assert_eq!(fold(a), fold(b), "{a}");
        }
        assert_eq!(fold("  a \t b  "), "a b");
    }

    proptest! {
        /// Scenario: any text, also of marks, jamo and wide forms that normalisation moves about.
        /// Guarantees: no panic, folding twice changes nothing.
        #[test]
        fn stable(text in "(\\PC|[a-zа-я가-힣\u{300}-\u{36f}ﾞｶ]){0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
