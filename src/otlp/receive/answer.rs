//! What a request is answered, and which status codes of gRPC and HTTP that is.
//!
//! The rule behind the table: a passing fault gets a code that OTLP clients retry, a lasting one gets a code that
//! they do not. INTERNAL and 500 are never used for a fault that passes.

use crate::otlp::status::{http_status, lasting};
use std::borrow::Cow;
use std::time::Duration;
use tonic::Code;

/// The answer to one request.
pub type Answer = Result<Accepted, Refused>;

/// The request was taken, possibly not all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accepted {
    /// Items (spans, log records, data points) that were not taken, and why. With 0 items the message is a warning.
    pub partial: Option<(u64, String)>,
}

/// The request was not taken, none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub kind: RefusedKind,
    /// Told to the client; in English, without text from the request.
    pub message: String,
    /// When to try again. Only sent where the kind says that trying again makes sense.
    pub retry_after: Option<Duration>,
}

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedKind {
    /// It cannot be decoded.
    Malformed,
    /// It is larger than the limit.
    TooLarge,
    /// Too much is in flight.
    Overloaded,
    /// A fault that passes: downstream away, shutting down.
    Unavailable,
    /// The client was too slow or its deadline has passed.
    TimedOut,
    /// A lasting refusal of a downstream, with its code.
    Rejected(Code),
    /// The client is not known.
    Unauthenticated,
    /// The client may not do this.
    PermissionDenied,
    /// No such method, or a compression that is not spoken here.
    Unimplemented,
    /// HTTP: no such path.
    NotFound,
    /// HTTP: not a POST.
    MethodNotAllowed,
    /// HTTP: a content type or content encoding that is not spoken here.
    Unsupported,
    /// The connection ended before the request did; nobody reads this answer.
    Disconnected,
    /// A fault of ours that trying again will not cure.
    Internal,
}

/// Messages are cut to this many bytes: they travel in headers.
const MAX_MESSAGE: usize = 1024;

/// Sent when an overload or outage comes without a time of its own.
const DEFAULT_RETRY: Duration = Duration::from_secs(1);

impl Refused {
    /// A refusal without a time to try again.
    pub fn new(kind: RefusedKind, message: impl Into<String>) -> Self {
        Refused { kind, message: message.into(), retry_after: None }
    }

    /// A constant name for metrics and logs.
    pub fn reason(&self) -> &'static str {
        match self.kind {
            RefusedKind::Malformed => "malformed",
            RefusedKind::TooLarge => "too_large",
            RefusedKind::Overloaded => "overloaded",
            RefusedKind::Unavailable => "unavailable",
            RefusedKind::TimedOut => "timed_out",
            RefusedKind::Rejected(_) => "rejected",
            RefusedKind::Unauthenticated => "unauthenticated",
            RefusedKind::PermissionDenied => "permission_denied",
            RefusedKind::Unimplemented => "unimplemented",
            RefusedKind::NotFound => "not_found",
            RefusedKind::MethodNotAllowed => "method_not_allowed",
            RefusedKind::Unsupported => "unsupported",
            RefusedKind::Disconnected => "disconnected",
            RefusedKind::Internal => "internal",
        }
    }

    /// The gRPC code.
    pub fn code(&self) -> Code {
        match self.kind {
            RefusedKind::Malformed => Code::InvalidArgument,
            RefusedKind::TooLarge => Code::ResourceExhausted,
            RefusedKind::Overloaded | RefusedKind::Unavailable => Code::Unavailable,
            RefusedKind::TimedOut => Code::DeadlineExceeded,
            RefusedKind::Rejected(code) => lasting(code),
            RefusedKind::Unauthenticated => Code::Unauthenticated,
            RefusedKind::PermissionDenied => Code::PermissionDenied,
            RefusedKind::Unimplemented
            | RefusedKind::NotFound
            | RefusedKind::MethodNotAllowed
            | RefusedKind::Unsupported => Code::Unimplemented,
            RefusedKind::Disconnected => Code::Cancelled,
            RefusedKind::Internal => Code::Internal,
        }
    }

    /// The HTTP status: the gRPC code's, but where HTTP has a better one. A slow client gets 503 and not 408, which is
    /// not retried.
    pub fn http_status(&self) -> u16 {
        match self.kind {
            RefusedKind::Disconnected => 400,
            RefusedKind::TimedOut => 503,
            RefusedKind::NotFound => 404,
            RefusedKind::MethodNotAllowed => 405,
            RefusedKind::Unsupported => 415,
            _ => http_status(self.code(), false),
        }
    }

    /// The pause that the client is asked to make, where it may come back at all.
    pub fn retry_delay(&self) -> Option<Duration> {
        match self.kind {
            RefusedKind::Overloaded | RefusedKind::Unavailable => Some(self.retry_after.unwrap_or(DEFAULT_RETRY)),
            RefusedKind::TimedOut => self.retry_after,
            _ => None,
        }
    }

    /// The message as it is sent: never empty, never long.
    pub fn short_message(&self) -> Cow<'_, str> {
        if self.message.is_empty() { Cow::Borrowed(self.reason()) } else { Cow::Borrowed(shorten(&self.message)) }
    }
}

/// The beginning of a message that fits a header.
pub(super) fn shorten(message: &str) -> &str {
    cut(message, MAX_MESSAGE)
}

/// The beginning of a text, at most `max` bytes, cut between characters.
pub(in crate::otlp) fn cut(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::status::{http_fault, retryable};

    /// Scenario: every kind of refusal.
    /// Guarantees: the code and the status that OTLP and HTTP ask for.
    #[test]
    fn table() {
        for (kind, code, status) in [
            (RefusedKind::Malformed, Code::InvalidArgument, 400),
            (RefusedKind::TooLarge, Code::ResourceExhausted, 413),
            (RefusedKind::Overloaded, Code::Unavailable, 503),
            (RefusedKind::Unavailable, Code::Unavailable, 503),
            (RefusedKind::TimedOut, Code::DeadlineExceeded, 503),
            (RefusedKind::Rejected(Code::NotFound), Code::NotFound, 400),
            (RefusedKind::Rejected(Code::Unavailable), Code::Internal, 500),
            (RefusedKind::Rejected(Code::Unknown), Code::Unknown, 500),
            (RefusedKind::Rejected(Code::ResourceExhausted), Code::ResourceExhausted, 413),
            (RefusedKind::Unauthenticated, Code::Unauthenticated, 401),
            (RefusedKind::PermissionDenied, Code::PermissionDenied, 403),
            (RefusedKind::Unimplemented, Code::Unimplemented, 501),
            (RefusedKind::NotFound, Code::Unimplemented, 404),
            (RefusedKind::MethodNotAllowed, Code::Unimplemented, 405),
            (RefusedKind::Unsupported, Code::Unimplemented, 415),
            (RefusedKind::Disconnected, Code::Cancelled, 400),
            (RefusedKind::Internal, Code::Internal, 500),
        ] {
            let refused = Refused::new(kind, "");
            assert_eq!((refused.code(), refused.http_status()), (code, status), "{kind:?}");
        }
    }

    /// Scenario: a downstream's lasting refusal with each of the seventeen codes.
    /// Guarantees: neither the gRPC code nor the HTTP status is one that clients retry.
    #[test]
    fn lasting_refusals_are_not_retryable() {
        for code in (0..17).map(Code::from) {
            let mut refused = Refused::new(RefusedKind::Rejected(code), "no");
            refused.retry_after = Some(Duration::from_secs(1));
            assert_eq!(refused.retry_delay(), None);
            assert!(!retryable(refused.code(), false), "{code:?}");
            assert_eq!(http_fault(refused.http_status()), None, "{code:?}");
        }
    }

    /// Scenario: every fault that passes.
    /// Guarantees: both transports are told to come back.
    #[test]
    fn passing_faults_are_retryable() {
        for kind in [RefusedKind::Overloaded, RefusedKind::Unavailable, RefusedKind::TimedOut] {
            let refused = Refused::new(kind, "later");
            assert!(retryable(refused.code(), false), "{kind:?}");
            assert_eq!(refused.http_status(), 503, "{kind:?}");
        }
    }

    /// Scenario: an empty message and a very long one of two-byte letters.
    /// Guarantees: the client always gets a message, and one that fits a header.
    #[test]
    fn messages_fit() {
        assert_eq!(Refused::new(RefusedKind::TooLarge, "").short_message(), "too_large");
        let long = Refused::new(RefusedKind::Malformed, format!("x{}", "é".repeat(5000)));
        assert_eq!(long.short_message().len(), 1023);
    }
}
