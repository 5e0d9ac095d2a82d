//! A bounded pool for text work, apart from the threads that serve connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use thiserror::Error;
use tokio::sync::Semaphore;

/// The work panicked. The panic was logged; the pool goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a worker panicked")]
pub struct Panicked;

/// Runs at most so many pieces of work at once on the runtime's blocking threads. Work that waits its turn costs
/// nothing but its place in the queue, which the admission of requests bounds.
#[derive(Debug, Clone)]
pub struct Workers {
    places: Arc<Semaphore>,
    done: Arc<AtomicU64>,
}

impl Workers {
    /// A pool of `threads`; 0 means one a core.
    pub fn new(threads: usize) -> Self {
        let threads = if threads == 0 { std::thread::available_parallelism().map_or(1, Into::into) } else { threads };
        Workers { places: Arc::new(Semaphore::new(threads)), done: Arc::default() }
    }

    /// How many pieces of work were finished.
    pub fn done(&self) -> u64 {
        self.done.load(Relaxed)
    }

    /// Runs `work` when there is room. Dropped while it waits, it never runs; dropped later, its result is thrown away.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Panicked> {
        // The semaphore is never closed, so a permit always comes.
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| Panicked)?;
        let done = Arc::clone(&self.done);
        let finished = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(place);
            done.fetch_add(1, Relaxed);
            result
        });
        finished.await.map_err(|error| {
            tracing::error!(%error, "text work failed");
            Panicked
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: forty pieces of work for a pool of two, one of which panics.
    /// Guarantees: never more than two run at once, the panic is an error of its own and takes no place with it.
    #[tokio::test(flavor = "multi_thread")]
    async fn bounded_and_survives_panics() {
        let workers = Workers::new(2);
        let running = Arc::new(AtomicU64::new(0));
        assert!(workers.run(|| panic!("on purpose")).await.is_err());
        let all = (0..40).map(|_| {
            let running = Arc::clone(&running);
            workers.run(move || {
                let now = running.fetch_add(1, Relaxed) + 1;
                std::thread::yield_now();
                running.fetch_sub(1, Relaxed);
                now
            })
        });
        let most = futures_util::future::join_all(all).await.into_iter().map(Result::unwrap).max();
        assert!(most <= Some(2), "{most:?}");
    }
}
