//! Is the answer in the language of the question.

use super::Evaluation;
use crate::evaluate::same_language::same_language;
use crate::evaluate::{Finding, Step};
use crate::turn::{Turn, TurnText};

/// Letters below which an answer may be a name, a quotation or a number with a unit. A letter of a script that
/// writes a syllable or a word with one counts as three.
const MIN_LETTERS: usize = 12;

/// Fails a turn whose answer is in another language than its question. Skipped where one of the languages is not
/// known well enough, where the answer is very short, and where it only repeats what somebody else wrote.
#[derive(Debug, Clone, Copy, Default)]
pub struct LanguageMatch;

impl Evaluation for LanguageMatch {
    fn name(&self) -> &'static str {
        "language_match"
    }

    fn step(&self) -> Step {
        Step::Answer
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        if turn.failed {
            return Finding::skipped("failed");
        }
        let Some(question) = &turn.input else { return Finding::skipped("no_input") };
        let Some(answer) = &turn.output else { return Finding::skipped("no_answer") };
        if !question.language.language.is_language() || !answer.language.language.is_language() {
            return Finding::skipped("undetermined_language");
        }
        if letters(&answer.text) < MIN_LETTERS {
            return Finding::skipped("short_answer");
        }
        match same_language(&question.language, &answer.language) {
            None => Finding::skipped("low_certainty"),
            Some(true) => Finding::pass("same_language"),
            Some(false) if is_quoted(turn, answer) => Finding::skipped("quoted"),
            Some(false) => Finding::fail(
                "other_language",
                format!("asked in {}, answered in {}", question.language.language, answer.language.language),
            ),
        }
    }
}

/// Letters, up to [`MIN_LETTERS`].
fn letters(text: &str) -> usize {
    let weight = |c: char| match c {
        // Kana, Han, Hangul and their neighbours.
        '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 3,
        _ => 1,
    };
    let mut sum = 0;
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        sum += weight(c);
        if sum >= MIN_LETTERS {
            break;
        }
    }
    sum
}

/// Whether the whole answer stands in a text that the agent was given, or is all in quotation marks.
fn is_quoted(turn: &Turn, answer: &TurnText) -> bool {
    const MARKS: [(char, char); 6] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('‘', '’')];
    let text = answer.text.trim();
    let mut chars = text.chars();
    let marked = match (chars.next(), chars.next_back()) {
        (Some(first), Some(last)) => MARKS.contains(&(first, last)),
        _ => false,
    };
    let given = turn.input.iter().chain(&turn.retrieval).chain(&turn.tool_results);
    marked || given.into_iter().any(|given| given.text.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome;
    use crate::evaluate::fixture::{text, turn};
    use crate::language::Certainty;
    use std::sync::Arc;

    fn found(turn: &Turn) -> (Outcome, &'static str) {
        let finding = LanguageMatch.evaluate(turn);
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
        assert_eq!(LanguageMatch.evaluate(&english).reason, "asked in sw, answered in en");
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
}
