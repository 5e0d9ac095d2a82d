//! A count, and the seam behind which tokenizers live.

/// Tokens of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Name of the tokenizer: `o200k_base`, `cl100k_base`.
    pub tokenizer: &'static str,
    /// The number.
    pub count: u64,
    /// Whether it is what the model's own tokenizer says, rather than an estimate.
    pub exact: bool,
}

/// Counts tokens.
pub trait Tokenizer: Send + Sync {
    /// The name in `isogloss.tokens.tokenizer`.
    fn name(&self) -> &'static str;

    /// Tokens of `text`, which may be anything of any size.
    fn count(&self, text: &str) -> Count;
}
