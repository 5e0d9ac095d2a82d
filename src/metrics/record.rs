//! The handle by which other rooms count, and the methods that count by cohort.

use super::birth::Births;
use super::caps::{LabelCaps, LabelKind};
use super::cohorts::Cohorts;
use super::contamination;
use super::label::Sym;
use super::pipeline::Pipeline;
use super::ratio;
use super::registry::{Described, Registry};
use crate::cohort::{Clock, CohortBook, Limits};
use crate::config;
use crate::convention::Role;
use crate::evaluate::{Outcome, Sampled, Verdict};
use crate::language::{Certainty, Source, Tag};
use crate::refusal;
use crate::turn::{CompletedBy, Turn, TurnText};
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Why the metrics could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something in `language.served` is no language tag.
    #[error("language.served: \"{0}\" is not a BCP-47 tag such as \"ro\" or \"zh-Hant\"")]
    Served(String),
    /// A family is not valid or registered twice: a mistake of ours.
    #[error("metric families: {0}")]
    Family(#[from] prometheus::Error),
}

/// Counts everything. A cheap handle: clones count into the same families.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    caps: Arc<LabelCaps>,
    cohorts: Cohorts,
    pipeline: Pipeline,
    births: Births,
    book: CohortBook,
    clock: Clock,
    /// Evaluations with the reason under which they are shown.
    evaluation_states: Mutex<HashMap<Arc<str>, Arc<str>>>,
    /// Shared by those who count one turn, alone for a scrape.
    whole_turns: RwLock<()>,
}

/// While it lives no scrape reads the counters; see [`Metrics::whole_turn`].
#[must_use = "a scrape may come between two counters as soon as it is dropped"]
pub struct WholeTurn<'a>(#[allow(dead_code, reason = "held, not read")] RwLockReadGuard<'a, ()>);

impl Metrics {
    /// Registers all families, with the bounds of the configuration, and the process's own.
    ///
    /// # Errors
    /// When a served language is no tag.
    pub fn new(config: &config::Metrics, served: &[String]) -> Result<Self, Error> {
        Self::with_clock(config, served, Clock::system())
    }

    /// The same with a clock of the caller's.
    ///
    /// # Errors
    /// When a served language is no tag.
    pub fn with_clock(config: &config::Metrics, served: &[String], clock: Clock) -> Result<Self, Error> {
        let tag = |text: &String| Tag::parse(text).ok_or_else(|| Error::Served(text.clone()));
        let served = served.iter().map(tag).collect::<Result<Vec<_>, _>>()?;
        let registry = Registry::new();
        let caps = Arc::new(LabelCaps::new(&config.label, &served, &registry)?);
        let max_series = config.max_series_per_family;
        let cohorts = Cohorts::new(max_series, &caps, &registry)?;
        let pipeline = Pipeline::new(&caps, &registry)?;
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let limits = Limits { window: config.window.get(), max_cohorts: (max_series / 4).max(1) };
        let book = CohortBook::new(limits, clock.clone());
        let births = Births::new(config.birth_hold.get());
        let metrics = Metrics(Arc::new(Inner {
            registry,
            caps,
            cohorts,
            pipeline,
            births,
            book,
            clock,
            evaluation_states: Mutex::default(),
            whole_turns: RwLock::new(()),
        }));
        metrics.pipeline().build_info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        for reason in [
            CompletedBy::Quiet,
            CompletedBy::Idle,
            CompletedBy::Age,
            CompletedBy::Spans,
            CompletedBy::Capacity,
            CompletedBy::Flush,
        ] {
            metrics.completed(reason, 0);
        }
        Ok(metrics)
    }

    /// Every family that a scrape may show, by name, but for those of the process: also those without a series yet.
    pub fn families(&self) -> Vec<Described> {
        let mut families = self.registry().described();
        families.retain(|family| family.name.starts_with("isogloss_"));
        families.extend(ratio::described());
        families.push(contamination::described());
        families.sort();
        families
    }

    pub(super) fn families_by_cohort(&self) -> &Cohorts {
        &self.0.cohorts
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.0.registry
    }

    pub(super) fn caps(&self) -> &LabelCaps {
        &self.0.caps
    }

    pub(super) fn pipeline(&self) -> &Pipeline {
        &self.0.pipeline
    }

    pub(super) fn births(&self) -> &Births {
        &self.0.births
    }

    pub(super) fn evaluation_states(&self) -> &Mutex<HashMap<Arc<str>, Arc<str>>> {
        &self.0.evaluation_states
    }

    pub(super) fn now(&self) -> Duration {
        self.0.clock.now()
    }

    /// Keeps scrapes out until it is dropped, so that all that is counted about a turn is seen together: a rate whose
    /// numerator was read before and whose denominator after a turn is wrong, and a new series would be born one
    /// scrape later than its sisters. Many threads may hold one; a thread that has one must not ask for a second,
    /// nor for a scrape.
    pub fn whole_turn(&self) -> WholeTurn<'_> {
        WholeTurn(self.0.whole_turns.read())
    }

    /// Waits until nobody is in the middle of a turn.
    pub(super) fn between_turns(&self) -> impl Drop + '_ {
        self.0.whole_turns.write()
    }

    /// The windows behind the ratio gauges.
    pub fn book(&self) -> &CohortBook {
        &self.0.book
    }

    /// Brings the gauges up to date that are derived from other families.
    pub(super) fn before_gather(&self) {
        self.pipeline().cohorts.set(i64::try_from(self.0.cohorts.turns.len()).unwrap_or(i64::MAX));
    }

    fn completed(&self, reason: CompletedBy, n: u64) {
        let reason = self.caps().admit(LabelKind::Reason, reason.name());
        self.pipeline().completed_turns.add([reason], 0, n);
    }

    fn service(&self, service: &str) -> Sym {
        self.caps().admit(LabelKind::Service, service)
    }

    fn role(&self, role: Role) -> Sym {
        self.caps().admit(LabelKind::Role, role.name())
    }

    /// All that is counted about one text of a turn: itself, its tokens, characters and bytes. The labels are looked up
    /// once.
    pub fn turn_text(&self, service: &str, model: Option<&str>, role: Role, text: &TurnText) {
        let [service, model, role, language] = self.text_key(service, model, role, text.language.cohort());
        let tokenizer = self.caps().admit(LabelKind::Tokenizer, text.tokens.tokenizer);
        let cohorts = &self.0.cohorts;
        let uncertain = match text.language.certainty {
            Certainty::High => None,
            Certainty::Medium => Some(0),
            Certainty::Low => Some(1),
        };
        if let Some(at) = uncertain {
            let (guess, _) = self.caps().language(text.language.language);
            cohorts.uncertain_texts.add([service, role, guess], at, 1);
        }
        cohorts.texts.add([service, role, language], 0, 1);
        cohorts.tokens.add([service, model, role, language, tokenizer], 0, text.tokens.count);
        cohorts.characters.add([service, model, role, language], 0, text.characters);
        cohorts.bytes.add([service, model, role, language], 0, text.bytes);
    }

    fn text_key(&self, service: &str, model: Option<&str>, role: Role, language: Tag) -> [Sym; 4] {
        let caps = self.caps();
        [self.service(service), caps.model(model), self.role(role), caps.language(language).0]
    }

    /// A complete turn: by its languages, and by why it was taken for complete. Its refusal is counted apart, by
    /// [`Metrics::refusal`].
    pub fn turn(&self, turn: &Turn) {
        let (language, _) = self.caps().language(turn.language());
        let (target, _) = self.caps().language(turn.target_language());
        let service = self.service(&turn.service);
        self.0.cohorts.turns.add([service, language, target], 0, 1);
        let source = Source::ALL.iter().position(|known| *known == turn.language_source()).unwrap_or_default();
        self.0.cohorts.language_sources.add([service, language], source, 1);
        self.completed(turn.completed_by, 1);
    }

    /// A verdict: the count, the weights, and the window behind the fail ratio. A scrape sees all three or none.
    pub fn verdict(&self, verdict: &Verdict) {
        // Of a free evaluation it comes in the middle of its turn, of a judge on its own.
        let _seen_together = self.0.whole_turns.read_recursive();
        let caps = self.caps();
        let service = self.service(&verdict.service);
        let evaluation = caps.admit(LabelKind::Evaluation, &verdict.evaluation);
        let step = caps.admit(LabelKind::Step, verdict.step.name());
        let (language, tag) = caps.language(verdict.language);
        let (target, _) = caps.language(verdict.target_language);
        let outcome = match verdict.outcome {
            Outcome::Pass => 0,
            Outcome::Fail => 1,
            Outcome::Skipped => 2,
            Outcome::Error => 3,
        };
        let model = caps.model(verdict.model.as_deref());
        let cohorts = &self.0.cohorts;
        cohorts.evaluations.add([service, model, step, evaluation, language, target], outcome, 1);
        let weight = crate::cohort::sane_weight(verdict.weight);
        cohorts.weight.add([service, evaluation, language], outcome, weight);
        cohorts.weight_squared.add([service, evaluation, language], outcome, weight * weight);
        let service = caps.name(LabelKind::Service, service);
        // The name as it is labelled: one over the cap has a ratio as `other`.
        let name = if evaluation == Sym::OTHER { "other".into() } else { verdict.evaluation.clone() };
        self.book().evaluation(service, name, tag, verdict.outcome, verdict.probability, verdict.weight);
    }

    /// Whether an answer declined: the count, and the window behind the refusal ratio.
    pub fn refusal(&self, service: &str, model: Option<&str>, language: Tag, outcome: refusal::Outcome) {
        let caps = self.caps();
        let service = self.service(service);
        let (language, tag) = caps.language(language);
        let at = match outcome {
            refusal::Outcome::Refused => 0,
            refusal::Outcome::Answered => 1,
            refusal::Outcome::Undetermined => 2,
        };
        self.0.cohorts.refusals.add([service, caps.model(model), language], at, 1);
        self.book().refusal(caps.name(LabelKind::Service, service), tag, outcome);
    }

    /// What the sampler decided about a turn.
    pub fn sampled(&self, service: &str, language: Tag, decision: Sampled) {
        let at = Sampled::ALL.iter().position(|known| *known == decision).unwrap_or_default();
        self.0.cohorts.sampled.add([self.service(service), self.caps().language(language).0], at, 1);
    }
}
