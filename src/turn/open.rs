//! One open trace.

use super::join::{beside, join, question};
use super::record::{Record, TextTable};
use super::schedule::Sequence;
use super::turn::{CompletedBy, Turn};
use crate::annotate::{Question, Said, SpanFacts};
use crate::config::TurnOptions;
use crate::convention::Role;
use crate::language::Verdict;
use std::sync::Arc;
use std::time::Instant;

/// Times that the user's question is worked out while the trace is open; after that it is known well enough.
const MAX_READINGS: u32 = 16;

/// What adding a span did.
pub(super) enum Added {
    /// It joined, and the trace holds this many bytes more.
    Joined(usize),
    /// It was there.
    Duplicate,
}

/// The spans of one trace, as far as they came.
#[derive(Debug)]
pub(super) struct OpenTrace {
    pub sequence: Sequence,
    /// Where the schedule has it.
    pub scheduled: Instant,
    pub bytes: usize,
    opened: Instant,
    last_seen: Instant,
    root_seen: bool,
    records: Vec<Record>,
    table: TextTable,
    question: Option<Question>,
    readings: u32,
}

impl OpenTrace {
    /// A trace without spans yet.
    pub fn new(sequence: Sequence, now: Instant) -> Self {
        OpenTrace {
            sequence,
            scheduled: now,
            bytes: 0,
            opened: now,
            last_seen: now,
            root_seen: false,
            records: Vec::new(),
            table: TextTable::default(),
            question: None,
            readings: 0,
        }
    }

    /// Adds a span or a log record.
    pub fn add(&mut self, facts: SpanFacts, now: Instant) -> Added {
        let from_log = facts.from_log;
        let has_input = facts.texts.iter().any(|text| text.role == Role::Input);
        let cost = match self.records.iter().position(|record| record.span_id == facts.span_id) {
            Some(place) => {
                let Some(record) = self.records.get_mut(place) else { return Added::Duplicate };
                if record.span_seen && !from_log {
                    return Added::Duplicate;
                }
                let cost = record.merge(facts, &mut self.table);
                self.root_seen |= record.is_root();
                cost
            }
            None => {
                let (record, cost) = Record::new(facts, &mut self.table);
                self.root_seen |= record.is_root();
                self.records.push(record);
                cost
            }
        };
        self.last_seen = self.last_seen.max(now);
        self.bytes = self.bytes.saturating_add(cost);
        if has_input && self.readings < MAX_READINGS {
            self.readings += 1;
            self.question = question(&self.records, &self.table).or(self.question.take());
        }
        Added::Joined(cost)
    }

    /// The root is no agent span, but it was seen.
    pub fn root_seen(&mut self, now: Instant) {
        self.root_seen = true;
        self.last_seen = self.last_seen.max(now);
    }

    /// When it is complete if nothing more comes, and why.
    pub fn deadline(&self, options: &TurnOptions) -> (Instant, CompletedBy) {
        let (silence, reason) =
            if self.root_seen { (options.quiet, CompletedBy::Quiet) } else { (options.idle, CompletedBy::Idle) };
        let far = std::time::Duration::from_secs(86_400 * 365);
        let after = |from: Instant, wait: std::time::Duration| from + wait.min(far);
        let (silent, old) = (after(self.last_seen, silence.get()), after(self.opened, options.max_age.get()));
        if old < silent { (old, CompletedBy::Age) } else { (silent, reason) }
    }

    pub fn spans(&self) -> usize {
        self.records.len()
    }

    pub fn question(&self) -> Option<&Question> {
        self.question.as_ref()
    }

    /// What log records said about a span that has not come yet.
    pub fn said(&self, span_id: &[u8; 8]) -> Option<Said> {
        self.records.iter().find(|record| record.span_id == *span_id)?.said(&self.table)
    }

    pub fn last_seen(&self) -> Instant {
        self.last_seen
    }

    /// What was said about other texts of the user's.
    pub fn beside(&self) -> Vec<Arc<Verdict>> {
        beside(&self.records, &self.table)
    }

    /// The turn, its languages as its texts alone tell them.
    pub fn complete(&self, trace_id: [u8; 16], completed_by: CompletedBy) -> Option<Turn> {
        join(trace_id, &self.records, &self.table, completed_by)
    }
}
