//! Evaluations of turns: the free ones, the judged ones with the queue before them, and those that somebody else runs.
//!
//! [`Engine`] takes every complete turn. Free evaluations run at once, on all turns. A sample goes through an
//! [`EvaluationQueue`] to the [`Workers`], which ask a [`Judge`]. The engine never waits: a queue that is full sheds
//! the turn and counts it. [`Reports`] takes the results of evaluations from outside. Whatever the judge does, only an answer of its own makes a turn pass or fail.

mod engine;
mod finding;
pub mod free;
pub mod judge;
mod names;
mod observer;
pub mod paid;
mod queue;
mod reported;
mod verdict;
mod worker;

pub use engine::{Engine, ToJudge};
pub use finding::{Finding, Identity, epoch, verdict};
pub use free::{Evaluation, Free};
pub use judge::{Judge, JudgeClient};
pub use names::UnknownEvaluation;
pub use observer::{NoObserver, Observer, Outlet, Sampled, Sink};
pub use paid::{Judged, Paid};
pub use queue::{EvaluationQueue, Job, MemoryQueue};
pub use reported::{DecidedBy, Reports, Unattributed};
pub use verdict::{Outcome, Step, Verdict};
pub use worker::{Stopped, Workers};

#[cfg(test)]
pub(crate) mod fixture;
