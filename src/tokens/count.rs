//! A count, and the seam behind which tokenizers live.

use crate::text;

/// Tokens of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// What counted: the name of a tokenizer; `learned` for what a closed model's own reports have taught, `reported`
    /// for the provider's own count of this text.
    pub tokenizer: &'static str,
    /// The number.
    pub count: u64,
    /// Whether it is what the model's own tokenizer says, rather than an estimate.
    pub exact: bool,
}

/// What a tokenizer says about a text that it read whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncut {
    /// Tokens.
    pub tokens: u64,
    /// Whether that is certain.
    pub certain: bool,
}

/// Counts tokens.
pub trait Tokenizer: Send + Sync {
    /// Tokens of `text`, which may be anything.
    fn count(&self, text: &str) -> Uncut;
}

/// Counts at most the first `max_bytes` of a text. The rest is taken to be like the head, and the count is not exact.
pub(super) fn bounded(tokenizer: &dyn Tokenizer, name: &'static str, text: &str, max_bytes: usize) -> Count {
    let head = text::head(text, max_bytes);
    let counted = tokenizer.count(head);
    if head.len() == text.len() {
        return Count { tokenizer: name, count: counted.tokens, exact: counted.certain };
    }
    let scaled = counted.tokens as f64 * text.len() as f64 / head.len().max(1) as f64;
    Count { tokenizer: name, count: scaled.round() as u64, exact: false }
}
