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
