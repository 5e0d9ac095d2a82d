//! OTLP's messages as tables: JSON name, field number, type. One table serves both directions.

use crate::otlp::Signal;

/// A message type.
#[derive(Debug)]
pub(in crate::otlp) struct MessageType {
    /// Its fields, those that are met most first. At most 32.
    pub fields: &'static [Field],
}

/// One field of a message type.
#[derive(Debug)]
pub(in crate::otlp) struct Field {
    /// The lowerCamelCase name.
    pub name: &'static str,
    /// The field number.
    pub number: u32,
    /// What its values are.
    pub kind: Kind,
    /// How often it occurs, and whether a default is written.
    pub shape: Shape,
}

/// The type of a field's values, with its form in JSON.
#[derive(Debug, Clone, Copy)]
pub(in crate::otlp) enum Kind {
    /// `string`.
    Text,
    /// `bytes` as base64.
    Bytes,
    /// `bytes` as hexadecimal digits: so many bytes, and whether it may be empty.
    Id { len: usize, optional: bool },
    /// `bool`.
    Bool,
    /// `int64`, a string in JSON.
    Int64,
    /// `uint64`, a string in JSON.
    Uint64,
    /// `fixed64`, a string in JSON.
    Fixed64,
    /// `sfixed64`, a string in JSON.
    Sfixed64,
    /// `int32`.
    Int32,
    /// An enum: an integer, never a name nor a string.
    Enum,
    /// `uint32`.
    Uint32,
    /// `sint32`, zigzag.
    Sint32,
    /// `fixed32`.
    Fixed32,
    /// `double`.
    Double,
    /// A message.
    Message(&'static MessageType),
}

impl Kind {
    /// The wire type of one value.
    pub const fn wire_type(self) -> u8 {
        match self {
            Kind::Text | Kind::Bytes | Kind::Id { .. } | Kind::Message(_) => 2,
            Kind::Bool | Kind::Int64 | Kind::Uint64 | Kind::Int32 | Kind::Enum | Kind::Uint32 | Kind::Sint32 => 0,
            Kind::Fixed64 | Kind::Sfixed64 | Kind::Double => 1,
            Kind::Fixed32 => 5,
        }
    }
}

/// How often a field occurs, and whether a default is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::otlp) enum Shape {
    /// Once; its default is left out.
    Plain,
    /// Once; its default is written, absence means something else.
    Optional,
    /// One of the message's alternatives, of which the last one counts. No OTLP message has two sets of them.
    Oneof,
    /// Any number of times; numbers are packed.
    Repeated,
}

/// A table entry.
pub(in crate::otlp) const fn field(name: &'static str, number: u32, kind: Kind, shape: Shape) -> Field {
    Field { name, number, kind, shape }
}

use Kind::{Bool, Bytes, Double, Enum, Fixed32, Fixed64, Id, Int32, Int64, Message, Sfixed64, Sint32, Text};
use Kind::{Uint32, Uint64};
use Shape::{Oneof, Optional, Plain, Repeated};

const TRACE_ID: Kind = Id { len: 16, optional: false };
const SPAN_ID: Kind = Id { len: 8, optional: false };
const NO_TRACE_ID: Kind = Id { len: 16, optional: true };
const NO_SPAN_ID: Kind = Id { len: 8, optional: true };

/// A message type of these fields.
macro_rules! messages {
    ($($name:ident { $($field:literal = $number:literal $kind:expr, $shape:expr;)* })*) => {
        $(static $name: MessageType =
            MessageType { fields: &[$(field($field, $number, $kind, $shape)),*] };)*
    };
}

/// The request type of a signal.
pub(in crate::otlp) fn request(signal: Signal) -> &'static MessageType {
    match signal {
        Signal::Traces => &TRACES,
        Signal::Logs => &LOGS,
        Signal::Metrics => &METRICS,
    }
}

messages! {
    // common.proto, resource.proto
    ANY_VALUE {
        "stringValue" = 1 Text, Oneof;
        "intValue" = 3 Int64, Oneof;
        "boolValue" = 2 Bool, Oneof;
        "doubleValue" = 4 Double, Oneof;
        "arrayValue" = 5 Message(&ARRAY_VALUE), Oneof;
        "kvlistValue" = 6 Message(&KEY_VALUE_LIST), Oneof;
        "bytesValue" = 7 Bytes, Oneof;
        "stringValueStrindex" = 8 Int32, Oneof;
    }
    ARRAY_VALUE { "values" = 1 Message(&ANY_VALUE), Repeated; }
    KEY_VALUE_LIST { "values" = 1 Message(&KEY_VALUE), Repeated; }
    KEY_VALUE {
        "key" = 1 Text, Plain;
        "value" = 2 Message(&ANY_VALUE), Plain;
        "keyStrindex" = 3 Int32, Plain;
    }
    SCOPE {
        "name" = 1 Text, Plain;
        "version" = 2 Text, Plain;
        "attributes" = 3 Message(&KEY_VALUE), Repeated;
        "droppedAttributesCount" = 4 Uint32, Plain;
    }
    RESOURCE {
        "attributes" = 1 Message(&KEY_VALUE), Repeated;
        "droppedAttributesCount" = 2 Uint32, Plain;
        "entityRefs" = 3 Message(&ENTITY_REF), Repeated;
    }
    ENTITY_REF {
        "schemaUrl" = 1 Text, Plain;
        "type" = 2 Text, Plain;
        "idKeys" = 3 Text, Repeated;
        "descriptionKeys" = 4 Text, Repeated;
    }

    // trace.proto
    TRACES { "resourceSpans" = 1 Message(&RESOURCE_SPANS), Repeated; }
    RESOURCE_SPANS {
        "resource" = 1 Message(&RESOURCE), Plain;
        "scopeSpans" = 2 Message(&SCOPE_SPANS), Repeated;
        "schemaUrl" = 3 Text, Plain;
    }
    SCOPE_SPANS {
        "scope" = 1 Message(&SCOPE), Plain;
        "spans" = 2 Message(&SPAN), Repeated;
        "schemaUrl" = 3 Text, Plain;
    }
    SPAN {
        "traceId" = 1 TRACE_ID, Plain;
        "spanId" = 2 SPAN_ID, Plain;
        "traceState" = 3 Text, Plain;
        "parentSpanId" = 4 NO_SPAN_ID, Plain;
        "flags" = 16 Fixed32, Plain;
        "name" = 5 Text, Plain;
        "kind" = 6 Enum, Plain;
        "startTimeUnixNano" = 7 Fixed64, Plain;
        "endTimeUnixNano" = 8 Fixed64, Plain;
        "attributes" = 9 Message(&KEY_VALUE), Repeated;
        "droppedAttributesCount" = 10 Uint32, Plain;
        "events" = 11 Message(&EVENT), Repeated;
        "droppedEventsCount" = 12 Uint32, Plain;
        "links" = 13 Message(&LINK), Repeated;
        "droppedLinksCount" = 14 Uint32, Plain;
        "status" = 15 Message(&STATUS), Plain;
    }
    EVENT {
        "timeUnixNano" = 1 Fixed64, Plain;
        "name" = 2 Text, Plain;
        "attributes" = 3 Message(&KEY_VALUE), Repeated;
        "droppedAttributesCount" = 4 Uint32, Plain;
    }
    LINK {
        "traceId" = 1 TRACE_ID, Plain;
        "spanId" = 2 SPAN_ID, Plain;
        "traceState" = 3 Text, Plain;
        "attributes" = 4 Message(&KEY_VALUE), Repeated;
        "droppedAttributesCount" = 5 Uint32, Plain;
        "flags" = 6 Fixed32, Plain;
    }
    STATUS {
        "message" = 2 Text, Plain;
        "code" = 3 Enum, Plain;
    }

    // logs.proto
    LOGS { "resourceLogs" = 1 Message(&RESOURCE_LOGS), Repeated; }
    RESOURCE_LOGS {
        "resource" = 1 Message(&RESOURCE), Plain;
        "scopeLogs" = 2 Message(&SCOPE_LOGS), Repeated;
        "schemaUrl" = 3 Text, Plain;
    }
    SCOPE_LOGS {
        "scope" = 1 Message(&SCOPE), Plain;
        "logRecords" = 2 Message(&LOG_RECORD), Repeated;
        "schemaUrl" = 3 Text, Plain;
    }
    LOG_RECORD {
        "timeUnixNano" = 1 Fixed64, Plain;
        "observedTimeUnixNano" = 11 Fixed64, Plain;
        "severityNumber" = 2 Enum, Plain;
        "severityText" = 3 Text, Plain;
        "body" = 5 Message(&ANY_VALUE), Plain;
        "attributes" = 6 Message(&KEY_VALUE), Repeated;
        "droppedAttributesCount" = 7 Uint32, Plain;
        "flags" = 8 Fixed32, Plain;
        "traceId" = 9 NO_TRACE_ID, Plain;
        "spanId" = 10 NO_SPAN_ID, Plain;
        "eventName" = 12 Text, Plain;
    }

    // metrics.proto
    METRICS { "resourceMetrics" = 1 Message(&RESOURCE_METRICS), Repeated; }
    RESOURCE_METRICS {
        "resource" = 1 Message(&RESOURCE), Plain;
        "scopeMetrics" = 2 Message(&SCOPE_METRICS), Repeated;
        "schemaUrl" = 3 Text, Plain;
    }
    SCOPE_METRICS {
        "scope" = 1 Message(&SCOPE), Plain;
        "metrics" = 2 Message(&METRIC), Repeated;
        "schemaUrl" = 3 Text, Plain;
    }
    METRIC {
        "name" = 1 Text, Plain;
        "description" = 2 Text, Plain;
        "unit" = 3 Text, Plain;
        "gauge" = 5 Message(&GAUGE), Oneof;
        "sum" = 7 Message(&SUM), Oneof;
        "histogram" = 9 Message(&HISTOGRAM), Oneof;
        "exponentialHistogram" = 10 Message(&EXPONENTIAL_HISTOGRAM), Oneof;
        "summary" = 11 Message(&SUMMARY), Oneof;
        "metadata" = 12 Message(&KEY_VALUE), Repeated;
    }
    GAUGE { "dataPoints" = 1 Message(&NUMBER_DATA_POINT), Repeated; }
    SUM {
        "dataPoints" = 1 Message(&NUMBER_DATA_POINT), Repeated;
        "aggregationTemporality" = 2 Enum, Plain;
        "isMonotonic" = 3 Bool, Plain;
    }
    HISTOGRAM {
        "dataPoints" = 1 Message(&HISTOGRAM_DATA_POINT), Repeated;
        "aggregationTemporality" = 2 Enum, Plain;
    }
    EXPONENTIAL_HISTOGRAM {
        "dataPoints" = 1 Message(&EXPONENTIAL_HISTOGRAM_DATA_POINT), Repeated;
        "aggregationTemporality" = 2 Enum, Plain;
    }
    SUMMARY { "dataPoints" = 1 Message(&SUMMARY_DATA_POINT), Repeated; }
    NUMBER_DATA_POINT {
        "attributes" = 7 Message(&KEY_VALUE), Repeated;
        "startTimeUnixNano" = 2 Fixed64, Plain;
        "timeUnixNano" = 3 Fixed64, Plain;
        "asDouble" = 4 Double, Oneof;
        "asInt" = 6 Sfixed64, Oneof;
        "exemplars" = 5 Message(&EXEMPLAR), Repeated;
        "flags" = 8 Uint32, Plain;
    }
    HISTOGRAM_DATA_POINT {
        "attributes" = 9 Message(&KEY_VALUE), Repeated;
        "startTimeUnixNano" = 2 Fixed64, Plain;
        "timeUnixNano" = 3 Fixed64, Plain;
        "count" = 4 Fixed64, Plain;
        "sum" = 5 Double, Optional;
        "bucketCounts" = 6 Fixed64, Repeated;
        "explicitBounds" = 7 Double, Repeated;
        "exemplars" = 8 Message(&EXEMPLAR), Repeated;
        "flags" = 10 Uint32, Plain;
        "min" = 11 Double, Optional;
        "max" = 12 Double, Optional;
    }
    EXPONENTIAL_HISTOGRAM_DATA_POINT {
        "attributes" = 1 Message(&KEY_VALUE), Repeated;
        "startTimeUnixNano" = 2 Fixed64, Plain;
        "timeUnixNano" = 3 Fixed64, Plain;
        "count" = 4 Fixed64, Plain;
        "sum" = 5 Double, Optional;
        "scale" = 6 Sint32, Plain;
        "zeroCount" = 7 Fixed64, Plain;
        "positive" = 8 Message(&BUCKETS), Plain;
        "negative" = 9 Message(&BUCKETS), Plain;
        "flags" = 10 Uint32, Plain;
        "exemplars" = 11 Message(&EXEMPLAR), Repeated;
        "min" = 12 Double, Optional;
        "max" = 13 Double, Optional;
        "zeroThreshold" = 14 Double, Plain;
    }
    BUCKETS {
        "offset" = 1 Sint32, Plain;
        "bucketCounts" = 2 Uint64, Repeated;
    }
    SUMMARY_DATA_POINT {
        "attributes" = 7 Message(&KEY_VALUE), Repeated;
        "startTimeUnixNano" = 2 Fixed64, Plain;
        "timeUnixNano" = 3 Fixed64, Plain;
        "count" = 4 Fixed64, Plain;
        "sum" = 5 Double, Plain;
        "quantileValues" = 6 Message(&VALUE_AT_QUANTILE), Repeated;
        "flags" = 8 Uint32, Plain;
    }
    VALUE_AT_QUANTILE {
        "quantile" = 1 Double, Plain;
        "value" = 2 Double, Plain;
    }
    EXEMPLAR {
        "filteredAttributes" = 7 Message(&KEY_VALUE), Repeated;
        "timeUnixNano" = 2 Fixed64, Plain;
        "asDouble" = 3 Double, Oneof;
        "asInt" = 6 Sfixed64, Oneof;
        "spanId" = 4 NO_SPAN_ID, Plain;
        "traceId" = 5 NO_TRACE_ID, Plain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: every table that a request can reach is visited.
    /// Guarantees: at most 32 fields, no name or number twice: what the transcoders rely on.
    #[test]
    fn tables_are_sound() {
        let mut seen: Vec<&'static MessageType> = [Signal::Traces, Signal::Logs, Signal::Metrics].map(request).to_vec();
        let mut at = 0;
        while let Some(message) = seen.get(at).copied() {
            at += 1;
            assert!(message.fields.len() <= 32);
            for (i, field) in message.fields.iter().enumerate() {
                assert!(message.fields[..i].iter().all(|f| f.name != field.name && f.number != field.number));
                assert!(!(field.shape == Shape::Repeated && matches!(field.kind, Kind::Bytes | Kind::Id { .. })));
                if let Kind::Message(inner) = field.kind
                    && !seen.iter().any(|known| std::ptr::eq(*known, inner))
                {
                    seen.push(inner);
                }
            }
        }
        assert_eq!(seen.len(), 34);
    }
}
