//! Evaluations that cost next to nothing and run on every turn.

mod empty_answer;
mod language_match;
mod refusal;

pub use empty_answer::EmptyAnswer;
pub use language_match::LanguageMatch;
pub use refusal::Refusal;

use super::finding::{Finding, Identity, epoch};
use super::names::{UnknownEvaluation, resolve};
use super::verdict::Step;
use crate::turn::Turn;

/// A question about one step of a turn that is answered at once.
pub trait Evaluation: Send + Sync {
    /// The value of the label `evaluation`.
    fn name(&self) -> &'static str;

    /// The step that it judges.
    fn step(&self) -> Step;

    /// Changes whenever the same turn may get another answer.
    fn version(&self) -> &'static str;

    /// The answer. Never fails a turn for what it cannot know.
    fn evaluate(&self, turn: &Turn) -> Finding;

    /// The epoch; a new one starts a new baseline.
    fn epoch(&self) -> u64 {
        epoch(&[self.name(), self.version()])
    }

    /// What its verdicts are labelled with.
    fn identity(&self) -> Identity {
        Identity { name: self.name(), step: self.step(), epoch: self.epoch() }
    }
}

/// The free evaluations.
#[derive(Debug)]
pub struct Free;

impl Free {
    /// Names of all.
    pub const NAMES: [&'static str; 3] = ["refusal", "language_match", "empty_answer"];

    /// The named ones, each once.
    ///
    /// # Errors
    /// A name that none has, with the one that is like it.
    pub fn from_config(names: &[String]) -> Result<Vec<Box<dyn Evaluation>>, UnknownEvaluation> {
        resolve("free", names, &Self::NAMES, |name| -> Option<Box<dyn Evaluation>> {
            match name {
                "refusal" => Some(Box::new(Refusal)),
                "language_match" => Some(Box::new(LanguageMatch)),
                "empty_answer" => Some(Box::new(EmptyAnswer)),
                _ => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: all names, a name twice, a slip of the pen, a name like no other.
    /// Guarantees: every known name is made once; an unknown one is an error that helps.
    #[test]
    fn from_names() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let made = Free::from_config(&names(&Free::NAMES)).unwrap();
        assert_eq!(made.iter().map(|e| e.name()).collect::<Vec<_>>(), Free::NAMES);
        let epochs: std::collections::HashSet<u64> = made.iter().map(|e| e.epoch()).collect();
        assert_eq!(epochs.len(), 3);
        assert_eq!(Free::from_config(&names(&["refusal", "refusal"])).unwrap().len(), 1);
        let slip = Free::from_config(&names(&["refusal", "langauge_match"])).err().unwrap();
        assert_eq!(slip.near.as_deref(), Some("language_match"));
        assert!(slip.to_string().contains("did you mean \"language_match\""), "{slip}");
        let other = Free::from_config(&names(&["q"])).err().unwrap().to_string();
        assert!(other.contains("known are refusal, language_match, empty_answer"), "{other}");
    }
}
