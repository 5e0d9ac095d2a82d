//! Which results wait for which turn, and which turns are remembered for results.

use super::Unattributed;
use super::completed::{Cohort, CompletedTurns, Look, Seen};
use crate::annotate::ReportedResult;
use crate::config;
use crate::turn::{Remembered, Turn};
use ahash::AHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Results about whole sessions that are known again: they lie on each trace of their session.
const MAX_SESSIONS: usize = 10_000;

/// A result with the cohort of its turn.
#[derive(Debug)]
pub(super) struct Attributed {
    pub result: ReportedResult,
    pub cohort: Arc<Cohort>,
    pub adjusted_count: f64,
    /// The turn's answering span.
    pub span_id: [u8; 8],
}

/// What became of a result.
#[derive(Debug)]
pub(super) enum Reported {
    /// It is one of a remembered turn.
    Attributed(Attributed),
    /// It waits for its turn.
    Waits,
    /// It is not counted.
    Unattributed(Unattributed),
}

/// What waits for one trace.
#[derive(Debug)]
struct Waiting {
    results: Vec<ReportedResult>,
    seen: Seen,
    number: u64,
}

/// Results and turns, whichever came first. Bounded in all it holds; what has no room is counted, not kept.
#[derive(Debug)]
pub(super) struct Book {
    waiting: AHashMap<[u8; 16], Waiting>,
    /// Traces that are waited for, in order of their first result.
    order: BTreeMap<u64, (Instant, [u8; 16])>,
    number: u64,
    results: usize,
    completed: CompletedTurns,
    sessions: Remembered,
    max_waiting: usize,
    wait: Duration,
}

impl Book {
    pub fn new(config: &config::Reported) -> Self {
        Book {
            waiting: AHashMap::new(),
            order: BTreeMap::new(),
            number: 0,
            results: 0,
            completed: CompletedTurns::new(config.remember),
            sessions: Remembered::new(MAX_SESSIONS),
            max_waiting: config.max_waiting.max(1),
            wait: config.wait.get(),
        }
    }

    /// Takes in a result: what became of it, and how many older ones had to give way.
    pub fn report(&mut self, result: ReportedResult, now: Instant) -> (Reported, u64) {
        if result.own {
            return (Reported::Unattributed(Unattributed::Own), 0);
        }
        let Some(trace_id) = result.trace_id else {
            return (Reported::Unattributed(Unattributed::NoTrace), 0);
        };
        if let Some(turn) = self.completed.get_mut(&trace_id) {
            let became = match turn.seen.look(result.key) {
                Look::Known => Reported::Unattributed(Unattributed::Duplicate),
                Look::NoRoom => Reported::Unattributed(Unattributed::TooMany),
                Look::New if is_repeated(&mut self.sessions, &result) => {
                    Reported::Unattributed(Unattributed::Duplicate)
                }
                Look::New => Reported::Attributed(Attributed {
                    cohort: Arc::clone(&turn.cohort),
                    adjusted_count: turn.adjusted_count,
                    span_id: turn.span_id,
                    result,
                }),
            };
            return (became, 0);
        }
        let waiting = self.waiting.entry(trace_id).or_insert_with(|| {
            self.number += 1;
            self.order.insert(self.number, (now, trace_id));
            Waiting { results: Vec::new(), seen: Seen::default(), number: self.number }
        });
        match waiting.seen.look(result.key) {
            Look::Known => return (Reported::Unattributed(Unattributed::Duplicate), 0),
            Look::NoRoom => return (Reported::Unattributed(Unattributed::TooMany), 0),
            Look::New => {}
        }
        waiting.results.push(result);
        self.results += 1;
        let mut gave_way = 0;
        // The newest is never among those that go, but where it is the only one.
        while self.results > self.max_waiting {
            let Some((_, (_, oldest))) = self.order.pop_first() else { break };
            gave_way += self.forget(&oldest);
        }
        (Reported::Waits, gave_way)
    }

    /// Remembers a turn: the results that waited for it, and how many of them were counted already.
    pub fn complete(&mut self, turn: &Turn) -> (Vec<Attributed>, u64) {
        let Some(waiting) = self.waiting.remove(&turn.trace_id) else {
            self.completed.insert(turn, Seen::default());
            return (Vec::new(), 0);
        };
        self.order.remove(&waiting.number);
        self.results = self.results.saturating_sub(waiting.results.len());
        let cohort = self.completed.cohort(turn);
        self.completed.insert(turn, waiting.seen);
        let mut duplicates = 0;
        let mut attributed = Vec::with_capacity(waiting.results.len());
        for result in waiting.results {
            if is_repeated(&mut self.sessions, &result) {
                duplicates += 1;
                continue;
            }
            attributed.push(Attributed {
                result,
                cohort: Arc::clone(&cohort),
                adjusted_count: turn.adjusted_count,
                span_id: turn.span_id,
            });
        }
        (attributed, duplicates)
    }

    /// Gives up the results whose turn did not come in time; how many.
    pub fn sweep(&mut self, now: Instant) -> u64 {
        let mut expired = 0;
        while let Some(entry) = self.order.first_entry() {
            let (since, trace_id) = *entry.get();
            if now.saturating_duration_since(since) < self.wait {
                break;
            }
            entry.remove();
            expired += self.forget(&trace_id);
        }
        expired
    }

    /// Gives up all that waits; how many.
    pub fn give_up(&mut self) -> u64 {
        let left = self.results as u64;
        self.waiting.clear();
        self.order.clear();
        self.results = 0;
        left
    }

    /// Results that wait.
    pub fn waiting(&self) -> usize {
        self.results
    }

    /// Turns that are remembered.
    pub fn remembered(&self) -> usize {
        self.completed.len()
    }

    fn forget(&mut self, trace_id: &[u8; 16]) -> u64 {
        let gone = self.waiting.remove(trace_id).map_or(0, |waiting| waiting.results.len());
        self.results = self.results.saturating_sub(gone);
        gone as u64
    }
}

/// Whether a result about a session was counted with another of its traces.
fn is_repeated(sessions: &mut Remembered, result: &ReportedResult) -> bool {
    let Some(session) = result.session else { return false };
    let key = session ^ result.key.rotate_left(1);
    let known = sessions.contains(key);
    sessions.insert(key);
    known
}
