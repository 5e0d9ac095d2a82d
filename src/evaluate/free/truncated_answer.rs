//! Was the answer cut off.

use super::Evaluation;
use crate::convention::Finish;
use crate::evaluate::{Finding, Step};
use crate::turn::Turn;

/// Fails a turn whose model ran out of tokens, in whatever spelling its finish reason says so. Languages that take more
/// tokens for the same words reach a limit that was set for English. Skipped where no reason was sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct TruncatedAnswer;

impl Evaluation for TruncatedAnswer {
    fn name(&self) -> &'static str {
        "truncated_answer"
    }

    fn step(&self) -> Step {
        Step::Answer
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        match turn.finish {
            _ if !turn.has_llm => Finding::skipped("no_llm"),
            Some(Finish::Length) => Finding::fail("length", "the model had no more tokens"),
            _ if turn.failed => Finding::skipped("failed"),
            _ if turn.ends_in_tool_call => Finding::skipped("tool_call"),
            None => Finding::skipped("no_finish_reason"),
            Some(Finish::Blocked) => Finding::skipped("blocked"),
            Some(Finish::Other) => Finding::skipped("unknown_finish_reason"),
            Some(Finish::Complete | Finish::Tools) => Finding::pass("complete"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome;
    use crate::evaluate::fixture::turn;

    /// Scenario: every reason to stop, none, and turns in which none counts.
    /// Guarantees: only running out of tokens fails, also where it left no answer; what is not known is skipped.
    #[test]
    fn reasons() {
        let of = |finish, change: fn(&mut Turn)| {
            let mut turn = turn("Habari?", "sw", "Nzuri.", "sw");
            turn.finish = finish;
            change(&mut turn);
            let finding = TruncatedAnswer.evaluate(&turn);
            (finding.outcome, finding.reason_code)
        };
        let as_is = |_: &mut Turn| {};
        assert_eq!(of(Some(Finish::Length), as_is), (Outcome::Fail, "length"));
        assert_eq!(of(Some(Finish::Length), |turn| turn.output = None), (Outcome::Fail, "length"));
        assert_eq!(of(Some(Finish::Complete), as_is), (Outcome::Pass, "complete"));
        assert_eq!(of(None, as_is), (Outcome::Skipped, "no_finish_reason"));
        assert_eq!(of(Some(Finish::Other), as_is), (Outcome::Skipped, "unknown_finish_reason"));
        assert_eq!(of(Some(Finish::Blocked), as_is), (Outcome::Skipped, "blocked"));
        assert_eq!(of(Some(Finish::Tools), |turn| turn.ends_in_tool_call = true), (Outcome::Skipped, "tool_call"));
        assert_eq!(of(None, |turn| turn.failed = true), (Outcome::Skipped, "failed"));
        assert_eq!(of(Some(Finish::Length), |turn| turn.has_llm = false), (Outcome::Skipped, "no_llm"));
    }
}
