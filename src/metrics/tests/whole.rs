//! A turn is seen whole or not at all.

use super::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// The sum over all series of each of some families.
fn sums(metrics: &Metrics, names: [&str; 3]) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::from(names.map(|name| (name.to_owned(), 0.0)));
    for family in metrics.gather() {
        if let Some(sum) = sums.get_mut(family.name()) {
            *sum += family.get_metric().iter().map(|metric| metric.get_counter().get_value()).sum::<f64>();
        }
    }
    sums
}

/// Scenario: two threads count turns of ever new services, whose series are born meanwhile, as fast as they can; a third
/// scrapes until it has seen two hundred different states.
/// Guarantees: in every scrape the families that are counted once a turn add up to the same.
#[test]
fn a_scrape_never_falls_into_a_turn() {
    let (metrics, _) = metrics(&config::Metrics::default(), &[]);
    let done = AtomicBool::new(false);
    let count = |first: usize| {
        let mut n = first;
        while !done.load(Ordering::Relaxed) {
            let service = format!("service-{}", n % 97);
            n += 1;
            let _seen_together = metrics.whole_turn();
            metrics.turn(&turn(&service, "ro"));
            // What may come between two counters on a busy machine.
            std::thread::yield_now();
            metrics.refusal(&service, None, tag("ro"), refusal::Outcome::Answered);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| count(0));
        scope.spawn(|| count(50));
        let (mut different, mut last) = (0, 0.0);
        while different < 200 {
            let names = ["isogloss_turns_total", "isogloss_turn_language_sources_total", "isogloss_refusals_total"];
            let sums = sums(&metrics, names);
            let turns = sums["isogloss_turns_total"];
            let torn = sums.values().any(|sum| *sum != turns);
            if torn {
                done.store(true, Ordering::Relaxed);
            }
            assert!(!torn, "{sums:?}");
            different += usize::from(turns > last);
            last = turns;
        }
        done.store(true, Ordering::Relaxed);
    });
}
