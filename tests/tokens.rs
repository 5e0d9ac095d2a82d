//! Token counts against a second implementation, `bpe-openai`, which has the vocabularies of OpenAI; and the verb that
//! shows them.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use isogloss::config::BUILT_IN_TOKENIZERS;
use isogloss::convention::{read_log, read_span};
use isogloss::otlp::view::{LogRecord, Span, resource_logs, resource_spans};
use isogloss::tokens::{Tokenizer as _, built_in};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

#[path = "support/clients.rs"]
mod clients;
#[path = "support/worst.rs"]
mod worst;

/// Counts texts with both implementations and compares.
fn compare(texts: &[(String, String)]) {
    for (name, second) in [("o200k_base", bpe_openai::o200k_base()), ("cl100k_base", bpe_openai::cl100k_base())] {
        let ours = built_in(name).unwrap();
        for (what, text) in texts {
            let counted = ours.count(text);
            assert!(counted.certain, "{name} {what}");
            assert_eq!(counted.tokens as usize, second.count(text), "{name} {what}");
        }
    }
}

/// Scenario: the texts that are worst for tokenizers, and those beside the source that were counted by others.
/// Guarantees: both implementations count alike, with certainty.
#[test]
fn worst_cases() {
    let mut texts: Vec<(String, String)> =
        worst::cases(60_000).into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    for line in include_str!("../src/tokens/golden.jsonl").lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        texts.push((line.to_owned(), row["text"].as_str().unwrap().to_owned()));
    }
    compare(&texts);
}

/// Scenario: every text of the requests that real clients sent, of the small sample or of the whole collection, and of
/// the other fixtures where they are at hand.
/// Guarantees: both implementations count alike.
#[test]
fn fixtures() {
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients");
    let folder = clients::collection().unwrap_or(small);
    let mut texts = BTreeSet::new();
    for payload in clients::payloads(&folder) {
        for file in payload["files"].as_array().into_iter().flatten() {
            let bytes = std::fs::read(folder.join(file["binpb"].as_str().unwrap())).unwrap();
            if file["signal"] == "trace" { spans(&bytes, &mut texts) } else { logs(&bytes, &mut texts) }
        }
    }
    assert!(texts.len() > 20, "{}", texts.len());
    for file in ["lid/dev.tsv", "refusal/dev.jsonl", "translation/golden.jsonl"] {
        if let Some(all) = folder.parent().and_then(|all| std::fs::read_to_string(all.join(file)).ok()) {
            texts.extend(all.lines().map(str::to_owned));
        }
    }
    println!("{} texts", texts.len());
    compare(&texts.into_iter().map(|text| (text.clone(), text)).collect::<Vec<_>>());
}

fn spans(request: &[u8], texts: &mut BTreeSet<String>) {
    let mut span = Span::default();
    for resource in resource_spans(request).map_while(Result::ok) {
        for scoped in resource.scope_spans().map_while(Result::ok) {
            for message in scoped.spans().map_while(Result::ok) {
                if span.read_into(message).is_err() {
                    continue;
                }
                if let Some(agent) = read_span(scoped.scope().unwrap_or_default(), &span) {
                    texts.extend(agent.texts.iter().map(|text| text.text.to_string()));
                }
            }
        }
    }
}

fn logs(request: &[u8], texts: &mut BTreeSet<String>) {
    for resource in resource_logs(request).map_while(Result::ok) {
        for scoped in resource.scope_logs().map_while(Result::ok) {
            for record in scoped.records().map_while(Result::ok).filter_map(|message| LogRecord::read(message).ok()) {
                if let Some(agent) = read_log(&record) {
                    texts.extend(agent.texts.iter().map(|text| text.text.to_string()));
                }
            }
        }
    }
}

/// Scenario: the worst cases, a megabyte and more of each.
/// Guarantees: every built-in tokenizer is certain about all of them.
#[test]
fn certain_about_a_megabyte() {
    let cases = worst::cases(1_000_000);
    for name in BUILT_IN_TOKENIZERS {
        let tokenizer = built_in(name).unwrap();
        // A few suffice here: the compiler's help is missing in tests, and the others are of the same kinds.
        for (case, text) in
            cases.iter().filter(|(case, _)| ["a", "an odd rhythm", "spaces", "NUL", "hex"].contains(case))
        {
            assert!(tokenizer.count(text).certain, "{name} {case}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Scenario: random texts of all of Unicode, and of a few characters that tokenizers treat in their own ways.
    /// Guarantees: both implementations count alike.
    #[test]
    fn random(text in prop_oneof![".{0,200}", "[aAbÉß'sStllrevſ \n\r\t0-9/!.\u{301}\u{200d}漢字กข😀-]{0,200}", "(ab|  |\n|é){0,300}"]) {
        thread_local! {
            static OURS: [Box<dyn isogloss::tokens::Tokenizer>; 2] =
                ["o200k_base", "cl100k_base"].map(|name| Box::new(built_in(name).unwrap()) as _);
        }
        let counted = OURS.with(|ours| ours.each_ref().map(|ours| ours.count(&text).tokens as usize));
        prop_assert_eq!(counted, [bpe_openai::o200k_base().count(&text), bpe_openai::cl100k_base().count(&text)]);
    }
}
