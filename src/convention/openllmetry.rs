//! OpenLLMetry (Traceloop): its decorators' `traceloop.*`, and the numbered `gen_ai.prompt.N.*` and
//! `gen_ai.completion.N.*` of its older instrumentations, which others write too. Its newer ones speak OpenTelemetry's
//! names.
//!
//! A decorator's input is the arguments of a function, its output JSON whatever it is; the steps inside a workflow are
//! handed anything, so only the root's are somebody's words.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{Convention, Source};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct OpenLlmetry;

impl Convention for OpenLlmetry {
    fn name(&self) -> &'static str {
        "openllmetry"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::TRACELOOP | Marks::INDEXED_PROMPT)
    }
}

/// Puts an attribute below `traceloop.` where it belongs; `rest` is its key after that.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    match rest {
        b"span.kind" => gathered.kind.put(6, attribute),
        b"entity.input" => gathered.input_value.put(rank::OPENLLMETRY, attribute),
        b"entity.output" => gathered.output_value.put(rank::OPENLLMETRY, attribute),
        b"association.properties.session_id" => gathered.session.put(4, attribute),
        b"association.properties.conversation_id" | b"association.properties.chat_id" => {
            gathered.session.put(10, attribute);
        }
        b"association.properties.user_id" => gathered.user.put(4, attribute),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role};

    /// Scenario: a call under numbered keys with history, a tool's result, parts in a string and an image among them.
    /// Guarantees: the last user message, the tool's result, no history, the refusal's words.
    #[test]
    fn numbered_messages() {
        let message = span_of(
            &[
                ("llm.request.type", "chat"),
                ("gen_ai.request.model", "m"),
                ("gen_ai.prompt.0.role", "system"),
                ("gen_ai.prompt.0.content", "Sé breve."),
                ("gen_ai.prompt.1.role", "user"),
                ("gen_ai.prompt.1.content", "hola"),
                ("gen_ai.prompt.2.role", "assistant"),
                ("gen_ai.prompt.2.content", "¿sí?"),
                ("gen_ai.prompt.3.role", "user"),
                (
                    "gen_ai.prompt.3.content",
                    r#"[{"type":"text","text":"¿qué es?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]"#,
                ),
                ("gen_ai.prompt.4.role", "tool"),
                ("gen_ai.prompt.4.tool_call_id", "1"),
                ("gen_ai.prompt.4.content", r#"{"r":"gato"}"#),
                ("gen_ai.completion.0.role", "assistant"),
                ("gen_ai.completion.0.finish_reason", "stop"),
                ("gen_ai.completion.0.refusal", "lo siento"),
                ("llm.usage.total_tokens", "9"),
                ("gen_ai.usage.prompt_tokens", "7"),
            ],
            true,
        );
        let span = read("opentelemetry.instrumentation.openai.v1", &message).unwrap();
        assert_eq!((span.convention, span.kind), ("openllmetry", Kind::Llm));
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["¿qué es?".into()])
        );
        assert_eq!(
            (texts(&span, Role::ToolResult), texts(&span, Role::Output)),
            (vec!["gato".into()], vec!["lo siento".into()])
        );
        assert_eq!(span.refusal, Some(RefusalSignal::Refused(Some("lo siento".into()))));
        assert_eq!((span.usage.input, span.usage.total, span.finish_reasons.len()), (Some(7), Some(9), 1));
    }

    /// Scenario: a workflow at the root and a task inside, as the decorators and as LangChain's callback write them.
    /// Guarantees: question and answer at the root only; session and user from the association.
    #[test]
    fn entities() {
        let question = "¿cuánto cuesta?";
        for (input, output) in [
            (r#"{"args":["¿cuánto cuesta?"],"kwargs":{}}"#, r#""Diez.""#),
            (r#"{"args":[],"kwargs":{"user_input":"¿cuánto cuesta?"}}"#, "Diez."),
            (
                r#"{"inputs":{"input":"¿cuánto cuesta?"},"tags":["seq:step:1"],"metadata":{"k":"v"},"kwargs":{"name":"RunnableSequence"}}"#,
                r#"{"outputs":"Diez.","kwargs":{"tags":["seq"]}}"#,
            ),
            (
                r#"{"inputs":"¿cuánto cuesta?","tags":[]}"#,
                r#"{"outputs":{"lc":1,"type":"constructor","id":["AIMessage"],"kwargs":{"content":"Diez."}}}"#,
            ),
        ] {
            let attributes = [
                ("traceloop.span.kind", "workflow"),
                ("traceloop.entity.input", input),
                ("traceloop.entity.output", output),
                ("traceloop.association.properties.session_id", "s"),
                ("traceloop.association.properties.user_id", "u"),
            ];
            let root = span_of(&attributes, false);
            let span = read("traceloop.tracer", &root).unwrap();
            assert_eq!((span.kind, texts(&span, Role::Input)), (Kind::Chain, vec![question.to_owned()]), "{input}");
            assert_eq!(texts(&span, Role::Output), ["Diez."], "{output}");
            assert_eq!((span.session_id.as_deref(), span.user_id.as_deref()), (Some("s"), Some("u")));
            let inside = span_of(&attributes, true);
            assert!(read("traceloop.tracer", &inside).unwrap().texts.is_empty());
        }
        let message = span_of(
            &[
                ("traceloop.span.kind", "tool"),
                ("traceloop.entity.input", r#"{"args":["Oslo"],"kwargs":{"unidad":"grados"}}"#),
                ("traceloop.entity.output", r#"{"r":"nieve"}"#),
            ],
            true,
        );
        let span = read("traceloop.tracer", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::ToolArguments), texts(&span, Role::ToolResult)),
            (vec!["Oslo\ngrados".into()], vec!["nieve".into()])
        );
    }
}
