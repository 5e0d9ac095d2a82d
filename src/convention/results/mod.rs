//! Results of evaluations that somebody else ran and that travel with the telemetry.
//!
//! | form | where |
//! | --- | --- |
//! | OpenTelemetry | a log record or span event `gen_ai.evaluation.result`, its attributes `gen_ai.evaluation.*` |
//! | traceAI | the same names as attributes of a span, with `gen_ai.evaluation.target_span_id` |
//! | OpenInference | `evaluations.N.evaluation.*` on a span, or `annotations.N.annotation.*`; after `trace.` or `session.` they are about the whole trace or session |
//!
//! What is found is what was sent: whether it is a pass or a fail is decided elsewhere.

mod event;
mod numbered;
#[cfg(test)]
mod tests;

use crate::otlp::view::{AnyValue, LogRecord, Span};

/// Results of one span that are read; further ones are counted as skipped.
pub const MAX_PER_SPAN: usize = 64;

/// What a result is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// One span, and by it its turn.
    Span,
    /// The whole trace.
    Trace,
    /// The whole session.
    Session,
}

/// A score as it was sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Score {
    /// A number; never infinite, never "not a number".
    Number(f64),
    /// A truth value: whether the thing that the evaluation is named after is there.
    Truth(bool),
}

/// One result, as far as it can be read.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationResult<'a> {
    /// Name of the evaluation, as sent; not empty.
    pub name: &'a str,
    /// The number.
    pub score: Option<Score>,
    /// The word.
    pub label: Option<&'a str>,
    /// Whether the grader says that it could not answer (`error.type`).
    pub failed: bool,
    /// What it is about.
    pub about: About,
    /// Who judged: `HUMAN`, `LLM`, `CODE`, or a word of the sender's.
    pub annotator: Option<&'a str>,
    /// By which the sender keeps results of one name apart.
    pub identifier: Option<&'a str>,
    /// The span that it is about, where it names one itself.
    pub target_span: Option<[u8; 8]>,
}

impl<'a> EvaluationResult<'a> {
    fn about(about: About) -> Self {
        EvaluationResult {
            name: "",
            score: None,
            label: None,
            failed: false,
            about,
            annotator: None,
            identifier: None,
            target_span: None,
        }
    }

    fn set_score(&mut self, value: AnyValue<'a>) {
        self.score = self.score.or(score(value));
    }

    fn set_label(&mut self, value: AnyValue<'a>) {
        self.label = self.label.or(text(value));
    }

    /// Whether it has a name; one without cannot be counted.
    fn named(self) -> Option<Self> {
        (!self.name.is_empty()).then_some(self)
    }
}

/// The results on a span, and how many were over [`MAX_PER_SPAN`].
#[derive(Debug, Default)]
pub struct Found<'a> {
    /// The results, those of attributes first.
    pub results: Vec<EvaluationResult<'a>>,
    /// Results that were not read.
    pub skipped: u64,
    /// Whether any lie in the span's own attributes, not in its events.
    pub in_attributes: bool,
}

impl<'a> Found<'a> {
    fn push(&mut self, result: EvaluationResult<'a>) {
        if self.results.len() < MAX_PER_SPAN {
            self.results.push(result);
        } else {
            self.skipped += 1;
        }
    }
}

/// The results that a span carries: one pass over its keys, and over its events where it has any.
pub fn read_results<'a>(span: &Span<'a>) -> Found<'a> {
    let mut found = Found::default();
    if span.attributes.iter().any(|attribute| may_be_result(attribute.key)) {
        event::of_attributes(&span.attributes, &mut found);
        numbered::of_attributes(&span.attributes, &mut found);
        found.in_attributes = !found.results.is_empty();
    }
    if span.has_events {
        event::of_events(span, &mut found);
    }
    found
}

/// The result that a log record is. `None` for any other record, and for a result without a name.
pub fn read_result<'a>(record: &LogRecord<'a>) -> Option<EvaluationResult<'a>> {
    event::of_record(record)
}

/// Whether a key may belong to a result. Most keys of other spans part ways at their first bytes.
#[inline]
fn may_be_result(key: &[u8]) -> bool {
    match key {
        [b'g', b'e', b'n', b'_', b'a', b'i', b'.', b'e', rest @ ..] => rest.starts_with(b"valuation."),
        [b'e', b'v', rest @ ..] => rest.starts_with(b"aluations."),
        [b'a', b'n', b'n', rest @ ..] => rest.starts_with(b"otations."),
        [b't', b'r', b'a', b'c', b'e', b'.', rest @ ..] => of_list(rest),
        [b's', b'e', b's', b's', b'i', b'o', b'n', b'.', rest @ ..] => of_list(rest),
        _ => false,
    }
}

fn of_list(rest: &[u8]) -> bool {
    rest.starts_with(b"evaluations.") || rest.starts_with(b"annotations.")
}

/// A number, also as a decimal string, or a truth value.
fn score(value: AnyValue<'_>) -> Option<Score> {
    let number = match value {
        AnyValue::Int(i) => i as f64,
        AnyValue::Double(d) => d,
        AnyValue::Bool(truth) => return Some(Score::Truth(truth)),
        AnyValue::Str(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(Score::Number(number))
}

/// A string that says something.
fn text(value: AnyValue<'_>) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty())
}
