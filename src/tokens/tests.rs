//! Counts against other implementations, and windows against merging in one go.

use super::family::Family;
use super::merge;
use super::vocabulary::{NONE, Vocabulary};
use super::{Tokenizer as _, Uncut, built_in};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Scenario: texts in several languages, and such as tokenizers treat in their own ways, counted by Hugging Face's
/// tokenizers and by tiktoken with the files that the vendors publish; see golden.py.
/// Guarantees: the tokenizers of Llama 3, Qwen, DeepSeek and Mistral count as the vendors' do.
#[test]
fn counts_as_the_vendors_do() {
    let golden = include_str!("golden.jsonl");
    assert!(golden.lines().count() > 100);
    for family in [Family::Llama3, Family::Qwen, Family::DeepSeek, Family::Tekken] {
        let tokenizer = built_in(family.name()).unwrap();
        for line in golden.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let wanted = Uncut { tokens: row[family.name()].as_u64().unwrap(), certain: true };
            assert_eq!(tokenizer.count(row["text"].as_str().unwrap()), wanted, "{} {line}", family.name());
        }
    }
}

/// Scenario: texts in several languages, counted by npm `gpt-tokenizer`, among them what looks like special tokens.
/// Guarantees: both vocabularies of OpenAI count alike.
#[test]
fn counts_as_another_implementation_does() {
    let (o200k, cl100k) = (built_in("o200k_base").unwrap(), built_in("cl100k_base").unwrap());
    let golden = include_str!("golden.tsv");
    assert!(golden.lines().count() > 15);
    for line in golden.lines() {
        let mut columns = line.splitn(3, '\t');
        let mut next = || columns.next().unwrap();
        let (a, b, text) = (next().parse().unwrap(), next().parse().unwrap(), next());
        assert_eq!(o200k.count(text), Uncut { tokens: a, certain: true }, "{text}");
        assert_eq!(cl100k.count(text), Uncut { tokens: b, certain: true }, "{text}");
    }
}

/// Scenario: the names of the built-in tokenizers in the configuration.
/// Guarantees: they are those that there are, in the same order.
#[test]
fn names_of_the_configuration() {
    assert_eq!(crate::config::BUILT_IN_TOKENIZERS, Family::ALL.map(Family::name));
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Family::Cl100k.vocabulary());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Scenario: long pieces: of few characters, which repeat, and of many.
    /// Guarantees: window by window there are as many tokens as in one go, and that is certain.
    #[test]
    fn windows(piece in prop_oneof!["[ab]{100,600}", "(a|aa|b){1,9}[a]{200,900}", "[a-z]{100,500}", "[กขคา]{40,300}", "(\0|\u{1}){100,400}", " {100,700}"]) {
        let piece = piece.as_bytes();
        let wanted = if VOCABULARY.rank(piece) != NONE { 1 } else {
            let mut ends = Vec::new();
            merge::whole(&VOCABULARY, piece, &mut ends);
            ends.len()
        };
        prop_assert_eq!(merge::count(&VOCABULARY, piece), (wanted, true));
    }
}
