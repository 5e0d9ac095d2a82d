//! Spans that nobody means well with: anything may be in them, and any amount of it.

use super::testing::{Any, attribute, read, span};
use super::{read_log, read_span};
use crate::otlp::view::{LogRecord, Scope, Span};
use crate::otlp::wire::put_bytes;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Keys of every convention, of which some are prefixes of others.
const KEYS: &[&str] = &[
    "openinference.span.kind",
    "gen_ai.span.kind",
    "fi.span.kind",
    "gen_ai.operation.name",
    "langfuse.observation.type",
    "mlflow.spanType",
    "ai.operationId",
    "input.value",
    "output.value",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.prompts",
    "gen_ai.prompt",
    "gen_ai.completion",
    "pydantic_ai.all_messages",
    "final_result",
    "tool_arguments",
    "tool_response",
    "gen_ai.tool.name",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.retrieval.documents",
    "gen_ai.retrieval.query.text",
    "gen_ai.response.finish_reasons",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.input_tokens.cache_read",
    "llm.token_count.prompt",
    "llm.model_name",
    "retrieval.documents.0.document.content",
    "embedding.embeddings.1.embedding.text",
    "session.id",
    "llm.input_messages.0.message.role",
    "llm.input_messages.0.message.content",
    "llm.input_messages.1.message.contents.0.message_content.text",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
    "gen_ai.output.messages.4294967296.message.content",
    "gen_ai.input.messages.4294967295.message.content",
    "gen_ai.completion.0.refusal",
    "haystack.component.type",
    "haystack.component.input",
    "haystack.component.output",
    "haystack.pipeline.input_data",
    "haystack.pipeline.output_data",
    "haystack.agent.step.tool.input",
    "content",
    "message",
];

/// Strings that some reader has a path for.
const WORDS: &[&str] = &[
    "LLM",
    "TOOL",
    "CHAIN",
    "AGENT",
    "RETRIEVER",
    "EMBEDDING",
    "chat",
    "user",
    "system",
    "assistant",
    "tool",
    "text",
    "role",
    "content",
    "parts",
    "type",
    "kwargs",
    "data",
    "id",
    "HumanMessage",
    "choices",
    "generations",
    "message",
    "raw",
    "response",
    "output",
    "refusal",
    "tool_calls",
    "function",
    "arguments",
    "tool_call",
    "tool_call_response",
    "messages",
    "input",
    "args",
    "content='x\\u09",
    "page_content=\"",
    "__REDACTED__",
    "data:image/png;base64,AA",
    "@@@langfuseMedia:",
    "Context:\nx\nQuestion: ¿y?\n",
    "{\"input\": \"é",
    "\"\\\"x\\\"\"",
    "[{\"role\":\"user\"",
    "content_filter",
    "12",
    "OpenAIChatGenerator",
    "ToolInvoker",
    "replies",
    "meta",
    "usage",
    "last_message",
    "query",
    "नमस्ते",
];

fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => ".{0,40}",
        3 => (json(), any::<prop::sample::Index>(), any::<bool>()).prop_map(|(value, cut, whole)| {
            let text = value.to_string();
            let end = cut.index(text.len() + 1);
            if whole { text } else { text.chars().take(end).collect() }
        }),
    ]
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        proptest::sample::select(WORDS).prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::vec((proptest::sample::select(WORDS), inner), 0..6).prop_map(|members| {
                serde_json::Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            }),
        ]
    })
}

fn any_value() -> impl Strategy<Value = Any> {
    let leaf = prop_oneof![
        6 => string().prop_map(Any::Str),
        1 => Just(Any::Empty),
        1 => any::<bool>().prop_map(Any::Bool),
        1 => any::<i64>().prop_map(Any::Int),
        1 => any::<f64>().prop_map(Any::Double),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(Any::Bytes),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Any::List),
            prop::collection::vec((proptest::sample::select(WORDS).prop_map(str::to_owned), inner), 0..5)
                .prop_map(Any::Map),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Vec<(String, Any)>> {
    let key = prop_oneof![
        9 => proptest::sample::select(KEYS).prop_map(str::to_owned),
        1 => "[a-z_.0-9]{0,30}",
    ];
    prop::collection::vec((key, any_value()), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    /// Scenario: attributes drawn from the vocabulary of every convention, with values of every type, JSON cut
    /// anywhere, on spans, span events and log records.
    /// Guarantees: reading never panics, and every text that comes out has something in it.
    #[test]
    fn anything_is_read(attributes in attributes(), more in attributes(), event in 0usize..7, child: bool, body in any_value()) {
        const EVENTS: [&str; 7] = [
            "gen_ai.client.inference.operation.details", "gen_ai.user.message", "gen_ai.system.message",
            "gen_ai.tool.message", "gen_ai.assistant.message", "gen_ai.choice", "gen_ai.content.prompt",
        ];
        let mut message = span(&attributes, child);
        let mut inner = Vec::new();
        put_bytes(&mut inner, 2, EVENTS[event].as_bytes());
        more.iter().for_each(|(key, value)| put_bytes(&mut inner, 3, &attribute(key, value)));
        put_bytes(&mut message, 11, &inner);
        for scope in ["", "traceai_openai", "pydantic-ai"] {
            if let Some(span) = read(scope, &message) {
                prop_assert!(span.texts.iter().all(|text| !text.text.trim().is_empty()));
                prop_assert!(span.texts.iter().all(|text| text.text.trim() != "__REDACTED__"));
            }
        }

        let mut record = Vec::new();
        put_bytes(&mut record, 12, EVENTS[event].as_bytes());
        put_bytes(&mut record, 5, &body.encode());
        more.iter().for_each(|(key, value)| put_bytes(&mut record, 6, &attribute(key, value)));
        if let Some(span) = read_log(&LogRecord::read(&record).unwrap()) {
            prop_assert!(span.texts.iter().all(|text| !text.text.trim().is_empty()));
            prop_assert!(span.usage.is_empty());
        }
    }
}

fn best(message: &[u8]) -> Duration {
    let span = Span::read(message).unwrap();
    (0..3)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(read_span(Scope::default(), &span));
            start.elapsed()
        })
        .min()
        .unwrap()
}

/// Four times as much takes four times as long, give or take; quadratic work would take sixteen times. Other work on
/// the machine may disturb a measurement, not all of them.
fn assert_linear(what: &str, build: impl Fn(usize) -> Vec<(String, Any)>, small: usize) {
    let (one, four) = (span(&build(small), false), span(&build(small * 4), false));
    let mut ratios = Vec::new();
    for _ in 0..6 {
        let ratio = best(&four).as_secs_f64() / best(&one).as_secs_f64().max(1e-9);
        if ratio < 9.0 {
            return;
        }
        ratios.push(ratio);
    }
    panic!("{what}: four times the size took {ratios:?} times as long");
}

fn of(key: &str, value: String) -> Vec<(String, Any)> {
    vec![("gen_ai.span.kind".to_owned(), "LLM".into()), (key.to_owned(), Any::Str(value))]
}

/// Scenario: 10,000 and more messages over numbered keys, in order and shuffled; as many parts and calls of one.
/// Guarantees: the time grows with their number, not with its square.
#[test]
fn many_indexed_messages() {
    for stride in [1usize, 7919] {
        assert_linear(
            "indexed messages",
            |n| {
                let mut all = of("llm.model_name", "m".to_owned());
                for at in 0..n {
                    let at = at * stride % n;
                    all.push((format!("llm.input_messages.{at}.message.role"), "user".into()));
                    all.push((format!("llm.input_messages.{at}.message.content"), "hola".into()));
                }
                all
            },
            10_000,
        );
    }
    for key in ["contents.N.message_content.text", "tool_calls.N.tool_call.function.arguments"] {
        assert_linear(
            key,
            |n| {
                let keys = (0..n).map(|at| key.replace('N', &(at * 7919 % n).to_string()));
                let mut all = of("llm.model_name", "m".to_owned());
                all.extend(keys.map(|key| (format!("llm.output_messages.0.message.{key}"), "hola".into())));
                all
            },
            10_000,
        );
    }
}

/// Scenario: a megabyte of JSON under each key that is read, nested as deep as it goes or as wide, quoted in itself,
/// with unclosed ends.
/// Guarantees: the time grows with its size, not with its square.
#[test]
fn large_documents() {
    type Shape = (&'static str, fn(usize) -> String);
    let shapes: [Shape; 9] = [
        ("deep arrays", |n| "[".repeat(n)),
        ("deep objects", |n| "{\"input\":".repeat(n / 9)),
        ("wide", |n| format!("[{}]", "[[[[\"a\"]]]],".repeat(n / 12).trim_end_matches(','))),
        ("messages", |n| format!("[{}]", vec![r#"{"role":"user","content":"hola"}"#; n / 33].join(","))),
        ("parts", |n| {
            format!(r#"[{{"role":"user","content":[{}]}}]"#, vec![r#"{"type":"text","text":"x"}"#; n / 27].join(","))
        }),
        ("members", |n| {
            let members: Vec<String> = (0..n / 12).map(|at| format!("\"k{at}\":\"v\"")).collect();
            format!("{{{}}}", members.join(","))
        }),
        ("escapes", |n| format!("\"{}", "\\\\\\\"".repeat(n / 4))),
        ("labels", |n| "Context: a\nQuestion: b\n".repeat(n / 23)),
        ("python", |n| format!("{{\"output\": \"content='{}\"}}", "\\\\'x".repeat(n / 4))),
    ];
    let keys = ["gen_ai.output.messages", "input.value", "pydantic_ai.all_messages"];
    for (shape, build) in shapes {
        for key in keys {
            assert_linear(&format!("{shape} in {key}"), |n| of(key, build(n)), 1 << 18);
        }
        assert_linear(
            &format!("{shape} in a tool's result"),
            |n| {
                vec![
                    ("gen_ai.operation.name".to_owned(), "execute_tool".into()),
                    ("gen_ai.tool.call.result".to_owned(), Any::Str(build(n))),
                ]
            },
            1 << 18,
        );
    }
}
