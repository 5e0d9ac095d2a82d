//! What was learned about one span, owned, for the trace book and the metrics.

use crate::convention::{Kind, Role, Usage};
use crate::language::Verdict;
use crate::refusal;
use crate::tokens::Count;
use std::sync::Arc;

/// Where a span's token counts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenSource {
    /// The client reported usage.
    Reported,
    /// Counted with the model's own tokenizer.
    Counted,
    /// Counted with another tokenizer, or scaled up.
    Estimated,
}

impl TokenSource {
    /// The value of `isogloss.tokens.source`.
    pub const fn name(self) -> &'static str {
        match self {
            TokenSource::Reported => "reported",
            TokenSource::Counted => "counted",
            TokenSource::Estimated => "estimated",
        }
    }
}

/// What is known about one text.
#[derive(Debug, Clone)]
pub struct TextFacts {
    /// Whose text.
    pub role: Role,
    /// The text, cut to the configured size.
    pub text: Arc<str>,
    /// Hash of the whole text, by which equal texts are known.
    pub hash: u64,
    /// Characters (Unicode scalar values) of the whole text.
    pub characters: u64,
    /// Bytes of the whole text in UTF-8.
    pub bytes: u64,
    /// Its language.
    pub language: Arc<Verdict>,
    /// Its tokens.
    pub tokens: Count,
}

/// What is known about one agent span (or about the span that a log record belongs to).
#[derive(Debug, Clone)]
pub struct SpanFacts {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span.
    pub span_id: [u8; 8],
    /// Its parent; `None` on a root.
    pub parent_id: Option<[u8; 8]>,
    /// Whether this comes from a log record, so that parent, times and kind are not the span's own.
    pub from_log: bool,
    /// The service.
    pub service: Arc<str>,
    /// What the span does.
    pub kind: Kind,
    /// The model.
    pub model: Option<Arc<str>>,
    /// Start, in nanoseconds since 1970.
    pub start_unix_nano: u64,
    /// End, in nanoseconds since 1970.
    pub end_unix_nano: u64,
    /// Whether the client says that the span failed.
    pub failed: bool,
    /// The texts.
    pub texts: Vec<TextFacts>,
    /// Reported tokens.
    pub usage: Usage,
    /// Where the token counts of an LLM span come from.
    pub tokens_source: Option<TokenSource>,
    /// Whether the answer declines; on spans with an answer.
    pub refusal: Option<refusal::Verdict>,
    /// Whether the model asked for tools.
    pub calls_tools: bool,
    /// How many spans this one stands for after sampling upstream (`ot=th`); 1 when unknown.
    pub adjusted_count: f64,
    /// Whether texts were sent hidden, or are media, so that a missing text says nothing.
    pub content_hidden: bool,
    /// Conversation or session.
    pub session_id: Option<Arc<str>>,
}

impl SpanFacts {
    /// The role's longest text that has a language, else the longest.
    pub fn longest(&self, role: Role) -> Option<&TextFacts> {
        let texts = self.texts.iter().filter(|text| text.role == role);
        texts.max_by_key(|text| (text.language.language.is_language(), text.characters))
    }
}
