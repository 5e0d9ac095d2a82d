//! Log lines about what clients and destinations do, at most one every few seconds: an outage is one story, and nobody
//! outside fills our disks.

use parking_lot::Mutex;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(10);

/// Lets one line pass every ten seconds.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<(Option<Instant>, u64)>);

impl Throttle {
    /// Whether to say something now; if so, how many times nothing was said since.
    pub fn pass(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock();
        let (last, silent) = *state;
        if last.is_some_and(|last| now.saturating_duration_since(last) < EVERY) {
            state.1 += 1;
            return None;
        }
        *state = (Some(now), 0);
        Some(silent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: three events at once, one much later.
    /// Guarantees: the first and the last are said, and the last says how many were not.
    #[test]
    fn one_in_a_while() {
        let throttle = Throttle::default();
        let now = Instant::now();
        assert_eq!(throttle.pass(now), Some(0));
        assert_eq!(throttle.pass(now), None);
        assert_eq!(throttle.pass(now), None);
        assert_eq!(throttle.pass(now + EVERY), Some(2));
    }
}
