//! Words found in one sentence.

use super::board::Hit;
use super::lexicon::MAX_LANGUAGES;
use super::owner::Owned;
use super::sequence::Classes;

/// Finds in one sentence that are looked at, of all languages together: a sentence has 500 letters at most.
const MAX_FINDS: usize = 1 << 13;

/// A word found, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Find {
    pub owned: Owned,
    pub start: u16,
    pub end: u16,
}

/// Kept between sentences for its buffers.
#[derive(Debug)]
pub(in crate::refusal) struct Finds {
    pub(super) found: Vec<Find>,
    pub(super) classes: Box<[Classes; MAX_LANGUAGES]>,
    pub(super) hits: Vec<Hit>,
}

impl Default for Finds {
    fn default() -> Finds {
        Finds { found: Vec::new(), classes: Box::new([0; MAX_LANGUAGES]), hits: Vec::new() }
    }
}

impl Finds {
    pub(super) fn are_too_many(&self) -> bool {
        self.found.len() > MAX_FINDS
    }

    /// The classes of which something was found, exclusions not counted, of one of the languages that were counted.
    pub fn classes(&self, language: usize) -> Classes {
        self.classes.get(language).copied().unwrap_or(0)
    }
}
