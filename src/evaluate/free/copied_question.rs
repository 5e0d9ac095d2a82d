//! Is the answer only the question again.

use super::{Evaluation, threshold};
use crate::config::CopiedQuestion as Options;
use crate::evaluate::{Finding, Step, epoch};
use crate::text::script::weighs;
use crate::text::similarity::{dice, words_into};
use crate::turn::{Turn, TurnText};
use std::cell::RefCell;

/// Letters that a question needs: a greeting is rightly answered by itself. One that is a syllable or a word counts as
/// three.
const MIN_LETTERS: u32 = 30;

/// Fails a turn whose answer repeats its question and says nothing else, as models do with a language that they do not
/// know. An answer that quotes the question and goes on, and a short confirmation in words of the question, pass.
#[derive(Debug, Clone)]
pub struct CopiedQuestion {
    options: Options,
}

impl CopiedQuestion {
    /// With this threshold.
    pub fn new(options: &Options) -> Self {
        CopiedQuestion { options: options.clone() }
    }
}

#[derive(Default)]
struct Scratch {
    folded: String,
    asked: String,
    said: String,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

impl Evaluation for CopiedQuestion {
    fn name(&self) -> &'static str {
        "copied_question"
    }

    fn step(&self) -> Step {
        Step::Answer
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn epoch(&self) -> u64 {
        epoch(&[self.name(), self.version(), &threshold(self.options.similarity)])
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        if turn.failed {
            return Finding::skipped("failed");
        }
        if turn.ends_in_tool_call {
            return Finding::skipped("tool_call");
        }
        let Some(question) = &turn.input else { return Finding::skipped("no_input") };
        let Some(answer) = &turn.output else { return Finding::skipped("no_answer") };
        // Of long texts only the beginnings are here; whole texts of other lengths are not the same.
        let cut = |text: &TurnText| text.bytes > text.text.len() as u64;
        let (short, long) = (question.bytes.min(answer.bytes), question.bytes.max(answer.bytes));
        let alike = !(cut(question) || cut(answer)) || short as f64 >= self.options.similarity * 0.75 * long as f64;
        SCRATCH.with_borrow_mut(|Scratch { folded, asked, said }| {
            words_into(&question.text, folded, asked);
            if !weighs(asked, MIN_LETTERS) {
                return Finding::skipped("short_question");
            }
            if !alike {
                return Finding::pass("own_words");
            }
            words_into(&answer.text, folded, said);
            let similarity = dice(asked, said);
            if similarity >= self.options.similarity {
                return Finding {
                    score: Some(1.0 - similarity),
                    ..Finding::fail("copied", "the answer is the question")
                };
            }
            Finding::pass("own_words")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome;
    use crate::evaluate::fixture::turn;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn found(question: &str, answer: &str) -> (Outcome, &'static str) {
        let finding = CopiedQuestion::new(&Options::default()).evaluate(&turn(question, "sw", answer, "sw"));
        (finding.outcome, finding.reason_code)
    }

    const QUESTIONS: [&str; 9] = [
        "Nauli ya basi kutoka Nairobi hadi Mombasa ni shilingi ngapi?",
        "Сколько стоит билет на автобус до Москвы?",
        "札幌までのバスの料金はいくらですか？",
        "请问去北京的公共汽车票多少钱一张？",
        "ค่าโดยสารรถบัสไปเชียงใหม่ราคาเท่าไหร่",
        "मुंबई जाने वाली बस का किराया कितना है?",
        "كم سعر تذكرة الحافلة إلى القاهرة اليوم؟",
        "부산까지 가는 버스 요금은 얼마입니까?",
        "Πόσο κοστίζει το εισιτήριο για την Αθήνα;",
    ];

    /// Scenario: in nine languages and scripts the question again, in capitals, without marks, with a word changed.
    /// Guarantees: all are copies.
    #[test]
    fn copies() {
        for question in QUESTIONS {
            assert_eq!(found(question, question), (Outcome::Fail, "copied"), "{question}");
            assert_eq!(found(question, &question.to_uppercase()), (Outcome::Fail, "copied"), "{question}");
            let bare = question.trim_end_matches(['?', '？', '؟', ';']);
            assert_eq!(found(question, &format!("- {bare}.")), (Outcome::Fail, "copied"), "{question}");
        }
    }

    /// Scenario: the question quoted before the answer, confirmations in its words, other answers, greetings.
    /// Guarantees: none is a copy.
    #[test]
    fn honest() {
        for question in QUESTIONS {
            let quoting = format!("{question} — 100. {}", QUESTIONS[0]);
            assert_eq!(found(question, &quoting).0, Outcome::Pass, "{question}");
            assert_eq!(found(question, "100"), (Outcome::Pass, "own_words"), "{question}");
        }
        let question = "Can I take my bicycle on the bus to Mombasa on Sunday morning?";
        assert_eq!(found(question, "Yes, on Sunday morning."), (Outcome::Pass, "own_words"));
        let answer = "You can take your bicycle on the train to Mombasa on Monday evening.";
        assert_eq!(found(question, answer), (Outcome::Pass, "own_words"));
        for greeting in ["Good morning!", "Habari za asubuhi", "こんにちは", "مرحبا بك"] {
            assert_eq!(found(greeting, greeting), (Outcome::Skipped, "short_question"));
        }
        let mut silent = turn(question, "en", "x", "en");
        silent.output = None;
        let check = CopiedQuestion::new(&Options::default());
        assert_eq!(check.evaluate(&silent).reason_code, "no_answer");
        silent.input = None;
        assert_eq!(check.evaluate(&silent).reason_code, "no_input");
    }

    proptest! {
        /// Scenario: any question and answer, and a question in both normal forms.
        /// Guarantees: no panic, the same every time, copies in either form are copies.
        #[test]
        fn any_text(question in "\\PC{0,200}", answer in "\\PC{0,200}", at in 0..QUESTIONS.len()) {
            prop_assert_eq!(found(&question, &answer), found(&question, &answer));
            let (composed, decomposed): (String, String) = (QUESTIONS[at].nfc().collect(), QUESTIONS[at].nfd().collect());
            prop_assert_eq!(found(&composed, &decomposed), (Outcome::Fail, "copied"));
        }
    }
}
