//! Model name to tokenizer.

use super::{Bpe, Count, Tokenizer, Vocabulary};

/// The tokenizer for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The vocabulary to count with.
    pub vocabulary: Vocabulary,
    /// Whether it is the model's own; otherwise counts are estimates.
    pub own: bool,
}

/// Families whose own vocabulary is `o200k_base`; what follows has to be a boundary.
const O200K: &[&str] =
    &["gpt-4o", "chatgpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "o1", "o3", "o4", "codex-mini"];

/// Families whose own vocabulary is `cl100k_base`.
const CL100K: &[&str] = &["gpt-4", "gpt-3.5", "gpt-35", "text-embedding-3", "text-embedding-ada-002"];

/// The tokenizer of a model by its name.
///
/// Names may carry providers before (`openai/`, `azure/openai/`), dates, sizes and tags after (`-2024-08-06`, `-mini`,
/// `:free`), and be fine-tuned (`ft:gpt-4o-mini:org::id`). A model we do not know is estimated with `o200k_base`.
pub fn choose(model: Option<&str>) -> Choice {
    let estimate = Choice { vocabulary: Vocabulary::O200k, own: false };
    let Some(model) = model else { return estimate };
    // Names of models are short; what is not is no name.
    if model.len() > 256 {
        return estimate;
    }
    let lower = model.trim().to_ascii_lowercase();
    let last = lower.rsplit('/').next().unwrap_or_default();
    let name =
        ["ft:", "openai.", "openai:"].into_iter().fold(last, |name, prefix| name.strip_prefix(prefix).unwrap_or(name));
    if O200K.iter().any(|family| is_of(name, family)) {
        Choice { vocabulary: Vocabulary::O200k, own: true }
    } else if CL100K.iter().any(|family| is_of(name, family)) {
        Choice { vocabulary: Vocabulary::Cl100k, own: true }
    } else {
        estimate
    }
}

/// Whether a name is the family's, alone or with something after a boundary. `gpt-4` is not the family of `gpt-4.2`.
fn is_of(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| match rest.as_bytes().first() {
        None | Some(b'-' | b':' | b'@' | b'_') => true,
        Some(b'.') => matches!(family, "gpt-5"),
        _ => false,
    })
}

/// The tokenizers of this program.
#[derive(Debug, Clone, Copy)]
pub struct Tokenizers {
    o200k: Bpe,
    cl100k: Bpe,
}

impl Tokenizers {
    /// `max_count_bytes` (configuration: `tokens.max_count_bytes`) of a text are counted, the rest is scaled.
    pub const fn new(max_count_bytes: usize) -> Self {
        Tokenizers {
            o200k: Bpe::new(Vocabulary::O200k, max_count_bytes),
            cl100k: Bpe::new(Vocabulary::Cl100k, max_count_bytes),
        }
    }

    /// The tokenizer for a model, and whether it is that model's own.
    pub fn for_model(&self, model: Option<&str>) -> (&dyn Tokenizer, bool) {
        let choice = choose(model);
        (self.of(choice.vocabulary), choice.own)
    }

    /// Tokens of `text` for a model; exact only with the model's own tokenizer and a text under the cap.
    pub fn count(&self, model: Option<&str>, text: &str) -> Count {
        let choice = choose(model);
        let count = self.of(choice.vocabulary).count(text);
        Count { exact: count.exact && choice.own, ..count }
    }

    /// Loads both vocabularies, which takes some 200 to 600 ms and 50 MB: call it off the hot path.
    pub fn warm(&self) {
        self.o200k.warm();
        self.cl100k.warm();
    }

    fn of(&self, vocabulary: Vocabulary) -> &Bpe {
        match vocabulary {
            Vocabulary::O200k => &self.o200k,
            Vocabulary::Cl100k => &self.cl100k,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: model names as spans carry them.
    /// Guarantees: the family decides, through prefixes and suffixes; what is not known is an estimate.
    #[test]
    fn models() {
        use Vocabulary::{Cl100k, O200k};
        for (model, vocabulary, own) in [
            ("gpt-4o", O200k, true),
            ("gpt-4o-mini-2024-07-18", O200k, true),
            ("GPT-4o", O200k, true),
            ("gpt-4.1-nano", O200k, true),
            ("gpt-5", O200k, true),
            ("gpt-5.1-codex", O200k, true),
            ("chatgpt-4o-latest", O200k, true),
            ("o1", O200k, true),
            ("o3-mini", O200k, true),
            ("o4-mini-2025-04-16", O200k, true),
            ("gpt-oss-120b", O200k, true),
            ("gpt-oss:20b", O200k, true),
            ("openai/gpt-4o", O200k, true),
            ("openrouter/openai/gpt-4o:free", O200k, true),
            ("azure/gpt-4", Cl100k, true),
            ("ft:gpt-4o-mini:acme::abc123", O200k, true),
            ("ft:gpt-3.5-turbo-0125:acme::abc", Cl100k, true),
            ("gpt-4", Cl100k, true),
            ("gpt-4-turbo-2024-04-09", Cl100k, true),
            ("gpt-4-0613", Cl100k, true),
            ("gpt-3.5-turbo", Cl100k, true),
            ("gpt-35-turbo", Cl100k, true),
            ("text-embedding-3-large", Cl100k, true),
            ("text-embedding-ada-002", Cl100k, true),
            ("openai.gpt-oss-120b-1:0", O200k, true),
            ("gpt-4.2", O200k, false),
            ("gpt-40", O200k, false),
            ("o1labs", O200k, false),
            ("claude-sonnet-4-5", O200k, false),
            ("gemini-2.5-pro", O200k, false),
            ("llama3:8b", O200k, false),
            ("", O200k, false),
        ] {
            assert_eq!(choose(Some(model)), Choice { vocabulary, own }, "{model}");
        }
        assert!(!choose(None).own);
        assert!(!choose(Some(&"gpt-4o".repeat(100_000))).own);
    }

    /// Scenario: the same text for a known and an unknown model.
    /// Guarantees: only the known model's count is exact.
    #[test]
    fn exactness() {
        let tokenizers = Tokenizers::new(1024);
        assert_eq!(
            tokenizers.count(Some("gpt-4"), "hello world"),
            Count { tokenizer: "cl100k_base", count: 2, exact: true }
        );
        assert_eq!(
            tokenizers.count(Some("x"), "hello world"),
            Count { tokenizer: "o200k_base", count: 2, exact: false }
        );
        assert!(!tokenizers.count(Some("gpt-4o"), &"word ".repeat(1000)).exact);
        assert_eq!(tokenizers.for_model(Some("gpt-4")).0.name(), "cl100k_base");
    }
}
