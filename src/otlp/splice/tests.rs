use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;

use super::{Edits, splice};
use crate::otlp::testing::{trace_from_the_future, traces};
use crate::otlp::view::resource_spans;
use crate::otlp::wire::{Fields, WireError, put_bytes, put_varint, varint};

/// An attribute, as the edits take it.
#[derive(Debug, Clone)]
enum Addition {
    Str(String),
    Int(i64),
    Double(f64),
    Bool(bool),
    Strings(Vec<String>),
}

impl Addition {
    fn add_to(&self, edits: &mut Edits, key: &str) {
        match self {
            Addition::Str(s) => edits.attribute_str(key, s),
            Addition::Int(i) => edits.attribute_int(key, *i),
            Addition::Double(d) => edits.attribute_double(key, *d),
            Addition::Bool(b) => edits.attribute_bool(key, *b),
            Addition::Strings(list) => edits.attribute_strings(key, list.iter().map(String::as_str)),
        };
    }

    fn to_proto(&self, key: &str) -> KeyValue {
        let value = match self.clone() {
            Addition::Str(s) => Value::StringValue(s),
            Addition::Int(i) => Value::IntValue(i),
            Addition::Double(d) => Value::DoubleValue(d),
            Addition::Bool(b) => Value::BoolValue(b),
            Addition::Strings(list) => Value::ArrayValue(ArrayValue {
                values: list.into_iter().map(|s| AnyValue { value: Some(Value::StringValue(s)) }).collect(),
            }),
        };
        KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
    }
}

fn addition() -> impl Strategy<Value = (String, Addition)> {
    let value = prop_oneof![
        prop_oneof!["\\PC{0,8}", Just("y".repeat(130)), Just("z".repeat(20_000))].prop_map(Addition::Str),
        any::<i64>().prop_map(Addition::Int),
        (-1e9..1e9).prop_map(Addition::Double),
        any::<bool>().prop_map(Addition::Bool),
        vec("[a-z]{0,80}", 0..4).prop_map(Addition::Strings),
    ];
    (prop_oneof!["[a-z.]{0,20}", Just("k".repeat(128))], value)
}

fn spans(request: &[u8]) -> Vec<&[u8]> {
    let mut spans = Vec::new();
    for resource in resource_spans(request) {
        for scope in resource.unwrap().scope_spans() {
            spans.extend(scope.unwrap().spans().map(Result::unwrap));
        }
    }
    spans
}

fn spans_of(request: &mut ExportTraceServiceRequest) -> Vec<&mut Span> {
    let scopes = request.resource_spans.iter_mut().flat_map(|resource| &mut resource.scope_spans);
    scopes.flat_map(|scope| &mut scope.spans).collect()
}

proptest! {
    /// Scenario: generated requests get generated attributes on any of their spans, begun in any order.
    /// Guarantees: the generated types read from the result what they would have after a push; ordinals are
    /// those of the views' walk; the views read the same spans with the additions behind.
    #[test]
    fn equals_decode_and_push(
        mut request in traces(),
        additions in vec((any::<prop::sample::Index>(), vec(addition(), 0..4)), 0..6),
    ) {
        let bytes = request.encode_to_vec();
        let before: Vec<Vec<u8>> = spans(&bytes).iter().map(|span| span.to_vec()).collect();
        prop_assert_eq!(before.len(), spans_of(&mut request).len());
        let mut edits = Edits::new();
        for (index, attributes) in &additions {
            if before.is_empty() {
                break;
            }
            let ordinal = index.index(before.len());
            edits.begin(ordinal);
            for (key, addition) in attributes {
                addition.add_to(&mut edits, key);
                spans_of(&mut request)[ordinal].attributes.push(addition.to_proto(key));
            }
        }
        let spliced = splice(&bytes, &edits).unwrap();
        prop_assert_eq!(ExportTraceServiceRequest::decode(&*spliced).unwrap(), request);
        let after = spans(&spliced);
        prop_assert_eq!(after.len(), before.len());
        for (after, before) in after.iter().zip(&before) {
            prop_assert!(after.starts_with(before));
        }
        if edits.is_empty() {
            prop_assert_eq!(spliced, bytes);
        }
    }

    /// Scenario: arbitrary bytes are spliced, with edits for some ordinals.
    /// Guarantees: no panic; what succeeds holds all the additions.
    #[test]
    fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..200), ordinals in vec(0usize..4, 0..4)) {
        let mut edits = Edits::new();
        for ordinal in ordinals {
            edits.begin(ordinal).attribute_int("k", 1);
        }
        if let Ok(spliced) = splice(&bytes, &edits) {
            prop_assert!(edits.is_empty() || spliced != bytes);
        }
    }
}

/// The request with every length prefix of the three envelope levels replaced by `len(content)`, recomputed from
/// the inside out by a plain rebuild: what splice must produce, made the slow way.
fn rebuild(message: &[u8], level: usize, ordinal: &mut usize, edits: &[(usize, Vec<u8>)]) -> (Vec<u8>, bool) {
    let number = [1, 2, 2].get(level).copied();
    let mut out = Vec::new();
    let mut changed = false;
    for field in Fields::new(message) {
        let field = field.unwrap();
        if Some(field.number) != number {
            out.extend_from_slice(&message[field.start..field.end]);
            continue;
        }
        let (inner, inner_changed) = if level == 2 {
            let addition = edits.iter().find(|(at, _)| at == ordinal).map(|(_, bytes)| bytes.clone());
            *ordinal += 1;
            let mut inner = field.bytes().unwrap().to_vec();
            inner.extend_from_slice(addition.as_deref().unwrap_or_default());
            (inner, addition.is_some())
        } else {
            rebuild(field.bytes().unwrap(), level + 1, ordinal, edits)
        };
        if inner_changed {
            let (_, tag_end) = varint(message, field.start).unwrap();
            out.extend_from_slice(&message[field.start..tag_end]);
            put_varint(&mut out, inner.len() as u64);
            out.extend_from_slice(&inner);
            changed = true;
        } else {
            out.extend_from_slice(&message[field.start..field.end]);
        }
    }
    (out, changed)
}

fn str_attribute(key: &str, value: &str) -> Vec<u8> {
    let mut any = Vec::new();
    put_bytes(&mut any, 1, value.as_bytes());
    let mut kv = Vec::new();
    put_bytes(&mut kv, 1, key.as_bytes());
    put_bytes(&mut kv, 2, &any);
    let mut out = Vec::new();
    put_bytes(&mut out, 9, &kv);
    out
}

/// Scenario: a request with unknown fields in request, ResourceSpans, Resource, ScopeSpans, Scope, Span, Event,
/// Link, Status, KeyValue and AnyValue, padded tags and lengths, groups, duplicated fields, empty envelopes and
/// fields in an unusual order, gets attributes on some of its spans.
/// Guarantees: it comes out equal byte for byte but for our attributes and the lengths around them.
#[test]
fn fields_from_the_future_survive() {
    let request = trace_from_the_future(2);
    let count = spans(&request).len();
    assert_eq!(count, 2 * (3 * 2 + 3));
    for chosen in [vec![], vec![0], vec![count - 1], vec![1, 4, 9, 10], (0..count).collect::<Vec<_>>()] {
        let mut edits = Edits::new();
        let mut expected = Vec::new();
        for &ordinal in &chosen {
            let value = "é".repeat(ordinal * 40);
            edits.begin(ordinal).attribute_str("isogloss.input.language", &value);
            expected.push((ordinal, str_attribute("isogloss.input.language", &value)));
        }
        let spliced = splice(&request, &edits).unwrap();
        assert_eq!(spliced, rebuild(&request, 0, &mut 0, &expected).0, "{chosen:?}");
        let mut decoded = ExportTraceServiceRequest::decode(&*request).unwrap();
        for &ordinal in &chosen {
            let value = Addition::Str("é".repeat(ordinal * 40));
            spans_of(&mut decoded)[ordinal].attributes.push(value.to_proto("isogloss.input.language"));
        }
        assert_eq!(ExportTraceServiceRequest::decode(&*spliced).unwrap(), decoded);
    }
}

/// Scenario: a two-byte addition to a span whose envelopes have lengths padded to ten bytes.
/// Guarantees: a result shorter than the request is sized right.
#[test]
fn padding_lost_outweighs_additions() {
    fn padded(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag, content.len() as u8 | 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
        out.extend_from_slice(content);
        out
    }
    let request = padded(0x0a, &padded(0x12, &padded(0x12, &[0x2a, 0x01, b'n'])));
    let mut edits = Edits::new();
    edits.begin(0).attribute_str("k", "v");
    let spliced = splice(&request, &edits).unwrap();
    assert!(spliced.len() < request.len());
    let decoded = ExportTraceServiceRequest::decode(&*spliced).unwrap();
    assert_eq!(decoded.resource_spans[0].scope_spans[0].spans[0].attributes.len(), 1);
}

/// Scenario: an edit for a span that is not there, and a request that breaks off.
/// Guarantees: both are errors, nothing is dropped in silence.
#[test]
fn refuses_what_it_cannot_do() {
    let mut edits = Edits::new();
    edits.begin(0).attribute_bool("k", true);
    assert_eq!(splice(&[], &edits), Err(WireError::NoSuchSpan));
    assert_eq!(splice(&[0x0a, 0x02, 0x12], &edits), Err(WireError::Truncated));
    assert_eq!(splice(&[0x0a, 0x02, 0x12, 0x01], &edits), Err(WireError::Truncated));
    assert_eq!(splice(&[0x08, 0x02], &edits), Err(WireError::Mismatch(1)));
}

/// Scenario: edits are made, cleared and made again.
/// Guarantees: nothing of the first request reaches the second.
#[test]
fn cleared_edits_are_empty() {
    let mut edits = Edits::new();
    edits.begin(3).attribute_strings("k", ["a", "b"]);
    edits.begin(4);
    assert!(!edits.is_empty());
    edits.clear();
    edits.begin(7);
    assert!(edits.is_empty());
    assert_eq!(splice(&[], &edits), Ok(Vec::new()));
}
