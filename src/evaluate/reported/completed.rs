//! The cohorts of completed turns, for results that come after them.

use crate::language::Tag;
use crate::turn::Turn;
use ahash::{AHashMap, AHashSet};
use std::collections::VecDeque;
use std::sync::Arc;

/// Distinct cohorts that are kept; turns of further ones are remembered as of the service `other`. More than the
/// metrics have series for.
const MAX_COHORTS: usize = 20_000;

/// Longest name that is kept, in characters: what a label can show.
const MAX_NAME: usize = 128;

/// Results of one turn that are told apart; further ones are not counted.
const MAX_SEEN: usize = 256;

/// Whose turn it was.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Cohort {
    pub service: Arc<str>,
    pub model: Option<Arc<str>>,
    pub language: Tag,
    pub target_language: Tag,
}

/// What is remembered of a completed turn.
#[derive(Debug)]
pub(super) struct Completed {
    pub cohort: Arc<Cohort>,
    pub adjusted_count: f64,
    pub span_id: [u8; 8],
    pub seen: Seen,
}

/// Keys of the results that were counted.
#[derive(Debug, Default)]
pub(super) struct Seen(Vec<u64>);

/// Whether a key is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    New,
    Known,
    NoRoom,
}

impl Seen {
    /// Notes a key.
    pub fn look(&mut self, key: u64) -> Look {
        if self.0.contains(&key) {
            Look::Known
        } else if self.0.len() >= MAX_SEEN {
            Look::NoRoom
        } else {
            self.0.push(key);
            Look::New
        }
    }
}

/// Completed turns by trace, the first that came forgotten first.
#[derive(Debug)]
pub(super) struct CompletedTurns {
    turns: AHashMap<[u8; 16], Completed>,
    order: VecDeque<[u8; 16]>,
    /// Each cohort once: a turn costs a pointer, not names.
    cohorts: AHashSet<Arc<Cohort>>,
    capacity: usize,
}

impl CompletedTurns {
    pub fn new(capacity: usize) -> Self {
        CompletedTurns { turns: AHashMap::new(), order: VecDeque::new(), cohorts: AHashSet::new(), capacity }
    }

    /// Remembers a turn. A trace that had one already, long ago, has the newer.
    pub fn insert(&mut self, turn: &Turn, seen: Seen) {
        if self.capacity == 0 {
            return;
        }
        let completed =
            Completed { cohort: self.cohort(turn), adjusted_count: turn.adjusted_count, span_id: turn.span_id, seen };
        if self.turns.insert(turn.trace_id, completed).is_none() {
            self.order.push_back(turn.trace_id);
        }
        while self.order.len() > self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.turns.remove(&oldest);
            }
        }
    }

    pub fn get_mut(&mut self, trace_id: &[u8; 16]) -> Option<&mut Completed> {
        self.turns.get_mut(trace_id)
    }

    pub fn len(&self) -> usize {
        self.turns.len()
    }

    /// The turn's cohort, shared with others of the same.
    pub fn cohort(&mut self, turn: &Turn) -> Arc<Cohort> {
        let cohort = Cohort {
            service: cut(&turn.service),
            model: turn.model.as_ref().map(cut),
            language: turn.language(),
            target_language: turn.target_language(),
        };
        if let Some(known) = self.cohorts.get(&cohort) {
            return Arc::clone(known);
        }
        if self.cohorts.len() >= MAX_COHORTS {
            self.cohorts.retain(|cohort| Arc::strong_count(cohort) > 1);
        }
        if self.cohorts.len() >= MAX_COHORTS {
            let Cohort { language, target_language, .. } = cohort;
            return Arc::new(Cohort { service: Arc::from("other"), model: None, language, target_language });
        }
        let cohort = Arc::new(cohort);
        self.cohorts.insert(Arc::clone(&cohort));
        cohort
    }
}

/// The name, or as much of it as a label shows.
fn cut(name: &Arc<str>) -> Arc<str> {
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => Arc::from(name.get(..end).unwrap_or_default()),
        None => Arc::clone(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::fixture::turn;

    fn turn_of(trace: u8, service: &str) -> Turn {
        let mut turn = turn("Habari?", "sw", "Nzuri.", "sw");
        (turn.trace_id, turn.service) = ([trace; 16], Arc::from(service));
        turn
    }

    /// Scenario: five turns with room for three, of one service with a name of a megabyte; then the same trace again.
    /// Guarantees: the last three are known, names are cut and shared, and a trace is remembered once.
    #[test]
    fn bounded() {
        let mut completed = CompletedTurns::new(3);
        let long = "s".repeat(1 << 20);
        for trace in 0..5 {
            completed.insert(&turn_of(trace, &long), Seen::default());
        }
        completed.insert(&turn_of(4, &long), Seen::default());
        assert_eq!((0..5).filter(|t| completed.get_mut(&[*t; 16]).is_some()).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!((completed.len(), completed.order.len(), completed.cohorts.len()), (3, 3, 1));
        assert_eq!(completed.get_mut(&[4; 16]).unwrap().cohort.service.len(), MAX_NAME);
        let mut none = CompletedTurns::new(0);
        none.insert(&turn_of(1, "shop"), Seen::default());
        assert_eq!(none.len(), 0);
    }

    /// Scenario: more results of one turn than are told apart.
    /// Guarantees: a known key is known, a new one is refused for want of room.
    #[test]
    fn seen_is_bounded() {
        let mut seen = Seen::default();
        assert!((0..MAX_SEEN as u64).all(|key| seen.look(key) == Look::New));
        assert_eq!((seen.look(7), seen.look(u64::MAX)), (Look::Known, Look::NoRoom));
    }

    /// Scenario: cohorts that nobody refers to any more.
    /// Guarantees: they make room for new ones, and only when none does is a turn of `other`.
    #[test]
    fn cohorts_make_room() {
        let mut completed = CompletedTurns::new(MAX_COHORTS * 2);
        for n in 0..MAX_COHORTS {
            completed.cohort(&turn_of(1, &format!("gone-{n}")));
        }
        for n in 0..MAX_COHORTS as u32 {
            let mut turn = turn_of(1, &format!("kept-{n}"));
            turn.trace_id[..4].copy_from_slice(&n.to_be_bytes());
            completed.insert(&turn, Seen::default());
        }
        assert_eq!(completed.cohorts.len(), MAX_COHORTS);
        assert_eq!(&*completed.cohort(&turn_of(1, "one more")).service, "other");
    }
}
