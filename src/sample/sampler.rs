//! The sampler.

use crate::config::Sample;
use crate::language::Tag;
use std::collections::HashMap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Why a sampler cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A rate is no share.
    #[error("sample.{key} is {rate}, but a rate lies between 0 and 1")]
    Rate {
        /// The key below `sample`.
        key: String,
        /// Its value.
        rate: f64,
    },
    /// A key of `sample.rates` is no language.
    #[error("sample.rates.\"{0}\" is no language tag such as \"sw\" or \"zh-Hans\"")]
    Language(String),
}

/// Whether a turn is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// It is.
    pub kept: bool,
    /// The trace's own number, at least 0 and below 1; the same for every language and evaluation.
    pub rho: f64,
    /// The probability with which a turn of this language is kept.
    pub probability: f64,
}

impl Decision {
    /// How many turns a kept one stands for, when one trace stood for `adjusted_count` before.
    pub fn weight(&self, adjusted_count: f64) -> f64 {
        adjusted_count / self.probability
    }
}

/// Decides by a salted hash of the trace id: kept where the hash, as a number from 0 to 1, is below the rate.
///
/// A turn that is kept at one rate is kept at every higher one. The salt keeps the decision independent of samplers
/// upstream, which cut by the id's own bits.
#[derive(Debug, Clone)]
pub struct Sampler {
    seed: u64,
    rate: f64,
    rates: HashMap<Tag, f64>,
}

impl Sampler {
    /// A sampler with the configured rates.
    ///
    /// # Errors
    /// A rate that is not between 0 and 1, and a key of `rates` that is no language tag.
    pub fn new(config: &Sample) -> Result<Self, Error> {
        let valid = |key: String, rate: f64| {
            if (0.0..=1.0).contains(&rate) { Ok(rate) } else { Err(Error::Rate { key, rate }) }
        };
        let mut rates = HashMap::with_capacity(config.rates.len());
        for (language, rate) in &config.rates {
            let tag = Tag::parse(language).ok_or_else(|| Error::Language(language.clone()))?;
            rates.insert(tag, valid(format!("rates.\"{language}\""), *rate)?);
        }
        Ok(Sampler { seed: xxh3_64(config.salt.as_bytes()), rate: valid("rate".into(), config.rate)?, rates })
    }

    /// The rate of a language: its own, else that of the language without script, else the general one.
    pub fn rate(&self, language: Tag) -> f64 {
        let own = self.rates.get(&language);
        let primary = || Tag::parse(language.primary()).and_then(|tag| self.rates.get(&tag));
        own.or_else(primary).copied().unwrap_or(self.rate)
    }

    /// Decides about a turn.
    pub fn decide(&self, trace_id: &[u8; 16], language: Tag) -> Decision {
        let probability = self.rate(language);
        // The 53 bits that a double holds exactly.
        let rho = (xxh3_64_with_seed(trace_id, self.seed) >> 11) as f64 / (1_u64 << 53) as f64;
        Decision { kept: rho < probability, rho, probability }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{RngCore, SeedableRng, rngs::SmallRng};

    fn sampler(rate: f64, rates: &[(&str, f64)], salt: &str) -> Sampler {
        let rates = rates.iter().map(|(language, rate)| ((*language).to_string(), *rate)).collect();
        Sampler::new(&Sample { rate, rates, salt: salt.into() }).unwrap()
    }

    fn tag(text: &str) -> Tag {
        Tag::parse(text).unwrap()
    }

    /// Ids as UUID version 4 has them: six bits are fixed.
    fn uuids(seed: u64, count: usize) -> impl Iterator<Item = [u8; 16]> {
        let mut random = SmallRng::seed_from_u64(seed);
        (0..count).map(move |_| {
            let mut id = [0; 16];
            random.fill_bytes(&mut id);
            id[6] = id[6] & 0x0f | 0x40;
            id[8] = id[8] & 0x3f | 0x80;
            id
        })
    }

    /// Scenario: 100,000 UUIDs in 64 classes by rho; then ids that only count up.
    /// Guarantees: the classes are equally full, by chi-square with 63 degrees of freedom at 1 in 100,000.
    #[test]
    fn uniform() {
        let sampler = sampler(1.0, &[], "isogloss");
        let counting = (0..100_000_u128).map(u128::to_be_bytes);
        for ids in [uuids(1, 100_000).collect::<Vec<_>>(), counting.collect()] {
            let mut classes = [0_u32; 64];
            for id in &ids {
                let decision = sampler.decide(id, Tag::UND);
                assert!(decision.kept && (0.0..1.0).contains(&decision.rho));
                classes[(decision.rho * 64.0) as usize] += 1;
            }
            let expected = ids.len() as f64 / 64.0;
            let chi: f64 = classes.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
            assert!(chi < 125.0, "{chi}");
        }
    }

    /// Scenario: a sampler upstream kept the ids whose low 56 bits are in the upper half.
    /// Guarantees: ours keeps its own share of them: the two decisions are independent.
    #[test]
    fn independent_of_upstream() {
        let sampler = sampler(0.3, &[], "isogloss");
        let upstream: Vec<_> = uuids(2, 100_000).filter(|id| id[9] >= 0x80).collect();
        let kept = upstream.iter().filter(|id| sampler.decide(id, Tag::UND).kept).count();
        let share = kept as f64 / upstream.len() as f64;
        assert!((share - 0.3).abs() < 0.01, "{share}");
    }

    /// Scenario: rates by exact tag, by language without script, and in general.
    /// Guarantees: the nearest applies, and the decision carries it.
    #[test]
    fn rates_by_language() {
        let sampler = sampler(0.1, &[("zh", 0.2), ("zh-Hant", 0.3), ("und", 0.0)], "s");
        for (language, rate) in [("zh", 0.2), ("zh-Hant", 0.3), ("zh-Hans", 0.2), ("sw", 0.1), ("und", 0.0)] {
            assert_eq!(sampler.rate(tag(language)), rate, "{language}");
            assert_eq!(sampler.decide(&[1; 16], tag(language)).probability, rate);
        }
        assert!(!uuids(3, 1_000).any(|id| sampler.decide(&id, Tag::UND).kept));
        assert_eq!(sampler.decide(&[1; 16], tag("zh")).weight(4.0), 20.0);
    }

    /// Scenario: rates outside 0 to 1, not a number, and keys that are no languages.
    /// Guarantees: an error that names the key.
    #[test]
    fn wrong_rates() {
        let make = |rate: f64, key: &str, of: f64| {
            Sampler::new(&Sample { rate, rates: [(key.to_string(), of)].into(), salt: String::new() })
        };
        assert!(make(0.0, "sw", 1.0).is_ok());
        for (rate, key, of, named) in [
            (1.5, "sw", 0.5, "sample.rate "),
            (f64::NAN, "sw", 0.5, "sample.rate "),
            (0.5, "sw", -0.1, "sample.rates.\"sw\""),
            (0.5, "Swahili!", 0.1, "\"Swahili!\""),
            (0.5, "", 0.1, "\"\""),
        ] {
            let error = make(rate, key, of).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    proptest! {
        /// Scenario: any id, salt and two rates.
        /// Guarantees: two samplers decide alike, and what is kept at a rate is kept at a higher one.
        #[test]
        fn deterministic_and_nested(id: [u8; 16], salt in ".{0,12}", a in 0.0..=1.0_f64, b in 0.0..=1.0_f64) {
            let (low, high) = (a.min(b), a.max(b));
            let (first, second) = (sampler(low, &[], &salt), sampler(low, &[], &salt));
            let decision = first.decide(&id, Tag::UND);
            prop_assert_eq!(decision, second.decide(&id, Tag::UND));
            let higher = sampler(high, &[], &salt).decide(&id, Tag::UND);
            prop_assert_eq!(decision.rho, higher.rho);
            prop_assert!(!decision.kept || higher.kept);
            prop_assert_eq!(decision.kept, decision.rho < low);
        }
    }
}
