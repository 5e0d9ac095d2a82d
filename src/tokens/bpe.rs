//! Byte-pair encoding with the vocabularies that are built in.
//!
//! The vocabularies come from the `tiktoken` crate; splitting and merging are our own. The crate takes seconds for a
//! megabyte of mixed Unicode, and the better known `tiktoken-rs` panics on a megabyte of spaces.

use super::count::{Tokenizer, Uncut};
use super::family::Family;
use super::merge;
use super::vocabulary::Vocabulary;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// One of the built-in tokenizers, loaded.
pub struct Bpe {
    family: Family,
    vocabulary: Vocabulary,
}

impl Bpe {
    /// Unpacks the vocabulary: CPU work of some 0.2 s.
    pub(super) fn load(family: Family) -> Self {
        Bpe { family, vocabulary: family.vocabulary() }
    }
}

impl Tokenizer for Bpe {
    fn count(&self, text: &str) -> Uncut {
        let composed: String;
        let mut text = text;
        if self.family.composes() && is_nfc_quick(text.chars()) != IsNormalized::Yes {
            composed = text.nfc().collect();
            text = &composed;
        }
        let mut sum = Uncut { tokens: 0, certain: true };
        for piece in self.family.split().pieces(text) {
            let (tokens, certain) = merge::count(&self.vocabulary, piece);
            sum.tokens += tokens as u64;
            sum.certain &= certain;
        }
        sum
    }
}
