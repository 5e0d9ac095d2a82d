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
