//! Is there an answer at all.

use super::Evaluation;
use crate::evaluate::{Finding, Step};
use crate::refusal::{Kind, Outcome};
use crate::turn::Turn;

/// Fails a turn with a question and a model call but without an answer. Skipped where none is due: an error, a call
/// that only asked for tools, a filter, and clients that send no texts at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmptyAnswer;

impl Evaluation for EmptyAnswer {
    fn name(&self) -> &'static str {
        "empty_answer"
    }

    fn step(&self) -> Step {
        Step::Answer
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        if !turn.has_llm {
            return Finding::skipped("no_llm");
        }
        if turn.output.as_ref().is_some_and(|answer| answer.text.chars().any(|c| !c.is_whitespace())) {
            return Finding::pass("answered");
        }
        if turn.failed {
            return Finding::skipped("failed");
        }
        if turn.ends_in_tool_call {
            return Finding::skipped("tool_call");
        }
        if turn.content_hidden {
            return Finding::skipped("hidden");
        }
        let refusal = turn.refusal;
        if refusal.is_some_and(|verdict| verdict.outcome == Outcome::Refused) {
            // An empty answer with a known reason: the evaluation `refusal` has it.
            return Finding::skipped("refused");
        }
        if refusal.is_some_and(|verdict| verdict.kind == Some(Kind::Silent)) {
            return Finding::fail("silent", "tokens were paid for, but there is no answer");
        }
        // Without the question's text the client sends no texts: that the answer's is missing says nothing.
        if turn.input.is_none() {
            return Finding::skipped("no_input");
        }
        Finding::fail("empty", "there is no answer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome as Result;
    use crate::evaluate::fixture::{text, turn};
    use crate::refusal::{Source, Verdict};

    /// Scenario: turns with and without an answer, and with every reason why none is due.
    /// Guarantees: only a question that a model left unanswered fails.
    #[test]
    fn outcomes() {
        let of = |change: &dyn Fn(&mut Turn)| {
            let mut turn = turn("Habari?", "sw", "Nzuri.", "sw");
            turn.output = None;
            change(&mut turn);
            let finding = EmptyAnswer.evaluate(&turn);
            (finding.outcome, finding.reason_code)
        };
        let refused = |outcome, kind| Some(Verdict::new(outcome, Some(kind), Some(Source::Signal)));
        assert_eq!(of(&|_| {}), (Result::Fail, "empty"));
        assert_eq!(of(&|t| t.output = Some(text("Nzuri.", "sw"))), (Result::Pass, "answered"));
        assert_eq!(of(&|t| t.output = Some(text(" \n", "und"))), (Result::Fail, "empty"));
        assert_eq!(of(&|t| t.failed = true), (Result::Skipped, "failed"));
        assert_eq!(of(&|t| t.ends_in_tool_call = true), (Result::Skipped, "tool_call"));
        assert_eq!(of(&|t| t.has_llm = false), (Result::Skipped, "no_llm"));
        assert_eq!(of(&|t| t.input = None), (Result::Skipped, "no_input"));
        assert_eq!(of(&|t| t.refusal = refused(Outcome::Refused, Kind::Filtered)), (Result::Skipped, "refused"));
        let silent = |t: &mut Turn| {
            t.input = None;
            t.refusal = refused(Outcome::Undetermined, Kind::Silent);
        };
        assert_eq!(of(&silent), (Result::Fail, "silent"));
    }
}
