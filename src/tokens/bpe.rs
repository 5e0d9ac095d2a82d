//! Byte-pair encoding with OpenAI's vocabularies.
//!
//! The `tiktoken` crate carries them and was chosen because no input is known to make it panic, while the better
//! known `tiktoken-rs` panics on a megabyte of spaces. Its worst case is about a megabyte a second, so the bytes of
//! one text that are counted are bounded.

use super::count::{Count, Tokenizer};
use crate::text;
use std::sync::OnceLock;
use tiktoken::CoreBpe;

/// One of the vocabularies, loaded when it is first needed (some 0.2 s and 15 MiB).
pub struct Bpe {
    name: &'static str,
    load: fn() -> CoreBpe,
    loaded: OnceLock<CoreBpe>,
    max_bytes: usize,
}

impl Bpe {
    /// The vocabulary of GPT-4o and later.
    pub fn o200k(max_bytes: usize) -> Self {
        Bpe { name: "o200k_base", load: tiktoken::encoding::o200k_base, loaded: OnceLock::new(), max_bytes }
    }

    /// The vocabulary of GPT-3.5, GPT-4 and the embedding models.
    pub fn cl100k(max_bytes: usize) -> Self {
        Bpe { name: "cl100k_base", load: tiktoken::encoding::cl100k_base, loaded: OnceLock::new(), max_bytes }
    }

    /// Loads the vocabulary now rather than with the first text.
    pub fn warm(&self) {
        self.loaded.get_or_init(self.load);
    }
}

impl Tokenizer for Bpe {
    fn name(&self) -> &'static str {
        self.name
    }

    fn count(&self, text: &str) -> Count {
        let head = text::head(text, self.max_bytes);
        let counted = self.loaded.get_or_init(self.load).count(head) as u64;
        if head.len() == text.len() {
            return Count { tokenizer: self.name, count: counted, exact: true };
        }
        // The rest is taken to be like the head.
        let scaled = counted as f64 * text.len() as f64 / head.len().max(1) as f64;
        Count { tokenizer: self.name, count: scaled.round() as u64, exact: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: texts in several languages, counted by a second implementation (npm `gpt-tokenizer`), among them
    /// what looks like special tokens.
    /// Guarantees: both vocabularies count alike.
    #[test]
    fn counts_as_another_implementation_does() {
        let (o200k, cl100k) = (Bpe::o200k(1 << 16), Bpe::cl100k(1 << 16));
        let golden = include_str!("golden.tsv");
        assert!(golden.lines().count() > 15);
        for line in golden.lines() {
            let mut columns = line.splitn(3, '\t');
            let mut next = || columns.next().unwrap();
            let (a, b, text) = (next().parse().unwrap(), next().parse().unwrap(), next());
            assert_eq!(o200k.count(text), Count { tokenizer: "o200k_base", count: a, exact: true }, "{text}");
            assert_eq!(cl100k.count(text), Count { tokenizer: "cl100k_base", count: b, exact: true }, "{text}");
        }
    }

    /// Scenario: texts longer than the bound, of one character, of spaces, and of four-byte characters.
    /// Guarantees: only the head is counted, between characters, and the result says that it is scaled up.
    #[test]
    fn long_texts_are_scaled() {
        let bpe = Bpe::o200k(1000);
        for unit in ["a", " ", "😀", "word "] {
            let text = unit.repeat(100_000);
            let count = bpe.count(&text);
            assert!(!count.exact);
            let head = bpe.count(text::head(&text, 1000));
            assert!(head.exact);
            let expected = head.count as f64 * text.len() as f64 / text::floor(&text, 1000) as f64;
            assert!((count.count as f64 - expected).abs() <= 1.0);
        }
        assert_eq!(bpe.count("").count, 0);
    }
}
