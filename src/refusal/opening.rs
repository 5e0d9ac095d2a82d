//! The opening of an answer: its first sentences, without quotations and code.

use std::ops::Range;

use crate::text::segment::split_first;
use crate::text::{fold, head, mask};

/// A refusal is in the first sentences, or it is none.
const SENTENCES: usize = 4;

/// Words of a sentence so short that it is not counted: a greeting, an apology.
const SHORT_WORDS: usize = 2;

/// Sentences of any length.
const ALL_SENTENCES: usize = 8;

/// Bytes of folded sentences together: some 500 characters of a script with long ones.
const FOLDED_BYTES: usize = 1500;

/// Characters of folded sentences together.
const CHARACTERS: usize = 500;

/// Bytes of an answer that are looked at, quotations included.
const READ_BYTES: usize = 4 << 10;

/// Buffers for reading openings.
#[derive(Debug, Default)]
pub(super) struct Opening {
    masked: String,
    folded: String,
}

impl Opening {
    /// Reads the sentences one by one until `found` says something; each is folded (`text::fold`) and comes with its
    /// place in the answer, in bytes.
    pub fn find_sentence<T>(
        &mut self,
        answer: &str,
        mut found: impl FnMut(&str, Range<usize>) -> Option<T>,
    ) -> Option<T> {
        let Opening { masked, folded } = self;
        let masked = mask(head(answer, READ_BYTES), masked);
        let (mut at, mut sentences, mut characters, mut bytes) = (0, 0, CHARACTERS, FOLDED_BYTES);
        let mut rest = masked;
        for _ in 0..ALL_SENTENCES {
            let (sentence, after) = split_first(rest);
            let trimmed = sentence.trim_start();
            let start = at + sentence.len() - trimmed.len();
            let trimmed = trimmed.trim_end();
            at += sentence.len();
            rest = after;
            fold::fold_into(trimmed, bytes, folded);
            cut(folded, characters);
            if let Some(something) = found(folded, start..start + trimmed.len()) {
                return Some(something);
            }
            bytes -= folded.len().min(bytes);
            characters -= folded.chars().count().min(characters);
            sentences += usize::from(folded.split(' ').nth(SHORT_WORDS).is_some() || !folded.is_ascii());
            if sentences == SENTENCES || bytes < 8 || characters == 0 || rest.is_empty() {
                break;
            }
        }
        None
    }
}

fn cut(text: &mut String, characters: usize) {
    if text.len() > characters
        && let Some((at, _)) = text.char_indices().nth(characters)
    {
        text.truncate(at);
    }
}
