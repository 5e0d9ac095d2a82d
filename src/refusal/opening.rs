//! The opening of an answer: its first sentences, without quotations and code.

use std::ops::Range;

use super::grammar::{Alphabet, Line};
use crate::text::folded::{Folded, fold_into};
use crate::text::script::{self, Script};
use crate::text::segment::split_first;
use crate::text::{head, mask};

/// A refusal is in the first sentences, or it is none.
const SENTENCES: usize = 4;

/// Words of a sentence so short that it is not counted: a greeting, an apology.
const SHORT_WORDS: usize = 2;

/// The most words of a label.
const LABEL_WORDS: usize = 2;

/// A label in a script of syllables or words has fewer characters.
const DENSE_LABEL: usize = 6;

/// A label in a script of letters without blanks has fewer characters.
const UNSPACED_LABEL: usize = 12;

/// The most words of a line that addresses somebody.
const SALUTATION_WORDS: usize = 6;

/// Sentences of any length.
const ALL_SENTENCES: usize = 8;

/// Characters of folded sentences together.
const CHARACTERS: usize = 500;

/// Bytes of an answer that are looked at, quotations included.
const READ_BYTES: usize = 4 << 10;

/// Buffers for reading openings.
#[derive(Debug, Default)]
pub(super) struct Opening {
    masked: String,
    folded: Vec<Folded>,
    line: Line,
}

impl Opening {
    /// Reads the sentences one by one until `found` says something; each comes with its place in the answer, in bytes.
    pub fn find_sentence<T>(
        &mut self,
        answer: &str,
        alphabet: &Alphabet,
        mut found: impl FnMut(&Line, Range<usize>) -> Option<T>,
    ) -> Option<T> {
        let Opening { masked, folded, line } = self;
        let masked = mask(head(answer, READ_BYTES), masked);
        let (mut at, mut sentences, mut characters) = (0, 0, CHARACTERS);
        let mut before = None;
        let mut rest = masked;
        for _ in 0..ALL_SENTENCES {
            let (sentence, after) = split_first(rest);
            let trimmed = sentence.trim_start();
            let start = at + sentence.len() - trimmed.len();
            let trimmed = trimmed.trim_end();
            at += sentence.len();
            rest = after;
            if before.is_some_and(|before| announces(before, trimmed)) {
                // The text that was asked for, in the name of whoever asked.
                break;
            }
            before = Some(trimmed);
            fold_into(trimmed, characters, folded);
            line.read(folded, alphabet);
            if let Some(something) = found(line, start..start + trimmed.len()) {
                return Some(something);
            }
            characters -= folded.len().min(characters);
            sentences += usize::from(!is_short(folded));
            if sentences == SENTENCES || characters == 0 || rest.is_empty() {
                break;
            }
        }
        None
    }
}

/// Whether a sentence is a line that announces the one after it as a text of its own: `Here is your email:`. After a label
/// (`My answer:`) only a line does not count that addresses somebody.
fn announces(sentence: &str, next: &str) -> bool {
    let Some(announcement) = sentence.strip_suffix([':', '：']) else { return false };
    let words = announcement.split_whitespace().count();
    let characters = || announcement.chars().count();
    let is_label = match announcement.chars().find_map(script::of) {
        Some(script) if script.is_dense() => characters() < DENSE_LABEL,
        Some(Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar) => characters() < UNSPACED_LABEL,
        _ => words <= LABEL_WORDS,
    };
    !next.is_empty() && if is_label { is_salutation(next) } else { !is_item(next) }
}

/// Whether a line addresses somebody, as letters begin: `Hello Tom,`. One that nothing announced is our own answer's.
fn is_salutation(line: &str) -> bool {
    line.ends_with([',', '،', '，', '、']) && line.split_whitespace().count() <= SALUTATION_WORDS
}

/// Whether a line is one of a list.
fn is_item(line: &str) -> bool {
    let numbered = || line.trim_start_matches(char::is_numeric);
    line.starts_with(['-', '*', '•', '·', '–', '—', '+'])
        || numbered().len() < line.len() && numbered().starts_with(['.', ')', '、'])
}

/// Whether a sentence is a word or two. Beyond ASCII nobody knows: not all scripts have blanks.
fn is_short(folded: &[Folded]) -> bool {
    let mut blanks = 0;
    folded.iter().all(|sign| {
        blanks += usize::from(sign.code() == u32::from(b' '));
        blanks < SHORT_WORDS && sign.code() < 0x80
    })
}
