//! The cohorts that were seen, and when they are written down.

use super::file::{self, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Cohorts that are kept; further ones are not remembered over a restart.
pub(super) const MAX_ENTRIES: usize = 50_000;

/// Longest name that is kept, in bytes.
const MAX_NAME_BYTES: usize = 512;

/// The labels of one cohort, as they stand in its series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The service.
    pub service: String,
    /// The model; empty when unknown.
    pub model: String,
    /// The cohort's language.
    pub language: String,
    /// The language of the answer.
    pub target_language: String,
    /// The evaluation; empty for series without one.
    pub evaluation: String,
    /// The step; empty for series without one.
    pub step: String,
}

impl Entry {
    /// Whether the names are of a size that labels have.
    pub fn is_valid(&self) -> bool {
        [&self.service, &self.model, &self.language, &self.target_language, &self.evaluation, &self.step]
            .iter()
            .all(|name| name.len() <= MAX_NAME_BYTES)
    }
}

/// The known cohorts of a running program.
#[derive(Debug)]
pub struct Cohorts {
    path: PathBuf,
    every: Duration,
    known: BTreeSet<Entry>,
    changed: bool,
    saved: Option<Instant>,
}

impl Cohorts {
    /// The cohorts below the folder `path`, written at most every `every`, and what was said while reading them.
    ///
    /// # Errors
    /// As [`file::load`].
    pub fn open(path: PathBuf, every: Duration) -> Result<(Self, file::Loaded), Error> {
        let loaded = file::load(&path)?;
        let known = loaded.entries.iter().cloned().collect();
        Ok((Cohorts { path, every, known, changed: false, saved: None }, loaded))
    }

    /// Adds a cohort. Whether it is new and was kept; a list that is full keeps no more.
    pub fn add(&mut self, entry: Entry) -> bool {
        if self.known.len() >= MAX_ENTRIES || !entry.is_valid() || !self.known.insert(entry) {
            return false;
        }
        self.changed = true;
        true
    }

    /// The cohorts, in order of their names.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.known.iter()
    }

    /// Writes the list when it changed and was not written lately. Whether it was written.
    ///
    /// # Errors
    /// As [`file::save`]; it is tried again when the next writing is due.
    pub fn save_if_due(&mut self, now: Instant) -> Result<bool, Error> {
        let lately = self.saved.is_some_and(|saved| now.saturating_duration_since(saved) < self.every);
        if lately { Ok(false) } else { self.save(now) }
    }

    /// Writes the list when it changed, as at the end of the program. Whether it was written.
    ///
    /// # Errors
    /// As [`file::save`].
    pub fn save(&mut self, now: Instant) -> Result<bool, Error> {
        if !self.changed {
            return Ok(false);
        }
        self.saved = Some(now);
        let entries: Vec<Entry> = self.known.iter().cloned().collect();
        file::save(&self.path, &entries)?;
        self.changed = false;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: usize) -> Entry {
        Entry {
            service: format!("service {number}"),
            model: String::new(),
            language: "sw".into(),
            target_language: "sw".into(),
            evaluation: "refusal".into(),
            step: "answer".into(),
        }
    }

    /// Scenario: cohorts come in, some twice, and the clock goes on; the program starts again.
    /// Guarantees: written when changed and due, at the end in any case, and there after the start.
    #[test]
    fn written_when_due() {
        let folder = tempfile::tempdir().unwrap();
        let every = Duration::from_secs(10);
        let (mut cohorts, _) = Cohorts::open(folder.path().into(), every).unwrap();
        let start = Instant::now();
        assert!(!cohorts.save_if_due(start).unwrap());
        assert!(cohorts.add(entry(1)) && !cohorts.add(entry(1)));
        assert!(cohorts.save_if_due(start).unwrap());
        assert!(cohorts.add(entry(2)));
        assert!(!cohorts.save_if_due(start + Duration::from_secs(9)).unwrap());
        assert!(cohorts.save_if_due(start + Duration::from_secs(10)).unwrap());
        assert!(cohorts.add(entry(3)));
        assert!(cohorts.save(start + Duration::from_secs(11)).unwrap());
        let (again, loaded) = Cohorts::open(folder.path().into(), every).unwrap();
        assert_eq!(again.entries().cloned().collect::<Vec<_>>(), [entry(1), entry(2), entry(3)]);
        assert_eq!(loaded.entries.len(), 3);
    }

    /// Scenario: more cohorts than are kept, and one with a name without end.
    /// Guarantees: the list stays bounded.
    #[test]
    fn bounded() {
        let folder = tempfile::tempdir().unwrap();
        let (mut cohorts, _) = Cohorts::open(folder.path().into(), Duration::ZERO).unwrap();
        let endless = Entry { service: "x".repeat(MAX_NAME_BYTES + 1), ..entry(0) };
        assert!(!cohorts.add(endless));
        assert_eq!((0..MAX_ENTRIES + 10).filter(|number| cohorts.add(entry(*number))).count(), MAX_ENTRIES);
        assert_eq!(cohorts.entries().len(), MAX_ENTRIES);
    }
}
