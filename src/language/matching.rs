//! Whether an answer is in the language that is expected.

use super::expected::Expected;
use super::{Certainty, LanguageDetector, Tag, Verdict};
use crate::text::prose::prose_into;
use crate::text::script::{weighs, weight};
use crate::text::{head, segment};
use std::cell::RefCell;

/// What is read of an answer, and how much of it a turn keeps: a span and its turn are judged by the same words.
pub const READ_BYTES: usize = 1 << 10;

/// Letters below which an answer may be a name, a quotation or a number with a unit. A letter of a script that writes a
/// syllable or a word with one counts as three.
pub const MIN_LETTERS: u32 = 12;

/// Words of a text that may be nothing but a name.
const NAME_WORDS: usize = 6;

/// Sentences of one answer that are looked at.
const MAX_SENTENCES: usize = 6;

/// Letters of a sentence that says something about its language.
const SENTENCE_LETTERS: u32 = 15;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Match {
    /// It is.
    Same,
    /// It is, but for a lesser part; the share of that.
    Mostly(f64),
    /// It is in another language.
    Other(Tag),
    /// A part of it is in another language; its share.
    Mixed(f64),
    /// It cannot be told, with a code for why.
    Unknown(&'static str),
}

impl Match {
    /// As the attribute of a span says it.
    pub fn is_match(self) -> Option<bool> {
        match self {
            Match::Same | Match::Mostly(_) => Some(true),
            Match::Other(_) | Match::Mixed(_) => Some(false),
            Match::Unknown(_) => None,
        }
    }
}

/// An answer as it is judged.
pub struct Answer<'a> {
    /// Its words, at least the first [`READ_BYTES`] of them.
    pub text: &'a str,
    /// What the detector says of all of it.
    pub verdict: &'a Verdict,
}

#[derive(Default)]
struct Scratch {
    spare: String,
    prose: String,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// Judges an answer.
///
/// The whole answer's verdict decides where it is one of the expected languages. Where it is another, or several, the
/// sentences are looked at: those that are quoted (in marks, in code, or in a text for which `is_given` holds) do not
/// count, and a share of at most `tolerated` in other languages is no mismatch. At most [`MAX_SENTENCES`] calls of the
/// detector, and none for an answer as it should be.
pub fn judge(
    expected: &Expected,
    answer: &Answer<'_>,
    detector: &dyn LanguageDetector,
    is_given: &dyn Fn(&str) -> bool,
    tolerated: f64,
) -> Match {
    let said = answer.verdict;
    let mixed = said.language == Tag::MUL;
    if !said.language.is_language() && !mixed {
        return Match::Unknown("undetermined_language");
    }
    let text = head(answer.text, READ_BYTES);
    if !weighs(text, MIN_LETTERS) {
        return Match::Unknown("short_answer");
    }
    if !mixed && said.certainty == Certainty::Low {
        return Match::Unknown("low_certainty");
    }
    if expected.allows(said.language) == Some(true) {
        return Match::Same;
    }
    if is_given(text.trim()) {
        return Match::Unknown("quoted");
    }
    SCRATCH.with_borrow_mut(|Scratch { spare, prose }| {
        prose_into(text, spare, prose);
        if !weighs(prose, MIN_LETTERS) {
            return Match::Unknown("quoted");
        }
        if is_name(prose) {
            return Match::Unknown("name");
        }
        let parts = Parts::of(prose, expected, detector, is_given);
        parts.verdict(said, mixed, tolerated)
    })
}

/// Letters of an answer by what their sentences are.
#[derive(Debug, Default)]
struct Parts {
    right: u32,
    wrong: u32,
    quoted: u32,
}

impl Parts {
    fn of(prose: &str, expected: &Expected, detector: &dyn LanguageDetector, is_given: &dyn Fn(&str) -> bool) -> Parts {
        let mut parts = Parts::default();
        for sentence in chosen(prose) {
            let weight = letters_in_all(sentence);
            if is_given(sentence) {
                parts.quoted += weight;
                continue;
            }
            let verdict = detector.detect(sentence);
            if verdict.certainty == Certainty::Low {
                continue;
            }
            match expected.allows(verdict.language) {
                Some(true) => parts.right += weight,
                Some(false) => parts.wrong += weight,
                None => {}
            }
        }
        parts
    }

    fn verdict(&self, said: &Verdict, mixed: bool, tolerated: f64) -> Match {
        let told = self.right + self.wrong;
        if told == 0 {
            return match (self.quoted > 0, mixed) {
                (true, _) => Match::Unknown("quoted"),
                (false, true) => Match::Unknown("undetermined_language"),
                // Sentences too short to be told one by one: the answer as a whole was told.
                (false, false) => Match::Other(said.language),
            };
        }
        let share = f64::from(self.wrong) / f64::from(told);
        if share <= tolerated {
            Match::Mostly(share)
        } else if self.right == 0 && !mixed {
            Match::Other(said.language)
        } else {
            Match::Mixed(share)
        }
    }
}

/// Sentences that are looked at: the longest, in their order.
fn chosen(prose: &str) -> Vec<&str> {
    let mut sentences: Vec<(usize, u32, &str)> = segment::sentences(prose)
        .enumerate()
        .map(|(at, sentence)| (at, letters_in_all(sentence), sentence))
        .filter(|&(_, letters, _)| letters >= SENTENCE_LETTERS)
        .collect();
    sentences.sort_by_key(|&(at, letters, _)| (std::cmp::Reverse(letters), at));
    sentences.truncate(MAX_SENTENCES);
    sentences.sort_by_key(|&(at, ..)| at);
    sentences.into_iter().map(|(.., sentence)| sentence).collect()
}

fn letters_in_all(text: &str) -> u32 {
    text.chars().map(weight).sum()
}

/// Whether a text is a few words that all begin with a capital: a name, a title.
fn is_name(text: &str) -> bool {
    let mut words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).peekable();
    if words.peek().is_none() {
        return false;
    }
    let mut count = 0;
    words.all(|word| {
        count += 1;
        count <= NAME_WORDS && word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase)
    }) && !text.trim_end().ends_with(['.', '!', '?'])
}

#[cfg(test)]
mod tests;
