//! Whether what is said about token counting makes sense.

use super::tokens::{BUILT_IN_TOKENIZERS, Tokens};
use super::validate::Finding;
use std::collections::BTreeSet;

/// Names that say how a count came about where no tokenizer counted.
const TAKEN: [&str; 2] = ["learned", "reported"];
/// Bytes of a name of a tokenizer, and of a pattern for models.
const LONGEST: (usize, usize) = (64, 256);

/// Everything that makes no sense.
pub(super) fn problems(tokens: &Tokens) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |key: String, message: &str| found.push((key, message.to_owned()));
    if !(1..=1 << 30).contains(&tokens.max_count_bytes) {
        add("tokens.max_count_bytes".into(), "out of range, expected 1 to 1073741824");
    }
    let mut seen = BTreeSet::new();
    for (index, own) in tokens.tokenizer.iter().enumerate() {
        let key = |name: &str| format!("tokens.tokenizer.{index}.{name}");
        let built_in = BUILT_IN_TOKENIZERS.contains(&own.name.as_str());
        if !is_name(&own.name) {
            add(key("name"), "expected 1 to 64 letters, digits, `.`, `_` and `-`");
        } else if own.path.is_none() && !built_in {
            let known = BUILT_IN_TOKENIZERS.join(", ");
            add(key("name"), &format!("without `path` this has to be a built-in tokenizer: {known}"));
        } else if own.path.is_some() && (built_in || TAKEN.contains(&own.name.as_str())) {
            add(key("name"), "this name has a meaning of its own; give the file another one");
        } else if own.path.is_some() && !seen.insert(&own.name) {
            add(key("name"), "another [[tokens.tokenizer]] has this name");
        }
        if own.models.is_empty() {
            add(key("models"), "missing, expected names of models such as \"my-deployment*\"");
        }
        for (at, model) in own.models.iter().enumerate() {
            if model.is_empty() || model.len() > LONGEST.1 {
                add(key(&format!("models.{at}")), "expected 1 to 256 bytes");
            }
        }
    }
    found
}

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() <= LONGEST.0 && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::OwnTokenizer;

    fn findings(name: &str, path: Option<&str>, models: &[&str]) -> Vec<String> {
        let models = models.iter().map(|&model| model.to_owned()).collect();
        let own = OwnTokenizer { name: name.into(), path: path.map(Into::into), models };
        problems(&Tokens { tokenizer: vec![own], ..Tokens::default() }).into_iter().map(|(key, _)| key).collect()
    }

    /// Scenario: tokenizers that are right, and one fault at a time.
    /// Guarantees: each fault is told at its key. Files are looked at by those who read them.
    #[test]
    fn faults() {
        let file = Some("tokenizer.json");
        assert_eq!(findings("gemma3", file, &["gemma*"]), Vec::<String>::new());
        assert_eq!(findings("o200k_base", None, &["my-deployment"]), Vec::<String>::new());
        for (name, path, models, key) in [
            ("", file, &["m"][..], "name"),
            ("ge mma", file, &["m"], "name"),
            ("gemma3", None, &["m"], "name"),
            ("o200k_base", file, &["m"], "name"),
            ("learned", file, &["m"], "name"),
            ("gemma3", file, &[], "models"),
            ("gemma3", file, &["m", ""], "models.1"),
        ] {
            assert_eq!(findings(name, path, models), [format!("tokens.tokenizer.0.{key}")], "{name} {path:?}");
        }
        let twice = vec![OwnTokenizer { name: "a".into(), path: file.map(Into::into), models: vec!["m".into()] }; 2];
        let found = problems(&Tokens { tokenizer: twice, max_count_bytes: 0 });
        let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["tokens.max_count_bytes", "tokens.tokenizer.1.name"]);
    }
}
