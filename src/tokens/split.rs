//! Where a tokenizer cuts a text into pieces before it merges: no token crosses such a cut.
//!
//! Vendors write these cuts as regular expressions with look-ahead. Here they are read by hand, in one pass over the
//! bytes, because the expressions are where a counter spends its time and where others overflow their stack. The
//! expressions stand beside the code; [tests](super) compare with two implementations that run them.

use super::class::{
    BLANK, CASELESS, CLASSES, Class, Classes, LETTER, LOWER, MARK, NEWLINE, NUMBER, SPACE, SYMBOL, UPPER,
};

/// How words are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    /// `[^\r\n\p{L}\p{N}]?\p{L}+`, after `(?i:'s|'t|'re|'ve|'m|'ll|'d)`.
    Plain,
    /// A word ends where a capital follows small letters; contractions belong to the word before them or to none.
    Cased { contractions: bool },
}

/// The cuts of one tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    words: Words,
    /// Digits that stay together.
    digits: usize,
    /// Whether slashes may follow punctuation as line ends do.
    slashes: bool,
    /// Three expressions one after another, see [`Cursor::deepseek`].
    staged: bool,
}

impl Split {
    /// `cl100k_base` and Llama 3.
    pub const CL100K: Split = Split { words: Words::Plain, digits: 3, slashes: false, staged: false };
    /// Qwen: every digit by itself.
    pub const QWEN: Split = Split { digits: 1, ..Self::CL100K };
    /// `o200k_base`.
    pub const O200K: Split =
        Split { words: Words::Cased { contractions: true }, digits: 3, slashes: true, staged: false };
    /// Mistral's Tekken.
    pub const TEKKEN: Split = Split { words: Words::Cased { contractions: false }, digits: 1, ..Self::O200K };
    /// DeepSeek V3.
    pub const DEEPSEEK: Split = Split { staged: true, ..Self::CL100K };

    /// The pieces of `text`, which together are `text`.
    pub fn pieces(self, text: &str) -> Pieces<'_> {
        Pieces { cursor: Cursor { bytes: text.as_bytes(), classes: &CLASSES }, split: self, at: 0 }
    }
}

/// Iterates over pieces.
pub(super) struct Pieces<'a> {
    cursor: Cursor<'a>,
    split: Split,
    at: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        if start >= self.cursor.bytes.len() {
            return None;
        }
        let end = if self.split.staged { self.cursor.deepseek(start) } else { self.cursor.piece(self.split, start) };
        // No rule matches nothing; a mistake in one must not become an endless loop.
        self.at = end.max(start + 1);
        self.cursor.bytes.get(start..self.at)
    }
}

/// Reads characters of a valid UTF-8 text. Positions are always between characters.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    bytes: &'a [u8],
    classes: &'static Classes,
}

impl Cursor<'_> {
    /// The character at a position and where the next one begins.
    #[inline]
    fn character(&self, at: usize) -> Option<(u32, usize)> {
        let first = u32::from(*self.bytes.get(at)?);
        let next = |offset: usize| u32::from(self.bytes.get(at + offset).copied().unwrap_or(0)) & 0x3f;
        Some(match first {
            0..0x80 => (first, at + 1),
            0x80..0xe0 => ((first & 0x1f) << 6 | next(1), at + 2),
            0xe0..0xf0 => ((first & 0x0f) << 12 | next(1) << 6 | next(2), at + 3),
            _ => ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), at + 4),
        })
    }

    /// The class of the character at a position and where the next one begins; nothing at the end.
    #[inline]
    fn class(&self, at: usize) -> Option<(Class, usize)> {
        let (character, next) = self.character(at)?;
        Some((self.classes.of(character), next))
    }

    /// The end of the run of characters of these classes.
    #[inline]
    fn run(&self, mut at: usize, wanted: Class) -> usize {
        while let Some((class, next)) = self.class(at) {
            if class & wanted == 0 {
                break;
            }
            at = next;
        }
        at
    }

    /// The end of the piece that starts at `start`, which is not the end of the text.
    #[inline]
    fn piece(&self, split: Split, start: usize) -> usize {
        let Some((class, next)) = self.class(start) else { return start };
        let word = match split.words {
            Words::Plain => self.plain_word(start, class, next),
            Words::Cased { contractions } => self.cased_word(start, class, next, contractions),
        };
        if let Some(end) = word {
            return end;
        }
        if class & NUMBER != 0 {
            return self.digits(next, split.digits);
        }
        self.symbols(start, class, next, split.slashes).unwrap_or_else(|| self.spaces(start, |_| false))
    }

    /// `\p{N}{1,limit}`, of which one is read.
    #[inline]
    fn digits(&self, mut at: usize, limit: usize) -> usize {
        for _ in 1..limit {
            match self.class(at) {
                Some((NUMBER, next)) => at = next,
                _ => break,
            }
        }
        at
    }

    #[inline]
    fn plain_word(&self, start: usize, class: Class, next: usize) -> Option<usize> {
        if class & LETTER != 0 {
            return Some(self.run(next, LETTER));
        }
        if let Some(end) = self.contraction(start) {
            return Some(end);
        }
        if class & (NEWLINE | NUMBER) != 0 {
            return None;
        }
        let end = self.run(next, LETTER);
        (end > next).then_some(end)
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)`. The long s is an s in another case.
    #[inline]
    fn contraction(&self, at: usize) -> Option<usize> {
        if self.bytes.get(at) != Some(&b'\'') {
            return None;
        }
        let after = |offset: usize| self.bytes.get(at + offset).map_or(0, u8::to_ascii_lowercase);
        match (after(1), after(2)) {
            (b's' | b't' | b'm' | b'd', _) => Some(at + 2),
            (b'r' | b'v', b'e') | (b'l', b'l') | (0xc5, 0xbf) => Some(at + 3),
            _ => None,
        }
    }

    /// ```text
    /// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|...)?
    /// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|...)?
    /// ```
    #[inline]
    fn cased_word(&self, start: usize, class: Class, next: usize, contractions: bool) -> Option<usize> {
        let may_lead = class & (NEWLINE | LETTER | NUMBER) == 0;
        let may_begin = class & (LETTER | MARK) != 0;
        // A mark may be either; to lead comes first, and every try of the first line before those of the second.
        let end = may_lead
            .then(|| self.ends_small(next))
            .flatten()
            .or_else(|| may_begin.then(|| self.ends_small(start)).flatten())
            .or_else(|| may_lead.then(|| self.capitals(next)).flatten())
            .or_else(|| may_begin.then(|| self.capitals(start)).flatten())?;
        Some(if contractions { self.contraction(end).unwrap_or(end) } else { end })
    }

    /// Capitals and caseless letters, then at least one small or caseless letter.
    #[inline]
    fn ends_small(&self, start: usize) -> Option<usize> {
        let mut at = start;
        // After the last letter that may stand for a small one.
        let mut last = None;
        while let Some((class, next)) = self.class(at) {
            if class & LOWER != 0 {
                return Some(self.run(next, LOWER | CASELESS | MARK));
            }
            if class & (UPPER | CASELESS | MARK) == 0 {
                break;
            }
            if class & UPPER == 0 {
                last = Some(next);
            }
            at = next;
        }
        last
    }

    /// Capitals, of which none is followed by a small letter, or the line above would have matched.
    #[inline]
    fn capitals(&self, start: usize) -> Option<usize> {
        let end = self.run(start, UPPER);
        (end > start).then_some(end)
    }

    /// ` ?[^\s\p{L}\p{N}]+[\r\n]*`, or with slashes in the tail.
    #[inline]
    fn symbols(&self, start: usize, class: Class, next: usize, slashes: bool) -> Option<usize> {
        let begin = match self.bytes.get(start) {
            Some(b' ') => self.class(next).filter(|(class, _)| is_other(*class))?.1,
            _ if is_other(class) => next,
            _ => return None,
        };
        let mut at = begin;
        while let Some((_, next)) = self.class(at).filter(|(class, _)| is_other(*class)) {
            at = next;
        }
        while self.bytes.get(at).is_some_and(|b| matches!(b, b'\r' | b'\n') || (slashes && *b == b'/')) {
            at += 1;
        }
        Some(at)
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`, where characters for which `is_end` holds are as good as the end of the text.
    #[inline]
    fn spaces(&self, start: usize, is_end: impl Fn(u32) -> bool) -> usize {
        let (mut at, mut last, mut after_newline) = (start, start, None);
        while let Some((character, next)) = self.character(at) {
            let class = self.classes.of(character);
            if class & SPACE == 0 {
                // The last blank is left for what follows, if it is not the only one.
                let trimmed = if last > start && !is_end(character) { last } else { at };
                return after_newline.unwrap_or(trimmed);
            }
            if class == NEWLINE {
                after_newline = Some(next);
            }
            last = at;
            at = next;
        }
        after_newline.unwrap_or(at)
    }

    /// DeepSeek cuts three times. First `\p{N}{1,3}`, then `[一-龥぀-ゟ゠-ヿ]+`, and what lies between these:
    ///
    /// ```text
    /// [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+
    /// [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
    ///  ?[\p{P}\p{S}]+[\r\n]*
    /// \s*[\r\n]+|\s+(?!\S)|\s+
    /// ```
    ///
    /// What matches none of these stays together as it is.
    fn deepseek(&self, start: usize) -> usize {
        let Some((first, next)) = self.character(start) else { return start };
        if self.classes.of(first) == NUMBER {
            return self.digits(next, 3);
        }
        if is_cjk(first) {
            let mut at = next;
            while let Some((_, next)) = self.character(at).filter(|(character, _)| is_cjk(*character)) {
                at = next;
            }
            return at;
        }
        let mut at = start;
        while let Some((character, next)) = self.character(at) {
            if self.is_cut(character) {
                break;
            }
            if let Some(end) = self.deepseek_rules(at, self.classes.of(character), next) {
                return if at == start { end } else { at };
            }
            at = next;
        }
        at
    }

    /// Whether the first two cuts isolate a character.
    fn is_cut(&self, character: u32) -> bool {
        is_cjk(character) || self.classes.of(character) == NUMBER
    }

    fn deepseek_rules(&self, start: usize, class: Class, next: usize) -> Option<usize> {
        let ascii = self.bytes.get(start).copied().unwrap_or(0);
        if ascii.is_ascii_punctuation() {
            let letters = self.bytes.iter().skip(next).take_while(|b| b.is_ascii_alphabetic()).count();
            if letters > 0 {
                return Some(next + letters);
            }
        }
        let word = |at: usize| {
            let mut end = at;
            while let Some((character, next)) = self.character(end) {
                if self.classes.of(character) & (LETTER | MARK) == 0 || is_cjk(character) {
                    break;
                }
                end = next;
            }
            (end > at).then_some(end)
        };
        if class & (NEWLINE | LETTER | SYMBOL) == 0
            && let Some(end) = word(next)
        {
            return Some(end);
        }
        if class & (LETTER | MARK) != 0 {
            return word(start);
        }
        if let Some(end) = self.deepseek_symbols(start, class, next) {
            return Some(end);
        }
        (class & (BLANK | NEWLINE) != 0).then(|| self.spaces(start, |character| self.is_cut(character)))
    }

    fn deepseek_symbols(&self, start: usize, class: Class, next: usize) -> Option<usize> {
        // Kana have symbols of their own, which the second cut has taken.
        let symbol = |at: usize| {
            self.character(at).filter(|(c, _)| self.classes.of(*c) == SYMBOL && !is_cjk(*c)).map(|(_, next)| next)
        };
        let mut at = match class {
            SYMBOL => next,
            _ if self.bytes.get(start) == Some(&b' ') => symbol(next)?,
            _ => return None,
        };
        while let Some(next) = symbol(at) {
            at = next;
        }
        while self.bytes.get(at).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
            at += 1;
        }
        Some(at)
    }
}

/// `[^\s\p{L}\p{N}]`.
#[inline]
fn is_other(class: Class) -> bool {
    class & (SPACE | LETTER | NUMBER) == 0
}

/// `[一-龥぀-ゟ゠-ヿ]`.
fn is_cjk(c: u32) -> bool {
    matches!(c, 0x4e00..=0x9fa5 | 0x3040..=0x30ff)
}
