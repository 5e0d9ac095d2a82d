//! What `docs/clients.md` says of each client, compared with what the client sent.
//!
//! The sample in this repository has a request of each set-up and of each note; the whole collection is used when it is
//! there (see `support/clients.rs`), and then the table has to be exact.

// The lints' leave for tests does not reach the helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use bytes::Bytes;
use clients::Expected;
use isogloss::annotate::{Annotator, SpanFacts};
use isogloss::config::Config;
use isogloss::convention::{Kind, Role};
use isogloss::refusal::{Detector, Outcome, Source};
use isogloss::tokens::Tokenizers;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[path = "support/clients.rs"]
mod clients;

/// What is true of one payload, or of all payloads of a client, in the words of the document.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Facts {
    /// How it came: transport and path.
    arrives: BTreeSet<String>,
    /// Roles of which a text was read right.
    read: BTreeSet<&'static str>,
    /// Roles of which the client was given a text, but none was read.
    lost: BTreeSet<&'static str>,
    /// Token counts of model calls.
    tokens: BTreeSet<&'static str>,
    /// How an answer came out that the provider marks as declined.
    declined: BTreeSet<&'static str>,
    /// Whether there is any text at all.
    texts: bool,
    /// Whether some text is the beginning of one that the client was given, cut off.
    beginnings: bool,
    /// Whether some answer counts as refused.
    refused: bool,
}

impl Facts {
    fn of(annotator: &Annotator, folder: &Path, payload: &Value) -> Facts {
        let mut facts = Facts::default();
        let mut sent = Vec::new();
        let mut spans: Vec<SpanFacts> = Vec::new();
        for file in payload["files"].as_array().into_iter().flatten() {
            facts.arrives.insert(arrival(file));
            let bytes = std::fs::read(folder.join(file["binpb"].as_str().unwrap())).unwrap();
            sent.extend_from_slice(&bytes);
            if file["signal"] == "trace" {
                spans.extend(annotator.traces(Bytes::from(bytes), &isogloss::annotate::NoContext).unwrap().facts);
            } else {
                spans.extend(annotator.logs(&bytes).unwrap().facts);
            }
        }
        let has_retriever = spans.iter().any(|span| span.kind == Kind::Retriever);
        let holds = |words: &str| clients::holds(&sent, words);
        let expected = Expected::of(payload, has_retriever, holds);
        let texts = || spans.iter().flat_map(|span| &span.texts);
        for (role, wanted, inside) in &expected.wanted {
            let read = texts().any(|text| {
                let (words, wanted) = (text.text.trim(), wanted.trim());
                text.role == *role && (words == wanted || *inside && words.contains(wanted))
            });
            if read {
                facts.read.insert(role.name());
            }
        }
        facts.texts = texts().next().is_some();
        facts.lost.extend(expected.given.iter().map(|given| given.role.name()));
        facts.lost.retain(|role| !facts.read.contains(role));
        facts.beginnings = texts().any(|text| {
            let words = text.text.trim();
            let cut = |given: &clients::Given| given.text.starts_with(words) && given.text.trim() != words;
            words.chars().count() >= 10 && expected.given.iter().any(cut)
        });
        for usage in spans.iter().filter(|span| span.kind == Kind::Llm).map(|span| span.usage) {
            let counts = [
                ("input", usage.input),
                ("output", usage.output),
                ("cached", usage.cached_input),
                ("reasoning", usage.reasoning_output),
            ];
            facts.tokens.extend(counts.iter().filter(|(_, count)| count.is_some()).map(|(name, _)| *name));
        }
        let signalled = spans
            .iter()
            .filter_map(|span| span.refusal)
            .any(|verdict| verdict.outcome == Outcome::Refused && verdict.source == Some(Source::Signal));
        facts.declined.extend(match (payload["kind"].as_str(), signalled) {
            (Some("native_refusal"), true) => Some("refusal seen"),
            (Some("native_refusal"), false) => Some("refusal lost"),
            (Some("content_filter"), true) => Some("filter seen"),
            (Some("content_filter"), false) => Some("filter lost"),
            _ => None,
        });
        facts.refused = spans.iter().filter_map(|span| span.refusal).any(|verdict| verdict.outcome == Outcome::Refused);
        facts
    }

    fn join(&mut self, other: Facts) {
        self.arrives.extend(other.arrives);
        self.read.extend(other.read);
        self.lost.extend(other.lost);
        self.tokens.extend(other.tokens);
        self.declined.extend(other.declined);
        self.texts |= other.texts;
        self.beginnings |= other.beginnings;
        self.refused |= other.refused;
    }

    /// The cells of the table, but for the first.
    fn cells(&self) -> [BTreeSet<String>; 4] {
        let words = |set: &BTreeSet<&'static str>| set.iter().map(|word| (*word).to_owned()).collect();
        let mut read: BTreeSet<String> = words(&self.read);
        if self.beginnings && read.is_empty() {
            read.insert("beginnings".to_owned());
        }
        [self.arrives.clone(), read, words(&self.tokens), words(&self.declined)]
    }

    /// Whether what a note says is so.
    fn shows(&self, word: &str) -> bool {
        let role = |name: &str| Role::ALL.iter().find(|role| role.name() == name).map(|role| role.name());
        match word {
            "no texts" => !self.texts,
            "beginnings" => self.beginnings,
            "tokens" => self.tokens.contains("input") && self.tokens.contains("output"),
            "refused" => self.refused,
            "not refused" => !self.refused,
            "logs" => self.arrives.iter().any(|way| way.contains("logs")),
            _ => match (word.strip_prefix("no ").and_then(role), role(word)) {
                (Some(lost), _) => self.lost.contains(lost),
                (None, Some(read)) => self.read.contains(read),
                (None, None) => panic!("a note says {word:?}, which is not known here"),
            },
        }
    }
}

fn arrival(file: &Value) -> String {
    let logs = if file["signal"] == "logs" { " (logs)" } else { "" };
    match file["transport"].as_str() {
        Some("grpc") => format!("gRPC{logs}"),
        _ => {
            let form = if file["content_type"] == "application/json" { "JSON" } else { "protobuf" };
            format!("{form} {}{logs}", file["path"].as_str().unwrap())
        }
    }
}

fn annotator() -> Annotator {
    // With a judge, so that whole texts are kept for it to read.
    let mut config = Config::default();
    config.judge.endpoint = "http://127.0.0.1:1/v1".into();
    let tokenizers = Tokenizers::new(&config.tokens);
    Annotator::new(&config, isogloss::language::detector(), tokenizers, Detector::new().unwrap())
}

/// The document's table: the cells by set-up, an empty one as no words.
fn table(document: &str) -> BTreeMap<String, [BTreeSet<String>; 4]> {
    let section = document.split("\n## What arrives\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let words = |at: usize| {
            let words = cells[at].split(',').map(|word| word.trim().trim_matches('`').to_owned());
            words.filter(|word| !matches!(word.as_str(), "none" | "not captured")).collect()
        };
        (cells[0].trim_matches('`').to_owned(), [words(1), words(2), words(3), words(4)])
    })
    .collect()
}

/// The document's notes: set-up, scenario, and what it shows.
fn notes(document: &str) -> Vec<(String, String, Vec<String>)> {
    let code = document.split('`').skip(1).step_by(2);
    code.filter_map(|note| {
        let (payload, words) = note.split_once(": ")?;
        let (client, scenario) = payload.split_once('/')?;
        let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
        let words = words.split(", ").map(str::to_owned).collect();
        (plain(client) && plain(scenario)).then(|| (client.to_owned(), scenario.to_owned(), words))
    })
    .collect()
}

fn rows(found: &BTreeMap<String, [BTreeSet<String>; 4]>) -> String {
    let cell = |words: &BTreeSet<String>| {
        if words.is_empty() { "none".to_owned() } else { words.iter().cloned().collect::<Vec<_>>().join(", ") }
    };
    let row = |(name, [arrives, read, tokens, declined]): (&String, &[BTreeSet<String>; 4])| {
        let declined = if declined.is_empty() { "not captured".to_owned() } else { cell(declined) };
        format!("| `{name}` | {} | {} | {} | {declined} |\n", cell(arrives), cell(read), cell(tokens))
    };
    found.iter().map(row).collect()
}

/// Compares the document with a folder of payloads; `whole` says whether it has all that the table speaks of.
fn check(folder: &Path, whole: bool) {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/clients.md");
    let document = std::fs::read_to_string(document).unwrap();
    let (said, notes) = (table(&document), notes(&document));
    let annotator = annotator();
    let mut all: BTreeMap<String, Facts> = BTreeMap::new();
    let mut single: BTreeMap<(String, String), Facts> = BTreeMap::new();
    for payload in &clients::payloads(folder) {
        let (client, scenario) = (payload["client"].as_str().unwrap(), payload["scenario"].as_str().unwrap());
        let facts = Facts::of(&annotator, folder, payload);
        all.entry(client.to_owned()).or_default().join(facts.clone());
        single.insert((client.to_owned(), scenario.to_owned()), facts);
    }
    let found: BTreeMap<_, _> = all.iter().map(|(name, facts)| (name.clone(), facts.cells())).collect();
    assert!(said.keys().eq(found.keys()), "the rows should be these:\n{}", rows(&found));
    if whole {
        assert!(said == found, "the rows should be these:\n{}", rows(&found));
    }
    for (client, cells) in &found {
        for (found, said) in cells.iter().zip(&said[client]) {
            let found: BTreeSet<_> = found.iter().filter(|word| *word != "beginnings").collect();
            assert!(found.iter().all(|word| said.contains(*word)), "{client}: {found:?}, but the table says {said:?}");
        }
    }
    assert!(notes.len() > 20, "{notes:?}");
    for (client, scenario, words) in notes {
        let facts = single.get(&(client.clone(), scenario.clone()));
        let facts = facts.unwrap_or_else(|| panic!("{client}/{scenario} is a note, but not among the payloads"));
        for word in words {
            assert!(facts.shows(&word), "{client}/{scenario} does not show \"{word}\": {facts:?}");
        }
    }
}

/// Scenario: the document beside the requests that this repository holds.
/// Guarantees: every set-up has a row and a request, nothing in a request contradicts its row, and every note is shown
/// by the request that it names.
#[test]
fn sample() {
    check(&clients::sample(), false);
}

/// Scenario: the document beside the whole collection of what real clients sent, where it is at hand.
/// Guarantees: each row says exactly what arrives.
#[test]
fn collection() {
    if let Some(folder) = clients::collection() {
        check(&folder, true);
    }
}
