//! Responses: gRPC trailers and `google.rpc.Status` bodies out of an [`Answer`].

use super::answer::shorten;
use super::{Accepted, Answer, Encoding, Refused, RefusedKind, Transport};
use crate::otlp::Signal;
use crate::otlp::status::{PartialSuccess, RpcStatus};
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_util::sync::WaitForCancellationFutureOwned;

/// What is spoken beside no compression.
pub(super) const ACCEPTED_ENCODINGS: &str = "gzip, zstd";

/// The body of a response.
#[derive(Default)]
pub(super) enum ReplyBody {
    /// Nothing more.
    #[default]
    Empty,
    /// Bytes, then trailers.
    Fixed { data: Option<Bytes>, trailers: Option<HeaderMap> },
    /// A health stream, which may go on for ever: it ends when the receiver stops.
    Health { inner: tonic::body::Body, stopped: Pin<Box<WaitForCancellationFutureOwned>> },
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        match &mut *self {
            ReplyBody::Empty => Poll::Ready(None),
            ReplyBody::Fixed { data, trailers } => {
                let frame = data.take().map(Frame::data).or_else(|| trailers.take().map(Frame::trailers));
                Poll::Ready(frame.map(Ok))
            }
            ReplyBody::Health { inner, stopped } => {
                if let Poll::Ready(frame) = Pin::new(inner).poll_frame(cx) {
                    return Poll::Ready(frame);
                }
                if stopped.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                *self = ReplyBody::Empty;
                let mut trailers = HeaderMap::new();
                tonic::Status::unavailable("shutting down").add_header(&mut trailers)?;
                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            ReplyBody::Empty => true,
            ReplyBody::Fixed { data, trailers } => data.is_none() && trailers.is_none(),
            ReplyBody::Health { inner, .. } => inner.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            ReplyBody::Empty => SizeHint::with_exact(0),
            ReplyBody::Fixed { data, trailers: None } => {
                SizeHint::with_exact(data.as_ref().map_or(0, |data| data.len() as u64))
            }
            // With trailers no length is announced.
            ReplyBody::Fixed { .. } | ReplyBody::Health { .. } => SizeHint::default(),
        }
    }
}

/// The response to a gRPC call.
pub(super) fn grpc(answer: &Answer) -> Response<ReplyBody> {
    let refused = match answer {
        Ok(accepted) => {
            let message = said(accepted).to_protobuf();
            let mut framed = Vec::with_capacity(5 + message.len());
            framed.push(0);
            // Bounded by the shortened message.
            framed.extend_from_slice(&u32::try_from(message.len()).unwrap_or(0).to_be_bytes());
            framed.extend_from_slice(&message);
            let trailers =
                HeaderMap::from_iter([(http::HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"))]);
            let body = ReplyBody::Fixed { data: Some(framed.into()), trailers: Some(trailers) };
            return with_type(Response::new(body), "application/grpc");
        }
        Err(refused) => refused,
    };
    let mut response = status(refused).to_grpc().into_http::<ReplyBody>();
    if refused.kind == RefusedKind::Unimplemented {
        let encodings = HeaderValue::from_static("identity,gzip,zstd");
        response.headers_mut().insert("grpc-accept-encoding", encodings);
    }
    response
}

/// The response to an HTTP request, in the encoding of the request.
pub(super) fn http(answer: &Answer, signal: Signal, encoding: Encoding) -> Response<ReplyBody> {
    let refused = match answer {
        Ok(accepted) => return typed(said(accepted).encode(signal, encoding).into(), encoding),
        Err(refused) => refused,
    };
    let mut response = typed(status(refused).encode(encoding).into(), encoding);
    *response.status_mut() = StatusCode::from_u16(refused.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(delay) = refused.retry_delay() {
        // Whole seconds, rounded up: an early return is what overload does not need.
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    match refused.kind {
        RefusedKind::MethodNotAllowed => headers.insert(ALLOW, HeaderValue::from_static("POST")),
        RefusedKind::Unsupported => headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED_ENCODINGS)),
        _ => None,
    };
    response
}

/// The response by transport.
pub(super) fn reply(answer: &Answer, signal: Signal, transport: Transport) -> Response<ReplyBody> {
    match transport {
        Transport::Grpc => grpc(answer),
        Transport::HttpProtobuf | Transport::HttpJson => http(answer, signal, transport.encoding()),
    }
}

/// `200 {}`.
pub(super) fn empty_json() -> Response<ReplyBody> {
    typed(Bytes::from_static(b"{}"), Encoding::Json)
}

fn typed(body: Bytes, encoding: Encoding) -> Response<ReplyBody> {
    with_type(Response::new(ReplyBody::Fixed { data: Some(body), trailers: None }), encoding.content_type())
}

fn with_type(mut response: Response<ReplyBody>, content_type: &'static str) -> Response<ReplyBody> {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn status(refused: &Refused) -> RpcStatus {
    let message = refused.short_message();
    let status = match refused.kind {
        // The whole request is the field.
        RefusedKind::Malformed => RpcStatus::bad_request("", message),
        _ => RpcStatus::new(refused.code(), message),
    };
    match refused.retry_delay() {
        Some(delay) => status.retry_after(delay),
        None => status,
    }
}

/// A partial success as it is sent: nothing where it says nothing, and otherwise always with a message.
fn said(accepted: &Accepted) -> PartialSuccess {
    let Some((rejected, message)) = &accepted.partial else { return PartialSuccess::default() };
    let message = if *rejected > 0 && message.is_empty() { "rejected" } else { shorten(message) };
    PartialSuccess { rejected: *rejected, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
    use prost::Message;
    use serde_json::json;
    use std::time::Duration;
    use tonic_types::StatusExt;

    fn data(response: Response<ReplyBody>) -> Bytes {
        match response.into_body() {
            ReplyBody::Fixed { data: Some(data), .. } => data,
            _ => Bytes::new(),
        }
    }

    /// Scenario: partial successes with items, with a warning only, with nothing at all, over both encodings.
    /// Guarantees: another implementation reads the exact count and message; a partial success that says nothing is unset.
    #[test]
    fn partial_success() {
        let partial = |rejected, message: &str| Ok(Accepted { partial: Some((rejected, message.into())) });
        for (answer, expected) in [
            (partial(3, "bad ids"), Some((3, "bad ids"))),
            (partial(0, "careful"), Some((0, "careful"))),
            (partial(5, ""), Some((5, "rejected"))),
            (partial(0, ""), None),
            (Ok(Accepted::default()), None),
        ] {
            let body = data(http(&answer, Signal::Traces, Encoding::Protobuf));
            let read = ExportTraceServiceResponse::decode(body).unwrap().partial_success;
            let read = read.as_ref().map(|partial| (partial.rejected_spans, partial.error_message.as_str()));
            assert_eq!(read, expected);
            let body = data(grpc(&answer));
            assert_eq!(body[0], 0);
            assert_eq!(body.len() - 5, u32::from_be_bytes([body[1], body[2], body[3], body[4]]) as usize);
        }
        let body = data(http(&partial(3, "\"no\""), Signal::Logs, Encoding::Json));
        assert_eq!(body, r#"{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"\"no\""}}"#);
        assert_eq!(data(http(&partial(0, ""), Signal::Logs, Encoding::Json)), "{}");
    }

    /// Scenario: overload, answered over HTTP in both encodings and over gRPC.
    /// Guarantees: Retry-After is rounded up, RetryInfo carries the exact pause, and both bodies say what is wrong.
    #[test]
    fn overload_says_when() {
        let mut refused = Refused::new(RefusedKind::Overloaded, "busy");
        refused.retry_after = Some(Duration::from_millis(1500));
        let response = http(&Err(refused.clone()), Signal::Traces, Encoding::Protobuf);
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        let status = tonic_types::Status::decode(data(response)).unwrap();
        assert_eq!((status.code, status.message.as_str(), status.details.len()), (14, "busy", 1));
        let body: serde_json::Value =
            serde_json::from_slice(&data(http(&Err(refused.clone()), Signal::Traces, Encoding::Json))).unwrap();
        assert_eq!((&body["code"], &body["details"][0]["retryDelay"]), (&json!(14), &json!("1.5s")));
        let headers = grpc(&Err(refused)).headers().clone();
        let status = tonic::Status::from_header_map(&headers).unwrap();
        assert_eq!(status.code(), tonic::Code::Unavailable);
        assert_eq!(status.get_details_retry_info().unwrap().retry_delay, Some(Duration::from_millis(1500)));
    }

    /// Scenario: a request that is too large, and one that is malformed, over gRPC.
    /// Guarantees: the first carries no RetryInfo (that would make it retryable), the second says what is bad.
    #[test]
    fn lasting_refusals_over_grpc() {
        let headers = grpc(&Err(Refused::new(RefusedKind::TooLarge, "65 MiB"))).headers().clone();
        let status = tonic::Status::from_header_map(&headers).unwrap();
        assert_eq!((status.code(), status.details().len()), (tonic::Code::ResourceExhausted, 0));
        let headers = grpc(&Err(Refused::new(RefusedKind::Malformed, "ends\nearly"))).headers().clone();
        let status = tonic::Status::from_header_map(&headers).unwrap();
        assert_eq!((status.code(), status.message()), (tonic::Code::InvalidArgument, "ends\nearly"));
        assert_eq!(status.get_details_bad_request().unwrap().field_violations.len(), 1);
    }
}
