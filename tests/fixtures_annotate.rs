//! Requests captured from released instrumentations go through the whole annotate path, and what comes out is decoded
//! by a second implementation and compared with what the clients sent and were given.
// The lints' leave for tests does not reach the helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use bytes::Bytes;
use clients::{ASSERTED, Expected};
use isogloss::annotate::{Annotator, NoContext, names};
use isogloss::config::Config;
use isogloss::convention::Role;
use isogloss::language::Tag;
use isogloss::refusal::Detector;
use isogloss::tokens::Tokenizers;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value as Any};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::Value;
use std::path::Path;

#[path = "support/clients.rs"]
mod clients;

/// Usage as the asserted clients report it.
const USAGE: &[&str] = &[
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.prompt",
    "llm.token_count.completion",
];

/// Where the asserted clients name the model.
const MODEL: &[&str] = &["gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "llm.request.model"];

fn annotator() -> Annotator {
    let config = Config::default();
    let refusals = Detector::new().unwrap();
    Annotator::new(&config, isogloss::language::detector(), Tokenizers::new(&config.tokens), refusals)
}

fn spans(request: &mut ExportTraceServiceRequest) -> impl Iterator<Item = &mut Span> {
    request.resource_spans.iter_mut().flat_map(|of| &mut of.scope_spans).flat_map(|of| &mut of.spans)
}

/// An attribute of a span as text; a number in digits.
fn get(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Any::StringValue(text) => Some(text.clone()),
        Any::IntValue(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}

/// A span before and after.
struct Pair {
    sent: Span,
    added: Vec<KeyValue>,
}

impl Pair {
    fn added(&self, key: &str) -> Option<String> {
        get(&self.added, key)
    }

    /// What the client itself says that the span does, where it does.
    fn kind_as_sent(&self) -> Option<String> {
        let named = ["openinference.span.kind", "gen_ai.span.kind", "fi.span.kind"];
        if let Some(kind) = named.iter().find_map(|key| get(&self.sent.attributes, key)) {
            // LangChain's parsers and prompts are steps.
            return Some(if kind == "UNKNOWN" { "CHAIN".to_owned() } else { kind });
        }
        match get(&self.sent.attributes, "gen_ai.operation.name")?.as_str() {
            "chat" | "text_completion" => Some("LLM".to_owned()),
            "embeddings" => Some("EMBEDDING".to_owned()),
            "execute_tool" => Some("TOOL".to_owned()),
            "invoke_agent" => Some("AGENT".to_owned()),
            _ => None,
        }
    }
}

/// Annotates, twice, and takes apart: what was sent must all be there, in its place and unchanged.
fn annotate(annotator: &Annotator, name: &str, request: &[u8]) -> Vec<Pair> {
    let once = annotator.traces(Bytes::copy_from_slice(request), &NoContext).unwrap();
    assert_eq!((once.unreadable, once.texts_skipped), (0, 0), "{name}");
    let twice = annotator.traces(once.body.clone(), &NoContext).unwrap();
    assert_eq!(once.body, twice.body, "{name}: annotating twice");

    let sent = ExportTraceServiceRequest::decode(request).unwrap();
    let mut annotated = ExportTraceServiceRequest::decode(once.body.clone()).unwrap();
    let mut before = sent.clone();
    let known = names::all();
    let pairs: Vec<Pair> = spans(&mut before)
        .zip(spans(&mut annotated))
        .map(|(sent, annotated)| {
            let added = annotated.attributes.split_off(sent.attributes.len());
            for attribute in &added {
                assert!(known.contains(&attribute.key.as_str()), "{name}: {}", attribute.key);
                let same = |other: &&KeyValue| other.key == attribute.key;
                assert_eq!(sent.attributes.iter().chain(&added).filter(same).count(), 1, "{name}: {}", attribute.key);
            }
            Pair { sent: sent.clone(), added }
        })
        .collect();
    // All that was added is cut off again: the rest is what the client sent.
    assert_eq!(annotated, sent, "{name}");
    pairs
}

/// What was found for one role on one span.
struct Checker<'a> {
    name: String,
    expected: &'a Expected,
}

impl Checker<'_> {
    fn sends(&self, role: Role) -> bool {
        self.expected.wanted.iter().any(|(of, _, _)| *of == role)
    }

    /// Whether the span as it was sent holds the beginning of what the user said.
    fn holds_question(&self, span: &Span) -> bool {
        let questions = self.expected.given.iter().filter(|given| given.role == Role::Input);
        // Quotes and line ends are escaped in various ways.
        let plain = |c: char| c != '"' && c != '\n';
        questions
            .map(|given| given.text.chars().take_while(|c| plain(*c)).take(20).collect::<String>())
            .any(|head| !head.is_empty() && clients::holds(&span.encode_to_vec(), &head))
    }

    /// The language must be that of a text that the client was given for the role.
    fn language(&self, role: Role, found: &str) {
        let found = Tag::parse(found).unwrap();
        let right = self.expected.given.iter().filter(|given| given.role == role).any(|given| {
            // Nothing longer than the text itself is at hand here.
            self.expected.language(given, &given.text, found) != clients::Told::Wrong
        });
        assert!(right, "{}: {} told {found}", self.name, role.name());
    }

    /// The annotations of one agent span.
    fn span(&self, pair: &Pair) {
        let name = &self.name;
        let kind = pair.added(names::SPAN_KIND).unwrap();
        if let Some(wanted) = pair.kind_as_sent() {
            assert_eq!(kind, wanted, "{name}: {}", pair.sent.name);
        }
        for role in [Role::Input, Role::Output] {
            if let Some(language) = pair.added(names::role(role).language) {
                self.language(role, &language);
                assert!(pair.added(names::role(role).confidence).is_some(), "{name}");
                assert!(pair.added(names::role(role).tokens).unwrap().parse::<u64>().unwrap() > 0, "{name}");
                assert!(pair.added(names::role(role).characters).unwrap().parse::<u64>().unwrap() > 0, "{name}");
                assert!(pair.added(names::DETECTOR_VERSION).is_some(), "{name}");
            }
        }
        if kind == "LLM" {
            self.llm(pair);
        }
    }

    fn llm(&self, pair: &Pair) {
        let name = &self.name;
        let input = pair.added(names::role(Role::Input).language);
        assert_eq!(input.is_some(), self.holds_question(&pair.sent), "{name}: input of {}", pair.sent.name);
        // Haystack's usage lies beside the reply.
        let reply = get(&pair.sent.attributes, "haystack.component.output").unwrap_or_default();
        let reports = USAGE.iter().any(|key| get(&pair.sent.attributes, key).is_some()) || reply.contains("\"usage\"");
        let has_text = Role::ALL.iter().any(|role| pair.added(names::role(*role).language).is_some());
        let source = pair.added(names::TOKENS_SOURCE);
        if reports {
            assert_eq!(source.as_deref(), Some("reported"), "{name}");
            assert!(USAGE.iter().all(|key| pair.added(key).is_none()), "{name}: reported usage was filled in");
        } else if has_text {
            // All of them call OpenAI's models; where no attribute names the model its tokenizer is a guess.
            let named = MODEL.iter().any(|key| get(&pair.sent.attributes, key).is_some());
            assert_eq!(source.as_deref(), Some(if named { "counted" } else { "estimated" }), "{name}");
            for key in names::INPUT_TOKENS.iter().chain(&names::OUTPUT_TOKENS) {
                assert!(pair.added(key).is_some(), "{name}: {key} was not filled in");
            }
        } else {
            assert_eq!(source, None, "{name}");
        }
    }
}

fn check(annotator: &Annotator, folder: &Path, payload: &Value) {
    let name = format!("{}/{}", payload["client"].as_str().unwrap(), payload["scenario"].as_str().unwrap());
    let (mut pairs, mut logs) = (Vec::new(), Vec::new());
    for file in payload["files"].as_array().into_iter().flatten() {
        let bytes = std::fs::read(folder.join(file["binpb"].as_str().unwrap())).unwrap();
        if file["signal"] == "trace" {
            pairs.extend(annotate(annotator, &name, &bytes));
        } else {
            let read = annotator.logs(&bytes).unwrap();
            let records = ExportLogsServiceRequest::decode(bytes.as_slice()).unwrap();
            let count = records.resource_logs.iter().flat_map(|of| &of.scope_logs).map(|of| of.log_records.len());
            assert_eq!((read.records, read.unreadable), (count.sum::<usize>() as u64, 0), "{name}");
            logs.extend(read.facts);
        }
    }
    if !ASSERTED.iter().any(|client| payload["client"] == *client) {
        return;
    }
    let is = |pair: &Pair, kind: &str| pair.added(names::SPAN_KIND).as_deref() == Some(kind);
    let expected = Expected::of(payload, pairs.iter().any(|pair| is(pair, "RETRIEVER")), |_| true);
    let checker = Checker { name, expected: &expected };
    let calls = pairs.iter().filter(|pair| is(pair, "LLM")).count() as u64;
    assert_eq!(calls, payload["expected"]["llm_calls"].as_u64().unwrap_or(0), "{}", checker.name);
    for pair in &pairs {
        checker.span(pair);
    }
    let texts = logs.iter().flat_map(|facts| &facts.texts);
    for text in texts.clone() {
        checker.language(text.role, text.language.language.as_str());
    }
    // The answer is on some span or record: tool loops have calls without one.
    let answered = pairs.iter().any(|pair| is(pair, "LLM") && pair.added("isogloss.output.language").is_some())
        || texts.clone().any(|text| text.role == Role::Output);
    assert_eq!(answered, checker.sends(Role::Output), "{}: output", checker.name);
    let asked = pairs.iter().any(|pair| pair.added("isogloss.input.language").is_some())
        || texts.clone().any(|text| text.role == Role::Input);
    assert_eq!(asked, checker.sends(Role::Input), "{}: input", checker.name);
}

fn check_all(folder: &Path) {
    let annotator = annotator();
    let payloads = clients::payloads(folder);
    assert!(!payloads.is_empty());
    for payload in &payloads {
        check(&annotator, folder, payload);
    }
}

/// Scenario: one or two requests of each client that this repository holds are annotated, and the result once more.
/// Guarantees: kind, the languages of question and answer and where the tokens come from are on the spans and right;
/// what the client sent is all there, unchanged; the second time changes no byte.
#[test]
fn sample() {
    check_all(&clients::sample());
}

/// Scenario: the whole collection of what real clients sent, where it is at hand.
/// Guarantees: nothing that any client sent is changed, and twice is as once; the annotations of the asserted clients
/// are as in the sample.
#[test]
fn collection() {
    if let Some(folder) = clients::collection() {
        check_all(&folder);
    }
}
