//! Any instrumentation's span read as one [`AgentSpan`]; a file a convention.
//!
//! [`read_span`] walks once over a span's attribute keys ([`marks`]); a span without any key of an LLM app ends
//! there. Otherwise the first convention of the registry below that recognises the span reads it. Several may speak on one
//! span: each convention's file says which keys are its own, all of them are gathered, and role by role the most
//! specific that holds something counts. What the conventions have in common lies in files of its own:
//!
//! | file | what it knows |
//! | --- | --- |
//! | `marks` | which families of keys a span has |
//! | `gather` | one pass that puts attributes where they belong, and whose word counts first |
//! | `slot` | one thing under several names |
//! | `indexed` | messages and documents spread over numbered keys |
//! | `message`, `messages`, `parts`, `plain` | messages in JSON or structured values |
//! | `request`, `response` | whole requests and responses of a provider |
//! | `exchange` | inputs and outputs of chains, agents and retrievers |
//! | `leaves` | the words in tool arguments and results |
//! | `documents` | what a retriever found |
//! | `events`, `logs` | messages that travel as span events or as log records |
//! | `results` | results of evaluations that travel with the telemetry |
//! | `roles`, `talk`, `steps` | which of it is whose text on which kind of span |
//! | `usage`, `usage_object` | tokens, as attributes and as one object |
//! | `kind`, `refusal_signal`, `hidden`, `question`, `python`, `tree` | one small subject each |
//!
//! Adding a convention is adding its file and its line in the registry.

mod adk;
mod crewai;
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
mod langfuse;
mod langsmith;
mod leaves;
mod logs;
pub mod marks;
mod message;
mod messages;
mod mlflow;
mod openinference;
mod openllmetry;
mod parts;
mod plain;
mod pydantic;
mod python;
mod question;
mod refusal_signal;
mod request;
mod response;
pub mod results;
mod roles;
mod slot;
mod span;
mod steps;
mod strands;
mod talk;
#[cfg(test)]
mod testing;
mod traceai;
mod tree;
mod usage;
mod usage_object;
mod vercel;

pub use finish::Finish;
pub use identity::service_name;
pub use logs::read_log;
pub use refusal_signal::blocks;
pub use span::{AgentSpan, Few, Kind, RefusalSignal, Role, RoleText, Usage};

use crate::otlp::view::{Scope, Span};
use gather::Gathered;
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

    /// Whether the span speaks it. Asked in the order of the registry; cheap, since the keys were already walked.
    fn recognises(&self, source: &Source<'_, '_>) -> bool;

    /// Fills in what is known about a span, of which all that any convention's keys and events say was gathered. Never
    /// fails: what cannot be read is not there. A convention overrides it where what was gathered is not enough.
    fn read<'a>(&self, source: &Source<'_, 'a>, gathered: &mut Gathered<'a>, span: &mut AgentSpan<'a>) {
        roles::read(span, gathered, source.span.is_root());
    }
}

/// Every convention, the most specific first; the last one takes whatever is left.
macro_rules! registry {
    ($($convention:expr),+ $(,)?) => {
        /// The first convention that recognises the span. A chain of calls known when this is compiled, since most spans
        /// are asked about by nearly all.
        fn recognised(source: &Source<'_, '_>) -> Option<&'static dyn Convention> {
            $(if $convention.recognises(source) {
                return Some(&$convention);
            })+
            None
        }
    };
}

registry![
    langfuse::Langfuse,
    openinference::OpenInference,
    traceai::TraceAi,
    vercel::Vercel,
    mlflow::MlFlow,
    langsmith::LangSmith,
    crewai::CrewAi,
    adk::Adk,
    haystack::Haystack,
    pydantic::PydanticAi,
    strands::Strands,
    openllmetry::OpenLlmetry,
    genai::GenAi,
    events::GenAiEvents,
    generic::Generic,
];

/// Reads a span of an LLM app; `None` for any other span.
pub fn read_span<'a>(scope: Scope<'a>, span: &Span<'a>) -> Option<AgentSpan<'a>> {
    if !Marks::in_any(&span.attributes) {
        return None;
    }
    let mut gathered = Gathered::default();
    gathered.add(&span.attributes);
    let source = Source { scope, span, marks: gathered.marks };
    let convention = recognised(&source)?;
    events::gather(span, &mut gathered);
    let mut read = AgentSpan::new(convention.name(), Kind::Chain, span.status);
    convention.read(&source, &mut gathered, &mut read);
    Some(read)
}
