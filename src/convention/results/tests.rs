//! Results in each of their forms, and what only looks like one.

use super::super::testing::{Any, attribute, span};
use super::*;
use crate::otlp::wire::put_bytes;
use proptest::prelude::*;

fn attributes(pairs: &[(&str, Any)]) -> Vec<(String, Any)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

/// What is found, in one line each.
fn lines(found: &Found<'_>) -> Vec<String> {
    let line = |r: &EvaluationResult<'_>| {
        let score = match r.score {
            None => "-".to_owned(),
            Some(Score::Number(number)) => number.to_string(),
            Some(Score::Truth(truth)) => truth.to_string(),
        };
        format!("{:?} {} {score} {}", r.about, r.name, r.label.unwrap_or("-"))
    };
    found.results.iter().map(line).collect()
}

fn event(name: &str, pairs: &[(&str, Any)]) -> Vec<u8> {
    let mut event = Vec::new();
    put_bytes(&mut event, 2, name.as_bytes());
    pairs.iter().for_each(|(key, value)| put_bytes(&mut event, 3, &attribute(key, value)));
    event
}

/// Scenario: a span with OpenInference's lists in all six places, out of order, with a gap, beside attributes that
/// only look like them.
/// Guarantees: each result is read whole, of the thing that it is about, and nothing else is.
#[test]
fn openinference() {
    let message = span(
        &attributes(&[
            ("openinference.span.kind", "LLM".into()),
            ("evaluations.7.evaluation.label", "relevant".into()),
            ("evaluations.7.evaluation.name", "relevance".into()),
            ("evaluations.0.evaluation.score", Any::Double(0.25)),
            ("evaluations.0.evaluation.name", "correctness".into()),
            ("evaluations.0.evaluation.annotator_kind", "HUMAN".into()),
            ("evaluations.0.evaluation.identifier", "judge-2".into()),
            ("annotations.0.annotation.name", "thumbs".into()),
            ("annotations.0.annotation.score", Any::Int(1)),
            ("trace.evaluations.0.evaluation.name", "goal".into()),
            ("trace.evaluations.0.evaluation.score", "0.5".into()),
            ("trace.annotations.0.annotation.name", "tone".into()),
            ("session.evaluations.0.evaluation.name", "solved".into()),
            ("session.evaluations.0.evaluation.score", Any::Bool(true)),
            ("session.annotations.0.annotation.name", "csat".into()),
            ("evaluations.x.evaluation.name", "no number".into()),
            ("evaluations.1.annotation.name", "mixed".into()),
            ("evaluations.2.evaluation.score", Any::Int(1)),
            ("evaluationsX.0.evaluation.name", "other".into()),
        ]),
        true,
    );
    let span = Span::read(&message).unwrap();
    let found = read_results(&span);
    assert_eq!(
        lines(&found),
        [
            "Span correctness 0.25 -",
            "Span relevance - relevant",
            "Span thumbs 1 -",
            "Trace goal 0.5 -",
            "Trace tone - -",
            "Session solved true -",
            "Session csat - -",
        ]
    );
    assert_eq!((found.results[0].annotator, found.results[0].identifier), (Some("HUMAN"), Some("judge-2")));
    assert!(found.in_attributes);
}

/// Scenario: OpenTelemetry's event twice on a span, once without a name, beside other events; a grader that failed.
/// Guarantees: each event with a name is one result; an error is one that could not answer.
#[test]
fn span_events() {
    let mut message = span(&attributes(&[("gen_ai.operation.name", "chat".into())]), true);
    for (name, pairs) in [
        ("gen_ai.choice", vec![("gen_ai.evaluation.name", "x".into())]),
        (
            EVENT,
            vec![
                ("gen_ai.evaluation.name", "Relevance".into()),
                ("gen_ai.evaluation.score.value", Any::Double(0.9)),
                ("gen_ai.evaluation.score.label", "pass".into()),
            ],
        ),
        (EVENT, vec![("gen_ai.evaluation.score.value", Any::Double(0.9))]),
        (EVENT, vec![("gen_ai.evaluation.name", "tone".into()), ("error.type", "timeout".into())]),
    ] {
        put_bytes(&mut message, 11, &event(name, &pairs));
    }
    let span = Span::read(&message).unwrap();
    let found = read_results(&span);
    assert_eq!(lines(&found), ["Span Relevance 0.9 pass", "Span tone - -"]);
    assert!(!found.results[0].failed && found.results[1].failed && !found.in_attributes);
}

const EVENT: &str = "gen_ai.evaluation.result";

/// Scenario: the same names as attributes of a span, which names its target; targets that are none.
/// Guarantees: one result, with the target where it is an id.
#[test]
fn span_attributes() {
    for (target, expected) in [
        ("00f067aa0ba902b7", Some([0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7])),
        ("0x00F067AA0BA902B7", Some([0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7])),
        ("0000000000000000", None),
        ("+0f067aa0ba902b7", None),
        ("7", None),
    ] {
        let message = span(
            &attributes(&[
                ("gen_ai.evaluation.name", "groundedness".into()),
                ("gen_ai.evaluation.score.label", "Passed".into()),
                ("gen_ai.evaluation.target_span_id", target.into()),
            ]),
            true,
        );
        let span = Span::read(&message).unwrap();
        let found = read_results(&span);
        assert_eq!(lines(&found), ["Span groundedness - Passed"]);
        assert_eq!(found.results[0].target_span, expected, "{target}");
    }
}

/// Scenario: the log record in its current form, with the name as an attribute, and with its members in the body; a
/// record of another event.
/// Guarantees: the same result each time, and none from the other.
#[test]
fn log_records() {
    let members =
        [("gen_ai.evaluation.name", Any::from("relevance")), ("gen_ai.evaluation.score.value", Any::Double(0.1))];
    let attributes = |out: &mut Vec<u8>| {
        members.iter().for_each(|(key, value)| put_bytes(out, 6, &attribute(key, value)));
    };
    let (mut current, mut older, mut body, mut other) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    attributes(&mut current);
    put_bytes(&mut current, 12, EVENT.as_bytes());
    attributes(&mut older);
    put_bytes(&mut older, 6, &attribute("event.name", &EVENT.into()));
    put_bytes(&mut body, 12, EVENT.as_bytes());
    let map = Any::Map(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect());
    put_bytes(&mut body, 5, &map.encode());
    attributes(&mut other);
    put_bytes(&mut other, 12, b"gen_ai.choice");
    for message in [&current, &older, &body] {
        let record = LogRecord::read(message).unwrap();
        let result = read_result(&record).unwrap();
        assert_eq!((result.name, result.score), ("relevance", Some(Score::Number(0.1))));
    }
    assert_eq!(read_result(&LogRecord::read(&other).unwrap()), None);
}

/// Scenario: scores that are no numbers.
/// Guarantees: no score, rather than one that poisons a sum.
#[test]
fn scores_that_are_none() {
    for value in [Any::Double(f64::NAN), Any::Double(f64::INFINITY), "NaN".into(), "high".into(), Any::Empty] {
        let pairs = attributes(&[("gen_ai.evaluation.name", "n".into()), ("gen_ai.evaluation.score.value", value)]);
        let message = span(&pairs, true);
        let span = Span::read(&message).unwrap();
        assert_eq!(read_results(&span).results[0].score, None);
    }
}

/// Scenario: ten thousand results on one span.
/// Guarantees: the first are read, the others counted.
#[test]
fn bounded() {
    let many: Vec<(String, Any)> =
        (0..10_000).rev().map(|n| (format!("evaluations.{n}.evaluation.name"), Any::from("n"))).collect();
    let message = span(&many, true);
    let span = Span::read(&message).unwrap();
    let found = read_results(&span);
    assert_eq!((found.results.len(), found.skipped), (MAX_PER_SPAN, 10_000 - MAX_PER_SPAN as u64));
}

proptest! {
    /// Scenario: keys made of the words of results, in any order, with any text for a value.
    /// Guarantees: whatever is found has a name and is within its bound, and a key that is passed over early is never
    /// part of a result.
    #[test]
    fn any_keys(
        keys in prop::collection::vec(
            "(trace\\.|session\\.|gen_ai\\.)?(evaluations?|annotations?)\\.[0-9x]{0,3}\\.?(evaluation|annotation)?\\.?(name|score|label|score\\.value)?",
            0..40,
        ),
        value in "\\PC{0,12}",
    ) {
        let pairs: Vec<(String, Any)> = keys.into_iter().map(|key| (key, Any::from(value.as_str()))).collect();
        let message = span(&pairs, true);
        let span = Span::read(&message).unwrap();
        let found = read_results(&span);
        prop_assert!(found.results.len() <= MAX_PER_SPAN);
        prop_assert!(found.results.iter().all(|result| !result.name.is_empty()));
        let mut late = Found::default();
        event::of_attributes(&span.attributes, &mut late);
        numbered::of_attributes(&span.attributes, &mut late);
        prop_assert_eq!(found.results, late.results);
    }
}
