//! What is remembered about texts, by hash: chat history and retrieved documents come again and again.

use super::facts::Shape;
use crate::language::Verdict;
use crate::language::expected::Asked;
use crate::refusal;
use crate::tokens::Count;
use ahash::RandomState;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// What is known about a text whatever span it is on.
#[derive(Debug)]
pub struct Known {
    /// Characters of the whole text.
    pub characters: u64,
    /// Its language.
    pub language: Arc<Verdict>,
    /// Its tokens by each tokenizer that was asked.
    pub counts: Counts,
    /// What its words say about declining; found out when it is first somebody's answer.
    pub wording: OnceLock<refusal::Verdict>,
    /// What it asks for as instructions, and as a user's words.
    pub asked: [OnceLock<Option<Arc<Asked>>>; 2],
    /// Its shape; found out when it is first somebody's answer.
    pub shape: OnceLock<Arc<Shape>>,
}

/// Counts of one text, by tokenizer. Nearly every text is counted by one of them.
#[derive(Debug, Default)]
pub struct Counts(Mutex<Vec<(usize, Count)>>);

impl Counts {
    /// The count by a tokenizer, made by `count` when it is not there. The lock is not held meanwhile.
    pub fn get_or(&self, tokenizer: usize, count: impl FnOnce() -> Count) -> Count {
        let known =
            |counts: &Vec<(usize, Count)>| counts.iter().find(|(id, _)| *id == tokenizer).map(|(_, count)| *count);
        if let Some(count) = known(&self.0.lock()) {
            return count;
        }
        let count = count();
        let mut counts = self.0.lock();
        if known(&counts).is_none() {
            counts.push((tokenizer, count));
        }
        count
    }
}

/// A bounded memory of texts.
///
/// Two generations a shard: when the young one is full it becomes the old one and the old one goes.
/// A hit in the old one moves the entry to the young one, so what is used stays. This costs one lock
/// of one shard a look-up and no list to maintain.
#[derive(Debug)]
pub struct Memo {
    shards: Vec<Mutex<Generations>>,
    per_generation: usize,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<u64, Arc<Known>, RandomState>,
    old: HashMap<u64, Arc<Known>, RandomState>,
}

const SHARDS: usize = 16;

impl Memo {
    /// A memory of about `entries` texts; 0 remembers nothing.
    pub fn new(entries: usize) -> Self {
        Memo {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            per_generation: entries.div_ceil(2 * SHARDS) * usize::from(entries > 0),
        }
    }

    /// The entry under `key`, made by `find_out` when it is not there. The lock is not held meanwhile, so
    /// two threads may find out the same; both are right.
    pub fn get_or(&self, key: u64, find_out: impl FnOnce() -> Known) -> Arc<Known> {
        if self.per_generation == 0 {
            return Arc::new(find_out());
        }
        // The low bits place the entry inside its map; the high ones choose the shard.
        let shard = &self.shards[(key >> 60) as usize % SHARDS];
        {
            let mut shard = shard.lock();
            if let Some(known) = shard.young.get(&key) {
                return Arc::clone(known);
            }
            if let Some(known) = shard.old.remove(&key) {
                shard.add(key, Arc::clone(&known), self.per_generation);
                return known;
            }
        }
        let known = Arc::new(find_out());
        shard.lock().add(key, Arc::clone(&known), self.per_generation);
        known
    }

    /// How many texts are remembered.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock()).map(|shard| shard.young.len() + shard.old.len()).sum()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Generations {
    fn add(&mut self, key: u64, known: Arc<Known>, limit: usize) {
        if self.young.len() >= limit {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(characters: u64) -> Known {
        Known {
            characters,
            language: Arc::new(Verdict::undetermined("Zyyy")),
            counts: Counts::default(),
            wording: OnceLock::new(),
            asked: Default::default(),
            shape: OnceLock::new(),
        }
    }

    /// Scenario: far more texts than there is room for, with one that is asked for all the time.
    /// Guarantees: the memory stays within its bound, and what is used is not forgotten.
    #[test]
    fn bounded_and_keeps_what_is_used() {
        let memo = Memo::new(320);
        let mut misses = 0;
        for i in 0..100_000u64 {
            memo.get_or(i.wrapping_mul(0x9e37_79b9_7f4a_7c15), || known(i));
            memo.get_or(7, || {
                misses += 1;
                known(7)
            });
        }
        assert!(memo.len() <= 320, "{}", memo.len());
        assert_eq!(misses, 1);
    }

    /// Scenario: one text counted by two tokenizers, again and again.
    /// Guarantees: each counts once, and each gets its own count back.
    #[test]
    fn counted_once_by_each() {
        let counts = Counts::default();
        let mut counted = Vec::new();
        for id in [0, 3, 0, 3, 0] {
            let count = counts.get_or(id, || {
                counted.push(id);
                Count { tokenizer: "t", count: id as u64 + 1, exact: true }
            });
            assert_eq!(count.count, id as u64 + 1);
        }
        assert_eq!(counted, [0, 3]);
    }

    /// Scenario: a memory of no entries.
    /// Guarantees: every look-up finds out anew and nothing is kept.
    #[test]
    fn switched_off() {
        let memo = Memo::new(0);
        assert_eq!(memo.get_or(1, || known(1)).characters, 1);
        assert_eq!(memo.get_or(1, || known(2)).characters, 2);
        assert!(memo.is_empty());
    }
}
