//! Agent spans to attributes: language and tokens of every role, refusal, usage.

mod facts;

pub use facts::{SpanFacts, TextFacts, TokenSource};
