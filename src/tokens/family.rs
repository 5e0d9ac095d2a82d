//! The tokenizers that are built in.

use super::split::Split;
use super::vocabulary::Vocabulary;
use tiktoken::CoreBpe;

/// A tokenizer whose vocabulary is part of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// GPT-4o and later, the o series, gpt-oss (whose `o200k_harmony` differs in special tokens only).
    O200k,
    /// GPT-3.5, GPT-4, the embedding models.
    Cl100k,
    /// Llama 3 to 3.3. Llama 4 has another vocabulary.
    Llama3,
    /// Qwen 1.5 to 3. Qwen 3.5 has another vocabulary.
    Qwen,
    /// DeepSeek V3, R1 and V4. V2 has another vocabulary.
    DeepSeek,
    /// Mistral's Tekken: NeMo and what came after. The older models have a SentencePiece vocabulary.
    Tekken,
}

impl Family {
    /// All of them; the first is the one that stands in for others.
    pub const ALL: [Family; 6] =
        [Family::O200k, Family::Cl100k, Family::Llama3, Family::Qwen, Family::DeepSeek, Family::Tekken];

    /// The name in attributes and labels, and in patterns of the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Family::O200k => "o200k_base",
            Family::Cl100k => "cl100k_base",
            Family::Llama3 => "llama3",
            Family::Qwen => "qwen2",
            Family::DeepSeek => "deepseek_v3",
            Family::Tekken => "tekken",
        }
    }

    /// Where its texts are cut before merging.
    pub(super) const fn split(self) -> Split {
        match self {
            Family::O200k => Split::O200K,
            Family::Cl100k | Family::Llama3 => Split::CL100K,
            Family::Qwen => Split::QWEN,
            Family::DeepSeek => Split::DEEPSEEK,
            Family::Tekken => Split::TEKKEN,
        }
    }

    /// Whether it puts texts into normalisation form C first.
    pub(super) const fn composes(self) -> bool {
        matches!(self, Family::Qwen)
    }

    /// Unpacks the vocabulary: some 0.2 s.
    pub(super) fn vocabulary(self) -> Vocabulary {
        // The crate's own tables go when ours are made.
        let bpe: CoreBpe = match self {
            Family::O200k => tiktoken::encoding::o200k_base(),
            Family::Cl100k => tiktoken::encoding::cl100k_base(),
            Family::Llama3 => tiktoken::encoding::llama3(),
            Family::Qwen => tiktoken::encoding::qwen2(),
            Family::DeepSeek => tiktoken::encoding::deepseek_v3(),
            Family::Tekken => tiktoken::encoding::mistral_v3(),
        };
        Vocabulary::of(&bpe)
    }
}
