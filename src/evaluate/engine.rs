//! What happens to a complete turn.

use super::finding::Finding;
use super::free::{Evaluation, Free};
use super::judge::FaultCode;
use super::names::UnknownEvaluation;
use super::observer::{Outlet, Sampled};
use super::paid::{Judged, Paid};
use super::queue::{EvaluationQueue, Job};
use super::reported::Reports;
use crate::annotate::ReportedResults;
use crate::config::Evaluate;
use crate::language::LanguageDetector;
use crate::sample::Sampler;
use crate::turn::Turn;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// Where the judged turns go.
#[derive(Clone)]
pub struct ToJudge {
    /// The queue before the workers.
    pub queue: Arc<dyn EvaluationQueue>,
    /// The judge's model, as part of the epoch.
    pub model: String,
}

/// Runs the free evaluations on every turn and sends a sample to the judge. Never waits.
pub struct Engine {
    free: Vec<Box<dyn Evaluation>>,
    paid: Vec<Arc<dyn Judged>>,
    sampler: Sampler,
    judge: Option<ToJudge>,
    reports: Reports,
    outlet: Outlet,
    detector: Arc<dyn LanguageDetector>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("judge", &self.judge.is_some()).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine with the configured evaluations; `judge` is `None` where no judge is configured.
    ///
    /// # Errors
    /// The name of an evaluation that there is not.
    pub fn new(
        config: &Evaluate,
        detector: Arc<dyn LanguageDetector>,
        sampler: Sampler,
        judge: Option<ToJudge>,
        outlet: Outlet,
    ) -> Result<Self, UnknownEvaluation> {
        let (free, paid) = (Free::from_config(config, &detector)?, Paid::from_config(&config.paid)?);
        let judged = config.paid.iter().filter(|_| judge.is_some());
        let ours = config.free.iter().chain(judged).cloned().collect();
        let reports = Reports::new(&config.reported, ours, outlet.clone());
        Ok(Engine { free, paid, sampler, judge, reports, outlet, detector })
    }

    /// The detector that the evaluations ask; there is one for all.
    pub fn detector(&self) -> &Arc<dyn LanguageDetector> {
        &self.detector
    }

    /// The judged evaluations, as the workers need them.
    pub fn paid(&self) -> &[Arc<dyn Judged>] {
        &self.paid
    }

    /// Evaluates a complete turn.
    pub fn turn(&self, turn: &Turn) {
        for evaluation in &self.free {
            self.outlet.emit(turn, evaluation.identity(), evaluation.evaluate(turn), 1.0);
        }
        self.reports.completed(turn);
        if self.paid.is_empty() {
            return;
        }
        let decision = self.sampler.decide(&turn.trace_id, turn.language());
        let sampled = match (&self.judge, decision.kept) {
            (_, false) => Sampled::Skipped,
            (None, true) => Sampled::NoJudge,
            (Some(judge), true) => self.send(judge, turn, decision.probability),
        };
        self.outlet.observer.sampled(&turn.service, turn.language(), sampled, decision.probability);
    }

    /// Takes in results of evaluations that somebody else ran.
    pub fn reported(&self, results: ReportedResults, now: Instant) {
        self.reports.take(results, now);
    }

    /// Gives up results whose turn does not come. Called several times a second.
    pub fn sweep(&self, now: Instant) {
        self.reports.sweep(now);
    }

    /// Gives up all results that still wait: no further turn will come.
    pub fn flush(&self) {
        self.reports.flush();
    }

    /// Queues the turn for each judged evaluation that can be asked of it.
    fn send(&self, judge: &ToJudge, turn: &Turn, probability: f64) -> Sampled {
        let mut sampled = Sampled::Kept;
        for evaluation in &self.paid {
            let identity = evaluation.identity(&judge.model);
            if let Some(skipped) = evaluation.skip(turn) {
                self.outlet.emit(turn, identity, skipped, probability);
                continue;
            }
            let job = Job::new(evaluation.name(), turn, evaluation.roles(), probability);
            if judge.queue.offer(job).is_err() {
                sampled = Sampled::Shed;
                let shed = Finding::error(FaultCode::Shed.name(), "the queue before the judge was full");
                self.outlet.emit(turn, identity, shed, probability);
            }
        }
        self.outlet.observer.queue_depth(judge.queue.depth());
        sampled
    }
}

#[cfg(test)]
mod tests;
