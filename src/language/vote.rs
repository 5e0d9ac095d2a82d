//! The vote of the common words: absolute evidence, which a closed set of trigram profiles cannot give.
//!
//! A text in a language without a list hits few words of any; a text in a listed language that the profiles do not
//! know hits that list, and its hits are a veto.

use std::sync::OnceLock;

use ahash::AHashMap;

use super::words;
use crate::text::script::{self, Script};

/// Most lists that a vote can hold.
const MAX_LISTS: usize = 128;

/// What one language got.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Share {
    /// Hits, where a word of many languages and a word of one letter count less.
    pub score: f32,
    /// Words that were hit; a word of one letter is half a word.
    pub hits: f32,
}

/// Hits of all lists in one text.
pub(super) struct Vote {
    /// Words in the text.
    pub words: f32,
    latin_words: f32,
    shares: [Share; MAX_LISTS],
}

impl Vote {
    /// Counts the hits in `cleaned`: lower-case words with single spaces.
    pub fn of(cleaned: &str) -> Vote {
        let mut vote = Vote { words: 0.0, latin_words: 0.0, shares: [Share::default(); MAX_LISTS] };
        let index = index();
        for word in cleaned.split(' ').filter(|word| !word.is_empty()) {
            vote.words += 1.0;
            vote.latin_words += if word.chars().find_map(script::of) == Some(Script::Latin) { 1.0 } else { 0.0 };
            let Some(&owners) = index.get(word) else { continue };
            let single = if word.chars().nth(1).is_none() { 0.5 } else { 1.0 };
            let weight = single
                * match owners.count_ones() {
                    1 => 1.0,
                    2 => 0.8,
                    3 => 0.65,
                    4..=6 => 0.45,
                    _ => 0.3,
                };
            let mut left = owners;
            while left != 0 {
                let at = left.trailing_zeros() as usize;
                left &= left - 1;
                if let Some(share) = vote.shares.get_mut(at) {
                    share.score += weight;
                    share.hits += single;
                }
            }
        }
        vote
    }

    /// What a language got; nothing when it has no list.
    pub fn share(&self, tag: &str) -> Share {
        positions().get(tag).and_then(|&at| self.shares.get(at)).copied().unwrap_or_default()
    }

    /// The best score of a language that the profiles do not know.
    pub fn veto(&self) -> f32 {
        words::lists().zip(&self.shares).filter(|((_, known, _), _)| !known).map(|(_, s)| s.score).fold(0.0, f32::max)
    }

    /// The largest share of the Latin words that one language explains, 0 to 1.
    pub fn latin_share(&self) -> f32 {
        self.shares.iter().take(words::LATIN.len()).map(|s| s.hits).fold(0.0, f32::max) / self.latin_words.max(1.0)
    }
}

fn positions() -> &'static AHashMap<&'static str, usize> {
    static POSITIONS: OnceLock<AHashMap<&'static str, usize>> = OnceLock::new();
    POSITIONS.get_or_init(|| words::lists().enumerate().map(|(at, &(tag, _, _))| (tag, at)).collect())
}

/// Word to the set of lists that have it.
fn index() -> &'static AHashMap<&'static str, u128> {
    static INDEX: OnceLock<AHashMap<&'static str, u128>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = AHashMap::new();
        for (at, &(_, _, words)) in words::lists().enumerate().take(MAX_LISTS) {
            for word in words.split(' ') {
                *index.entry(word).or_insert(0) |= 1u128 << at;
            }
        }
        index
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the lists themselves.
    /// Guarantees: as many as fit into a vote, each tag once, no empty or repeated word, all in cleaned form.
    #[test]
    fn lists_are_sound() {
        let mut tags = std::collections::BTreeSet::new();
        for (tag, _, list) in words::lists() {
            assert!(tags.insert(*tag), "{tag} twice");
            let mut seen = std::collections::BTreeSet::new();
            for word in list.split(' ') {
                assert!(!word.is_empty() && seen.insert(word), "{tag}: {word:?}");
                let mut cleaned = String::new();
                crate::text::clean::clean_into(word, &mut cleaned);
                assert_eq!(cleaned, word, "{tag}");
            }
        }
        assert!(tags.len() <= MAX_LISTS);
    }

    /// Scenario: sentences of a listed language, of a language the profiles lack, and of nothing.
    /// Guarantees: the right list leads, the veto shows, noise explains nothing.
    #[test]
    fn votes() {
        let vote = Vote::of("the cat is on the table");
        assert!(vote.share("en").score > vote.share("nl").score && vote.latin_share() > 0.5);
        assert!(Vote::of("nataka kujua bei ya hoteli hii tafadhali").veto() > 1.5);
        assert_eq!(Vote::of("xqzt wrrk").latin_share(), 0.0);
    }
}
