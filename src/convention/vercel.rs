//! Vercel's AI SDK up to version 6: `ai.*`, the outer span with the whole prompt, the inner one (`doGenerate`,
//! `doStream`) with the messages. Version 7 speaks OpenTelemetry's names instead.
//!
//! The outer span sums its calls up under the same names, which is why usage is read on model calls only.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{AgentSpan, Convention, Source, Usage, roles};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct Vercel;

impl Convention for Vercel {
    fn name(&self) -> &'static str {
        "vercel-ai"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::VERCEL)
    }

    fn read<'a>(&self, source: &Source<'_, 'a>, gathered: &mut Gathered<'a>, span: &mut AgentSpan<'a>) {
        let id = gathered.vercel_id.value().and_then(|id| id.as_str());
        // `ai.embed` wraps `ai.embed.doEmbed` and copies its count.
        let wraps = id.is_some_and(|id| matches!(id, "ai.embed" | "ai.embedMany"));
        roles::read(span, gathered, source.span.is_root());
        if wraps {
            span.usage = Usage::default();
        }
    }
}

/// Puts an attribute below `ai.` where it belongs; `rest` is its key after that.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    if let Some(rest) = rest.strip_prefix(b"usage.") {
        return gathered.usage.vercel(rest, attribute);
    }
    // Before version 4 what is `ai.response` now was `ai.result`, and the finish reason stood alone.
    if let Some(rest) = rest.strip_prefix(b"response.").or_else(|| rest.strip_prefix(b"result.")) {
        return match rest {
            b"model" => gathered.model.put(3, attribute),
            b"finishReason" => gathered.finish.put(2, attribute),
            b"text" => gathered.final_text.put(rank::VERCEL, attribute),
            b"object" => gathered.final_text.put(rank::LANGFUSE, attribute),
            b"toolCalls" => gathered.tool_calls.put(0, attribute),
            _ => {}
        };
    }
    match rest {
        b"operationId" => gathered.vercel_id.put(0, attribute),
        b"model.id" => gathered.model.put(7, attribute),
        b"finishReason" => gathered.finish.put(3, attribute),
        b"prompt.messages" => gathered.input_messages.put(rank::VERCEL, attribute),
        b"prompt" | b"value" | b"values" => gathered.input_value.put(rank::VERCEL, attribute),
        b"toolCall.name" => gathered.tool_name.put(2, attribute),
        b"toolCall.args" => gathered.tool_arguments.put(rank::VERCEL, attribute),
        b"toolCall.result" => gathered.tool_result.put(rank::VERCEL, attribute),
        b"telemetry.metadata.sessionId" => gathered.session.put(3, attribute),
        b"telemetry.metadata.userId" => gathered.user.put(3, attribute),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role};

    /// Scenario: the outer and the inner span of a call that streams, with an image beside the question and history.
    /// Guarantees: both give the question; the system prompt comes from either; sums on the outer span are not usage.
    #[test]
    fn outer_and_inner() {
        let messages = r#"[{"role":"system","content":"Sé breve."},{"role":"user","content":[{"type":"text","text":"hola"}]},
            {"role":"assistant","content":[{"type":"text","text":"¿sí?"}]},
            {"role":"user","content":[{"type":"text","text":"¿qué es?"},{"type":"file","data":"iVBORw0KGgo=","mediaType":"image/png"}]}]"#;
        let outer = span_of(
            &[
                ("ai.operationId", "ai.streamText"),
                ("operation.name", "ai.streamText shop"),
                ("ai.prompt", r#"{"system":"Sé breve.","messages":[{"role":"user","content":"¿qué es?"}]}"#),
                ("ai.response.text", "Un gato."),
                ("ai.usage.inputTokens", "20"),
                ("ai.telemetry.metadata.sessionId", "s1"),
                ("ai.telemetry.metadata.userId", "u1"),
            ],
            false,
        );
        let span = read("ai", &outer).unwrap();
        assert_eq!((span.convention, span.kind), ("vercel-ai", Kind::Agent));
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["¿qué es?".into()])
        );
        assert_eq!(texts(&span, Role::Output), ["Un gato."]);
        assert_eq!((span.session_id.as_deref(), span.user_id.as_deref()), (Some("s1"), Some("u1")));
        assert!(span.usage.is_empty());
        let inner = span_of(
            &[
                ("ai.operationId", "ai.streamText.doStream"),
                ("ai.prompt.messages", messages),
                ("ai.response.text", "Un gato."),
                ("ai.response.reasoning", "hmm"),
                ("ai.response.finishReason", "stop"),
                ("ai.usage.inputTokens", "20"),
                ("ai.usage.cachedInputTokens", "8"),
                ("ai.usage.outputTokenDetails.reasoningTokens", "3"),
                ("gen_ai.usage.input_tokens", "20"),
            ],
            true,
        );
        let span = read("ai", &inner).unwrap();
        assert_eq!(span.kind, Kind::Llm);
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["¿qué es?".into()])
        );
        assert_eq!(texts(&span, Role::Output), ["Un gato."]);
        assert_eq!(
            (span.usage.input, span.usage.cached_input, span.usage.reasoning_output),
            (Some(20), Some(8), Some(3))
        );
        assert!(span.content_hidden);
    }

    /// Scenario: a call that only asks for tools, its tool's span, an object as answer, a filter, texts to embed, and
    /// the names from before version 4.
    /// Guarantees: each is what it is; quoted values come out unquoted.
    #[test]
    fn other_spans() {
        let calls = r#"[{"toolCallId":"1","toolName":"t","input":"{\"q\":\"casco\"}"}]"#;
        let message =
            span_of(&[("ai.operationId", "ai.generateText.doGenerate"), ("ai.response.toolCalls", calls)], true);
        let span = read("ai", &message).unwrap();
        assert!(span.calls_tools && !span.has(Role::Output));
        assert_eq!(texts(&span, Role::ToolArguments), ["casco"]);
        let message = span_of(
            &[
                ("ai.operationId", "ai.toolCall"),
                ("ai.toolCall.name", "t"),
                ("ai.toolCall.args", r#"{"q":"casco"}"#),
                ("ai.toolCall.result", r#"{"r":"rojo"}"#),
            ],
            true,
        );
        let span = read("ai", &message).unwrap();
        assert_eq!((span.kind, span.tool_name.as_deref()), (Kind::Tool, Some("t")));
        assert_eq!(
            (texts(&span, Role::ToolArguments), texts(&span, Role::ToolResult)),
            (vec!["casco".into()], vec!["rojo".into()])
        );
        let message = span_of(
            &[("ai.operationId", "ai.generateObject.doGenerate"), ("ai.response.object", r#"{"nombre":"Ana"}"#)],
            true,
        );
        assert_eq!(texts(&read("ai", &message).unwrap(), Role::Output), [r#"{"nombre":"Ana"}"#]);
        let message = span_of(
            &[("ai.operationId", "ai.generateText.doGenerate"), ("ai.response.finishReason", "content-filter")],
            true,
        );
        assert_eq!(read("ai", &message).unwrap().refusal, Some(RefusalSignal::Filtered));
        let message = span_of(&[("ai.operationId", "ai.embed.doEmbed"), ("ai.value", r#""hola, ¿qué tal?""#)], true);
        let span = read("ai", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::Input)), (Kind::Embedding, vec!["hola, ¿qué tal?".to_owned()]));
        let message = span_of(
            &[
                ("ai.operationId", "ai.embedMany"),
                ("ai.values", r#"["\"hola\"","\"¿qué tal?\""]"#),
                ("ai.usage.tokens", "4"),
            ],
            false,
        );
        let span = read("ai", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::Input)), (Kind::Embedding, vec!["hola".into(), "¿qué tal?".into()]));
        assert!(span.usage.is_empty(), "the call inside has it");
        let message = span_of(
            &[
                ("ai.operationId", "ai.generateText"),
                ("ai.prompt", r#"{"prompt":"hola"}"#),
                ("ai.result.text", "buenas"),
                ("ai.finishReason", "stop"),
            ],
            false,
        );
        let span = read("ai", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Output)),
            (vec!["hola".into()], vec!["buenas".into()])
        );
        assert_eq!(span.finish_reasons[..], ["stop"]);
    }
}
