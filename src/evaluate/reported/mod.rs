//! Evaluations that somebody else runs: their results become verdicts of the turn that they are about.
//!
//! A result names a trace. If that trace's turn is complete, its cohort is still remembered and the result counts at
//! once; otherwise it waits for the turn, for a bounded time and in a bounded number. [`decide`] says what a label or
//! a score comes to, [`book`] who waits for whom.

mod book;
mod completed;
mod decide;
mod polarity;
#[cfg(test)]
mod tests;
mod words;

pub use decide::DecidedBy;

use super::observer::Outlet;
use super::verdict::{Step, Verdict};
use crate::annotate::{ReportedResult, ReportedResults};
use crate::config;
use crate::convention::Kind;
use crate::turn::Turn;
use book::{Attributed, Book, Reported};
use decide::Decider;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

/// Why a result from outside is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unattributed {
    /// It names no trace.
    NoTrace,
    /// No turn of its trace was complete while it waited: its spans never came, or it came after they were forgotten.
    NoTurn,
    /// Too many results wait; the oldest gave way.
    Capacity,
    /// More results on one span, in one request or about one turn than are read.
    TooMany,
    /// The same evaluation of the same span was counted already.
    Duplicate,
    /// isogloss made it.
    Own,
}

impl Unattributed {
    /// All of them, in the order in which series are created.
    pub const ALL: [Unattributed; 6] = [
        Unattributed::NoTrace,
        Unattributed::NoTurn,
        Unattributed::Capacity,
        Unattributed::TooMany,
        Unattributed::Duplicate,
        Unattributed::Own,
    ];

    /// The value of the label `reason`.
    pub const fn name(self) -> &'static str {
        match self {
            Unattributed::NoTrace => "no_trace",
            Unattributed::NoTurn => "no_turn",
            Unattributed::Capacity => "capacity",
            Unattributed::TooMany => "too_many",
            Unattributed::Duplicate => "duplicate",
            Unattributed::Own => "own",
        }
    }
}

/// Takes results and turns in any order and makes verdicts of those that belong together.
pub struct Reports {
    enabled: bool,
    decider: Decider,
    book: Mutex<Book>,
    /// Names of the evaluations that run here.
    ours: Vec<String>,
    said_ours: AtomicBool,
    outlet: Outlet,
}

impl Reports {
    /// With the bounds of the configuration; `ours` are the evaluations that run here.
    pub fn new(config: &config::Reported, ours: Vec<String>, outlet: Outlet) -> Self {
        Reports {
            enabled: config.enabled,
            decider: Decider::new(config),
            book: Mutex::new(Book::new(config)),
            ours,
            said_ours: AtomicBool::new(false),
            outlet,
        }
    }

    /// Takes in the results of one request.
    pub fn take(&self, reported: ReportedResults, now: Instant) {
        if reported.skipped > 0 {
            self.not_counted(Unattributed::TooMany, reported.skipped);
        }
        for result in reported.results {
            let (became, gave_way) = self.book.lock().report(result, now);
            if gave_way > 0 {
                self.not_counted(Unattributed::Capacity, gave_way);
            }
            match became {
                Reported::Waits => {}
                Reported::Attributed(attributed) => self.judge(&attributed),
                Reported::Unattributed(why) => self.not_counted(why, 1),
            }
        }
    }

    /// Remembers the cohort of a complete turn, and counts the results that waited for it.
    pub fn completed(&self, turn: &Turn) {
        if !self.enabled {
            return;
        }
        let (attributed, duplicates) = self.book.lock().complete(turn);
        attributed.iter().for_each(|attributed| self.judge(attributed));
        if duplicates > 0 {
            self.not_counted(Unattributed::Duplicate, duplicates);
        }
    }

    /// Gives up the results that waited for too long. Called several times a second.
    pub fn sweep(&self, now: Instant) {
        let (expired, waiting, remembered) = {
            let mut book = self.book.lock();
            (book.sweep(now), book.waiting(), book.remembered())
        };
        if expired > 0 {
            self.not_counted(Unattributed::NoTurn, expired);
        }
        self.outlet.observer.reported_held(waiting, remembered);
    }

    /// Gives up whatever still waits, as at the end of the program.
    pub fn flush(&self) {
        let left = self.book.lock().give_up();
        if left > 0 {
            self.not_counted(Unattributed::NoTurn, left);
        }
    }

    fn not_counted(&self, why: Unattributed, n: u64) {
        tracing::debug!(reason = why.name(), n, "results of evaluations from outside are not counted");
        self.outlet.observer.unattributed(why, n);
    }

    fn judge(&self, attributed: &Attributed) {
        let Attributed { result, cohort, adjusted_count, span_id } = attributed;
        if self.ours.contains(&result.name) && !self.said_ours.swap(true, Relaxed) {
            tracing::warn!(
                evaluation = result.name,
                "results come from outside for an evaluation that runs here, too: both are counted under this name"
            );
        }
        let decided = self.decider.decide(result);
        self.outlet.observer.reported(decided.by);
        self.outlet.send(Verdict {
            evaluation: result.name.clone().into(),
            step: decided.step.unwrap_or_else(|| step(result)),
            outcome: decided.by.outcome(decided.passes),
            score: decided.score,
            reason_code: decided.by.name(),
            reason: String::new(),
            epoch: decided.epoch,
            trace_id: result.trace_id.unwrap_or_default(),
            span_id: result.span_id.unwrap_or(*span_id),
            service: cohort.service.clone(),
            model: cohort.model.clone(),
            language: cohort.language,
            target_language: cohort.target_language,
            probability: 1.0,
            weight: *adjusted_count,
        });
    }
}

/// The step by the span on which the result came: what is not said of a search or a tool is said of the answer.
fn step(result: &ReportedResult) -> Step {
    match result.kind {
        Some(Kind::Retriever | Kind::Reranker) => Step::Retrieval,
        Some(Kind::Tool) => Step::ToolArguments,
        _ => Step::Answer,
    }
}
