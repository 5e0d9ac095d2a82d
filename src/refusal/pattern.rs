//! One language's patterns, compiled.

use std::collections::BTreeMap;

use regex::{RegexSet, RegexSetBuilder};
use serde::Deserialize;
use thiserror::Error;

use super::Kind;
use crate::language::Tag;
use crate::text::fold::fold;

/// Bytes that one language's compiled patterns may take.
const SIZE_LIMIT: usize = 8 << 20;

/// Bytes of the lazy automaton that each thread may keep for one set of patterns; a larger one is built anew when it
/// is needed, a larger limit would be paid in memory by every thread and language.
const DFA_LIMIT: usize = 192 << 10;

/// A pattern file that cannot be used.
#[derive(Debug, Error)]
pub enum PatternError {
    /// The file is not what its README says.
    #[error("refusal patterns: {0}")]
    File(#[from] toml::de::Error),
    /// A pattern is no regular expression, or too large.
    #[error("refusal patterns of {language}: {source}")]
    Pattern {
        /// The file's language.
        language: String,
        /// What is wrong with it.
        source: Box<regex::Error>,
    },
    /// The language is no tag.
    #[error("refusal patterns: {0:?} is no language")]
    Language(String),
    /// The anchors of all languages together are too many.
    #[error("refusal patterns: {0}")]
    Anchors(#[from] aho_corasick::BuildError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub language: String,
    pub anchors: Vec<String>,
    #[serde(default)]
    define: BTreeMap<String, String>,
    patterns: Patterns,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
    pub examples: Examples,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patterns {
    policy: Vec<String>,
    capability: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
pub(super) struct Examples {
    pub refused: Vec<String>,
    pub answered: Vec<String>,
}

impl File {
    pub fn read(text: &str) -> Result<File, PatternError> {
        Ok(toml::from_str(text)?)
    }
}

/// The compiled patterns of one language. Matching takes linear time and does not backtrack.
pub(super) struct Compiled {
    pub tag: Tag,
    declines: RegexSet,
    /// Patterns before this one are of capability.
    capabilities: usize,
    except: RegexSet,
}

impl Compiled {
    pub fn new(file: &File) -> Result<Compiled, PatternError> {
        let tag = Tag::parse(&file.language).ok_or_else(|| PatternError::Language(file.language.clone()))?;
        let set =
            |patterns: Vec<String>| {
                RegexSetBuilder::new(patterns).size_limit(SIZE_LIMIT).dfa_size_limit(DFA_LIMIT).build().map_err(
                    |source| PatternError::Pattern { language: file.language.clone(), source: Box::new(source) },
                )
            };
        let Patterns { policy, capability, except } = &file.patterns;
        Ok(Compiled {
            tag,
            declines: set(capability.iter().chain(policy).map(|p| file.spell_out(p)).collect())?,
            capabilities: capability.len(),
            except: set(except.iter().map(|p| file.spell_out(p)).collect())?,
        })
    }

    /// Why a folded sentence declines, if it does.
    pub fn declines(&self, sentence: &str) -> Option<Kind> {
        let first = self.declines.matches(sentence).iter().next()?;
        if self.except.is_match(sentence) {
            return None;
        }
        Some(if first < self.capabilities { Kind::Capability } else { Kind::Policy })
    }
}

impl File {
    /// A pattern with its names filled in, folded as texts are.
    fn spell_out(&self, pattern: &str) -> String {
        let mut whole = pattern.to_owned();
        for (name, part) in &self.define {
            whole = whole.replace(&format!("<{name}>"), part);
        }
        // In folded text a word ends at a blank or a mark; the Unicode class would cost megabytes of automaton.
        fold(&whole).replace("\\w", "[^ ,.;:!?]")
    }
}
