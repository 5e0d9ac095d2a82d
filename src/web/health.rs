//! Whether the program makes progress, and whether traffic is welcome.
//!
//! Alive means progress, not presence: a component beats while it works, and one that has not beaten for longer
//! than it may is stalled, although its thread still exists.

use crate::cohort::Clock;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

const STARTING: u8 = 0;
const READY: u8 = 1;
const DRAINING: u8 = 2;

/// The state of the program as probes see it. A cheap handle.
#[derive(Clone)]
pub struct Health(Arc<Inner>);

struct Inner {
    phase: AtomicU8,
    clock: Clock,
    beats: Mutex<Vec<Arc<Beat>>>,
    conditions: Mutex<Vec<Condition>>,
}

struct Beat {
    name: &'static str,
    max_silence: Duration,
    /// Milliseconds on the clock.
    last: AtomicU64,
}

struct Condition {
    reason: &'static str,
    holds: Box<dyn Fn() -> bool + Send + Sync>,
}

impl Default for Health {
    fn default() -> Self {
        Health::new()
    }
}

impl Health {
    /// A program that is starting.
    pub fn new() -> Self {
        Health::with_clock(Clock::system())
    }

    /// The same with a clock of the caller's.
    pub fn with_clock(clock: Clock) -> Self {
        Health(Arc::new(Inner {
            phase: AtomicU8::new(STARTING),
            clock,
            beats: Mutex::default(),
            conditions: Mutex::default(),
        }))
    }

    /// Everything is up. A program that drains already does not become ready again.
    pub fn ready(&self) {
        // It fails only when the phase is another one, and then it is to stay.
        let _ = self.0.phase.compare_exchange(STARTING, READY, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The program is about to stop: no new traffic, please.
    pub fn draining(&self) {
        self.0.phase.store(DRAINING, Ordering::Release);
    }

    /// Registers a component that has to beat at least once in `max_silence`. Registering is its first beat.
    /// One that is dropped without [`Heartbeat::finish`], as by a panic, is found stalled.
    pub fn heartbeat(&self, name: &'static str, max_silence: Duration) -> Heartbeat {
        let last = AtomicU64::new(millis(self.0.clock.now()));
        let beat = Arc::new(Beat { name, max_silence, last });
        self.0.beats.lock().push(Arc::clone(&beat));
        Heartbeat { beat, health: self.clone() }
    }

    /// Registers a condition without which traffic is not welcome, such as room for more bytes. It is asked at
    /// each probe, so it has to answer at once; `reason` is shown when it does not hold.
    pub fn condition(&self, reason: &'static str, holds: impl Fn() -> bool + Send + Sync + 'static) {
        self.0.conditions.lock().push(Condition { reason, holds: Box::new(holds) });
    }

    fn stalled(&self) -> Vec<String> {
        let now = millis(self.0.clock.now());
        let beats = self.0.beats.lock();
        let silence = |beat: &Beat| Duration::from_millis(now.saturating_sub(beat.last.load(Ordering::Acquire)));
        let stalled = beats.iter().filter(|beat| silence(beat) > beat.max_silence);
        stalled.map(|beat| format!("{}: no progress for {} s", beat.name, silence(beat).as_secs())).collect()
    }

    /// Whether every component makes progress.
    ///
    /// # Errors
    /// The components that do not, in words.
    pub fn live(&self) -> Result<(), Vec<String>> {
        none(self.stalled())
    }

    /// Whether traffic is welcome.
    ///
    /// # Errors
    /// Why it is not, in words.
    pub fn readiness(&self) -> Result<(), Vec<String>> {
        let mut reasons = Vec::new();
        match self.0.phase.load(Ordering::Acquire) {
            STARTING => reasons.push("starting".to_owned()),
            DRAINING => reasons.push("draining".to_owned()),
            _ => {}
        }
        reasons.extend(self.stalled());
        let conditions = self.0.conditions.lock();
        reasons.extend(conditions.iter().filter(|one| !(one.holds)()).map(|one| one.reason.to_owned()));
        none(reasons)
    }
}

fn none(reasons: Vec<String>) -> Result<(), Vec<String>> {
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The pulse of one component.
pub struct Heartbeat {
    beat: Arc<Beat>,
    health: Health,
}

impl Heartbeat {
    /// Says that progress was made. Cheap enough for every round of a loop.
    pub fn beat(&self) {
        self.beat.last.store(millis(self.health.0.clock.now()), Ordering::Release);
    }

    /// The component ends as it should and is no longer waited for.
    pub fn finish(self) {
        self.health.0.beats.lock().retain(|beat| !Arc::ptr_eq(beat, &self.beat));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    /// Scenario: a component beats, falls silent, beats again, and ends; another one is dropped.
    /// Guarantees: silence over the limit is a stall, named; an orderly end is not, a dropped pulse is.
    #[test]
    fn progress_not_presence() {
        let (clock, hands) = Clock::manual();
        let health = Health::with_clock(clock);
        let sweeper = health.heartbeat("sweeper", Duration::from_secs(5));
        hands.advance(Duration::from_secs(5));
        assert_eq!(health.live(), Ok(()));
        hands.advance(Duration::from_secs(1));
        assert_eq!(health.live(), Err(vec!["sweeper: no progress for 6 s".to_owned()]));
        sweeper.beat();
        assert_eq!(health.live(), Ok(()));
        hands.advance(Duration::from_secs(60));
        sweeper.finish();
        assert_eq!(health.live(), Ok(()));
        drop(health.heartbeat("worker", Duration::from_secs(5)));
        hands.advance(Duration::from_secs(6));
        assert!(health.live().is_err());
    }

    /// Scenario: start, ready, over budget, back, draining, a late `ready`.
    /// Guarantees: readiness follows, with the reason, and draining is for good; draining is still alive.
    #[test]
    fn readiness() {
        let health = Health::new();
        let reasons = |health: &Health| health.readiness().err().unwrap_or_default().join("; ");
        assert_eq!(reasons(&health), "starting");
        health.ready();
        assert_eq!(reasons(&health), "");
        let room = Arc::new(AtomicBool::new(false));
        let has_room = Arc::clone(&room);
        health.condition("bytes in flight over budget", move || has_room.load(Ordering::Relaxed));
        assert_eq!(reasons(&health), "bytes in flight over budget");
        room.store(true, Ordering::Relaxed);
        assert_eq!(reasons(&health), "");
        health.draining();
        health.ready();
        assert_eq!(reasons(&health), "draining");
        assert_eq!(health.live(), Ok(()));
    }
}
