//! What a request is answered, and which status codes of gRPC and HTTP that is.
//!
//! The rule behind the table: a passing fault gets a code that OTLP clients retry, a lasting one gets a code that
//! they do not. INTERNAL and 500 are never used for a fault that passes.

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

    /// The HTTP status. A slow client gets 503 and not 408: only 429, 502, 503 and 504 are retried.
    pub fn http_status(&self) -> u16 {
        match self.kind {
            RefusedKind::Malformed | RefusedKind::Disconnected => 400,
            RefusedKind::TooLarge => 413,
            RefusedKind::Overloaded | RefusedKind::Unavailable | RefusedKind::TimedOut => 503,
            RefusedKind::Rejected(code) => match lasting(code) {
                Code::InvalidArgument | Code::FailedPrecondition | Code::AlreadyExists | Code::NotFound => 400,
                Code::Unauthenticated => 401,
                Code::PermissionDenied => 403,
                Code::ResourceExhausted => 413,
                Code::Unimplemented => 501,
                _ => 500,
            },
            RefusedKind::Unauthenticated => 401,
            RefusedKind::PermissionDenied => 403,
            RefusedKind::Unimplemented => 501,
            RefusedKind::NotFound => 404,
            RefusedKind::MethodNotAllowed => 405,
            RefusedKind::Unsupported => 415,
            RefusedKind::Internal => 500,
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

/// A lasting refusal must not carry a code that clients retry. RESOURCE_EXHAUSTED is only retried with RetryInfo, which
/// is not sent here.
const fn lasting(code: Code) -> Code {
    match code {
        Code::Ok
        | Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Code::Internal,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRIED: [Code; 6] =
        [Code::Cancelled, Code::DeadlineExceeded, Code::Aborted, Code::OutOfRange, Code::Unavailable, Code::DataLoss];

    /// Scenario: a downstream's lasting refusal with each of the seventeen codes.
    /// Guarantees: neither the gRPC code nor the HTTP status is one that clients retry.
    #[test]
    fn lasting_refusals_are_not_retryable() {
        for code in (0..17).map(Code::from) {
            let mut refused = Refused::new(RefusedKind::Rejected(code), "no");
            refused.retry_after = Some(Duration::from_secs(1));
            assert!(!RETRIED.contains(&refused.code()), "{code:?}");
            assert!(![429, 502, 503, 504].contains(&refused.http_status()), "{code:?}");
            assert_eq!(refused.retry_delay(), None);
        }
    }

    /// Scenario: every fault that passes.
    /// Guarantees: both transports are told to come back.
    #[test]
    fn passing_faults_are_retryable() {
        for kind in [RefusedKind::Overloaded, RefusedKind::Unavailable, RefusedKind::TimedOut] {
            let refused = Refused::new(kind, "later");
            assert!(RETRIED.contains(&refused.code()), "{kind:?}");
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
