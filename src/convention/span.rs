//! What every convention is read into.

use crate::otlp::view::Status;
use smallvec::SmallVec;
use std::borrow::Cow;

/// Strings of which there is nearly always one, which then needs no heap.
pub type Few<'a> = SmallVec<[Cow<'a, str>; 1]>;

/// What a span does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A call of a language model.
    Llm,
    /// An agent's run.
    Agent,
    /// A step that groups others.
    Chain,
    /// A tool's run.
    Tool,
    /// A search for documents.
    Retriever,
    /// A reordering of documents.
    Reranker,
    /// Texts turned into vectors.
    Embedding,
    /// A check that may block.
    Guardrail,
    /// An evaluation.
    Evaluator,
}

impl Kind {
    /// The value of `isogloss.span.kind`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Llm => "LLM",
            Kind::Agent => "AGENT",
            Kind::Chain => "CHAIN",
            Kind::Tool => "TOOL",
            Kind::Retriever => "RETRIEVER",
            Kind::Reranker => "RERANKER",
            Kind::Embedding => "EMBEDDING",
            Kind::Guardrail => "GUARDRAIL",
            Kind::Evaluator => "EVALUATOR",
        }
    }
}

/// Whose text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The instructions.
    System,
    /// The user.
    Input,
    /// What was found.
    Retrieval,
    /// What a tool was asked.
    ToolArguments,
    /// What a tool said.
    ToolResult,
    /// The answer.
    Output,
}

impl Role {
    /// Every role, in the order of a turn.
    pub const ALL: [Role; 6] =
        [Role::System, Role::Input, Role::Retrieval, Role::ToolArguments, Role::ToolResult, Role::Output];

    /// The name in attributes and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Role::System => "system",
            Role::Input => "input",
            Role::Retrieval => "retrieval",
            Role::ToolArguments => "tool_arguments",
            Role::ToolResult => "tool_result",
            Role::Output => "output",
        }
    }
}

/// A text and whose it is. A role may have several: documents, parallel tool calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleText<'a> {
    /// Whose.
    pub role: Role,
    /// The text, unescaped, never empty.
    pub text: Cow<'a, str>,
}

/// Tokens as the span reports them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Prompt tokens.
    pub input: Option<u64>,
    /// Completion tokens, reasoning included where the provider includes it.
    pub output: Option<u64>,
    /// The provider's own total; never derived.
    pub total: Option<u64>,
    /// Prompt tokens read from a cache.
    pub cached_input: Option<u64>,
    /// Completion tokens spent on reasoning.
    pub reasoning_output: Option<u64>,
}

impl Usage {
    /// The same, with what is not reported taken from `other`.
    pub fn or(self, other: Usage) -> Usage {
        Usage {
            input: self.input.or(other.input),
            output: self.output.or(other.output),
            total: self.total.or(other.total),
            cached_input: self.cached_input.or(other.cached_input),
            reasoning_output: self.reasoning_output.or(other.reasoning_output),
        }
    }

    /// Whether nothing is reported.
    pub fn is_empty(&self) -> bool {
        *self == Usage::default()
    }
}

/// A refusal or block that the provider itself reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalSignal<'a> {
    /// The model declined, in words of its own where they are known.
    Refused(Option<Cow<'a, str>>),
    /// A content filter stopped the answer.
    Filtered,
}

/// One span of an LLM app, whatever it was instrumented with.
#[derive(Debug, Clone)]
pub struct AgentSpan<'a> {
    /// Name of the convention that was read.
    pub convention: &'static str,
    /// What the span does.
    pub kind: Kind,
    /// The model: the one that answered, else the one that was asked.
    pub model: Option<Cow<'a, str>>,
    /// The texts: instructions, question and answer, mostly, which then need no heap.
    pub texts: SmallVec<[RoleText<'a>; 3]>,
    /// Reported tokens.
    pub usage: Usage,
    /// Why the model stopped, as spelled by the client.
    pub finish_reasons: Few<'a>,
    /// A refusal that the provider reports.
    pub refusal: Option<RefusalSignal<'a>>,
    /// Whether the model asked for tools.
    pub calls_tools: bool,
    /// The tool of a TOOL span.
    pub tool_name: Option<Cow<'a, str>>,
    /// Conversation or session.
    pub session_id: Option<Cow<'a, str>>,
    /// The user, as the client names them.
    pub user_id: Option<Cow<'a, str>>,
    /// The span's status.
    pub status: Status<'a>,
    /// Whether content was sent but hidden, or is media: no text, on purpose.
    pub content_hidden: bool,
}

impl<'a> AgentSpan<'a> {
    /// A span about which nothing is known yet but what it does.
    pub fn new(convention: &'static str, kind: Kind, status: Status<'a>) -> Self {
        AgentSpan {
            convention,
            kind,
            model: None,
            texts: SmallVec::new_const(),
            usage: Usage::default(),
            finish_reasons: Few::new_const(),
            refusal: None,
            calls_tools: false,
            tool_name: None,
            session_id: None,
            user_id: None,
            status,
            content_hidden: false,
        }
    }

    /// The texts of one role.
    pub fn texts_of(&self, role: Role) -> impl Iterator<Item = &str> {
        self.texts.iter().filter(move |text| text.role == role).map(|text| text.text.as_ref())
    }

    /// Whether the role has a text.
    pub fn has(&self, role: Role) -> bool {
        self.texts_of(role).next().is_some()
    }
}
