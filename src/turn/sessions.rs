//! What each session spoke so far: bounded in number and in time.

use crate::language::Posterior;
use ahash::RandomState;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::time::{Duration, Instant};

const SHARDS: usize = 16;

/// A bounded memory of sessions, by service and session id.
///
/// Two generations a shard, as the memory of texts has them: when the young one is full, or old, it becomes the old one
/// and the old one goes; a session that speaks moves to the young one. So what is used stays, a session is gone at the
/// latest after twice the time that it may be silent, and there is no list to maintain. A look-up costs one lock of one
/// shard, which is never held while anything is worked out.
#[derive(Debug)]
pub(super) struct Sessions {
    shards: Vec<Mutex<Generations>>,
    per_generation: usize,
    idle: Duration,
    /// Nobody outside knows its keys, so nobody can make two sessions look like one.
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<u64, Entry, RandomState>,
    old: HashMap<u64, Entry, RandomState>,
    began: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    belief: Posterior,
    spoke: Instant,
}

impl Sessions {
    /// A memory of at most `sessions` of them (rounded up to a multiple of the shards), each until it was silent for
    /// `idle`; 0 remembers none.
    pub fn new(sessions: usize, idle: Duration) -> Self {
        Sessions {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            per_generation: sessions.div_ceil(2 * SHARDS),
            idle,
            hasher: RandomState::new(),
        }
    }

    fn shard(&self, service: &str, session: &str) -> Option<(&Mutex<Generations>, u64)> {
        let key = self.hasher.hash_one((service, session));
        // The low bits place the entry inside its map; the high ones choose the shard.
        let shard = self.shards.get((key >> 60) as usize % SHARDS)?;
        (self.per_generation > 0).then_some((shard, key))
    }

    /// What the session spoke before, unless that is too long ago.
    pub fn get(&self, service: &str, session: &str, now: Instant) -> Option<Posterior> {
        let (shard, key) = self.shard(service, session)?;
        let shard = shard.lock();
        let entry = shard.young.get(&key).or_else(|| shard.old.get(&key)).copied()?;
        (now.saturating_duration_since(entry.spoke) <= self.idle).then_some(entry.belief)
    }

    /// Remembers what is believed now; `None` forgets the session.
    pub fn put(&self, service: &str, session: &str, belief: Option<Posterior>, now: Instant) {
        let Some((shard, key)) = self.shard(service, session) else { return };
        let mut shard = shard.lock();
        shard.old.remove(&key);
        let Some(belief) = belief else {
            shard.young.remove(&key);
            return;
        };
        let began = *shard.began.get_or_insert(now);
        let full = shard.young.len() >= self.per_generation && !shard.young.contains_key(&key);
        if full || now.saturating_duration_since(began) > self.idle {
            shard.old = std::mem::take(&mut shard.young);
            shard.old.remove(&key);
            shard.began = Some(now);
        }
        shard.young.insert(key, Entry { belief, spoke: now });
    }

    /// How many sessions are remembered.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock()).map(|shard| shard.young.len() + shard.old.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Tag;

    const IDLE: Duration = Duration::from_secs(60);

    fn belief(language: &'static str) -> Option<Posterior> {
        Some(Posterior::from_shares([(Tag::literal(language), 0.9)]))
    }

    /// Scenario: two services with the same session id, one of which is told anew and then forgotten.
    /// Guarantees: they are two sessions; the last word counts.
    #[test]
    fn by_service_and_id() {
        let (sessions, now) = (Sessions::new(100, IDLE), Instant::now());
        sessions.put("shop", "1", belief("ro"), now);
        sessions.put("help", "1", belief("it"), now);
        assert_eq!(sessions.get("shop", "1", now), belief("ro"));
        sessions.put("shop", "1", belief("hu"), now);
        assert_eq!(sessions.get("shop", "1", now), belief("hu"));
        assert_eq!(sessions.get("help", "1", now), belief("it"));
        sessions.put("shop", "1", None, now);
        assert_eq!((sessions.get("shop", "1", now), sessions.len()), (None, 1));
    }

    /// Scenario: far more sessions than there is room for, with one that goes on speaking.
    /// Guarantees: the memory stays within its bound, and who speaks is not forgotten.
    #[test]
    fn bounded() {
        let (sessions, now) = (Sessions::new(320, IDLE), Instant::now());
        for i in 0..20_000 {
            sessions.put("shop", &format!("{i}"), belief("en"), now);
            sessions.put("shop", "regular", belief("ro"), now);
        }
        assert!(sessions.len() <= 320, "{}", sessions.len());
        assert_eq!(sessions.get("shop", "regular", now), belief("ro"));
        assert_eq!(sessions.get("shop", "1", now), None);
    }

    /// Scenario: a session falls silent, while others go on.
    /// Guarantees: it is not believed after the time, and its entry is gone after twice the time at the latest.
    #[test]
    fn silent_sessions_are_forgotten() {
        let (sessions, start) = (Sessions::new(100_000, IDLE), Instant::now());
        sessions.put("shop", "1", belief("ro"), start);
        assert_eq!(sessions.get("shop", "1", start + IDLE), belief("ro"));
        assert_eq!(sessions.get("shop", "1", start + IDLE + Duration::from_millis(1)), None);
        for at in 1..=2 {
            for i in 0..200 {
                sessions.put("shop", &format!("{at}-{i}"), belief("en"), start + (IDLE + Duration::from_secs(1)) * at);
            }
        }
        assert!(sessions.len() <= 400, "{}", sessions.len());
        let gone = sessions.shard("shop", "1").unwrap();
        let shard = gone.0.lock();
        assert!(!shard.young.contains_key(&gone.1) && !shard.old.contains_key(&gone.1));
    }

    /// Scenario: a memory of no sessions.
    /// Guarantees: nothing is remembered.
    #[test]
    fn switched_off() {
        let (sessions, now) = (Sessions::new(0, IDLE), Instant::now());
        sessions.put("shop", "1", belief("ro"), now);
        assert_eq!((sessions.get("shop", "1", now), sessions.len()), (None, 0));
    }
}
