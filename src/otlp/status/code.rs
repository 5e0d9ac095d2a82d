//! Which codes pass, and what one transport's code is on the other.

use tonic::Code;

/// Whether a client may send the same request again after this gRPC code, as OTLP says. `retry_info`: whether the
/// answer had a `RetryInfo`, which RESOURCE_EXHAUSTED needs.
pub const fn retryable(code: Code, retry_info: bool) -> bool {
    match code {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => true,
        Code::ResourceExhausted => retry_info,
        Code::Ok
        | Code::Unknown
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Unimplemented
        | Code::Internal
        | Code::Unauthenticated => false,
    }
}

/// The name, as metrics and logs know it, of an HTTP status after which a client may send the same request again, as
/// OTLP says; nothing for every other status.
pub const fn http_fault(status: u16) -> Option<&'static str> {
    match status {
        429 => Some("http_429"),
        502 => Some("http_502"),
        503 => Some("http_503"),
        504 => Some("http_504"),
        _ => None,
    }
}

/// The code to pass a lasting refusal on with: one that clients retry becomes INTERNAL. The refusal must be sent without
/// RetryInfo, or RESOURCE_EXHAUSTED is retried.
pub const fn lasting(code: Code) -> Code {
    if matches!(code, Code::Ok) || retryable(code, false) { Code::Internal } else { code }
}

/// The name of a code as metrics and logs know it.
pub const fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "ok",
        Code::Cancelled => "cancelled",
        Code::Unknown => "unknown",
        Code::InvalidArgument => "invalid_argument",
        Code::DeadlineExceeded => "deadline_exceeded",
        Code::NotFound => "not_found",
        Code::AlreadyExists => "already_exists",
        Code::PermissionDenied => "permission_denied",
        Code::ResourceExhausted => "resource_exhausted",
        Code::FailedPrecondition => "failed_precondition",
        Code::Aborted => "aborted",
        Code::OutOfRange => "out_of_range",
        Code::Unimplemented => "unimplemented",
        Code::Internal => "internal",
        Code::Unavailable => "unavailable",
        Code::DataLoss => "data_loss",
        Code::Unauthenticated => "unauthenticated",
    }
}

/// The HTTP status that means what the gRPC code means; above all, it is retryable exactly when the code is. A NOT_FOUND
/// or ALREADY_EXISTS is about what the request holds: 404 would say that nobody takes telemetry at this path.
pub const fn http_status(code: Code, retry_info: bool) -> u16 {
    match code {
        Code::Ok => 200,
        Code::ResourceExhausted if retry_info => 429,
        // Without RetryInfo it is the answer to a request that is too large.
        Code::ResourceExhausted => 413,
        Code::DeadlineExceeded => 504,
        Code::Cancelled | Code::Aborted | Code::OutOfRange | Code::Unavailable | Code::DataLoss => 503,
        Code::InvalidArgument | Code::FailedPrecondition | Code::NotFound | Code::AlreadyExists => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::Unimplemented => 501,
        Code::Unknown | Code::Internal => 500,
    }
}

/// The gRPC code that is nearest to what an OTLP/HTTP server means by the HTTP status; it is retryable, without
/// RetryInfo, exactly when the status is.
pub const fn from_http(status: u16) -> Code {
    match status {
        200..=299 => Code::Ok,
        429 | 502 | 503 | 504 => Code::Unavailable,
        400 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 | 405 | 415 | 501 => Code::Unimplemented,
        413 => Code::ResourceExhausted,
        500..=599 => Code::Internal,
        _ => Code::Unknown,
    }
}

/// gRPC's own table for an answer without a `grpc-status`, from something between us and the gRPC server. It is not
/// [`from_http`]: such an answer says nothing about the request.
pub const fn without_grpc_status(status: u16) -> Code {
    match status {
        400 => Code::Internal,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::Unimplemented,
        429 | 502 | 503 | 504 => Code::Unavailable,
        _ => Code::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: every gRPC code, with and without RetryInfo, and every HTTP status.
    /// Guarantees: exactly the codes and statuses pass that OTLP lists; RESOURCE_EXHAUSTED only with RetryInfo.
    #[test]
    fn what_passes() {
        let passing = |retry_info| -> Vec<i32> { (0..17).filter(|&code| retryable(code.into(), retry_info)).collect() };
        assert_eq!(passing(false), [1, 4, 10, 11, 14, 15]);
        assert_eq!(passing(true), [1, 4, 8, 10, 11, 14, 15]);
        let statuses: Vec<u16> = (100..700).filter(|&status| http_fault(status).is_some()).collect();
        assert_eq!(statuses, [429, 502, 503, 504]);
        assert!(statuses.iter().all(|&status| http_fault(status) == Some(format!("http_{status}").as_str())));
    }

    /// Scenario: each of the seventeen codes as a lasting refusal.
    /// Guarantees: none passes, on either transport, and those that are lasting stay what they are.
    #[test]
    fn lasting_codes_do_not_pass() {
        for code in (0..17).map(Code::from_i32) {
            let sent = lasting(code);
            assert!(sent != Code::Ok && !retryable(sent, false), "{code:?} {sent:?}");
            assert!(sent == code || code == Code::Ok || retryable(code, false), "{code:?} {sent:?}");
            assert_eq!(http_fault(http_status(sent, false)), None);
        }
    }

    /// Scenario: every gRPC code with and without RetryInfo to HTTP, every HTTP status to gRPC.
    /// Guarantees: crossing from one transport to the other never turns a passing fault into a lasting one, nor
    /// the reverse.
    #[test]
    fn crossing_keeps_retryability() {
        for code in (0..17).map(Code::from_i32) {
            for retry_info in [false, true] {
                let status = http_status(code, retry_info);
                assert_eq!(http_fault(status).is_some(), retryable(code, retry_info), "{code:?} {status}");
                assert_eq!(status == 200, code == Code::Ok);
            }
        }
        for status in 100..700 {
            let code = from_http(status);
            assert_eq!(retryable(code, false), http_fault(status).is_some(), "{status} {code:?}");
            assert_eq!(code == Code::Ok, (200..300).contains(&status));
            let code = without_grpc_status(status);
            assert_eq!(retryable(code, false), http_fault(status).is_some(), "{status} {code:?}");
            assert_ne!(code, Code::Ok, "an answer without a status is no success");
        }
    }
}
