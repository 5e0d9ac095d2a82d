//! Agent spans to attributes: language and tokens of every role, refusal, usage.
//!
//! [`Annotator::traces`] reads a request through views, finds out about each text (or remembers, see [`memo`]),
//! and splices the attributes of [`names`] in. Everything learned also goes out as [`SpanFacts`], for the trace
//! book and the metrics.

mod annotator;
mod attributes;
mod examine;
mod facts;
pub mod memo;
pub mod names;
mod said;
#[cfg(test)]
mod tests;

pub use annotator::{Annotated, AnnotatedLogs, Annotator};
pub use facts::{SpanFacts, TextFacts, TokenSource};
pub use said::Said;
