//! Spans that nobody means well with: anything may be in them, and any amount of it.

use super::testing::{Any, attribute, read, span};
use super::{read_log, read_span};
use crate::otlp::view::{LogRecord, Scope, Span};
use crate::otlp::wire::put_bytes;
use crate::text::effort;
use proptest::prelude::*;

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
    "ai.prompt",
    "ai.prompt.messages",
    "ai.response.text",
    "ai.response.toolCalls",
    "ai.values",
    "ai.toolCall.args",
    "ai.toolCall.result",
    "langfuse.observation.input",
    "langfuse.observation.output",
    "langfuse.observation.usage_details",
    "mlflow.spanInputs",
    "mlflow.spanOutputs",
    "mlflow.chat.messages",
    "mlflow.chat.tokenUsage",
    "langsmith.span.kind",
    "traceloop.span.kind",
    "traceloop.entity.input",
    "traceloop.entity.output",
    "gcp.vertex.agent.llm_request",
    "gcp.vertex.agent.llm_response",
    "gcp.vertex.agent.tool_call_args",
    "gcp.vertex.agent.tool_response",
    "all_messages_events",
    "events",
    "request_data",
    "response_data",
    "crew_inputs",
    "crewai.crew.result",
    "query",
    "response",
    "reranker.query",
    "reranker.output_documents.0.document.content",
    "llm.prompts.0.prompt.text",
    "llm.request.type",
    "gen_ai.prompt.0.content",
    "gen_ai.prompt.0.tool_call_id",
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
    "event.name",
    "gen_ai.user.message",
    "gen_ai.choice",
    "candidates",
    "function_response",
    "usage_metadata",
    "input_tokens",
    "delta",
    "system_instruction",
    "config",
    "contents",
    "thought",
    "kwargs",
    "inputs",
    "outputs",
    "tool_call_id",
    "tool_result",
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

/// The steps that reading a span takes, its attributes one each.
fn steps(message: &[u8]) -> u64 {
    let span = Span::read(message).unwrap();
    span.attributes.len() as u64
        + effort::of(|| {
            std::hint::black_box(read_span(Scope::default(), &span));
        })
}

/// Reading twice and four times as much takes twice and four times the steps, give or take what is the same for any size and
/// what sorting adds; quadratic work would take sixteen times. And it takes few steps a byte at all.
fn assert_linear(what: &str, build: impl Fn(usize) -> Vec<(String, Any)>, large: usize) {
    let sizes = [large / 4, large / 2, large].map(|size| span(&build(size), false));
    let spent = sizes.each_ref().map(|message| steps(message));
    let [one, two, four] = spent;
    assert!(two <= one * 3 + 1_000 && four <= one * 6 + 1_000, "{what}: {spent:?} steps");
    let bytes = sizes[2].len() as u64;
    assert!(four <= MOST_STEPS_A_BYTE * bytes, "{what}: {four} steps for {bytes} bytes");
}

/// A member of an object is looked for under a hundred names at most, and takes six bytes at least; values in quotes are
/// opened a few times.
const MOST_STEPS_A_BYTE: u64 = 30;

fn of(key: &str, value: String) -> Vec<(String, Any)> {
    vec![("gen_ai.span.kind".to_owned(), "LLM".into()), (key.to_owned(), Any::Str(value))]
}

/// Scenario: ten thousand messages over numbered keys, in order and shuffled; as many parts and calls of one.
/// Guarantees: the work grows with their number, not with its square.
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

type Shape = (&'static str, fn(usize) -> String);

/// Documents of about so many bytes: nested as deep as it goes or as wide, quoted in themselves, with unclosed ends.
const SHAPES: [Shape; 12] = [
    ("deep arrays", |n| "[".repeat(n)),
    ("deep objects", |n| "{\"input\":".repeat(n / 9)),
    ("wide", |n| format!("[{}]", "[[[[\"a\"]]]],".repeat(n / 12).trim_end_matches(','))),
    ("messages", |n| format!("[{}]", vec![r#"{"role":"user","content":"hola"}"#; n / 33].join(","))),
    ("parts", |n| {
        format!(r#"[{{"role":"user","content":[{}]}}]"#, vec![r#"{"type":"text","text":"x"}"#; n / 27].join(","))
    }),
    ("results", |n| {
        let result = r#"{"toolResult":{"content":[{"text":"{\"a\":\"b\"}"}]}}"#;
        format!(r#"[{{"role":"user","content":[{}]}}]"#, vec![result; n / 54].join(","))
    }),
    ("members", |n| {
        let members: Vec<String> = (0..n / 12).map(|at| format!("\"k{at}\":\"v\"")).collect();
        format!("{{{}}}", members.join(","))
    }),
    ("events", |n| format!("[{}]", vec![r#"{"event.name":"gen_ai.user.message","content":"a"}"#; n / 52].join(","))),
    ("quoted in quotes", |n| {
        (0..4).fold("a".repeat(n / 16), |text, _| serde_json::json!({ "input": text }).to_string())
    }),
    ("escapes", |n| format!("\"{}", "\\\\\\\"".repeat(n / 4))),
    ("labels", |n| "Context: a\nQuestion: b\n".repeat(n / 23)),
    ("python", |n| format!("{{\"output\": \"content='{}\"}}", "\\\\'x".repeat(n / 4))),
];

/// Scenario: a megabyte of JSON under the keys that hold the most, on a model call and as a tool's result.
/// Guarantees: the work grows with its size, not with its square.
#[test]
fn large_documents() {
    for (shape, build) in SHAPES {
        for key in ["gen_ai.output.messages", "input.value", "pydantic_ai.all_messages"] {
            assert_linear(&format!("{shape} in {key}"), |n| of(key, build(n)), 1 << 20);
        }
        let tool = |n| {
            let kind = ("gen_ai.operation.name".to_owned(), "execute_tool".into());
            vec![kind, ("gen_ai.tool.call.result".to_owned(), Any::Str(build(n)))]
        };
        assert_linear(&format!("{shape} in a tool's result"), tool, 1 << 20);
    }
}

/// Scenario: the same documents, smaller, under every key of every convention, on every kind of span.
/// Guarantees: no reader takes more than linear work.
#[test]
fn every_key() {
    for (shape, build) in SHAPES {
        for key in KEYS {
            for kind in ["LLM", "RETRIEVER"] {
                let attributes = |n| {
                    let kind = ("gen_ai.span.kind".to_owned(), Any::from(kind));
                    vec![kind, ((*key).to_owned(), Any::Str(build(n)))]
                };
                assert_linear(&format!("{shape} in {key} of {kind}"), attributes, 1 << 12);
            }
        }
    }
}
