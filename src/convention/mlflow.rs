//! MLflow's tracing: every value is JSON, also a single word. Inputs are the arguments of the traced call, outputs what it
//! returned: a provider's response, documents, a string.
//!
//! With `MLFLOW_ENABLE_OTEL_GENAI_SEMCONV` it speaks OpenTelemetry's names instead, and says less.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{Convention, Source};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct MlFlow;

impl Convention for MlFlow {
    fn name(&self) -> &'static str {
        "mlflow"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::MLFLOW)
    }
}

/// Puts an attribute below `mlflow.` where it belongs; `rest` is its key after that.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    match rest {
        b"spanType" => gathered.kind.put(4, attribute),
        b"spanInputs" => gathered.input_value.put(rank::MLFLOW, attribute),
        b"spanOutputs" => gathered.output_value.put(rank::MLFLOW, attribute),
        b"chat.messages" => gathered.conversation.put(rank::MLFLOW, attribute),
        b"chat.tokenUsage" => gathered.usage_object.put(rank::MLFLOW, attribute),
        b"llm.model" => gathered.model.put(8, attribute),
        b"trace.session" => gathered.session.put(5, attribute),
        b"trace.user" => gathered.user.put(5, attribute),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role, Usage};

    /// Scenario: calls of three providers, as MLflow keeps their requests and responses.
    /// Guarantees: instructions, question and answer of each; usage from MLflow's own object, else from the response.
    #[test]
    fn model_calls() {
        let openai = (
            r#"{"model":"m","messages":[{"role":"developer","content":"Sé breve."},{"role":"user","content":"¿cuánto?"}]}"#,
            r#"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"Diez."}}],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}"#,
        );
        let anthropic = (
            r#"{"model":"m","system":[{"type":"text","text":"Sé breve."}],"messages":[{"role":"user","content":"¿cuánto?"}]}"#,
            r#"{"type":"message","role":"assistant","content":[{"type":"text","text":"Diez."}],"stop_reason":"end_turn","usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":2}}"#,
        );
        let gemini = (
            r#"{"model":"m","contents":[{"role":"user","parts":[{"text":"¿cuánto?"}]}],"config":{"system_instruction":"Sé breve."}}"#,
            r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"Diez."}]},"finish_reason":"STOP"}],"usage_metadata":{"prompt_token_count":7,"candidates_token_count":2,"total_token_count":9}}"#,
        );
        for (input, output) in [openai, anthropic, gemini] {
            let message = span_of(
                &[("mlflow.spanType", "\"CHAT_MODEL\""), ("mlflow.spanInputs", input), ("mlflow.spanOutputs", output)],
                true,
            );
            let span = read("mlflow.tracing.provider", &message).unwrap();
            assert_eq!((span.convention, span.kind), ("mlflow", Kind::Llm));
            assert_eq!(texts(&span, Role::System), ["Sé breve."], "{input}");
            assert_eq!(texts(&span, Role::Input), ["¿cuánto?"], "{input}");
            assert_eq!(texts(&span, Role::Output), ["Diez."], "{output}");
            assert_eq!(
                (span.usage.input, span.usage.output, span.usage.total),
                (Some(7), Some(2), Some(9)),
                "{output}"
            );
        }
        let message = span_of(
            &[
                ("mlflow.spanType", "\"LLM\""),
                (
                    "mlflow.chat.tokenUsage",
                    r#"{"input_tokens":7,"output_tokens":2,"total_tokens":9,"cache_read_input_tokens":4}"#,
                ),
                (
                    "mlflow.spanOutputs",
                    r#"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"no"}}]}"#,
                ),
            ],
            true,
        );
        let span = read("", &message).unwrap();
        let usage =
            Usage { input: Some(7), output: Some(2), total: Some(9), cached_input: Some(4), reasoning_output: None };
        assert_eq!((span.usage, span.refusal), (usage, Some(RefusalSignal::Refused(Some("no".into())))));
    }

    /// Scenario: a retriever, a tool and an embedding.
    /// Guarantees: query and documents, arguments and result, the text.
    #[test]
    fn other_spans() {
        let of = |kind: &str, input: &str, output: &str| {
            span_of(&[("mlflow.spanType", kind), ("mlflow.spanInputs", input), ("mlflow.spanOutputs", output)], true)
        };
        let message = of(
            "\"RETRIEVER\"",
            r#"{"query":"garantía"}"#,
            r#"[{"page_content":"Dos años.","metadata":{"doc_uri":"x"},"id":"1"}]"#,
        );
        let span = read("", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Retrieval)),
            (vec!["garantía".into()], vec!["Dos años.".into()])
        );
        let message = of("\"TOOL\"", r#"{"lugar":"Oslo"}"#, r#""nieve""#);
        let span = read("", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::ToolArguments), texts(&span, Role::ToolResult)),
            (vec!["Oslo".into()], vec!["nieve".into()])
        );
        let message = of("\"EMBEDDING\"", r#"{"input":["uno dos","tres"],"model":"e"}"#, r#"{"data":[]}"#);
        assert_eq!(texts(&read("", &message).unwrap(), Role::Input), ["uno dos", "tres"]);
    }
}
