//! What the reports of closed models teach: tokens per character, by model and language.
//!
//! Usage comes from outside and may be wrong or made up, so what is learned is a median of the newest reports, weighted
//! by their length: fewer than half of the characters cannot move it far.

use crate::language::Tag;
use ahash::AHashMap;
use parking_lot::Mutex;

/// Reports that are kept for a model and language.
const KEPT: usize = 32;
/// Reports that it takes before they are believed, and the characters that they must have together.
const ENOUGH: (usize, u64) = (8, 1_000);
/// Shorter texts teach little: the end of an answer costs a token or more by itself.
const SHORTEST: u64 = 40;
/// One long text is no more than so many characters of evidence.
const HEAVIEST: u64 = 4_000;
/// Models and languages that are remembered, in each of two generations.
const MOST: usize = 2_048;

/// Everything learned, bounded: of more models and languages than there is room for, those go that nobody asks for.
#[derive(Default)]
pub(super) struct Learned(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: AHashMap<(u64, Tag), Reports>,
    old: AHashMap<(u64, Tag), Reports>,
}

/// The newest reports about one model and language: tokens per character, and the weight.
#[derive(Clone, Default)]
struct Reports {
    ring: Vec<(f32, u32)>,
    next: usize,
    median: Option<f32>,
}

impl Learned {
    /// Takes in that a text of `characters` had `tokens`. What cannot be is left out.
    pub fn learn(&self, model: u64, language: Tag, characters: u64, tokens: u64) {
        // Every token has at least a byte, and every character at most four.
        if characters < SHORTEST || tokens == 0 || tokens > characters.saturating_mul(4) {
            return;
        }
        let density = tokens as f32 / characters as f32;
        let mut generations = self.0.lock();
        generations.entry((model, language)).add(density, characters.min(HEAVIEST) as u32);
    }

    /// Tokens per character, when enough was reported.
    pub fn density(&self, model: u64, language: Tag) -> Option<f32> {
        let mut generations = self.0.lock();
        let key = (model, language);
        if let Some(reports) = generations.young.get(&key) {
            return reports.median;
        }
        generations.old.contains_key(&key).then(|| generations.entry(key).median).flatten()
    }

    /// Models and languages about which something was learned, and those with enough of it.
    pub fn known(&self) -> (usize, usize) {
        let generations = self.0.lock();
        let all = generations.young.values().chain(generations.old.values());
        all.fold((0, 0), |(all, enough), reports| (all + 1, enough + usize::from(reports.median.is_some())))
    }
}

impl Generations {
    /// The reports under a key, young from now on.
    fn entry(&mut self, key: (u64, Tag)) -> &mut Reports {
        if !self.young.contains_key(&key) {
            let reports = self.old.remove(&key).unwrap_or_default();
            if self.young.len() >= MOST {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(key, reports);
        }
        self.young.entry(key).or_default()
    }
}

impl Reports {
    fn add(&mut self, density: f32, weight: u32) {
        match self.ring.get_mut(self.next) {
            Some(oldest) => *oldest = (density, weight),
            None => self.ring.push((density, weight)),
        }
        self.next = (self.next + 1) % KEPT;
        let total: u64 = self.ring.iter().map(|(_, weight)| u64::from(*weight)).sum();
        self.median = (self.ring.len() >= ENOUGH.0 && total >= ENOUGH.1).then(|| self.weighted_median(total));
    }

    fn weighted_median(&self, total: u64) -> f32 {
        let mut sorted = self.ring.clone();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut below = 0;
        let middle = sorted.iter().find(|(_, weight)| {
            below += u64::from(*weight);
            below * 2 >= total
        });
        middle.map_or(0.0, |(density, _)| *density)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SW: Tag = Tag::literal("sw");

    /// Scenario: reports about a model, one after another.
    /// Guarantees: nothing is said before there is enough; then the density is theirs, for this language alone.
    #[test]
    fn evidence() {
        let learned = Learned::default();
        for n in 0..7 {
            learned.learn(1, SW, 200, 100);
            assert_eq!(learned.density(1, SW), None, "{n}");
        }
        learned.learn(1, SW, 200, 100);
        assert_eq!(learned.density(1, SW), Some(0.5));
        assert_eq!(learned.density(1, Tag::UND), None);
        assert_eq!(learned.density(2, SW), None);
        // Eight short texts are not enough.
        for _ in 0..8 {
            learned.learn(2, SW, 50, 25);
        }
        assert_eq!(learned.density(2, SW), None);
        assert_eq!(learned.known(), (2, 1));
    }

    /// Scenario: among honest reports, many that are far off, some that cannot be, and one of an enormous text.
    /// Guarantees: the density stays the honest one, and follows when the model's tokenizer changes.
    #[test]
    fn outliers() {
        let learned = Learned::default();
        for n in 0..200u64 {
            learned.learn(1, SW, 400, 200);
            match n % 3 {
                0 => learned.learn(1, SW, 400, 1600),
                1 => learned.learn(1, SW, 400, u64::MAX),
                _ => learned.learn(1, SW, 39, 2),
            }
        }
        learned.learn(1, SW, u64::MAX, u64::MAX);
        assert_eq!(learned.density(1, SW), Some(0.5));
        for _ in 0..KEPT {
            learned.learn(1, SW, 400, 100);
        }
        assert_eq!(learned.density(1, SW), Some(0.25));
    }

    /// Scenario: far more models than there is room for, with one that is asked for all the time.
    /// Guarantees: the memory is bounded, and what is used stays.
    #[test]
    fn bounded() {
        let learned = Learned::default();
        for _ in 0..8 {
            learned.learn(0, SW, 400, 200);
        }
        for model in 1..20_000 {
            learned.learn(model, SW, 400, 200);
            assert_eq!(learned.density(0, SW), Some(0.5), "{model}");
        }
        assert!(learned.known().0 <= 2 * MOST);
    }
}
