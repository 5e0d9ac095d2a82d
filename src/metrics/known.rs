//! The cohorts of the families, as they are kept over a restart.

use super::caps::LabelKind as L;
use super::record::Metrics;
use crate::language::Tag;
use crate::store::Entry;

impl Metrics {
    /// The cohorts that were counted since the start, as they are labelled. Those that only exist at 0 are left out:
    /// they are known already, or follow from `language.served`.
    ///
    /// This walks all series: call it where blocking for some milliseconds is fine.
    pub fn cohorts(&self) -> Vec<Entry> {
        let families = self.families_by_cohort();
        let text = |name: &std::sync::Arc<str>| name.as_ref().to_owned();
        let mut found = Vec::new();
        for [service, language, target] in families.turns.counted() {
            found.push(Entry {
                service: text(&service),
                language: text(&language),
                target_language: text(&target),
                ..Entry::default()
            });
        }
        for [service, model, language] in families.refusals.counted() {
            found.push(Entry {
                service: text(&service),
                model: text(&model),
                language: text(&language),
                ..Entry::default()
            });
        }
        for [service, model, step, evaluation, language, target] in families.evaluations.counted() {
            found.push(Entry {
                service: text(&service),
                model: text(&model),
                language: text(&language),
                target_language: text(&target),
                evaluation: text(&evaluation),
                step: text(&step),
            });
        }
        found
    }

    /// Creates the series of a cohort at 0, with those of the served languages beside it: for an entry with an
    /// evaluation its verdicts and their weights, for one with a target language its turns, for one with a model its
    /// refusals. Whether there was room for all its labels; where there is none, nothing is created and nothing counts
    /// as an overflow, because nothing happened.
    pub fn create_cohort(&self, entry: &Entry) -> bool {
        let caps = self.caps();
        let languages = [&entry.language, &entry.target_language];
        if languages.into_iter().any(|tag| !tag.is_empty() && Tag::parse(tag).is_none()) || entry.language.is_empty() {
            return false;
        }
        let label = |kind, value: &str| caps.try_admit(kind, value);
        let (Some(service), Some(language)) = (label(L::Service, &entry.service), label(L::Language, &entry.language))
        else {
            return false;
        };
        // Absent labels need no room; whether they are needed is asked below.
        let optional = |kind, value: &str| if value.is_empty() { Some(None) } else { label(kind, value).map(Some) };
        let (Some(model), Some(target)) =
            (optional(L::Model, &entry.model), optional(L::TargetLanguage, &entry.target_language))
        else {
            return false;
        };
        let families = self.families_by_cohort();
        if entry.evaluation.is_empty() {
            if let Some(target) = target {
                families.turns.create([service, language, target]);
            }
            if let Some(model) = model {
                families.refusals.create([service, model, language]);
            }
            return model.is_some() || target.is_some();
        }
        let (Some(model), Some(target)) = (model, target) else { return false };
        let (Some(step), Some(evaluation)) = (label(L::Step, &entry.step), label(L::Evaluation, &entry.evaluation))
        else {
            return false;
        };
        families.evaluations.create([service, model, step, evaluation, language, target]);
        families.weight.create([service, evaluation, language]);
        families.weight_squared.create([service, evaluation, language]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::metrics::Client;

    fn entry(parts: [&str; 6]) -> Entry {
        let [service, model, language, target_language, evaluation, step] = parts.map(str::to_owned);
        Entry { service, model, language, target_language, evaluation, step }
    }

    /// The series of our cohort families, with their values.
    fn page(metrics: &Metrics) -> Vec<String> {
        let page = metrics.expose("", Client::VISITOR).body;
        let of_cohort = |line: &&str| line.contains("service=\"");
        page.lines().filter(of_cohort).map(str::to_owned).collect()
    }

    /// Scenario: a cohort's turn, refusals and verdicts are created, in a product that also serves Swahili.
    /// Guarantees: all their series are there at 0, also those of Swahili; nothing counts as known again.
    #[test]
    fn created_at_zero() {
        let metrics = Metrics::new(&config::Metrics::default(), &["sw".to_owned()]).unwrap();
        assert!(metrics.create_cohort(&entry(["bot", "", "ro", "en", "", ""])));
        assert!(metrics.create_cohort(&entry(["bot", "gpt-4o", "ro", "", "", ""])));
        assert!(metrics.create_cohort(&entry(["bot", "gpt-4o", "ro", "en", "refusal", "answer"])));
        let page = page(&metrics);
        // One of turns, three of refusals, four of evaluations and of each weight; the same for Swahili.
        assert_eq!(page.len(), 2 * (1 + 3 + 4 + 4 + 4), "{page:#?}");
        assert!(page.iter().all(|line| line.ends_with(" 0")), "{page:#?}");
        assert!(metrics.cohorts().is_empty());
    }

    /// Scenario: entries that somebody edited: no language, no tag, no step, nothing to create.
    /// Guarantees: refused, and no series is there.
    #[test]
    fn nonsense_is_refused() {
        let metrics = Metrics::new(&config::Metrics::default(), &[]).unwrap();
        for parts in [
            ["bot", "", "", "en", "", ""],
            ["bot", "", "Not a tag!", "en", "", ""],
            ["bot", "", "ro", "Not a tag!", "", ""],
            ["bot", "", "ro", "", "", ""],
            ["bot", "", "ro", "en", "refusal", "answer"],
            ["bot", "gpt-4o", "ro", "", "refusal", "answer"],
        ] {
            assert!(!metrics.create_cohort(&entry(parts)), "{parts:?}");
        }
        assert_eq!(page(&metrics), Vec::<String>::new());
    }

    /// Scenario: the list holds more services than the configuration now allows, and more series than a family may have.
    /// Guarantees: what has no room is left out without counting as an overflow, since nothing happened.
    #[test]
    fn no_room() {
        let label = config::Label { service: 2, ..config::Label::default() };
        let config = config::Metrics { label, ..config::Metrics::default() };
        let metrics = Metrics::new(&config, &[]).unwrap();
        let created: Vec<bool> =
            ["a", "b", "c"].map(|service| metrics.create_cohort(&entry([service, "", "ro", "en", "", ""]))).to_vec();
        assert_eq!(created, [true, true, false]);
        let config = config::Metrics { max_series_per_family: 1, ..config::Metrics::default() };
        let full = Metrics::new(&config, &[]).unwrap();
        for service in ["a", "b"] {
            full.create_cohort(&entry([service, "", "ro", "en", "", ""]));
        }
        assert_eq!((page(&metrics).len(), page(&full).len()), (2, 1));
        for metrics in [metrics, full] {
            let page = metrics.expose("", Client::VISITOR).body;
            let mut overflows = page.lines().filter(|line| line.starts_with("isogloss_label_overflow_total{"));
            assert!(overflows.all(|line| line.ends_with(" 0")), "{page}");
        }
    }
}
