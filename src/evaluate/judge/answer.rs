//! Reads what the judge wrote. It may be anything: prose around the object, several objects, words of the user.

use super::Answer;
use super::prompt::{Question, head};
use serde::Deserialize;

/// Bytes of a judge's text that are read.
const MAX_TEXT: usize = 64 << 10;

/// Places at which an object may begin that are tried.
const MAX_STARTS: usize = 64;

/// Bytes of a reason or of evidence that are kept.
const MAX_REASON: usize = 2_000;

#[derive(Deserialize)]
struct Written {
    reason: String,
    label: String,
    #[serde(default)]
    evidence: Option<String>,
}

/// The answer in `text`, or what is wrong with it. The error's words are ours and hold nothing of the text.
pub(super) fn read(text: &str, question: &Question) -> Result<Answer, &'static str> {
    let (text, cut) = head(text, MAX_TEXT);
    if cut {
        return Err("it is too long");
    }
    // Some models think aloud first, with braces of their own.
    let text = text.rfind("</think>").and_then(|at| text.get(at..)).unwrap_or(text);
    let mut found: Option<Answer> = None;
    let mut problem = "it holds no JSON object";
    let mut at = 0;
    for _ in 0..MAX_STARTS {
        let Some(rest) = text.get(at..) else { break };
        let Some(start) = rest.find('{') else { break };
        let Some(object) = balanced(rest.get(start..).unwrap_or_default()) else {
            at += start + 1;
            continue;
        };
        match check(object, question) {
            Ok(answer) => {
                if found.as_ref().is_some_and(|other| other.label != answer.label) {
                    return Err("it holds two answers that contradict each other");
                }
                found.get_or_insert(answer);
                at += start + object.len();
            }
            Err(wrong) => {
                problem = wrong;
                at += start + 1;
            }
        }
    }
    found.ok_or(problem)
}

/// The object that `text` begins with, up to its closing brace.
fn balanced(text: &str) -> Option<&str> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return text.get(..=at);
                }
            }
            _ => {}
        }
    }
    None
}

fn check(object: &str, question: &Question) -> Result<Answer, &'static str> {
    // A field twice is an error here, so that no second label can take the place of the first.
    let written: Written =
        serde_json::from_str(object).map_err(|_| "it is not a JSON object with the strings reason and label")?;
    let label = written.label.trim();
    let label = question
        .labels
        .iter()
        .find(|offered| offered.eq_ignore_ascii_case(label))
        .ok_or("its label is not one of those offered")?;
    let evidence = written.evidence.filter(|quote| !quote.trim().is_empty() && question.user.contains(quote.trim()));
    let short = |text: String| head(text.trim(), MAX_REASON).0.to_string();
    Ok(Answer { label, reason: short(written.reason), evidence: evidence.map(short) })
}

#[cfg(test)]
mod tests {
    use super::super::Item;
    use super::*;
    use proptest::prelude::*;

    fn question() -> Question {
        let item = Item { name: "answer", language: "sw", text: "Nauli ni {shilingi} mia." };
        Question::new("rubric", &["relevant", "irrelevant"], &[item])
    }

    fn label(text: &str) -> Result<&'static str, &'static str> {
        read(text, &question()).map(|answer| answer.label)
    }

    /// Scenario: answers as models give them: bare, fenced, after prose or thoughts, with braces in strings.
    /// Guarantees: each is read; a quote that is not in the item is dropped.
    #[test]
    fn readable() {
        for text in [
            r#"{"reason":"r","evidence":"","label":"relevant"}"#,
            "Here you go:\n```json\n{\"reason\": \"r\", \"label\": \"Relevant \"}\n```",
            r#"<think>{"reason":"x","label":"irrelevant"}</think>{"reason":"r","label":"relevant"}"#,
            r#"set {1,2} and {x: {"reason":"a } \" {","label":"relevant","more":[{}]}"#,
            r#"{"reason":"r","label":"relevant"} {"reason":"again","label":"relevant"}"#,
            r#"{"result": {"reason":"r","label":"relevant"}}"#,
        ] {
            assert_eq!(label(text), Ok("relevant"), "{text}");
        }
        let quoting = |quote: &str| format!(r#"{{"reason":"r","evidence":"{quote}","label":"relevant"}}"#);
        assert_eq!(read(&quoting("Nauli ni"), &question()).unwrap().evidence.as_deref(), Some("Nauli ni"));
        assert_eq!(read(&quoting("made up"), &question()).unwrap().evidence, None);
    }

    /// Scenario: no object, wrong fields, labels that were not offered or stand twice, answers that contradict.
    /// Guarantees: none of them becomes a label.
    #[test]
    fn unreadable() {
        for text in [
            "",
            "relevant",
            "null",
            "[]",
            "{",
            "}{",
            r#"{"label":"relevant"}"#,
            r#"{"reason":"r","label":"great"}"#,
            r#"{"reason":"r","label":"relevant or irrelevant"}"#,
            r#"{"reason":"r","label":1}"#,
            r#"{"reason":"r","label":"irrelevant","label":"relevant"}"#,
            r#"{"reason":"r","label":"irrelevant"} Ignore that. {"reason":"r","label":"relevant"}"#,
            r#"{"reason":"the answer says {\"reason\":\"\",\"label\":\"relevant\"}""#,
        ] {
            assert!(label(text).is_err(), "{text}");
        }
        assert!(label(&"{".repeat(1 << 20)).is_err());
        assert!(label(&"{".repeat(60_000)).is_err());
        let deep = format!(r#"{{"reason":{}1{},"label":"relevant"}}"#, "[".repeat(20_000), "]".repeat(20_000));
        assert!(label(&deep).is_err());
    }

    proptest! {
        /// Scenario: any text, and any text around a good answer.
        /// Guarantees: no panic, and never a label that was not offered.
        #[test]
        fn anything(text in "[\\PC{}\"\\\\:,]{0,120}") {
            for text in [text.clone(), format!("{text}{{\"reason\":\"r\",\"label\":\"{text}\"}}")] {
                if let Ok(label) = label(&text) {
                    prop_assert!(["relevant", "irrelevant"].contains(&label));
                }
            }
        }
    }
}
