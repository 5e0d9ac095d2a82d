//! How much of a rare cohort may belong to a frequent one whose texts are taken for it.

use crate::language::{Tag, confusion};
use ahash::AHashMap;

/// The expected share of foreign turns in each cohort of one service, 0 to 1.
///
/// For a cohort `B` with `n(B)` turns it is the sum over all larger cohorts `A` of `n(A) * rate(A, B) / n(B)`, at most 1,
/// where `rate` is the measured share of texts in `A` that are said to be in `B` ([`confusion::rate`]). If 0.3 % of the
/// texts of a language with a hundred and fifty times the turns are taken for it, that is 0.45: nearly half of what is
/// counted there was said by somebody else, and so is nearly half of its failures. Only languages have a share: `und`,
/// `mul`, `zxx` and `other` are no cohorts that a text could wrongly be in.
pub fn contamination(turns: &[(Tag, f64)]) -> Vec<(Tag, f64)> {
    shares(turns, confusion::all().iter().map(|pair| (pair.from, pair.to, f64::from(pair.rate))))
}

fn shares(turns: &[(Tag, f64)], confusions: impl Iterator<Item = (Tag, Tag, f64)>) -> Vec<(Tag, f64)> {
    let counts: AHashMap<Tag, f64> =
        turns.iter().copied().filter(|(tag, n)| tag.is_language() && n.is_finite() && *n > 0.0).collect();
    let mut foreign: AHashMap<Tag, f64> = AHashMap::new();
    for (from, to, rate) in confusions {
        if let (Some(larger), Some(own)) = (counts.get(&from), counts.get(&to))
            && larger > own
        {
            *foreign.entry(to).or_default() += larger * rate;
        }
    }
    let share = |(tag, n): (&Tag, &f64)| (*tag, (foreign.get(tag).copied().unwrap_or(0.0) / n).min(1.0));
    counts.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tag(text: &str) -> Tag {
        Tag::parse(text).unwrap()
    }

    /// The share of one language, with confusions of our own.
    fn share(of: &str, turns: &[(&str, f64)], confusions: &[(&str, &str, f64)]) -> Option<f64> {
        let turns: Vec<(Tag, f64)> = turns.iter().map(|(text, n)| (tag(text), *n)).collect();
        let confusions = confusions.iter().map(|(from, to, rate)| (tag(from), tag(to), *rate));
        shares(&turns, confusions).into_iter().find(|(language, _)| *language == tag(of)).map(|(_, share)| share)
    }

    /// Scenario: the known example: 0.3 % of a head language is taken for one with 1/150 of its traffic; more heads; a
    /// language that is hardly there; labels that are no language.
    /// Guarantees: the shares add up and stop at 1; only larger cohorts contaminate; no language, no share.
    #[test]
    fn formula() {
        let near = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 1e-9;
        let one = [("en", "sw", 0.003)];
        assert!(near(share("sw", &[("en", 30_000.0), ("sw", 200.0)], &one), 0.45));
        assert!(near(share("en", &[("en", 30_000.0), ("sw", 200.0)], &one), 0.0));
        let two = [("en", "sw", 0.003), ("id", "sw", 0.01), ("sw", "en", 0.5)];
        let turns = [("en", 30_000.0), ("id", 5_000.0), ("sw", 200.0), ("und", 100_000.0)];
        assert!(near(share("sw", &turns, &two), 0.7));
        assert!(near(share("en", &turns, &two), 0.0), "a smaller cohort does not contaminate a larger one");
        assert!(near(share("sw", &[("en", 30_000.0), ("sw", 2.0)], &one), 1.0));
        assert_eq!(share("und", &turns, &two), None);
        assert_eq!(share("sw", &[("en", 5.0), ("sw", 0.0)], &one), None);
    }

    /// Scenario: a pair of languages from the table that is built in, one of them frequent.
    /// Guarantees: the table's rate is what counts.
    #[test]
    fn built_in_table() {
        let pair = confusion::all().first().copied().unwrap();
        let found = contamination(&[(pair.from, 1_000.0), (pair.to, 900.0)]);
        let share = found.iter().find(|(language, _)| *language == pair.to).unwrap().1;
        assert!((share - (f64::from(pair.rate) / 0.9).min(1.0)).abs() < 1e-9, "{pair:?} {share}");
    }

    proptest! {
        /// Scenario: any counts and rates.
        /// Guarantees: a share for each language that has turns, between 0 and 1, and the more there are of a larger
        /// cohort the larger it is.
        #[test]
        fn sane(n in 1.0f64..1e6, more in 0.0f64..1e6, own in 1.0f64..1e3, rate in 0.0f64..=1.0) {
            let of = |n: f64| share("sw", &[("en", n), ("sw", own)], &[("en", "sw", rate)]).unwrap();
            let (small, large) = (of(n), of(n + more));
            prop_assert!((0.0..=1.0).contains(&small) && (0.0..=1.0).contains(&large) && large >= small);
        }
    }
}
