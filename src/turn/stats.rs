//! What the trace book did, in numbers.

use super::turn::CompletedBy;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A reading of the trace book's counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Traces that are open now.
    pub open_traces: usize,
    /// Bytes that open traces hold now: texts and what is known about spans.
    pub bytes_held: usize,
    /// Completed traces that are remembered now.
    pub remembered: usize,
    /// Sessions whose language is remembered now.
    pub sessions: usize,
    /// Spans and log records that joined a turn.
    pub joined: u64,
    /// Spans and log records of traces that were complete already.
    pub late: u64,
    /// Spans that were there already.
    pub duplicates: u64,
    /// Spans without a trace id.
    pub invalid: u64,
    /// Turns by [`CompletedBy`], in the order of [`CompletedBy::ALL`].
    pub completed: [u64; CompletedBy::ALL.len()],
}

impl Stats {
    /// Turns completed for this reason.
    pub fn completed_by(&self, reason: CompletedBy) -> u64 {
        CompletedBy::ALL.iter().position(|r| *r == reason).and_then(|at| self.completed.get(at)).copied().unwrap_or(0)
    }
}

/// The counters behind [`Stats`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub joined: AtomicU64,
    pub late: AtomicU64,
    pub duplicates: AtomicU64,
    pub invalid: AtomicU64,
    completed: [AtomicU64; CompletedBy::ALL.len()],
}

impl Counters {
    pub fn completed(&self, reason: CompletedBy) {
        let place = CompletedBy::ALL.iter().position(|r| *r == reason);
        if let Some(counter) = place.and_then(|at| self.completed.get(at)) {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub fn read(&self) -> Stats {
        Stats {
            joined: self.joined.load(Relaxed),
            late: self.late.load(Relaxed),
            duplicates: self.duplicates.load(Relaxed),
            invalid: self.invalid.load(Relaxed),
            completed: std::array::from_fn(|at| self.completed.get(at).map_or(0, |c| c.load(Relaxed))),
            ..Stats::default()
        }
    }
}
