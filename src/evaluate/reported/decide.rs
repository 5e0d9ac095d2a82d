//! What a label or a score comes to.
//!
//! In this order, the first that decides: the grader says that it could not answer; a label of the configuration; a
//! threshold of the configuration; a label in [`words`](super::words); a truth value; a score of 0 to 1 against the
//! default threshold. What is configured goes before what is guessed, and a label goes before a score, because the
//! grader's own threshold is in it.

use super::polarity::less_is_better;
use super::words::{Word, word};
use crate::annotate::ReportedResult;
use crate::config::{self, Better, plain_name};
use crate::convention::results::Score;
use crate::evaluate::finding::epoch;
use crate::evaluate::{Outcome, Step};
use ahash::AHashMap;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Changes whenever the same results come to other outcomes than before.
const VERSION: &str = "1";

/// Names whose scale is remembered; results of further ones need a label or a configured threshold.
const MAX_SCALES: usize = 1_000;

/// How a result from outside was decided, or why it is neither pass nor fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecidedBy {
    /// Its label.
    Label,
    /// Its score, against a configured threshold.
    Threshold,
    /// Its score, against the default threshold.
    DefaultThreshold,
    /// The grader did not decide: skipped.
    NotApplicable,
    /// Its label is not known and there is no score: skipped.
    UnknownLabel,
    /// Its score is on a scale without a threshold: skipped.
    NoThreshold,
    /// It has neither label nor score: skipped.
    NoResult,
    /// The grader could not answer: an error.
    Error,
}

impl DecidedBy {
    /// All of them, in the order in which series are created.
    pub const ALL: [DecidedBy; 8] = [
        DecidedBy::Label,
        DecidedBy::Threshold,
        DecidedBy::DefaultThreshold,
        DecidedBy::NotApplicable,
        DecidedBy::UnknownLabel,
        DecidedBy::NoThreshold,
        DecidedBy::NoResult,
        DecidedBy::Error,
    ];

    /// The value of the label `reason`.
    pub const fn name(self) -> &'static str {
        match self {
            DecidedBy::Label => "label",
            DecidedBy::Threshold => "threshold",
            DecidedBy::DefaultThreshold => "default_threshold",
            DecidedBy::NotApplicable => "not_applicable",
            DecidedBy::UnknownLabel => "unknown_label",
            DecidedBy::NoThreshold => "no_threshold",
            DecidedBy::NoResult => "no_result",
            DecidedBy::Error => "error",
        }
    }

    /// The outcome, where a decision was made for or against.
    pub(super) const fn outcome(self, passes: bool) -> Outcome {
        match self {
            DecidedBy::Label | DecidedBy::Threshold | DecidedBy::DefaultThreshold if passes => Outcome::Pass,
            DecidedBy::Label | DecidedBy::Threshold | DecidedBy::DefaultThreshold => Outcome::Fail,
            DecidedBy::Error => Outcome::Error,
            _ => Outcome::Skipped,
        }
    }
}

/// What a result came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Decided {
    pub by: DecidedBy,
    /// Means nothing where nothing was decided.
    pub passes: bool,
    pub score: Option<f64>,
    /// The step, where the configuration says it.
    pub step: Option<Step>,
    pub epoch: u64,
}

/// What the configuration says of one evaluation, ready to be asked.
#[derive(Debug, Default)]
struct Known {
    better: Better,
    threshold: Option<f64>,
    pass: Vec<String>,
    fail: Vec<String>,
    step: Option<Step>,
}

/// What was seen of an evaluation without a threshold of its own.
#[derive(Debug, Default, Clone, Copy)]
struct Scale {
    /// A score outside 0 to 1 came: its scores inside are no shares of 1 either.
    larger: bool,
    /// The log says already how it is decided.
    said: bool,
}

/// Decides results.
pub(super) struct Decider {
    default_threshold: f64,
    known: BTreeMap<String, Known>,
    scales: Mutex<AHashMap<String, Scale>>,
}

impl Decider {
    pub fn new(config: &config::Reported) -> Self {
        let plain = |labels: &[String]| labels.iter().map(|label| plain_name(label)).collect();
        let known = |evaluation: &config::ReportedEvaluation| Known {
            better: evaluation.better,
            threshold: evaluation.threshold,
            pass: plain(&evaluation.pass),
            fail: plain(&evaluation.fail),
            step: evaluation.step.as_deref().and_then(Step::named),
        };
        Decider {
            default_threshold: config.threshold,
            known: config.evaluation.iter().map(|e| (plain_name(&e.name), known(e))).collect(),
            scales: Mutex::default(),
        }
    }

    /// What the result comes to.
    pub fn decide(&self, result: &ReportedResult) -> Decided {
        let plain = plain_name(&result.name);
        let nothing = Known::default();
        let known = self.known.get(&plain).unwrap_or(&nothing);
        let lower = match known.better {
            Better::Auto => less_is_better(&plain),
            Better::Higher => false,
            Better::Lower => true,
        };
        let (by, passes) = self.choose(result, known, &plain, lower);
        let threshold = match by {
            DecidedBy::Threshold => known.threshold,
            DecidedBy::DefaultThreshold => Some(self.default_threshold),
            _ => None,
        };
        let threshold = threshold.map(|threshold| threshold.to_string()).unwrap_or_default();
        let direction = if lower { "lower" } else { "higher" };
        Decided {
            by,
            passes,
            score: match result.score {
                Some(Score::Number(number)) => Some(number),
                _ => None,
            },
            step: known.step,
            epoch: epoch(&["reported", VERSION, &plain, &threshold, direction]),
        }
    }

    fn choose(&self, result: &ReportedResult, known: &Known, plain: &str, lower: bool) -> (DecidedBy, bool) {
        if result.failed {
            return (DecidedBy::Error, false);
        }
        let label = result.label.as_deref();
        if let Some(label) = label.map(plain_name) {
            if known.pass.contains(&label) {
                return (DecidedBy::Label, true);
            }
            if known.fail.contains(&label) {
                return (DecidedBy::Label, false);
            }
        }
        let good = |score: f64, threshold: f64| if lower { score <= threshold } else { score >= threshold };
        if let (Some(threshold), Some(Score::Number(score))) = (known.threshold, result.score) {
            return (DecidedBy::Threshold, good(score, threshold));
        }
        match label.and_then(word) {
            Some(Word::Good) => return (DecidedBy::Label, true),
            Some(Word::Bad) => return (DecidedBy::Label, false),
            Some(Word::Present(present)) => return (DecidedBy::Label, present != lower),
            Some(Word::Neither) => return (DecidedBy::NotApplicable, false),
            Some(Word::Failed) => return (DecidedBy::Error, false),
            None => {}
        }
        match result.score {
            Some(Score::Truth(present)) => (DecidedBy::Label, present != lower),
            Some(Score::Number(score)) if self.is_share(&result.name, plain, score, lower) => {
                (DecidedBy::DefaultThreshold, good(score, self.default_threshold))
            }
            Some(Score::Number(_)) => (DecidedBy::NoThreshold, false),
            None if label.is_some() => (DecidedBy::UnknownLabel, false),
            None => (DecidedBy::NoResult, false),
        }
    }

    /// Whether the score is one of 0 to 1 of an evaluation that never had another. A 1 of "1 to 5" is the worst there
    /// is, not the best.
    fn is_share(&self, name: &str, plain: &str, score: f64, lower: bool) -> bool {
        let mut scales = self.scales.lock();
        if !scales.contains_key(plain) && scales.len() >= MAX_SCALES {
            return false;
        }
        let scale = scales.entry(plain.to_owned()).or_default();
        scale.larger |= !(0.0..=1.0).contains(&score);
        let share = !scale.larger && self.default_threshold > 0.0;
        let first = !std::mem::replace(&mut scale.said, true);
        drop(scales);
        if first && share {
            let (threshold, better) = (self.default_threshold, if lower { "lower" } else { "higher" });
            tracing::info!(evaluation = name, threshold, better, "scores from outside are decided by the default");
        } else if first {
            tracing::warn!(evaluation = name, "scores from outside are skipped: no threshold is configured for them");
        }
        share
    }
}
