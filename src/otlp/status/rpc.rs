//! `google.rpc.Status`: the body of every HTTP error, and the `grpc-status-details-bin` of a gRPC one.

use std::time::Duration;

use tonic::Code;

use crate::otlp::Encoding;
use crate::otlp::json::put_text;
use crate::otlp::wire::{Fields, WireError, put_bytes, put_uint};

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";
const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";

/// A status with the two details that OTLP uses. Details of other types are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpcStatus {
    /// The gRPC code.
    pub code: Code,
    /// What happened, for people. Never user text.
    pub message: String,
    /// `RetryInfo`: how long a client should wait before it tries again.
    pub retry_delay: Option<Duration>,
    /// `BadRequest`: what is wrong with the request.
    pub violations: Vec<FieldViolation>,
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldViolation {
    /// Path to the field, or what of the request it is about, as `body`.
    pub field: String,
    /// Why it is wrong.
    pub description: String,
}

impl RpcStatus {
    /// A status without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        RpcStatus { code, message: message.into(), retry_delay: None, violations: Vec::new() }
    }

    /// An undecodable or illegal request: INVALID_ARGUMENT, with the fault as `BadRequest` too.
    pub fn bad_request(field: &str, description: impl Into<String>) -> Self {
        let description = description.into();
        let violation = FieldViolation { field: field.to_owned(), description: description.clone() };
        RpcStatus { violations: vec![violation], ..Self::new(Code::InvalidArgument, description) }
    }

    /// With `RetryInfo`.
    #[must_use]
    pub fn retry_after(self, delay: Duration) -> Self {
        RpcStatus { retry_delay: Some(delay), ..self }
    }

    /// The status of a gRPC call; with `grpc-status-details-bin` only where there is more to say than code and message.
    pub fn to_grpc(&self) -> tonic::Status {
        if self.retry_delay.is_none() && self.violations.is_empty() {
            return tonic::Status::new(self.code, self.message.as_str());
        }
        tonic::Status::with_details(self.code, self.message.as_str(), self.to_protobuf().into())
    }

    /// The message as an HTTP body, or as the value of `grpc-status-details-bin` before its base64 (protobuf).
    pub fn encode(&self, encoding: Encoding) -> Vec<u8> {
        match encoding {
            Encoding::Protobuf => self.to_protobuf(),
            Encoding::Json => self.to_json().into_bytes(),
        }
    }

    fn to_protobuf(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_uint(&mut out, 1, i32::from(self.code).unsigned_abs().into());
        put_bytes(&mut out, 2, self.message.as_bytes());
        let mut detail = |type_url: &str, value: &[u8]| {
            let mut any = Vec::new();
            put_bytes(&mut any, 1, type_url.as_bytes());
            put_bytes(&mut any, 2, value);
            put_bytes(&mut out, 3, &any);
        };
        if let Some(delay) = self.retry_delay {
            let mut duration = Vec::new();
            put_uint(&mut duration, 1, delay.as_secs().min(MAX_SECONDS));
            put_uint(&mut duration, 2, delay.subsec_nanos().into());
            let mut info = Vec::new();
            put_bytes(&mut info, 1, &duration);
            detail(RETRY_INFO, &info);
        }
        if !self.violations.is_empty() {
            let mut request = Vec::new();
            for violation in &self.violations {
                let mut message = Vec::new();
                put_bytes(&mut message, 1, violation.field.as_bytes());
                put_bytes(&mut message, 2, violation.description.as_bytes());
                put_bytes(&mut request, 1, &message);
            }
            detail(BAD_REQUEST, &request);
        }
        out
    }

    fn to_json(&self) -> String {
        let mut out = format!("{{\"code\":{},\"message\":", i32::from(self.code));
        put_text(&mut out, &self.message);
        let mut details = Vec::new();
        if let Some(delay) = self.retry_delay {
            let (seconds, nanos) = (delay.as_secs().min(MAX_SECONDS), delay.subsec_nanos());
            let fraction = if nanos == 0 { String::new() } else { format!(".{nanos:09}") };
            let fraction = fraction.trim_end_matches('0');
            details.push(format!("{{\"@type\":\"{RETRY_INFO}\",\"retryDelay\":\"{seconds}{fraction}s\"}}"));
        }
        if !self.violations.is_empty() {
            let mut detail = format!("{{\"@type\":\"{BAD_REQUEST}\",\"fieldViolations\":[");
            for (i, violation) in self.violations.iter().enumerate() {
                detail.push_str(if i == 0 { "{\"field\":" } else { ",{\"field\":" });
                put_text(&mut detail, &violation.field);
                detail.push_str(",\"description\":");
                put_text(&mut detail, &violation.description);
                detail.push('}');
            }
            detail.push_str("]}");
            details.push(detail);
        }
        if !details.is_empty() {
            out.push_str(",\"details\":[");
            out.push_str(&details.join(","));
            out.push(']');
        }
        out.push('}');
        out
    }

    /// The message of a status in an HTTP answer's body; nothing where there is none, or where the body is something
    /// else, such as a proxy's page.
    pub fn message_of(encoding: Encoding, body: &[u8]) -> Option<String> {
        let message = match encoding {
            Encoding::Protobuf => Self::decode(body).ok()?.message,
            Encoding::Json => {
                let status: serde_json::Value = serde_json::from_slice(body).ok()?;
                status.get("message")?.as_str()?.to_owned()
            }
        };
        Some(message).filter(|message| !message.is_empty())
    }

    /// Reads a protobuf status. What is not UTF-8 in its texts is replaced; a negative delay counts as none to wait; a
    /// detail that cannot be read is not kept, for code and message hold without it.
    ///
    /// # Errors
    /// When it is not protobuf.
    pub fn decode(status: &[u8]) -> Result<Self, WireError> {
        let mut read = RpcStatus::new(Code::Ok, "");
        for field in Fields::new(status) {
            let field = field?;
            match field.number {
                1 => read.code = Code::from_i32(field.varint()? as i32),
                2 => read.message = lossy(field.bytes()?),
                3 => {
                    let _ = read.detail(field.bytes()?);
                }
                _ => {}
            }
        }
        Ok(read)
    }

    fn detail(&mut self, any: &[u8]) -> Result<(), WireError> {
        let (mut type_url, mut value): (&[u8], &[u8]) = (&[], &[]);
        for field in Fields::new(any) {
            let field = field?;
            match field.number {
                1 => type_url = field.bytes()?,
                2 => value = field.bytes()?,
                _ => {}
            }
        }
        // Only what is behind the last slash names the type.
        match type_url.rsplit(|&byte| byte == b'/').next() {
            Some(b"google.rpc.RetryInfo") => {
                let mut delay = Duration::ZERO;
                for field in Fields::new(value) {
                    let field = field?;
                    if field.number == 1 {
                        delay = duration(field.bytes()?)?;
                    }
                }
                self.retry_delay.get_or_insert(delay);
            }
            Some(b"google.rpc.BadRequest") => {
                for field in Fields::new(value) {
                    let field = field?;
                    if field.number == 1 {
                        self.violations.push(violation(field.bytes()?)?);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The longest that `google.protobuf.Duration` may say: ten thousand years.
const MAX_SECONDS: u64 = 315_576_000_000;

fn duration(message: &[u8]) -> Result<Duration, WireError> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    for field in Fields::new(message) {
        let field = field?;
        match field.number {
            1 => seconds = field.varint()? as i64,
            2 => nanos = field.varint()? as i64,
            _ => {}
        }
    }
    let seconds = u64::try_from(seconds).unwrap_or(0).min(MAX_SECONDS);
    Ok(Duration::new(seconds, u32::try_from(nanos).unwrap_or(0).min(999_999_999)))
}

fn violation(message: &[u8]) -> Result<FieldViolation, WireError> {
    let mut violation = FieldViolation { field: String::new(), description: String::new() };
    for field in Fields::new(message) {
        let field = field?;
        match field.number {
            1 => violation.field = lossy(field.bytes()?),
            2 => violation.description = lossy(field.bytes()?),
            _ => {}
        }
    }
    Ok(violation)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::{ErrorDetails, StatusExt};

    /// Scenario: an overload answer and a refused body, encoded here and read by tonic's own types, and the reverse.
    /// Guarantees: both agree on code, message, delay and violations.
    #[test]
    fn agrees_with_tonic_types() {
        let overload = RpcStatus::new(Code::Unavailable, "busy").retry_after(Duration::from_millis(1500));
        let refused = RpcStatus::bad_request("body", "ends inside a field");
        for status in [overload, refused] {
            let bytes = status.encode(Encoding::Protobuf);
            assert_eq!(RpcStatus::decode(&bytes).as_ref(), Ok(&status));
            let theirs = tonic::Status::with_details(status.code, status.message.clone(), bytes.into());
            let details = theirs.get_error_details();
            assert_eq!(details.retry_info().and_then(|info| info.retry_delay), status.retry_delay);
            let violations = details.bad_request().map(|bad| bad.field_violations.len()).unwrap_or(0);
            assert_eq!(violations, status.violations.len());

            let mut details = ErrorDetails::new();
            if let Some(delay) = status.retry_delay {
                details.set_retry_info(Some(delay));
            }
            for violation in &status.violations {
                details.add_bad_request_violation(&violation.field, &violation.description);
            }
            let theirs = tonic::Status::with_error_details(status.code, status.message.clone(), details);
            assert_eq!(RpcStatus::decode(theirs.details()), Ok(status));
        }
    }

    /// Scenario: the same answers in JSON, with a message that needs escaping.
    /// Guarantees: the JSON mapping of `google.rpc.Status`, details by `@type`.
    #[test]
    fn json() {
        let status = RpcStatus::new(Code::Unavailable, "busy\n").retry_after(Duration::from_secs(2));
        let json = String::from_utf8(status.encode(Encoding::Json)).unwrap();
        assert_eq!(
            json,
            r#"{"code":14,"message":"busy\n","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2s"}]}"#
        );
        let json: serde_json::Value =
            serde_json::from_slice(&RpcStatus::bad_request("body", "\"x\"").encode(Encoding::Json)).unwrap();
        assert_eq!(json["details"][0]["fieldViolations"][0]["description"], "\"x\"");
        let fraction = RpcStatus::new(Code::Unavailable, "").retry_after(Duration::from_millis(1500));
        assert!(fraction.to_json().contains("\"1.5s\""));
    }

    /// Scenario: bodies with a message, without one, and pages that are no status, in both encodings.
    /// Guarantees: the message where there is one, and nothing instead of rubbish.
    #[test]
    fn messages_of_bodies() {
        for encoding in [Encoding::Protobuf, Encoding::Json] {
            let message_of = |body: &[u8]| RpcStatus::message_of(encoding, body);
            let status = |message| RpcStatus::new(Code::Internal, message).encode(encoding);
            assert_eq!(message_of(&status("no\n")).as_deref(), Some("no\n"));
            assert_eq!(message_of(&status("")), None);
            for page in ["", "<html>", "Bad gateway", "[]", "{\"message\":7}"] {
                assert_eq!(message_of(page.as_bytes()), None, "{page}");
            }
        }
    }

    /// Scenario: a status with a detail and one without, as a gRPC call ends with them.
    /// Guarantees: details are sent only where there are any: RESOURCE_EXHAUSTED with RetryInfo would be retried.
    #[test]
    fn over_grpc() {
        let plain = RpcStatus::new(Code::ResourceExhausted, "too large").to_grpc();
        assert_eq!((plain.code(), plain.message(), plain.details()), (Code::ResourceExhausted, "too large", &[][..]));
        let later = RpcStatus::new(Code::Unavailable, "busy").retry_after(Duration::from_secs(2));
        assert_eq!(RpcStatus::decode(later.to_grpc().details()), Ok(later));
    }

    /// Scenario: a negative delay, an unknown detail, a detail that breaks off, bytes that break off.
    /// Guarantees: nothing to wait, ignored, ignored, an error.
    #[test]
    fn hostile_answers() {
        let mut duration = Vec::new();
        put_uint(&mut duration, 1, -5i64 as u64);
        let mut info = Vec::new();
        put_bytes(&mut info, 1, &duration);
        let mut any = Vec::new();
        put_bytes(&mut any, 1, RETRY_INFO.as_bytes());
        put_bytes(&mut any, 2, &info);
        let mut status = Vec::new();
        put_bytes(&mut status, 3, &any);
        put_bytes(&mut status, 3, b"\x0a\x03x/y");
        assert_eq!(RpcStatus::decode(&status).unwrap().retry_delay, Some(Duration::ZERO));
        let mut broken = Vec::new();
        put_bytes(&mut broken, 1, RETRY_INFO.as_bytes());
        put_bytes(&mut broken, 2, &[0x0a, 5]);
        let mut only_broken = b"\x08\x0e".to_vec();
        put_bytes(&mut only_broken, 3, &broken);
        assert_eq!(RpcStatus::decode(&only_broken), Ok(RpcStatus::new(Code::Unavailable, "")));
        status.push(0x0a);
        assert_eq!(RpcStatus::decode(&status), Err(WireError::Truncated));
    }
}
