//! One user question and its answer.

use crate::convention::{Role, Usage};
use crate::language::{Tag, Verdict};
use crate::refusal;
use crate::tokens::Count;
use std::sync::Arc;

/// Why a turn was taken for complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompletedBy {
    /// The root was seen and the trace was quiet.
    Quiet,
    /// Nothing came for long.
    Idle,
    /// It was open for too long.
    Age,
    /// It had as many spans as are read.
    Spans,
    /// Room was needed for other traces.
    Capacity,
    /// The program stops, or a replay has read all.
    Flush,
}

impl CompletedBy {
    /// All of them, in the order in which series are created.
    pub const ALL: [CompletedBy; 6] = [
        CompletedBy::Quiet,
        CompletedBy::Idle,
        CompletedBy::Age,
        CompletedBy::Spans,
        CompletedBy::Capacity,
        CompletedBy::Flush,
    ];

    /// The value of the label `reason`.
    pub const fn name(self) -> &'static str {
        match self {
            CompletedBy::Quiet => "quiet",
            CompletedBy::Idle => "idle",
            CompletedBy::Age => "age",
            CompletedBy::Spans => "spans",
            CompletedBy::Capacity => "capacity",
            CompletedBy::Flush => "flush",
        }
    }
}

/// A text of the turn.
#[derive(Debug, Clone)]
pub struct TurnText {
    /// The text, cut to the configured size.
    pub text: Arc<str>,
    /// Its language.
    pub language: Arc<Verdict>,
    /// Characters (Unicode scalar values) of the whole text.
    pub characters: u64,
    /// Bytes of the whole text in UTF-8.
    pub bytes: u64,
    /// Tokens of the whole text.
    pub tokens: Count,
}

/// What one trace says: a question, what was found and done, and the answer.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span whose answer is the turn's answer; the root or an LLM span.
    pub span_id: [u8; 8],
    /// The service.
    pub service: Arc<str>,
    /// The conversation that the turn belongs to, as the client names it.
    pub session: Option<Arc<str>>,
    /// The model that answered.
    pub model: Option<Arc<str>>,
    /// The user's text.
    pub input: Option<TurnText>,
    /// The answer.
    pub output: Option<TurnText>,
    /// The instructions.
    pub system: Option<TurnText>,
    /// Documents found, each once.
    pub retrieval: Vec<TurnText>,
    /// Tool arguments, each once.
    pub tool_arguments: Vec<TurnText>,
    /// Tool results, each once.
    pub tool_results: Vec<TurnText>,
    /// Tokens, each model call once.
    pub usage: Usage,
    /// The refusal verdict of the answering span.
    pub refusal: Option<refusal::Verdict>,
    /// Whether a span with the answer's role ended in an error and no answer came.
    pub failed: bool,
    /// Whether texts of the answering span were hidden on purpose, or are media: that one is missing says nothing.
    pub content_hidden: bool,
    /// Whether any LLM span was seen.
    pub has_llm: bool,
    /// Whether the last model call only asked for tools, so that no answer is due on it.
    pub ends_in_tool_call: bool,
    /// How many turns this one stands for after sampling upstream.
    pub adjusted_count: f64,
    /// Spans that were read.
    pub spans: usize,
    /// Why it was taken for complete.
    pub completed_by: CompletedBy,
}

impl Turn {
    /// The cohort's language: that of the user's text, `und` without one.
    pub fn language(&self) -> Tag {
        self.input.as_ref().map_or(Tag::UND, |text| text.language.language)
    }

    /// The language of the answer, `und` without one.
    pub fn target_language(&self) -> Tag {
        self.output.as_ref().map_or(Tag::UND, |text| text.language.language)
    }

    /// The texts of one role.
    pub fn texts(&self, role: Role) -> Vec<&TurnText> {
        match role {
            Role::System => self.system.iter().collect(),
            Role::Input => self.input.iter().collect(),
            Role::Output => self.output.iter().collect(),
            Role::Retrieval => self.retrieval.iter().collect(),
            Role::ToolArguments => self.tool_arguments.iter().collect(),
            Role::ToolResult => self.tool_results.iter().collect(),
        }
    }
}
