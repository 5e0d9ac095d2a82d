//! OpenInference: flat, numbered keys below `llm.`, `retrieval.`, `reranker.` and `embedding.`, and
//! `openinference.span.kind`.
//!
//! `input.value` and `output.value` of a model call hold the provider's whole request and response; a refusal
//! survives only there. Elsewhere they hold whatever the step was given and gave.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{Convention, Source};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct OpenInference;

impl Convention for OpenInference {
    fn name(&self) -> &'static str {
        "openinference"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::OPENINFERENCE)
    }
}

/// Puts an attribute below `llm.` where it belongs; `rest` is its key after that. Older OpenLLMetry shares the prefix.
pub(super) fn take_llm<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    if let Some(rest) = rest.strip_prefix(b"input_messages.") {
        gathered.indexed_input.take(rest, attribute);
    } else if let Some(rest) = rest.strip_prefix(b"output_messages.") {
        gathered.indexed_output.take(rest, attribute);
    } else {
        take_llm_other(gathered, rest, attribute);
    }
}

/// As [`take_llm`], of what a span has once.
fn take_llm_other<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    if let Some(rest) = rest.strip_prefix(b"prompts.") {
        gathered.indexed_input.take(rest, attribute);
    } else if let Some(rest) = rest.strip_prefix(b"choices.").or_else(|| rest.strip_prefix(b"completions.")) {
        gathered.indexed_output.take(rest, attribute);
    } else if let Some(rest) = rest.strip_prefix(b"token_count.") {
        gathered.usage.token_count(rest, attribute);
    } else if let Some(rest) = rest.strip_prefix(b"usage.") {
        gathered.usage.gen_ai(rest, attribute);
    } else {
        match rest {
            b"model_name" => gathered.model.put(2, attribute),
            b"response.model_name" => gathered.model.put(1, attribute),
            b"request.model_name" => gathered.model.put(6, attribute),
            b"finish_reason" => gathered.finish.put(1, attribute),
            b"request.type" => gathered.kind.put(7, attribute),
            b"request.model" => gathered.model.put(11, attribute),
            b"response.model" => gathered.model.put(9, attribute),
            _ => {}
        }
    }
}

/// Puts an attribute of any other name where it belongs; whether it is one of OpenInference's.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, key: &[u8], attribute: &Attribute<'a>) -> bool {
    match key {
        b"input.value" => gathered.input_value.put(rank::VALUE, attribute),
        b"output.value" => gathered.output_value.put(rank::VALUE, attribute),
        b"openinference.span.kind" => gathered.kind.put(1, attribute),
        b"tool.name" => gathered.tool_name.put(1, attribute),
        b"embedding.model_name" => gathered.model.put(9, attribute),
        b"reranker.model_name" => gathered.model.put(10, attribute),
        b"reranker.query" => gathered.query.put(1, attribute),
        _ => {
            if let Some(rest) = key.strip_prefix(b"retrieval.documents.") {
                gathered.has_documents = true;
                gathered.indexed_documents.take(rest, b"document.content", attribute);
            } else if let Some(rest) = key.strip_prefix(b"reranker.output_documents.") {
                gathered.indexed_documents.take(rest, b"document.content", attribute);
            } else if let Some(rest) = key.strip_prefix(b"embedding.embeddings.") {
                gathered.embedded.take(rest, b"embedding.text", attribute);
            } else {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role};

    /// Scenario: Anthropic's shape, a tool's result under the user's role, by part type and by call id, and the
    /// question in parts with an image.
    /// Guarantees: the tool's result is no user's text, and the question is found before it.
    #[test]
    fn tool_results_under_the_users_role() {
        for keys in [
            (
                "llm.input_messages.2.message.contents.0.message_content.type",
                "tool_result",
                "llm.input_messages.2.message.contents.0.message_content.text",
            ),
            ("llm.input_messages.2.message.tool_call_id", "toolu_1", "llm.input_messages.2.message.content"),
        ] {
            let message = span_of(
                &[
                    ("openinference.span.kind", "LLM"),
                    ("llm.input_messages.0.message.role", "user"),
                    ("llm.input_messages.0.message.contents.0.message_content.type", "text"),
                    ("llm.input_messages.0.message.contents.0.message_content.text", "¿de qué color es?"),
                    ("llm.input_messages.0.message.contents.1.message_content.type", "image"),
                    (
                        "llm.input_messages.0.message.contents.1.message_content.image.image.url",
                        "data:image/png;base64,AA",
                    ),
                    ("llm.input_messages.1.message.role", "assistant"),
                    ("llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments", r#"{"q":"casco"}"#),
                    ("llm.input_messages.2.message.role", "user"),
                    (keys.0, keys.1),
                    (keys.2, "rojo"),
                    ("llm.output_messages.0.message.role", "assistant"),
                    ("llm.output_messages.0.message.contents.0.message_content.type", "text"),
                    ("llm.output_messages.0.message.contents.0.message_content.text", "Es rojo."),
                ],
                true,
            );
            let span = read("openinference.instrumentation.anthropic", &message).unwrap();
            assert_eq!(texts(&span, Role::Input), ["¿de qué color es?"], "{keys:?}");
            assert_eq!(
                (texts(&span, Role::ToolResult), texts(&span, Role::Output)),
                (vec!["rojo".into()], vec!["Es rojo.".into()])
            );
            assert!(!span.has(Role::ToolArguments), "those of an earlier call");
        }
    }

    /// Scenario: the completions API, a reranker, a Responses API answer that declines, and prices beside counts.
    /// Guarantees: each text has its role; counts are read, prices and details of other kinds are not.
    #[test]
    fn other_spans() {
        let message = span_of(
            &[
                ("openinference.span.kind", "LLM"),
                ("llm.prompts.0.prompt.text", "Érase una vez"),
                ("llm.choices.0.completion.text", "un rey"),
                ("llm.token_count.prompt", "4"),
                ("llm.token_count.prompt_details.cache_read", "2"),
                ("llm.token_count.completion_details.reasoning", "1"),
                ("llm.cost.prompt", "0.2"),
            ],
            true,
        );
        let span = read("", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Output)),
            (vec!["Érase una vez".into()], vec!["un rey".into()])
        );
        assert_eq!(
            (span.usage.input, span.usage.cached_input, span.usage.reasoning_output),
            (Some(4), Some(2), Some(1))
        );

        let message = span_of(
            &[
                ("openinference.span.kind", "RERANKER"),
                ("reranker.query", "garantía"),
                ("reranker.input_documents.0.document.content", "Nada."),
                ("reranker.output_documents.0.document.content", "Dos años."),
            ],
            true,
        );
        let span = read("", &message).unwrap();
        assert_eq!(
            (span.kind, texts(&span, Role::Input), texts(&span, Role::Retrieval)),
            (Kind::Reranker, vec!["garantía".into()], vec!["Dos años.".into()])
        );

        let output = r#"{"id":"r","output":[{"type":"reasoning","summary":[]},{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"lo siento"}]}],"usage":{"input_tokens":7,"output_tokens":2}}"#;
        let message = span_of(&[("openinference.span.kind", "LLM"), ("output.value", output)], true);
        let span = read("openinference.instrumentation.openai_agents", &message).unwrap();
        assert_eq!(span.refusal, Some(RefusalSignal::Refused(Some("lo siento".into()))));
        assert_eq!((span.usage.input, span.usage.output), (Some(7), Some(2)));
    }
}
