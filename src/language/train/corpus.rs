//! Training text: folders of sources, a file a label, a text a line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::language::route::Router;

/// A corpus that cannot be used.
#[derive(Debug, Error)]
pub enum CorpusError {
    /// A folder or file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing to learn from.
    #[error("{0}: no training text: one folder a source with a file LABEL.txt a language is expected")]
    Empty(PathBuf),
}

/// Labels of the published corpus that belong to another: Hassaniya is a member of the macrolanguage Arabic.
const ALIASES: [(&str, &str); 1] = [("mey", "ara")];

/// What a source is made of; decides how often it is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Prose and speech.
    Sentences,
    /// Strings of user interfaces: many product names, English words left in.
    Interface,
    /// Lists of words.
    Words,
}

/// Sources of the published corpus that are no sentences. A source that is not named here is taken for sentences.
const INTERFACES: [&str; 7] = ["android", "mozilla", "libreoffice", "apps", "wiki-apps", "wiki-ui", "learn-ui"];
const WORD_LISTS: [&str; 3] = ["wordfreq", "cldr", "map-words"];

/// The source whose labels are material for the class of languages that the model does not name.
pub const REST: &str = "rest";

/// The label of code and noise.
pub const NOISE: &str = "zxx";

/// The texts of one label in one script from one source, cleaned.
#[derive(Debug)]
pub struct Source {
    /// What it is made of.
    pub class: Class,
    /// The texts.
    pub lines: Vec<String>,
}

/// Script code to label to sources. Labels of [`REST`] come as `rest:LABEL`.
pub type Corpus = BTreeMap<&'static str, BTreeMap<String, Vec<Source>>>;

/// Reads a corpus. Lines are cleaned as texts are, and go to the script that most of their letters are in.
///
/// # Errors
/// The folder cannot be read, or there is nothing in it.
pub fn read(folder: &Path) -> Result<Corpus, CorpusError> {
    let mut corpus = Corpus::new();
    let mut router = Router::of_lines();
    for source in entries(folder)? {
        if !source.is_dir() {
            continue;
        }
        let name = file_name(&source);
        let class = match name.as_str() {
            name if INTERFACES.contains(&name) => Class::Interface,
            name if WORD_LISTS.contains(&name) => Class::Words,
            _ => Class::Sentences,
        };
        for file in entries(&source)? {
            let file_label = file_name(&file);
            let Some(label) = file_label.strip_suffix(".txt") else { continue };
            let label = ALIASES.iter().find(|(from, _)| *from == label).map_or(label, |(_, to)| to);
            let label = if name == REST { format!("{REST}:{label}") } else { label.to_owned() };
            let text = fs::read_to_string(&file).map_err(|source| CorpusError::Io { path: file.clone(), source })?;
            let mut by_script: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
            for line in text.lines() {
                if let Some(routed) = router.route(line) {
                    by_script.entry(routed.first.script).or_default().push(routed.first.words.to_owned());
                }
            }
            for (script, lines) in by_script {
                let sources = corpus.entry(script).or_default().entry(label.clone()).or_default();
                sources.push(Source { class, lines });
            }
        }
    }
    if corpus.is_empty() { Err(CorpusError::Empty(folder.to_owned())) } else { Ok(corpus) }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let failed = |source| CorpusError::Io { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        found.push(entry.map_err(failed)?.path());
    }
    // The order of a folder is the file system's; the model must not depend on it.
    found.sort();
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
