//! One attempt over gRPC.

use super::ForwardError;
use super::MAX_RESPONSE;
use super::retry::{Attempt, by_code};
use crate::config;
use crate::otlp::Signal;
use crate::otlp::compress::Codec;
use crate::otlp::status::{PartialSuccess, RpcStatus, without_grpc_status};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, TE};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::client::GrpcService;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Status};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// A connection to a gRPC server, made when it is needed and made again when it is lost.
pub(super) struct GrpcClient {
    channel: Channel,
    headers: HeaderMap,
    timeout: Duration,
}

impl GrpcClient {
    /// Sets the client up without connecting; needs a runtime.
    pub fn new(
        name: &str,
        options: &config::Forward,
        headers: HeaderMap,
        roots: rustls::RootCertStore,
    ) -> Result<Self, ForwardError> {
        let client = |error: &dyn Error| ForwardError::Client {
            destination: name.to_owned(),
            message: error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}")),
        };
        let uri: Uri = options.endpoint.parse().map_err(|_| ForwardError::Endpoint(options.endpoint.clone()))?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(ForwardError::Path(options.endpoint.clone()));
        }
        let https = uri.scheme_str() == Some("https");
        let timeout = options.timeout.get();
        let mut endpoint = Endpoint::from(uri)
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .tcp_nodelay(true)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_while_idle(false)
            .user_agent(super::USER_AGENT)
            .map_err(|error| client(&error))?;
        if https {
            let tls = ClientTlsConfig::new().trust_anchors(roots.roots).timeout(CONNECT_TIMEOUT.min(timeout));
            endpoint = endpoint.tls_config(tls).map_err(|error| client(&error))?;
        }
        Ok(GrpcClient { channel: endpoint.connect_lazy(), headers, timeout })
    }

    /// Sends `message`, which is compressed with `codec` already.
    pub async fn attempt(&self, signal: Signal, message: Bytes, codec: Option<Codec>) -> Attempt {
        let Some(body) = Framed::new(message, codec.is_some()) else {
            let message = "larger than a gRPC message can be".into();
            return Attempt::Rejected { code: Code::ResourceExhausted, message };
        };
        let mut request = Request::new(tonic::body::Body::new(body));
        *request.method_mut() = http::Method::POST;
        *request.version_mut() = http::Version::HTTP_2;
        *request.uri_mut() = Uri::from_static(signal.grpc_path());
        *request.headers_mut() = self.headers.clone();
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
        if let Some(codec) = codec {
            headers.insert("grpc-encoding", HeaderValue::from_static(codec.name()));
        }
        // The server may stop working when we stop waiting. At most eight digits are allowed.
        let millis = self.timeout.as_millis().min(99_999_999);
        if let Ok(value) = HeaderValue::try_from(format!("{millis}m")) {
            headers.insert("grpc-timeout", value);
        }
        self.call(request).await.unwrap_or_else(|error| lost(&*error))
    }

    /// An error is a fault of the connection.
    async fn call(&self, request: Request<tonic::body::Body>) -> Result<Attempt, Box<dyn Error + Send + Sync>> {
        let mut channel = self.channel.clone();
        poll_fn(|cx| GrpcService::poll_ready(&mut channel, cx)).await?;
        let response = GrpcService::call(&mut channel, request).await?;
        let (head, mut body) = response.into_parts();
        // "Trailers only": the status stands in the headers.
        if let Some(status) = Status::from_header_map(&head.headers) {
            return Ok(ended(&status, &[]));
        }
        if head.status != StatusCode::OK {
            let message = format!("HTTP status {}", head.status.as_u16());
            return Ok(by_code(without_grpc_status(head.status.as_u16()), message, None));
        }
        let mut data = BytesMut::new();
        let mut trailers = None;
        while let Some(frame) = body.frame().await {
            let frame = frame?;
            match frame.into_data() {
                Ok(chunk) if data.len() + chunk.len() > MAX_RESPONSE => {
                    let message = "the response is too large".into();
                    return Ok(Attempt::Rejected { code: Code::Internal, message });
                }
                Ok(chunk) => data.extend_from_slice(&chunk),
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
        }
        Ok(match trailers.as_ref().and_then(Status::from_header_map) {
            Some(status) => ended(&status, &data),
            None => Attempt::Rejected { code: Code::Unknown, message: "the response has no grpc-status".into() },
        })
    }
}

/// A fault of the connection: no answer came, so it may be tried again.
fn lost(error: &(dyn Error + 'static)) -> Attempt {
    let mut message = error.to_string();
    // The channel reads our grpc-timeout as well and may be the first to give up.
    let mut reason = "connection";
    let mut source = Some(error);
    while let Some(cause) = source {
        if cause.is::<tonic::TimeoutExpired>() {
            reason = "timeout";
        }
        source = cause.source();
        if let Some(cause) = source {
            message = format!("{message}: {cause}");
        }
    }
    Attempt::Fault { reason, message, pause: None }
}

fn ended(status: &Status, data: &[u8]) -> Attempt {
    if status.code() == Code::Ok {
        // A compressed response was not asked for; what it says beside OK stays unread.
        return match data {
            [0, _, _, _, _, message @ ..] => PartialSuccess::decode(message).into(),
            _ => Attempt::Delivered,
        };
    }
    let details = RpcStatus::decode(status.details()).ok();
    let pause = details.and_then(|details| details.retry_delay);
    by_code(status.code(), status.message().to_owned(), pause)
}

/// A message and the five bytes before it, without copying the message.
struct Framed {
    prefix: Option<Bytes>,
    message: Option<Bytes>,
}

impl Framed {
    fn new(message: Bytes, compressed: bool) -> Option<Self> {
        let length = u32::try_from(message.len()).ok()?.to_be_bytes();
        let prefix = [[u8::from(compressed)].as_slice(), &length].concat();
        Some(Framed { prefix: Some(prefix.into()), message: Some(message).filter(|message| !message.is_empty()) })
    }
}

impl Body for Framed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let part = self.prefix.take().or_else(|| self.message.take());
        Poll::Ready(part.map(|part| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.prefix.is_none() && self.message.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact([&self.prefix, &self.message].into_iter().flatten().map(|part| part.len() as u64).sum())
    }
}
