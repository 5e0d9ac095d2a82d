//! The choice of a tokenizer, and what is said where there is none.

use super::*;
use crate::config::OwnTokenizer;
use crate::text;
use std::io::Write as _;

const SW: Tag = Tag::literal("sw");

fn tokenizers(tokenizer: Vec<OwnTokenizer>) -> Tokenizers {
    Tokenizers::new(&config::Tokens { tokenizer, ..config::Tokens::default() })
}

/// A tokenizer of words, small enough to be written down.
fn own_file() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let letters: String = ('a'..='z').enumerate().map(|(id, c)| format!(r#""{c}":{id},"#)).collect();
    write!(
        file,
        r#"{{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
            "pre_tokenizer":{{"type":"Whitespace"}},"post_processor":null,"decoder":null,
            "model":{{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,
            "end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"ignore_merges":false,
            "vocab":{{{letters}"ab":26,"abc":27}},"merges":["a b","ab c"]}}}}"#
    )
    .unwrap();
    file
}

/// Scenario: the same text for a model with a public tokenizer, for two closed ones, and without a model.
/// Guarantees: estimates say so, and are made from the language and the vendor.
#[test]
fn estimates_say_so() {
    let tokenizers = tokenizers(Vec::new());
    let exact = tokenizers.choice(Some("gpt-4o"));
    let counted = exact.count("hello world");
    assert_eq!(counted, Count { tokenizer: "o200k_base", count: 2, exact: true });
    assert_eq!(exact.adjust(counted, SW, 11), counted);
    for (model, count) in [(Some("claude-opus-4"), 14), (Some("gemini-2.5-pro"), 12), (None, 14)] {
        let choice = tokenizers.choice(model);
        let counted = choice.count(&"hello ".repeat(10));
        assert_eq!(choice.id(), exact.id());
        let wanted = Count { tokenizer: "o200k_base", count, exact: false };
        // `hello` ten times, and the last space.
        assert_eq!(counted.count, 11);
        assert_eq!(choice.adjust(Count { count: 10, ..counted }, SW, 60), wanted, "{model:?}");
    }
    assert_ne!(exact.id(), tokenizers.choice(Some("gpt-4")).id());
}

/// Scenario: a closed model reports the tokens of its answers.
/// Guarantees: they are believed, taught, and used for texts without a report, in the same language of the same model
/// alone; numbers that cannot be are neither believed nor learned.
#[test]
fn learns_from_reports() {
    let tokenizers = tokenizers(Vec::new());
    let text = "Agizo lako limetumwa leo asubuhi na litafika kesho jioni. ".repeat(5);
    let characters = text.chars().count() as u64;
    let choice = tokenizers.choice(Some("claude-sonnet-4-5"));
    let estimate = choice.adjust(choice.count(&text), SW, characters);
    assert_eq!((estimate.tokenizer, estimate.exact), ("o200k_base", false));
    for absurd in [0, 1, characters * 100, u64::MAX] {
        assert_eq!(choice.believe(absurd, estimate, SW, characters), None, "{absurd}");
    }
    assert_eq!(tokenizers.learned(), (0, 0));
    let reported = characters / 2;
    for _ in 0..8 {
        let believed = choice.believe(reported, estimate, SW, characters).unwrap();
        assert_eq!(believed, Count { tokenizer: "reported", count: reported, exact: true });
    }
    assert_eq!(tokenizers.learned(), (1, 1));
    let learned = choice.adjust(choice.count(&text), SW, 2 * characters);
    assert_eq!(learned, Count { tokenizer: "learned", count: 2 * reported, exact: false });
    for (model, language) in [("claude-sonnet-4-5", Tag::UND), ("claude-opus-4", SW)] {
        let other = tokenizers.choice(Some(model));
        assert_eq!(other.adjust(other.count(&text), language, characters).tokenizer, "o200k_base");
    }
    // Nothing is learned about a model that can be counted, and its reports have to be near the count.
    let open = tokenizers.choice(Some("gpt-4o"));
    let counted = open.count(&text);
    assert!(open.believe(counted.count + 3, counted, SW, characters).is_some());
    assert_eq!(open.believe(counted.count * 3, counted, SW, characters), None);
    assert_eq!(tokenizers.learned(), (1, 1));
}

/// Scenario: a file and a built-in tokenizer are configured for models, one of which is known by name already.
/// Guarantees: the configuration decides; the file counts, exactly, and its name is told.
#[test]
fn configured() {
    let file = own_file();
    let tokenizers = tokenizers(vec![
        OwnTokenizer {
            name: "abc".into(),
            path: Some(file.path().into()),
            models: vec!["gpt-4o-abc".into(), "acme/*".into()],
        },
        OwnTokenizer { name: "cl100k_base".into(), path: None, models: vec!["my-deployment*".into()] },
    ]);
    for model in ["gpt-4o-abc", "acme/anything"] {
        let count = tokenizers.count(Some(model), "abc abd");
        assert_eq!(count, Count { tokenizer: "abc", count: 3, exact: true }, "{model}");
    }
    assert_eq!(tokenizers.count(Some("gpt-4o"), "abc").tokenizer, "o200k_base");
    assert_eq!(tokenizers.count(Some("My-Deployment7"), "abc").tokenizer, "cl100k_base");
    // What the file has no token for is still counted somehow, and a long text is cut.
    let long = tokenizers.count(Some("gpt-4o-abc"), &"abc ".repeat(100_000));
    assert_eq!((long.count, long.exact), (100_000, false));
    tokenizers.count(Some("gpt-4o-abc"), "\0😀漢\u{200d}");
}

/// Scenario: configured files that are missing, empty, no JSON, JSON of another kind, and a good one.
/// Guarantees: a check names the key and the file; without a check, its models are estimated.
#[test]
fn broken_files() {
    let of = |path: &std::path::Path| config::Tokens {
        tokenizer: vec![OwnTokenizer { name: "own".into(), path: Some(path.into()), models: vec!["m".into()] }],
        ..config::Tokens::default()
    };
    assert!(Tokenizers::check(&of(own_file().path())).is_ok());
    for content in ["", "{", "[]", "{\"a\": 1}", "{\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[\"a b\"]}}"] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        let error = Tokenizers::check(&of(file.path())).unwrap_err().to_string();
        let start = format!("tokens.tokenizer.0.path: {}: ", file.path().display());
        assert!(error.starts_with(&start), "{content}: {error}");
        let count = Tokenizers::new(&of(file.path())).count(Some("m"), "hello world");
        assert_eq!((count.tokenizer, count.exact), ("o200k_base", false));
    }
    let missing = of("/no/such/file".as_ref());
    assert!(Tokenizers::check(&missing).is_err());
    let error = Tokenizers::in_background(&missing).err().unwrap().to_string();
    assert!(error.starts_with("tokens.tokenizer.0.path: /no/such/file: "), "{error}");
}

/// Scenario: texts longer than the bound, of one character, of spaces, and of four-byte characters.
/// Guarantees: only the head is counted, between characters, and the result says that it is scaled up.
#[test]
fn long_texts_are_scaled() {
    let tokenizers = Tokenizers::new(&config::Tokens { max_count_bytes: 1000, ..config::Tokens::default() });
    let choice = tokenizers.choice(Some("gpt-4o"));
    for unit in ["a", " ", "😀", "word "] {
        let text = unit.repeat(100_000);
        let count = choice.count(&text);
        assert!(!count.exact);
        let head = choice.count(text::head(&text, 1000));
        assert!(head.exact);
        let expected = head.count as f64 * text.len() as f64 / text::floor(&text, 1000) as f64;
        assert!((count.count as f64 - expected).abs() <= 1.0);
    }
    assert_eq!(choice.count("").count, 0);
}

/// Scenario: a processor is asked for a tokenizer that is not loaded.
/// Guarantees: nobody waits: the count is an estimate until a thread has loaded it, and exact from then on.
#[test]
fn loads_in_the_background() {
    let tokenizers = Tokenizers::in_background(&config::Tokens::default()).unwrap();
    tokenizers.warm();
    let model = Some("llama3.1:8b");
    assert_eq!(tokenizers.count(model, "hello world"), Count { tokenizer: "o200k_base", count: 2, exact: false });
    let slot = Family::ALL.iter().position(|family| *family == Family::Llama3).unwrap();
    // Waits for the thread that was begun.
    assert!(tokenizers.slots[slot].load());
    assert_eq!(tokenizers.count(model, "hello world"), Count { tokenizer: "llama3", count: 2, exact: true });
}

/// Scenario: more names of models than are remembered, some of them endless.
/// Guarantees: the memory of names is bounded.
#[test]
fn many_names() {
    let tokenizers = tokenizers(Vec::new());
    for n in 0..2 * MAX_NAMES {
        tokenizers.model(&format!("{n}{}", "x".repeat(300)));
    }
    assert!(tokenizers.names.read().len() <= MAX_NAMES);
    assert!(tokenizers.names.read().keys().all(|name| name.len() <= 256));
}
