//! Borrowed views over the bytes of a trace or log request.
//!
//! A view reads what it is asked for and nothing else; unknown fields are stepped over. Views never
//! recurse: the depth is that of OTLP's envelopes, and nested values are read on demand.

mod log;
#[cfg(test)]
mod tests;
mod trace;
mod value;

pub use log::{LogRecord, ResourceLogs, ScopeLogs, resource_logs};
pub use trace::{Event, Link, Resource, ResourceSpans, Scope, ScopeSpans, Span, Status, resource_spans};
pub use value::{AnyValue, Attribute, Attributes, List, Map, Unread};
