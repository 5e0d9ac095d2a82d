//! What is left as it came.

use super::*;
use crate::annotate::names;
use crate::convention::Role;
use crate::otlp::view::{Span as View, resource_spans};
use crate::otlp::wire::put_bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};

/// Scenario: the client sends attributes of ours, one of them with a value of another type.
/// Guarantees: they stand, none is there twice, and what is missing is added.
#[test]
fn ours_sent_by_the_client() {
    let mut span = call(1, 1, GERMAN, ENGLISH);
    let sent = [
        text(names::role(Role::Input).language, "gsw"),
        text(names::COHORT_LANGUAGE, "gsw"),
        int(names::LANGUAGE_MATCH, 1),
        text(names::SPAN_KIND, "mine"),
        text(names::TOKENS_SOURCE, "mine"),
        text(names::REFUSAL_VERDICT, "mine"),
        int(names::role(Role::Output).tokens, -1),
    ];
    span.attributes.extend(sent.iter().cloned());
    let spans = decode(&annotate(vec![span.clone()]));
    assert_eq!(spans[0].attributes[..span.attributes.len()], span.attributes);
    for attribute in &sent {
        assert_eq!(get(&spans[0], &attribute.key), attribute.value.as_ref().unwrap().value.as_ref());
    }
    assert!(get(&spans[0], names::role(Role::Input).confidence).is_some());
    assert_eq!(get_text(&spans[0], names::role(Role::Output).language), Some("en"));
}

/// Scenario: everything is annotated again, with a memory of texts, with none, and with the result as input.
/// Guarantees: the same bytes each time; annotated bytes are passed on as they are.
#[test]
fn again() {
    let spans = || {
        let mut stopped = call(3, 1, GERMAN, "");
        stopped.attributes.push(attribute("gen_ai.response.finish_reasons", strings(&["content_filter"])));
        let refused = call(4, 1, ENGLISH, "I'm sorry, but I can't help with that.");
        vec![call(1, 1, GERMAN, ENGLISH), retriever(&[ENGLISH, GERMAN]), call(2, 2, FRENCH, FRENCH), stopped, refused]
    };
    let (with, without) = (annotator(|_| {}), annotator(|config| config.annotate.cache_entries = 0));
    let of = |annotator: &Annotator, body: Bytes| annotator.traces(body, &NoContext).unwrap().body;
    let first = of(&with, request(spans()));
    assert!(first.len() > request(spans()).len());
    assert_eq!(first, of(&with, request(spans())));
    assert_eq!(first, of(&without, request(spans())));
    let again = of(&with, first.clone());
    assert_eq!(again, first);
    assert_eq!(again.as_ptr(), first.as_ptr(), "nothing to add, so nothing to copy");
}

/// Scenario: spans are not to be written, and a request has no agent's spans.
/// Guarantees: the very bytes that came go on, not a copy; what was learned is there all the same.
#[test]
fn same_bytes() {
    let body = request(vec![call(1, 1, GERMAN, ENGLISH)]);
    let annotated = annotator(|config| config.annotate.spans = false).traces(body.clone(), &NoContext).unwrap();
    assert_eq!((annotated.body.as_ptr(), annotated.body.len()), (body.as_ptr(), body.len()));
    assert_eq!(annotated.facts[0].longest(Role::Input).unwrap().language.language.as_str(), "de");

    let body = request(vec![span(9, 1, &[("http.route", "/")]), span(8, 2, &[("db.system", "redis")])]);
    let annotated = annotator(|_| {}).traces(body.clone(), &NoContext).unwrap();
    assert_eq!(annotated.body.as_ptr(), body.as_ptr());
    assert!(annotated.facts.is_empty());
    assert_eq!(annotated.plain_roots, [[9; 16]]);
}

/// A request of spans that are already encoded.
fn request_of(spans: &[Vec<u8>]) -> Bytes {
    let [mut scope, mut resource, mut request] = [(); 3].map(|()| Vec::new());
    spans.iter().for_each(|span| put_bytes(&mut scope, 2, span));
    put_bytes(&mut resource, 2, &scope);
    put_bytes(&mut request, 1, &resource);
    request.into()
}

/// Scenario: between two model calls lies a span that cannot be read, one with ids of the wrong length, and a plain one.
/// Guarantees: the three go on byte for byte in their places, two are counted, and the calls are annotated.
#[test]
fn unreadable_spans() {
    let mut foreign = call(1, 2, FRENCH, FRENCH);
    foreign.trace_id.truncate(5);
    let broken = vec![0x0a, 0x05, 0x00];
    let spans = [
        call(1, 1, GERMAN, ENGLISH).encode_to_vec(),
        broken,
        foreign.encode_to_vec(),
        span(1, 4, &[("http.route", "/")]).encode_to_vec(),
        call(2, 1, FRENCH, FRENCH).encode_to_vec(),
    ];
    let annotated = annotator(|_| {}).traces(request_of(&spans), &NoContext).unwrap();
    assert_eq!((annotated.spans, annotated.unreadable, annotated.facts.len()), (5, 2, 2));
    let mut after = Vec::new();
    for resource in resource_spans(&annotated.body) {
        for scope in resource.unwrap().scope_spans() {
            after.extend(scope.unwrap().spans().map(|span| span.unwrap().to_vec()));
        }
    }
    assert_eq!(after[1..4], spans[1..4]);
    for at in [0, 4] {
        let span = View::read(&after[at]).unwrap();
        assert!(span.attributes.contains(names::SPAN_KIND));
        assert!(after[at].len() > spans[at].len());
    }
}

/// Scenario: the request itself ends in the middle of a length.
/// Guarantees: it is an error, of traces and of logs.
#[test]
fn broken_request() {
    let body = request(vec![call(1, 1, GERMAN, ENGLISH)]);
    let cut = body.slice(..body.len() - 3);
    assert!(annotator(|_| {}).traces(cut.clone(), &NoContext).is_err());
    assert!(annotator(|_| {}).logs(&cut).is_err());
}

/// Scenario: log records of a model call, of another program, without a span, and one whose bytes are broken.
/// Guarantees: the first becomes facts of its span, marked as from a log; the broken one is counted, and so are texts
/// over the bound.
#[test]
fn log_records() {
    let body = AnyValue { value: Some(Value::StringValue(GERMAN.into())) };
    let record = |name: &str, span_id: Vec<u8>| LogRecord {
        event_name: name.into(),
        body: Some(body.clone()),
        trace_id: vec![1; 16],
        span_id,
        observed_time_unix_nano: 77,
        ..LogRecord::default()
    };
    let mut records = vec![
        record("gen_ai.user.message", vec![2; 8]),
        record("gen_ai.user.message", Vec::new()),
        record("http.request", vec![2; 8]),
    ];
    let request = |log_records| {
        let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
        ExportLogsServiceRequest { resource_logs: vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }] }
    };
    let read = annotator(|_| {}).logs(&request(std::mem::take(&mut records)).encode_to_vec()).unwrap();
    assert_eq!((read.records, read.unreadable, read.facts.len()), (3, 0, 1));
    let facts = &read.facts[0];
    assert!(facts.from_log);
    assert_eq!((facts.trace_id, facts.span_id, facts.start_unix_nano), ([1; 16], [2; 8], 77));
    assert_eq!(facts.longest(Role::Input).unwrap().language.language.as_str(), "de");
    assert_eq!(read.texts_skipped, 0);
    let none = annotator(|config| config.annotate.max_texts_per_role = 0);
    let request = request(vec![record("gen_ai.user.message", vec![2; 8])]);
    assert_eq!(none.logs(&request.encode_to_vec()).unwrap().texts_skipped, 1);
    let broken = annotator(|_| {}).logs(&request_of(&[vec![0x0a, 0x05, 0x00]])).unwrap();
    assert_eq!((broken.records, broken.unreadable, broken.facts.len()), (1, 1, 0));
}
