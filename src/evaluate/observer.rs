//! What the evaluations tell to whoever counts.

use super::finding::{Finding, Identity, verdict};
use super::reported::{DecidedBy, Unattributed};
use super::verdict::Verdict;
use crate::language::Tag;
use crate::turn::Turn;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What was decided about judging a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sampled {
    /// It is judged, or said to be beyond judging.
    Kept,
    /// It is not in the sample.
    Skipped,
    /// It is in the sample, but the queue was full.
    Shed,
    /// It is in the sample, but there is no judge.
    NoJudge,
}

impl Sampled {
    /// All of them, in the order in which series are created.
    pub const ALL: [Sampled; 4] = [Sampled::Kept, Sampled::Skipped, Sampled::Shed, Sampled::NoJudge];

    /// The value of the label `decision`.
    pub const fn name(self) -> &'static str {
        match self {
            Sampled::Kept => "kept",
            Sampled::Skipped => "skipped",
            Sampled::Shed => "shed",
            Sampled::NoJudge => "no_judge",
        }
    }
}

/// Counts what happens. Called on the way of the spans, so it must be quick and must not block.
pub trait Observer: Send + Sync {
    /// A verdict was reached.
    fn verdict(&self, verdict: &Verdict) {
        let _ = verdict;
    }

    /// It was decided whether a turn is judged, with the probability of its language.
    fn sampled(&self, service: &str, language: Tag, decision: Sampled, probability: f64) {
        let _ = (service, language, decision, probability);
    }

    /// A request to the judge ended: `ok` or a name of [`super::judge::FaultCode`].
    fn judge_request(&self, status: &'static str, duration: Duration) {
        let _ = (status, duration);
    }

    /// The judge reported tokens.
    fn judge_tokens(&self, input: u64, output: u64) {
        let _ = (input, output);
    }

    /// A result from outside became a verdict, decided by this.
    fn reported(&self, by: DecidedBy) {
        let _ = by;
    }

    /// Results from outside became none, for this reason.
    fn unattributed(&self, why: Unattributed, n: u64) {
        let _ = (why, n);
    }

    /// So many results from outside wait for their turn, and so many completed turns are remembered for others.
    fn reported_held(&self, waiting: usize, remembered: usize) {
        let _ = (waiting, remembered);
    }

    /// So many turns wait for the judge now.
    fn queue_depth(&self, depth: usize) {
        let _ = depth;
    }
}

/// Counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {}

/// Takes the verdicts themselves, to keep them or to send them on. Must not block.
pub type Sink = Arc<dyn Fn(Verdict) + Send + Sync>;

/// Where verdicts go: they are counted, then handed on.
#[derive(Clone)]
pub struct Outlet {
    /// Counts.
    pub observer: Arc<dyn Observer>,
    /// Takes the verdicts; nobody when `None`.
    pub sink: Option<Sink>,
}

impl Outlet {
    /// Nobody counts and nobody takes.
    pub fn nowhere() -> Self {
        Outlet { observer: Arc::new(NoObserver), sink: None }
    }

    /// Makes the verdict and sends it on its way.
    pub fn emit(&self, turn: &Turn, identity: Identity, finding: Finding, probability: f64) {
        self.send(verdict(turn, identity, finding, probability));
    }

    /// Sends a verdict on its way.
    pub fn send(&self, verdict: Verdict) {
        self.observer.verdict(&verdict);
        if let Some(sink) = &self.sink {
            sink(verdict);
        }
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("sink", &self.sink.is_some()).finish_non_exhaustive()
    }
}
