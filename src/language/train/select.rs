//! Which n-grams are worth a row of the model.

use super::draw::{self, Pool, Variation};
use super::random::Random;
use crate::language::model::math::ln;
use crate::language::model::ngrams;

/// Examples that are looked at, at most.
const EXAMPLES: usize = 700_000;

/// Rarer n-grams are chance.
const LEAST: usize = 4;

/// Bits of a hash that no table looks at, and that hold the label while n-grams are counted.
const LABEL: u64 = 0xfff;

/// The `most` n-grams that say most about the label, by what knowing that a text has one changes: the sum over labels
/// of c·ln(c·N / (c_ngram·c_label)) (the G² statistic, up to a factor), on examples drawn as for training.
pub fn select(
    pools: &[&Pool<'_>],
    plan: &[usize],
    variation: Variation<'_>,
    most: usize,
    examples: usize,
    mut random: Random,
) -> Vec<u64> {
    // The label in the low bits, so that equal n-grams sort together and their labels within.
    let mut seen: Vec<u64> = Vec::new();
    let (mut text, mut letters, mut own) = (String::new(), Vec::new(), Vec::new());
    let total: usize = plan.iter().sum();
    for (label, (pool, &share)) in pools.iter().zip(plan).enumerate() {
        let examples = (EXAMPLES.min(examples) as f64 * share as f64 / total as f64).ceil() as usize;
        for _ in 0..examples {
            draw::example(pool, variation, &mut random, &mut text);
            own.clear();
            ngrams::for_each(&text, &mut letters, |_, hash| own.push(hash & !LABEL | label as u64));
            own.sort_unstable();
            own.dedup();
            seen.extend_from_slice(&own);
        }
    }
    seen.sort_unstable();
    let mut of_label = vec![0f64; pools.len()];
    seen.iter().for_each(|entry| of_label[(entry & LABEL) as usize] += 1.0);
    let all = seen.len() as f64;
    let mut scored: Vec<(f64, u64)> = Vec::new();
    for ngram in seen.chunk_by(|a, b| a & !LABEL == b & !LABEL).filter(|ngram| ngram.len() >= LEAST) {
        let count = ngram.len() as f64;
        let score: f64 = ngram
            .chunk_by(|a, b| a == b)
            .map(|of| (of.len() as f64, of_label[(of[0] & LABEL) as usize]))
            .map(|(c, label)| c * ln(c * all / (count * label)))
            .sum();
        scored.push((score, ngram[0] & !LABEL));
    }
    scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.truncate(most);
    scored.into_iter().map(|(_, hash)| hash).collect()
}
