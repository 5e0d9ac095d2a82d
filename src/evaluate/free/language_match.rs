//! Is the answer in the language that is expected.

use super::{Evaluation, threshold};
use crate::config::LanguageMatch as Options;
use crate::evaluate::{Finding, Step, epoch};
use crate::language::LanguageDetector;
use crate::language::expected::{Expected, of_question};
use crate::language::matching::{Answer, Match, judge};
use crate::turn::Turn;
use std::sync::Arc;

/// Texts that the agent was given in which an answer's sentences are looked for.
const MAX_GIVEN: usize = 256;

/// Fails a turn whose answer, or too great a part of it, is in another language than expected: the one that the
/// instructions or the user asked for, else the user's locale, else the language of the question. Skipped where either
/// is not known well enough, where the answer is very short or a name, and where it only repeats what others wrote.
pub struct LanguageMatch {
    other_share: f64,
    detector: Arc<dyn LanguageDetector>,
}

impl LanguageMatch {
    /// With this threshold; `detector` tells the language of single sentences.
    pub fn new(options: &Options, detector: Arc<dyn LanguageDetector>) -> Self {
        LanguageMatch { other_share: options.other_share, detector }
    }
}

impl Evaluation for LanguageMatch {
    fn name(&self) -> &'static str {
        "language_match"
    }

    fn step(&self) -> Step {
        Step::Answer
    }

    fn version(&self) -> &'static str {
        "2"
    }

    fn epoch(&self) -> u64 {
        epoch(&[self.name(), self.version(), &threshold(self.other_share)])
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        if turn.failed {
            return Finding::skipped("failed");
        }
        let question = turn.input.as_ref().map(|text| of_question(&text.language));
        let expected = match turn.expectation.languages(question) {
            Ok(expected) => expected,
            Err(unknown) => return Finding::skipped(unknown.name()),
        };
        let Some(answer) = &turn.output else { return Finding::skipped("no_answer") };
        let answer = Answer { text: &answer.text, verdict: &answer.language };
        let given = |text: &str| {
            let known = turn.input.iter().chain(&turn.retrieval).chain(&turn.tool_results);
            known.take(MAX_GIVEN).any(|known| known.text.contains(text))
        };
        match judge(&expected, &answer, &*self.detector, &given, self.other_share) {
            Match::Same => Finding::pass("same_language"),
            Match::Mostly(share) => Finding { score: Some(1.0 - share), ..Finding::pass("mostly_same_language") },
            Match::Other(said) => Finding::fail("other_language", format!("{}, answered in {said}", wanted(&expected))),
            Match::Mixed(share) => {
                let reason = format!("{}, {:.0} % of the answer in others", wanted(&expected), share * 100.0);
                Finding { score: Some(1.0 - share), ..Finding::fail("mixed_language", reason) }
            }
            Match::Unknown(code) => Finding::skipped(code),
        }
    }
}

/// What is expected, in tags alone.
fn wanted(expected: &Expected) -> String {
    let tags: Vec<String> = expected.any_of.iter().map(|tag| tag.to_string()).collect();
    let how = if expected.named { "expected" } else { "asked in" };
    format!("{how} {}", tags.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome;
    use crate::evaluate::fixture::{text, turn};
    use crate::language::expected::{Expectation, Speaker, asked};
    use crate::language::{Certainty, Tag, detector};

    fn check() -> LanguageMatch {
        LanguageMatch::new(&Options::default(), detector())
    }

    fn found(turn: &Turn) -> (Outcome, &'static str) {
        let finding = check().evaluate(turn);
        (finding.outcome, finding.reason_code)
    }

    /// Scenario: answers in the same, a close and another language, in several scripts.
    /// Guarantees: only another language fails, and the reason holds the tags alone.
    #[test]
    fn match_and_mismatch() {
        let swahili = turn("Bei ya basi ni gani?", "sw", "Nauli ni shilingi mia moja.", "sw");
        assert_eq!(found(&swahili), (Outcome::Pass, "same_language"));
        let english = turn("Bei ya basi ni gani?", "sw", "The fare is one hundred shillings.", "en");
        assert_eq!(found(&english), (Outcome::Fail, "other_language"));
        assert_eq!(check().evaluate(&english).reason, "asked in sw, answered in en");
        let chinese = turn("车票多少钱？", "zh-Hans", "車票一百先令。", "zh-Hant");
        assert_eq!(found(&chinese), (Outcome::Pass, "same_language"));
        let serbian = turn("Koliko košta karta za autobus?", "sh", "Карта кошта сто шилинга.", "sr-Cyrl");
        assert_eq!(found(&serbian), (Outcome::Pass, "same_language"));
    }

    /// Scenario: failed turns, missing texts, languages not known or only guessed, very short and quoted answers.
    /// Guarantees: none of them fails.
    #[test]
    fn skipped() {
        let base = turn("Bei ya basi ni gani?", "sw", "The fare is one hundred shillings.", "en");
        let of = |change: &dyn Fn(&mut Turn)| {
            let mut turn = base.clone();
            change(&mut turn);
            found(&turn)
        };
        assert_eq!(of(&|t| t.failed = true), (Outcome::Skipped, "failed"));
        assert_eq!(of(&|t| t.input = None), (Outcome::Skipped, "no_input"));
        assert_eq!(of(&|t| t.output = None), (Outcome::Skipped, "no_answer"));
        for tag in ["und", "mul", "zxx"] {
            assert_eq!(of(&|t| t.input = Some(text("x y", tag))), (Outcome::Skipped, "undetermined_language"));
        }
        assert_eq!(of(&|t| t.output = Some(text("100 shillings", "en"))), (Outcome::Skipped, "short_answer"));
        let unsure = |t: &mut Turn| {
            let answer = t.output.as_mut().unwrap();
            let mut verdict = *answer.language;
            verdict.certainty = Certainty::Low;
            answer.language = Arc::new(verdict);
        };
        assert_eq!(of(&unsure), (Outcome::Skipped, "low_certainty"));
        let found_there = |t: &mut Turn| t.retrieval = vec![text("1. The fare is one hundred shillings. 2.", "en")];
        assert_eq!(of(&found_there), (Outcome::Skipped, "quoted"));
        assert_eq!(of(&|t| t.output = Some(text("«The fare is high»", "en"))), (Outcome::Skipped, "quoted"));
    }

    /// Scenario: instructions and locales beside a question in Swahili, in several languages.
    /// Guarantees: they decide what is expected, the user's language no more; a condition only widens it.
    #[test]
    fn expected_languages() {
        let french = "Le tarif est de cent shillings et le bus part du marché à neuf heures.";
        let swahili = "Nauli ni shilingi mia moja na basi linaondoka sokoni saa tatu asubuhi.";
        let of = |instructions: &str, locale: Option<&str>, answer: &str, said: &str| {
            let mut turn = turn("Bei ya basi ni gani?", "sw", answer, said);
            let asked = asked(instructions, Speaker::System);
            turn.expectation = Expectation { asked, locale: locale.map(Tag::literal) };
            found(&turn)
        };
        for instructions in
            ["Always answer in French.", "Réponds en français.", "必ずフランス語で答えて。", "Отвечай по-французски."]
        {
            assert_eq!(of(instructions, Some("de"), french, "fr"), (Outcome::Pass, "same_language"), "{instructions}");
            assert_eq!(of(instructions, None, swahili, "sw").0, Outcome::Fail, "{instructions}");
        }
        assert_eq!(of("", Some("fr"), french, "fr"), (Outcome::Pass, "same_language"));
        assert_eq!(of("", Some("fr"), swahili, "sw").0, Outcome::Fail);
        let either = "Answer in French if the user asks for it.";
        assert_eq!(of(either, None, french, "fr"), (Outcome::Pass, "same_language"));
        assert_eq!(of(either, None, swahili, "sw"), (Outcome::Pass, "same_language"));
        assert_eq!(of("Answer in Traditional Chinese.", None, "公共汽车早上九点出发。", "zh-Hans").0, Outcome::Fail);
        let mut unknown = turn("?", "und", french, "fr");
        assert_eq!(found(&unknown), (Outcome::Skipped, "undetermined_language"));
        unknown.expectation.locale = Some(Tag::literal("fr"));
        assert_eq!(found(&unknown), (Outcome::Pass, "same_language"));
    }
}
