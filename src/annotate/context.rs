//! What was learned from earlier requests, as far as a span's attributes need it.

use super::facts::TextFacts;
use super::said::Said;
use crate::language::{Posterior, Verdict, is_short};
use std::sync::Arc;

/// A question, as far as its language matters.
#[derive(Debug, Clone)]
pub struct Question {
    /// What the detector said.
    pub verdict: Arc<Verdict>,
    /// Whether it is too short to be told in every language; see [`is_short`].
    pub short: bool,
}

impl Question {
    /// The question in a text.
    pub fn new(text: &str, verdict: &Arc<Verdict>) -> Self {
        Question { verdict: Arc::clone(verdict), short: is_short(text) }
    }

    pub(super) fn of(facts: &TextFacts) -> Self {
        Question::new(&facts.text, &facts.language)
    }
}

/// Knows what came before.
pub trait Context {
    /// The question of a trace as far as it is known from spans that came earlier.
    fn question(&self, trace_id: &[u8; 16]) -> Option<Question>;

    /// What a session spoke before.
    fn session(&self, service: &str, session: &str) -> Option<Posterior>;

    /// What log records said about a span that has not come yet.
    fn said(&self, trace_id: &[u8; 16], span_id: &[u8; 8]) -> Option<Said>;
}

/// Knows nothing: every request is the first.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoContext;

impl Context for NoContext {
    fn question(&self, _trace_id: &[u8; 16]) -> Option<Question> {
        None
    }

    fn session(&self, _service: &str, _session: &str) -> Option<Posterior> {
        None
    }

    fn said(&self, _trace_id: &[u8; 16], _span_id: &[u8; 8]) -> Option<Said> {
        None
    }
}
