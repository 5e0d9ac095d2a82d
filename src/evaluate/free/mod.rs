//! Evaluations that cost next to nothing and run on every turn.

mod copied_question;
mod empty_answer;
mod language_match;
mod refusal;
mod repetition;
mod retrieval_language;
mod script_mix;
mod tool_arguments_language;
mod truncated_answer;

pub use copied_question::CopiedQuestion;
pub use empty_answer::EmptyAnswer;
pub use language_match::LanguageMatch;
pub use refusal::Refusal;
pub use repetition::Repetition;
pub use retrieval_language::RetrievalLanguage;
pub use script_mix::ScriptMix;
pub use tool_arguments_language::ToolArgumentsLanguage;
pub use truncated_answer::TruncatedAnswer;

use super::finding::{Finding, Identity, epoch};
use super::names::{UnknownEvaluation, resolve};
use super::verdict::Step;
use crate::config::Evaluate;
use crate::language::LanguageDetector;
use crate::turn::Turn;
use std::sync::Arc;

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
    pub const NAMES: [&'static str; 9] = [
        "refusal",
        "language_match",
        "empty_answer",
        "truncated_answer",
        "copied_question",
        "repetition",
        "script_mix",
        "tool_arguments_language",
        "retrieval_language",
    ];

    /// The configured ones, each once, with their thresholds.
    ///
    /// # Errors
    /// A name that none has, with the one that is like it.
    pub fn from_config(
        config: &Evaluate,
        detector: &Arc<dyn LanguageDetector>,
    ) -> Result<Vec<Box<dyn Evaluation>>, UnknownEvaluation> {
        resolve("free", &config.free, &Self::NAMES, |name| -> Option<Box<dyn Evaluation>> {
            Some(match name {
                "refusal" => Box::new(Refusal),
                "language_match" => Box::new(LanguageMatch::new(&config.language_match, Arc::clone(detector))),
                "empty_answer" => Box::new(EmptyAnswer),
                "truncated_answer" => Box::new(TruncatedAnswer),
                "copied_question" => Box::new(CopiedQuestion::new(&config.copied_question)),
                "repetition" => Box::new(Repetition::new(&config.repetition)),
                "script_mix" => Box::new(ScriptMix::new(&config.script_mix)),
                "tool_arguments_language" => Box::new(ToolArgumentsLanguage::new(&config.tool_arguments_language)),
                "retrieval_language" => Box::new(RetrievalLanguage::new(&config.retrieval_language)),
                _ => return None,
            })
        })
    }
}

/// A threshold as a part of an epoch.
fn threshold(value: f64) -> String {
    format!("{value:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::detector;

    /// Scenario: all names, a name twice, a slip of the pen, a name like no other.
    /// Guarantees: every known name is made once; an unknown one is an error that helps.
    #[test]
    fn from_names() {
        let of = |names: &[&str]| {
            let free = names.iter().map(ToString::to_string).collect();
            Free::from_config(&Evaluate { free, ..Evaluate::default() }, &detector())
        };
        let made = of(&Free::NAMES).unwrap();
        assert_eq!(made.iter().map(|e| e.name()).collect::<Vec<_>>(), Free::NAMES);
        let epochs: std::collections::HashSet<u64> = made.iter().map(|e| e.epoch()).collect();
        assert_eq!(epochs.len(), Free::NAMES.len());
        // By default all run.
        assert_eq!(Evaluate::default().free, Free::NAMES);
        assert_eq!(of(&["refusal", "refusal"]).unwrap().len(), 1);
        let slip = of(&["refusal", "langauge_match"]).err().unwrap();
        assert_eq!(slip.near.as_deref(), Some("language_match"));
        assert!(slip.to_string().contains("did you mean \"language_match\""), "{slip}");
        let other = of(&["q"]).err().unwrap().to_string();
        assert!(other.contains("known are refusal, language_match, empty_answer"), "{other}");
    }
}
