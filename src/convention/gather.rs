//! One pass over a span's attributes that puts each where it belongs, whatever its name is.
//!
//! Values are not read here; what nobody asks for costs a comparison of keys. Where several names mean the same, the
//! one with the lowest rank counts.

use super::documents::IndexedTexts;
use super::events;
use super::indexed::Indexed;
use super::kind;
use super::messages::Message;
use super::span::Kind;
use super::usage::UsageReader;
use crate::otlp::view::{AnyValue, Attribute, Attributes, Span};
use std::borrow::Cow;

/// An attribute that has several names: the best seen so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ranked<'a>(Option<(u8, Attribute<'a>)>);

impl<'a> Ranked<'a> {
    fn put(&mut self, rank: u8, attribute: &Attribute<'a>) {
        if self.0.is_none_or(|(best, _)| rank < best) {
            self.0 = Some((rank, *attribute));
        }
    }

    /// Its value, if it can be read.
    pub(super) fn value(self) -> Option<AnyValue<'a>> {
        self.0.and_then(|(_, attribute)| attribute.value().ok())
    }

    /// Its string without JSON's quotes, if there is anything in it.
    pub(super) fn name(self) -> Option<Cow<'a, str>> {
        let text = self.value()?.as_str()?.trim().trim_matches('"');
        (!text.is_empty()).then_some(Cow::Borrowed(text))
    }
}

/// What a span's attributes say, by meaning.
#[derive(Debug, Default)]
pub(super) struct Gathered<'a> {
    kind: Ranked<'a>,
    operation: Ranked<'a>,
    vercel_id: Ranked<'a>,
    pub(super) model: Ranked<'a>,
    pub(super) usage: UsageReader,
    pub(super) session: Ranked<'a>,
    pub(super) user: Ranked<'a>,
    pub(super) finish: Ranked<'a>,
    pub(super) system: Ranked<'a>,
    pub(super) input_messages: Ranked<'a>,
    pub(super) output_messages: Ranked<'a>,
    /// A whole conversation, answer included.
    pub(super) conversation: Ranked<'a>,
    /// What went in and came out, in whatever form.
    pub(super) input_value: Ranked<'a>,
    pub(super) output_value: Ranked<'a>,
    /// The answer as plain text.
    pub(super) final_text: Ranked<'a>,
    pub(super) tool_name: Ranked<'a>,
    pub(super) tool_arguments: Ranked<'a>,
    pub(super) tool_result: Ranked<'a>,
    pub(super) query: Ranked<'a>,
    pub(super) documents: Ranked<'a>,
    pub(super) indexed_input: Indexed<'a>,
    pub(super) indexed_output: Indexed<'a>,
    pub(super) indexed_documents: IndexedTexts<'a>,
    pub(super) embedded: IndexedTexts<'a>,
    /// Messages of span events.
    pub(super) events_in: Vec<Message<'a>>,
    pub(super) events_out: Vec<Message<'a>>,
    has_tool_call: bool,
    has_documents: bool,
}

impl<'a> Gathered<'a> {
    /// Sorts the attributes in.
    pub(super) fn of(attributes: &Attributes<'a>) -> Self {
        let mut gathered = Gathered::default();
        gathered.add(attributes);
        gathered
    }

    /// Sorts in a span's attributes, and what its events say.
    pub(super) fn of_span(span: &Span<'a>) -> Self {
        let mut gathered = Gathered::of(&span.attributes);
        events::gather(span, &mut gathered);
        gathered
    }

    /// Sorts more attributes in.
    pub(super) fn add(&mut self, attributes: &Attributes<'a>) {
        for attribute in attributes.iter() {
            self.take(attribute);
        }
    }

    /// An event that says what a tool was asked, if this turns out to be a tool's span.
    pub(super) fn tool_asked(&mut self, event: &Attributes<'a>) {
        if let Some(content) = event.iter().find(|attribute| attribute.key == b"content") {
            self.tool_arguments.put(3, content);
        }
    }

    /// An event that says what a tool answered, if this turns out to be a tool's span.
    pub(super) fn tool_said(&mut self, event: &Attributes<'a>) {
        if let Some(message) = event.iter().find(|attribute| attribute.key == b"message") {
            self.tool_result.put(3, message);
        }
    }

    /// What the span does: as it names its kind, else its operation, else what its attributes suggest.
    pub(super) fn kind(&self) -> Kind {
        let text = |ranked: Ranked<'a>| ranked.value().and_then(|value| value.as_str());
        text(self.kind)
            .and_then(kind::named)
            .or_else(|| text(self.operation).and_then(kind::operation))
            .or_else(|| text(self.vercel_id).and_then(kind::vercel))
            .unwrap_or_else(|| self.suggested())
    }

    fn suggested(&self) -> Kind {
        if self.has_tool_call {
            Kind::Tool
        } else if self.has_documents {
            Kind::Retriever
        } else if self.conversation.0.is_some() {
            Kind::Agent
        } else if self.model.0.is_some() || !self.indexed_output.is_empty() || self.output_messages.0.is_some() {
            Kind::Llm
        } else {
            Kind::Chain
        }
    }

    fn take(&mut self, attribute: &Attribute<'a>) {
        match attribute.key {
            [b'g', b'e', b'n', b'_', b'a', b'i', b'.', rest @ ..] => self.gen_ai(rest, attribute),
            [b'l', b'l', b'm', b'.', rest @ ..] => self.llm(rest, attribute),
            [b'a', b'i', b'.', rest @ ..] => self.vercel(rest, attribute),
            [b'l', b'a', b'n', b'g', rest @ ..] => self.langfuse(rest, attribute),
            [b'm', b'l', b'f', b'l', b'o', b'w', b'.', rest @ ..] => self.mlflow(rest, attribute),
            b"input.value" => self.input_value.put(0, attribute),
            b"output.value" => self.output_value.put(0, attribute),
            b"openinference.span.kind" => self.kind.put(1, attribute),
            b"fi.span.kind" => self.kind.put(2, attribute),
            b"traceloop.span.kind" => self.kind.put(6, attribute),
            b"traceloop.entity.input" => self.input_value.put(3, attribute),
            b"traceloop.entity.output" => self.output_value.put(3, attribute),
            b"traceloop.association.properties.session_id" => self.session.put(4, attribute),
            b"traceloop.association.properties.user_id" => self.user.put(4, attribute),
            b"session.id" => self.session.put(0, attribute),
            b"user.id" | b"enduser.id" => self.user.put(0, attribute),
            b"pydantic_ai.all_messages" => self.conversation.put(0, attribute),
            b"final_result" => self.final_text.put(0, attribute),
            b"model_name" => self.model.put(12, attribute),
            b"tool.name" => self.tool_name.put(1, attribute),
            b"tool_arguments" => self.tool_arguments.put(1, attribute),
            b"tool_response" => self.tool_result.put(1, attribute),
            b"embedding.model_name" => self.model.put(9, attribute),
            b"reranker.model_name" => self.model.put(10, attribute),
            key => {
                if let Some(rest) = key.strip_prefix(b"retrieval.documents.") {
                    self.has_documents = true;
                    self.indexed_documents.take(rest, b"document.content", *attribute);
                } else if let Some(rest) = key.strip_prefix(b"embedding.embeddings.") {
                    self.embedded.take(rest, b"embedding.text", *attribute);
                }
            }
        }
    }

    fn gen_ai(&mut self, rest: &[u8], attribute: &Attribute<'a>) {
        if let Some(rest) = rest.strip_prefix(b"usage.") {
            return self.usage.gen_ai(rest, attribute);
        }
        match rest {
            b"span.kind" => self.kind.put(3, attribute),
            b"operation.name" => self.operation.put(0, attribute),
            b"response.model" => self.model.put(0, attribute),
            b"request.model" => self.model.put(5, attribute),
            b"conversation.id" => self.session.put(1, attribute),
            b"response.finish_reasons" => self.finish.put(0, attribute),
            b"system_instructions" => self.system.put(0, attribute),
            b"prompts" => self.system.put(1, attribute),
            b"input.messages" => self.input_messages.put(0, attribute),
            b"output.messages" => self.output_messages.put(0, attribute),
            b"prompt" => self.input_value.put(4, attribute),
            b"completion" => self.output_value.put(4, attribute),
            b"tool.name" => {
                self.has_tool_call = true;
                self.tool_name.put(0, attribute);
            }
            b"tool.call.id" => self.has_tool_call = true,
            b"tool.call.arguments" => self.tool_arguments.put(0, attribute),
            b"tool.call.result" => self.tool_result.put(0, attribute),
            b"retrieval.query.text" => self.query.put(0, attribute),
            b"retrieval.documents" => {
                self.has_documents = true;
                self.documents.put(0, attribute);
            }
            _ => {
                if let Some(rest) = rest.strip_prefix(b"input.messages.").or_else(|| rest.strip_prefix(b"prompt.")) {
                    self.indexed_input.take(rest, *attribute);
                } else if let Some(rest) =
                    rest.strip_prefix(b"output.messages.").or_else(|| rest.strip_prefix(b"completion."))
                {
                    self.indexed_output.take(rest, *attribute);
                }
            }
        }
    }

    fn llm(&mut self, rest: &[u8], attribute: &Attribute<'a>) {
        if let Some(rest) = rest.strip_prefix(b"input_messages.") {
            self.indexed_input.take(rest, *attribute);
        } else if let Some(rest) = rest.strip_prefix(b"output_messages.") {
            self.indexed_output.take(rest, *attribute);
        } else if let Some(rest) = rest.strip_prefix(b"token_count.") {
            self.usage.token_count(rest, attribute);
        } else {
            match rest {
                b"model_name" => self.model.put(2, attribute),
                b"response.model_name" => self.model.put(1, attribute),
                b"request.model_name" => self.model.put(6, attribute),
                b"finish_reason" => self.finish.put(1, attribute),
                b"usage.total_tokens" => self.usage.total(attribute),
                _ => {}
            }
        }
    }

    fn vercel(&mut self, rest: &[u8], attribute: &Attribute<'a>) {
        if let Some(rest) = rest.strip_prefix(b"usage.") {
            return self.usage.vercel(rest, attribute);
        }
        match rest {
            b"operationId" => self.vercel_id.put(0, attribute),
            b"response.model" => self.model.put(3, attribute),
            b"model.id" => self.model.put(7, attribute),
            b"response.finishReason" => self.finish.put(2, attribute),
            b"prompt.messages" => self.input_messages.put(1, attribute),
            b"prompt" => self.input_value.put(5, attribute),
            b"value" | b"values" => self.input_value.put(6, attribute),
            b"response.text" => self.final_text.put(1, attribute),
            b"toolCall.name" => self.tool_name.put(2, attribute),
            b"toolCall.args" => self.tool_arguments.put(2, attribute),
            b"toolCall.result" => self.tool_result.put(2, attribute),
            b"telemetry.metadata.sessionId" => self.session.put(3, attribute),
            b"telemetry.metadata.userId" => self.user.put(3, attribute),
            _ => {}
        }
    }

    fn langfuse(&mut self, rest: &[u8], attribute: &Attribute<'a>) {
        match rest {
            b"fuse.observation.type" => self.kind.put(0, attribute),
            b"fuse.observation.input" => self.input_value.put(1, attribute),
            b"fuse.observation.output" => self.output_value.put(1, attribute),
            b"fuse.observation.model.name" => self.model.put(4, attribute),
            b"fuse.session.id" => self.session.put(2, attribute),
            b"fuse.user.id" => self.user.put(2, attribute),
            b"smith.span.kind" => self.kind.put(5, attribute),
            _ => {}
        }
    }

    fn mlflow(&mut self, rest: &[u8], attribute: &Attribute<'a>) {
        match rest {
            b"spanType" => self.kind.put(4, attribute),
            b"spanInputs" => self.input_value.put(2, attribute),
            b"spanOutputs" => self.output_value.put(2, attribute),
            b"llm.model" => self.model.put(8, attribute),
            _ => {}
        }
    }
}
