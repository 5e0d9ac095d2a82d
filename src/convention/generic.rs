//! Whatever else carries an LLM app's attributes: any `gen_ai.*`, `llm.*` or `*.value`, read by the names that the
//! other conventions share.

use super::gather::Gathered;
use super::{AgentSpan, Convention, Source, roles};

/// See the [module](self).
pub(super) struct Generic;

impl Convention for Generic {
    fn name(&self) -> &'static str {
        "generic"
    }

    fn recognises(&self, _: &Source<'_, '_>) -> bool {
        true
    }

    fn read<'a>(&self, source: &Source<'_, 'a>) -> AgentSpan<'a> {
        roles::read(self.name(), Gathered::of_span(source.span), source)
    }
}
