//! Which languages a trained head takes for which others, on lines that it was not trained on.

use std::collections::BTreeMap;

use super::draw::{self, Pool, Variation};
use super::random::Random;
use crate::language::model::head::best;
use crate::language::model::{Head, Reading};
use crate::language::{Certainty, Tag, groups, same_language};

/// Examples of each language, at most.
const EXAMPLES: usize = 1500;

/// A line is drawn from so often, at most: whole and in pieces.
const PER_LINE: usize = 4;

/// Rarer confusions are left out: that much happens by chance.
const LEAST_RATE: f64 = 1.0 / 2000.0;

/// A language, the one that its texts were given with certainty `medium` or `high`, how many were, and of how many.
pub type Confused = (Tag, Tag, usize, usize);

/// Reads held-out lines of every language of a head.
pub fn confuse(
    head: &Head,
    known: &[(Tag, Pool<'_>, usize)],
    variation: Variation<'_>,
    examples: usize,
    mut random: Random,
) -> Vec<Confused> {
    let (mut text, mut reading) = (String::new(), Reading::default());
    let mut found = Vec::new();
    for (language, pool, _) in known {
        let texts = EXAMPLES.min(examples).min(pool.lines * PER_LINE);
        let mut given: BTreeMap<Tag, usize> = BTreeMap::new();
        for _ in 0..texts {
            draw::example(pool, variation, &mut random, &mut text);
            head.read(&text, &mut reading);
            let mut merged = groups::merge(&head.classes, &best::<8>(&reading.probabilities));
            groups::prefer_larger(&mut merged);
            let (said, p) = merged[0];
            let letters = text.chars().filter(|c| c.is_alphabetic()).count();
            let sure = Certainty::of(head.trust(p, letters, reading.known())) >= Certainty::Medium;
            if sure && same_language(said, *language) == Some(false) {
                *given.entry(said).or_default() += 1;
            }
        }
        let counted = given.into_iter().filter(|(_, wrong)| *wrong > 1 && *wrong as f64 >= LEAST_RATE * texts as f64);
        found.extend(counted.map(|(to, wrong)| (*language, to, wrong, texts)));
    }
    found
}
