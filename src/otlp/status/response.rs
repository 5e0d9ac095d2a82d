//! `Export*ServiceResponse`, of which all there is is the partial success.

use crate::otlp::json::{JsonError, Kind, MessageType, Shape, field, transcode_json, transcode_protobuf};
use crate::otlp::wire::{Fields, Value, put_bytes, put_uint};
use crate::otlp::{Encoding, Signal};

/// What a server did not take although it answered OK.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartialSuccess {
    /// Spans, log records or data points that were rejected.
    pub rejected: u64,
    /// Why, in English; with none rejected, a warning.
    pub message: String,
}

macro_rules! response {
    ($partial:ident, $response:ident, $rejected:literal) => {
        static $partial: MessageType = MessageType {
            fields: &[
                field($rejected, 1, Kind::Int64, Shape::Plain),
                field("errorMessage", 2, Kind::Text, Shape::Plain),
            ],
        };
        static $response: MessageType =
            MessageType { fields: &[field("partialSuccess", 1, Kind::Message(&$partial), Shape::Plain)] };
    };
}

response!(TRACES_PARTIAL, TRACES, "rejectedSpans");
response!(LOGS_PARTIAL, LOGS, "rejectedLogRecords");
response!(METRICS_PARTIAL, METRICS, "rejectedDataPoints");

fn message_type(signal: Signal) -> &'static MessageType {
    match signal {
        Signal::Traces => &TRACES,
        Signal::Logs => &LOGS,
        Signal::Metrics => &METRICS,
    }
}

impl PartialSuccess {
    /// Whether everything was taken and nothing is to be said: the field is then unset.
    pub fn is_empty(&self) -> bool {
        self.rejected == 0 && self.message.is_empty()
    }

    /// The response message; no bytes (protobuf) or `{}` (JSON) for a complete success.
    pub fn encode(&self, signal: Signal, encoding: Encoding) -> Vec<u8> {
        match encoding {
            Encoding::Protobuf => self.to_protobuf(),
            // Our own bytes always transcode; were they not to, the success is still a success.
            Encoding::Json => transcode_protobuf(message_type(signal), &self.to_protobuf())
                .map_or_else(|_| b"{}".to_vec(), String::into_bytes),
        }
    }

    /// The response message in protobuf, which is the same for all signals.
    pub fn to_protobuf(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.is_empty() {
            return out;
        }
        let mut partial = Vec::new();
        if self.rejected != 0 {
            put_uint(&mut partial, 1, self.rejected.min(i64::MAX as u64));
        }
        if !self.message.is_empty() {
            put_bytes(&mut partial, 2, self.message.as_bytes());
        }
        put_bytes(&mut out, 1, &partial);
        out
    }

    /// The partial success in a protobuf response; empty when it is unset. A negative number of rejected items counts
    /// as none, a message that is not UTF-8 loses what is not, and a response that breaks off says what it says up to
    /// there: the status beside it holds.
    pub fn decode(response: &[u8]) -> Self {
        let mut partial = PartialSuccess::default();
        for field in Fields::new(response).map_while(Result::ok).filter(|field| field.number == 1) {
            for field in Fields::new(field.bytes().unwrap_or_default()).map_while(Result::ok) {
                match (field.number, field.value) {
                    (1, Value::Varint(rejected)) => {
                        partial.rejected = u64::try_from(rejected.cast_signed()).unwrap_or(0)
                    }
                    (2, Value::Bytes(message)) => partial.message = String::from_utf8_lossy(message).into_owned(),
                    _ => {}
                }
            }
        }
        partial
    }

    /// As [`PartialSuccess::decode`], from a JSON response.
    ///
    /// # Errors
    /// When the response is not JSON of this type.
    pub fn decode_json(signal: Signal, response: &[u8]) -> Result<Self, JsonError> {
        let bytes = transcode_json(message_type(signal), response)?;
        Ok(Self::decode(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
    use prost::Message;

    /// Scenario: no partial success, a warning and a rejection, in both encodings.
    /// Guarantees: a complete success is an unset field; the others read back, and another decoder agrees.
    #[test]
    fn round_trips() {
        let cases = [
            (PartialSuccess::default(), "{}"),
            (
                PartialSuccess { rejected: 0, message: "a \"warning\"".to_owned() },
                r#"{"partialSuccess":{"errorMessage":"a \"warning\""}}"#,
            ),
            (
                PartialSuccess { rejected: 300, message: "too old".to_owned() },
                r#"{"partialSuccess":{"rejectedSpans":"300","errorMessage":"too old"}}"#,
            ),
        ];
        for (partial, json) in cases {
            let bytes = partial.encode(Signal::Traces, Encoding::Protobuf);
            assert_eq!(bytes.is_empty(), partial.is_empty());
            assert_eq!(PartialSuccess::decode(&bytes), partial);
            let other = ExportTraceServiceResponse::decode(&*bytes).unwrap().partial_success;
            let expected = (!partial.is_empty()).then(|| ExportTracePartialSuccess {
                rejected_spans: partial.rejected as i64,
                error_message: partial.message.clone(),
            });
            assert_eq!(other, expected);
            assert_eq!(String::from_utf8(partial.encode(Signal::Traces, Encoding::Json)).unwrap(), json);
            for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
                let json = partial.encode(signal, Encoding::Json);
                assert_eq!(PartialSuccess::decode_json(signal, &json).as_ref(), Ok(&partial));
            }
        }
        assert_eq!(
            PartialSuccess { rejected: 1, message: String::new() }.encode(Signal::Metrics, Encoding::Json),
            br#"{"partialSuccess":{"rejectedDataPoints":"1"}}"#
        );
    }

    /// Scenario: a count and then bytes that break off, a count below zero, fields of other types, a text page.
    /// Guarantees: what was said counts, the rest does not.
    #[test]
    fn broken_answers() {
        let rejected = |rejected| PartialSuccess { rejected, message: String::new() };
        assert_eq!(PartialSuccess::decode(b"\x0a\x03\x08\x07\x12\x0a\x05"), rejected(7));
        assert_eq!(PartialSuccess::decode(b"\x0a\x05"), rejected(0));
        let mut below = Vec::new();
        put_uint(&mut below, 1, -3i64 as u64);
        let mut response = Vec::new();
        put_bytes(&mut response, 1, &below);
        assert_eq!(PartialSuccess::decode(&response), rejected(0));
        assert_eq!(PartialSuccess::decode(b"\x08\x05"), rejected(0));
        assert_eq!(PartialSuccess::decode(b"\x0a\x06\x0a\x01x\x08\x07\x18"), rejected(7));
        assert_eq!(PartialSuccess::decode(b"<html>"), rejected(0));
    }
}
