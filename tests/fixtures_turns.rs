//! Requests captured from released instrumentations become turns: annotated, joined by the trace book, compared with
//! what the clients were given.
// The lints' leave for tests does not reach the helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use bytes::Bytes;
use clients::{ASSERTED, Expected};
use isogloss::annotate::{Annotator, NoContext};
use isogloss::config::Config;
use isogloss::convention::{Role, Usage};
use isogloss::refusal::{Detector, Kind, Outcome};
use isogloss::tokens::Tokenizers;
use isogloss::turn::{Observed, TraceBook, Turn};
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

#[path = "support/clients.rs"]
mod clients;

/// The turns of a payload, in the order in which their traces came; its files are read forwards or backwards.
fn turns(annotator: &Annotator, folder: &Path, payload: &Value, backwards: bool) -> Vec<Turn> {
    let mut facts = Vec::new();
    for file in payload["files"].as_array().into_iter().flatten() {
        let bytes = std::fs::read(folder.join(file["binpb"].as_str().unwrap())).unwrap();
        if file["signal"] == "trace" {
            facts.extend(annotator.traces(Bytes::from(bytes), &NoContext).unwrap().facts);
        } else {
            facts.extend(annotator.logs(&bytes).unwrap().facts);
        }
    }
    if backwards {
        facts.reverse();
    }
    let (book, now) = (TraceBook::new(&Config::default().turn), Instant::now());
    let mut completed = Vec::new();
    for facts in facts {
        assert_eq!(book.observe(facts, now, &mut completed), Observed::Joined);
    }
    assert!(completed.is_empty());
    book.flush()
}

fn check(annotator: &Annotator, folder: &Path, payload: &Value, backwards: bool) {
    let name = format!("{}/{}", payload["client"].as_str().unwrap(), payload["scenario"].as_str().unwrap());
    let turns = turns(annotator, folder, payload, backwards);
    let expected = Expected::of(payload, false, |_| true);
    let wanted = |role| expected.wanted.iter().find(|(of, _, _)| *of == role).map(|(_, text, _)| text.trim());
    let said: Vec<_> = turns.iter().filter(|turn| turn.has_llm).collect();
    for turn in &said {
        // Some clients make a trace of each call: each has the same question.
        let input = turn.input.as_ref().map(|text| text.text.trim());
        assert_eq!(input, wanted(Role::Input), "{name}: question");
        if let Some(output) = &turn.output {
            assert_eq!(Some(output.text.trim()), wanted(Role::Output), "{name}: answer");
        } else {
            assert!(turn.ends_in_tool_call || wanted(Role::Output).is_none(), "{name}: no answer");
        }
        for (role, text) in [(Role::Input, &turn.input), (Role::Output, &turn.output)] {
            let Some(text) = text else { continue };
            let given = expected.told(role, text.text.trim()).unwrap();
            let language = text.language.language;
            let told = expected.language(given, &text.text, language);
            assert_ne!(told, clients::Told::Wrong, "{name}: {} is {language}", role.name());
        }
    }
    let answered = said.iter().filter(|turn| turn.output.is_some()).count();
    assert_eq!(answered, usize::from(wanted(Role::Output).is_some()), "{name}: answers");
    let calls = payload["expected"]["llm_calls"].as_u64().unwrap_or(0);
    assert_eq!(said.is_empty(), calls == 0, "{name}: turns");
}

/// Tokens of every model call once, whatever nests, sums up or copies: of every client.
fn check_usage(annotator: &Annotator, folder: &Path, payload: &Value) {
    let name = format!("{}/{}", payload["client"].as_str().unwrap(), payload["scenario"].as_str().unwrap());
    for backwards in [false, true] {
        let turns = turns(annotator, folder, payload, backwards);
        let sum =
            |field: fn(&Usage) -> Option<u64>| turns.iter().filter_map(|turn| field(&turn.usage)).reduce(|a, b| a + b);
        let usage = Usage {
            input: sum(|usage| usage.input),
            output: sum(|usage| usage.output),
            total: sum(|usage| usage.total),
            cached_input: sum(|usage| usage.cached_input),
            reasoning_output: sum(|usage| usage.reasoning_output),
        };
        assert_eq!(clients::usage_faults(payload, &usage), Vec::<String>::new(), "{name}");
        // Where a client names the conversation, the turn knows it.
        let named = format!("sess-{}", payload["scenario"].as_str().unwrap());
        if sent(folder, payload, &named) {
            assert!(turns.iter().all(|turn| turn.session.as_deref() == Some(named.as_str())), "{name}: session");
        }
    }
}

/// The verdict on the answer of every client: refused where the provider says so; where the client lost that, undetermined
/// and silent, if the question was sent and so shows that content is not switched off. Any other turn is never silent.
fn check_refusal(annotator: &Annotator, folder: &Path, payload: &Value) {
    let name = format!("{}/{}", payload["client"].as_str().unwrap(), payload["scenario"].as_str().unwrap());
    let asked = payload["expected"]["roles"]["user"]["in_payload"] != "absent";
    for backwards in [false, true] {
        let verdicts: Vec<_> = turns(annotator, folder, payload, backwards)
            .into_iter()
            .filter_map(|turn| turn.refusal.map(|verdict| (verdict.outcome, verdict.kind)))
            .collect();
        if !clients::declines(payload) {
            assert!(verdicts.iter().all(|(_, kind)| *kind != Some(Kind::Silent)), "{name}: {verdicts:?}");
        } else if clients::signals_refusal(payload) {
            assert!(matches!(verdicts[..], [(Outcome::Refused, _)]), "{name}: {verdicts:?}");
        } else if asked {
            assert_eq!(verdicts, [(Outcome::Undetermined, Some(Kind::Silent))], "{name}");
        } else {
            assert_eq!(verdicts, [], "{name}");
        }
    }
}

/// Whether the words are anywhere in the payload's trace requests.
fn sent(folder: &Path, payload: &Value, words: &str) -> bool {
    payload["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|file| file["signal"] == "trace")
        .any(|file| clients::holds(&std::fs::read(folder.join(file["binpb"].as_str().unwrap())).unwrap(), words))
}

fn check_all(folder: &Path) {
    // With a judge, so that whole texts are kept for it to read.
    let mut config = Config::default();
    config.judge.endpoint = "http://127.0.0.1:1/v1".into();
    let tokenizers = Tokenizers::new(&config.tokens);
    let annotator = Annotator::new(&config, isogloss::language::detector(), tokenizers, Detector::new().unwrap());
    let mut checked = 0;
    for payload in &clients::payloads(folder) {
        check_usage(&annotator, folder, payload);
        check_refusal(&annotator, folder, payload);
        if ASSERTED.iter().any(|client| payload["client"] == *client) {
            check(&annotator, folder, payload, false);
            check(&annotator, folder, payload, true);
            checked += 1;
        }
    }
    assert!(checked > 0);
}

/// Scenario: one or two requests of each client that this repository holds, their spans and log records in the order
/// in which they were sent and backwards.
/// Guarantees: the turn's question and answer are what the client was given, in no other language; each model call's
/// tokens count once, and the session is known where the client names it; a refusal is refused, or silent where the
/// client lost it.
#[test]
fn sample() {
    check_all(&clients::sample());
}

/// Scenario: the whole collection of what real clients sent, where it is at hand.
/// Guarantees: as the sample; questions and answers over every scenario of the asserted clients, tokens, sessions and
/// refusals over every scenario of every client.
#[test]
fn collection() {
    if let Some(folder) = clients::collection() {
        check_all(&folder);
    }
}
