//! The gRPC side: which method, which compression, which deadline.

use super::body::ignore;
use super::exchange::{Accepting, Shared, exchange};
use super::reply::{self, ReplyBody};
use super::{Handler, Refused, RefusedKind, Transport};
use crate::otlp::Signal;
use crate::otlp::compress::Codec;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response};
use hyper::body::Incoming as Body;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::codegen::Service;

/// Whether a request is a gRPC call, by its content type.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let Some((base, rest)) = value.split_at_checked("application/grpc".len()) else { return false };
    base.eq_ignore_ascii_case(b"application/grpc") && matches!(rest.first(), None | Some(b'+' | b';' | b' '))
}

fn signal(path: &str) -> Option<Signal> {
    Signal::ALL.into_iter().find(|signal| path == signal.grpc_path())
}

/// Answers a gRPC call.
pub(super) async fn call<H: Handler>(shared: &Arc<Shared<H>>, request: Request<Body>) -> Response<ReplyBody> {
    if request.uri().path().starts_with("/grpc.health.v1.Health/") {
        return health(shared, request).await;
    }
    let Some(signal) = signal(request.uri().path()) else {
        ignore(request);
        return reply::grpc(&Err(Refused::new(RefusedKind::Unimplemented, "unknown method")));
    };
    let accepting = accept(signal, request.headers());
    exchange(shared, accepting, signal, Transport::Grpc, request).await
}

async fn health<H: Handler>(shared: &Arc<Shared<H>>, request: Request<Body>) -> Response<ReplyBody> {
    // Always ready, and never fails: its error type has no values.
    let Ok(response) = shared.health.clone().call(request).await;
    let stopped = Box::pin(shared.stop.clone().cancelled_owned());
    response.map(|inner| ReplyBody::Health { inner, stopped })
}

fn accept(signal: Signal, headers: &HeaderMap) -> Result<Accepting, Refused> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = content_type.split(';').next().unwrap_or_default().trim();
    if !["application/grpc", "application/grpc+proto"].iter().any(|known| format.eq_ignore_ascii_case(known)) {
        return Err(Refused::new(RefusedKind::Unimplemented, "only protobuf messages are understood"));
    }
    let codec = match headers.get("grpc-encoding").map(|value| value.to_str().unwrap_or_default()) {
        None | Some("" | "identity") => None,
        Some(name) => match Codec::from_name(name) {
            Some(codec) => Some(codec),
            None => return Err(Refused::new(RefusedKind::Unimplemented, "unknown grpc-encoding")),
        },
    };
    let deadline = match headers.get("grpc-timeout") {
        None => None,
        Some(value) => {
            let timeout = value.to_str().ok().and_then(timeout);
            let timeout = timeout.ok_or_else(|| Refused::new(RefusedKind::Malformed, "malformed grpc-timeout"))?;
            Instant::now().checked_add(timeout)
        }
    };
    Ok(Accepting { signal, transport: Transport::Grpc, codec, deadline })
}

/// Reads `grpc-timeout`: up to eight digits and a unit.
fn timeout(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: timeouts in every unit, and values that are none.
    /// Guarantees: exact durations, and nothing but the gRPC grammar is read.
    #[test]
    fn timeouts() {
        assert_eq!(timeout("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
        assert_eq!(timeout("2M"), Some(Duration::from_secs(120)));
        assert_eq!(timeout("10S"), Some(Duration::from_secs(10)));
        assert_eq!(timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(timeout("7u"), Some(Duration::from_micros(7)));
        assert_eq!(timeout("7n"), Some(Duration::from_nanos(7)));
        for bad in ["", "S", "10", "10s", "-1S", "123456789S", "1é", "é"] {
            assert_eq!(timeout(bad), None, "{bad}");
        }
    }

    /// Scenario: content types of gRPC, of gRPC-Web and of others.
    /// Guarantees: only gRPC's are taken for gRPC.
    #[test]
    fn content_types() {
        for (value, expected) in [
            ("application/grpc", true),
            ("Application/GRPC+proto", true),
            ("application/grpc; charset=utf-8", true),
            ("application/grpc-web", false),
            ("application/x-protobuf", false),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, http::HeaderValue::from_static(value))]);
            assert_eq!(is_grpc(&headers), expected, "{value}");
        }
        assert!(!is_grpc(&HeaderMap::new()));
    }
}
