//! Strands (and Bedrock AgentCore apps): OpenTelemetry's names, the words in span events whose values are JSON in
//! Bedrock's form (`[{"text": ...}]`, `[{"toolUse": ...}]`), or in its newer mode one
//! `gen_ai.client.inference.operation.details` event a role. Usage comes under old and new names at once, and again as a
//! sum on the agent's span.

use super::marks::Marks;
use super::{Convention, Source};

/// See the [module](self).
pub(super) struct Strands;

impl Convention for Strands {
    fn name(&self) -> &'static str {
        "strands"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.scope.name.starts_with("strands.") && source.marks.any(Marks::GEN_AI)
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{event, read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role};

    /// Scenario: a second model call of a run: history, a tool that was asked, its result under the user's role, the
    /// answer; with usage under both names.
    /// Guarantees: the user's text is the question, not the tool's result; usage counts once.
    #[test]
    fn events() {
        let mut message = span_of(
            &[
                ("gen_ai.operation.name", "chat"),
                ("gen_ai.system", "strands-agents"),
                ("gen_ai.usage.prompt_tokens", "164"),
                ("gen_ai.usage.input_tokens", "164"),
            ],
            true,
        );
        event(&mut message, "gen_ai.system.message", &[("content", r#"[{"text": "Sé breve."}]"#)]);
        event(&mut message, "gen_ai.user.message", &[("content", r#"[{"text": "¿de qué color?"}]"#)]);
        let call = r#"[{"toolUse": {"toolUseId": "1", "name": "t", "input": {"q": "casco"}}}]"#;
        event(&mut message, "gen_ai.assistant.message", &[("content", call)]);
        let result = r#"[{"toolResult": {"toolUseId": "1", "status": "success", "content": [{"text": "rojo"}, {"json": {"tono": "vivo"}}]}}]"#;
        event(&mut message, "gen_ai.user.message", &[("content", result)]);
        event(
            &mut message,
            "gen_ai.choice",
            &[("message", r#"[{"text": "Rojo vivo."}]"#), ("finish_reason", "end_turn")],
        );
        let span = read("strands.telemetry.tracer", &message).unwrap();
        assert_eq!((span.convention, span.kind), ("strands", Kind::Llm));
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["¿de qué color?".into()])
        );
        assert_eq!(
            (texts(&span, Role::ToolResult), texts(&span, Role::Output)),
            (vec!["rojo\nvivo".into()], vec!["Rojo vivo.".into()])
        );
        assert_eq!((span.usage.input, &span.finish_reasons[..]), (Some(164), &["end_turn".into()][..]));
    }

    /// Scenario: the newer mode with an event a role and a guardrail, a tool's span, and the agent's with plain text.
    /// Guarantees: the events are read together; a stopped answer is a filter's; arguments and results are the tool's.
    #[test]
    fn newer_events_and_other_spans() {
        const DETAILS: &str = "gen_ai.client.inference.operation.details";
        let mut message = span_of(&[("gen_ai.operation.name", "chat")], true);
        event(&mut message, DETAILS, &[("gen_ai.system_instructions", r#"[{"type":"text","content":"Sé breve."}]"#)]);
        event(
            &mut message,
            DETAILS,
            &[("gen_ai.input.messages", r#"[{"role":"user","parts":[{"type":"text","content":"hola"}]}]"#)],
        );
        event(
            &mut message,
            DETAILS,
            &[(
                "gen_ai.output.messages",
                r#"[{"role":"assistant","parts":[],"finish_reason":"guardrail_intervened"}]"#,
            )],
        );
        let span = read("strands.telemetry.tracer", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["hola".into()])
        );
        assert_eq!(span.refusal, Some(RefusalSignal::Filtered));

        let mut message = span_of(&[("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", "t")], true);
        event(&mut message, "gen_ai.tool.message", &[("role", "tool"), ("content", r#"{"q": "casco"}"#), ("id", "1")]);
        event(&mut message, "gen_ai.choice", &[("message", r#"[{"text": "{\"r\": \"rojo\"}"}]"#), ("id", "1")]);
        let span = read("strands.telemetry.tracer", &message).unwrap();
        assert_eq!(
            (span.kind, texts(&span, Role::ToolArguments), texts(&span, Role::ToolResult)),
            (Kind::Tool, vec!["casco".into()], vec!["rojo".into()])
        );

        let mut message =
            span_of(&[("gen_ai.operation.name", "invoke_agent"), ("gen_ai.usage.input_tokens", "328")], false);
        event(&mut message, "gen_ai.user.message", &[("content", r#"[{"text": "hola"}]"#)]);
        event(&mut message, "gen_ai.choice", &[("message", "Buenas.\n"), ("finish_reason", "end_turn")]);
        let span = read("strands.telemetry.tracer", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::Output)), (Kind::Agent, vec!["Buenas.\n".to_owned()]));
        assert!(span.usage.is_empty());
    }
}
