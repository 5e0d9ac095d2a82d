//! Requests made with the generated types of a second implementation, annotated and decoded again.

mod cohort;
mod reported;
mod untouched;
mod usage;

use super::{Annotated, Annotator, Context, NoContext, Question, Said};
use crate::config::Config;
use crate::language::{LanguageDetector, NgramDetector, Posterior};
use crate::refusal::Detector;
use crate::tokens::Tokenizers;
use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use std::sync::Arc;

const GERMAN: &str = "Bitte sagen Sie mir, wie ich die Lieferadresse meiner Bestellung noch ändern kann.";
const GERMAN_ANSWER: &str = "Sie können die Adresse in Ihrem Konto ändern, solange das Paket nicht verschickt wurde.";
const FRENCH: &str = "Pouvez-vous me dire comment modifier l'adresse de livraison de ma commande ?";
const ENGLISH: &str = "You can change the address in your account as long as the parcel has not been sent.";

fn annotator(change: impl FnOnce(&mut Config)) -> Annotator {
    let mut config = Config::default();
    change(&mut config);
    Annotator::new(&config, crate::language::detector(), Tokenizers::new(&config.tokens), Detector::new().unwrap())
}

/// A span of the trace `trace`, a root when `id` is 1.
fn span(trace: u8, id: u8, attributes: &[(&str, &str)]) -> Span {
    Span {
        trace_id: vec![trace; 16],
        span_id: vec![id; 8],
        parent_span_id: if id == 1 { Vec::new() } else { vec![1; 8] },
        name: "a span".into(),
        attributes: attributes.iter().map(|(key, value)| text(key, value)).collect(),
        ..Span::default()
    }
}

/// A model call in OpenInference's attributes.
fn call(trace: u8, id: u8, question: &str, answer: &str) -> Span {
    let mut messages = vec![
        ("openinference.span.kind", "LLM"),
        ("llm.model_name", "gpt-4o-mini"),
        ("llm.input_messages.0.message.role", "user"),
        ("llm.input_messages.0.message.content", question),
    ];
    if !answer.is_empty() {
        messages.push(("llm.output_messages.0.message.role", "assistant"));
        messages.push(("llm.output_messages.0.message.content", answer));
    }
    span(trace, id, &messages)
}

fn retriever(documents: &[&str]) -> Span {
    let mut span = span(1, 2, &[("openinference.span.kind", "RETRIEVER")]);
    for (at, document) in documents.iter().enumerate() {
        span.attributes.push(text(&format!("retrieval.documents.{at}.document.content"), document));
    }
    span
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

fn int(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn request(spans: Vec<Span>) -> Bytes {
    let scope = ScopeSpans { spans, ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec().into()
}

fn annotate(spans: Vec<Span>) -> Annotated {
    annotator(|_| {}).traces(request(spans), &NoContext).unwrap()
}

/// Knows the question of one trace, and what every session spoke.
struct Remembered {
    trace: [u8; 16],
    question: &'static str,
    session: Option<Posterior>,
}

impl Context for Remembered {
    fn question(&self, trace_id: &[u8; 16]) -> Option<Question> {
        let verdict = Arc::new(NgramDetector::built_in().detect(self.question));
        (*trace_id == self.trace).then(|| Question::new(self.question, &verdict))
    }

    fn session(&self, _service: &str, _session: &str) -> Option<Posterior> {
        self.session
    }

    fn said(&self, _trace_id: &[u8; 16], _span_id: &[u8; 8]) -> Option<Said> {
        None
    }
}

/// The spans of what goes on.
fn decode(annotated: &Annotated) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(annotated.body.clone()).unwrap();
    request.resource_spans.into_iter().flat_map(|of| of.scope_spans).flat_map(|of| of.spans).collect()
}

/// The attribute, which must be there at most once.
fn get<'a>(span: &'a Span, key: &str) -> Option<&'a Value> {
    let mut found = span.attributes.iter().filter(|attribute| attribute.key == key);
    let first = found.next()?;
    assert!(found.next().is_none(), "{key} twice");
    first.value.as_ref()?.value.as_ref()
}

fn get_text<'a>(span: &'a Span, key: &str) -> Option<&'a str> {
    match get(span, key)? {
        Value::StringValue(text) => Some(text),
        other => panic!("{key} is {other:?}"),
    }
}

fn get_int(span: &Span, key: &str) -> Option<i64> {
    match get(span, key)? {
        Value::IntValue(number) => Some(*number),
        other => panic!("{key} is {other:?}"),
    }
}

fn strings(values: &[&str]) -> Value {
    let values = values.iter().map(|text| AnyValue { value: Some(Value::StringValue((*text).to_owned())) }).collect();
    Value::ArrayValue(ArrayValue { values })
}
