//! The answer to an evaluation's question about one step of one turn.

use crate::language::Tag;
use std::borrow::Cow;
use std::sync::Arc;

/// Pass, fail, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The step is good.
    Pass,
    /// The step is bad.
    Fail,
    /// The question cannot be asked of this turn.
    Skipped,
    /// The question could not be answered.
    Error,
}

impl Outcome {
    /// All of them, in the order in which series are created.
    pub const ALL: [Outcome; 4] = [Outcome::Pass, Outcome::Fail, Outcome::Skipped, Outcome::Error];

    /// The value of the label `outcome`.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Skipped => "skipped",
            Outcome::Error => "error",
        }
    }
}

/// The part of a turn that is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// What to do next.
    Planner,
    /// What was found.
    Retrieval,
    /// What a tool was asked.
    ToolArguments,
    /// The answer.
    Answer,
}

impl Step {
    /// All of them.
    pub const ALL: [Step; 4] = [Step::Planner, Step::Retrieval, Step::ToolArguments, Step::Answer];

    /// The step of this name.
    pub fn named(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.name() == name)
    }

    /// The value of the label `step`.
    pub const fn name(self) -> &'static str {
        match self {
            Step::Planner => "planner",
            Step::Retrieval => "retrieval",
            Step::ToolArguments => "tool_arguments",
            Step::Answer => "answer",
        }
    }
}

/// One verdict, with all that its metrics need.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Name of the evaluation.
    pub evaluation: Cow<'static, str>,
    /// The step it judged.
    pub step: Step,
    /// The answer.
    pub outcome: Outcome,
    /// 0 to 1, where the evaluation has a score.
    pub score: Option<f64>,
    /// A closed-set code for why it was skipped, failed or could not be answered.
    pub reason_code: &'static str,
    /// The reason in words; may hold text of users, so it goes into no label and no log above debug.
    pub reason: String,
    /// Hash of evaluator version, prompt, judge model and threshold.
    pub epoch: u64,
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span whose step was judged.
    pub span_id: [u8; 8],
    /// The service.
    pub service: Arc<str>,
    /// The model that answered.
    pub model: Option<Arc<str>>,
    /// The cohort's language.
    pub language: Tag,
    /// The language of the answer.
    pub target_language: Tag,
    /// Probability with which the turn was chosen; 1 for free evaluations.
    pub probability: f64,
    /// Turns that this verdict stands for: upstream count divided by the probability.
    pub weight: f64,
}
