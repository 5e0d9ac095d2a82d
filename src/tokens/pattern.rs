//! Names of models: what a client calls a model, and patterns that such names match.

use std::borrow::Cow;

/// Bytes of a name that are looked at.
const MAX_NAME: usize = 256;

/// A pattern for names in lower case. It matches from the beginning of a name to its end or to a separator; `*` stands
/// for anything. `gpt-4` is `gpt-4-0613` too, but neither `gpt-4x` nor `my-gpt-4`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Cow<'static, str>);

impl Pattern {
    pub const fn literal(pattern: &'static str) -> Self {
        Pattern(Cow::Borrowed(pattern))
    }

    pub fn new(pattern: &str) -> Self {
        Pattern(Cow::Owned(pattern.to_ascii_lowercase()))
    }

    /// Whether a name as [`normal`] gives it matches.
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, others)) = self.0.split_once('*') else {
            return name.strip_prefix(self.0.as_ref()).is_some_and(ends);
        };
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        let (middle, last) = others.rsplit_once('*').unwrap_or(("", others));
        // The first place where a part is found leaves the most for those after it.
        for part in middle.split('*') {
            let Some(at) = rest.find(part) else { return false };
            rest = rest.get(at + part.len()..).unwrap_or_default();
        }
        // The last one has to end where a word does, and may be found again.
        last.is_empty() || rest.match_indices(last).any(|(at, _)| rest.get(at + last.len()..).is_some_and(ends))
    }
}

/// Whether nothing follows that belongs to the same word.
fn ends(rest: &str) -> bool {
    rest.bytes().next().is_none_or(|b| !b.is_ascii_alphanumeric())
}

/// A model's name without what providers put around it, in lower case: no path (`openai/`, `accounts/x/models/`), no
/// region and vendor of Bedrock (`us.meta.`), no mark of fine-tuning (`ft:`).
pub(super) fn normal(model: &str) -> String {
    let head = crate::text::head(model, MAX_NAME);
    let name = head.rsplit('/').next().unwrap_or(head).trim();
    let mut name = name.to_ascii_lowercase();
    for prefix in ["ft:", "us-gov.", "us.", "eu.", "apac.", "ap.", "global."] {
        if let Some(rest) = name.strip_prefix(prefix) {
            name = rest.to_owned();
        }
    }
    for vendor in ["openai.", "meta.", "mistral.", "qwen.", "anthropic.", "google."] {
        if let Some(rest) = name.strip_prefix(vendor) {
            name = rest.to_owned();
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: patterns with and without stars, against names that match and names that nearly do.
    /// Guarantees: a pattern ends at a separator, and a star stands for anything.
    #[test]
    fn patterns() {
        for (pattern, name, wanted) in [
            ("gpt-4", "gpt-4", true),
            ("gpt-4", "gpt-4-0613", true),
            ("gpt-4", "gpt-4x", false),
            ("gpt-4", "my-gpt-4", false),
            ("o1", "o10", false),
            ("*llama-3", "meta-llama-3.1-8b", true),
            ("*llama-3", "llama-30b", false),
            ("a*b*b", "axbyb", true),
            ("a*b*b", "axb", false),
            ("*llama-3", "llama-30b-llama-3", true),
            ("mistral-small*25", "mistral-small-3.1-25", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("prod-*", "prod-anything", true),
            ("*", "", true),
            ("é*", "école", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(name), wanted, "{pattern} {name}");
        }
    }

    /// Scenario: one model behind several providers, and a name that is far too long.
    /// Guarantees: the provider's part is taken off, and the work is bounded.
    #[test]
    fn normal_names() {
        for (name, wanted) in [
            ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct"),
            ("accounts/fireworks/models/llama-v3p1-8b-instruct", "llama-v3p1-8b-instruct"),
            ("us.meta.llama3-1-70b-instruct-v1:0", "llama3-1-70b-instruct-v1:0"),
            ("ft:gpt-4o-mini:org::id", "gpt-4o-mini:org::id"),
            (" GPT-5 ", "gpt-5"),
            ("", ""),
        ] {
            assert_eq!(normal(name), wanted);
        }
        assert!(normal(&"é".repeat(10_000)).len() <= MAX_NAME);
    }
}
