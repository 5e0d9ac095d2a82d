//! Results of evaluations from outside, as they lie on spans and log records.

use super::*;
use crate::annotate::ReportedResult;
use crate::convention::Kind;
use crate::convention::results::Score;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};

const EVENT: &str = "gen_ai.evaluation.result";

fn event(name: &str, label: &str) -> Event {
    let attributes = vec![text("gen_ai.evaluation.name", name), text("gen_ai.evaluation.score.label", label)];
    Event { name: EVENT.into(), attributes, ..Event::default() }
}

fn graded(trace: u8, id: u8, attributes: &[(&str, &str)]) -> Span {
    let mut span = span(trace, id, attributes);
    span.attributes.push(text("evaluations.0.evaluation.name", "relevance"));
    span.attributes.push(attribute("evaluations.0.evaluation.score", Value::DoubleValue(0.25)));
    span
}

fn of(spans: Vec<Span>) -> (Vec<ReportedResult>, Vec<(u8, Kind)>) {
    let annotated = annotate(spans);
    let kinds = annotated.facts.iter().map(|facts| (facts.trace_id[0], facts.kind)).collect();
    (annotated.reported.results, kinds)
}

/// Scenario: results on the span that they are about: an event on a model call, attributes on a search, attributes on a
/// span of a web server.
/// Guarantees: each names its span; the kind of an agent's span goes with it and stays what it is.
#[test]
fn on_the_span_itself() {
    let mut judged = call(1, 1, GERMAN, GERMAN_ANSWER);
    judged.events = vec![event("  Answer \u{202e}\n Relevancy ", "pass")];
    let search = graded(1, 2, &[("openinference.span.kind", "RETRIEVER"), ("input.value", GERMAN)]);
    let (results, kinds) = of(vec![judged, search, graded(1, 3, &[("http.route", "/chat")])]);
    assert_eq!(kinds, [(1, Kind::Llm), (1, Kind::Retriever)]);
    let found: Vec<_> = results.iter().map(|r| (&*r.name, r.span_id.map(|id| id[0]), r.kind)).collect();
    let expected = [
        ("Answer Relevancy", Some(1), Some(Kind::Llm)),
        ("relevance", Some(2), Some(Kind::Retriever)),
        ("relevance", Some(3), None),
    ];
    assert_eq!(found, expected);
    assert!(results.iter().all(|r| r.trace_id == Some([1; 16]) && !r.own));
    assert_eq!((results[0].label.as_deref(), results[1].score), (Some("pass"), Some(Score::Number(0.25))));
}

/// Scenario: a grader's span in a trace of its own, which links to the span that it judged; one that names its target
/// within the trace; a model call with a result that links to somewhere else for reasons of its own.
/// Guarantees: the linked trace and span are the target of a grader's result, and of nobody else's; a span that only
/// carries results is a grader's, so that it makes no turn.
#[test]
fn graders_with_spans_of_their_own() {
    let link = || vec![Link { trace_id: vec![8; 16], span_id: vec![7; 8], ..Link::default() }];
    let mut later = graded(2, 1, &[]);
    later.links = link();
    let mut said = graded(3, 1, &[("openinference.span.kind", "EVALUATOR"), ("input.value", GERMAN)]);
    said.links = link();
    let beside = span(
        1,
        4,
        &[
            ("gen_ai.evaluation.name", "tone"),
            ("gen_ai.evaluation.score.label", "good"),
            ("gen_ai.evaluation.target_span_id", "0101010101010101"),
        ],
    );
    let mut call = call(4, 1, GERMAN, GERMAN_ANSWER);
    call.attributes.push(text("evaluations.0.evaluation.name", "relevance"));
    call.links = link();
    let (results, kinds) = of(vec![later, said, beside, call]);
    assert_eq!(kinds, [(3, Kind::Evaluator), (1, Kind::Evaluator), (4, Kind::Llm)]);
    let targets: Vec<_> = results.iter().map(|r| (r.trace_id.map(|id| id[0]), r.span_id.map(|id| id[0]))).collect();
    assert_eq!(targets, [(Some(8), Some(7)), (Some(8), Some(7)), (Some(1), Some(1)), (Some(4), Some(1))]);
}

/// Scenario: the same result under both of OpenInference's names and as an event; others of the same name by another
/// judge, with another identifier, about the trace, about the session.
/// Guarantees: the same result has the same key, and only that.
#[test]
fn known_again() {
    let mut span = call(1, 1, GERMAN, GERMAN_ANSWER);
    span.attributes.extend([
        text("evaluations.0.evaluation.name", "tone"),
        text("annotations.0.annotation.name", "tone"),
        text("annotations.1.annotation.name", "tone"),
        text("annotations.1.annotation.annotator_kind", "HUMAN"),
        text("annotations.2.annotation.name", "tone"),
        text("annotations.2.annotation.identifier", "second"),
        text("trace.evaluations.0.evaluation.name", "tone"),
        text("session.evaluations.0.evaluation.name", "tone"),
        text("session.id", "s-1"),
    ]);
    span.events = vec![event("tone", "good")];
    let (results, _) = of(vec![span]);
    let keys: std::collections::BTreeSet<u64> = results.iter().map(|r| r.key).collect();
    assert_eq!((results.len(), keys.len()), (7, 5));
    assert_eq!(results.iter().filter(|r| r.session.is_some()).count(), 1);
    assert_eq!(results.iter().filter(|r| r.span_id.is_none()).count(), 2);
}

/// Scenario: log records of a span, of none, with an older SDK's name, and of our own scope; more than one request may
/// have.
/// Guarantees: each is read with the trace that it names; ours are known as ours; the surplus is counted.
#[test]
fn log_records() {
    let record = |trace: &[u8], name: &str| LogRecord {
        event_name: EVENT.into(),
        trace_id: trace.to_vec(),
        span_id: vec![5; 8],
        attributes: vec![text("gen_ai.evaluation.name", name)],
        ..LogRecord::default()
    };
    let read = |scope: &str, log_records: Vec<LogRecord>| {
        let scope = Some(InstrumentationScope { name: scope.into(), ..InstrumentationScope::default() });
        let scope_logs = vec![ScopeLogs { scope, log_records, ..ScopeLogs::default() }];
        let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
        let body = ExportLogsServiceRequest { resource_logs }.encode_to_vec();
        annotator(|_| {}).logs(&body).unwrap().reported
    };
    let found =
        read("grader", vec![record(&[1; 16], "tone"), record(&[], "tone"), record(&[1; 16], "isogloss.refusal")]);
    let lines: Vec<_> = found.results.iter().map(|r| (r.trace_id.is_some(), r.own)).collect();
    assert_eq!(lines, [(true, false), (false, false), (true, true)]);
    assert!(read("isogloss", vec![record(&[1; 16], "tone")]).results[0].own);
    assert!(!read("isogloss-like", vec![record(&[1; 16], "isoglossy")]).results[0].own);
    let many = read("grader", (0..10_003).map(|_| record(&[1; 16], "tone")).collect());
    assert_eq!((many.results.len(), many.skipped), (10_000, 3));
}

/// Scenario: reading is switched off.
/// Guarantees: no result is found, and a grader's span is left what it is.
#[test]
fn switched_off() {
    let body = request(vec![graded(1, 1, &[("openinference.span.kind", "CHAIN")])]);
    let annotated = annotator(|config| config.evaluate.reported.enabled = false).traces(body, &NoContext).unwrap();
    assert!(annotated.reported.results.is_empty());
    assert_eq!(annotated.facts[0].kind, Kind::Chain);
}
