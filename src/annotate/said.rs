//! What log records said about a span that had not come yet: OpenTelemetry's own instrumentations leave the words to them.

use super::facts::{SpanFacts, TextFacts, TokenSource};
use crate::convention::{Kind, Role};
use crate::refusal::{self, Outcome};

/// What the records of one span say together: of the user's messages only the question.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The texts.
    pub texts: Vec<TextFacts>,
    /// Whether the answer declines.
    pub refusal: Option<refusal::Verdict>,
    /// Whether the model asked for tools.
    pub calls_tools: bool,
}

/// Whether records may know more of the span than it says itself.
pub(super) fn is_wanted(facts: &SpanFacts) -> bool {
    let has = |role| facts.texts.iter().any(|text| text.role == role);
    facts.kind == Kind::Llm && !(has(Role::Input) && has(Role::Output))
}

/// The span's facts as they are written onto it, with what the records said. What the span itself says stands.
pub(super) fn joined(facts: &SpanFacts, said: Said) -> SpanFacts {
    let mut joined = facts.clone();
    let own: Vec<Role> = facts.texts.iter().map(|text| text.role).collect();
    joined.texts.extend(said.texts.into_iter().filter(|text| !own.contains(&text.role)));
    let refused = |verdict: &refusal::Verdict| verdict.outcome == Outcome::Refused;
    joined.refusal = facts.refusal.filter(refused).or(said.refusal).or(facts.refusal);
    joined.calls_tools |= said.calls_tools;
    if joined.tokens_source.is_none() && !joined.texts.is_empty() {
        let exact = joined.texts.iter().all(|text| text.tokens.exact);
        joined.tokens_source = Some(if exact { TokenSource::Counted } else { TokenSource::Estimated });
    }
    joined
}
