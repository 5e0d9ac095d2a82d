//! Tokens: reported, counted, filled in.

use super::*;
use crate::annotate::names;
use crate::config;
use crate::convention::Role;

const KEYS: [&str; 5] = [
    "gen_ai.usage.input_tokens",
    "llm.token_count.prompt",
    "gen_ai.usage.output_tokens",
    "llm.token_count.completion",
    "llm.token_count.total",
];

fn usage(span: &Span) -> [Option<i64>; 5] {
    KEYS.map(|key| get_int(span, key))
}

fn count(text: &str) -> i64 {
    let tokenizers = Tokenizers::new(&config::Tokens::default());
    i64::try_from(tokenizers.count(Some("gpt-4o-mini"), text).count).unwrap()
}

/// Scenario: model calls without usage, by a model with a public tokenizer and by one without, and an agent's run.
/// Guarantees: usage is filled in under all names on the calls only, and how it was found out is said.
#[test]
fn filled_in() {
    let mut other = call(2, 1, GERMAN, ENGLISH);
    other.attributes[1] = text("llm.model_name", "claude-opus-4");
    let agent =
        span(3, 1, &[("openinference.span.kind", "AGENT"), ("input.value", GERMAN), ("output.value", GERMAN_ANSWER)]);
    let spans = decode(&annotate(vec![call(1, 1, GERMAN, ENGLISH), other, agent]));
    let output = count(ENGLISH);
    // A closed model's tokenizer is taken to need more for German than the one that stands in.
    for (at, input) in [(0, count(GERMAN)), (1, (count(GERMAN) * 119 + 50) / 100)] {
        assert_eq!(usage(&spans[at]), [input, input, output, output, input + output].map(Some));
        assert_eq!(get_text(&spans[at], names::TOKENS_TOKENIZER), Some("o200k_base"));
        assert_eq!(get_int(&spans[at], names::role(Role::Input).tokens), Some(input));
    }
    assert_eq!(get_text(&spans[0], names::TOKENS_SOURCE), Some("counted"));
    assert_eq!(get_text(&spans[1], names::TOKENS_SOURCE), Some("estimated"));
    assert_eq!(usage(&spans[2]), [None; 5]);
    assert_eq!(get(&spans[2], names::TOKENS_SOURCE), None);
    assert_eq!(get_text(&spans[2], names::role(Role::Input).language), Some("de"));
}

/// Scenario: calls that report usage, wholly and in part, in either family of names.
/// Guarantees: it stands as it was sent, nothing is counted beside it, and the source is the client.
#[test]
fn reported() {
    for sent in [
        &[("gen_ai.usage.input_tokens", 7), ("gen_ai.usage.output_tokens", 3)][..],
        &[("llm.token_count.prompt", 7), ("llm.token_count.completion", 3), ("llm.token_count.total", 10)],
        &[("gen_ai.usage.input_tokens", 7)],
        &[("llm.token_count.completion", 3)],
    ] {
        let mut span = call(1, 1, GERMAN, ENGLISH);
        span.attributes.extend(sent.iter().map(|(key, value)| int(key, *value)));
        let spans = decode(&annotate(vec![span]));
        let wanted = KEYS.map(|key| sent.iter().find(|(sent, _)| *sent == key).map(|(_, value)| *value));
        assert_eq!(usage(&spans[0]), wanted);
        assert_eq!(get_text(&spans[0], names::TOKENS_SOURCE), Some("reported"));
    }
}

/// Scenario: usage that is no number stands under one of the names.
/// Guarantees: it is not overwritten, though the other names are filled in.
#[test]
fn not_overwritten() {
    let mut span = call(1, 1, GERMAN, ENGLISH);
    span.attributes.push(text("gen_ai.usage.input_tokens", "unknown"));
    let spans = decode(&annotate(vec![span]));
    assert_eq!(get_text(&spans[0], "gen_ai.usage.input_tokens"), Some("unknown"));
    assert_eq!(get_int(&spans[0], "llm.token_count.prompt"), Some(count(GERMAN)));
    assert_eq!(get_text(&spans[0], names::TOKENS_SOURCE), Some("counted"));
}
