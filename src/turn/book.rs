//! The trace book.

use super::open::{Added, OpenTrace};
use super::remembered::Remembered;
use super::schedule::{Schedule, Sequence};
use super::spoken::Spoken;
use super::stats::{Counters, Stats};
use super::turn::{CompletedBy, Turn};
use crate::annotate::{Context, Question, Said, SpanFacts};
use crate::config::TurnOptions;
use crate::language::{Posterior, Prior};
use dashmap::DashMap;
use dashmap::mapref::entry::{Entry, OccupiedEntry};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

/// A trace may hold this part of all bytes before it is completed itself, rather than others for its sake.
const SHARE_OF_ONE_TRACE: usize = 4;

/// Bytes that an open trace costs beside its spans: its entry, its places in the schedule, a small table.
const TRACE_COST: usize = std::mem::size_of::<OpenTrace>() + 160;

/// What became of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Observed {
    /// It joined its turn.
    Joined,
    /// Its turn was complete already; it is not judged again.
    Late,
    /// The same span was there already.
    Duplicate,
    /// It has no trace id.
    Invalid,
}

/// Collects spans by trace until each trace is complete.
///
/// Memory is bounded: by traces, by spans of a trace, by bytes of all traces (texts and what is known about spans
/// count), and by how many completed traces are remembered. When a bound is reached the oldest trace is completed
/// early; nothing is dropped.
///
/// Locks are always taken in the order map, schedule or memory; the schedule and the memory are never held together.
#[derive(Debug)]
pub struct TraceBook {
    options: TurnOptions,
    traces: DashMap<[u8; 16], OpenTrace, ahash::RandomState>,
    schedule: Mutex<Schedule>,
    remembered: Mutex<Remembered>,
    hasher: ahash::RandomState,
    sequence: AtomicU64,
    open: AtomicUsize,
    bytes: AtomicUsize,
    counters: Counters,
    spoken: Spoken,
}

impl TraceBook {
    /// An empty book. Bounds of 0 are read as 1, but for `remember`, where 0 means that no trace is remembered.
    pub fn new(options: &TurnOptions) -> Self {
        let mut options = options.clone();
        options.max_traces = options.max_traces.max(1);
        options.max_spans = options.max_spans.max(1);
        options.max_bytes = options.max_bytes.max(1);
        TraceBook {
            traces: DashMap::with_hasher(ahash::RandomState::new()),
            schedule: Mutex::default(),
            remembered: Mutex::new(Remembered::new(options.remember)),
            hasher: ahash::RandomState::new(),
            sequence: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            counters: Counters::default(),
            spoken: Spoken::new(options.sessions, options.session_idle.get()),
            options,
        }
    }

    /// The same book for a product that serves some languages.
    pub fn serving(mut self, prior: Prior) -> Self {
        self.spoken.prior = prior;
        self
    }

    /// What the book can tell at `now`.
    pub fn at(&self, now: Instant) -> BookAt<'_> {
        BookAt { book: self, now }
    }

    /// Adds what is known about a span or a log record. Turns that this completes, because a bound was reached, are
    /// appended to `completed`.
    pub fn observe(&self, facts: SpanFacts, now: Instant, completed: &mut Vec<Turn>) -> Observed {
        let trace_id = facts.trace_id;
        if trace_id == [0; 16] {
            self.counters.invalid.fetch_add(1, Relaxed);
            return Observed::Invalid;
        }
        let full = match self.traces.entry(trace_id) {
            Entry::Occupied(mut entry) => {
                let trace = entry.get_mut();
                let Added::Joined(cost) = trace.add(facts, now) else {
                    self.counters.duplicates.fetch_add(1, Relaxed);
                    return Observed::Duplicate;
                };
                self.bytes.fetch_add(cost, Relaxed);
                self.pull_forward(trace_id, trace);
                let full = self.is_full(trace);
                full.map(|reason| (self.close(entry), reason))
            }
            Entry::Vacant(entry) => {
                if self.remembered.lock().contains(self.hasher.hash_one(trace_id)) {
                    self.counters.late.fetch_add(1, Relaxed);
                    return Observed::Late;
                }
                let sequence = self.sequence.fetch_add(1, Relaxed);
                let mut trace = OpenTrace::new(sequence, now);
                trace.bytes = TRACE_COST;
                trace.add(facts, now);
                trace.scheduled = trace.deadline(&self.options).0;
                self.schedule.lock().open(sequence, trace_id, trace.scheduled);
                self.open.fetch_add(1, Relaxed);
                self.bytes.fetch_add(trace.bytes, Relaxed);
                let full = self.is_full(&trace);
                let entry = entry.insert_entry(trace);
                full.map(|reason| (self.close(entry), reason))
            }
        };
        self.counters.joined.fetch_add(1, Relaxed);
        if let Some((trace, reason)) = full {
            self.finish(trace_id, trace, reason, completed);
        }
        self.make_room(completed);
        Observed::Joined
    }

    /// Says that the trace's root was seen, though it is no agent span. Traces that are not open are left alone.
    pub fn root_seen(&self, trace_id: &[u8; 16], now: Instant) {
        if let Some(mut trace) = self.traces.get_mut(trace_id) {
            trace.root_seen(now);
            self.pull_forward(*trace_id, trace.value_mut());
        }
    }

    /// Completes what is due. Looks only at traces that may be.
    pub fn sweep(&self, now: Instant) -> Vec<Turn> {
        let due = self.schedule.lock().due(now);
        let mut completed = Vec::new();
        for (sequence, trace_id) in due {
            let Entry::Occupied(mut entry) = self.traces.entry(trace_id) else { continue };
            if entry.get().sequence != sequence {
                continue;
            }
            let (deadline, reason) = entry.get().deadline(&self.options);
            if deadline <= now {
                let trace = self.close(entry);
                self.finish(trace_id, trace, reason, &mut completed);
            } else {
                let trace = entry.get_mut();
                self.schedule.lock().moved(sequence, trace_id, trace.scheduled, deadline);
                trace.scheduled = deadline;
            }
        }
        completed
    }

    /// Completes every open trace, the oldest first.
    pub fn flush(&self) -> Vec<Turn> {
        let all = self.schedule.lock().all();
        let mut completed = Vec::with_capacity(all.len());
        for (sequence, trace_id) in all {
            self.complete(sequence, trace_id, CompletedBy::Flush, &mut completed);
        }
        completed
    }

    /// What the book holds and did.
    pub fn stats(&self) -> Stats {
        Stats {
            open_traces: self.open.load(Relaxed),
            bytes_held: self.bytes.load(Relaxed),
            remembered: self.remembered.lock().len(),
            sessions: self.spoken.remembered(),
            ..self.counters.read()
        }
    }

    fn is_full(&self, trace: &OpenTrace) -> Option<CompletedBy> {
        if trace.spans() >= self.options.max_spans {
            Some(CompletedBy::Spans)
        } else if trace.bytes > self.options.max_bytes / SHARE_OF_ONE_TRACE {
            Some(CompletedBy::Capacity)
        } else {
            None
        }
    }

    /// Moves the schedule's entry when the deadline came nearer; that it moved away is found out when it comes up.
    fn pull_forward(&self, trace_id: [u8; 16], trace: &mut OpenTrace) {
        let (deadline, _) = trace.deadline(&self.options);
        if deadline < trace.scheduled {
            self.schedule.lock().moved(trace.sequence, trace_id, trace.scheduled, deadline);
            trace.scheduled = deadline;
        }
    }

    /// Completes the oldest traces until the bounds hold.
    fn make_room(&self, completed: &mut Vec<Turn>) {
        while self.open.load(Relaxed) > self.options.max_traces || self.bytes.load(Relaxed) > self.options.max_bytes {
            let Some((sequence, trace_id)) = self.schedule.lock().oldest() else { break };
            self.complete(sequence, trace_id, CompletedBy::Capacity, completed);
        }
    }

    fn complete(&self, sequence: Sequence, trace_id: [u8; 16], reason: CompletedBy, completed: &mut Vec<Turn>) {
        let Entry::Occupied(entry) = self.traces.entry(trace_id) else { return };
        if entry.get().sequence == sequence {
            let trace = self.close(entry);
            self.finish(trace_id, trace, reason, completed);
        }
    }

    /// Takes a trace out of the map and out of all accounts.
    fn close(&self, entry: OccupiedEntry<'_, [u8; 16], OpenTrace>) -> OpenTrace {
        // Remembered before it leaves the map: a span that comes in between must not open it anew.
        self.remembered.lock().insert(self.hasher.hash_one(entry.key()));
        let trace = entry.remove();
        self.schedule.lock().close(trace.sequence, trace.scheduled);
        self.open.fetch_sub(1, Relaxed);
        self.bytes.fetch_sub(trace.bytes, Relaxed);
        trace
    }

    /// Joins a closed trace; no lock is held.
    fn finish(&self, trace_id: [u8; 16], trace: OpenTrace, reason: CompletedBy, completed: &mut Vec<Turn>) {
        if let Some(mut turn) = trace.complete(trace_id, reason) {
            self.spoken.settle(&mut turn, &trace);
            self.counters.completed(reason);
            completed.push(turn);
        }
    }
}

/// A [`TraceBook`] at a time: what its open traces and its sessions say.
#[derive(Debug, Clone, Copy)]
pub struct BookAt<'a> {
    book: &'a TraceBook,
    now: Instant,
}

impl Context for BookAt<'_> {
    fn question(&self, trace_id: &[u8; 16]) -> Option<Question> {
        self.book.traces.get(trace_id)?.question().cloned()
    }

    fn session(&self, service: &str, session: &str) -> Option<Posterior> {
        self.book.spoken.session(service, session, self.now)
    }

    fn said(&self, trace_id: &[u8; 16], span_id: &[u8; 8]) -> Option<Said> {
        self.book.traces.get(trace_id)?.said(span_id)
    }
}

#[cfg(test)]
mod tests;
