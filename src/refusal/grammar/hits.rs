//! Words of several languages found in one sentence.

use super::board::Hit;
use super::lexicon::{Languages, MAX_LANGUAGES, numbers};
use super::sequence::Classes;

/// Hits in one sentence that are looked at, of all languages together: a sentence has 500 letters at most.
const MAX_HITS: usize = 1 << 14;

/// Kept between sentences for its buffers.
#[derive(Debug)]
pub(in crate::refusal) struct Hits {
    found: Vec<(u8, Hit)>,
    classes: Box<[Classes; MAX_LANGUAGES]>,
}

impl Default for Hits {
    fn default() -> Hits {
        Hits { found: Vec::new(), classes: Box::new([0; MAX_LANGUAGES]) }
    }
}

impl Hits {
    /// Makes room for what will be found of these languages.
    pub(super) fn clear(&mut self, languages: Languages) {
        self.found.clear();
        for number in numbers(languages) {
            self.classes[number % MAX_LANGUAGES] = 0;
        }
    }

    /// Adds a hit; `classes` is what it counts for, nothing for an exclusion.
    pub(super) fn add(&mut self, language: u8, hit: Hit, classes: Classes) {
        self.classes[usize::from(language) % MAX_LANGUAGES] |= classes;
        self.found.push((language, hit));
    }

    pub(super) fn are_too_many(&self) -> bool {
        self.found.len() > MAX_HITS
    }

    /// The classes of which something was found, exclusions not counted, of one of the languages looked for.
    pub fn classes(&self, language: usize) -> Classes {
        self.classes.get(language).copied().unwrap_or(0)
    }

    /// What was found of one language.
    pub fn of(&self, language: usize) -> impl Iterator<Item = Hit> + Clone {
        self.found.iter().filter(move |(of, _)| usize::from(*of) == language).map(|(_, hit)| *hit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: hits of two languages in turn, one an exclusion; then another sentence.
    /// Guarantees: each language has its own in their order, and the classes of those that count; nothing is left over.
    #[test]
    fn languages_are_apart() {
        let hit = |start, class, excluded| Hit { start, end: start + 1, class, excluded };
        let (own, exclusion, other) = (hit(1, 3, false), hit(2, 4, true), hit(3, 5, false));
        let mut hits = Hits::default();
        hits.clear(0b101);
        hits.add(0, own, 1 << 3);
        hits.add(2, other, 1 << 5);
        hits.add(0, exclusion, 0);
        assert_eq!(hits.of(0).collect::<Vec<_>>(), [own, exclusion]);
        assert_eq!(hits.of(2).collect::<Vec<_>>(), [other]);
        assert_eq!([0, 1, 2].map(|language| hits.classes(language)), [1 << 3, 0, 1 << 5]);
        hits.clear(0b101);
        assert_eq!((hits.of(0).count(), hits.classes(0), hits.classes(2)), (0, 0, 0));
    }
}
