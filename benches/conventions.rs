//! What reading a span's conventions costs, beside what it could not do without: walking over the attribute keys and
//! checking the texts' UTF-8.
//!
//! The load: LLM spans of thirteen attributes and 4.5 KB, 3.9 KB of it texts in several scripts, as OpenTelemetry's JSON
//! string, the same with escapes, and as OpenInference's numbered keys; and spans that are no agent's.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to say")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use isogloss::convention::{marks::Marks, read_span};
use isogloss::otlp::view::{Scope, Span};
use isogloss::otlp::wire::{put_bytes, put_uint};
use std::hint::black_box;
use std::time::Instant;

const SPANS: usize = 256;

/// Passes over all spans of which the fastest count for the ratios.
const PASSES: usize = 500;

/// Sentences to fill texts with: ASCII, two-byte and three-byte scripts.
const SENTENCES: [&str; 5] = [
    "How do I change the delivery address of an order that has already been paid for? ",
    "Bugün hava çok güzel, öğleden sonra sahilde uzun bir yürüyüş yapmayı düşünüyorum. ",
    "Скажите, пожалуйста, когда отправляется последний поезд и сколько стоит билет. ",
    "मुझे अपने खाते का पासवर्ड बदलना है, कृपया चरण बताइए। ",
    "注文した商品がまだ届いていないので、配送状況を教えていただけますか。",
];

fn text(seed: usize, bytes: usize) -> String {
    let mut out = String::new();
    while out.len() < bytes {
        out.push_str(SENTENCES[(seed + out.len() % 3) % SENTENCES.len()]);
    }
    out
}

enum Value {
    Text(String),
    Int(u64),
}

fn attribute(key: &str, value: &Value) -> Vec<u8> {
    let mut any = Vec::new();
    match value {
        Value::Text(text) => put_bytes(&mut any, 1, text.as_bytes()),
        Value::Int(int) => put_uint(&mut any, 3, *int),
    }
    let mut out = Vec::new();
    put_bytes(&mut out, 1, key.as_bytes());
    put_bytes(&mut out, 2, &any);
    out
}

fn span(attributes: &[(&str, Value)]) -> Vec<u8> {
    let mut out = Vec::new();
    put_bytes(&mut out, 1, &[7; 16]);
    put_bytes(&mut out, 2, &[8; 8]);
    put_bytes(&mut out, 4, &[9; 8]);
    put_bytes(&mut out, 5, b"chat gpt-4o-mini");
    attributes.iter().for_each(|(key, value)| put_bytes(&mut out, 9, &attribute(key, value)));
    out
}

fn some(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What an LLM span has beside its texts.
fn call(texts: Vec<(&str, Value)>) -> Vec<(&str, Value)> {
    let mut all = vec![
        ("gen_ai.operation.name", some("chat")),
        ("gen_ai.request.model", some("gpt-4o-mini")),
        ("gen_ai.response.model", some("gpt-4o-mini-2024-07-18")),
        ("gen_ai.request.max_tokens", Value::Int(512)),
        ("gen_ai.usage.input_tokens", Value::Int(731)),
        ("gen_ai.usage.output_tokens", Value::Int(204)),
        ("gen_ai.conversation.id", some("conversation-4711")),
        ("server.address", some("api.openai.com")),
        ("gen_ai.response.id", some("chatcmpl-Aa1Bb2Cc3Dd4Ee5Ff6")),
    ];
    all.truncate(13 - texts.len());
    all.extend(texts);
    all
}

/// As OpenTelemetry's conventions put it: instructions, messages and answer as JSON strings.
fn json_messages(number: usize, escaped: bool) -> Vec<u8> {
    let json = |value: serde_json::Value| {
        let text = value.to_string();
        if !escaped {
            return Value::Text(text);
        }
        let mut units = [0; 2];
        let escape = |c: char| match c.is_ascii() {
            true => c.to_string(),
            false => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        };
        Value::Text(text.chars().map(escape).collect())
    };
    let input = serde_json::json!([{"role": "user", "parts": [{"type": "text", "content": text(number, 2000)}]}]);
    let said = serde_json::json!([{"type": "text", "content": text(number + 1, 1500)}]);
    let output = serde_json::json!([{"role": "assistant", "parts": said, "finish_reason": "stop"}]);
    span(&call(vec![
        ("gen_ai.system_instructions", json(serde_json::json!([{"type": "text", "content": text(number + 2, 400)}]))),
        ("gen_ai.input.messages", json(input)),
        ("gen_ai.output.messages", json(output)),
        ("gen_ai.response.finish_reasons", some("stop")),
    ]))
}

/// As OpenInference puts it: a key for each role and text.
fn numbered_messages(number: usize) -> Vec<u8> {
    span(&call(vec![
        ("openinference.span.kind", some("LLM")),
        ("llm.input_messages.0.message.role", some("system")),
        ("llm.input_messages.0.message.content", Value::Text(text(number + 2, 400))),
        ("llm.input_messages.1.message.role", some("user")),
        ("llm.input_messages.1.message.content", Value::Text(text(number, 2000))),
        ("llm.output_messages.0.message.role", some("assistant")),
        ("llm.output_messages.0.message.content", Value::Text(text(number + 1, 1500))),
        ("llm.finish_reason", some("stop")),
    ]))
}

fn plain(_: usize) -> Vec<u8> {
    span(&[
        ("http.request.method", some("GET")),
        ("http.route", some("/api/v1/orders/{id}")),
        ("http.response.status_code", Value::Int(200)),
        ("server.address", some("shop.example")),
        ("server.port", Value::Int(443)),
        ("url.scheme", some("https")),
        ("user_agent.original", some("curl/8.5.0")),
        ("network.protocol.version", some("1.1")),
    ])
}

fn benches(criterion: &mut Criterion) {
    type Make = fn(usize) -> Vec<u8>;
    let loads: [(&str, Make); 4] = [
        ("JSON messages", |number| json_messages(number, false)),
        ("escaped JSON messages", |number| json_messages(number, true)),
        ("numbered messages", numbered_messages),
        ("no agent", plain),
    ];
    for (name, make) in loads {
        let messages: Vec<Vec<u8>> = (0..SPANS).map(make).collect();
        let mut group = criterion.benchmark_group(format!("conventions/{SPANS} spans, {name}"));
        group.throughput(Throughput::Elements(SPANS as u64));
        group.bench_function("walk the keys", |b| b.iter(|| walk(&messages)));
        group.bench_function("walk the keys, check the texts", |b| b.iter(|| check(&messages)));
        group.bench_function("read", |b| b.iter(|| read(&messages)));
        group.finish();
        let (walked, checked, read) = low_times(&messages);
        eprintln!(
            "{name}: walk {walked:.0} ns, walk and check {checked:.0} ns, read {read:.0} ns a span; \
             read is {:.2} times walk and check, {:.2} times walk\n",
            read / checked,
            read / walked
        );
    }
}

fn walk(messages: &[Vec<u8>]) {
    let mut view = Span::default();
    for message in messages {
        view.read_into(black_box(message)).unwrap();
        black_box(Marks::of(&view.attributes));
    }
}

fn check(messages: &[Vec<u8>]) {
    let mut view = Span::default();
    for message in messages {
        view.read_into(black_box(message)).unwrap();
        black_box(Marks::of(&view.attributes));
        for attribute in view.attributes.iter().filter(|attribute| is_text(attribute.key)) {
            black_box(attribute.str());
        }
    }
}

fn read(messages: &[Vec<u8>]) {
    let mut view = Span::default();
    for message in messages {
        view.read_into(black_box(message)).unwrap();
        black_box(read_span(Scope::default(), &view));
    }
}

/// The time a span of each of the three, in nanoseconds: taken in turns, a short pass each, and the tenth part of the
/// passes that was fastest, so that what else the machine does cancels out of the ratios.
fn low_times(messages: &[Vec<u8>]) -> (f64, f64, f64) {
    let time = |work: fn(&[Vec<u8>])| {
        let start = Instant::now();
        work(messages);
        start.elapsed().as_nanos() as f64 / SPANS as f64
    };
    let mut passes: [Vec<f64>; 3] = Default::default();
    for _ in 0..PASSES {
        for (times, work) in passes.iter_mut().zip([walk, check, read]) {
            times.push(time(work));
        }
    }
    let [walked, checked, read] = passes.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[PASSES / 10]
    });
    (walked, checked, read)
}

fn is_text(key: &[u8]) -> bool {
    key.ends_with(b".messages") || key.ends_with(b".content") || key == b"gen_ai.system_instructions"
}

criterion_group!(conventions, benches);
criterion_main!(conventions);
