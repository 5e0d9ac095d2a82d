//! Takes jobs from the queue and asks the judge.

use super::finding::Finding;
use super::judge::{FaultCode, Judge};
use super::observer::Outlet;
use super::paid::Judged;
use super::queue::{EvaluationQueue, Job};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What came of the jobs that were open when the program stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stopped {
    /// Jobs that the judge was asked about, over the whole run; its faults count, too.
    pub judged: u64,
    /// Jobs that were given up at the deadline; each has a verdict `error` with the reason `shutdown`.
    pub given_up: u64,
}

/// Tasks that ask the judge, as many as may ask at once. Dropped without [`Workers::stop`] they end at once, and what
/// waits is lost without a verdict.
#[derive(Debug)]
pub struct Workers {
    tasks: JoinSet<()>,
    shared: Arc<Shared>,
}

struct Shared {
    queue: Arc<dyn EvaluationQueue>,
    judge: Arc<dyn Judge>,
    evaluations: Vec<Arc<dyn Judged>>,
    outlet: Outlet,
    give_up: CancellationToken,
    judged: AtomicU64,
    given_up: AtomicU64,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Workers {
    /// Starts `concurrency` tasks, at least one, on the current tokio runtime.
    pub fn spawn(
        queue: Arc<dyn EvaluationQueue>,
        judge: Arc<dyn Judge>,
        evaluations: Vec<Arc<dyn Judged>>,
        concurrency: usize,
        outlet: Outlet,
    ) -> Self {
        let shared = Arc::new(Shared {
            queue,
            judge,
            evaluations,
            outlet,
            give_up: CancellationToken::new(),
            judged: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
        });
        let mut tasks = JoinSet::new();
        for _ in 0..concurrency.max(1) {
            tasks.spawn(Arc::clone(&shared).run());
        }
        Workers { tasks, shared }
    }

    /// Closes the queue and judges what waits, until the deadline; what is left then is an error.
    pub async fn stop(mut self, deadline: Duration) -> Stopped {
        self.shared.queue.close();
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(deadline, finished).await.is_err() {
            self.shared.give_up.cancel();
            while self.tasks.join_next().await.is_some() {}
        }
        Stopped { judged: self.shared.judged.load(Relaxed), given_up: self.shared.given_up.load(Relaxed) }
    }
}

impl Shared {
    async fn run(self: Arc<Self>) {
        while let Some(job) = self.queue.take().await {
            self.outlet.observer.queue_depth(self.queue.depth());
            self.judge(job).await;
        }
    }

    async fn judge(&self, job: Job) {
        let Some(evaluation) = self.evaluations.iter().find(|known| known.name() == job.evaluation) else {
            // Only a queue that outlives the process can hold a job of an evaluation that was switched off since.
            tracing::warn!(evaluation = job.evaluation, "a job of an evaluation that is not configured was dropped");
            return;
        };
        let identity = evaluation.identity(self.judge.model());
        let question = evaluation.question(&job.turn);
        let answered = tokio::select! {
            // Giving up goes first: at the deadline no further question is sent.
            biased;
            () = self.give_up.cancelled() => None,
            answered = self.judge.ask(&question) => Some(answered),
        };
        let counter = if answered.is_some() { &self.judged } else { &self.given_up };
        counter.fetch_add(1, Relaxed);
        let finding = match answered {
            Some(Ok(answer)) => evaluation.finding(answer),
            Some(Err(fault)) => Finding::error(fault.code.name(), fault.detail),
            None => Finding::error(FaultCode::Shutdown.name(), "the program stopped before the judge answered"),
        };
        self.outlet.emit(&job.turn, identity, finding, job.probability);
    }
}
