//! Google's Agent Development Kit. Its current mode speaks OpenTelemetry's names; the older one puts a Gemini request and
//! response under `gcp.vertex.agent.*`, with `{}` where content is switched off.
//!
//! To every system prompt ADK adds who the agent is, in English. That is not what the app's instructions are written in,
//! so it is left out.

use super::gather::{Gathered, rank};
use super::hidden::{Shown, shown};
use super::marks::Marks;
use super::span::{AgentSpan, Role};
use super::{Convention, Source, roles};
use crate::otlp::view::Attribute;
use std::borrow::Cow;

/// How the paragraphs begin that ADK adds to the instructions.
const IDENTITY: [&str; 2] = ["You are an agent. Your internal name is \"", " The description about you is \""];

/// See the [module](self).
pub(super) struct Adk;

impl Convention for Adk {
    fn name(&self) -> &'static str {
        "google-adk"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::ADK) || source.scope.name == "gcp.vertex.agent"
    }

    fn read<'a>(&self, source: &Source<'_, 'a>, gathered: &mut Gathered<'a>, span: &mut AgentSpan<'a>) {
        roles::read(span, gathered, source.span.is_root());
        for text in span.texts.iter_mut().filter(|text| text.role == Role::System) {
            instructions(&mut text.text);
        }
        span.texts
            .retain(|text| text.role != Role::System || matches!(shown(Cow::Borrowed(&text.text)), Shown::Text(_)));
    }
}

/// Puts an attribute below `gcp.vertex.` where it belongs; `rest` is its key after that.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    match rest {
        b"agent.llm_request" => gathered.input_value.put(rank::ADK, attribute),
        b"agent.llm_response" => {
            gathered.output_value.put(rank::ADK, attribute);
            // Nothing but a model call has one.
            gathered.is_model_call = true;
        }
        b"agent.tool_call_args" => gathered.tool_arguments.put(rank::ADK, attribute),
        b"agent.tool_response" => gathered.tool_result.put(rank::ADK, attribute),
        b"agent.session_id" => gathered.session.put(9, attribute),
        _ => {}
    }
}

/// Leaves out the paragraphs that ADK adds.
fn instructions(text: &mut Cow<'_, str>) {
    let added = |paragraph: &str| IDENTITY.iter().any(|head| paragraph.starts_with(head));
    if text.split("\n\n").any(added) {
        let kept: Vec<&str> = text.split("\n\n").filter(|paragraph| !added(paragraph)).collect();
        *text = Cow::Owned(kept.join("\n\n"));
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role};

    /// Scenario: the older mode's model call with history, thoughts and cached tokens, one with content switched off, and one that
    /// a filter stopped.
    /// Guarantees: question, instructions without ADK's own, answer without thoughts; thoughts count as output.
    #[test]
    fn older_model_calls() {
        let request = r#"{"model":"gemini-2.5-flash","config":{"system_instruction":"Sé breve.\n\nYou are an agent. Your internal name is \"a\".\n\n The description about you is \"b\"","tools":[{"function_declarations":[{"name":"t","description":"Finds"}]}]},
            "contents":[{"role":"user","parts":[{"text":"hola"}]},{"role":"model","parts":[{"text":"¿sí?"}]},{"role":"user","parts":[{"text":"¿cuánto?"}]}]}"#;
        let response = r#"{"content":{"role":"model","parts":[{"text":"pienso","thought":true},{"text":"Diez."}]},"finish_reason":"STOP",
            "usage_metadata":{"prompt_token_count":9,"candidates_token_count":2,"thoughts_token_count":5,"total_token_count":16,"cached_content_token_count":4}}"#;
        let message = span_of(
            &[
                ("gen_ai.system", "gcp.vertex.agent"),
                ("gen_ai.request.model", "gemini-2.5-flash"),
                ("gcp.vertex.agent.session_id", "s"),
                ("gcp.vertex.agent.llm_request", request),
                ("gcp.vertex.agent.llm_response", response),
            ],
            true,
        );
        let span = read("gcp.vertex.agent", &message).unwrap();
        assert_eq!((span.convention, span.kind), ("google-adk", Kind::Llm));
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["¿cuánto?".into()])
        );
        assert_eq!(texts(&span, Role::Output), ["Diez."]);
        assert_eq!((span.usage.input, span.usage.output, span.usage.total), (Some(9), Some(7), Some(16)));
        assert_eq!((span.usage.cached_input, span.usage.reasoning_output), (Some(4), Some(5)));
        assert_eq!(span.session_id.as_deref(), Some("s"));

        let off = [("gcp.vertex.agent.llm_request", "{}"), ("gcp.vertex.agent.llm_response", "{}")];
        let message = span_of(&off, true);
        let span = read("gcp.vertex.agent", &message).unwrap();
        assert_eq!((span.kind, span.texts.len()), (Kind::Llm, 0));

        let message =
            span_of(&[("gcp.vertex.agent.llm_response", r#"{"finish_reason":"SAFETY","error_code":"SAFETY"}"#)], true);
        assert_eq!(read("gcp.vertex.agent", &message).unwrap().refusal, Some(RefusalSignal::Filtered));
    }

    /// Scenario: a model call of the older mode that asks for a tool, the tool's span, and the span that merges results.
    /// Guarantees: arguments and results are words of the tool.
    #[test]
    fn older_tools() {
        let response = r#"{"content":{"role":"model","parts":[{"function_call":{"id":"1","name":"t","args":{"q":"casco"}}}]},"finish_reason":"STOP"}"#;
        let message = span_of(&[("gcp.vertex.agent.llm_response", response)], true);
        let span = read("gcp.vertex.agent", &message).unwrap();
        assert!(span.calls_tools);
        assert_eq!(texts(&span, Role::ToolArguments), ["casco"]);
        let message = span_of(
            &[
                ("gen_ai.operation.name", "execute_tool"),
                ("gen_ai.tool.name", "t"),
                ("gcp.vertex.agent.llm_request", "{}"),
                ("gcp.vertex.agent.llm_response", "{}"),
                ("gcp.vertex.agent.tool_call_args", r#"{"q":"casco"}"#),
                ("gcp.vertex.agent.tool_response", r#"{"result":"rojo"}"#),
            ],
            true,
        );
        let span = read("gcp.vertex.agent", &message).unwrap();
        assert_eq!(
            (span.kind, texts(&span, Role::ToolArguments), texts(&span, Role::ToolResult)),
            (Kind::Tool, vec!["casco".into()], vec!["rojo".into()])
        );
        let event = r#"{"content":{"parts":[{"function_response":{"id":"1","name":"t","response":{"result":"rojo"}}}],"role":"user"},"invocation_id":"i","author":"a"}"#;
        let message =
            span_of(&[("gen_ai.operation.name", "execute_tool"), ("gcp.vertex.agent.tool_response", event)], true);
        assert_eq!(texts(&read("gcp.vertex.agent", &message).unwrap(), Role::ToolResult), ["rojo"]);
    }
}
