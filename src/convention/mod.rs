//! Any instrumentation's span read as one [`AgentSpan`]; a file a convention.

mod span;

pub use span::{AgentSpan, Kind, RefusalSignal, Role, RoleText, Usage};
