//! Sections of the free evaluations that have something to set.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether an answer is in the expected language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LanguageMatch {
    /// Share of an answer (0 to 1, by letters) in other languages that is no mismatch.
    pub other_share: f64,
}

impl Default for LanguageMatch {
    fn default() -> Self {
        LanguageMatch { other_share: 0.3 }
    }
}

/// Whether an answer repeats the question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopiedQuestion {
    /// From this similarity on (0 to 1) the answer is the question again.
    pub similarity: f64,
}

impl Default for CopiedQuestion {
    fn default() -> Self {
        CopiedQuestion { similarity: 0.9 }
    }
}

/// Whether an answer is a loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RepetitionOptions {
    /// Share of the answer (0 to 1, by letters) from which a loop is a failure.
    pub share: f64,
    /// Repeats from which it is one.
    pub repeats: u32,
}

impl Default for RepetitionOptions {
    fn default() -> Self {
        RepetitionOptions { share: 0.2, repeats: 4 }
    }
}

/// Whether an answer leaves the script of its language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScriptMix {
    /// Share of letters (0 to 1) in other scripts that is no failure.
    pub share: f64,
    /// The same for Latin letters in an answer that is to be in another script: names and terms are often Latin.
    pub latin_share: f64,
}

impl Default for ScriptMix {
    fn default() -> Self {
        ScriptMix { share: 0.1, latin_share: 0.6 }
    }
}

/// In which language tools want their arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ToolArgumentsLanguage {
    /// Of tools that are not listed: `any`, `user` (the user's) or a tag.
    pub default: String,
    /// By name of the tool.
    pub tools: BTreeMap<String, String>,
}

impl Default for ToolArgumentsLanguage {
    fn default() -> Self {
        ToolArgumentsLanguage { default: "any".into(), tools: BTreeMap::new() }
    }
}

/// How many documents are in the user's language.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetrievalLanguage {
    /// Share of documents (0 to 1) below which a turn fails; 0 fails none.
    pub min_share: f64,
}
