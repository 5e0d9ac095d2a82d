//! A language file as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PatternError;
use crate::refusal::Kind;

/// One language's file. `languages/README.md` says what each part means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::refusal) struct File {
    pub language: String,
    /// Whether words are written apart. Where not, lexemes are found anywhere and gaps count characters.
    #[serde(default = "yes")]
    pub spaced: bool,
    pub classes: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub phrases: BTreeMap<String, Vec<String>>,
    pub rules: Vec<Rules>,
    #[serde(default)]
    pub except: Vec<Except>,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
    pub examples: Examples,
}

/// Rules of one kind, with what they must find and must not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::refusal) struct Rules {
    pub kind: RuleKind,
    #[serde(rename = "match")]
    pub sequences: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
    pub refused: Vec<String>,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
    pub answered: Vec<String>,
}

/// What clears a sentence, with answers that need it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::refusal) struct Except {
    #[serde(rename = "match")]
    pub sequences: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
    pub answered: Vec<String>,
}

/// Examples that belong to no rule in particular.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
pub(in crate::refusal) struct Examples {
    pub refused: Vec<String>,
    pub answered: Vec<String>,
}

/// The kinds that words can tell, the most telling first: of two rules that match, the first kind is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::refusal) enum RuleKind {
    NoAccess,
    Scope,
    Soft,
    Capability,
    Policy,
}

impl From<RuleKind> for Kind {
    fn from(kind: RuleKind) -> Kind {
        match kind {
            RuleKind::NoAccess => Kind::NoAccess,
            RuleKind::Scope => Kind::Scope,
            RuleKind::Soft => Kind::Soft,
            RuleKind::Capability => Kind::Capability,
            RuleKind::Policy => Kind::Policy,
        }
    }
}

const fn yes() -> bool {
    true
}

impl File {
    pub fn read(text: &str) -> Result<File, PatternError> {
        Ok(toml::from_str(text)?)
    }
}
