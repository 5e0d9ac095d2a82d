//! OpenTelemetry's GenAI conventions: messages as one JSON string or one structured value
//! (`gen_ai.input.messages`), system instructions and tool calls beside them.
//!
//! pydantic-ai adds the agent's whole run (`pydantic_ai.all_messages`) and its answer (`final_result`); its sums are
//! under `gen_ai.aggregated_usage` and so never counted. Vercel's SDK repeats sums on the agent's span under the
//! ordinary names, which is why usage is read on model calls only.

use super::gather::Gathered;
use super::marks::Marks;
use super::{AgentSpan, Convention, Source, roles};

/// See the [module](self).
pub(super) struct GenAi;

impl Convention for GenAi {
    fn name(&self) -> &'static str {
        "otel-genai"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::OPERATION | Marks::PYDANTIC)
    }

    fn read<'a>(&self, source: &Source<'_, 'a>) -> AgentSpan<'a> {
        roles::read(self.name(), Gathered::of_span(source.span), source)
    }
}
