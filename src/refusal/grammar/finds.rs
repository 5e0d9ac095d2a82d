//! Words found in one sentence.

use super::board::Hit;
use super::lexicon::{Languages, MAX_LANGUAGES, numbers};
use super::owner::{Owned, Owner};
use super::sequence::Classes;

/// Finds in one sentence that are looked at, of all languages together: a sentence has 500 letters at most.
pub(super) const MAX_FINDS: usize = 1 << 13;

/// A word found, whose ever it is.
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
    /// Of the languages that were looked at more closely.
    hits: Vec<(u8, Hit)>,
    classes: Box<[Classes; MAX_LANGUAGES]>,
    /// While hits are made.
    looked_for: [bool; MAX_LANGUAGES],
    of_one: Vec<Hit>,
}

impl Default for Finds {
    fn default() -> Finds {
        Finds {
            found: Vec::new(),
            hits: Vec::new(),
            classes: Box::new([0; MAX_LANGUAGES]),
            looked_for: [false; MAX_LANGUAGES],
            of_one: Vec::new(),
        }
    }
}

impl Finds {
    /// Makes hits of what some languages have of the finds; `each_owner` names those who have a word.
    #[inline]
    pub(super) fn sort_out(&mut self, languages: Languages, each_owner: impl Fn(Owned, &mut dyn FnMut(Owner))) {
        let Finds { found, hits, classes, looked_for, .. } = self;
        hits.clear();
        for number in numbers(languages) {
            (classes[number % MAX_LANGUAGES], looked_for[number % MAX_LANGUAGES]) = (0, true);
        }
        for &Find { owned, start, end } in &*found {
            each_owner(owned, &mut |owner| {
                let language = usize::from(owner.language) % MAX_LANGUAGES;
                if looked_for[language] && owner.takes(owned.ends()) {
                    classes[language] |= owner.classes();
                    hits.push((owner.language, Hit { start, end, class: owner.class, excluded: owner.is_excluded() }));
                }
            });
        }
        numbers(languages).for_each(|number| looked_for[number % MAX_LANGUAGES] = false);
    }

    /// The classes of which something was found, exclusions not counted, of one of the languages sorted out.
    pub fn classes(&self, language: usize) -> Classes {
        self.classes.get(language).copied().unwrap_or(0)
    }

    /// What was found of one of the languages sorted out.
    pub fn of(&mut self, language: usize) -> &[Hit] {
        let own = self.hits.iter().filter(|(of, _)| usize::from(*of) == language);
        self.of_one.clear();
        self.of_one.extend(own.map(|(_, hit)| *hit));
        &self.of_one
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::grammar::lexeme::Lexeme;

    /// Scenario: finds of three languages, of which two are looked for; one find is an exclusion, one stands where its word
    /// goes on; then another sentence.
    /// Guarantees: each language has its own hits in their order, and the classes of those that count; nothing is left over.
    #[test]
    fn languages_are_apart() {
        let owner = |language, class, open_end, excluded| {
            Owner::new(
                language,
                class,
                &Lexeme { letters: Box::new([1]), open_start: false, open_end, excluded },
                false,
            )
        };
        let found = [
            (owner(0, 3, true, false), false),
            (owner(2, 5, true, false), false),
            (owner(0, 4, true, true), false),
            (owner(0, 6, false, false), false),
            (owner(1, 7, true, false), true),
        ];
        let mut finds = Finds::default();
        for ((owner, ends), start) in found.into_iter().zip(0..) {
            finds.found.push(Find { owned: Owned::by(owner).ending(ends), start, end: start + 1 });
        }
        let only = |owned: Owned, hit: &mut dyn FnMut(Owner)| hit(owned.owner().unwrap());
        finds.sort_out(0b101, only);
        let hit = |start, class, excluded| Hit { start, end: start + 1, class, excluded };
        assert_eq!(finds.of(0), [hit(0, 3, false), hit(2, 4, true)]);
        assert_eq!(finds.of(2), [hit(1, 5, false)]);
        assert_eq!([0, 1, 2].map(|language| finds.classes(language)), [1 << 3, 0, 1 << 5]);
        assert_eq!(finds.of(1), []);
        finds.found.clear();
        finds.sort_out(0b101, only);
        assert_eq!((finds.of(0).len(), finds.classes(0), finds.classes(2)), (0, 0, 0));
    }
}
