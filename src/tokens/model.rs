//! Which tokenizer a model uses, by its name.

use super::bpe::Bpe;
use super::count::{Count, Tokenizer as _};
use crate::config;

/// Families of model names whose tokenizer is public: a name belongs to the first family that it starts with.
const FAMILIES: [(&str, Vocabulary); 16] = [
    ("gpt-4o", Vocabulary::O200k),
    ("gpt-4.1", Vocabulary::O200k),
    ("gpt-4.5", Vocabulary::O200k),
    ("gpt-5", Vocabulary::O200k),
    ("gpt-oss", Vocabulary::O200k),
    ("chatgpt-4o", Vocabulary::O200k),
    ("o1", Vocabulary::O200k),
    ("o3", Vocabulary::O200k),
    ("o4", Vocabulary::O200k),
    ("gpt-4", Vocabulary::Cl100k),
    ("gpt-3.5", Vocabulary::Cl100k),
    ("gpt-35", Vocabulary::Cl100k),
    ("text-embedding-3-small", Vocabulary::Cl100k),
    ("text-embedding-3-large", Vocabulary::Cl100k),
    ("text-embedding-ada-002", Vocabulary::Cl100k),
    ("davinci-002", Vocabulary::Cl100k),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vocabulary {
    O200k,
    Cl100k,
}

/// The tokenizers at hand.
pub struct Tokenizers {
    o200k: Bpe,
    cl100k: Bpe,
}

/// The tokenizer for one model.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    bpe: &'a Bpe,
    exact: bool,
}

impl Tokenizers {
    /// Nothing is loaded yet.
    pub fn new(config: &config::Tokens) -> Self {
        Tokenizers { o200k: Bpe::o200k(config.max_count_bytes), cl100k: Bpe::cl100k(config.max_count_bytes) }
    }

    /// Loads the vocabulary that nearly every text needs.
    pub fn warm(&self) {
        self.o200k.warm();
    }

    /// The tokenizer of a model, or the stand-in for one whose tokenizer is not public.
    pub fn choice(&self, model: Option<&str>) -> Choice<'_> {
        match model.and_then(vocabulary) {
            Some(Vocabulary::O200k) => Choice { bpe: &self.o200k, exact: true },
            Some(Vocabulary::Cl100k) => Choice { bpe: &self.cl100k, exact: true },
            None => Choice { bpe: &self.o200k, exact: false },
        }
    }

    /// Tokens of `text` for `model`.
    pub fn count(&self, model: Option<&str>, text: &str) -> Count {
        self.choice(model).count(text)
    }
}

impl Choice<'_> {
    /// Tokens of `text`.
    pub fn count(&self, text: &str) -> Count {
        let count = self.bpe.count(text);
        Count { exact: count.exact && self.exact, ..count }
    }

    /// Differs between choices that count differently; to be mixed into the key of a memory of counts.
    pub fn key(&self) -> u64 {
        let name = xxhash_rust::xxh3::xxh3_64(self.bpe.name().as_bytes());
        if self.exact { name } else { !name }
    }
}

fn vocabulary(model: &str) -> Option<Vocabulary> {
    // `openai/gpt-4o`, `azure/eu/gpt-4o`, `ft:gpt-4o-mini:org::id`; the rest of a name is a date or a size.
    let name = model.rsplit('/').next().unwrap_or(model);
    let name = name.strip_prefix("ft:").unwrap_or(name);
    let starts = |family: &str| {
        let head = name.get(..family.len())?;
        // `o1` must not claim `o10`, nor `gpt-4` claim `gpt-4x`.
        let ends = name[family.len()..].bytes().next().is_none_or(|b| matches!(b, b'-' | b':' | b'@' | b'.' | b'_'));
        (head.eq_ignore_ascii_case(family) && ends).then_some(())
    };
    FAMILIES.iter().find(|(family, _)| starts(family).is_some()).map(|(_, vocabulary)| *vocabulary)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: model names as clients send them: plain, dated, behind a provider, fine-tuned, unknown.
    /// Guarantees: each gets its own vocabulary, and only those with a public one count as exact.
    #[test]
    fn names() {
        for (name, wanted) in [
            ("gpt-4o-mini", Some(Vocabulary::O200k)),
            ("gpt-4o-2024-08-06", Some(Vocabulary::O200k)),
            ("openai/gpt-4.1-nano", Some(Vocabulary::O200k)),
            ("ft:gpt-4o-mini:my-org::abc123", Some(Vocabulary::O200k)),
            ("GPT-5", Some(Vocabulary::O200k)),
            ("o3-mini", Some(Vocabulary::O200k)),
            ("azure/eu/gpt-4-turbo", Some(Vocabulary::Cl100k)),
            ("gpt-4", Some(Vocabulary::Cl100k)),
            ("gpt-3.5-turbo-0125", Some(Vocabulary::Cl100k)),
            ("text-embedding-3-small", Some(Vocabulary::Cl100k)),
            ("o10-preview", None),
            ("gpt-4all-j", None),
            ("claude-sonnet-4-5", None),
            ("gemini-2.0-flash", None),
            ("llama3:8b", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(vocabulary(name), wanted, "{name}");
        }
    }

    /// Scenario: the same text for a public tokenizer and for a model without one.
    /// Guarantees: the estimate says so, and the two are remembered apart.
    #[test]
    fn estimates_say_so() {
        let tokenizers = Tokenizers::new(&config::Tokens::default());
        let (exact, estimate) = (tokenizers.choice(Some("gpt-4o")), tokenizers.choice(Some("claude-opus-4")));
        assert!(exact.count("hello world").exact);
        assert!(!estimate.count("hello world").exact);
        assert_eq!(exact.count("hello world").count, 2);
        assert_ne!(exact.key(), estimate.key());
        assert_ne!(exact.key(), tokenizers.choice(Some("gpt-4")).key());
    }
}
