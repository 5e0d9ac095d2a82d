//! What is left of a text for telling its language: words, without code, addresses, markup and identifiers.
//!
//! At most [`READ_BYTES`] of a text are looked at (its head, and windows of its middle and end when it is longer) and
//! at most [`KEEP_BYTES`] are kept, again from head, middle and end: a language verdict does not get better with more.
//! Buffers are kept between texts.

use std::cell::RefCell;

use unicode_normalization::UnicodeNormalization;

use super::token::{self, Scope};
use super::{floor, head, json, script, tail};

/// Bytes of a text that are looked at.
pub const READ_BYTES: usize = 8 << 10;

/// Bytes of cleaned text that are kept.
pub const KEEP_BYTES: usize = 512;

/// Strings in strings: how deep JSON inside JSON is followed.
const JSON_DEPTH: usize = 2;

/// What cleaning found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cleaned {
    /// Letters that were kept (marks not counted).
    pub letters: usize,
    /// Letters that were seen, kept or not.
    pub seen: usize,
    /// Whether the text was longer than what was looked at or kept.
    pub cut: bool,
}

impl Cleaned {
    /// Share of the letters that cleaning took away, 0 to 1.
    pub fn removed(&self) -> f32 {
        if self.seen == 0 { 0.0 } else { 1.0 - self.letters.min(self.seen) as f32 / self.seen as f32 }
    }
}

/// Cleans texts one after the other, with the same buffers.
#[derive(Debug, Default)]
pub struct Cleaner {
    scope: Scope,
    words: String,
    spare: String,
}

impl Cleaner {
    /// A cleaner with empty buffers.
    pub fn new() -> Self {
        Cleaner::default()
    }

    /// A cleaner for lines to train on: what programs write around the words of people stays, or the model would not
    /// learn what it looks like.
    pub fn of_lines() -> Self {
        Cleaner { scope: Scope::Line, ..Cleaner::default() }
    }

    /// Writes the words of `text`, lower-case and single-spaced, into `out`, which is emptied first.
    pub fn clean_into(&mut self, text: &str, out: &mut String) -> Cleaned {
        out.clear();
        self.words.clear();
        let mut found = Cleaned { cut: text.len() > READ_BYTES, ..Cleaned::default() };
        let mut budget = READ_BYTES;
        if found.cut {
            // A cut document still reads as JSON; a window in its middle does not.
            let prefix = head(text, READ_BYTES);
            if !self.json_leaves(prefix, 0, &mut budget, &mut found.seen) {
                let middle = text.split_at(floor(text, text.len() / 2)).1;
                for window in [head(text, READ_BYTES / 2), head(middle, READ_BYTES / 4), tail(text, READ_BYTES / 4)] {
                    found.seen += token::words_into(window, self.scope, &mut self.words);
                }
            }
        } else if !self.json_leaves(text, 0, &mut budget, &mut found.seen) {
            found.seen += token::words_into(text, self.scope, &mut self.words);
        }
        // The first bytes of U+0300 to U+036F, and of few others.
        if memchr::memchr2(0xcc, 0xcd, self.words.as_bytes()).is_some() {
            self.spare.clear();
            self.spare.extend(self.words.nfc());
            std::mem::swap(&mut self.words, &mut self.spare);
        }
        let words = self.words.trim();
        if words.len() <= KEEP_BYTES {
            out.push_str(words);
        } else {
            found.cut = true;
            sample(words, out);
        }
        // The share is of what was read, the count of what is kept.
        let read = words.chars().filter(|&c| script::is_letter(c)).count();
        found.letters =
            if words.len() <= KEEP_BYTES { read } else { out.chars().filter(|&c| script::is_letter(c)).count() };
        if read > 0 && words.len() > KEEP_BYTES {
            found.seen = (found.seen as f64 * found.letters as f64 / read as f64).round() as usize;
        }
        found.seen = found.seen.max(found.letters);
        found
    }

    /// The words of the strings in a JSON document; `false` when it is none. Keys say nothing about language, and
    /// neither do one-word values (`"user"`, `"text"`) beside whole sentences.
    fn json_leaves(&mut self, text: &str, depth: usize, budget: &mut usize, seen: &mut usize) -> bool {
        if depth >= JSON_DEPTH || !json::looks_like_json(text) {
            return false;
        }
        let Some(document) = json::parse(text.trim_end()) else { return false };
        let leaves = document.value.leaves();
        let spoken = leaves.iter().any(|leaf| !is_word_like(leaf));
        for leaf in leaves {
            if *budget == 0 {
                break;
            }
            let leaf = head(leaf, *budget);
            *budget -= leaf.len().min(*budget);
            if spoken && is_word_like(leaf) {
                *seen += leaf.chars().filter(|&c| script::is_letter(c)).count();
            } else if !self.json_leaves(leaf, depth + 1, budget, seen) {
                *seen += token::words_into(leaf, self.scope, &mut self.words);
            }
        }
        true
    }
}

thread_local! {
    static CLEANER: RefCell<Cleaner> = RefCell::new(Cleaner::new());
}

/// [`Cleaner::clean_into`] with a cleaner of this thread.
pub fn clean_into(text: &str, out: &mut String) -> Cleaned {
    CLEANER.with_borrow_mut(|cleaner| cleaner.clean_into(text, out))
}

/// Half of what may be kept from the head, the rest from middle and end, each between words.
fn sample(words: &str, out: &mut String) {
    let quarter = KEEP_BYTES / 4 - 1;
    out.push_str(whole_words(head(words, 2 * quarter), false));
    let middle = words.split_at(floor(words, words.len() / 2)).1;
    for piece in [whole_words(head(middle, quarter), true), whole_words(tail(words, quarter), true)] {
        out.push(' ');
        out.push_str(piece.trim());
    }
}

/// Drops the cut word at an end, unless there is only one (scripts without spaces).
fn whole_words(piece: &str, at_start: bool) -> &str {
    let found = if at_start {
        piece.split_once(' ').map(|(_, rest)| rest)
    } else {
        piece.rsplit_once(' ').map(|(rest, _)| rest)
    };
    found.filter(|rest| rest.len() * 2 >= piece.len()).unwrap_or(piece)
}

/// One ASCII word, as names of things are.
fn is_word_like(leaf: &str) -> bool {
    leaf.len() < 64 && leaf.is_ascii() && !leaf.trim().contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(text: &str) -> String {
        let mut out = String::new();
        clean_into(text, &mut out);
        out
    }

    /// Scenario: texts with everything around the words that agents put there.
    /// Guarantees: the words stay, lower-case, the rest goes.
    #[test]
    fn words_stay() {
        for (text, expected) in [
            ("Hola, ¿Qué tal?", "hola qué tal"),
            ("Run `cargo test` now", "run now"),
            ("Mira:\n```rust\nfn main() {}\n```\nGracias", "mira gracias"),
            ("unclosed ```let x = 1; fn foo", "unclosed"),
            ("see https://example.com/a?b=c and www.x.de ok", "see and ok"),
            ("schreib an max.muster@example.org bitte", "schreib an bitte"),
            ("call <EMAIL_ADDRESS> or __REDACTED__ or [REDACTED] please", "call or or please"),
            ("<p class=\"x\">Bonjour</p> à tous", "bonjour à tous"),
            ("set MAX_SIZE=3 in std::fmt via camelCase in v2 please", "set in via in please"),
            ("ارسل الملف config.toml الآن", "ارسل الملف الآن"),
            ("请在3天内用 getUserById 查询", "请在 天内用 查询"),
            ("the value {\"name\": \"long english text here\"} est faux", "the value est faux"),
            ("don't l'été", "don't l'été"),
            ("and/or", "and or"),
            ("a < b and c > d", "a b and c d"),
            ("नमस्ते दुनिया", "नमस्ते दुनिया"),
            ("literal\\nline", "literal line"),
            ("kam el se3r law sama7t, 3ayez x2 utf8 sha256", "kam el se3r law sama7t 3ayez utf8"),
            ("qué es esto? TypeError: cannot read it\nno sé", "qué es esto no sé"),
            ("tie\u{302}\u{301}ng vie\u{323}\u{302}t", "tiếng việt"),
            ("12 345 😀 --- {}", ""),
            ("Explică: SELECT name FROM users WHERE id = 42 ORDER BY age, te rog", "explică te rog"),
            (
                "nu merge\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\najutor",
                "nu merge ajutor",
            ),
            ("User: nu merge hahahaha LOL", "nu merge"),
            ("id=8 msg=\"Plata nu merge\" kind=\"pay\"", "plata nu merge"),
            ("cât face $\\sum_{i=1}^n x_i$ la $5 și $6", "cât face la și"),
            ("Subject: Re: factura mea\n\nBună ziua", "factura mea bună ziua"),
            ("2024-05-01 12:00:00 WARN plata a eșuat", "plata a eșuat"),
        ] {
            assert_eq!(cleaned(text), expected, "{text}");
        }
    }

    /// Scenario: JSON documents, also cut, nested in strings, and with escapes.
    /// Guarantees: the sentences in them are the text; keys and one-word values are not.
    #[test]
    fn json_is_read() {
        assert_eq!(
            cleaned(r#"[{"role":"user","content":"Wie ist das Wetter?"},{"role":"assistant","content":"Gut, danke"}]"#),
            "wie ist das wetter gut danke"
        );
        assert_eq!(cleaned(r#"{"a":"\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941"#), "नमस्ते दु");
        assert_eq!(cleaned(r#"{"q":"{\"text\":\"buenos días a todos\"}"}"#), "buenos días a todos");
        assert_eq!(cleaned(r#"{"city":"paris"}"#), "paris");
        let long = format!(r#"{{"text":"{}"}}"#, "guten tag ".repeat(5000));
        assert!(cleaned(&long).starts_with("guten tag guten tag"));
    }

    /// Scenario: a long text whose head, middle and end are different.
    /// Guarantees: all three are sampled within the bound.
    #[test]
    fn long_texts_are_sampled() {
        let text = format!("{}{}{}", "erste ".repeat(3000), "mitte ".repeat(3000), "schluss ".repeat(3000));
        let mut out = String::new();
        let found = clean_into(&text, &mut out);
        assert!(found.cut && out.len() <= KEEP_BYTES);
        assert!(out.starts_with("erste") && out.contains("mitte") && out.ends_with("schluss"), "{out}");
    }

    /// Scenario: a prompt that is nearly all code, and one that is none.
    /// Guarantees: the share that was taken away says so.
    #[test]
    fn removed_share() {
        let mut out = String::new();
        assert!(clean_into("fix ```some long piece of code here that goes on and on```", &mut out).removed() > 0.8);
        assert_eq!(clean_into("just some words", &mut out).removed(), 0.0);
    }

    /// Scenario: a megabyte each of what makes naive scanners quadratic.
    /// Guarantees: all are cleaned at once within the bounds (hours, were it not bounded).
    #[test]
    fn hostile_texts() {
        for unit in [
            " ",
            "a",
            "`",
            "```",
            "<",
            "<a",
            "[",
            "{",
            "{\"",
            "[\"",
            "👨‍👩‍👧‍👦",
            "\u{300}",
            "a\u{300}",
            "@",
            "a_",
            "://",
            "\\",
            "&",
            "é",
            "日",
            "\"",
            "\n",
            "SELECT a ",
            "SELECT a FROM ",
            "$",
            "$x ",
            "\\(",
            "User: ",
            "at a(",
            "File \"\", line ",
        ] {
            let text = unit.repeat((1 << 20) / unit.len());
            assert!(cleaned(&text).len() <= KEEP_BYTES, "{unit}");
        }
    }

    proptest! {
        /// Scenario: any text.
        /// Guarantees: bounded output of words and single spaces, cleaning is the same every time.
        #[test]
        fn bounded_words(text in "(\\PC|[`<>{}\\[\\]\"_=:@/\\\\ \n]){0,400}") {
            let out = cleaned(&text);
            prop_assert!(out.len() <= KEEP_BYTES);
            prop_assert!(!out.contains("  ") && out.trim() == out);
            prop_assert!(out.chars().all(|c| c == ' ' || c == '\'' || c.is_ascii_digit() || super::super::script::is_word(c)), "{}", out);
            prop_assert_eq!(cleaned(&text), out);
        }
    }
}
