//! One pass over a span's attributes that puts each where it belongs, whatever its name is.
//!
//! Each convention's file says which keys are its own (`take`). Several conventions may speak on one span: where they
//! say the same thing, the one with the lowest rank counts, and the next one where that holds nothing. Values are not
//! read here; what nobody asks for costs a comparison of keys.

use super::documents::IndexedTexts;
use super::indexed::Indexed;
use super::marks::Marks;
use super::message::Message;
use super::slot::{Choices, Slot};
use super::span::Kind;
use super::usage::UsageReader;
use super::{adk, crewai, genai, kind, langfuse, langsmith, mlflow, openinference, openllmetry, pydantic, vercel};
use crate::otlp::view::{Attribute, Attributes};

/// Whose word counts first where conventions put the same content on one span: those that say whose words it is before
/// those that hold a whole request or whatever a step was given, and those made by the framework itself before copies.
pub(super) mod rank {
    pub const GEN_AI: u8 = 0;
    pub const VERCEL: u8 = 1;
    pub const LANGFUSE: u8 = 2;
    pub const MLFLOW: u8 = 3;
    pub const LANGSMITH: u8 = 4;
    pub const ADK: u8 = 5;
    pub const OPENLLMETRY: u8 = 6;
    pub const PYDANTIC: u8 = 7;
    pub const VALUE: u8 = 8;
    pub const CREWAI: u8 = 9;
    /// What is said of the whole trace rather than of this span.
    pub const TRACE: u8 = 10;
}

/// What a span's attributes say, by meaning.
#[derive(Debug, Default)]
pub struct Gathered<'a> {
    /// Which families of keys there are: the keys are looked at anyway.
    pub(super) marks: Marks,
    /// A kind by name, as [`kind::named`] reads it.
    pub(super) kind: Slot<'a>,
    /// `gen_ai.operation.name`.
    pub(super) operation: Slot<'a>,
    /// `ai.operationId`.
    pub(super) vercel_id: Slot<'a>,
    pub(super) model: Slot<'a>,
    pub(super) usage: UsageReader,
    /// Usage as one JSON object.
    pub(super) usage_object: Choices<'a>,
    pub(super) session: Slot<'a>,
    pub(super) user: Slot<'a>,
    pub(super) finish: Slot<'a>,
    pub(super) system: Slot<'a>,
    pub(super) input_messages: Choices<'a>,
    pub(super) output_messages: Choices<'a>,
    /// A whole conversation, answer included.
    pub(super) conversation: Choices<'a>,
    /// What went in and came out, in whatever form.
    pub(super) input_value: Choices<'a>,
    pub(super) output_value: Choices<'a>,
    /// The answer as plain text.
    pub(super) final_text: Choices<'a>,
    /// Tool calls beside the answer.
    pub(super) tool_calls: Slot<'a>,
    pub(super) tool_name: Slot<'a>,
    pub(super) tool_arguments: Choices<'a>,
    pub(super) tool_result: Choices<'a>,
    /// What a tool was asked, from an event that may also be a message of a model call.
    pub(super) event_arguments: Slot<'a>,
    pub(super) query: Slot<'a>,
    pub(super) documents: Slot<'a>,
    pub(super) indexed_input: Indexed<'a>,
    pub(super) indexed_output: Indexed<'a>,
    pub(super) indexed_documents: IndexedTexts<'a>,
    pub(super) embedded: IndexedTexts<'a>,
    /// Messages of span events.
    pub(super) events_in: Vec<Message<'a>>,
    pub(super) events_out: Vec<Message<'a>>,
    /// Messages as events in one attribute, pydantic-ai's first version.
    pub(super) event_list: Slot<'a>,
    pub(super) has_tool_call: bool,
    pub(super) is_model_call: bool,
    pub(super) has_documents: bool,
}

impl<'a> Gathered<'a> {
    /// Sorts attributes in.
    pub(super) fn add(&mut self, attributes: &Attributes<'a>) {
        for attribute in attributes.iter() {
            self.take(attribute);
        }
    }

    /// An event that says what a tool was asked, if this turns out to be a tool's span.
    pub(super) fn tool_asked(&mut self, event: &Attributes<'a>) {
        if let Some(content) = event.iter().find(|attribute| attribute.key == b"content") {
            self.event_arguments.put(rank::VALUE, content);
        }
    }

    /// An event that says what a tool answered, if this turns out to be a tool's span.
    pub(super) fn tool_said(&mut self, event: &Attributes<'a>) {
        if let Some(message) = event.iter().find(|attribute| attribute.key == b"message") {
            self.tool_result.put(rank::VALUE, message);
        }
    }

    /// What the span does: as it names its kind, else its operation, else what its attributes suggest.
    pub(super) fn kind(&self) -> Kind {
        (self.kind.bytes().and_then(kind::usual))
            .or_else(|| kind::named(self.kind.str()?))
            .or_else(|| match self.operation.bytes()? {
                // What nearly all say.
                b"chat" => Some(Kind::Llm),
                _ => self.operation.str().and_then(kind::operation),
            })
            .or_else(|| self.vercel_id.str().and_then(kind::vercel))
            .unwrap_or_else(|| self.suggested())
    }

    fn suggested(&self) -> Kind {
        if self.has_tool_call || !self.tool_arguments.is_empty() {
            Kind::Tool
        } else if self.has_documents {
            Kind::Retriever
        } else if !self.conversation.is_empty() {
            Kind::Agent
        } else if self.is_model_call
            || !self.model.is_empty()
            || !self.indexed_output.is_empty()
            || !self.output_messages.is_empty()
        {
            Kind::Llm
        } else {
            Kind::Chain
        }
    }

    #[inline]
    fn take(&mut self, attribute: &Attribute<'a>) {
        let key = attribute.key;
        if let Some(rest) = key.strip_prefix(b"gen_ai.") {
            self.marks |= Marks::GEN_AI;
            genai::take(self, rest, attribute);
        } else if let Some(rest) = key.strip_prefix(b"llm.") {
            self.marks |= Marks::LLM;
            openinference::take_llm(self, rest, attribute);
        } else {
            self.take_other(key, attribute);
        }
    }

    /// As [`Gathered::take`], for keys of which a span has few.
    #[inline(never)]
    fn take_other(&mut self, key: &[u8], attribute: &Attribute<'a>) {
        let marks = Marks::of_key(key);
        self.marks |= marks;
        if marks.any(Marks::OWN) {
            return self.take_own(key, attribute);
        }
        match key {
            b"session.id" => self.session.put(0, attribute),
            b"user.id" | b"enduser.id" => self.user.put(0, attribute),
            b"fi.span.kind" => self.kind.put(2, attribute),
            _ => {
                if !openinference::take(self, key, attribute) {
                    pydantic::take(self, key, attribute);
                }
            }
        }
    }

    /// Keys that begin with the name of the program that wrote them.
    fn take_own(&mut self, key: &[u8], attribute: &Attribute<'a>) {
        if let Some(rest) = key.strip_prefix(b"ai.") {
            vercel::take(self, rest, attribute);
        } else if let Some(rest) = key.strip_prefix(b"langfuse.") {
            langfuse::take(self, rest, attribute);
        } else if let Some(rest) = key.strip_prefix(b"langsmith.") {
            langsmith::take(self, rest, attribute);
        } else if let Some(rest) = key.strip_prefix(b"mlflow.") {
            mlflow::take(self, rest, attribute);
        } else if let Some(rest) = key.strip_prefix(b"traceloop.") {
            openllmetry::take(self, rest, attribute);
        } else if let Some(rest) = key.strip_prefix(b"gcp.vertex.") {
            adk::take(self, rest, attribute);
        } else if let Some(rest) = key.strip_prefix(b"crew") {
            crewai::take(self, rest, attribute);
        }
    }
}
