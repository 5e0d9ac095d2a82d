//! OpenInference: flat, numbered keys below `llm.`, `retrieval.` and `embedding.`, and `openinference.span.kind`.
//!
//! `input.value` and `output.value` of a model call hold the provider's whole request and response; a refusal
//! survives only there.

use super::gather::Gathered;
use super::marks::Marks;
use super::{AgentSpan, Convention, Source, roles};

/// See the [module](self).
pub(super) struct OpenInference;

impl Convention for OpenInference {
    fn name(&self) -> &'static str {
        "openinference"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        source.marks.any(Marks::OPENINFERENCE)
    }

    fn read<'a>(&self, source: &Source<'_, 'a>) -> AgentSpan<'a> {
        roles::read(self.name(), Gathered::of_span(source.span), source)
    }
}
