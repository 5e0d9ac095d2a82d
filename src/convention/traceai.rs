//! traceAI: OpenInference's tree under OpenTelemetry's names (`gen_ai.input.messages.0.message.content`), and
//! before 2026 under OpenInference's own with `fi.span.kind`.
//!
//! `input.value` of a model call is its first message, which is mostly the system prompt: it is somebody's
//! question only where there are no messages.

use super::gather::Gathered;
use super::marks::Marks;
use super::{AgentSpan, Convention, Source, roles};

/// See the [module](self).
pub(super) struct TraceAi;

impl Convention for TraceAi {
    fn name(&self) -> &'static str {
        "traceai"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::FI_KIND | Marks::GEN_AI_KIND) || source.scope.name.starts_with("traceai_")
    }

    fn read<'a>(&self, source: &Source<'_, 'a>) -> AgentSpan<'a> {
        roles::read(self.name(), Gathered::of_span(source.span), source)
    }
}
