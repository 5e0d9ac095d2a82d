//! pydantic-ai and Logfire: OpenTelemetry's names on model calls, and beside them the agent's whole run
//! (`pydantic_ai.all_messages`) and its answer (`final_result`). Sums are under `gen_ai.aggregated_usage` and so never
//! counted. The first version put the messages of a run into one attribute as events; Logfire's own instrumentations of
//! providers put request and response beside OpenTelemetry's names.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{Convention, Source};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct PydanticAi;

impl Convention for PydanticAi {
    fn name(&self) -> &'static str {
        "pydantic-ai"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::PYDANTIC)
            || source.scope.name == "pydantic-ai"
            || source.scope.name.starts_with("logfire") && source.marks.any(Marks::GEN_AI)
    }
}

/// Puts an attribute where it belongs. The names are bare words, so they are only asked for when no other convention
/// knows the key, and only those that no other program is likely to use.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, key: &[u8], attribute: &Attribute<'a>) {
    match key {
        b"pydantic_ai.all_messages" => gathered.conversation.put(rank::GEN_AI, attribute),
        b"all_messages_events" => gathered.conversation.put(rank::PYDANTIC, attribute),
        b"final_result" => gathered.final_text.put(rank::GEN_AI, attribute),
        b"model_name" => gathered.model.put(12, attribute),
        b"tool_arguments" => gathered.tool_arguments.put(rank::PYDANTIC, attribute),
        b"tool_response" => gathered.tool_result.put(rank::PYDANTIC, attribute),
        b"request_data" => gathered.input_value.put(rank::PYDANTIC, attribute),
        b"response_data" => gathered.output_value.put(rank::PYDANTIC, attribute),
        b"events" => gathered.event_list.put(0, attribute),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, Role};

    /// Scenario: an agent's run with history and tools, in both versions' shapes.
    /// Guarantees: the last question and the final answer; no earlier turn's words, no tool's.
    #[test]
    fn runs() {
        let current = r#"[{"role":"system","parts":[{"type":"text","content":"Sé breve."}]},
            {"role":"user","parts":[{"type":"text","content":"hola"}]},{"role":"assistant","parts":[{"type":"text","content":"¿sí?"}]},
            {"role":"user","parts":[{"type":"text","content":"¿cuánto?"}]},
            {"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"t","arguments":"{\"q\":\"casco\"}"}]},
            {"role":"user","parts":[{"type":"tool_call_response","id":"1","name":"t","result":"rojo"}]},
            {"role":"assistant","parts":[{"type":"text","content":"Diez."}]}]"#;
        let first = r#"[{"content":"Sé breve.","role":"system","event.name":"gen_ai.system.message"},
            {"content":"hola","role":"user","event.name":"gen_ai.user.message"},{"role":"assistant","content":"¿sí?","event.name":"gen_ai.assistant.message"},
            {"content":"¿cuánto?","role":"user","event.name":"gen_ai.user.message"},
            {"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"t","arguments":"{\"q\":\"casco\"}"}}],"event.name":"gen_ai.assistant.message"},
            {"content":"rojo","role":"tool","id":"1","event.name":"gen_ai.tool.message"},
            {"role":"assistant","content":"Diez.","event.name":"gen_ai.assistant.message"}]"#;
        for (key, conversation) in [("pydantic_ai.all_messages", current), ("all_messages_events", first)] {
            for result in [None, Some("Diez.")] {
                let mut attributes = vec![("gen_ai.usage.input_tokens", "9"), ("agent_name", "a"), (key, conversation)];
                attributes.extend(result.map(|text| ("final_result", text)));
                let message = span_of(&attributes, false);
                let span = read("pydantic-ai", &message).unwrap();
                assert_eq!((span.convention, span.kind), ("pydantic-ai", Kind::Agent));
                assert_eq!(
                    (texts(&span, Role::System), texts(&span, Role::Input)),
                    (vec!["Sé breve.".into()], vec!["¿cuánto?".into()])
                );
                assert_eq!((texts(&span, Role::Output), span.texts.len()), (vec!["Diez.".into()], 3));
                assert!(span.usage.is_empty());
            }
        }
    }

    /// Scenario: the first version's model call with its messages as events in one attribute, and its tool's span.
    /// Guarantees: the same texts as from span events.
    #[test]
    fn first_version() {
        let events = r#"[{"content":"Sé breve.","role":"system","gen_ai.message.index":0,"event.name":"gen_ai.system.message"},
            {"content":"¿cuánto?","role":"user","gen_ai.message.index":0,"event.name":"gen_ai.user.message"},
            {"index":0,"message":{"role":"assistant","content":"Diez."},"event.name":"gen_ai.choice"}]"#;
        let message =
            span_of(&[("gen_ai.operation.name", "chat"), ("gen_ai.request.model", "m"), ("events", events)], true);
        let span = read("pydantic-ai", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["¿cuánto?".into()])
        );
        assert_eq!(texts(&span, Role::Output), ["Diez."]);
        let message = span_of(
            &[("gen_ai.tool.name", "t"), ("tool_arguments", r#"{"q":"casco"}"#), ("tool_response", "rojo")],
            true,
        );
        let span = read("pydantic-ai", &message).unwrap();
        assert_eq!(
            (span.kind, texts(&span, Role::ToolArguments), texts(&span, Role::ToolResult)),
            (Kind::Tool, vec!["casco".into()], vec!["rojo".into()])
        );
    }

    /// Scenario: Logfire's own instrumentation of a provider, with usage only in the response.
    /// Guarantees: question, answer and usage are found.
    #[test]
    fn logfire() {
        let message = span_of(
            &[
                ("gen_ai.request.model", "m"),
                ("request_data", r#"{"model":"m","messages":[{"role":"user","content":"¿cuánto?"}]}"#),
                (
                    "response_data",
                    r#"{"message":{"role":"assistant","content":"Diez."},"usage":{"prompt_tokens":7,"completion_tokens":2}}"#,
                ),
            ],
            true,
        );
        let span = read("logfire.openai", &message).unwrap();
        assert_eq!(
            (span.kind, texts(&span, Role::Input), texts(&span, Role::Output)),
            (Kind::Llm, vec!["¿cuánto?".into()], vec!["Diez.".into()])
        );
        assert_eq!((span.usage.input, span.usage.output), (Some(7), Some(2)));
    }
}
