//! Langfuse's SDK: `langfuse.observation.*`, input and output as JSON or plain text, usage as one JSON object under the
//! provider's own names.
//!
//! A refusal does not reach us: the SDK leaves an answer without content. Only a stream says why it ended.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{Convention, Source};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct Langfuse;

impl Convention for Langfuse {
    fn name(&self) -> &'static str {
        "langfuse"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::LANGFUSE)
    }
}

/// Puts an attribute below `langfuse.` where it belongs; `rest` is its key after that.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    match rest {
        b"observation.type" => gathered.kind.put(0, attribute),
        b"observation.input" => gathered.input_value.put(rank::LANGFUSE, attribute),
        b"observation.output" => gathered.output_value.put(rank::LANGFUSE, attribute),
        b"observation.model.name" => gathered.model.put(4, attribute),
        b"observation.usage_details" => gathered.usage_object.put(rank::LANGFUSE, attribute),
        b"observation.metadata.finish_reason" => gathered.finish.put(4, attribute),
        b"trace.input" => gathered.input_value.put(rank::TRACE, attribute),
        b"trace.output" => gathered.output_value.put(rank::TRACE, attribute),
        b"session.id" | b"trace.session_id" => gathered.session.put(2, attribute),
        b"user.id" | b"trace.user_id" => gathered.user.put(2, attribute),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, Role, Usage};

    /// Scenario: a generation with tools offered, history, a reference to uploaded media, and the provider's usage.
    /// Guarantees: the last question without the reference; usage with cached and reasoning tokens; the session.
    #[test]
    fn generation() {
        let message = span_of(
            &[
                ("langfuse.observation.type", "generation"),
                (
                    "langfuse.observation.input",
                    r#"{"tools":[{"type":"function","function":{"name":"t","description":"Finds"}}],"messages":[
                    {"role":"system","content":"S\u00e9 breve."},{"role":"user","content":"hola"},
                    {"role":"assistant","content":"\u00bfs\u00ed?"},{"role":"user","content":[
                    {"type":"text","text":"\u00bfqu\u00e9 es?"},
                    {"type":"image_url","image_url":{"url":"@@@langfuseMedia:type=image/png|id=x|source=y@@@"}}]}]}"#,
                ),
                ("langfuse.observation.output", r#"{"role":"assistant","content":"Un gato."}"#),
                ("langfuse.observation.model.name", "gpt-4o-mini"),
                (
                    "langfuse.observation.usage_details",
                    r#"{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":4},
                    "completion_tokens_details":{"reasoning_tokens":2}}"#,
                ),
                ("langfuse.observation.metadata.finish_reason", "content_filter"),
                ("session.id", "s"),
                ("langfuse.user.id", "u"),
            ],
            true,
        );
        let span = read("langfuse-sdk", &message).unwrap();
        assert_eq!((span.convention, span.kind), ("langfuse", Kind::Llm));
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["¿qué es?".into()])
        );
        assert_eq!(texts(&span, Role::Output), ["Un gato."]);
        let usage = Usage {
            input: Some(9),
            output: Some(5),
            total: Some(14),
            cached_input: Some(4),
            reasoning_output: Some(2),
        };
        assert_eq!((span.usage, span.model.as_deref()), (usage, Some("gpt-4o-mini")));
        assert_eq!((span.session_id.as_deref(), span.user_id.as_deref()), (Some("s"), Some("u")));
        assert_eq!(span.finish_reasons[..], ["content_filter"]);
    }

    /// Scenario: decorated functions at the root with arguments by place and by name, a plain answer, and a root that
    /// has its question only under the trace's name.
    /// Guarantees: question and answer are found in each.
    #[test]
    fn functions() {
        for input in [
            r#"{"args":["¿cuánto cuesta?"],"kwargs":{}}"#,
            r#"{"args":[],"kwargs":{"question":"¿cuánto cuesta?"}}"#,
            r#"{"args":[],"kwargs":{"texto":"¿cuánto cuesta?"}}"#,
        ] {
            let message = span_of(
                &[
                    ("langfuse.observation.type", "span"),
                    ("langfuse.observation.input", input),
                    ("langfuse.observation.output", "Diez euros."),
                ],
                false,
            );
            let span = read("langfuse-sdk", &message).unwrap();
            assert_eq!(texts(&span, Role::Input), ["¿cuánto cuesta?"], "{input}");
            assert_eq!(texts(&span, Role::Output), ["Diez euros."], "{input}");
        }
        let message = span_of(
            &[
                ("langfuse.observation.type", "agent"),
                ("langfuse.observation.input", "null"),
                ("langfuse.trace.input", "\"hola\""),
            ],
            false,
        );
        assert_eq!(texts(&read("langfuse-sdk", &message).unwrap(), Role::Input), ["hola"]);
    }
}
