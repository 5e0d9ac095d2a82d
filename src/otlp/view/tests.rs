use proptest::prelude::*;
use prost::Message;

use super::{AnyValue, Attribute, LogRecord, Span, resource_logs, resource_spans};
use crate::otlp::testing::{any_value, logs, trace_from_the_future, traces};
use crate::otlp::wire::{WireError, put_bytes, put_fixed64, put_uint};
use opentelemetry_proto::tonic::common::v1 as common;

/// Whether a view's value is the generated one, all the way down.
fn same(view: AnyValue<'_>, proto: &common::AnyValue) -> bool {
    use common::any_value::Value;
    match (view, &proto.value) {
        (AnyValue::Empty, None) => true,
        (AnyValue::Str(a), Some(Value::StringValue(b))) => a == b,
        (AnyValue::Bool(a), Some(Value::BoolValue(b))) => a == *b,
        (AnyValue::Int(a), Some(Value::IntValue(b))) => a == *b,
        (AnyValue::Double(a), Some(Value::DoubleValue(b))) => a == *b,
        (AnyValue::Bytes(a), Some(Value::BytesValue(b))) => a == b,
        (AnyValue::List(a), Some(Value::ArrayValue(b))) => {
            let a: Vec<_> = a.values().map(Result::unwrap).collect();
            a.len() == b.values.len() && a.into_iter().zip(&b.values).all(|(a, b)| same(a, b))
        }
        (AnyValue::Map(a), Some(Value::KvlistValue(b))) => {
            let a: Vec<_> = a.entries().map(Result::unwrap).collect();
            a.len() == b.values.len() && a.iter().zip(&b.values).all(|(a, b)| same_entry(a, b))
        }
        _ => false,
    }
}

fn same_entry(view: &Attribute<'_>, proto: &common::KeyValue) -> bool {
    let empty = common::AnyValue::default();
    view.key == proto.key.as_bytes() && same(view.value().unwrap(), proto.value.as_ref().unwrap_or(&empty))
}

proptest! {
    /// Scenario: generated trace requests.
    /// Guarantees: the views read what the generated types hold: envelope, span, attributes, events, status.
    #[test]
    fn traces_read_alike(request in traces()) {
        let bytes = request.encode_to_vec();
        let mut expected = request.resource_spans.iter();
        let mut span = Span::default();
        for resource in resource_spans(&bytes) {
            let (resource, theirs) = (resource.unwrap(), expected.next().unwrap());
            let attributes = resource.resource().unwrap().attributes;
            let expected = theirs.resource.as_ref().map(|r| r.attributes.as_slice()).unwrap_or_default();
            prop_assert_eq!(attributes.len(), expected.len());
            prop_assert!(attributes.iter().zip(expected).all(|(a, b)| same_entry(a, b)));
            let mut scopes = theirs.scope_spans.iter();
            for scope in resource.scope_spans() {
                let (scope, theirs) = (scope.unwrap(), scopes.next().unwrap());
                prop_assert_eq!(scope.scope().unwrap().name, theirs.scope.as_ref().map_or("", |s| &s.name));
                let mut spans = theirs.spans.iter();
                for bytes in scope.spans() {
                    let theirs = spans.next().unwrap();
                    span.read_into(bytes.unwrap()).unwrap();
                    prop_assert_eq!(span.trace_id, &theirs.trace_id);
                    prop_assert_eq!(span.span_id, &theirs.span_id);
                    prop_assert_eq!(span.parent_span_id, &theirs.parent_span_id);
                    prop_assert_eq!((span.name, span.trace_state), (&*theirs.name, &*theirs.trace_state));
                    prop_assert_eq!(span.start_unix_nano, theirs.start_time_unix_nano);
                    prop_assert_eq!(span.end_unix_nano, theirs.end_time_unix_nano);
                    prop_assert_eq!(span.attributes.len(), theirs.attributes.len());
                    prop_assert!(span.attributes.iter().zip(&theirs.attributes).all(|(a, b)| same_entry(a, b)));
                    let status = theirs.status.clone().unwrap_or_default();
                    prop_assert_eq!((span.status.code as i32, span.status.message), (status.code, &*status.message));
                    prop_assert_eq!(span.has_events, !theirs.events.is_empty());
                    let events: Vec<_> = span.events().map(Result::unwrap).collect();
                    prop_assert_eq!(events.len(), theirs.events.len());
                    for (event, theirs) in events.iter().zip(&theirs.events) {
                        prop_assert_eq!(event.name, &*theirs.name);
                        prop_assert!(event.attributes.iter().zip(&theirs.attributes).all(|(a, b)| same_entry(a, b)));
                    }
                }
                prop_assert!(spans.next().is_none());
            }
        }
        prop_assert!(expected.next().is_none());
    }

    /// Scenario: generated log requests.
    /// Guarantees: the views read what the generated types hold.
    #[test]
    fn logs_read_alike(request in logs()) {
        let bytes = request.encode_to_vec();
        let theirs: Vec<_> =
            request.resource_logs.iter().flat_map(|r| &r.scope_logs).flat_map(|s| &s.log_records).collect();
        let mut at = 0;
        for resource in resource_logs(&bytes) {
            for scope in resource.unwrap().scope_logs() {
                for record in scope.unwrap().records() {
                    let (record, theirs) = (LogRecord::read(record.unwrap()).unwrap(), theirs[at]);
                    at += 1;
                    prop_assert!(same(record.body, &theirs.body.clone().unwrap_or_default()));
                    prop_assert_eq!((record.trace_id, record.span_id), (&*theirs.trace_id, &*theirs.span_id));
                    prop_assert_eq!(record.event_name, &*theirs.event_name);
                    prop_assert!(record.attributes.iter().zip(&theirs.attributes).all(|(a, b)| same_entry(a, b)));
                }
            }
        }
        prop_assert_eq!(at, theirs.len());
    }

    /// Scenario: arbitrary bytes, also as the content of well-formed envelopes; a good request with one byte changed.
    /// Guarantees: no panic, and every iterator ends.
    #[test]
    fn arbitrary_bytes(
        noise in proptest::collection::vec(any::<u8>(), 0..80),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut changed = trace_from_the_future(1);
        let at = at.index(changed.len());
        changed[at] = byte;
        let mut wrapped = noise.clone();
        for number in [2, 2, 1] {
            let inner = std::mem::take(&mut wrapped);
            put_bytes(&mut wrapped, number, &inner);
        }
        for request in [noise, wrapped, changed] {
            for resource in resource_spans(&request).flatten() {
                let _ = resource.resource();
                for scope in resource.scope_spans().flatten() {
                    let _ = scope.scope();
                    for span in scope.spans().flatten() {
                        let Ok(span) = Span::read(span) else { continue };
                        for attribute in span.attributes.iter() {
                            let _ = attribute.value();
                        }
                        let _ = span.events().count();
                    }
                }
            }
            for resource in resource_logs(&request).flatten() {
                for scope in resource.scope_logs().flatten() {
                    let _ = scope.records().flatten().map(LogRecord::read).filter(Result::is_ok).count();
                }
            }
        }
    }

    /// Scenario: attributes in the layout that clients write, with keys around the one-byte length.
    /// Guarantees: the short way through `Attribute::read` and the general one read the same.
    #[test]
    fn attribute_layouts(key in "[a-z]{0,3}|[a-z]{126,130}", any in any_value()) {
        let proto = common::KeyValue { key: key.clone(), value: Some(any), ..common::KeyValue::default() };
        let mut usual = proto.encode_to_vec();
        prop_assert!(same_entry(&Attribute::read(&usual).unwrap(), &proto));
        put_uint(&mut usual, 77, 1);
        prop_assert!(same_entry(&Attribute::read(&usual).unwrap(), &proto));
        let mut reversed = Vec::new();
        put_bytes(&mut reversed, 2, &proto.value.clone().unwrap_or_default().encode_to_vec());
        put_bytes(&mut reversed, 1, key.as_bytes());
        prop_assert!(same_entry(&Attribute::read(&reversed).unwrap(), &proto));
    }
}

/// Scenario: a key three times: with a value that is not UTF-8, then with two that are.
/// Guarantees: the first value that can be read is found; all are in the list.
#[test]
fn duplicated_attributes() {
    let mut span = Vec::new();
    for value in [&b"\xff"[..], b"first", b"second"] {
        let (mut any, mut kv) = (Vec::new(), Vec::new());
        put_bytes(&mut any, 1, value);
        put_bytes(&mut kv, 1, b"k");
        put_bytes(&mut kv, 2, &any);
        put_bytes(&mut span, 9, &kv);
    }
    let span = Span::read(&span).unwrap();
    assert_eq!((span.attributes.str("k"), span.attributes.len()), (Some("first"), 3));
}

/// Scenario: known fields of a wrong wire type, in a span, an attribute, a value and an envelope.
/// Guarantees: an error that names the field, never another reading.
#[test]
fn wrong_wire_types() {
    let mut time = Vec::new();
    put_uint(&mut time, 7, 1);
    assert_eq!(Span::read(&time).map(|_| ()), Err(WireError::Mismatch(7)));
    let mut key = Vec::new();
    put_fixed64(&mut key, 1, 1);
    assert_eq!(Attribute::read(&key).map(|_| ()), Err(WireError::Mismatch(1)));
    let mut text = Vec::new();
    put_uint(&mut text, 1, 1);
    assert_eq!(AnyValue::read(&text).map(|_| ()), Err(WireError::Mismatch(1)));
    let read: Vec<_> = resource_spans(&text).map(|resource| resource.map(|_| ())).collect();
    assert_eq!(read, [Err(WireError::Mismatch(1))]);
}
