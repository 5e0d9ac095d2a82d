//! Any instrumentation's span read as one [`AgentSpan`]; a file a convention.
//!
//! [`read_span`] walks once over a span's attribute keys ([`marks`]); a span without any key of an LLM app ends
//! there. Otherwise the first convention of [`REGISTRY`] that recognises the span reads it. What the conventions
//! have in common lies in files of its own:
//!
//! | file | what it knows |
//! | --- | --- |
//! | `marks` | which families of keys a span has |
//! | `gather` | one pass that puts attributes where they belong |
//! | `indexed` | messages and documents spread over numbered keys |
//! | `messages`, `parts` | messages in JSON or structured values |
//! | `exchange` | whole requests and responses of a provider, inputs and outputs of chains |
//! | `leaves` | the words in tool arguments and results |
//! | `documents` | what a retriever found |
//! | `events`, `logs` | messages that travel as span events or as log records |
//! | `results` | results of evaluations that travel with the telemetry |
//! | `roles` | which of it is whose text on which kind of span |
//! | `kind`, `usage`, `refusal_signal`, `hidden`, `question`, `python`, `tree` | one small subject each |
//!
//! Adding a convention is adding its file and its line in [`REGISTRY`].

mod documents;
mod events;
mod exchange;
mod finish;
mod gather;
mod genai;
mod generic;
mod haystack;
mod hidden;
#[cfg(test)]
mod hostile;
mod identity;
mod indexed;
mod kind;
mod leaves;
mod logs;
pub mod marks;
mod messages;
mod openinference;
mod parts;
mod python;
mod question;
mod refusal_signal;
pub mod results;
mod roles;
mod span;
#[cfg(test)]
mod testing;
mod traceai;
mod tree;
mod usage;

pub use finish::Finish;
pub use identity::service_name;
pub use logs::read_log;
pub use refusal_signal::blocks;
pub use span::{AgentSpan, Kind, RefusalSignal, Role, RoleText, Usage};

use crate::otlp::view::{Scope, Span};
use marks::Marks;

/// A span with what is known about it before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Source<'s, 'a> {
    /// The instrumentation scope.
    pub scope: Scope<'a>,
    /// The span.
    pub span: &'s Span<'a>,
    /// Which families of keys it has.
    pub marks: Marks,
}

/// One way of putting an LLM app's work on spans.
pub trait Convention: Send + Sync {
    /// Its name, as [`AgentSpan::convention`] says it.
    fn name(&self) -> &'static str;

    /// Whether the span speaks it. Asked in the order of [`REGISTRY`]; cheap, since the keys were already walked.
    fn recognises(&self, source: &Source<'_, '_>) -> bool;

    /// Reads the span. Never fails: what cannot be read is not there.
    fn read<'a>(&self, source: &Source<'_, 'a>) -> AgentSpan<'a>;
}

/// Every convention, the most specific first; the last one takes whatever is left.
pub static REGISTRY: &[&dyn Convention] =
    &[&openinference::OpenInference, &traceai::TraceAi, &haystack::Haystack, &genai::GenAi, &generic::Generic];

/// Reads a span of an LLM app; `None` for any other span.
pub fn read_span<'a>(scope: Scope<'a>, span: &Span<'a>) -> Option<AgentSpan<'a>> {
    let marks = Marks::of(&span.attributes);
    if marks.is_empty() {
        return None;
    }
    let source = Source { scope, span, marks };
    REGISTRY.iter().find(|convention| convention.recognises(&source)).map(|convention| convention.read(&source))
}
