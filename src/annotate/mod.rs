//! Agent spans to attributes: language and tokens of every role, refusal, usage.
//!
//! [`Annotator::traces`] reads a request through views, finds out about each text (or remembers, see [`memo`]),
//! and splices the attributes of [`names`] in. Everything learned also goes out as [`SpanFacts`], for the trace
//! book and the metrics.

mod annotator;
mod attributes;
mod cohorts;
mod context;
mod examine;
mod facts;
mod locale;
pub mod memo;
pub mod names;
mod reported;
mod said;
#[cfg(test)]
mod tests;

pub use annotator::{Annotated, AnnotatedLogs, Annotator};
pub use context::{Context, NoContext, Question};
pub use facts::{Shape, SpanFacts, TextFacts, TokenSource, Traits};
pub use reported::{ReportedResult, ReportedResults};
pub use said::Said;
