//! The file of known cohorts: read tolerantly, written whole or not at all.

use super::cohorts::Entry;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Name of the file below `store.path`.
pub const FILE_NAME: &str = "cohorts.json";

/// A larger file is not ours.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The layout that is written.
const VERSION: u32 = 1;

/// Why the file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system said no.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The list cannot be written as JSON.
    #[error("cannot write the list of cohorts as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// What was in the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The cohorts; none when there was no file.
    pub entries: Vec<Entry>,
    /// Entries that were left out because they are not valid.
    pub invalid: usize,
    /// Where an unreadable file was moved to, and what was wrong with it.
    pub set_aside: Option<(PathBuf, String)>,
}

#[derive(Serialize, Deserialize)]
struct Document<E> {
    version: u32,
    cohorts: E,
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::Io { doing, path, source }
}

/// Reads the cohorts below the folder `path`. A file that is damaged is moved aside and reported; no file is no
/// cohorts.
///
/// # Errors
/// The file exists and cannot be opened, or cannot be moved aside.
pub fn load(path: &Path) -> Result<Loaded, Error> {
    let file = path.join(FILE_NAME);
    let opened = match File::open(&file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Loaded::default()),
        Err(error) => return Err(io("open", &file)(error)),
    };
    let mut bytes = Vec::new();
    opened.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(io("read", &file))?;
    let problem = if bytes.len() as u64 > MAX_FILE_BYTES {
        format!("it is larger than {MAX_FILE_BYTES} bytes")
    } else {
        match serde_json::from_slice::<Document<Vec<serde_json::Value>>>(&bytes) {
            Ok(document) if document.version == VERSION => {
                let found = document.cohorts.len();
                let mut entries: Vec<Entry> =
                    document.cohorts.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect();
                entries.retain(Entry::is_valid);
                entries.truncate(super::cohorts::MAX_ENTRIES);
                return Ok(Loaded { invalid: found - entries.len(), entries, set_aside: None });
            }
            Ok(document) => format!("its version is {}, not {VERSION}", document.version),
            Err(error) => error.to_string(),
        }
    };
    let aside = path.join(format!("{FILE_NAME}.damaged"));
    fs::rename(&file, &aside).map_err(io("move aside", &file))?;
    Ok(Loaded { set_aside: Some((aside, problem)), ..Loaded::default() })
}

/// Makes the folder `path` when it is missing, and a file in it for a moment.
///
/// # Errors
/// The folder cannot be made or written.
pub fn check_writable(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(io("create", path))?;
    let fresh = path.join(format!("{FILE_NAME}.tmp"));
    File::create(&fresh).map_err(io("create", &fresh))?;
    fs::remove_file(&fresh).map_err(io("remove", &fresh))
}

/// Writes the cohorts below the folder `path`, which is made when it is missing. The new file takes the place of the
/// old one only when it is whole and on the disk.
///
/// # Errors
/// The folder or the file cannot be written.
pub fn save(path: &Path, entries: &[Entry]) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(io("create", path))?;
    let bytes = serde_json::to_vec(&Document { version: VERSION, cohorts: entries })?;
    let (file, fresh) = (path.join(FILE_NAME), path.join(format!("{FILE_NAME}.tmp")));
    let mut out = File::create(&fresh).map_err(io("create", &fresh))?;
    out.write_all(&bytes).map_err(io("write", &fresh))?;
    out.sync_all().map_err(io("write", &fresh))?;
    drop(out);
    fs::rename(&fresh, &file).map_err(io("replace", &file))?;
    // The rename is on the disk when the folder is. Not every file system lets a folder be synced.
    if let Ok(folder) = File::open(path) {
        let _ = folder.sync_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(language: &str) -> Entry {
        Entry {
            service: "shop".into(),
            model: "gpt-4o".into(),
            language: language.into(),
            target_language: "en".into(),
            evaluation: "refusal".into(),
            step: "answer".into(),
        }
    }

    /// Scenario: nothing there, then a list is saved twice into a folder that does not exist yet.
    /// Guarantees: what was saved last is read, and no temporary file is left.
    #[test]
    fn there_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        assert_eq!(load(&path).unwrap(), Loaded::default());
        save(&path, &[entry("sw")]).unwrap();
        save(&path, &[entry("sw"), entry("yo")]).unwrap();
        assert_eq!(load(&path).unwrap().entries, [entry("sw"), entry("yo")]);
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
    }

    /// Scenario: damaged files: cut, empty, another program's, of a version to come, not text.
    /// Guarantees: each is moved aside with a reason, nothing is read, and saving works afterwards.
    #[test]
    fn damaged() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in [
            &b"{\"version\":1,\"cohorts\":[{"[..],
            b"",
            b"[1,2]",
            b"{\"version\":2,\"cohorts\":[]}",
            b"\xff\xfe\0",
            &[b'['; 100_000][..],
        ] {
            fs::write(folder.path().join(FILE_NAME), bytes).unwrap();
            let loaded = load(folder.path()).unwrap();
            let (aside, problem) = loaded.set_aside.unwrap();
            assert_eq!(fs::read(aside).unwrap(), bytes);
            assert!(!problem.is_empty() && loaded.entries.is_empty());
            save(folder.path(), &[entry("sw")]).unwrap();
            assert_eq!(load(folder.path()).unwrap().entries, [entry("sw")]);
        }
    }

    /// Scenario: a readable list with entries that are not ours among it.
    /// Guarantees: the good ones are read, the others are counted.
    #[test]
    fn invalid_entries() {
        let folder = tempfile::tempdir().unwrap();
        let mut long = entry("sw");
        long.service = "x".repeat(100_000);
        let list = serde_json::json!({"version": 1, "cohorts": [entry("sw"), {"service": 1}, long, null]});
        fs::write(folder.path().join(FILE_NAME), list.to_string()).unwrap();
        let loaded = load(folder.path()).unwrap();
        assert_eq!((loaded.entries, loaded.invalid, loaded.set_aside), (vec![entry("sw")], 3, None));
    }

    /// Scenario: the path is a file, not a folder.
    /// Guarantees: an error that names it, no panic.
    #[test]
    fn not_a_folder() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for error in [save(file.path(), &[]).unwrap_err(), check_writable(file.path()).unwrap_err()] {
            assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
        }
    }
}
