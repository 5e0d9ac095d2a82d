//! What came before, by its hash: completed traces, so that their late spans are not taken for new traces.

use std::collections::{HashSet, VecDeque};

/// A ring of hashes: when it is full the first that came is forgotten.
#[derive(Debug)]
pub struct Remembered {
    order: VecDeque<u64>,
    known: HashSet<u64, ahash::RandomState>,
    capacity: usize,
}

impl Remembered {
    /// With room for so many; 0 remembers nothing.
    pub fn new(capacity: usize) -> Self {
        Remembered { order: VecDeque::new(), known: HashSet::default(), capacity }
    }

    /// Whether the hash came and is not forgotten.
    pub fn contains(&self, hash: u64) -> bool {
        self.known.contains(&hash)
    }

    /// Remembers a hash; one that is known keeps its place.
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

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
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
