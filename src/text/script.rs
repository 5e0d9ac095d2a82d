//! Which script a letter belongs to, and how many letters of each a text has.

use std::sync::LazyLock;

/// A script, as far as it matters for language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Script {
    Latin,
    Cyrillic,
    Greek,
    Armenian,
    Hebrew,
    Arabic,
    Syriac,
    Thaana,
    Nko,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Oriya,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Tibetan,
    Myanmar,
    Georgian,
    Hangul,
    Ethiopic,
    Cherokee,
    Khmer,
    Mongolian,
    Canadian,
    OlChiki,
    Tifinagh,
    Hiragana,
    Katakana,
    Han,
    MeeteiMayek,
    Javanese,
    /// A letter of a script that is not in this list.
    Other,
}

const COUNT: usize = Script::Other as usize + 1;

impl Script {
    /// ISO 15924 code; `Zzzz` for [`Script::Other`].
    pub const fn code(self) -> &'static str {
        match self {
            Script::Latin => "Latn",
            Script::Cyrillic => "Cyrl",
            Script::Greek => "Grek",
            Script::Armenian => "Armn",
            Script::Hebrew => "Hebr",
            Script::Arabic => "Arab",
            Script::Syriac => "Syrc",
            Script::Thaana => "Thaa",
            Script::Nko => "Nkoo",
            Script::Devanagari => "Deva",
            Script::Bengali => "Beng",
            Script::Gurmukhi => "Guru",
            Script::Gujarati => "Gujr",
            Script::Oriya => "Orya",
            Script::Tamil => "Taml",
            Script::Telugu => "Telu",
            Script::Kannada => "Knda",
            Script::Malayalam => "Mlym",
            Script::Sinhala => "Sinh",
            Script::Thai => "Thai",
            Script::Lao => "Laoo",
            Script::Tibetan => "Tibt",
            Script::Myanmar => "Mymr",
            Script::Georgian => "Geor",
            Script::Hangul => "Hang",
            Script::Ethiopic => "Ethi",
            Script::Cherokee => "Cher",
            Script::Khmer => "Khmr",
            Script::Mongolian => "Mong",
            Script::Canadian => "Cans",
            Script::OlChiki => "Olck",
            Script::Tifinagh => "Tfng",
            Script::Hiragana => "Hira",
            Script::Katakana => "Kana",
            Script::Han => "Hani",
            Script::MeeteiMayek => "Mtei",
            Script::Javanese => "Java",
            Script::Other => "Zzzz",
        }
    }

    /// Whether one character carries about what a syllable or word does elsewhere.
    pub const fn is_dense(self) -> bool {
        matches!(self, Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul)
    }
}

/// Blocks that belong to one script, sorted. Marks inside a block count with it.
const RANGES: &[(u32, u32, Script)] = &[
    (0x41, 0x5a, Script::Latin),
    (0x61, 0x7a, Script::Latin),
    (0xaa, 0xaa, Script::Latin),
    (0xba, 0xba, Script::Latin),
    (0xc0, 0x24f, Script::Latin),
    (0x250, 0x2b8, Script::Latin),
    (0x370, 0x3ff, Script::Greek),
    (0x400, 0x52f, Script::Cyrillic),
    (0x531, 0x58a, Script::Armenian),
    (0x591, 0x5f4, Script::Hebrew),
    (0x610, 0x6ff, Script::Arabic),
    (0x700, 0x74f, Script::Syriac),
    (0x750, 0x77f, Script::Arabic),
    (0x780, 0x7bf, Script::Thaana),
    (0x7c0, 0x7ff, Script::Nko),
    (0x8a0, 0x8ff, Script::Arabic),
    (0x900, 0x963, Script::Devanagari),
    (0x971, 0x97f, Script::Devanagari),
    (0x980, 0x9ff, Script::Bengali),
    (0xa00, 0xa7f, Script::Gurmukhi),
    (0xa80, 0xaff, Script::Gujarati),
    (0xb00, 0xb7f, Script::Oriya),
    (0xb80, 0xbff, Script::Tamil),
    (0xc00, 0xc7f, Script::Telugu),
    (0xc80, 0xcff, Script::Kannada),
    (0xd00, 0xd7f, Script::Malayalam),
    (0xd80, 0xdff, Script::Sinhala),
    (0xe00, 0xe7f, Script::Thai),
    (0xe80, 0xeff, Script::Lao),
    (0xf00, 0xfff, Script::Tibetan),
    (0x1000, 0x109f, Script::Myanmar),
    (0x10a0, 0x10ff, Script::Georgian),
    (0x1100, 0x11ff, Script::Hangul),
    (0x1200, 0x139f, Script::Ethiopic),
    (0x13a0, 0x13ff, Script::Cherokee),
    (0x1400, 0x167f, Script::Canadian),
    (0x1780, 0x17ff, Script::Khmer),
    (0x1800, 0x18af, Script::Mongolian),
    (0x1c50, 0x1c7f, Script::OlChiki),
    (0x1c80, 0x1c8f, Script::Cyrillic),
    (0x1c90, 0x1cbf, Script::Georgian),
    (0x1d00, 0x1dbf, Script::Latin),
    (0x1e00, 0x1eff, Script::Latin),
    (0x1f00, 0x1fff, Script::Greek),
    (0x2c60, 0x2c7f, Script::Latin),
    (0x2d00, 0x2d2f, Script::Georgian),
    (0x2d30, 0x2d7f, Script::Tifinagh),
    (0x2d80, 0x2ddf, Script::Ethiopic),
    (0x2de0, 0x2dff, Script::Cyrillic),
    (0x3005, 0x3007, Script::Han),
    (0x3041, 0x309f, Script::Hiragana),
    (0x30a1, 0x30fa, Script::Katakana),
    (0x30fc, 0x30ff, Script::Katakana),
    (0x3131, 0x318f, Script::Hangul),
    (0x31f0, 0x31ff, Script::Katakana),
    (0x3400, 0x4dbf, Script::Han),
    (0x4e00, 0x9fff, Script::Han),
    (0xa640, 0xa69f, Script::Cyrillic),
    (0xa720, 0xa7ff, Script::Latin),
    (0xa8e0, 0xa8ff, Script::Devanagari),
    (0xa960, 0xa97f, Script::Hangul),
    (0xa980, 0xa9df, Script::Javanese),
    (0xaa60, 0xaa7f, Script::Myanmar),
    (0xab00, 0xab2f, Script::Ethiopic),
    (0xab30, 0xab6f, Script::Latin),
    (0xab70, 0xabbf, Script::Cherokee),
    (0xabc0, 0xabff, Script::MeeteiMayek),
    (0xac00, 0xd7ff, Script::Hangul),
    (0xf900, 0xfaff, Script::Han),
    (0xfb00, 0xfb06, Script::Latin),
    (0xfb13, 0xfb17, Script::Armenian),
    (0xfb1d, 0xfb4f, Script::Hebrew),
    (0xfb50, 0xfdff, Script::Arabic),
    (0xfe70, 0xfefe, Script::Arabic),
    (0xff21, 0xff3a, Script::Latin),
    (0xff41, 0xff5a, Script::Latin),
    (0xff66, 0xff9d, Script::Katakana),
    (0xffa0, 0xffdc, Script::Hangul),
    (0x1b000, 0x1b16f, Script::Hiragana),
    (0x20000, 0x323af, Script::Han),
];

/// Whether a character is part of a word: a letter, or a mark that is written on one.
pub fn is_word(c: char) -> bool {
    is_letter(c) || is_mark(c)
}

/// As [`char::is_alphabetic`], whose table is slow beyond ASCII: the blocks that most text is made of are answered first.
pub fn is_letter(c: char) -> bool {
    match u32::from(c) {
        0..=0x7f => c.is_ascii_alphabetic(),
        0xc0..=0xd6
        | 0xd8..=0xf6
        | 0xf8..=0x2c1
        | 0x400..=0x481
        | 0x48a..=0x52f
        | 0x620..=0x657
        | 0x904..=0x939
        | 0xe01..=0xe3a
        | 0x1e00..=0x1f15
        | 0x3041..=0x3096
        | 0x30a1..=0x30fa
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xac00..=0xd7a3 => true,
        0x2000..=0x206f | 0x3000..=0x3004 | 0xff01..=0xff20 => false,
        code if code < LETTERS_UPTO => {
            let block = LETTERS.get((code / 64) as usize).copied().unwrap_or(0);
            block >> (code % 64) & 1 == 1
        }
        _ => c.is_alphabetic(),
    }
}

/// Characters below this are answered by [`LETTERS`].
const LETTERS_UPTO: u32 = 0x3000;

/// A bit a character: whether it is alphabetic.
static LETTERS: LazyLock<[u64; LETTERS_UPTO as usize / 64]> = LazyLock::new(|| {
    std::array::from_fn(|block| {
        (0..64)
            .filter(|bit| char::from_u32(block as u32 * 64 + bit).is_some_and(char::is_alphabetic))
            .fold(0, |bits, bit| bits | 1 << bit)
    })
});

/// Whether a character is in a block without capitals: there is nothing to lower. Others may or may not have any.
pub fn is_caseless(c: char) -> bool {
    matches!(u32::from(c), 0x5d0..=0x109f | 0x1100..=0x139f | 0x1780..=0x1bff | 0x2e80..=0xa63f | 0xac00..=0xfaff)
}

/// As [`char::is_alphanumeric`], letters by [`is_letter`].
pub fn is_alphanumeric(c: char) -> bool {
    is_letter(c) || if c.is_ascii() { c.is_ascii_digit() } else { c.is_numeric() }
}

/// Vowel signs, viramas and points that Unicode does not call alphabetic, and combining accents.
pub fn is_mark(c: char) -> bool {
    matches!(u32::from(c),
        0x300..=0x36f | 0x483..=0x487 | 0x591..=0x5c7 | 0x610..=0x61a | 0x64b..=0x65f | 0x670 | 0x6d6..=0x6ed
        | 0x7a6..=0x7b0 | 0x93c | 0x94d | 0x951..=0x957 | 0x9bc | 0x9cd | 0xa3c | 0xa4d | 0xabc | 0xacd | 0xb3c | 0xb4d
        | 0xbcd | 0xc4d | 0xcbc | 0xccd | 0xd4d | 0xdca | 0xe31 | 0xe34..=0xe3a | 0xe47..=0xe4e | 0xeb1 | 0xeb4..=0xebc
        | 0xec8..=0xece | 0xf35 | 0xf37 | 0xf39 | 0xf71..=0xf84 | 0xf8d..=0xfbc | 0x1036..=0x103a | 0x17b4..=0x17d3
        | 0x135d..=0x135f | 0x3099 | 0x309a | 0xabec | 0xabed | 0xa980..=0xa983 | 0xa9b3 | 0xa9c0)
}

/// The script of a letter; `None` for anything that is not part of a word.
pub fn of(c: char) -> Option<Script> {
    if c.is_ascii() {
        return c.is_ascii_alphabetic().then_some(Script::Latin);
    }
    if !is_word(c) || matches!(u32::from(c), 0x300..=0x36f) {
        return None;
    }
    Some(block_of(c).map_or(Script::Other, |(.., script)| script))
}

/// The block that a character is in.
fn block_of(c: char) -> Option<(u32, u32, Script)> {
    let code = u32::from(c);
    let at = RANGES.partition_point(|&(_, last, _)| last < code);
    RANGES.get(at).copied().filter(|&(first, ..)| first <= code)
}

/// What a character counts where lengths of words in several scripts are compared: a letter that is a syllable or a word
/// is three, a mark on a letter none.
pub fn weight(c: char) -> u32 {
    match of(c) {
        Some(script) if script.is_dense() => 3,
        Some(_) => u32::from(!is_mark(c)),
        None => 0,
    }
}

/// Whether the letters of a text weigh so much at least; no more of it is read than that takes.
pub fn weighs(text: &str, least: u32) -> bool {
    let mut sum = 0;
    sum >= least
        || text.chars().map(weight).any(|weight| {
            sum += weight;
            sum >= least
        })
}

/// Letters per script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Histogram {
    counts: [u32; COUNT],
    total: u32,
}

impl Histogram {
    /// Counts the letters of a text: one pass, no allocation. Combining accents are not counted.
    pub fn of(text: &str) -> Self {
        let mut found = Histogram { counts: [0; COUNT], total: 0 };
        // The next letter is mostly of the block of the one before.
        let mut block = (0x61, 0x7a, Script::Latin);
        for c in text.chars() {
            let code = u32::from(c);
            let script = if block.0 <= code && code <= block.1 && is_word(c) {
                Some(block.2)
            } else {
                block = block_of(c).unwrap_or(block);
                of(c)
            };
            let Some(script) = script else { continue };
            found.counts[script as usize] = found.counts[script as usize].saturating_add(1);
            found.total = found.total.saturating_add(1);
        }
        found
    }

    /// Letters of one script.
    pub fn count(&self, script: Script) -> u32 {
        self.counts[script as usize]
    }

    /// Letters in all.
    pub fn total(&self) -> u32 {
        self.total
    }

    /// Scripts that occur with their letters, in no order that means anything.
    pub fn counts(&self) -> impl Iterator<Item = (Script, u32)> {
        SCRIPTS.into_iter().zip(self.counts).filter(|&(_, count)| count > 0)
    }

    /// Scripts that occur with their letters, most letters first.
    pub fn ranked(&self) -> impl Iterator<Item = (Script, u32)> {
        let mut found = SCRIPTS.map(|script| (script, self.count(script)));
        found.sort_by_key(|&(script, count)| (std::cmp::Reverse(count), script));
        found.into_iter().take_while(|&(_, count)| count > 0)
    }

    /// ISO 15924 code of the script with most letters. `Jpan` when kana occurs among Han, `Zyyy` without letters.
    pub fn dominant_code(&self) -> &'static str {
        let Some((script, _)) = self.ranked().next() else { return "Zyyy" };
        let kana = self.count(Script::Hiragana) + self.count(Script::Katakana);
        match script {
            Script::Hiragana | Script::Katakana => "Jpan",
            Script::Han if kana > 0 => "Jpan",
            Script::Hangul => "Kore",
            other => other.code(),
        }
    }
}

/// The code as a constant, for one that was read from a file: of a script, or `Jpan` or `Kore`.
pub fn code_of(text: &str) -> Option<&'static str> {
    codes().find(|code| *code == text)
}

/// The codes of all scripts, with `Jpan` and `Kore`.
pub fn codes() -> impl Iterator<Item = &'static str> {
    SCRIPTS.into_iter().map(Script::code).chain(["Jpan", "Kore"])
}

const SCRIPTS: [Script; COUNT] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Greek,
    Script::Armenian,
    Script::Hebrew,
    Script::Arabic,
    Script::Syriac,
    Script::Thaana,
    Script::Nko,
    Script::Devanagari,
    Script::Bengali,
    Script::Gurmukhi,
    Script::Gujarati,
    Script::Oriya,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
    Script::Sinhala,
    Script::Thai,
    Script::Lao,
    Script::Tibetan,
    Script::Myanmar,
    Script::Georgian,
    Script::Hangul,
    Script::Ethiopic,
    Script::Cherokee,
    Script::Khmer,
    Script::Mongolian,
    Script::Canadian,
    Script::OlChiki,
    Script::Tifinagh,
    Script::Hiragana,
    Script::Katakana,
    Script::Han,
    Script::MeeteiMayek,
    Script::Javanese,
    Script::Other,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the table of blocks and the list of scripts.
    /// Guarantees: both are in order, so that the binary search and the counters are right.
    #[test]
    fn tables_are_in_order() {
        assert!(RANGES.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(SCRIPTS.iter().enumerate().all(|(i, &script)| script as usize == i));
    }

    /// Scenario: one word of each of many scripts.
    /// Guarantees: each is told by its code, and its marks count with it.
    #[test]
    fn scripts_are_told() {
        for (text, code) in [
            ("hello", "Latn"),
            ("Việt", "Latn"),
            ("привет", "Cyrl"),
            ("γειά", "Grek"),
            ("שלום", "Hebr"),
            ("مرحبا", "Arab"),
            ("नमस्ते", "Deva"),
            ("বাংলা", "Beng"),
            ("ไทย", "Thai"),
            ("ລາວ", "Laoo"),
            ("မြန်မာ", "Mymr"),
            ("ქართული", "Geor"),
            ("한국어", "Kore"),
            ("ありがとう", "Jpan"),
            ("東京へ", "Jpan"),
            ("中文", "Hani"),
            ("አማርኛ", "Ethi"),
            ("ខ្មែរ", "Khmr"),
            ("ދިވެހި", "Thaa"),
            ("123 😀 !?", "Zyyy"),
            ("", "Zyyy"),
        ] {
            assert_eq!(Histogram::of(text).dominant_code(), code, "{text}");
        }
    }

    /// Scenario: a text with two scripts and other signs.
    /// Guarantees: letters are counted per script; digits, spaces and emoji are not letters.
    #[test]
    fn letters_are_counted() {
        let found = Histogram::of("abc где 12 😀");
        assert_eq!((found.count(Script::Latin), found.count(Script::Cyrillic), found.total()), (3, 3, 6));
    }

    /// Scenario: every character there is.
    /// Guarantees: the fast answer is the standard library's.
    #[test]
    fn letters_are_the_standard_ones() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            assert_eq!(is_letter(c), c.is_alphabetic(), "U+{:04X}", u32::from(c));
            assert!(!is_caseless(c) || c.to_lowercase().eq([c]), "U+{:04X}", u32::from(c));
        }
    }
}
