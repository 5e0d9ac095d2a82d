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

/// Whether a client may send the same request again after this HTTP status, as OTLP says.
pub const fn http_retryable(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// The HTTP status that means what the gRPC code means; above all, it is retryable exactly when the code is.
pub const fn http_status(code: Code, retry_info: bool) -> u16 {
    match code {
        Code::Ok => 200,
        Code::ResourceExhausted if retry_info => 429,
        // Without RetryInfo it is the answer to a request that is too large.
        Code::ResourceExhausted => 413,
        Code::DeadlineExceeded => 504,
        Code::Cancelled | Code::Aborted | Code::OutOfRange | Code::Unavailable | Code::DataLoss => 503,
        Code::InvalidArgument | Code::FailedPrecondition => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::NotFound => 404,
        Code::AlreadyExists => 409,
        Code::Unimplemented => 501,
        Code::Unknown | Code::Internal => 500,
    }
}

/// The gRPC code that means what the HTTP status means; it is retryable, without RetryInfo, exactly when the
/// status is.
pub const fn from_http(status: u16) -> Code {
    match status {
        200..=299 => Code::Ok,
        429 | 502 | 503 | 504 => Code::Unavailable,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 | 405 | 501 => Code::Unimplemented,
        413 => Code::ResourceExhausted,
        400..=499 => Code::InvalidArgument,
        500..=599 => Code::Internal,
        _ => Code::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: every gRPC code with and without RetryInfo to HTTP, every HTTP status to gRPC.
    /// Guarantees: crossing from one transport to the other never turns a passing fault into a lasting one, nor
    /// the reverse.
    #[test]
    fn crossing_keeps_retryability() {
        for code in (0..17).map(Code::from_i32) {
            for retry_info in [false, true] {
                let status = http_status(code, retry_info);
                assert_eq!(http_retryable(status), retryable(code, retry_info), "{code:?} {status}");
                assert_eq!(status == 200, code == Code::Ok);
            }
        }
        for status in 100..700 {
            let code = from_http(status);
            assert_eq!(retryable(code, false), http_retryable(status), "{status} {code:?}");
            assert_eq!(code == Code::Ok, (200..300).contains(&status));
        }
    }
}
