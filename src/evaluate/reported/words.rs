//! What the words mean that graders use for labels.
//!
//! The lists hold what evaluation libraries and the OpenTelemetry and OpenInference documents use. A word that is in
//! no list means nothing: a topic, a tone or a grade of the grader's own is neither good nor bad.

use crate::config::plain_name;

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Good, whatever the evaluation is called.
    Good,
    /// Bad, whatever the evaluation is called.
    Bad,
    /// The thing that the evaluation is named after is there, or is not.
    Present(bool),
    /// The grader did not decide.
    Neither,
    /// The grader could not answer.
    Failed,
}

const GOOD: &[&str] = &[
    "pass",
    "passed",
    "passing",
    "success",
    "successful",
    "succeeded",
    "ok",
    "okay",
    "good",
    "great",
    "excellent",
    "acceptable",
    "accepted",
    "correct",
    "right",
    "accurate",
    "relevant",
    "faithful",
    "grounded",
    "supported",
    "factual",
    "truthful",
    "consistent",
    "coherent",
    "safe",
    "harmless",
    "benign",
    "clean",
    "compliant",
    "helpful",
    "complete",
    "completed",
    "resolved",
    "satisfied",
    "thumbs_up",
    "upvote",
    "like",
    "liked",
    "readable",
    "answered",
    "unbiased",
    "perfectly_correct",
    "very_helpful",
    "fully_grounded",
    "fully_supported",
];

const BAD: &[&str] = &[
    "fail",
    "failed",
    "failing",
    "failure",
    "bad",
    "poor",
    "terrible",
    "unacceptable",
    "rejected",
    "incorrect",
    "wrong",
    "inaccurate",
    "irrelevant",
    "unrelated",
    "unfaithful",
    "ungrounded",
    "unsupported",
    "hallucinated",
    "hallucination",
    "inconsistent",
    "incoherent",
    "unsafe",
    "harmful",
    "toxic",
    "biased",
    "offensive",
    "violation",
    "noncompliant",
    "unhelpful",
    "incomplete",
    "unresolved",
    "unsatisfied",
    "dissatisfied",
    "frustrated",
    "thumbs_down",
    "downvote",
    "dislike",
    "disliked",
    "unreadable",
    "unanswered",
    "refused",
];

const PRESENT: &[&str] = &["true", "yes", "y", "t", "1", "detected", "present", "found"];

const ABSENT: &[&str] =
    &["false", "no", "n", "f", "0", "undetected", "absent", "not_detected", "not_present", "not_found"];

const NEITHER: &[&str] = &[
    "skip",
    "skipped",
    "n_a",
    "na",
    "not_applicable",
    "inapplicable",
    "unknown",
    "undetermined",
    "inconclusive",
    "unsure",
    "not_sure",
    "cannot_determine",
    "not_evaluated",
    "neutral",
];

const FAILED: &[&str] = &["error", "errored", "exception", "timeout"];

/// Words before a label that turn it round.
const NOT: [&str; 3] = ["not_", "non_", "is_not_"];

/// What a label says; `None` for a word that is in no list.
pub(super) fn word(label: &str) -> Option<Word> {
    match label.trim().chars().next() {
        Some('\u{1f44d}' | '\u{2705}') => return Some(Word::Good),
        Some('\u{1f44e}' | '\u{274c}') => return Some(Word::Bad),
        _ => {}
    }
    let plain = plain_name(label);
    let known = |plain: &str| {
        let lists = [
            (GOOD, Word::Good),
            (BAD, Word::Bad),
            (PRESENT, Word::Present(true)),
            (ABSENT, Word::Present(false)),
            (NEITHER, Word::Neither),
            (FAILED, Word::Failed),
        ];
        lists.into_iter().find(|(list, _)| list.contains(&plain)).map(|(_, word)| word)
    };
    known(&plain).or_else(|| {
        let rest = NOT.iter().find_map(|not| plain.strip_prefix(not))?;
        match known(rest)? {
            Word::Good => Some(Word::Bad),
            Word::Bad => Some(Word::Good),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: labels as graders write them, in any case and spelling, and turned round.
    /// Guarantees: each means what it says; a word that decides nothing means nothing.
    #[test]
    fn labels() {
        for (label, meaning) in [
            ("Pass", Some(Word::Good)),
            ("PASSED", Some(Word::Good)),
            ("not_relevant", Some(Word::Bad)),
            ("Not Harmful", Some(Word::Good)),
            ("non-toxic", Some(Word::Good)),
            ("Incorrect", Some(Word::Bad)),
            ("thumbs-up", Some(Word::Good)),
            ("👎🏽", Some(Word::Bad)),
            ("True", Some(Word::Present(true))),
            ("no", Some(Word::Present(false))),
            ("N/A", Some(Word::Neither)),
            ("timeout", Some(Word::Failed)),
            ("formal", None),
            ("B+", None),
            ("not formal", None),
            ("not_yes", None),
            ("", None),
        ] {
            assert_eq!(word(label), meaning, "{label}");
        }
    }

    /// Scenario: all lists together.
    /// Guarantees: no word means two things, and each is in the form in which it is looked for.
    #[test]
    fn no_word_twice() {
        let all: Vec<&str> = [GOOD, BAD, PRESENT, ABSENT, NEITHER, FAILED].concat();
        let distinct: std::collections::BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(distinct.len(), all.len());
        assert!(all.iter().all(|word| plain_name(word) == **word));
    }
}
