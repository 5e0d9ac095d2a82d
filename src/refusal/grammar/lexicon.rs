//! The words of all languages in one automaton.

use std::collections::HashMap;

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::lexeme::Lexeme;
use super::{Hit, Line, PatternError};

/// Hits of all languages together in one sentence that are looked at.
const MAX_HITS: usize = 4096;

/// Whose word a pattern is.
#[derive(Debug, Clone, Copy)]
struct Owner {
    language: u8,
    class: u8,
    /// The word may go on after it.
    open_end: bool,
    excluded: bool,
}

/// Finds the words of all languages in one pass.
pub(in crate::refusal) struct Lexicon {
    automaton: NFA,
    /// Where a pattern's owners begin; one more than there are patterns.
    first: Box<[u32]>,
    owners: Box<[Owner]>,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("patterns", &self.patterns()).finish()
    }
}

/// The hits in a sentence, by language. Kept between sentences for its buffers.
#[derive(Debug, Default)]
pub(in crate::refusal) struct Hits {
    by_language: Vec<Vec<Hit>>,
    /// Languages with hits.
    touched: Vec<u8>,
}

impl Hits {
    /// Languages that had hits, each with them.
    pub fn languages(&self) -> impl Iterator<Item = (usize, &[Hit])> {
        self.touched.iter().map(|&language| {
            let language = usize::from(language);
            (language, self.by_language.get(language).map_or(&[][..], Vec::as_slice))
        })
    }

    fn clear(&mut self, languages: usize) {
        for &language in &self.touched {
            if let Some(hits) = self.by_language.get_mut(usize::from(language)) {
                hits.clear();
            }
        }
        self.touched.clear();
        self.by_language.resize_with(languages, Vec::new);
    }

    fn push(&mut self, language: u8, hit: Hit) {
        if let Some(hits) = self.by_language.get_mut(usize::from(language)) {
            if hits.is_empty() {
                self.touched.push(language);
            }
            hits.push(hit);
        }
    }
}

impl Lexicon {
    /// Compiles the words of all languages, in the order of the languages' numbers.
    pub fn new(languages: &[Vec<(u8, Lexeme)>]) -> Result<Lexicon, PatternError> {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut patterns: Vec<&str> = Vec::new();
        let mut owned: Vec<Vec<Owner>> = Vec::new();
        for (language, lexemes) in languages.iter().enumerate() {
            for (class, lexeme) in lexemes {
                let number = *numbers.entry(&lexeme.text).or_insert(patterns.len());
                if number == patterns.len() {
                    patterns.push(&lexeme.text);
                    owned.push(Vec::new());
                }
                owned[number].push(Owner {
                    language: language as u8,
                    class: *class,
                    open_end: lexeme.open_end,
                    excluded: lexeme.excluded,
                });
            }
        }
        let automaton = NFA::builder().match_kind(MatchKind::Standard).prefilter(false).build(&patterns)?;
        let mut first = vec![0u32];
        for owners in &owned {
            first.push(first.last().copied().unwrap_or(0) + owners.len() as u32);
        }
        Ok(Lexicon { automaton, first: first.into(), owners: owned.concat().into() })
    }

    /// Different words, of all languages together.
    pub fn patterns(&self) -> usize {
        self.first.len() - 1
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.automaton.memory_usage() + size_of_val(&*self.first) + size_of_val(&*self.owners)
    }

    /// Finds the words of the `wanted` languages (all for `None`) in a line.
    pub fn find(&self, line: &Line, languages: usize, wanted: &impl Fn(u8) -> bool, hits: &mut Hits) {
        hits.clear(languages);
        let automaton = &self.automaton;
        // An unanchored search over our own patterns starts: `MatchKind::Standard` allows for it.
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return };
        let bytes = line.text.as_bytes();
        let mut left = MAX_HITS;
        for (at, &byte) in bytes.iter().enumerate() {
            state = automaton.next_state(Anchored::No, state, byte);
            if !automaton.is_match(state) {
                continue;
            }
            let end = at + 1;
            let word_ends = bytes.get(end).is_none_or(|&next| next == b' ');
            for index in 0..automaton.match_len(state) {
                let pattern = automaton.match_pattern(state, index);
                let length = automaton.pattern_len(pattern);
                let number = pattern.as_usize();
                let range = self.first[number] as usize..self.first[number + 1] as usize;
                let start = end - length + usize::from(bytes[end - length] == b' ');
                for owner in self.owners.get(range).unwrap_or_default() {
                    if (owner.open_end || word_ends) && wanted(owner.language) {
                        let Some(rest) = left.checked_sub(1) else { return };
                        left = rest;
                        let (start, end) = (start as u16, end as u16);
                        hits.push(owner.language, Hit { start, end, class: owner.class, excluded: owner.excluded });
                    }
                }
            }
        }
    }
}
