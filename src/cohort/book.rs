//! The cohorts' windows: verdicts in, ratios with bounds out.

use super::Clock;
use super::interval::{Interval, Z_95, wilson};
use super::window::{BUCKETS, Window};
use crate::evaluate::{Outcome, Verdict};
use crate::language::Tag;
use crate::refusal;
use dashmap::DashMap;
use std::borrow::Cow;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// How much a book holds.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Length of the window.
    pub window: Duration,
    /// Cohorts of each of the two books (evaluations, refusals); further ones are counted under `other`.
    pub max_cohorts: usize,
}

/// Whose verdicts: one evaluation of one language of one service.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct EvaluationKey {
    service: Arc<str>,
    evaluation: Cow<'static, str>,
    language: Tag,
}

/// Whose refusals.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct RefusalKey {
    service: Arc<str>,
    language: Tag,
}

/// A cohort that can be counted under its overflow when there is no room for it.
trait Cohort: Hash + Eq + Clone {
    fn overflow(&self, other: &Arc<str>) -> Self;
}

impl Cohort for EvaluationKey {
    fn overflow(&self, other: &Arc<str>) -> Self {
        EvaluationKey { service: Arc::clone(other), evaluation: self.evaluation.clone(), language: Tag::OTHER }
    }
}

impl Cohort for RefusalKey {
    fn overflow(&self, other: &Arc<str>) -> Self {
        RefusalKey { service: Arc::clone(other), language: Tag::OTHER }
    }
}

/// The fail ratio of one evaluation in one cohort over the window.
#[derive(Debug, Clone, PartialEq)]
pub struct FailRatio {
    /// The service.
    pub service: Arc<str>,
    /// The evaluation.
    pub evaluation: Cow<'static, str>,
    /// The cohort's language.
    pub language: Tag,
    /// Share that failed: weighted where turns were sampled.
    pub ratio: f64,
    /// Wilson's bounds at 95 %.
    pub interval: Interval,
    /// Passes and fails in the window; with weights, the effective number.
    pub n: f64,
}

/// The refusal ratio of one cohort over the window.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusalRatio {
    /// The service.
    pub service: Arc<str>,
    /// The cohort's language.
    pub language: Tag,
    /// Share that was refused, of those where it could be told.
    pub ratio: f64,
    /// Wilson's bounds at 95 %.
    pub interval: Interval,
    /// Answers in the window where it could be told.
    pub n: f64,
}

/// Windows of one kind of cohort, bounded in number.
struct Shelf<K> {
    windows: DashMap<K, Window, ahash::RandomState>,
    count: AtomicUsize,
    swept: AtomicU64,
    max: usize,
}

impl<K: Cohort> Shelf<K> {
    fn new(max: usize) -> Self {
        Shelf {
            windows: DashMap::with_hasher(ahash::RandomState::new()),
            count: AtomicUsize::new(0),
            swept: AtomicU64::new(0),
            max,
        }
    }

    fn record(&self, key: K, other: &Arc<str>, tick: u64, event: bool, weight: f64, sampled: bool) {
        if let Some(mut window) = self.windows.get_mut(&key) {
            window.record(tick, event, weight, sampled);
            return;
        }
        // When the shelf is full, windows that ran empty make room, looked for at most once a bucket.
        if self.count.load(Ordering::Acquire) >= self.max && self.swept.swap(tick, Ordering::AcqRel) != tick {
            self.sweep(tick);
        }
        let key = if self.count.load(Ordering::Acquire) >= self.max { key.overflow(other) } else { key };
        let mut window = self.windows.entry(key).or_insert_with(|| {
            self.count.fetch_add(1, Ordering::AcqRel);
            Window::default()
        });
        window.record(tick, event, weight, sampled);
    }

    fn sweep(&self, tick: u64) {
        self.windows.retain(|_, window| {
            window.expire(tick);
            let keep = !window.is_empty();
            if !keep {
                self.count.fetch_sub(1, Ordering::AcqRel);
            }
            keep
        });
    }

    fn ratios(&self, tick: u64) -> Vec<(K, f64, Interval, f64)> {
        self.sweep(tick);
        let ratios = self.windows.iter().filter_map(|entry| {
            let (ratio, n) = entry.value().sums().ratio()?;
            Some((entry.key().clone(), ratio, wilson(ratio * n, n, Z_95)?, n))
        });
        ratios.collect()
    }
}

/// Windowed counts per cohort, for the ratio gauges.
///
/// Only pass and fail (refused and answered) enter a ratio. A cohort whose window is empty is forgotten, so
/// that its ratio is absent rather than a zero that nobody measured.
pub struct CohortBook {
    evaluations: Shelf<EvaluationKey>,
    refusals: Shelf<RefusalKey>,
    /// Length of a bucket in milliseconds.
    bucket: u128,
    clock: Clock,
    other: Arc<str>,
}

impl CohortBook {
    /// An empty book.
    pub fn new(limits: Limits, clock: Clock) -> Self {
        CohortBook {
            evaluations: Shelf::new(limits.max_cohorts),
            refusals: Shelf::new(limits.max_cohorts),
            bucket: (limits.window.as_millis() / u128::from(BUCKETS)).max(1),
            clock,
            other: Arc::from("other"),
        }
    }

    fn tick(&self) -> u64 {
        u64::try_from(self.clock.now().as_millis() / self.bucket).unwrap_or(u64::MAX)
    }

    /// Records a verdict. `skipped` and `error` do not enter a rate and are passed over.
    pub fn verdict(&self, verdict: &Verdict) {
        self.evaluation(
            Arc::clone(&verdict.service),
            verdict.evaluation.clone(),
            verdict.language,
            verdict.outcome,
            verdict.probability,
            verdict.weight,
        );
    }

    /// Records a verdict by its parts, for a caller that has bounded service and language itself.
    pub fn evaluation(
        &self,
        service: Arc<str>,
        evaluation: Cow<'static, str>,
        language: Tag,
        outcome: Outcome,
        probability: f64,
        weight: f64,
    ) {
        let failed = match outcome {
            Outcome::Pass => false,
            Outcome::Fail => true,
            Outcome::Skipped | Outcome::Error => return,
        };
        let key = EvaluationKey { service, evaluation, language };
        self.evaluations.record(key, &self.other, self.tick(), failed, weight, probability < 1.0);
    }

    /// Records whether an answer declined. `undetermined` is passed over.
    pub fn refusal(&self, service: Arc<str>, language: Tag, outcome: refusal::Outcome) {
        let refused = match outcome {
            refusal::Outcome::Answered => false,
            refusal::Outcome::Refused => true,
            refusal::Outcome::Undetermined => return,
        };
        let key = RefusalKey { service, language };
        self.refusals.record(key, &self.other, self.tick(), refused, 1.0, false);
    }

    /// The fail ratio of every cohort with a verdict in the window, in no order.
    pub fn fail_ratios(&self) -> Vec<FailRatio> {
        let ratios = self.evaluations.ratios(self.tick()).into_iter();
        ratios
            .map(|(key, ratio, interval, n)| {
                let EvaluationKey { service, evaluation, language } = key;
                FailRatio { service, evaluation, language, ratio, interval, n }
            })
            .collect()
    }

    /// The refusal ratio of every cohort with a determined answer in the window, in no order.
    pub fn refusal_ratios(&self) -> Vec<RefusalRatio> {
        let ratios = self.refusals.ratios(self.tick()).into_iter();
        ratios
            .map(|(key, ratio, interval, n)| {
                let RefusalKey { service, language } = key;
                RefusalRatio { service, language, ratio, interval, n }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::ManualClock;

    const HOUR: Duration = Duration::from_secs(3600);

    fn book(max_cohorts: usize) -> (CohortBook, ManualClock) {
        let (clock, hands) = Clock::manual();
        (CohortBook::new(Limits { window: HOUR, max_cohorts }, clock), hands)
    }

    fn tag(text: &str) -> Tag {
        Tag::parse(text).unwrap()
    }

    fn judge(book: &CohortBook, service: &str, language: &str, outcome: Outcome, probability: f64) {
        book.evaluation(Arc::from(service), "refusal".into(), tag(language), outcome, probability, 1.0 / probability);
    }

    /// Scenario: 18 fails in 60 verdicts, beside skipped and error.
    /// Guarantees: the ratio, its bounds and n count pass and fail only.
    #[test]
    fn only_pass_and_fail_enter() {
        let (book, _) = book(10);
        for i in 0..60 {
            judge(&book, "bot", "ro", if i < 18 { Outcome::Fail } else { Outcome::Pass }, 1.0);
            judge(&book, "bot", "ro", Outcome::Skipped, 1.0);
            judge(&book, "bot", "ro", Outcome::Error, 1.0);
        }
        let ratios = book.fail_ratios();
        assert_eq!(ratios.len(), 1);
        assert!((ratios[0].ratio - 0.3).abs() < 1e-12);
        assert!((ratios[0].interval.lower - 0.198_980_102_527_26).abs() < 1e-12);
        assert!((ratios[0].n - 60.0).abs() < 1e-12);
    }

    /// Scenario: only undetermined refusals, then one answer, then an hour of silence.
    /// Guarantees: no ratio, a ratio of 0, and no ratio again.
    #[test]
    fn absent_without_data() {
        let (book, hands) = book(10);
        book.refusal(Arc::from("bot"), tag("sw"), refusal::Outcome::Undetermined);
        assert!(book.refusal_ratios().is_empty());
        book.refusal(Arc::from("bot"), tag("sw"), refusal::Outcome::Answered);
        assert_eq!(book.refusal_ratios()[0].ratio, 0.0);
        hands.advance(HOUR + Duration::from_secs(60));
        assert!(book.refusal_ratios().is_empty());
    }

    /// Scenario: the same turns judged once with all taken and once at different probabilities.
    /// Guarantees: sampled ones are weighted, and their effective number is below the count.
    #[test]
    fn sampled_verdicts_are_weighted() {
        let (book, _) = book(10);
        judge(&book, "bot", "ro", Outcome::Fail, 0.1);
        judge(&book, "bot", "ro", Outcome::Pass, 0.5);
        let ratio = &book.fail_ratios()[0];
        assert!((ratio.ratio - 10.0 / 12.0).abs() < 1e-12);
        assert!((ratio.n - 144.0 / 104.0).abs() < 1e-12);
        assert!(ratio.interval.lower < ratio.ratio && ratio.ratio < ratio.interval.upper);
    }

    /// Scenario: more cohorts than there is room for, then silence, then a new one.
    /// Guarantees: the surplus is counted under `other`, nothing is lost, and old windows make room.
    #[test]
    fn bounded_with_overflow() {
        let (book, hands) = book(2);
        for service in ["a", "b", "c", "d"] {
            judge(&book, service, "ro", Outcome::Fail, 1.0);
        }
        let ratios = book.fail_ratios();
        assert_eq!(ratios.len(), 3);
        let other = ratios.iter().find(|ratio| &*ratio.service == "other").unwrap();
        assert_eq!((other.n, other.language), (2.0, Tag::OTHER));
        hands.advance(HOUR * 2);
        judge(&book, "e", "ro", Outcome::Fail, 1.0);
        assert_eq!(book.fail_ratios().iter().map(|ratio| &*ratio.service).collect::<Vec<_>>(), ["e"]);
    }
}
