//! Admission before work: one budget of bytes in flight, shared by all listening ports.
//!
//! A request takes a [`Permit`] when its headers have come and lets it grow with every byte that is kept
//! for it: what came over the wire, what it decompresses to, what it is transcoded to. The permit travels
//! with the request and gives everything back when the request has been answered. Nobody waits for the
//! budget: over it, the answer is "come back later" at once, because a request that waits is memory too.
//!
//! An announced length is only held against the budget ([`Permit::check`]), it takes nothing from it: else a few
//! clients that announce large bodies and send none could lock everybody out.

use super::observe::Observer;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use thiserror::Error;

/// Bytes a request is charged for being there, whatever its size: headers, futures, buffers.
pub const REQUEST_OVERHEAD: usize = 1024;

/// The budget of bytes in flight is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many bytes of requests in flight")]
pub struct OverBudget;

/// Bytes of requests in flight, over all connections and ports.
pub struct Budget {
    max: usize,
    used: AtomicUsize,
    observer: Arc<dyn Observer>,
}

impl Budget {
    /// A budget of `max` bytes; every change of what is in use is told to the observer.
    pub fn new(max: usize, observer: Arc<dyn Observer>) -> Arc<Self> {
        Arc::new(Budget { max, used: AtomicUsize::new(0), observer })
    }

    /// Bytes in use now.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The most that may be in use.
    pub const fn max(&self) -> usize {
        self.max
    }

    /// Lets a request in, charged with [`REQUEST_OVERHEAD`].
    pub fn enter(self: &Arc<Self>) -> Result<Permit, OverBudget> {
        let permit = Permit(Arc::new(Held { budget: Arc::clone(self), bytes: AtomicUsize::new(0) }));
        permit.grow(REQUEST_OVERHEAD)?;
        Ok(permit)
    }

    /// Takes `bytes` for a request that holds `held` already. One that is alone gets what it asks for:
    /// its size has a limit of its own, and a budget below that limit must not make it impossible.
    fn take(&self, held: usize, bytes: usize) -> Result<(), OverBudget> {
        let take = |used: usize| {
            let after = used.checked_add(bytes)?;
            (after <= self.max || used == held).then_some(after)
        };
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => {
                self.observer.in_flight_bytes(signed(bytes));
                Ok(())
            }
            Err(_) => Err(OverBudget),
        }
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
        self.observer.in_flight_bytes(-signed(bytes));
    }
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// What one request holds of the [`Budget`]; given back when the last clone is dropped. The receiver keeps one until the
/// request is answered, the handler's goes with the request.
#[derive(Clone)]
pub struct Permit(Arc<Held>);

struct Held {
    budget: Arc<Budget>,
    bytes: AtomicUsize,
}

impl Permit {
    /// Whether `bytes` more would fit now; takes nothing.
    pub fn check(&self, bytes: usize) -> Result<(), OverBudget> {
        let (used, max) = (self.0.budget.used(), self.0.budget.max);
        if used.saturating_add(bytes) <= max || used == self.held() { Ok(()) } else { Err(OverBudget) }
    }

    /// Takes `bytes` more.
    pub fn grow(&self, bytes: usize) -> Result<(), OverBudget> {
        self.0.budget.take(self.held(), bytes)?;
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Gives back `bytes`, or what is held if that is less.
    pub fn shrink(&self, bytes: usize) {
        let shrink = |held: usize| Some(held.saturating_sub(bytes));
        if let Ok(held) = self.0.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, shrink) {
            self.0.budget.give_back(held.min(bytes));
        }
    }

    /// Bytes held.
    pub fn held(&self) -> usize {
        self.0.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.give_back(*self.bytes.get_mut());
    }
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Permit").field("held", &self.held()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::observe::NoObserver;

    fn budget(max: usize) -> Arc<Budget> {
        Budget::new(max, Arc::new(NoObserver))
    }

    /// Scenario: two requests share a budget of 10,000 bytes; one grows until nothing is left, then ends.
    /// Guarantees: what does not fit is refused without being taken, and everything comes back.
    #[test]
    fn over_the_budget_is_refused_and_given_back() {
        let budget = budget(10_000);
        let first = budget.enter().unwrap();
        let second = budget.enter().unwrap();
        first.grow(7_000).unwrap();
        assert_eq!(second.check(2_000), Err(OverBudget));
        assert_eq!(second.grow(2_000), Err(OverBudget));
        assert_eq!(second.held(), REQUEST_OVERHEAD);
        first.shrink(5_000);
        second.grow(2_000).unwrap();
        drop(first);
        drop(second);
        assert_eq!(budget.used(), 0);
    }

    /// Scenario: a request larger than the whole budget, alone and then beside another.
    /// Guarantees: alone it is admitted, in company it is not, and nobody else fits beside it.
    #[test]
    fn larger_than_the_budget_only_alone() {
        let budget = budget(10_000);
        let alone = budget.enter().unwrap();
        alone.check(50_000).unwrap();
        alone.grow(20_000).unwrap();
        alone.grow(30_000).unwrap();
        assert!(budget.enter().is_err());
        drop(alone);
        let _company = budget.enter().unwrap();
        assert!(budget.enter().unwrap().grow(50_000).is_err());
    }

    /// Scenario: eight threads enter, grow and leave as fast as they can.
    /// Guarantees: the budget is never exceeded by company and ends at zero.
    #[test]
    fn concurrent_use_balances() {
        let budget = budget(20_000);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        if let Ok(permit) = budget.enter() {
                            let _ = permit.grow(3_000);
                            assert!(budget.used() <= 20_000);
                        }
                    }
                });
            }
        });
        assert_eq!(budget.used(), 0);
    }
}
