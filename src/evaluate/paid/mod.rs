//! Evaluations that ask a judge, and so run on a sample of the turns.

mod answer_relevancy;

pub use answer_relevancy::AnswerRelevancy;

use super::finding::{Finding, Identity};
use super::judge::{Answer, Question};
use super::names::{UnknownEvaluation, resolve};
use super::verdict::Step;
use crate::convention::Role;
use crate::turn::Turn;
use std::sync::Arc;

/// A question about one step of a turn that a judge answers.
pub trait Judged: Send + Sync {
    /// The value of the label `evaluation`.
    fn name(&self) -> &'static str;

    /// The step that it judges.
    fn step(&self) -> Step;

    /// Whose texts it needs; others do not wait in the queue.
    fn roles(&self) -> &'static [Role];

    /// The finding `skipped` for a turn that cannot be judged.
    fn skip(&self, turn: &Turn) -> Option<Finding>;

    /// What the judge is asked.
    fn question(&self, turn: &Turn) -> Question;

    /// What the judge's answer means.
    fn finding(&self, answer: Answer) -> Finding;

    /// The epoch with a judge model; a new one starts a new baseline.
    fn epoch(&self, model: &str) -> u64;

    /// What its verdicts are labelled with.
    fn identity(&self, model: &str) -> Identity {
        Identity { name: self.name(), step: self.step(), epoch: self.epoch(model) }
    }
}

/// The judged evaluations.
#[derive(Debug)]
pub struct Paid;

impl Paid {
    /// Names of all.
    pub const NAMES: [&'static str; 1] = ["answer_relevancy"];

    /// The named ones, each once.
    ///
    /// # Errors
    /// A name that none has, with the one that is like it.
    pub fn from_config(names: &[String]) -> Result<Vec<Arc<dyn Judged>>, UnknownEvaluation> {
        resolve("paid", names, &Self::NAMES, |name| -> Option<Arc<dyn Judged>> {
            match name {
                "answer_relevancy" => Some(Arc::new(AnswerRelevancy)),
                _ => None,
            }
        })
    }
}
