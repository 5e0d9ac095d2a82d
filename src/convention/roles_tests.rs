//! What each kind of span is read into.

use super::*;
use crate::convention::testing::{read, span_of, texts};

/// Scenario: a traceAI model call whose `input.value` is the system prompt, with history, and one without
/// messages.
/// Guarantees: the user's text is the last user message; a plain value counts only where there are no messages.
#[test]
fn the_users_words() {
    let message = span_of(
        &[
            ("gen_ai.span.kind", "LLM"),
            ("input.value", "Eres un asistente."),
            ("gen_ai.input.messages.0.message.role", "system"),
            ("gen_ai.input.messages.0.message.content", "Eres un asistente."),
            ("gen_ai.input.messages.1.message.role", "user"),
            ("gen_ai.input.messages.1.message.content", "hola"),
            ("gen_ai.input.messages.2.message.role", "assistant"),
            ("gen_ai.input.messages.2.message.content", "¿sí?"),
            ("gen_ai.input.messages.3.message.role", "user"),
            ("gen_ai.input.messages.3.message.content", "¿cuánto?"),
            ("gen_ai.input.messages.4.message.role", "tool"),
            ("gen_ai.input.messages.4.message.content", r#"{"precio":"diez euros"}"#),
        ],
        false,
    );
    let span = read("traceai_openai", &message).unwrap();
    assert_eq!((span.convention, span.kind), ("traceai", Kind::Llm));
    assert_eq!(texts(&span, Role::System), ["Eres un asistente."]);
    assert_eq!(texts(&span, Role::Input), ["¿cuánto?"]);
    assert_eq!(texts(&span, Role::ToolResult), ["diez euros"]);
    assert!(!span.has(Role::Output));

    let message = span_of(&[("gen_ai.span.kind", "llm"), ("input.value", "\"¿cuánto?\"")], false);
    assert_eq!(texts(&read("", &message).unwrap(), Role::Input), ["¿cuánto?"]);
    let message = span_of(
        &[
            ("gen_ai.span.kind", "LLM"),
            ("input.value", "Eres un asistente."),
            ("gen_ai.input.messages.0.message.role", "system"),
            ("gen_ai.input.messages.0.message.content", "Eres un asistente."),
        ],
        false,
    );
    assert!(!read("", &message).unwrap().has(Role::Input));
}

/// Scenario: the same chain at the root and inside a run; its values may be anything there.
/// Guarantees: only at the root they are the question and the answer.
#[test]
fn chains() {
    let attributes = [
        ("openinference.span.kind", "CHAIN"),
        ("input.value", r#"{"input": "¿cuánto?"}"#),
        ("output.value", r#"{"output": "diez"}"#),
    ];
    let root = span_of(&attributes, false);
    let span = read("", &root).unwrap();
    assert_eq!((texts(&span, Role::Input), texts(&span, Role::Output)), (vec!["¿cuánto?".into()], vec!["diez".into()]));
    let child = span_of(&attributes, true);
    assert!(read("", &child).unwrap().texts.is_empty());
}

/// Scenario: redacted messages beside a request and a response that still hold the text.
/// Guarantees: what the sender hid stays hidden.
#[test]
fn hidden_stays_hidden() {
    let message = span_of(
        &[
            ("openinference.span.kind", "LLM"),
            ("input.value", r#"{"messages":[{"role":"user","content":"secreto"}]}"#),
            ("output.value", r#"{"choices":[{"finish_reason":"stop","message":{"content":"secreto"}}]}"#),
            ("llm.input_messages.0.message.role", "user"),
            ("llm.input_messages.0.message.content", "__REDACTED__"),
            ("llm.output_messages.0.message.role", "assistant"),
            ("llm.output_messages.0.message.content", "__REDACTED__"),
        ],
        false,
    );
    let span = read("", &message).unwrap();
    assert!(span.texts.is_empty() && span.content_hidden);
    assert_eq!(span.finish_reasons[..], ["stop"]);
}

/// Scenario: a message whose documents are shown and whose question is not.
/// Guarantees: the redaction mark is nobody's words.
#[test]
fn hidden_question() {
    let message = span_of(
        &[
            ("openinference.span.kind", "LLM"),
            ("llm.input_messages.0.message.role", "user"),
            ("llm.input_messages.0.message.content", "Context:\nDos años.\n\nQuestion: __REDACTED__"),
        ],
        false,
    );
    let span = read("", &message).unwrap();
    assert!(span.texts.is_empty() && span.content_hidden);
}

/// Scenario: usage on a model call under old and new names, and a copy of it on the agent's span.
/// Guarantees: it is read once, on the model call.
#[test]
fn usage_once() {
    let with_kind = |kind| {
        span_of(
            &[
                ("gen_ai.operation.name", kind),
                ("gen_ai.usage.input_tokens", "12"),
                ("gen_ai.usage.prompt_tokens", "12"),
                ("gen_ai.aggregated_usage.input_tokens", "99"),
            ],
            false,
        )
    };
    assert_eq!(read("", &with_kind("chat")).unwrap().usage.input, Some(12));
    assert!(read("", &with_kind("invoke_agent")).unwrap().usage.is_empty());
}

/// Scenario: a refusal in the provider's response, a content filter, and a refusal by finish reason with words.
/// Guarantees: each is the signal that it is, with the model's words as the answer where there are any.
#[test]
fn refusals() {
    let of = |output: &str| {
        let message = span_of(&[("openinference.span.kind", "LLM"), ("output.value", output)], false);
        let span = read("", &message).unwrap();
        let signal = span.refusal.as_ref().map(|signal| match signal {
            RefusalSignal::Refused(words) => format!("refused {}", words.as_deref().unwrap_or_default()),
            RefusalSignal::Filtered => "filtered".to_owned(),
        });
        (signal, texts(&span, Role::Output))
    };
    assert_eq!(
        of(r#"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"lo siento"}}]}"#),
        (Some("refused lo siento".to_owned()), vec!["lo siento".to_owned()])
    );
    assert_eq!(
        of(r#"{"choices":[{"finish_reason":"content_filter","message":{"content":null}}]}"#),
        (Some("filtered".to_owned()), vec![])
    );
    assert_eq!(
        of(r#"{"role":"assistant","content":[{"type":"text","text":"no"}],"stop_reason":"refusal"}"#),
        (Some("refused no".to_owned()), vec!["no".to_owned()])
    );
    assert_eq!(of(r#"{"choices":[{"finish_reason":"stop","message":{"content":"sí"}}]}"#).0, None);
}

/// Scenario: a retriever's span with a query under a name of its own and documents in its output.
/// Guarantees: the query is the input, the documents are what was retrieved.
#[test]
fn retrievers() {
    let message = span_of(
        &[
            ("gen_ai.span.kind", "RETRIEVER"),
            ("input.value", r#"{"qb": "¿cuánto?"}"#),
            ("output.value", r#"{"documents": ["page_content='uno' metadata={}"]}"#),
        ],
        true,
    );
    let span = read("", &message).unwrap();
    assert_eq!(
        (texts(&span, Role::Input), texts(&span, Role::Retrieval)),
        (vec!["¿cuánto?".into()], vec!["uno".into()])
    );
}
