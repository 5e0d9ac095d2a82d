//! Traces that are complete, so that their late spans are not taken for new traces.

use std::collections::{HashSet, VecDeque};

/// A ring of hashes of trace ids: when it is full the first that came is forgotten.
#[derive(Debug)]
pub(super) struct Remembered {
    order: VecDeque<u64>,
    known: HashSet<u64, ahash::RandomState>,
    capacity: usize,
}

impl Remembered {
    pub fn new(capacity: usize) -> Self {
        Remembered { order: VecDeque::new(), known: HashSet::default(), capacity }
    }

    pub fn contains(&self, hash: u64) -> bool {
        self.known.contains(&hash)
    }

    pub fn insert(&mut self, hash: u64) {
        if self.capacity == 0 || !self.known.insert(hash) {
            return;
        }
        self.order.push_back(hash);
        while self.order.len() > self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: ten traces are completed with room to remember three, and one of them twice.
    /// Guarantees: the last three are known, the others forgotten, and nothing more is held.
    #[test]
    fn forgets_the_first() {
        let mut remembered = Remembered::new(3);
        for hash in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9] {
            remembered.insert(hash);
        }
        assert_eq!((0..10).filter(|h| remembered.contains(*h)).collect::<Vec<_>>(), [7, 8, 9]);
        assert_eq!((remembered.len(), remembered.known.len()), (3, 3));
    }

    /// Scenario: nothing is to be remembered.
    /// Guarantees: nothing is.
    #[test]
    fn may_be_off() {
        let mut remembered = Remembered::new(0);
        remembered.insert(1);
        assert!(!remembered.contains(1));
        assert_eq!(remembered.len(), 0);
    }
}
