//! One family of counters: bounded, found by numbers, its outcomes born together.

use super::caps::{LabelCaps, LabelKind};
use super::collect::{Counters, Exposed};
use super::label::Sym;
use super::registry::Registry;
use dashmap::DashMap;
use parking_lot::Mutex;
use prometheus::core::{Atomic, Number};
use std::sync::Arc;

/// What a family is called and how it is labelled: `N` labels with capped values, and `M` outcomes.
#[derive(Debug, Clone, Copy)]
pub struct Shape<const N: usize, const M: usize> {
    /// Full name, ending in `_total`.
    pub name: &'static str,
    /// What it counts.
    pub help: &'static str,
    /// The labels with capped values.
    pub labels: [LabelKind; N],
    /// The label with a handful of fixed values; empty (and `M` = 1) for a family without one.
    pub outcome: &'static str,
    /// Its values: all of them exist as soon as one does.
    pub outcomes: [&'static str; M],
    /// Whether a new cohort brings those of the served languages with it.
    pub spread: bool,
}

impl<const N: usize, const M: usize> Shape<N, M> {
    /// The label values of a cohort.
    pub(super) fn values(&self, key: &[Sym; N], caps: &LabelCaps) -> [Arc<str>; N] {
        std::array::from_fn(|at| {
            let label = self.labels.get(at).zip(key.get(at));
            label.map_or_else(|| Arc::from("other"), |(kind, sym)| caps.name(*kind, *sym))
        })
    }
}

/// A family of counters.
///
/// A cohort's counters are found by a small key of numbers in a concurrent map, without touching label strings.
/// When the family has as many series as it may have, a new cohort is counted with every label that clients
/// choose set to `other`; such series come on top of the cap, and are few because the other labels are ours.
pub struct Family<P: Atomic, const N: usize, const M: usize> {
    shape: Shape<N, M>,
    cohorts: Arc<Counters<P, N, M>>,
    /// Held while a cohort is born.
    births: Mutex<()>,
    max_cohorts: usize,
    caps: Arc<LabelCaps>,
}

impl<P: Atomic + 'static, const N: usize, const M: usize> Family<P, N, M> {
    /// Registers an empty family with at most `max_series` series.
    ///
    /// # Errors
    /// When the shape is not valid or its name is taken.
    pub fn new(
        shape: Shape<N, M>,
        max_series: usize,
        caps: &Arc<LabelCaps>,
        registry: &Registry,
    ) -> prometheus::Result<Self> {
        let cohorts = Arc::new(DashMap::with_hasher(ahash::RandomState::new()));
        registry.register(Box::new(Exposed::new(shape, &cohorts, caps)?))?;
        Ok(Family {
            shape,
            cohorts,
            births: Mutex::new(()),
            max_cohorts: (max_series / M.max(1)).max(1),
            caps: Arc::clone(caps),
        })
    }

    /// Adds to one outcome of a cohort, which is born first when it is new.
    pub fn add(&self, key: [Sym; N], outcome: usize, by: P::T) {
        if self.try_add(&key, outcome, by) {
            return;
        }
        if self.cohorts.len() >= self.max_cohorts {
            // It may have taken the last place itself meanwhile, through another thread.
            if self.try_add(&key, outcome, by) {
                return;
            }
            let key = self.collapsed(key);
            if key.contains(&Sym::OTHER) {
                self.caps.series_overflow();
            }
            if !self.try_add(&key, outcome, by) {
                self.birth(key, true);
                self.try_add(&key, outcome, by);
            }
            return;
        }
        self.birth(key, false);
        self.spread(key);
        if !self.try_add(&key, outcome, by) {
            // Other cohorts took the last place meanwhile.
            self.caps.series_overflow();
            let key = self.collapsed(key);
            self.birth(key, true);
            self.try_add(&key, outcome, by);
        }
    }

    fn try_add(&self, key: &[Sym; N], outcome: usize, by: P::T) -> bool {
        let Some(counters) = self.cohorts.get(key) else { return false };
        if let Some(counter) = counters.get(outcome) {
            counter.inc_by(by);
        }
        true
    }

    /// Creates a cohort at 0, and with it those of the served languages, unless there is no room.
    pub fn create(&self, key: [Sym; N]) {
        self.birth(key, false);
        self.spread(key);
    }

    /// The label values of the cohorts that were counted at least once.
    pub fn counted(&self) -> Vec<[Arc<str>; N]> {
        self.totals().into_iter().map(|(values, _)| values).collect()
    }

    /// The label values of the cohorts that were counted at least once, each with the sum over its outcomes.
    pub fn totals(&self) -> Vec<([Arc<str>; N], f64)> {
        let sum = |cohort: &[P; M]| cohort.iter().map(|counter| counter.get().into_f64()).sum::<f64>();
        let cohorts: Vec<([Sym; N], f64)> = self
            .cohorts
            .iter()
            .map(|cohort| (*cohort.key(), sum(cohort.value())))
            .filter(|(_, sum)| *sum > 0.0)
            .collect();
        cohorts.iter().map(|(key, sum)| (self.shape.values(key, &self.caps), *sum)).collect()
    }

    /// Cohorts that exist.
    pub fn len(&self) -> usize {
        self.cohorts.len()
    }

    fn collapsed(&self, mut key: [Sym; N]) -> [Sym; N] {
        for (sym, kind) in key.iter_mut().zip(self.shape.labels) {
            if kind.from_outside() {
                *sym = Sym::OTHER;
            }
        }
        key
    }

    /// Creates all outcomes of a cohort at 0, unless there is no room; `overflow` has its own.
    fn birth(&self, key: [Sym; N], overflow: bool) {
        let _one_at_a_time = self.births.lock();
        if self.cohorts.contains_key(&key) || (!overflow && self.cohorts.len() >= self.max_cohorts) {
            return;
        }
        self.cohorts.insert(key, std::array::from_fn(|_| P::new(P::T::from_i64(0))));
    }

    /// Creates the same cohort in each served language, answered in that language.
    fn spread(&self, key: [Sym; N]) {
        if !self.shape.spread {
            return;
        }
        for tag in self.caps.served() {
            let (language, _) = self.caps.language(*tag);
            let mut sibling = key;
            for (sym, kind) in sibling.iter_mut().zip(self.shape.labels) {
                if matches!(kind, LabelKind::Language | LabelKind::TargetLanguage) {
                    *sym = language;
                }
            }
            self.birth(sibling, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::language::Tag;
    use prometheus::core::AtomicU64;

    const SHAPE: Shape<3, 2> = Shape {
        name: "test_answers_total",
        help: "Answers.",
        labels: [LabelKind::Service, LabelKind::Role, LabelKind::Language],
        outcome: "outcome",
        outcomes: ["yes", "no"],
        spread: true,
    };

    fn family(max_series: usize, served: &[&str]) -> (Family<AtomicU64, 3, 2>, Arc<LabelCaps>, Registry) {
        let registry = Registry::new();
        let served: Vec<Tag> = served.iter().map(|tag| Tag::parse(tag).unwrap()).collect();
        let caps = Arc::new(LabelCaps::new(&config::Label::default(), &served, &registry).unwrap());
        let family = Family::new(SHAPE, max_series, &caps, &registry).unwrap();
        (family, caps, registry)
    }

    fn key(caps: &LabelCaps, service: &str, language: &str) -> [Sym; 3] {
        [
            caps.admit(LabelKind::Service, service),
            caps.admit(LabelKind::Role, "output"),
            caps.admit(LabelKind::Language, language),
        ]
    }

    fn series(registry: &Registry, family: &str) -> Vec<(String, f64)> {
        let families = registry.gather();
        let family = families.iter().find(|candidate| candidate.name() == family).unwrap();
        let line = |metric: &prometheus::proto::Metric| {
            let values: Vec<&str> = metric.get_label().iter().map(|label| label.value()).collect();
            (values.join(" "), metric.get_counter().get_value())
        };
        family.get_metric().iter().map(line).collect()
    }

    /// Scenario: one event of one outcome, in a product that serves two languages.
    /// Guarantees: both outcomes exist, also for the served languages, and only the event is counted.
    #[test]
    fn outcomes_are_born_together() {
        let (family, caps, registry) = family(100, &["sw", "ta"]);
        family.add(key(&caps, "bot", "ro"), 1, 1);
        let series = series(&registry, "test_answers_total");
        let value = |line: &str| series.iter().find(|(labels, _)| labels == line).map(|(_, value)| *value);
        assert_eq!(series.len(), 6, "{series:?}");
        // The registry orders labels by name: language, outcome, role, service.
        assert_eq!(value("ro no output bot"), Some(1.0));
        assert_eq!(value("ro yes output bot"), Some(0.0));
        assert_eq!(value("sw no output bot"), Some(0.0));
        assert_eq!(value("ta yes output bot"), Some(0.0));
    }

    /// Scenario: more cohorts than the family may have, from several threads.
    /// Guarantees: the cap holds, nothing is lost, and the surplus is under `other` with the role kept.
    #[test]
    fn full_family_collapses() {
        let (family, caps, registry) = family(8, &[]);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (family, caps) = (&family, &caps);
                scope.spawn(move || {
                    for i in 0..10 {
                        family.add(key(caps, &format!("s{}", (i + thread) % 10), "ro"), 0, 1);
                    }
                });
            }
        });
        let series = series(&registry, "test_answers_total");
        assert_eq!(family.len(), 5, "four cohorts and the overflow");
        assert_eq!(series.iter().map(|(_, value)| value).sum::<f64>(), 40.0);
        let other = series.iter().find(|(labels, _)| labels == "other yes output other").unwrap();
        assert_eq!(other.1, 24.0);
        let overflows = super::tests::series(&registry, "isogloss_label_overflow_total");
        assert_eq!(overflows.iter().find(|(label, _)| label == "series").unwrap().1, 24.0);
    }

    /// Scenario: a client names its service and its model so that, written one after the other, they read like those of
    /// another service.
    /// Guarantees: they stay two series, each with its own count.
    #[test]
    fn values_that_read_alike_stay_apart() {
        let shape = Shape {
            name: "test_models_total",
            help: "Models.",
            labels: [LabelKind::Service, LabelKind::Model],
            outcome: "",
            outcomes: [""],
            spread: false,
        };
        let registry = Registry::new();
        let caps = Arc::new(LabelCaps::new(&config::Label::default(), &[], &registry).unwrap());
        let family: Family<AtomicU64, 2, 1> = Family::new(shape, 100, &caps, &registry).unwrap();
        for (service, model, n) in [("shop", "gpt-4o", 1), ("shopg", "pt-4o", 10)] {
            family.add([caps.admit(LabelKind::Service, service), caps.admit(LabelKind::Model, model)], 0, n);
        }
        let expected = [("gpt-4o shop".to_owned(), 1.0), ("pt-4o shopg".to_owned(), 10.0)];
        assert_eq!(series(&registry, "test_models_total"), expected);
    }

    /// Scenario: the served languages alone would fill the family.
    /// Guarantees: the cohort that really has an event gets its place first.
    #[test]
    fn served_languages_do_not_push_out_real_ones() {
        let (family, caps, registry) = family(4, &["sw", "ta", "yo", "am"]);
        family.add(key(&caps, "bot", "ro"), 0, 1);
        let series = series(&registry, "test_answers_total");
        assert_eq!(series.len(), 4);
        assert!(series.iter().any(|(labels, value)| labels == "ro yes output bot" && *value == 1.0), "{series:?}");
    }
}
