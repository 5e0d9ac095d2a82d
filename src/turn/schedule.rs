//! Which open trace is the oldest, and which is due next, without looking at all of them.

use std::collections::BTreeMap;
use std::time::Instant;

/// Number of a trace in order of opening; never used twice.
pub(super) type Sequence = u64;

/// One entry by age and one by deadline for every open trace.
///
/// A deadline may lie earlier than the trace's true one, which moves with every span: the entry is corrected when
/// it comes up, so that a span costs nothing here. It never lies later.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    by_age: BTreeMap<Sequence, [u8; 16]>,
    by_deadline: BTreeMap<(Instant, Sequence), [u8; 16]>,
}

impl Schedule {
    /// A trace is opened.
    pub fn open(&mut self, sequence: Sequence, trace_id: [u8; 16], deadline: Instant) {
        self.by_age.insert(sequence, trace_id);
        self.by_deadline.insert((deadline, sequence), trace_id);
    }

    /// A trace's deadline moves.
    pub fn moved(&mut self, sequence: Sequence, trace_id: [u8; 16], from: Instant, to: Instant) {
        self.by_deadline.remove(&(from, sequence));
        self.by_deadline.insert((to, sequence), trace_id);
    }

    /// A trace is complete.
    pub fn close(&mut self, sequence: Sequence, deadline: Instant) {
        self.by_age.remove(&sequence);
        self.by_deadline.remove(&(deadline, sequence));
    }

    /// The trace that was opened first.
    pub fn oldest(&self) -> Option<(Sequence, [u8; 16])> {
        self.by_age.first_key_value().map(|(sequence, trace_id)| (*sequence, *trace_id))
    }

    /// Every open trace, the oldest first.
    pub fn all(&self) -> Vec<(Sequence, [u8; 16])> {
        self.by_age.iter().map(|(sequence, trace_id)| (*sequence, *trace_id)).collect()
    }

    /// The traces whose deadline has come. They stay until they are moved or closed.
    pub fn due(&self, now: Instant) -> Vec<(Sequence, [u8; 16])> {
        self.by_deadline.range(..=(now, Sequence::MAX)).map(|((_, s), trace_id)| (*s, *trace_id)).collect()
    }
}
