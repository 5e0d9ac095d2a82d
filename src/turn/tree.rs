//! How the spans of a trace hang together. Parents may be missing, come later, or form a circle.

use super::record::Record;
use crate::convention::Kind;
use ahash::AHashMap;

/// Steps up that are taken before a chain of parents is taken for a circle.
const MAX_STEPS: usize = 64;

/// Parents by place.
#[derive(Debug)]
pub(super) struct Tree {
    parents: Vec<Option<usize>>,
}

impl Tree {
    /// Reads the parents of all records.
    pub fn new(records: &[Record]) -> Tree {
        let places: AHashMap<[u8; 8], usize> = records.iter().enumerate().map(|(i, r)| (r.span_id, i)).collect();
        let parents = records
            .iter()
            .enumerate()
            .map(|(i, record)| record.parent_id.and_then(|id| places.get(&id).copied()).filter(|&parent| parent != i))
            .collect();
        Tree { parents }
    }

    /// The parent's place, where it is known.
    pub fn parent(&self, place: usize) -> Option<usize> {
        self.parents.get(place).copied().flatten()
    }

    /// Places of the ancestors, nearest first.
    pub fn ancestors(&self, place: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.parent(place), |&at| self.parent(at)).take(MAX_STEPS)
    }

    /// Whether the span works for a check of the answer rather than for the answer.
    pub fn is_check(&self, place: usize, records: &[Record]) -> bool {
        std::iter::once(place)
            .chain(self.ancestors(place))
            .any(|at| records.get(at).is_some_and(|r| matches!(r.kind, Kind::Evaluator | Kind::Guardrail)))
    }

    /// The outermost of the LLM spans that wrap each other around one model call.
    pub fn outermost_llm(&self, place: usize, records: &[Record]) -> usize {
        let mut outermost = place;
        for at in self.ancestors(place) {
            if records.get(at).is_none_or(|record| record.kind != Kind::Llm) {
                break;
            }
            outermost = at;
        }
        outermost
    }
}
