//! The HTTP side: which path, which content type, which compression.

use super::body::{ignore, skip};
use super::exchange::{Accepting, Shared, exchange};
use super::reply::{self, ReplyBody};
use super::{Encoding, Handler, Refused, RefusedKind, Transport};
use crate::otlp::Signal;
use crate::otlp::compress::Codec;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, Response};
use hyper::body::Incoming as Body;
use std::sync::Arc;

/// What traceAI's `EvalTag` asks its server when an application starts; an answer other than 2xx stops the application.
const EVAL_TAG_PATHS: [&str; 2] =
    ["/tracer/custom-eval-config/get_custom_eval_by_name/", "/tracer/custom-eval-config/check_exists/"];

/// The signal by the path's end: clients put prefixes of their own before it.
fn signal(path: &str) -> Option<Signal> {
    Signal::ALL.into_iter().find(|signal| path.strip_suffix(signal.name()).is_some_and(|path| path.ends_with("/v1/")))
}

/// Answers an HTTP request.
pub(super) async fn call<H: Handler>(shared: &Arc<Shared<H>>, request: Request<Body>) -> Response<ReplyBody> {
    let path = request.uri().path();
    let post = request.method() == Method::POST;
    let Some(signal) = signal(path) else {
        let known = EVAL_TAG_PATHS.contains(&path);
        if known && post {
            skip(request.into_body()).await;
            return reply::empty_json();
        }
        let refused = if known { method() } else { Refused::new(RefusedKind::NotFound, "no such path") };
        let encoding = transport(request.headers()).map_or(Encoding::Json, Transport::encoding);
        ignore(request);
        return reply::http(&Err(refused), Signal::Traces, encoding);
    };
    let transport = transport(request.headers());
    // Where the content type says nothing, JSON is what a person can read.
    let answer_in = transport.unwrap_or(Transport::HttpJson);
    if !post {
        ignore(request);
        return reply::http(&Err(method()), signal, answer_in.encoding());
    }
    let accepting = accept(signal, transport, request.headers());
    exchange(shared, accepting, signal, answer_in, request).await
}

fn method() -> Refused {
    Refused::new(RefusedKind::MethodNotAllowed, "only POST is served here")
}

fn transport(headers: &HeaderMap) -> Option<Transport> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let format = value.split(';').next()?.trim();
    if format.eq_ignore_ascii_case("application/x-protobuf") {
        Some(Transport::HttpProtobuf)
    } else if format.eq_ignore_ascii_case("application/json") {
        Some(Transport::HttpJson)
    } else {
        None
    }
}

fn accept(signal: Signal, transport: Option<Transport>, headers: &HeaderMap) -> Result<Accepting, Refused> {
    let unsupported = |message| Refused::new(RefusedKind::Unsupported, message);
    let transport =
        transport.ok_or_else(|| unsupported("content type must be application/x-protobuf or application/json"))?;
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    let encoding = encodings.next().map(|value| value.to_str().unwrap_or("?").trim());
    let codec = match encoding {
        None | Some("") => None,
        Some(name) if name.eq_ignore_ascii_case("identity") => None,
        Some(name) => Some(Codec::from_name(name).ok_or_else(|| unsupported("content encoding must be gzip or zstd"))?),
    };
    if encodings.next().is_some() {
        return Err(unsupported("one content encoding at most"));
    }
    Ok(Accepting { signal, transport, codec, deadline: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: paths as the clients we know post to, and paths that only look like them.
    /// Guarantees: the last two segments decide, whatever comes before.
    #[test]
    fn paths() {
        for (path, expected) in [
            ("/v1/traces", Some(Signal::Traces)),
            ("/tracer/v1/traces", Some(Signal::Traces)),
            ("/api/public/otel/v1/traces", Some(Signal::Traces)),
            ("/v1/logs", Some(Signal::Logs)),
            ("/x/v1/metrics", Some(Signal::Metrics)),
            ("/v1/tracesx", None),
            ("/foov1/traces", None),
            ("/v2/traces", None),
            ("traces", None),
            ("/", None),
        ] {
            assert_eq!(signal(path), expected, "{path}");
        }
    }
}
