//! What reading and rewriting a trace request costs, beside copying it and beside decoding and encoding it.
//!
//! The load: 512 spans of an LLM client, 4.5 KB each, thirteen attributes, two of them texts in several languages.

#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use isogloss::otlp::Signal;
use isogloss::otlp::check::validate;
use isogloss::otlp::json::{to_json, to_protobuf};
use isogloss::otlp::splice::{Edits, splice};
use isogloss::otlp::view::{Span, resource_spans};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1 as trace;
use prost::Message;

const SPANS: usize = 512;

/// Sentences to fill texts with: ASCII, two-byte and three-byte scripts.
const SENTENCES: [&str; 6] = [
    "How do I change the delivery address of an order that has already been paid for? ",
    "Bugün hava çok güzel, öğleden sonra sahilde uzun bir yürüyüş yapmayı düşünüyorum. ",
    "Скажите, пожалуйста, когда отправляется последний поезд и сколько стоит билет. ",
    "मुझे अपने खाते का पासवर्ड बदलना है, कृपया चरण बताइए। ",
    "注文した商品がまだ届いていないので、配送状況を教えていただけますか。",
    "Ningependa kujua kama duka lenu linafunguliwa siku ya Jumapili asubuhi. ",
];

fn text(seed: usize, bytes: usize) -> String {
    let mut out = String::new();
    while out.len() < bytes {
        out.push_str(SENTENCES[(seed + out.len() % 3) % SENTENCES.len()]);
    }
    out
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn llm_span(number: usize) -> trace::Span {
    let string = |s: &str| Value::StringValue(s.to_owned());
    trace::Span {
        trace_id: (number as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes().to_vec(),
        span_id: (number as u64 + 1).to_be_bytes().to_vec(),
        parent_span_id: 7u64.to_be_bytes().to_vec(),
        name: "chat gpt-4o-mini".to_owned(),
        kind: 3,
        start_time_unix_nano: 1_790_000_000_000_000_000,
        end_time_unix_nano: 1_790_000_001_000_000_000,
        attributes: vec![
            attribute("gen_ai.operation.name", string("chat")),
            attribute("gen_ai.provider.name", string("openai")),
            attribute("gen_ai.request.model", string("gpt-4o-mini")),
            attribute("gen_ai.response.model", string("gpt-4o-mini-2024-07-18")),
            attribute("gen_ai.request.temperature", Value::DoubleValue(0.2)),
            attribute("gen_ai.request.max_tokens", Value::IntValue(512)),
            attribute("gen_ai.input.messages", Value::StringValue(text(number, 2400))),
            attribute("gen_ai.output.messages", Value::StringValue(text(number + 1, 1500))),
            attribute("gen_ai.usage.input_tokens", Value::IntValue(731)),
            attribute("gen_ai.usage.output_tokens", Value::IntValue(204)),
            attribute("gen_ai.response.id", string("chatcmpl-Aa1Bb2Cc3Dd4Ee5Ff6")),
            attribute("gen_ai.conversation.id", string("conversation-4711")),
            attribute("server.address", string("api.openai.com")),
        ],
        status: Some(trace::Status { message: String::new(), code: 1 }),
        flags: 257,
        ..trace::Span::default()
    }
}

fn request() -> Vec<u8> {
    let scope = InstrumentationScope { name: "bench".to_owned(), ..InstrumentationScope::default() };
    let spans = (0..SPANS).map(llm_span).collect();
    ExportTraceServiceRequest {
        resource_spans: vec![trace::ResourceSpans {
            resource: Some(Resource {
                attributes: vec![attribute("service.name", Value::StringValue("bench".to_owned()))],
                ..Resource::default()
            }),
            scope_spans: vec![trace::ScopeSpans { scope: Some(scope), spans, schema_url: String::new() }],
            schema_url: String::new(),
        }],
    }
    .encode_to_vec()
}

/// Runs `visit` on the bytes of every span.
fn each_span<'a>(request: &'a [u8], mut visit: impl FnMut(usize, &'a [u8])) {
    let mut ordinal = 0;
    for resource in resource_spans(request).flatten() {
        for scope in resource.scope_spans().flatten() {
            for span in scope.spans().flatten() {
                visit(ordinal, span);
                ordinal += 1;
            }
        }
    }
}

/// The six attributes that a typical span gets, 195 bytes.
fn annotate(edits: &mut Edits, ordinal: usize) {
    edits
        .begin(ordinal)
        .attribute_str("isogloss.span.kind", "LLM")
        .attribute_str("isogloss.input.language", "sw")
        .attribute_double("isogloss.input.language_confidence", 0.97)
        .attribute_int("isogloss.input.tokens", 731)
        .attribute_str("isogloss.output.language", "en")
        .attribute_bool("isogloss.language_match", false);
}

fn benches(criterion: &mut Criterion) {
    let request = request();
    let json = to_json(Signal::Traces, &request).expect("a request");
    let mut group = criterion.benchmark_group("wire/512 spans");
    group.throughput(Throughput::Bytes(request.len() as u64));

    group.bench_function("memcpy", |b| b.iter(|| black_box(request.as_slice()).to_vec()));
    group.bench_function("validate", |b| b.iter(|| validate(Signal::Traces, black_box(&request))));

    let mut span = Span::default();
    group.bench_function("Span::read", |b| {
        b.iter(|| {
            each_span(black_box(&request), |_, bytes| {
                let _ = black_box(span.read_into(bytes));
            });
        });
    });
    group.bench_function("Span::read, six keys looked up", |b| {
        let keys = ["gen_ai.operation.name", "gen_ai.request.model", "gen_ai.usage.input_tokens"];
        b.iter(|| {
            each_span(black_box(&request), |_, bytes| {
                let _ = span.read_into(bytes);
                for key in keys.iter().chain(&["llm.model_name", "input.value", "traceloop.span.kind"]) {
                    black_box(span.attributes.contains(key));
                }
            });
        });
    });
    group.bench_function("Span::read, UTF-8 of the texts", |b| {
        b.iter(|| {
            each_span(black_box(&request), |_, bytes| {
                let _ = span.read_into(bytes);
                black_box(span.attributes.str("gen_ai.input.messages"));
                black_box(span.attributes.str("gen_ai.output.messages"));
            });
        });
    });

    let mut edits = Edits::new();
    group.bench_function("six edits a span", |b| {
        b.iter(|| {
            edits.clear();
            (0..SPANS).for_each(|ordinal| annotate(&mut edits, ordinal));
            black_box(&edits).len()
        });
    });
    group.bench_function("splice", |b| b.iter(|| splice(black_box(&request), &edits)));
    group.bench_function("read, UTF-8, six edits and splice", |b| {
        b.iter(|| {
            edits.clear();
            each_span(black_box(&request), |ordinal, bytes| {
                let _ = span.read_into(bytes);
                black_box(span.attributes.str("gen_ai.input.messages"));
                black_box(span.attributes.str("gen_ai.output.messages"));
                annotate(&mut edits, ordinal);
            });
            splice(&request, &edits)
        });
    });
    group.bench_function("prost decode, push and encode", |b| {
        let string = |s: &str| Value::StringValue(s.to_owned());
        b.iter(|| {
            let mut decoded = ExportTraceServiceRequest::decode(black_box(request.as_slice())).expect("a request");
            let scopes = decoded.resource_spans.iter_mut().flat_map(|resource| &mut resource.scope_spans);
            for span in scopes.flat_map(|scope| &mut scope.spans) {
                span.attributes.extend([
                    attribute("isogloss.span.kind", string("LLM")),
                    attribute("isogloss.input.language", string("sw")),
                    attribute("isogloss.input.language_confidence", Value::DoubleValue(0.97)),
                    attribute("isogloss.input.tokens", Value::IntValue(731)),
                    attribute("isogloss.output.language", string("en")),
                    attribute("isogloss.language_match", Value::BoolValue(false)),
                ]);
            }
            decoded.encode_to_vec()
        });
    });

    group.bench_function("JSON to protobuf", |b| b.iter(|| to_protobuf(Signal::Traces, black_box(json.as_bytes()))));
    group.bench_function("protobuf to JSON", |b| b.iter(|| to_json(Signal::Traces, black_box(&request))));
    group.finish();
}

criterion_group!(wire, benches);
criterion_main!(wire);
