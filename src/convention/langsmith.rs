//! LangSmith's SDK in OpenTelemetry mode: a LangChain run's whole inputs and outputs in `gen_ai.prompt` and
//! `gen_ai.completion`, the run's type in `langsmith.span.kind`.
//!
//! `langsmith.trace.session_name` is the project, not a conversation; conversations are metadata of the run.

use super::gather::Gathered;
use super::marks::Marks;
use super::{Convention, Source};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct LangSmith;

impl Convention for LangSmith {
    fn name(&self) -> &'static str {
        "langsmith"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::LANGSMITH)
    }
}

/// Puts an attribute below `langsmith.` where it belongs; `rest` is its key after that.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    match rest {
        b"span.kind" => gathered.kind.put(5, attribute),
        b"metadata.thread_id" => gathered.session.put(6, attribute),
        b"metadata.session_id" => gathered.session.put(7, attribute),
        b"metadata.conversation_id" => gathered.session.put(8, attribute),
        b"metadata.user_id" => gathered.user.put(6, attribute),
        b"metadata.ls_model_name" => gathered.model.put(13, attribute),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role};

    /// Scenario: a chat run in LangChain's constructor form with history, its refusal among the extras, one that asks
    /// for tools, a retriever, and a root chain.
    /// Guarantees: the last human words, the refusal's, the tools' arguments, query and documents.
    #[test]
    fn runs() {
        let human = |words: &str| {
            format!(
                r#"{{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{{"content":"{words}","type":"human"}}}}"#
            )
        };
        let system =
            r#"{"lc":1,"type":"constructor","id":["SystemMessage"],"kwargs":{"content":"Sé breve.","type":"system"}}"#;
        let ai = r#"{"lc":1,"type":"constructor","id":["AIMessage"],"kwargs":{"content":"¿sí?","type":"ai"}}"#;
        let prompt = format!(r#"{{"messages":[[{system},{},{ai},{}]]}}"#, human("hola"), human("¿cuánto?"));
        let completion = r#"{"generations":[[{"text":"","generation_info":{"finish_reason":"stop"},"message":{"lc":1,"id":["AIMessage"],
            "kwargs":{"content":"","additional_kwargs":{"refusal":"lo siento"},"response_metadata":{"finish_reason":"stop"}}}}]]}"#;
        let message = span_of(
            &[
                ("langsmith.span.kind", "llm"),
                ("gen_ai.prompt", &prompt),
                ("gen_ai.completion", completion),
                ("gen_ai.usage.input_tokens", "7"),
                ("langsmith.metadata.thread_id", "t1"),
                ("langsmith.trace.session_name", "project"),
            ],
            true,
        );
        let span = read("langsmith", &message).unwrap();
        assert_eq!((span.convention, span.kind), ("langsmith", Kind::Llm));
        assert_eq!(
            (texts(&span, Role::System), texts(&span, Role::Input)),
            (vec!["Sé breve.".into()], vec!["¿cuánto?".into()])
        );
        assert_eq!(texts(&span, Role::Output), ["lo siento"]);
        assert_eq!(span.refusal, Some(RefusalSignal::Refused(Some("lo siento".into()))));
        assert_eq!((span.usage.input, span.session_id.as_deref()), (Some(7), Some("t1")));

        let completion = r#"{"generations":[[{"text":"","message":{"kwargs":{"content":"","tool_calls":[{"name":"t","args":{"q":"casco"}}]}}}]]}"#;
        let message = span_of(&[("langsmith.span.kind", "llm"), ("gen_ai.completion", completion)], true);
        let span = read("langsmith", &message).unwrap();
        assert!(span.calls_tools && !span.has(Role::Output));
        assert_eq!(texts(&span, Role::ToolArguments), ["casco"]);

        let message = span_of(
            &[
                ("langsmith.span.kind", "retriever"),
                ("gen_ai.prompt", r#"{"query":"garantía"}"#),
                (
                    "gen_ai.completion",
                    r#"{"documents":[{"page_content":"Dos años.","metadata":{},"type":"Document"}]}"#,
                ),
            ],
            true,
        );
        let span = read("langsmith", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Retrieval)),
            (vec!["garantía".into()], vec!["Dos años.".into()])
        );

        let message = span_of(
            &[
                ("langsmith.span.kind", "chain"),
                ("gen_ai.operation.name", "chain"),
                ("gen_ai.prompt", r#"{"input":"¿cuánto?"}"#),
                ("gen_ai.completion", r#"{"output":"Diez."}"#),
            ],
            false,
        );
        let span = read("langsmith", &message).unwrap();
        assert_eq!(
            (span.kind, texts(&span, Role::Input), texts(&span, Role::Output)),
            (Kind::Chain, vec!["¿cuánto?".into()], vec!["Diez.".into()])
        );
    }
}
