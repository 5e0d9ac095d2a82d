//! How many of the documents are in the user's language.

use super::{Evaluation, threshold};
use crate::config::RetrievalLanguage as Options;
use crate::evaluate::{Finding, Step, epoch};
use crate::language::Certainty;
use crate::language::expected::{Expectation, of_question};
use crate::turn::Turn;

/// Says which share of the documents is in the user's language, as the score. That is no failure by itself: to answer
/// from documents in another language is a use, not a fault. A share below a configured one is.
#[derive(Debug, Clone)]
pub struct RetrievalLanguage {
    min_share: f64,
}

impl RetrievalLanguage {
    /// With this threshold.
    pub fn new(options: &Options) -> Self {
        RetrievalLanguage { min_share: options.min_share }
    }
}

impl Evaluation for RetrievalLanguage {
    fn name(&self) -> &'static str {
        "retrieval_language"
    }

    fn step(&self) -> Step {
        Step::Retrieval
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn epoch(&self) -> u64 {
        epoch(&[self.name(), self.version(), &threshold(self.min_share)])
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        if turn.retrieval.is_empty() {
            return Finding::skipped("no_documents");
        }
        // The user's own language, whatever the answer is to be in.
        let question = turn.input.as_ref().map(|text| of_question(&text.language));
        let user = match Expectation::default().languages(question) {
            Ok(user) => user,
            Err(unknown) => return Finding::skipped(unknown.name()),
        };
        let told = turn.retrieval.iter().map(|text| &text.language).filter(|said| said.certainty >= Certainty::Medium);
        let (mut same, mut all) = (0u32, 0u32);
        for is_same in told.filter_map(|said| user.allows(said.language)) {
            all += 1;
            same += u32::from(is_same);
        }
        if all == 0 {
            return Finding::skipped("undetermined_documents");
        }
        let share = f64::from(same) / f64::from(all);
        let finding = if share < self.min_share {
            Finding::fail("below_minimum", format!("{same} of {all} documents"))
        } else {
            Finding::pass("share")
        };
        Finding { score: Some(share), ..finding }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome;
    use crate::evaluate::fixture::{text, turn};

    fn found(min_share: f64, user: &str, documents: &[&str]) -> (Outcome, &'static str, Option<f64>) {
        let mut turn = turn("?", user, "x", user);
        turn.retrieval = documents.iter().map(|tag| text("a document", tag)).collect();
        let finding = RetrievalLanguage::new(&Options { min_share }).evaluate(&turn);
        (finding.outcome, finding.reason_code, finding.score)
    }

    /// Scenario: documents in the user's language, in close ones, in others, in none, for users of eight languages.
    /// Guarantees: the share of those that can be told; no failure without a minimum, and one below it.
    #[test]
    fn shares() {
        for user in ["sw", "ru", "zh-Hans", "ar", "hi", "th", "ko", "el"] {
            assert_eq!(found(0.0, user, &[user, "en", "und", user]), (Outcome::Pass, "share", Some(2.0 / 3.0)));
            assert_eq!(found(0.0, user, &["en", "en"]), (Outcome::Pass, "share", Some(0.0)));
            assert_eq!(found(0.5, user, &["en", "en"]), (Outcome::Fail, "below_minimum", Some(0.0)));
            assert_eq!(found(0.5, user, &["en", user]), (Outcome::Pass, "share", Some(0.5)));
        }
        assert_eq!(found(1.0, "sh", &["hr", "sr-Cyrl", "bs"]), (Outcome::Pass, "share", Some(1.0)));
        assert_eq!(found(1.0, "zh-Hant", &["zh-Hans"]), (Outcome::Pass, "share", Some(1.0)));
    }

    /// Scenario: no documents, documents without a language, a user without one.
    /// Guarantees: skipped, each with its reason.
    #[test]
    fn skipped() {
        assert_eq!(found(1.0, "sw", &[]).1, "no_documents");
        assert_eq!(found(1.0, "sw", &["und", "zxx", "mul"]).1, "undetermined_documents");
        assert_eq!(found(1.0, "und", &["sw"]), (Outcome::Skipped, "undetermined_language", None));
    }
}
