//! Token counting: bounds, and tokenizers for models that the program does not know.

use super::tree::empty_as_none;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The tokenizers that are part of the program.
pub const BUILT_IN_TOKENIZERS: [&str; 6] = ["o200k_base", "cl100k_base", "llama3", "qwen2", "deepseek_v3", "tekken"];

/// Token counting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// Bytes of a text that are counted exactly; a longer one is scaled up and marked `estimated`.
    pub max_count_bytes: usize,
    /// Which tokenizer counts for which models, before what is known of their names.
    pub tokenizer: Vec<OwnTokenizer>,
}

impl Default for Tokens {
    fn default() -> Self {
        // At the slowest speed that was measured, this takes less than a tenth of a second.
        Tokens { max_count_bytes: 1 << 20, tokenizer: Vec::new() }
    }
}

/// A tokenizer for models of the user's choice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OwnTokenizer {
    /// Name in attributes and labels; that of a built-in tokenizer when there is no `path`.
    pub name: String,
    /// A Hugging Face `tokenizer.json`.
    #[serde(deserialize_with = "empty_as_none")]
    pub path: Option<PathBuf>,
    /// Names of models, with `*` for anything.
    pub models: Vec<String>,
}
