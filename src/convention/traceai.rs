//! traceAI: OpenInference's tree under OpenTelemetry's names (`gen_ai.input.messages.0.message.content`), and
//! before 2026 under OpenInference's own with `fi.span.kind`.
//!
//! `input.value` of a model call is its first message, which is mostly the system prompt: it is somebody's
//! question only where there are no messages.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{AgentSpan, Convention, Source, roles};

/// See the [module](self).
pub(super) struct TraceAi;

impl Convention for TraceAi {
    fn name(&self) -> &'static str {
        "traceai"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::FI_KIND | Marks::GEN_AI_KIND) || source.scope.name.starts_with("traceai_")
    }

    fn read<'a>(&self, source: &Source<'_, 'a>, gathered: &mut Gathered<'a>, span: &mut AgentSpan<'a>) {
        // Bare words that other programs use too: only on a span that is traceAI's.
        for attribute in source.span.attributes.iter() {
            match attribute.key {
                b"raw.input" | b"eval.input" | b"query" => gathered.input_value.put(rank::TRACE, attribute),
                b"raw.output" | b"eval.output" | b"response" => gathered.output_value.put(rank::TRACE, attribute),
                _ => {}
            }
        }
        roles::read(span, gathered, source.span.is_root());
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role};

    /// Scenario: spans of the older releases: OpenInference's names, a kind of its own, bare words for values.
    /// Guarantees: they read as the newer ones do; the same bare words on anybody else's span say nothing.
    #[test]
    fn older_releases() {
        let message = span_of(
            &[
                ("fi.span.kind", "LLM"),
                ("llm.input_messages.0.message.role", "user"),
                ("llm.input_messages.0.message.content", "¿cuánto?"),
                ("llm.output_messages.0.message.role", "assistant"),
                ("llm.output_messages.0.message.content", "Diez."),
                ("llm.token_count.prompt", "7"),
                ("raw.input", r#"{"messages":[{"role":"system","content":"x"}]}"#),
            ],
            true,
        );
        let span = read("traceai_openai", &message).unwrap();
        assert_eq!((span.convention, span.kind, span.usage.input), ("traceai", Kind::Llm, Some(7)));
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Output)),
            (vec!["¿cuánto?".into()], vec!["Diez.".into()])
        );
        let message = span_of(&[("fi.span.kind", "AGENT"), ("query", "¿cuánto?"), ("response", "Diez.")], false);
        let span = read("traceai_x", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Output)),
            (vec!["¿cuánto?".into()], vec!["Diez.".into()])
        );
        let message = span_of(&[("gen_ai.operation.name", "chat"), ("query", "SELECT 1"), ("response", "1")], true);
        assert!(read("db", &message).unwrap().texts.is_empty());
    }

    /// Scenario: Anthropic's call with instructions apart, a cached prompt and a refusal by stop reason; Java's and
    /// TypeScript's spelling of the kind.
    /// Guarantees: the tokens of the prompt include those read from the cache, as everywhere else; the words are a refusal.
    #[test]
    fn anthropic() {
        let body = r#"{"id":"msg","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"No puedo."}],
            "stop_reason":"refusal","usage":{"input_tokens":78,"cache_read_input_tokens":64,"cache_creation_input_tokens":0,"output_tokens":69}}"#;
        let message = span_of(
            &[
                ("gen_ai.span.kind", "LLM"),
                ("gen_ai.prompts", "\"Sé breve.\""),
                ("input.value", "hola"),
                ("gen_ai.input.messages.0.message.role", "user"),
                ("gen_ai.input.messages.0.message.content", "hola"),
                ("gen_ai.output.messages.0.message.role", "assistant"),
                ("gen_ai.output.messages.0.message.content", "No puedo."),
                ("gen_ai.usage.input_tokens", "78"),
                ("gen_ai.usage.output_tokens", "69"),
                ("gen_ai.usage.total_tokens", "147"),
                ("output.value", body),
            ],
            false,
        );
        let span = read("traceai_anthropic", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["hola".into()])
        );
        assert_eq!((span.usage.input, span.usage.output, span.usage.total), (Some(142), Some(69), Some(211)));
        assert_eq!((span.usage.cached_input, texts(&span, Role::Output)), (Some(64), vec!["No puedo.".to_owned()]));
        assert_eq!(span.refusal, Some(RefusalSignal::Refused(Some("No puedo.".into()))));
        let message = span_of(
            &[("fi.span.kind", "TOOL"), ("gen_ai.span.kind", "tool"), ("input.value", "{\"q\":\"casco\"}")],
            true,
        );
        let span = read("traceai-java", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::ToolArguments)), (Kind::Tool, vec!["casco".to_owned()]));
    }
}
