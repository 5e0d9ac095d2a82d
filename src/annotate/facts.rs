//! What was learned about one span, owned, for the trace book and the metrics.

use crate::convention::{Finish, Kind, Role, Usage};
use crate::language::expected::{Asked, Expectation};
use crate::language::{Tag, Verdict};
use crate::refusal;
use crate::text::repetition::{self, Repetition};
use crate::text::{prose, script::Script};
use crate::tokens::Count;
use std::cell::RefCell;
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
    /// What else its words say.
    pub traits: Traits,
}

/// What the words of a text say beyond its language, as far as its role makes somebody ask. Found in the whole text,
/// also where only its beginning is kept.
#[derive(Debug, Clone, Default)]
pub struct Traits {
    /// The languages that instructions or the user ask for.
    pub asked: Option<Arc<Asked>>,
    /// The shape of an answer.
    pub shape: Option<Arc<Shape>>,
    /// The tool that arguments were for.
    pub tool: Option<Arc<str>>,
}

impl Traits {
    /// Adds what the same text in another role says.
    pub fn merge(&mut self, other: &Traits) {
        self.asked = self.asked.take().or_else(|| other.asked.clone());
        self.shape = self.shape.take().or_else(|| other.shape.clone());
        self.tool = self.tool.take().or_else(|| other.tool.clone());
    }
}

/// The shape of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The largest loop in it.
    pub repetition: Option<Repetition>,
    /// Letters by script, outside quotations, code and addresses; most letters first.
    pub scripts: Box<[(Script, u32)]>,
}

thread_local! {
    static SPARE: RefCell<(String, String)> = RefCell::default();
}

impl Shape {
    /// The shape of a text. Linear in what is read, which is bounded.
    pub fn of(text: &str) -> Shape {
        let scripts =
            SPARE.with_borrow_mut(|(spare, out)| prose::scripts(text, spare, out).ranked().collect::<Vec<_>>().into());
        Shape { repetition: repetition::find(text), scripts }
    }
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
    /// Why the model stopped, where the client says so.
    pub finish: Option<Finish>,
    /// The language of the user's locale, where the client sends one.
    pub locale: Option<Tag>,
    /// How many spans this one stands for after sampling upstream (`ot=th`); 1 when unknown.
    pub adjusted_count: f64,
    /// Whether texts were sent hidden, or are media, so that a missing text says nothing.
    pub content_hidden: bool,
    /// Conversation or session.
    pub session_id: Option<Arc<str>>,
}

impl SpanFacts {
    /// What the instructions, the user and the locale on this span say about the language of the answer.
    pub fn expectation(&self) -> Expectation {
        let mut expectation = Expectation { locale: self.locale, ..Expectation::default() };
        for asked in self.texts.iter().filter_map(|text| text.traits.asked.as_deref()) {
            expectation.asked.merge(asked);
        }
        expectation
    }

    /// The role's longest text that has a language, else the longest.
    pub fn longest(&self, role: Role) -> Option<&TextFacts> {
        let texts = self.texts.iter().filter(|text| text.role == role);
        texts.max_by_key(|text| (text.language.language.is_language(), text.characters))
    }
}
