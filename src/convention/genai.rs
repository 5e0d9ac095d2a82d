//! OpenTelemetry's GenAI conventions: messages as one JSON string or one structured value
//! (`gen_ai.input.messages`), system instructions and tool calls beside them. What Google's ADK, pydantic-ai, Strands,
//! Vercel's SDK from version 7 and newer OpenLLMetry send in their current modes is this.
//!
//! traceAI uses some of the names as prefixes of numbered keys (`gen_ai.input.messages.0.message.content`), older
//! OpenLLMetry numbers `gen_ai.prompt` and `gen_ai.completion`; LangSmith and OpenTelemetry 1.27 hold a whole request in
//! these two.

use super::gather::{Gathered, rank};
use super::marks::Marks;
use super::{Convention, Source};
use crate::otlp::view::Attribute;

/// See the [module](self).
pub(super) struct GenAi;

impl Convention for GenAi {
    fn name(&self) -> &'static str {
        "otel-genai"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::OPERATION)
    }
}

/// Puts an attribute below `gen_ai.` where it belongs; `rest` is its key after that.
pub(super) fn take<'a>(gathered: &mut Gathered<'a>, rest: &[u8], attribute: &Attribute<'a>) {
    // A span has a dozen of these: by their first letter, so that each is compared with few.
    match rest.first() {
        Some(b'u') => {
            if let Some(rest) = rest.strip_prefix(b"usage.") {
                gathered.usage.gen_ai(rest, attribute);
            }
        }
        Some(b'r') => match rest {
            b"response.model" => gathered.model.put(0, attribute),
            b"request.model" => gathered.model.put(5, attribute),
            b"response.finish_reasons" => gathered.finish.put(0, attribute),
            b"retrieval.query.text" => gathered.query.put(0, attribute),
            b"retrieval.documents" => {
                gathered.has_documents = true;
                gathered.documents.put(0, attribute);
            }
            _ => {}
        },
        Some(b'i') => match rest.strip_prefix(b"input.messages") {
            Some([]) => gathered.input_messages.put(rank::GEN_AI, attribute),
            Some([b'.', rest @ ..]) => gathered.indexed_input.take(rest, attribute),
            _ => {}
        },
        Some(b'o') => match rest.strip_prefix(b"output.messages") {
            Some([]) => gathered.output_messages.put(rank::GEN_AI, attribute),
            Some([b'.', rest @ ..]) => gathered.indexed_output.take(rest, attribute),
            _ if rest == b"operation.name" => {
                gathered.marks |= Marks::OPERATION;
                gathered.operation.put(0, attribute);
            }
            _ => {}
        },
        Some(b's') => match rest {
            b"system_instructions" => gathered.system.put(0, attribute),
            b"span.kind" => {
                gathered.marks |= Marks::GEN_AI_KIND;
                gathered.kind.put(3, attribute);
            }
            _ => {}
        },
        Some(b'p') => match rest {
            b"prompts" => gathered.system.put(1, attribute),
            b"prompt" => gathered.input_value.put(rank::LANGSMITH, attribute),
            _ => {
                if let Some(rest) = rest.strip_prefix(b"prompt.") {
                    if rest.first().is_some_and(u8::is_ascii_digit) {
                        gathered.marks |= Marks::INDEXED_PROMPT;
                    }
                    gathered.indexed_input.take(rest, attribute);
                }
            }
        },
        Some(b'c') => match rest {
            b"conversation.id" => gathered.session.put(1, attribute),
            b"completion" => gathered.output_value.put(rank::LANGSMITH, attribute),
            _ => {
                if let Some(rest) = rest.strip_prefix(b"completion.") {
                    gathered.indexed_output.take(rest, attribute);
                }
            }
        },
        Some(b't') => match rest {
            b"tool.name" => {
                gathered.has_tool_call = true;
                gathered.tool_name.put(0, attribute);
            }
            b"tool.call.id" => gathered.has_tool_call = true,
            b"tool.call.arguments" => gathered.tool_arguments.put(rank::GEN_AI, attribute),
            b"tool.call.result" => gathered.tool_result.put(rank::GEN_AI, attribute),
            _ => {}
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{Any, read, span, span_of, texts};
    use crate::convention::{Kind, Role};

    fn part(kind: &str, members: &[(&str, Any)]) -> Any {
        let mut all = vec![("type".to_owned(), kind.into())];
        all.extend(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        Any::Map(all)
    }

    fn message(role: &str, parts: Vec<Any>) -> Any {
        Any::Map(vec![("role".to_owned(), role.into()), ("parts".to_owned(), Any::List(parts))])
    }

    /// Scenario: the same call with its messages as JSON strings and as structured values; parts of every kind.
    /// Guarantees: both read the same: the user's last words, the tool's result, no reasoning, no media, no offered tools.
    #[test]
    fn both_encodings() {
        let input = r#"[{"role":"user","parts":[{"type":"text","content":"¿y mañana?"},
            {"type":"blob","mime_type":"image/png","modality":"image","content":"iVBORw0KGgo="},
            {"type":"uri","uri":"https://a.example/x.png"},{"type":"file","file_id":"f"},{"type":"novel","content":"?"}]},
            {"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"t","arguments":{"q":"Oslo"}}]},
            {"role":"tool","parts":[{"type":"tool_call_response","id":"1","result":{"r":"nieve"}}]}]"#;
        let output = r#"[{"role":"assistant","parts":[{"type":"reasoning","content":"hmm"},
            {"type":"text","content":"Nieva."}],"finish_reason":"stop"}]"#;
        let as_json = span_of(
            &[
                ("gen_ai.operation.name", "chat"),
                ("gen_ai.system_instructions", r#"[{"type":"text","content":"Sé breve."}]"#),
                ("gen_ai.input.messages", input),
                ("gen_ai.output.messages", output),
                ("gen_ai.tool.definitions", r#"[{"name":"t","description":"Gets the weather"}]"#),
            ],
            true,
        );
        let text = |words: &str| part("text", &[("content", words.into())]);
        let arguments = Any::Map(vec![("q".to_owned(), "Oslo".into())]);
        let result = Any::Map(vec![("r".to_owned(), "nieve".into())]);
        let structured = span(
            &[
                ("gen_ai.operation.name".to_owned(), "chat".into()),
                ("gen_ai.system_instructions".to_owned(), Any::List(vec![text("Sé breve.")])),
                (
                    "gen_ai.input.messages".to_owned(),
                    Any::List(vec![
                        message("user", vec![text("¿y mañana?"), part("blob", &[("content", Any::Bytes(vec![1]))])]),
                        message("assistant", vec![part("tool_call", &[("arguments", arguments)])]),
                        message("tool", vec![part("tool_call_response", &[("response", result)])]),
                    ]),
                ),
                (
                    "gen_ai.output.messages".to_owned(),
                    Any::List(vec![message(
                        "assistant",
                        vec![part("reasoning", &[("content", "hmm".into())]), text("Nieva.")],
                    )]),
                ),
            ],
            true,
        );
        for message in [&as_json, &structured] {
            let span = read("any", message).unwrap();
            assert_eq!((span.convention, span.kind), ("otel-genai", Kind::Llm));
            assert_eq!(texts(&span, Role::System), ["Sé breve."]);
            assert_eq!(texts(&span, Role::Input), ["¿y mañana?"]);
            assert_eq!(texts(&span, Role::ToolResult), ["nieve"]);
            assert_eq!(texts(&span, Role::Output), ["Nieva."]);
            assert!(span.content_hidden && !span.has(Role::ToolArguments));
        }
    }

    /// Scenario: messages cut by an attribute limit in an escape, in a character's bytes, and before any text.
    /// Guarantees: what is whole is read, the cut one as far as it goes.
    #[test]
    fn cut_values() {
        let whole = r#"[{"role":"user","parts":[{"type":"text","content":"\u0928\u092e\u0938\u094d\u0924\u0947 \u091c\u0940"}]}]"#;
        for (end, words) in [("\\u091c\\u09", "नमस्ते ज"), ("\\u091c\\", "नमस्ते ज"), ("\\u0928\\u092e", "नम")]
        {
            let at = whole.find(end).unwrap() + end.len();
            let message = span_of(&[("gen_ai.operation.name", "chat"), ("gen_ai.input.messages", &whole[..at])], true);
            assert_eq!(texts(&read("", &message).unwrap(), Role::Input), [words], "{end}");
        }
        // OpenLLMetry writes the type last, so that a cut part has none.
        let sorted = r#"[{"role": "user", "parts": [{"content": "\u0928\u092e\u0938\u094d"#;
        let message = span_of(&[("gen_ai.operation.name", "chat"), ("gen_ai.input.messages", sorted)], true);
        assert_eq!(texts(&read("", &message).unwrap(), Role::Input), ["नमस्"]);
        let image = format!(r#"[{{"role": "user", "parts": [{{"content": "{}"#, "iVBORw0KGgo".repeat(9));
        let message = span_of(&[("gen_ai.operation.name", "chat"), ("gen_ai.input.messages", &image)], true);
        let span = read("", &message).unwrap();
        assert!(span.content_hidden && !span.has(Role::Input));
        let message = span_of(&[("gen_ai.operation.name", "chat"), ("gen_ai.input.messages", &whole[..20])], true);
        assert!(!read("", &message).unwrap().has(Role::Input));
    }

    /// Scenario: a value cut between the bytes of a character, plain and in JSON; one with broken bytes in its middle.
    /// Guarantees: the first are read up to the cut, the last is not read.
    #[test]
    fn cut_characters() {
        use crate::otlp::wire::put_bytes;
        let of = |value: &[u8]| {
            let (mut any, mut attribute) = (Vec::new(), Vec::new());
            put_bytes(&mut any, 1, value);
            put_bytes(&mut attribute, 1, b"gen_ai.input.messages");
            put_bytes(&mut attribute, 2, &any);
            let mut message = span_of(&[("gen_ai.operation.name", "chat")], true);
            put_bytes(&mut message, 9, &attribute);
            message
        };
        let json = r#"[{"role":"user","parts":[{"type":"text","content":"नमस्ते"#.as_bytes();
        for cut in 1..3 {
            let message = of(&json[..json.len() - cut]);
            assert_eq!(texts(&read("", &message).unwrap(), Role::Input), ["नमस्त"], "{cut}");
        }
        let mut broken = json.to_vec();
        broken[55] = 0xff;
        assert!(read("", &of(&broken)).unwrap().texts.is_empty());
    }

    /// Scenario: a search with a query and documents, of which one is without text; an embedding; a tool that failed.
    /// Guarantees: each span has its kind and its texts.
    #[test]
    fn other_operations() {
        let message = span_of(
            &[
                ("gen_ai.operation.name", "retrieval"),
                ("gen_ai.retrieval.query.text", "garantía"),
                ("gen_ai.retrieval.documents", r#"[{"id":"1","score":0.9},{"id":"2","score":0.8,"text":"Dos años."}]"#),
            ],
            true,
        );
        let span = read("", &message).unwrap();
        assert_eq!(span.kind, Kind::Retriever);
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Retrieval)),
            (vec!["garantía".into()], vec!["Dos años.".into()])
        );
        let message = span_of(
            &[
                ("gen_ai.operation.name", "embeddings"),
                (
                    "gen_ai.input.messages",
                    r#"[{"role":"user","parts":[{"type":"text","content":"a b"}]},{"role":"user","content":"c"}]"#,
                ),
            ],
            true,
        );
        let span = read("", &message).unwrap();
        assert_eq!((span.kind, texts(&span, Role::Input)), (Kind::Embedding, vec!["a b".to_owned(), "c".to_owned()]));
        let message = span_of(
            &[
                ("gen_ai.operation.name", "execute_tool"),
                ("gen_ai.tool.name", "clima"),
                ("gen_ai.tool.call.arguments", r#""{\"lugar\":\"Oslo\"}""#),
            ],
            true,
        );
        let span = read("", &message).unwrap();
        assert_eq!((span.kind, span.tool_name.as_deref()), (Kind::Tool, Some("clima")));
        assert_eq!(texts(&span, Role::ToolArguments), ["Oslo"]);
    }
}
