//! The list of known cohorts below `store.path`, kept up to date while the program runs.

use crate::config::Config;
use crate::evaluate::{Free, Paid};
use crate::metrics::Metrics;
use crate::store::{Cohorts, Error};
use parking_lot::Mutex;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often new cohorts are looked for and written down.
const EVERY: Duration = Duration::from_secs(10);

/// The known cohorts, and the metrics that new ones appear in.
pub struct KnownCohorts {
    metrics: Metrics,
    state: Mutex<State>,
}

struct State {
    cohorts: Cohorts,
    looked: Instant,
    /// The last writing failed, which was said once.
    failing: bool,
}

impl KnownCohorts {
    /// Reads the list below `path` and creates the series of its cohorts at 0, but for those of our own evaluations that
    /// are not configured any more.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn open(path: &Path, config: &Config, metrics: Metrics, now: Instant) -> Result<Self, Error> {
        let (cohorts, loaded) = Cohorts::open(path.to_owned())?;
        if let Some((aside, problem)) = &loaded.set_aside {
            tracing::warn!(file = %aside.display(), problem, "the list of known cohorts was damaged and set aside");
        }
        if loaded.invalid > 0 {
            tracing::warn!(entries = loaded.invalid, "entries of the list of known cohorts were left out");
        }
        let evaluations = || config.evaluate.free.iter().chain(&config.evaluate.paid);
        // What is none of ours somebody else runs, and may again.
        let from_outside = |name: &str| {
            config.evaluate.reported.enabled && !Free::NAMES.contains(&name) && !Paid::NAMES.contains(&name)
        };
        let wanted = cohorts.entries().filter(|entry| {
            let name = &entry.evaluation;
            name.is_empty() || evaluations().any(|configured| configured == name) || from_outside(name)
        });
        let created = wanted.filter(|entry| metrics.create_cohort(entry)).count();
        tracing::info!(path = %path.display(), known = cohorts.entries().len(), created, "known cohorts");
        Ok(KnownCohorts { metrics, state: Mutex::new(State { cohorts, looked: now, failing: false }) })
    }

    /// Looks for new cohorts when it is time. Blocks on the disk.
    pub fn tick(&self, now: Instant) {
        let mut state = self.state.lock();
        if now.saturating_duration_since(state.looked) >= EVERY {
            state.looked = now;
            self.save(&mut state);
        }
    }

    /// Looks for new cohorts now, as at the end of the program. Blocks on the disk.
    pub fn finish(&self) {
        self.save(&mut self.state.lock());
    }

    fn save(&self, state: &mut State) {
        for entry in self.metrics.cohorts() {
            state.cohorts.add(entry);
        }
        match state.cohorts.save() {
            Ok(_) => state.failing = false,
            // Every ten seconds the same line would drown the others.
            Err(error) if state.failing => tracing::debug!(%error, "the list of known cohorts still cannot be written"),
            Err(error) => {
                state.failing = true;
                tracing::warn!(%error, "the list of known cohorts cannot be written; it is tried again");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Tag;
    use crate::refusal::Outcome;
    use crate::store::load;

    /// Scenario: cohorts appear while the clock goes on; the program ends; the next one opens the list.
    /// Guarantees: written when it is time and at the end, and created at 0 by the next start.
    #[test]
    fn written_when_due() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::default();
        let metrics = || Metrics::new(&config.metrics, &[]).unwrap();
        let languages = || load(folder.path()).unwrap().entries.into_iter().map(|e| e.language).collect::<Vec<_>>();
        let (first, start) = (metrics(), Instant::now());
        let known = KnownCohorts::open(folder.path(), &config, first.clone(), start).unwrap();
        first.refusal("shop", None, Tag::literal("ro"), Outcome::Answered);
        known.tick(start + Duration::from_secs(9));
        assert!(languages().is_empty());
        known.tick(start + Duration::from_secs(10));
        assert_eq!(languages(), ["ro"]);
        first.refusal("shop", None, Tag::literal("tr"), Outcome::Answered);
        known.tick(start + Duration::from_secs(19));
        assert_eq!(languages(), ["ro"]);
        known.finish();
        assert_eq!(languages(), ["ro", "tr"]);

        let second = metrics();
        let _known = KnownCohorts::open(folder.path(), &config, second.clone(), start).unwrap();
        let page = second.expose("", crate::metrics::Client::VISITOR).body;
        for outcome in ["refused", "answered", "undetermined"] {
            let series = format!(
                "isogloss_refusals_total{{language=\"tr\",model=\"unknown\",outcome=\"{outcome}\",service=\"shop\"}} 0"
            );
            assert!(page.lines().any(|line| line == series), "{page}");
        }
        assert!(second.cohorts().is_empty(), "nothing was counted yet");
    }

    /// Scenario: the list has cohorts of our own evaluations, one of which is not configured any more, and of one that
    /// somebody else runs; then such results are switched off.
    /// Guarantees: series of what runs or may come again are created, others are not.
    #[test]
    fn evaluations_that_may_come() {
        let folder = tempfile::tempdir().unwrap();
        let (mut cohorts, _) = Cohorts::open(folder.path().to_owned()).unwrap();
        for evaluation in ["refusal", "empty_answer", "tone of voice"] {
            let [service, model, language, target_language, step] =
                ["shop", "gpt-4o", "ro", "ro", "answer"].map(str::to_owned);
            let evaluation = evaluation.to_owned();
            cohorts.add(crate::store::Entry { service, model, language, target_language, evaluation, step });
        }
        cohorts.save().unwrap();
        let mut config = Config::default();
        config.evaluate.free = vec!["refusal".into()];
        let mut created = || {
            let metrics = Metrics::new(&config.metrics, &[]).unwrap();
            let _known = KnownCohorts::open(folder.path(), &config, metrics.clone(), Instant::now()).unwrap();
            config.evaluate.reported.enabled = false;
            let page = metrics.expose("", crate::metrics::Client::VISITOR).body;
            ["refusal", "empty_answer", "tone of voice"].map(|name| page.contains(&format!("evaluation=\"{name}\"")))
        };
        assert_eq!(created(), [true, false, true]);
        assert_eq!(created(), [true, false, false]);
    }
}
