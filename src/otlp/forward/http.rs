//! One attempt over HTTP.

use super::ForwardError;
use super::MAX_RESPONSE;
use super::retry::{Attempt, by_http_status, retry_after};
use super::tls;
use crate::config;
use crate::otlp::compress::Codec;
use crate::otlp::status::{PartialSuccess, RpcStatus};
use crate::otlp::{Encoding, Signal};
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use std::time::{Duration, SystemTime};
use tonic::Code;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A pool of connections to an HTTP server.
pub(super) struct HttpClient {
    client: reqwest::Client,
    /// Traces, logs, metrics.
    urls: [reqwest::Url; 3],
}

impl HttpClient {
    /// Sets the client up without connecting.
    pub fn new(
        name: &str,
        options: &config::Forward,
        headers: HeaderMap,
        roots: rustls::RootCertStore,
    ) -> Result<Self, ForwardError> {
        let client = |message: String| ForwardError::Client { destination: name.to_owned(), message };
        let base = options.endpoint.trim_end_matches('/');
        let url = |signal: Signal| {
            let url = format!("{base}/v1/{}", signal.name());
            reqwest::Url::parse(&url).map_err(|_| ForwardError::Endpoint(options.endpoint.clone()))
        };
        let urls = [url(Signal::Traces)?, url(Signal::Logs)?, url(Signal::Metrics)?];
        let timeout = options.timeout.get();
        let built = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client(roots).map_err(client)?)
            // Telemetry goes where the configuration says and nowhere else.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .timeout(timeout)
            .tcp_nodelay(true)
            .pool_max_idle_per_host(options.concurrency)
            .user_agent(super::USER_AGENT)
            .default_headers(headers)
            .build();
        let built = built.map_err(|error| client(explain(&error)))?;
        Ok(HttpClient { client: built, urls })
    }

    /// Posts `body`, which is compressed with `codec` already.
    pub async fn attempt(&self, signal: Signal, body: Bytes, codec: Option<Codec>) -> Attempt {
        let [traces, logs, metrics] = &self.urls;
        let url = match signal {
            Signal::Traces => traces,
            Signal::Logs => logs,
            Signal::Metrics => metrics,
        };
        let mut request =
            self.client.post(url.clone()).header(CONTENT_TYPE, Encoding::Protobuf.content_type()).body(body);
        if let Some(codec) = codec {
            request = request.header(CONTENT_ENCODING, codec.name());
        }
        match self.exchange(signal, request).await {
            Ok(attempt) => attempt,
            Err(error) if error.is_builder() => Attempt::Rejected { code: Code::Internal, message: explain(&error) },
            Err(error) => {
                let reason = if error.is_timeout() { "timeout" } else { "connection" };
                Attempt::Fault { reason, message: explain(&error), pause: None }
            }
        }
    }

    async fn exchange(&self, signal: Signal, request: reqwest::RequestBuilder) -> reqwest::Result<Attempt> {
        let mut response = request.send().await?;
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let pause = header(RETRY_AFTER).and_then(|value| retry_after(value, SystemTime::now()));
        // Not asked for, but some servers' errors come so whatever the request was written in.
        let json = header(CONTENT_TYPE).is_some_and(|value| value.starts_with(Encoding::Json.content_type()));
        let encoding = if json { Encoding::Json } else { Encoding::Protobuf };
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_RESPONSE {
                let message = "the response is too large".into();
                return Ok(Attempt::Rejected { code: Code::Internal, message });
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() {
            // A response that cannot be read is no reason to doubt its status.
            let partial = match encoding {
                Encoding::Protobuf => PartialSuccess::decode(&body),
                Encoding::Json => PartialSuccess::decode_json(signal, &body).unwrap_or_default(),
            };
            return Ok(partial.into());
        }
        let message = match RpcStatus::message_of(encoding, &body) {
            Some(said) => format!("HTTP status {}: {said}", status.as_u16()),
            None => format!("HTTP status {}", status.as_u16()),
        };
        Ok(by_http_status(status.as_u16(), message, pause))
    }
}

/// An error with its causes, without the URL, which may hold a secret.
fn explain(error: &reqwest::Error) -> String {
    let mut message = if error.is_timeout() { "timed out".to_owned() } else { "request failed".to_owned() };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    message
}
