//! A user's own meaning of labels: lines of `label<TAB>tag`.
//!
//! Blank lines and lines that begin with `#` say nothing. A label may be written with `__label__` before it or without.
//! `und` takes a label out of the running; `zxx` says that it is no language.

use std::collections::BTreeMap;

use std::path::{Path, PathBuf};

use super::super::Tag;
use super::dictionary::LABEL_PREFIX;
use crate::config::named_file;

/// Bytes of the largest file: more than as many labels as a model may have.
const MAX_BYTES: u64 = 16 << 20;

/// Labels with their tags, and the line of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LabelMap {
    path: PathBuf,
    tags: BTreeMap<String, (Tag, usize)>,
}

/// A label map that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LabelMapError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line says nothing that can be used.
    #[error("{}:{line}: {fault}", path.display())]
    Line {
        /// In which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        fault: String,
    },
}

impl LabelMap {
    /// Reads a label map from a file.
    ///
    /// # Errors
    /// The file cannot be read or is too large, or a line is wrong: see [`LabelMap::parse`].
    pub fn open(path: &Path) -> Result<LabelMap, LabelMapError> {
        let failed = |source| LabelMapError::Read { path: path.to_owned(), source };
        let text = named_file::read(path, MAX_BYTES).map_err(failed)?;
        LabelMap::parse(&text, path)
    }

    /// Reads a label map; `path` is named in errors.
    ///
    /// # Errors
    /// The first line that is not UTF-8, has not two columns, says a label twice or a tag that is none.
    pub fn parse(text: &[u8], path: &Path) -> Result<LabelMap, LabelMapError> {
        let mut tags = BTreeMap::new();
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let wrong = |fault: String| LabelMapError::Line { path: path.to_owned(), line: index + 1, fault };
            let line = std::str::from_utf8(line).map_err(|_| wrong("not UTF-8".into()))?;
            let line = if index == 0 { line.trim_start_matches('\u{feff}') } else { line }.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((label, tag)) =
                line.split_once('\t').filter(|(label, tag)| !label.is_empty() && !tag.contains('\t'))
            else {
                return Err(wrong("expected a label, a tab and a language tag".into()));
            };
            let tag = Tag::parse(tag.trim()).filter(|tag| !matches!(tag.as_str(), "mul" | "other"));
            let Some(tag) = tag else {
                return Err(wrong("not a language tag, expected such as `sw`, `zh-Hans`, `und` or `zxx`".into()));
            };
            let label = label.strip_prefix(LABEL_PREFIX).unwrap_or(label);
            if let Some((_, line)) = tags.insert(label.to_owned(), (tag, index + 1)) {
                return Err(wrong(format!("this label is in line {line} already")));
            }
        }
        Ok(LabelMap { path: path.to_owned(), tags })
    }

    /// The tag of a label, when it is in the map.
    pub fn tag(&self, label: &str) -> Option<Tag> {
        let label = label.strip_prefix(LABEL_PREFIX).unwrap_or(label);
        self.tags.get(label).map(|(tag, _)| *tag)
    }

    /// Whether all its labels are a model's: one that is not is a typing error, or the map is another model's.
    ///
    /// # Errors
    /// The first line whose label the model has not.
    pub fn check(&self, labels: &[String]) -> Result<(), LabelMapError> {
        let plain = |label: &'_ String| label.strip_prefix(LABEL_PREFIX).unwrap_or(label).to_owned();
        let known: std::collections::BTreeSet<String> = labels.iter().map(plain).collect();
        let strange = self.tags.iter().filter(|(label, _)| !known.contains(*label)).map(|(_, (_, line))| *line).min();
        match strange {
            None => Ok(()),
            Some(line) => {
                let fault = "the model has no such label".into();
                Err(LabelMapError::Line { path: self.path.clone(), line, fault })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[u8]) -> Result<LabelMap, String> {
        LabelMap::parse(text, Path::new("map.tsv")).map_err(|error| error.to_string())
    }

    /// Scenario: a map with comments, blank lines, both ends of lines, and labels with and without their prefix.
    /// Guarantees: each label has its tag, however it is asked for.
    #[test]
    fn maps_are_read() {
        let map =
            parse(b"\xef\xbb\xbf# ours\r\n__label__darija\tary\r\n\nnoise\tzxx\nlabel with blanks\tzh-Hans").unwrap();
        for (label, tag) in [("darija", "ary"), ("__label__noise", "zxx"), ("label with blanks", "zh-Hans")] {
            assert_eq!(map.tag(label), Some(Tag::literal(tag)));
        }
        assert_eq!(map.tag("other"), None);
        assert!(map.check(&["__label__darija", "noise", "label with blanks", "x"].map(String::from)).is_ok());
        let error = map.check(&["__label__darija".into(), "label with blanks".into()]).unwrap_err().to_string();
        assert_eq!(error, "map.tsv:4: the model has no such label");
    }

    /// Scenario: lines that are wrong in every way.
    /// Guarantees: file, line and what is wrong.
    #[test]
    fn faults_have_a_line() {
        for (text, expected) in [
            (&b"a\ten\nb en"[..], "map.tsv:2: expected a label, a tab and a language tag"),
            (b"\n\ten", "map.tsv:2: expected a label, a tab and a language tag"),
            (b"a\ten\tx", "map.tsv:1: expected a label, a tab and a language tag"),
            (b"a\tEnglish", "map.tsv:1: not a language tag, expected such as `sw`, `zh-Hans`, `und` or `zxx`"),
            (b"a\tmul", "map.tsv:1: not a language tag, expected such as `sw`, `zh-Hans`, `und` or `zxx`"),
            (b"a\ten\n\n__label__a\tde", "map.tsv:3: this label is in line 1 already"),
            (b"a\ten\n\xff\tde", "map.tsv:2: not UTF-8"),
        ] {
            assert_eq!(parse(text).unwrap_err(), expected);
        }
    }

    /// Scenario: a file that is not there.
    /// Guarantees: the error names it.
    #[test]
    fn missing_file() {
        let error = LabelMap::open(Path::new("/nonexistent.tsv")).unwrap_err().to_string();
        assert!(error.starts_with("/nonexistent.tsv: cannot be read: "), "{error}");
    }
}
