//! When a new counter series shows its value: not before every scraper has seen it at 0.
//!
//! `increase()` does not see the first step of a series that is born at 1, and for a rare language that step is
//! its first failure. So a new series is exposed as 0 first. The question is for how long, when several clients
//! read `/metrics`: two Prometheus servers, and somebody with `curl` in between.
//!
//! The rule: scrapes are numbered. A series carries the number of the scrape at which it was first exposed (as
//! 0). It is *released*, for all clients at once and for good, as soon as every active scraper has been served at
//! or after that number. A scraper is active while its last scrape is not older than `metrics.birth_hold`; who is
//! a scraper (rather than a person with a browser), [`super::Client`] says. Where no scraper is active, any earlier
//! exposure releases.
//!
//! What follows from it:
//! - With one Prometheus, a new series shows 0 once and its value one scrape later; with two, one interval of the
//!   slower one later. That lag on new series is the price, and `birth_hold` bounds it when a scraper goes away.
//! - A `curl` in between consumes nothing, and waits for nothing when it is alone.
//! - A series never falls back to 0: release is for good. Taking turns per client instead would show 0 after a
//!   value to a scraper behind a changing address, which it would count as a restart, and everything twice.
//! - Not covered: a scraper that comes less often than `birth_hold` and shares the target with another client; a
//!   scraper whose answer was lost on the way; two scrapers that look the same (one address, one user agent).

use super::client::Client;
use ahash::RandomState;
use parking_lot::Mutex;
use prometheus::proto::{Counter, Metric, MetricFamily, MetricType};
use std::collections::HashMap;
use std::time::Duration;
use xxhash_rust::xxh3::Xxh3;

/// Scrapers that are waited for; further ones are served like visitors.
const MAX_SCRAPERS: usize = 64;

/// Only our own counters are held: those of the process come from the kernel with a past.
const PREFIX: &str = "isogloss_";

/// Remembers which series have been seen at 0, and by whom.
pub struct Births {
    hold: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Number of the latest scrape; the first is 1.
    scrape: u64,
    /// Series first exposed up to this scrape show their value.
    released: u64,
    /// By series, the scrape at which it was first exposed. Counters are never removed, so this only grows as
    /// far as the families do.
    first_exposed: HashMap<u64, u64, RandomState>,
    /// Active scrapers by identity: the time and number of their last scrape.
    scrapers: HashMap<u64, (Duration, u64), RandomState>,
}

impl State {
    fn release(&mut self, now: Duration, hold: Duration) {
        self.scrapers.retain(|_, (last, _)| now.saturating_sub(*last) <= hold);
        let seen_by_all = self.scrapers.values().map(|(_, scrape)| *scrape).min().unwrap_or(self.scrape);
        self.released = self.released.max(seen_by_all);
    }
}

impl Births {
    /// Nothing seen yet; scrapers are waited for as long as `hold`.
    pub fn new(hold: Duration) -> Self {
        Births { hold, state: Mutex::new(State::default()) }
    }

    /// Sets the counters in `families` that are not released yet to 0, as `client` is to see them at `now`.
    pub fn hold(&self, families: &mut [MetricFamily], client: Client, now: Duration) {
        let mut state = self.state.lock();
        state.release(now, self.hold);
        let state = &mut *state;
        if !client.peeks() {
            state.scrape += 1;
        }
        for family in families.iter_mut().filter(|family| is_held(family)) {
            let mut name = Xxh3::new();
            name.update(family.name().as_bytes());
            for metric in family.mut_metric() {
                let key = series(name.clone(), metric);
                let first = match state.first_exposed.get(&key) {
                    Some(first) => *first,
                    None if client.peeks() => u64::MAX,
                    None => {
                        state.first_exposed.insert(key, state.scrape);
                        state.scrape
                    }
                };
                if first > state.released {
                    metric.set_counter(Counter::default());
                }
            }
        }
        if let Some(identity) = client.scraper() {
            let scraper = (now, state.scrape);
            if state.scrapers.len() < MAX_SCRAPERS || state.scrapers.contains_key(&identity) {
                state.scrapers.insert(identity, scraper);
            }
        }
    }
}

fn is_held(family: &MetricFamily) -> bool {
    family.get_field_type() == MetricType::COUNTER && family.name().starts_with(PREFIX)
}

/// A series by its family and label values, whose names and order the family fixes.
fn series(mut hash: Xxh3, metric: &Metric) -> u64 {
    for label in metric.get_label() {
        hash.update(&[0xff]);
        hash.update(label.value().as_bytes());
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus::{IntCounterVec, Opts, Registry};

    const HOLD: Duration = Duration::from_secs(120);

    /// A registry with one family, the births, and a clock in seconds.
    struct Bench {
        registry: Registry,
        family: IntCounterVec,
        births: Births,
        now: Duration,
    }

    impl Bench {
        fn new() -> Self {
            let registry = Registry::new();
            let family = IntCounterVec::new(Opts::new("isogloss_test_total", "Test."), &["language"]).unwrap();
            registry.register(Box::new(family.clone())).unwrap();
            Bench { registry, family, births: Births::new(HOLD), now: Duration::ZERO }
        }

        fn count(&self, language: &str) {
            self.family.with_label_values(&[language]).inc();
        }

        fn after(&mut self, seconds: u64) -> &mut Self {
            self.now += Duration::from_secs(seconds);
            self
        }

        /// What `client` sees of a language.
        fn sees(&self, client: Client, language: &str) -> Option<f64> {
            let mut families = self.registry.gather();
            self.births.hold(&mut families, client, self.now);
            let family = families.iter().find(|family| family.name() == "isogloss_test_total")?;
            let mut series = family.get_metric().iter();
            let found = series.find(|metric| metric.get_label().iter().any(|label| label.value() == language))?;
            Some(found.get_counter().get_value())
        }
    }

    const A: Client = Client::identified(1);
    const B: Client = Client::identified(2);

    /// Scenario: one Prometheus; a language fails for the first time, then again.
    /// Guarantees: 0 once, then always the true value; the rise that `increase()` sees is both failures.
    #[test]
    fn one_scraper() {
        let mut bench = Bench::new();
        assert_eq!(bench.sees(A, "ro"), None);
        bench.count("ro");
        assert_eq!(bench.after(15).sees(A, "ro"), Some(0.0));
        bench.count("ro");
        assert_eq!(bench.after(15).sees(A, "ro"), Some(2.0));
        assert_eq!(bench.after(15).sees(A, "ro"), Some(2.0));
    }

    /// Scenario: two servers, one scraping twice as often, shifted against each other.
    /// Guarantees: each sees the 0 before the value, and nobody sees a value fall.
    #[test]
    fn two_scrapers() {
        let mut bench = Bench::new();
        bench.sees(A, "ro");
        bench.after(5).sees(B, "ro");
        bench.count("ro");
        assert_eq!(bench.after(10).sees(A, "ro"), Some(0.0));
        assert_eq!(bench.after(15).sees(A, "ro"), Some(0.0), "B has not seen it");
        assert_eq!(bench.after(5).sees(B, "ro"), Some(0.0));
        assert_eq!(bench.after(10).sees(A, "ro"), Some(1.0));
        assert_eq!(bench.after(20).sees(B, "ro"), Some(1.0));
    }

    /// Scenario: somebody reads the page by hand, often, between two scrapes.
    /// Guarantees: the birth is not consumed: Prometheus still sees the 0.
    #[test]
    fn curl_consumes_nothing() {
        let mut bench = Bench::new();
        bench.sees(A, "ro");
        bench.count("ro");
        for _ in 0..5 {
            assert_eq!(bench.after(1).sees(Client::VISITOR, "ro"), Some(0.0));
        }
        assert_eq!(bench.after(1).sees(A, "ro"), Some(0.0));
        assert_eq!(bench.after(1).sees(Client::VISITOR, "ro"), Some(1.0));
        assert_eq!(bench.after(15).sees(A, "ro"), Some(1.0));
    }

    /// Scenario: nobody but a person reads the page.
    /// Guarantees: 0 once, the value at the next look.
    #[test]
    fn visitor_alone() {
        let bench = Bench::new();
        bench.count("ro");
        assert_eq!(bench.sees(Client::VISITOR, "ro"), Some(0.0));
        assert_eq!(bench.sees(Client::VISITOR, "ro"), Some(1.0));
    }

    /// Scenario: one of two servers is switched off.
    /// Guarantees: the other one's new series wait for it no longer than the hold.
    #[test]
    fn dead_scraper_is_not_waited_for() {
        let mut bench = Bench::new();
        bench.sees(A, "ro");
        bench.sees(B, "ro");
        bench.count("ro");
        for _ in 0..8 {
            assert_eq!(bench.after(15).sees(A, "ro"), Some(0.0));
        }
        assert_eq!(bench.after(15).sees(A, "ro"), Some(1.0));
    }

    /// Scenario: a released series, then a server that was never here before (a new address after a restart).
    /// Guarantees: it sees the value at once: a 0 would look like a restart of ours.
    #[test]
    fn newcomer_sees_no_reset() {
        let mut bench = Bench::new();
        bench.sees(A, "ro");
        bench.count("ro");
        bench.after(15).sees(A, "ro");
        assert_eq!(bench.after(15).sees(A, "ro"), Some(1.0));
        assert_eq!(bench.after(1).sees(B, "ro"), Some(1.0));
        bench.count("sw");
        assert_eq!(bench.after(1).sees(B, "sw"), Some(0.0));
        assert_eq!(bench.after(1).sees(B, "ro"), Some(1.0), "what was released stays released");
    }

    /// Scenario: HEAD requests before and between scrapes.
    /// Guarantees: they count as nobody's look.
    #[test]
    fn peeking_changes_nothing() {
        let mut bench = Bench::new();
        bench.count("ro");
        for _ in 0..3 {
            assert_eq!(bench.sees(Client::PEEK, "ro"), Some(0.0));
        }
        assert_eq!(bench.after(15).sees(A, "ro"), Some(0.0));
        assert_eq!(bench.after(15).sees(A, "ro"), Some(1.0));
    }

    /// Scenario: more scrapers than are remembered.
    /// Guarantees: the memory stays bounded and values are shown.
    #[test]
    fn bounded_scrapers() {
        let bench = Bench::new();
        for identity in 0..1_000 {
            bench.sees(Client::identified(identity), "ro");
        }
        assert_eq!(bench.births.state.lock().scrapers.len(), MAX_SCRAPERS);
    }
}
