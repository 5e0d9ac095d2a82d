//! OpenInference's lists of results, spread over numbered keys: `evaluations.3.evaluation.score`.

use super::{About, EvaluationResult, Found, text};
use crate::otlp::view::{Attribute, Attributes};

/// One key of one result.
struct Entry<'a> {
    list: List,
    number: u32,
    field: Field,
    attribute: Attribute<'a>,
}

/// Each list numbers its results anew.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Evaluations,
    Annotations,
    TraceEvaluations,
    TraceAnnotations,
    SessionEvaluations,
    SessionAnnotations,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Name,
    Score,
    Label,
    Annotator,
    Identifier,
}

impl List {
    const fn about(self) -> About {
        match self {
            List::Evaluations | List::Annotations => About::Span,
            List::TraceEvaluations | List::TraceAnnotations => About::Trace,
            List::SessionEvaluations | List::SessionAnnotations => About::Session,
        }
    }
}

/// All results of all lists, in order of list and number.
pub(super) fn of_attributes<'a>(attributes: &Attributes<'a>, found: &mut Found<'a>) {
    let mut entries: Vec<Entry<'a>> = attributes.iter().filter_map(entry).collect();
    // Stable, so that of a key that comes twice the first counts.
    entries.sort_by_key(|entry| (entry.list, entry.number, entry.field));
    for same in entries.chunk_by(|a, b| (a.list, a.number) == (b.list, b.number)) {
        let Some(first) = same.first() else { continue };
        let mut result = EvaluationResult::about(first.list.about());
        for entry in same {
            let Ok(value) = entry.attribute.value() else { continue };
            match entry.field {
                Field::Name if result.name.is_empty() => result.name = text(value).unwrap_or_default(),
                Field::Name => {}
                Field::Score => result.set_score(value),
                Field::Label => result.set_label(value),
                Field::Annotator => result.annotator = result.annotator.or(text(value)),
                Field::Identifier => result.identifier = result.identifier.or(text(value)),
            }
        }
        if let Some(result) = result.named() {
            found.push(result);
        }
    }
}

fn entry<'a>(attribute: &Attribute<'a>) -> Option<Entry<'a>> {
    let key = attribute.key;
    let (whole, rest) = if let Some(rest) = key.strip_prefix(b"trace.") {
        (1, rest)
    } else if let Some(rest) = key.strip_prefix(b"session.") {
        (2, rest)
    } else {
        (0, key)
    };
    let (list, inner, rest) = if let Some(rest) = rest.strip_prefix(b"evaluations.") {
        ([List::Evaluations, List::TraceEvaluations, List::SessionEvaluations], b"evaluation.".as_slice(), rest)
    } else {
        let rest = rest.strip_prefix(b"annotations.")?;
        ([List::Annotations, List::TraceAnnotations, List::SessionAnnotations], b"annotation.".as_slice(), rest)
    };
    let (number, rest) = number(rest)?;
    let field = match rest.strip_prefix(inner)? {
        b"name" => Field::Name,
        b"score" => Field::Score,
        b"label" => Field::Label,
        b"annotator_kind" => Field::Annotator,
        b"identifier" => Field::Identifier,
        _ => return None,
    };
    Some(Entry { list: *list.get(whole)?, number, field, attribute: *attribute })
}

/// The number at the start and what follows its dot.
fn number(rest: &[u8]) -> Option<(u32, &[u8])> {
    let end = rest.iter().position(|&byte| byte == b'.')?;
    let (digits, tail) = rest.split_at_checked(end)?;
    let plain = !digits.is_empty() && digits.len() <= 9 && digits.iter().all(u8::is_ascii_digit);
    let digits = plain.then_some(digits)?;
    let number = digits.iter().fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0'));
    Some((number, tail.get(1..)?))
}
