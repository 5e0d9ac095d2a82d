//! Is this an export request, and how many items are in it? Asked once of every request, before any work.

use super::Signal;
use super::wire::{Field, Fields, Value, WireError};

/// What a request holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Spans, log records or data points.
    pub items: u64,
}

/// Checks a request's structure down to its spans or log records, their known fields' types and their attributes'
/// keys, or down to a metric's data points, and counts those. Values are not looked into, and strings are not
/// checked for UTF-8: what cannot be read there is forwarded as it is. One pass, no recursion.
///
/// # Errors
/// When the bytes are not such a request: a sender's lasting fault, to be answered with INVALID_ARGUMENT or 400.
pub fn validate(signal: Signal, request: &[u8]) -> Result<Summary, WireError> {
    let mut items = 0;
    for resource in Fields::new(request) {
        let Some(resource) = envelope(resource?, 1)? else { continue };
        for scope in Fields::new(resource) {
            let scope = scope?;
            match scope.number {
                1 => fields(scope.bytes()?, &RESOURCE)?,
                2 => items += scope_items(signal, scope.bytes()?)?,
                3 => scope.bytes().map(|_| ())?,
                _ => {}
            }
        }
    }
    Ok(Summary { items })
}

fn scope_items(signal: Signal, message: &[u8]) -> Result<u64, WireError> {
    let mut items = 0;
    for field in Fields::new(message) {
        let field = field?;
        match field.number {
            1 => fields(field.bytes()?, &SCOPE)?,
            2 => {
                items += match signal {
                    Signal::Traces => fields(field.bytes()?, &SPAN).map(|()| 1)?,
                    Signal::Logs => fields(field.bytes()?, &LOG_RECORD).map(|()| 1)?,
                    Signal::Metrics => data_points(field.bytes()?)?,
                }
            }
            3 => field.bytes().map(|_| ())?,
            _ => {}
        }
    }
    Ok(items)
}

/// The data points of one `Metric`.
fn data_points(message: &[u8]) -> Result<u64, WireError> {
    let mut points = 0;
    for field in Fields::new(message) {
        let field = field?;
        match field.number {
            1..=3 => field.bytes().map(|_| ())?,
            12 => key_value(field.bytes()?)?,
            5 | 7 | 9 | 10 | 11 => {
                for point in Fields::new(field.bytes()?) {
                    points += u64::from(envelope(point?, 1)?.is_some());
                }
            }
            _ => {}
        }
    }
    Ok(points)
}

/// The message in a field of this number; `None` for another field.
fn envelope<'a>(field: Field<'a>, number: u32) -> Result<Option<&'a [u8]>, WireError> {
    if field.number == number { field.bytes().map(Some) } else { Ok(None) }
}

/// What a known field must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Unknown,
    Varint,
    Fixed64,
    Fixed32,
    Bytes,
    KeyValue,
}

/// Types by field number, from 0 on.
type Types = [Type; 17];

use Type::{Bytes as B, Fixed32 as I, Fixed64 as F, KeyValue as K, Unknown as U, Varint as V};
#[rustfmt::skip]
const RESOURCE: Types   = [U, K, V, B, U, U, U, U, U, U, U, U, U, U, U, U, U];
#[rustfmt::skip]
const SCOPE: Types      = [U, B, B, K, V, U, U, U, U, U, U, U, U, U, U, U, U];
#[rustfmt::skip]
const SPAN: Types       = [U, B, B, B, B, B, V, F, F, K, V, B, V, B, V, B, I];
#[rustfmt::skip]
const LOG_RECORD: Types = [U, F, V, B, U, B, K, V, I, B, B, F, B, U, U, U, U];

/// Checks a message's known fields.
fn fields(message: &[u8], types: &Types) -> Result<(), WireError> {
    for field in Fields::new(message) {
        let field = field?;
        let kind = types.get(field.number as usize).copied().unwrap_or(Type::Unknown);
        match (kind, field.value) {
            (Type::KeyValue, Value::Bytes(bytes)) => key_value(bytes)?,
            (Type::Unknown, _)
            | (Type::Varint, Value::Varint(_))
            | (Type::Fixed64, Value::Fixed64(_))
            | (Type::Fixed32, Value::Fixed32(_))
            | (Type::Bytes, Value::Bytes(_)) => {}
            _ => return Err(WireError::Mismatch(field.number)),
        }
    }
    Ok(())
}

fn key_value(message: &[u8]) -> Result<(), WireError> {
    super::view::Attribute::read(message).map(|_| ())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use prost::Message;

    use super::*;
    use crate::otlp::testing::{logs, metrics, trace_from_the_future, traces};
    use opentelemetry_proto::tonic::metrics::v1::metric::Data;

    proptest! {
        /// Scenario: generated requests of each signal.
        /// Guarantees: they pass, and every item is counted once.
        #[test]
        fn counts_items(traces in traces(), logs in logs(), metrics in metrics()) {
            let spans = traces.resource_spans.iter().flat_map(|r| &r.scope_spans).map(|s| s.spans.len()).sum::<usize>();
            let records =
                logs.resource_logs.iter().flat_map(|r| &r.scope_logs).map(|s| s.log_records.len()).sum::<usize>();
            let points = metrics.resource_metrics.iter().flat_map(|r| &r.scope_metrics).flat_map(|s| &s.metrics)
                .map(|metric| match &metric.data {
                    None => 0,
                    Some(Data::Gauge(data)) => data.data_points.len(),
                    Some(Data::Sum(data)) => data.data_points.len(),
                    Some(Data::Histogram(data)) => data.data_points.len(),
                    Some(Data::ExponentialHistogram(data)) => data.data_points.len(),
                    Some(Data::Summary(data)) => data.data_points.len(),
                }).sum::<usize>();
            let count = |signal, bytes: Vec<u8>| validate(signal, &bytes).map(|summary| summary.items as usize);
            prop_assert_eq!(count(Signal::Traces, traces.encode_to_vec()), Ok(spans));
            prop_assert_eq!(count(Signal::Logs, logs.encode_to_vec()), Ok(records));
            prop_assert_eq!(count(Signal::Metrics, metrics.encode_to_vec()), Ok(points));
        }

        /// Scenario: arbitrary bytes, and a good request with one byte changed.
        /// Guarantees: no panic; what another decoder reads down to the spans passes here too, and what passes can be
        /// walked by the views.
        #[test]
        fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut changed = trace_from_the_future(1);
            let at = at.index(changed.len());
            changed[at] = byte;
            for request in [bytes, changed] {
                for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
                    let _ = validate(signal, &request);
                }
                let decoded =
                    opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest::decode(&*request);
                let valid = validate(Signal::Traces, &request);
                prop_assert!(decoded.is_err() || valid.is_ok(), "{:?}", valid);
                if let Ok(Summary { items }) = valid {
                    let mut walked = 0;
                    for resource in crate::otlp::view::resource_spans(&request) {
                        for scope in resource.unwrap().scope_spans() {
                            walked += scope.unwrap().spans().map(Result::unwrap).count() as u64;
                        }
                    }
                    prop_assert_eq!(walked, items);
                }
            }
        }
    }

    /// Scenario: unknown fields on every level; a span whose start time is a string; text that is no protobuf.
    /// Guarantees: the first passes, the others are refused.
    #[test]
    fn refuses_what_is_no_request() {
        assert_eq!(validate(Signal::Traces, &trace_from_the_future(2)), Ok(Summary { items: 18 }));
        let span = [0x0a, 0x06, 0x12, 0x04, 0x12, 0x02, 0x3a, 0x00];
        assert_eq!(validate(Signal::Traces, &span), Err(WireError::Mismatch(7)));
        for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
            assert!(validate(signal, b"this is not protobuf").is_err());
            assert_eq!(validate(signal, b""), Ok(Summary { items: 0 }));
        }
    }
}
