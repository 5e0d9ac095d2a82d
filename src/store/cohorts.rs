//! The cohorts that were seen.

use super::file::{self, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Cohorts that are kept; further ones are not remembered over a restart.
pub(super) const MAX_ENTRIES: usize = 50_000;

/// Longest name that is kept, in bytes.
const MAX_NAME_BYTES: usize = 512;

/// The labels of one cohort, as they stand in its series.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The service.
    pub service: String,
    /// The model; empty for series without one.
    pub model: String,
    /// The cohort's language.
    pub language: String,
    /// The language of the answer; empty for series without one.
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
    known: BTreeSet<Entry>,
    changed: bool,
}

impl Cohorts {
    /// The cohorts below the folder `path`, which is made when it is missing, and what was said while reading them.
    ///
    /// # Errors
    /// As [`file::load`], and when the folder cannot be written: better told at the start than hours later.
    pub fn open(path: PathBuf) -> Result<(Self, file::Loaded), Error> {
        file::check_writable(&path)?;
        let loaded = file::load(&path)?;
        let known = loaded.entries.iter().cloned().collect();
        Ok((Cohorts { path, known, changed: false }, loaded))
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

    /// Writes the list when it changed. Whether it was written.
    ///
    /// # Errors
    /// As [`file::save`]; the change is written with the next call that succeeds.
    pub fn save(&mut self) -> Result<bool, Error> {
        if !self.changed {
            return Ok(false);
        }
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

    /// Scenario: cohorts come in, some twice; the program starts again.
    /// Guarantees: written when changed and only then, and there after the start.
    #[test]
    fn written_when_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (mut cohorts, _) = Cohorts::open(folder.path().into()).unwrap();
        assert!(!cohorts.save().unwrap());
        assert!(cohorts.add(entry(1)) && !cohorts.add(entry(1)));
        assert!(cohorts.save().unwrap() && !cohorts.save().unwrap());
        assert!(cohorts.add(entry(2)));
        assert!(cohorts.save().unwrap());
        let (again, loaded) = Cohorts::open(folder.path().into()).unwrap();
        assert_eq!(again.entries().cloned().collect::<Vec<_>>(), [entry(1), entry(2)]);
        assert_eq!(loaded.entries.len(), 2);
    }

    /// Scenario: the folder disappears while the program runs, and comes back.
    /// Guarantees: the list is written late, not lost.
    #[test]
    fn written_late() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let (mut cohorts, _) = Cohorts::open(path.clone()).unwrap();
        cohorts.add(entry(1));
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, "in the way").unwrap();
        assert!(cohorts.save().is_err());
        std::fs::remove_file(&path).unwrap();
        assert!(cohorts.save().unwrap());
        assert_eq!(file::load(&path).unwrap().entries, [entry(1)]);
    }

    /// Scenario: more cohorts than are kept, and one with a name without end.
    /// Guarantees: the list stays bounded.
    #[test]
    fn bounded() {
        let folder = tempfile::tempdir().unwrap();
        let (mut cohorts, _) = Cohorts::open(folder.path().into()).unwrap();
        let endless = Entry { service: "x".repeat(MAX_NAME_BYTES + 1), ..entry(0) };
        assert!(!cohorts.add(endless));
        assert_eq!((0..MAX_ENTRIES + 10).filter(|number| cohorts.add(entry(*number))).count(), MAX_ENTRIES);
        assert_eq!(cohorts.entries().len(), MAX_ENTRIES);
    }
}
