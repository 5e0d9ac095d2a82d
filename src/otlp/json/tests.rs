use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value::Value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::trace::v1::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;

use super::{MAX_DEPTH, Reason, to_json, to_protobuf};
use crate::otlp::Signal;
use crate::otlp::check::validate;
use crate::otlp::testing::{any_value, logs, metrics, trace_from_the_future, traces};
use crate::otlp::wire::{WireError, put_bytes};

const ALL: [Signal; 3] = [Signal::Traces, Signal::Logs, Signal::Metrics];

/// Reads a request of one span with these members.
fn span(members: &str) -> Result<Span, Reason> {
    let json = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{members}}}]}}]}}]}}"#);
    let bytes = to_protobuf(Signal::Traces, json.as_bytes()).map_err(|error| error.reason)?;
    let mut request = ExportTraceServiceRequest::decode(&*bytes).unwrap();
    Ok(request.resource_spans.remove(0).scope_spans.remove(0).spans.remove(0))
}

/// Reads one attribute value.
fn value(json: &str) -> Result<Option<Value>, Reason> {
    let span = span(&format!(r#""attributes":[{{"key":"k","value":{json}}}]"#))?;
    Ok(span.attributes[0].value.clone().and_then(|any| any.value))
}

proptest! {
    /// Scenario: generated requests of each signal go to JSON and back.
    /// Guarantees: the generated types read the same request from the result; a second turn changes nothing; the
    /// JSON is JSON to another parser.
    #[test]
    fn round_trips(traces in traces(), logs in logs(), metrics in metrics()) {
        for (signal, bytes) in [
            (Signal::Traces, traces.encode_to_vec()),
            (Signal::Logs, logs.encode_to_vec()),
            (Signal::Metrics, metrics.encode_to_vec()),
        ] {
            let json = to_json(signal, &bytes).unwrap();
            serde_json::from_str::<serde_json::Value>(&json).unwrap();
            let back = to_protobuf(signal, json.as_bytes()).unwrap();
            match signal {
                Signal::Traces => prop_assert_eq!(ExportTraceServiceRequest::decode(&*back).unwrap(), traces.clone()),
                Signal::Logs => prop_assert_eq!(ExportLogsServiceRequest::decode(&*back).unwrap(), logs.clone()),
                Signal::Metrics => {
                    prop_assert_eq!(ExportMetricsServiceRequest::decode(&*back).unwrap(), metrics.clone());
                }
            }
            prop_assert_eq!(to_json(signal, &back).unwrap(), json);
        }
    }

    /// Scenario: a good document with a slice cut out or a byte changed, and arbitrary bytes.
    /// Guarantees: no panic; whatever is accepted is a valid request with a stable canonical form; a strict JSON
    /// parser accepts it too.
    #[test]
    fn damaged_documents(
        any in any_value(),
        at in any::<prop::sample::Index>(),
        len in 0usize..9,
        byte in proptest::option::of(any::<u8>()),
        noise in vec(any::<u8>(), 0..64),
    ) {
        let mut good = Vec::new();
        put_bytes(&mut good, 2, &any.encode_to_vec());
        for number in [9, 2, 2, 1] {
            let inner = std::mem::take(&mut good);
            put_bytes(&mut good, number, &inner);
        }
        let mut json = to_json(Signal::Traces, &good).unwrap().into_bytes();
        let at = at.index(json.len());
        let end = (at + len).min(json.len());
        json.splice(at..end, byte);
        for json in [json, noise] {
            for signal in ALL {
                let Ok(bytes) = to_protobuf(signal, &json) else { continue };
                prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&json).is_ok());
                prop_assert!(validate(signal, &bytes).is_ok());
                let canonical = to_json(signal, &bytes).unwrap();
                let again = to_protobuf(signal, canonical.as_bytes()).unwrap();
                prop_assert_eq!(to_json(signal, &again).unwrap(), canonical);
            }
        }
    }

    /// Scenario: arbitrary bytes as protobuf, and a good request with one byte changed.
    /// Guarantees: writing them as JSON never panics, and what is written can be read unless an id is of a wrong length.
    #[test]
    fn damaged_protobuf(bytes in vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut changed = trace_from_the_future(1);
        let at = at.index(changed.len());
        changed[at] = byte;
        for bytes in [bytes, changed] {
            for signal in ALL {
                if let Ok(json) = to_json(signal, &bytes)
                    && let Err(error) = to_protobuf(signal, json.as_bytes())
                {
                    prop_assert!(matches!(error.reason, Reason::Id(_)), "{} {}", error, json);
                }
            }
        }
    }
}

/// Scenario: requests of four real clients, as protobuf and as JSON (one of them written by OTel JS).
/// Guarantees: both encodings are the same request, and so is our JSON of it.
#[test]
fn real_clients() {
    macro_rules! fixture {
        ($name:literal) => {
            (
                $name,
                &include_bytes!(concat!("../../../tests/fixtures/otlp/", $name, ".json"))[..],
                &include_bytes!(concat!("../../../tests/fixtures/otlp/", $name, ".binpb"))[..],
            )
        };
    }
    for (name, json, protobuf) in [
        fixture!("traceai-openai.sw_refusal"),
        fixture!("vercel-ai-json.th_embed"),
        fixture!("openinference-openai-agents.yo_error"),
    ] {
        let expected = ExportTraceServiceRequest::decode(protobuf).unwrap();
        let read = to_protobuf(Signal::Traces, json).unwrap();
        assert_eq!(ExportTraceServiceRequest::decode(&*read).unwrap(), expected, "{name}");
        let ours = to_json(Signal::Traces, protobuf).unwrap();
        let back = to_protobuf(Signal::Traces, ours.as_bytes()).unwrap();
        assert_eq!(ExportTraceServiceRequest::decode(&*back).unwrap(), expected, "{name}");
    }
    let (name, json, protobuf) = fixture!("otel-openai-v2-events.id_tool.logs");
    let expected = ExportLogsServiceRequest::decode(protobuf).unwrap();
    let read = to_protobuf(Signal::Logs, json).unwrap();
    assert_eq!(ExportLogsServiceRequest::decode(&*read).unwrap(), expected, "{name}");
    let ours: serde_json::Value = serde_json::from_str(&to_json(Signal::Logs, protobuf).unwrap()).unwrap();
    assert_eq!(ours, serde_json::from_slice::<serde_json::Value>(json).unwrap(), "{name}");
}

/// Scenario: ids in either case, empty where there need be none, and wrong in every way.
/// Guarantees: hexadecimal of the right length or an error.
#[test]
fn ids() {
    let read = span(r#""traceId":"5B8EFFF798038103d269b633813fc60c","spanId":"EEE19B7EC3C1B174","parentSpanId":"""#);
    let read = read.unwrap();
    assert_eq!(read.trace_id[..4], [0x5b, 0x8e, 0xff, 0xf7]);
    assert_eq!(read.span_id, [0xee, 0xe1, 0x9b, 0x7e, 0xc3, 0xc1, 0xb1, 0x74]);
    assert!(read.parent_span_id.is_empty());
    for (members, digits) in [
        (r#""traceId":"not-hex""#, 32),
        (r#""traceId":"eee19b7ec3c1b174""#, 32),
        (r#""traceId":"W47/95gDgQPSabYzgT/GDA==""#, 32),
        (r#""traceId":"""#, 32),
        (r#""traceId":"5b8efff798038103d269b633813fc60g""#, 32),
        (r#""spanId":"eee19b7ec3c1b17""#, 16),
        (r#""parentSpanId":"00""#, 16),
        (r#""links":[{"traceId":"ab"}]"#, 32),
    ] {
        assert_eq!(span(members), Err(Reason::Id(digits)), "{members}");
    }
    assert_eq!(span(r#""traceId":5"#), Err(Reason::Expected("a hexadecimal string")));
}

/// Scenario: numbers of every width as numbers and as strings.
/// Guarantees: exact beyond 2^53, refused out of range, enums never by name.
#[test]
fn numbers() {
    let read = span(r#""startTimeUnixNano":1544712660000000001,"endTimeUnixNano":"18446744073709551615","kind":2"#);
    let read = read.unwrap();
    assert_eq!(read.start_time_unix_nano, 1_544_712_660_000_000_001);
    assert_eq!((read.end_time_unix_nano, read.kind), (u64::MAX, 2));
    assert_eq!(value(r#"{"intValue":9007199254740993}"#), Ok(Some(Value::IntValue(9_007_199_254_740_993))));
    assert_eq!(value(r#"{"intValue":"-9223372036854775808"}"#), Ok(Some(Value::IntValue(i64::MIN))));
    assert_eq!(value(r#"{"intValue":1.5e3}"#), Ok(Some(Value::IntValue(1500))));
    assert_eq!(value(r#"{"doubleValue":"-Infinity"}"#), Ok(Some(Value::DoubleValue(f64::NEG_INFINITY))));
    assert_eq!(value(r#"{"doubleValue":"1.5"}"#), Ok(Some(Value::DoubleValue(1.5))));
    assert!(matches!(value(r#"{"doubleValue":"NaN"}"#), Ok(Some(Value::DoubleValue(d))) if d.is_nan()));
    let integer = Reason::Expected("an integer");
    for (members, reason) in [
        (r#""kind":"SPAN_KIND_SERVER""#, integer),
        (r#""kind":"2""#, integer),
        (r#""kind":2147483648"#, Reason::Range),
        (r#""startTimeUnixNano":-1"#, Reason::Range),
        (r#""startTimeUnixNano":"18446744073709551616""#, Reason::Range),
        (r#""startTimeUnixNano":0.5"#, Reason::Range),
        (r#""startTimeUnixNano":"""#, integer),
        (r#""startTimeUnixNano":" 1""#, integer),
        (r#""startTimeUnixNano":true"#, integer),
        (r#""droppedLinksCount":4294967296"#, Reason::Range),
        (r#""flags":-1"#, Reason::Range),
        (r#""attributes":[{"value":{"doubleValue":1e999}}]"#, Reason::Range),
        (r#""attributes":[{"value":{"boolValue":1}}]"#, Reason::Expected("true or false")),
        (r#""attributes":[{"value":{"boolValue":"true"}}]"#, Reason::Expected("true or false")),
    ] {
        assert_eq!(span(members), Err(reason), "{members}");
    }
}

/// Scenario: unknown keys with anything in them, snake_case keys, null everywhere, `{}` and empty arrays.
/// Guarantees: unknown is stepped over, null and missing are the default.
#[test]
fn unknown_and_missing() {
    for json in ["{}", " {\n}\t", r#"{"resourceSpans":null}"#, r#"{"resourceSpans":[]}"#, r#"{"x":[1,{"y":[]}]}"#] {
        assert_eq!(to_protobuf(Signal::Traces, json.as_bytes()), Ok(Vec::new()), "{json}");
    }
    let read = span(
        r#""start_time_unix_nano":"x","fromTheFuture":{"a":[1,{"b":"\ud83d\ude00]}"}],"c":null},"name":"n",
           "attributes":null,"events":[],"links":null,"status":null,"kind":null,"":[[[]],{}]"#,
    );
    assert_eq!(read.unwrap(), Span { name: "n".to_owned(), ..Span::default() });
    let read = span(r#""attributes":[null,{"key":"a"},{"key":"b","value":{}},{"key":"c","value":null}]"#).unwrap();
    assert_eq!(read.attributes.len(), 4);
    assert_eq!(read.attributes[2].value, Some(AnyValue { value: None }));
    assert_eq!((&read.attributes[1].value, &read.attributes[3].value), (&None, &None));
}

/// Scenario: keys that repeat, and alternatives of a oneof together.
/// Guarantees: the last scalar counts, even when it is the default; lists add up; the last alternative counts.
#[test]
fn repeated_keys() {
    let read = span(
        r#""kind":3,"name":"a","name":"b","kind":0,"attributes":[{"key":"x"}],"attributes":[{"key":"y"}],
           "status":{"code":2},"status":{"message":"m"}"#,
    );
    let read = read.unwrap();
    assert_eq!((read.kind, read.name.as_str(), read.attributes.len()), (0, "b", 2));
    assert_eq!(read.status.map(|status| (status.code, status.message)), Some((2, "m".to_owned())));
    assert_eq!(value(r#"{"stringValue":"s","intValue":0}"#), Ok(Some(Value::IntValue(0))));
}

/// Scenario: escapes, surrogates, base64 of both alphabets with and without padding.
/// Guarantees: read as meant; a lone surrogate, the trace of a cut, becomes U+FFFD.
#[test]
fn texts_and_bytes() {
    let text = |json: &str| value(&format!(r#"{{"stringValue":{json}}}"#));
    let string = |s: &str| Ok(Some(Value::StringValue(s.to_owned())));
    assert_eq!(text(r#""\ud83d\ude00\n\u0000\"\\\/\b\f\r\té""#), string("😀\n\0\"\\/\u{8}\u{c}\r\té"));
    assert_eq!(text(r#""a\ud83d""#), string("a\u{fffd}"));
    assert_eq!(text(r#""\ude00\ud83d\ud83d\ude00\ud83dx""#), string("\u{fffd}\u{fffd}😀\u{fffd}x"));
    assert_eq!(text("\"a\nb\""), Err(Reason::Control));
    assert_eq!(text(r#""\x""#), Err(Reason::Escape));
    assert_eq!(text(r#""\u12g4""#), Err(Reason::Escape));
    for json in [r#""-_8=""#, r#""+/8=""#, r#""+\/8=""#, r#""-_8""#, r#""+/8""#] {
        let read = value(&format!(r#"{{"bytesValue":{json}}}"#));
        assert_eq!(read, Ok(Some(Value::BytesValue(vec![0xfb, 0xff]))), "{json}");
    }
    assert_eq!(value(r#"{"bytesValue":"a*b"}"#), Err(Reason::Base64));
    let key = span(r#""n\u0061me":"by an escaped key""#).unwrap();
    assert_eq!(key.name, "by an escaped key");
}

/// Scenario: JSON that is broken in every way a strict parser knows.
/// Guarantees: refused, with the offset, and with no word of the document in the message.
#[test]
fn broken_json() {
    for (json, reason) in [
        ("", Reason::Truncated),
        ("  ", Reason::Truncated),
        ("[]", Reason::Expected("an object")),
        ("null", Reason::Expected("an object")),
        ("{", Reason::Truncated),
        ("{}x", Reason::Trailing),
        ("{}{}", Reason::Trailing),
        ("{,}", Reason::Syntax),
        (r#"{"a":1,}"#, Reason::Syntax),
        (r#"{"a":[1,]}"#, Reason::Syntax),
        (r#"{"a":[,1]}"#, Reason::Syntax),
        (r#"{"a":[1 2]}"#, Reason::Syntax),
        (r#"{"a":{"b" 1}}"#, Reason::Syntax),
        (r#"{"a":[}}"#, Reason::Syntax),
        (r#"{"a":01}"#, Reason::Syntax),
        (r#"{"a":+1}"#, Reason::Syntax),
        (r#"{"a":tru}"#, Reason::Syntax),
        (r#"{"a":tru"#, Reason::Truncated),
        (r#"{"a":12"#, Reason::Truncated),
        (r#"{"a":"#, Reason::Truncated),
        (r#"{"a"#, Reason::Truncated),
        (r#"{"a":"\u12"#, Reason::Truncated),
        (r#"{a:1}"#, Reason::Syntax),
        (r#"{'a':1}"#, Reason::Syntax),
        (r#"{"resourceSpans":{}}"#, Reason::Expected("an array")),
        (r#"{"resourceSpans":[[]]}"#, Reason::Expected("an object")),
        (r#"{"resourceSpans":["#, Reason::Truncated),
    ] {
        let read = to_protobuf(Signal::Traces, json.as_bytes());
        assert_eq!(read.map_err(|error| error.reason), Err(reason), "{json}");
    }
    let error = to_protobuf(Signal::Traces, b"{\"a\":\"\xff\"}").unwrap_err();
    assert_eq!((error.reason, error.offset), (Reason::Utf8, 6));
    let secret = br#"{"resourceSpans":[{"schemaUrl":["secret"]}]}"#;
    let error = to_protobuf(Signal::Traces, secret).unwrap_err();
    assert_eq!(error.to_string(), "expected a string in field schemaUrl at byte 31");
}

/// Scenario: lists nested to the bound and beyond, known and unknown, open only and closed, a million deep.
/// Guarantees: the bound holds in both directions and the stack does not grow.
#[test]
fn depth() {
    let nested = |levels: usize| {
        let (open, close) = (r#"{"arrayValue":{"values":["#.repeat(levels), "]}}".repeat(levels));
        format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{open}{close}}}]}}]}}]}}"#)
    };
    // Seven containers around the body, three a level.
    let fits = (MAX_DEPTH - 7) / 3;
    let deepest = to_protobuf(Signal::Logs, nested(fits).as_bytes()).unwrap();
    assert!(ExportLogsServiceRequest::decode(&*deepest).is_ok());
    assert_eq!(to_protobuf(Signal::Logs, to_json(Signal::Logs, &deepest).unwrap().as_bytes()), Ok(deepest));
    for json in [
        nested(fits + 1),
        nested(100_000),
        r#"{"a":["#.to_owned() + &"[".repeat(1_000_000),
        r#"{"a":"#.to_owned() + &r#"{"a":"#.repeat(1_000_000),
    ] {
        assert_eq!(to_protobuf(Signal::Logs, json.as_bytes()).map_err(|error| error.reason), Err(Reason::Depth));
    }
    let unknown = |levels: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert_eq!(to_protobuf(Signal::Logs, unknown(MAX_DEPTH - 1).as_bytes()), Ok(Vec::new()));
    assert!(to_protobuf(Signal::Logs, unknown(MAX_DEPTH).as_bytes()).is_err());

    let mut deep = Vec::new();
    for _ in 0..2000 {
        let inner = std::mem::take(&mut deep);
        put_bytes(&mut deep, 1, &inner);
        let inner = std::mem::take(&mut deep);
        put_bytes(&mut deep, 5, &inner);
    }
    for number in [5, 2, 2, 1] {
        let inner = std::mem::take(&mut deep);
        put_bytes(&mut deep, number, &inner);
    }
    assert_eq!(to_json(Signal::Logs, &deep), Err(WireError::Depth));
}

/// Scenario: fields behind one another in any order, unpacked numbers, a message in two parts, alternatives of a oneof
/// that replace one another.
/// Guarantees: JSON says what a protobuf reader would have read.
#[test]
fn protobuf_in_any_form() {
    let json = to_json(Signal::Traces, &trace_from_the_future(1)).unwrap();
    let back = to_protobuf(Signal::Traces, json.as_bytes()).unwrap();
    let expected = ExportTraceServiceRequest::decode(&*trace_from_the_future(1)).unwrap();
    assert_eq!(ExportTraceServiceRequest::decode(&*back).unwrap(), expected);

    let array = |value: &[u8]| {
        let mut values = Vec::new();
        put_bytes(&mut values, 1, value);
        let mut out = Vec::new();
        put_bytes(&mut out, 5, &values);
        out
    };
    let merged = [array(&[0x18, 1]), array(&[0x18, 2])].concat();
    let replaced = [array(&[0x18, 1]), vec![0x18, 9], array(&[0x18, 2]), array(&[])].concat();
    for any in [merged, replaced, [array(&[]), vec![0x10, 1]].concat()] {
        let mut request = any;
        for number in [5, 2, 2, 1] {
            let inner = std::mem::take(&mut request);
            put_bytes(&mut request, number, &inner);
        }
        let expected = ExportLogsServiceRequest::decode(&*request).unwrap();
        let json = to_json(Signal::Logs, &request).unwrap();
        let back = to_protobuf(Signal::Logs, json.as_bytes()).unwrap();
        assert_eq!(ExportLogsServiceRequest::decode(&*back).unwrap(), expected, "{json}");
    }
}

/// Scenario: a histogram as JSON, with numbers in every notation and nulls; the same unpacked in protobuf.
/// Guarantees: packed on the wire, optional zeros kept, defaults left out.
#[test]
fn histograms() {
    let json = br#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","histogram":{"aggregationTemporality":2,
        "dataPoints":[{"count":"3","sum":0,"bucketCounts":["1",2,null],"explicitBounds":[0.5,"Infinity"],"min":0}]}}]}]}]}"#;
    let bytes = to_protobuf(Signal::Metrics, json).unwrap();
    let request = ExportMetricsServiceRequest::decode(&*bytes).unwrap();
    let Some(Data::Histogram(histogram)) = &request.resource_metrics[0].scope_metrics[0].metrics[0].data else {
        panic!("not a histogram: {request:?}");
    };
    let point = &histogram.data_points[0];
    assert_eq!((point.sum, point.min, point.max, point.count), (Some(0.0), Some(0.0), None, 3));
    assert_eq!((&point.bucket_counts[..], &point.explicit_bounds[..]), (&[1, 2, 0][..], &[0.5, f64::INFINITY][..]));
    assert_eq!(bytes.len(), request.encoded_len());

    // Field 6 twice unpacked and once packed.
    let mut request = vec![0x31, 1, 0, 0, 0, 0, 0, 0, 0, 0x31, 2, 0, 0, 0, 0, 0, 0, 0];
    put_bytes(&mut request, 6, &[3, 0, 0, 0, 0, 0, 0, 0]);
    for number in [1, 9, 2, 2, 1] {
        let inner = std::mem::take(&mut request);
        put_bytes(&mut request, number, &inner);
    }
    let json = to_json(Signal::Metrics, &request).unwrap();
    assert!(json.contains(r#""bucketCounts":["1","2","3"]"#), "{json}");
}
