//! The task that completes turns.

use super::known::KnownCohorts;
use super::processor::Processor;
use super::workers::Workers;
use crate::web::Heartbeat;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often the trace book is swept.
const EVERY: Duration = Duration::from_millis(100);

/// How long the sweeper may be silent before the program counts as stuck.
pub const MAX_SILENCE: Duration = Duration::from_secs(30);

/// Sweeps until it is told to stop, and has the list of known cohorts kept. The work waits its turn among the text work
/// of requests, so that the heartbeat is that of both: a pool that is stuck is seen from outside.
pub async fn sweep(
    processor: Arc<Processor>,
    known: Option<Arc<KnownCohorts>>,
    workers: Workers,
    heartbeat: Heartbeat,
    stop: CancellationToken,
) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = tick.tick() => {}
        }
        let (processor, known) = (Arc::clone(&processor), known.clone());
        let swept = workers
            .run(move || {
                let now = Instant::now();
                processor.sweep(now);
                if let Some(known) = known {
                    known.tick(now);
                }
            })
            .await;
        if swept.is_err() {
            // The heartbeat stops with the task, so the liveness probe says it too.
            tracing::error!("completing turns failed; no turn will be judged any more");
            return;
        }
        heartbeat.beat();
    }
    heartbeat.finish();
}
