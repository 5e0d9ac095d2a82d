//! One result under OpenTelemetry's names: in an event, in a log record, or as attributes of a span.

use super::{About, EvaluationResult, Found, text};
use crate::otlp::view::{AnyValue, Attributes, LogRecord, Span};

/// The name of the event.
const EVENT: &str = "gen_ai.evaluation.result";

/// As a log record; older drafts have the members in its body.
pub(super) fn of_record<'a>(record: &LogRecord<'a>) -> Option<EvaluationResult<'a>> {
    if record.event_name != EVENT {
        return None;
    }
    let mut result = EvaluationResult::about(About::Span);
    fill(&mut result, &record.attributes);
    if let AnyValue::Map(body) = record.body {
        for member in body.entries().map_while(Result::ok) {
            put(&mut result, member.key, || member.value().ok());
        }
    }
    result.named()
}

/// As events of a span, one result each.
pub(super) fn of_events<'a>(span: &Span<'a>, found: &mut Found<'a>) {
    for event in span.events().map_while(Result::ok).filter(|event| event.name == EVENT) {
        let mut result = EvaluationResult::about(About::Span);
        fill(&mut result, &event.attributes);
        if let Some(result) = result.named() {
            found.push(result);
        }
    }
}

/// As attributes of a span, where there is room for one.
pub(super) fn of_attributes<'a>(attributes: &Attributes<'a>, found: &mut Found<'a>) {
    let mut result = EvaluationResult::about(About::Span);
    for attribute in attributes.iter().filter(|attribute| attribute.key.starts_with(b"gen_ai.evaluation.")) {
        put(&mut result, attribute.key, || attribute.value().ok());
    }
    if let Some(result) = result.named() {
        found.push(result);
    }
}

fn fill<'a>(result: &mut EvaluationResult<'a>, attributes: &Attributes<'a>) {
    for attribute in attributes.iter() {
        put(result, attribute.key, || attribute.value().ok());
    }
}

fn put<'a>(result: &mut EvaluationResult<'a>, key: &[u8], value: impl FnOnce() -> Option<AnyValue<'a>>) {
    let Some(key) = key.strip_prefix(b"gen_ai.evaluation.") else {
        if key == b"error.type" {
            result.failed |= value().and_then(text).is_some();
        }
        return;
    };
    let Some(value) = value() else { return };
    match key {
        b"name" if result.name.is_empty() => result.name = text(value).unwrap_or_default(),
        b"score.value" => result.set_score(value),
        b"score.label" => result.set_label(value),
        b"target_span_id" => result.target_span = result.target_span.or(text(value).and_then(span_id)),
        _ => {}
    }
}

/// A span id in hexadecimal.
fn span_id(text: &str) -> Option<[u8; 8]> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let plain = digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let id = plain.then(|| u64::from_str_radix(digits, 16).ok()).flatten()?;
    (id != 0).then(|| id.to_be_bytes())
}
