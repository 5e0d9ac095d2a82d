//! Is the answer a loop.

use super::{Evaluation, threshold};
use crate::config::RepetitionOptions;
use crate::evaluate::{Finding, Step, epoch};
use crate::text::similarity::words_into;
use crate::turn::Turn;

/// Fails a turn whose answer says the same over and over, which models do more often the less of a language they have
/// seen. The loop was looked for when the span was read, in the whole answer. Skipped where the user may have asked for
/// it: the repeated words are a part of the question.
#[derive(Debug, Clone)]
pub struct Repetition {
    options: RepetitionOptions,
}

impl Repetition {
    /// With these thresholds.
    pub fn new(options: &RepetitionOptions) -> Self {
        Repetition { options: options.clone() }
    }
}

impl Evaluation for Repetition {
    fn name(&self) -> &'static str {
        "repetition"
    }

    fn step(&self) -> Step {
        Step::Answer
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn epoch(&self) -> u64 {
        let RepetitionOptions { share, repeats } = self.options;
        epoch(&[self.name(), self.version(), &threshold(share), &repeats.to_string()])
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        if turn.failed {
            return Finding::skipped("failed");
        }
        let Some(answer) = &turn.output else { return Finding::skipped("no_answer") };
        let Some(shape) = &answer.traits.shape else { return Finding::skipped("no_answer") };
        let Some(found) = &shape.repetition else { return Finding::pass("no_loop") };
        if found.repeats < self.options.repeats || found.share() < self.options.share {
            return Finding { score: Some(1.0 - found.share()), ..Finding::pass("no_loop") };
        }
        if asked_for(turn, &found.unit, found.whole) {
            return Finding::skipped("in_question");
        }
        let reason = format!("{} times the same, {:.0} % of the answer", found.repeats, found.share() * 100.0);
        Finding { score: Some(1.0 - found.share()), ..Finding::fail("loop", reason) }
    }
}

/// Whether the repeated words are a part of the question, but not nearly all of it: "say hello a hundred times".
fn asked_for(turn: &Turn, unit: &str, whole: bool) -> bool {
    let Some(question) = &turn.input else { return false };
    let (mut spare, mut asked, mut said) = (String::new(), String::new(), String::new());
    words_into(&question.text, &mut spare, &mut asked);
    words_into(unit, &mut spare, &mut said);
    whole && !said.is_empty() && said.len() * 5 < asked.len() * 4 && asked.contains(&said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome;
    use crate::evaluate::fixture::turn;

    fn found(question: &str, answer: &str) -> (Outcome, &'static str) {
        let finding = Repetition::new(&RepetitionOptions::default()).evaluate(&turn(question, "sw", answer, "sw"));
        (finding.outcome, finding.reason_code)
    }

    /// Scenario: loops and good answers in nine scripts.
    /// Guarantees: loops fail with a score, good answers pass.
    #[test]
    fn loops() {
        for (good, unit) in [
            ("Basi linaondoka sokoni saa tatu asubuhi.", "Tafadhali subiri kidogo. "),
            ("Автобус отправляется с рынка в девять утра.", "Пожалуйста, подождите. "),
            ("バスは朝九時に市場から出ます。", "少々お待ちください。"),
            ("公共汽车早上九点从市场出发。", "请稍等一下，"),
            ("รถบัสออกจากตลาดเวลาเก้าโมงเช้า", "กรุณารอสักครู่"),
            ("बस सुबह नौ बजे बाज़ार से निकलती है।", "कृपया प्रतीक्षा करें। "),
            ("تغادر الحافلة من السوق في التاسعة.", "من فضلك انتظر. "),
            ("버스는 아침 아홉 시에 시장에서 출발합니다.", "잠시만 기다려 주세요. "),
            ("አውቶቡሱ ከገበያ ይነሳል።", "እባክዎ ትንሽ ይጠብቁ። "),
        ] {
            assert_eq!(found("?", good), (Outcome::Pass, "no_loop"), "{good}");
            assert_eq!(found("?", &format!("{good} {}", unit.repeat(12))), (Outcome::Fail, "loop"), "{unit}");
        }
    }

    /// Scenario: a loop that the user asked for, one of the whole question, and an answer that is missing.
    /// Guarantees: the first is skipped, the second fails, the third is skipped.
    #[test]
    fn asked() {
        let question = "Please write the words good morning ten times";
        assert_eq!(found(question, &"good morning ".repeat(10)), (Outcome::Skipped, "in_question"));
        let echo = "Where does the bus to the city leave? ";
        assert_eq!(found(echo, &echo.repeat(10)), (Outcome::Fail, "loop"));
        let mut failed = turn("?", "sw", "x", "sw");
        failed.output = None;
        assert_eq!(Repetition::new(&RepetitionOptions::default()).evaluate(&failed).reason_code, "no_answer");
    }

    /// Scenario: other thresholds.
    /// Guarantees: they decide, and they are another epoch.
    #[test]
    fn thresholds() {
        let strict = RepetitionOptions { share: 0.2, repeats: 20 };
        let looping = turn("?", "sw", &"Tafadhali subiri kidogo. ".repeat(12), "sw");
        assert_eq!(Repetition::new(&strict).evaluate(&looping).outcome, Outcome::Pass);
        assert_ne!(Repetition::new(&strict).epoch(), Repetition::new(&RepetitionOptions::default()).epoch());
    }
}
