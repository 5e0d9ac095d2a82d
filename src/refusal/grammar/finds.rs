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
    of_one: Vec<Hit>,
}

impl Default for Finds {
    fn default() -> Finds {
        Finds { found: Vec::new(), hits: Vec::new(), classes: Box::new([0; MAX_LANGUAGES]), of_one: Vec::new() }
    }
}

impl Finds {
    /// Has `hits_of` look at each find, and say to whom of these languages it is a hit.
    #[inline]
    pub(super) fn sort_out(&mut self, languages: Languages, hits_of: impl Fn(&Find, &mut dyn FnMut(Owner))) {
        let Finds { found, hits, classes, .. } = self;
        hits.clear();
        numbers(languages).for_each(|number| classes[number % MAX_LANGUAGES] = 0);
        for find in found {
            hits_of(find, &mut |owner| {
                classes[usize::from(owner.language) % MAX_LANGUAGES] |= owner.classes();
                let Find { start, end, .. } = *find;
                hits.push((owner.language, Hit { start, end, class: owner.class, excluded: owner.is_excluded() }));
            });
        }
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
