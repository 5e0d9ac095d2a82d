//! The shape of the tree, for telling an unknown key from a known one and for naming the near one.
//!
//! The shape is the tree itself with every key present, written out as TOML: a key added to the tree is known here
//! without a second list.

use super::{
    Better, Compression, Config, Embedding, Evaluate, Forward, Language, OwnTokenizer, Protocol, Reported,
    ReportedEvaluation, Retry, Sample, Secret, Store, Tokens, ToolArgumentsLanguage,
};
use std::sync::LazyLock;
use toml::{Table, Value};

/// Stands for any key in a table whose keys the user chooses (header names, language tags, tools).
pub(super) const ANY: &str = "*";

/// Every key with a value of its type.
static SHAPE: LazyLock<Value> = LazyLock::new(|| {
    // An empty shape would refuse every key, so a failure here is loud; a test keeps it from happening.
    Value::try_from(exemplar()).unwrap_or_else(|_| Value::Table(Table::new()))
});

/// A configuration in which every key is present. The literals name all fields, so that a new key cannot be left out.
pub(super) fn exemplar() -> Config {
    Config {
        forward: vec![Forward {
            name: Some("name".into()),
            endpoint: "http://127.0.0.1:4317".into(),
            protocol: Protocol::default(),
            compression: Compression::default(),
            headers: [(ANY.to_owned(), Secret("secret".into()))].into(),
            concurrency: 1,
            timeout: Retry::default().max,
            retry: Retry::default(),
            ca_file: Some("file".into()),
        }],
        language: Language { model_path: Some("file".into()), label_map: Some("file".into()), ..Language::default() },
        tokens: Tokens {
            tokenizer: vec![OwnTokenizer { name: "name".into(), path: Some("file".into()), models: Vec::new() }],
            ..Tokens::default()
        },
        sample: Sample { rates: [(ANY.to_owned(), 0.5)].into(), ..Sample::default() },
        evaluate: Evaluate {
            reported: Reported {
                evaluation: vec![ReportedEvaluation {
                    name: "name".into(),
                    better: Better::default(),
                    threshold: Some(0.5),
                    pass: Vec::new(),
                    fail: Vec::new(),
                    step: Some("answer".into()),
                }],
                ..Reported::default()
            },
            tool_arguments_language: ToolArgumentsLanguage {
                tools: [(ANY.to_owned(), "any".into())].into(),
                ..ToolArgumentsLanguage::default()
            },
            ..Evaluate::default()
        },
        embedding: Embedding {
            endpoint: Some("url".into()),
            model: Some("name".into()),
            model_dir: Some("folder".into()),
        },
        store: Store { path: Some("folder".into()) },
        ..Config::default()
    }
}

/// The shape of the whole tree.
pub(super) fn root() -> &'static Value {
    &SHAPE
}

/// What a key may hold.
pub(super) enum Kind {
    /// Further keys.
    Section(&'static Table),
    /// A list of sections of this shape.
    List(&'static Value),
    /// Text: also times, addresses, paths and choices.
    Text,
    /// A number, a switch or a list of values.
    Other,
}

/// What the key of this shape may hold.
pub(super) fn kind(shape: &'static Value) -> Kind {
    match shape {
        Value::Table(table) => Kind::Section(table),
        Value::Array(items) => match items.first() {
            Some(first @ Value::Table(_)) => Kind::List(first),
            _ => Kind::Other,
        },
        Value::String(_) => Kind::Text,
        _ => Kind::Other,
    }
}

/// The shape of `key` in a section.
pub(super) fn member(section: &'static Table, key: &str) -> Option<&'static Value> {
    section.get(ANY).or_else(|| section.get(key))
}

/// What to say about a key that its section does not have.
pub(super) fn unknown(section: &'static Table, path: &str, key: &str) -> String {
    let near = section
        .keys()
        .map(|known| (strsim::osa_distance(&key.to_lowercase(), known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len().max(key.len()).div_ceil(3).min(4));
    if let Some((_, known)) = near {
        return format!("unknown key `{key}`, did you mean `{known}`?");
    }
    let mut elsewhere = Vec::new();
    find(root(), &mut Vec::new(), key, &mut elsewhere);
    match elsewhere.as_slice() {
        [place] => format!("unknown key `{key}`, did you mean `{place}`?"),
        _ => {
            let known: Vec<&str> = section.keys().map(String::as_str).collect();
            let section = if path.is_empty() { "at the top".to_owned() } else { format!("in `{path}`") };
            format!("unknown key `{key}`; {section} there are {}", known.join(", "))
        }
    }
}

/// Every place in the tree where a key of this name exists, with dots.
fn find<'a>(shape: &'static Value, path: &mut Vec<&'a str>, key: &str, found: &mut Vec<String>)
where
    'static: 'a,
{
    match kind(shape) {
        Kind::Section(table) => {
            for (name, below) in table {
                path.push(name);
                if name == key {
                    found.push(path.join("."));
                }
                find(below, path, key, found);
                path.pop();
            }
        }
        Kind::List(element) => find(element, path, key, found),
        Kind::Text | Kind::Other => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the shape is built.
    /// Guarantees: it can be, and it holds keys that are absent by default, so that they are not unknown.
    #[test]
    fn the_shape_has_optional_keys() {
        let Kind::Section(top) = kind(root()) else { panic!("not a section") };
        assert!(top["embedding"].get("model_dir").is_some());
        assert!(top["store"].get("path").is_some());
        let Kind::List(forward) = kind(&top["forward"]) else { panic!("not a list") };
        assert!(forward.get("ca_file").is_some());
    }

    /// Scenario: a misspelt key, a key of another section, and a key like no other.
    /// Guarantees: the near one is named, else the place where it belongs, else the choice.
    #[test]
    fn unknown_keys_are_answered_with_help() {
        let Kind::Section(top) = kind(root()) else { panic!("not a section") };
        assert_eq!(unknown(top, "", "recieve"), "unknown key `recieve`, did you mean `receive`?");
        assert_eq!(unknown(top, "", "quiet"), "unknown key `quiet`, did you mean `turn.quiet`?");
        let Some(Kind::Section(turn)) = top.get("turn").map(kind) else { panic!("not a section") };
        assert!(unknown(turn, "turn", "zzzzzzzz").contains("in `turn` there are idle, max_age"));
    }
}
