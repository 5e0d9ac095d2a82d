//! Did the answer decline.

use super::Evaluation;
use crate::evaluate::{Finding, Step};
use crate::refusal::{Kind, Outcome};
use crate::turn::Turn;

/// Fails a turn whose answer declines, passes one whose answer answers. A turn of which neither is known, because the
/// answer's language is not covered or there is no text, is skipped: it must not look like an answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Refusal;

impl Evaluation for Refusal {
    fn name(&self) -> &'static str {
        "refusal"
    }

    fn step(&self) -> Step {
        Step::Answer
    }

    fn version(&self) -> &'static str {
        "2"
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        let verdict = turn.refusal;
        // A provider's filter may end the call with an error: it is a refusal all the same.
        if verdict.is_some_and(|verdict| verdict.outcome == Outcome::Refused) {
            return match verdict.and_then(|verdict| verdict.kind) {
                Some(Kind::Capability) => Finding::fail("capability", "the answer says that it is not able to"),
                Some(Kind::NoAccess) => Finding::fail("no_access", "the answer says that it has no access"),
                Some(Kind::Scope) => Finding::fail("scope", "the answer says that this is not what it is for"),
                Some(Kind::Soft) => Finding::fail("soft", "the answer says that it would rather not"),
                Some(Kind::Filtered) => Finding::fail("filtered", "a content filter stopped the answer"),
                _ => Finding::fail("policy", "the answer declines"),
            };
        }
        if turn.failed {
            return Finding::skipped("failed");
        }
        if turn.ends_in_tool_call {
            return Finding::skipped("tool_call");
        }
        match verdict.map(|verdict| (verdict.outcome, verdict.kind)) {
            Some((Outcome::Answered, _)) => Finding::pass("answered"),
            Some((_, Some(Kind::NotCovered))) => Finding::skipped("not_covered"),
            Some((_, Some(Kind::Silent))) => Finding::skipped("silent"),
            Some(_) => Finding::skipped("no_text"),
            None if !turn.has_llm => Finding::skipped("no_llm"),
            None => Finding::skipped("no_text"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome as Result;
    use crate::evaluate::fixture::turn;
    use crate::refusal::{Source, Verdict};

    /// Scenario: every kind of refusal verdict, in turns that failed or ended with tools, too.
    /// Guarantees: refused fails, answered passes, whatever is not known is skipped with its reason.
    #[test]
    fn outcomes() {
        let of = |outcome, kind, change: fn(&mut Turn)| {
            let mut turn = turn("Habari?", "sw", "Nzuri.", "sw");
            turn.refusal = Some(Verdict::new(outcome, kind, Some(Source::Pattern)));
            change(&mut turn);
            let finding = Refusal.evaluate(&turn);
            (finding.outcome, finding.reason_code)
        };
        let as_is = |_: &mut Turn| {};
        let failed = |turn: &mut Turn| turn.failed = true;
        assert_eq!(of(Outcome::Refused, Some(Kind::Policy), as_is), (Result::Fail, "policy"));
        assert_eq!(of(Outcome::Refused, Some(Kind::Capability), as_is), (Result::Fail, "capability"));
        assert_eq!(of(Outcome::Refused, Some(Kind::Filtered), failed), (Result::Fail, "filtered"));
        assert_eq!(of(Outcome::Answered, None, as_is), (Result::Pass, "answered"));
        assert_eq!(of(Outcome::Answered, None, failed), (Result::Skipped, "failed"));
        assert_eq!(of(Outcome::Answered, None, |t| t.ends_in_tool_call = true), (Result::Skipped, "tool_call"));
        assert_eq!(of(Outcome::Undetermined, Some(Kind::NotCovered), as_is), (Result::Skipped, "not_covered"));
        assert_eq!(of(Outcome::Undetermined, Some(Kind::Silent), as_is), (Result::Skipped, "silent"));
        assert_eq!(of(Outcome::Undetermined, Some(Kind::NoText), as_is), (Result::Skipped, "no_text"));
        assert_eq!(of(Outcome::Undetermined, None, |t| t.refusal = None), (Result::Skipped, "no_text"));
        let without = |turn: &mut Turn| (turn.refusal, turn.has_llm) = (None, false);
        assert_eq!(of(Outcome::Undetermined, None, without), (Result::Skipped, "no_llm"));
    }
}
