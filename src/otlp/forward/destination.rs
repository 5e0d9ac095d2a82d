//! One destination: its client, its turn-taking, its retries, its health.

use super::ForwardError;
use super::grpc::GrpcClient;
use super::http::HttpClient;
use super::outcome::Delivery;
use super::retry::{Attempt, Backoff};
use super::tls;
use crate::config::{self, Compression, Protocol};
use crate::otlp::Signal;
use crate::otlp::compress::Codec;
use crate::otlp::observe::Observer;
use crate::otlp::receive::cut;
use crate::otlp::status;
use crate::otlp::throttle::Throttle;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Headers that the transport sets itself.
const RESERVED: [&str; 9] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// How a destination has been doing.
#[derive(Debug, Clone)]
pub struct DestinationHealth {
    /// Its name.
    pub name: Arc<str>,
    /// When it last took a request, or refused one for good: it was there.
    pub last_success: Option<Instant>,
    /// When an attempt last failed for a passing reason.
    pub last_failure: Option<Instant>,
    /// Failed attempts since the last success.
    pub consecutive_failures: u32,
}

enum Client {
    Grpc(GrpcClient),
    Http(HttpClient),
}

pub(super) struct Destination {
    name: Arc<str>,
    client: Client,
    codec: Option<Codec>,
    turns: Semaphore,
    timeout: Duration,
    retry: config::Retry,
    health: Mutex<DestinationHealth>,
    fault_lines: Throttle,
    drop_lines: Throttle,
    observer: Arc<dyn Observer>,
}

impl Destination {
    pub fn new(options: &config::Forward, observer: Arc<dyn Observer>) -> Result<Self, ForwardError> {
        let endpoint = || ForwardError::Endpoint(options.endpoint.clone());
        let uri: Uri = options.endpoint.parse().map_err(|_| endpoint())?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(endpoint)?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(endpoint());
        }
        let named = options.name.clone().filter(|name| !name.is_empty());
        // Not the whole authority: it may hold a user and a password.
        let name = named.unwrap_or_else(|| match uri.port_u16() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        });
        if options.concurrency == 0 {
            return Err(ForwardError::Concurrency(name));
        }
        let headers = headers(&name, options)?;
        let ca = options.ca_file.as_ref().map(|path| {
            std::fs::read(path).map_err(|source| ForwardError::CaFile {
                destination: name.clone(),
                path: path.clone(),
                source,
            })
        });
        let ca = ca.transpose()?;
        let roots =
            tls::roots(ca.as_deref()).map_err(|message| ForwardError::Client { destination: name.clone(), message })?;
        let client = match options.protocol {
            Protocol::Grpc => Client::Grpc(GrpcClient::new(&name, options, headers, roots)?),
            Protocol::Http => Client::Http(HttpClient::new(&name, options, headers, roots)?),
        };
        let name: Arc<str> = name.into();
        let health = DestinationHealth {
            name: Arc::clone(&name),
            last_success: None,
            last_failure: None,
            consecutive_failures: 0,
        };
        Ok(Destination {
            name,
            client,
            codec: match options.compression {
                Compression::None => None,
                Compression::Gzip => Some(Codec::Gzip),
                Compression::Zstd => Some(Codec::Zstd),
            },
            turns: Semaphore::new(options.concurrency.min(Semaphore::MAX_PERMITS)),
            timeout: options.timeout.get(),
            retry: options.retry.clone(),
            health: Mutex::new(health),
            fault_lines: Throttle::default(),
            drop_lines: Throttle::default(),
            observer,
        })
    }

    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub const fn codec(&self) -> Option<Codec> {
        self.codec
    }

    pub fn health(&self) -> DestinationHealth {
        self.health.lock().clone()
    }

    /// Sends a body, compressed with this destination's codec already, until it is taken, refused or time is up.
    pub async fn deliver(&self, signal: Signal, body: Bytes, items: u64) -> Delivery {
        let started = Instant::now();
        let mut backoff = Backoff::new(&self.retry, started);
        let delivery = loop {
            match self.attempt(signal, body.clone(), backoff.until()).await {
                Attempt::Delivered => break Delivery::Delivered,
                Attempt::Partial { rejected, message } => break Delivery::Partial { rejected, message },
                Attempt::Rejected { code, message } => break Delivery::Rejected { code, message },
                Attempt::Fault { reason, message, pause: asked } => {
                    self.failed(reason, &message);
                    let Some(pause) = backoff.pause(asked, rand::random(), Instant::now()) else {
                        // Not longer than we would wait ourselves: a sender that waits too long drops what it holds.
                        let retry_after = asked.map(|asked| asked.min(self.retry.max.get()));
                        break Delivery::GaveUp { reason, retry_after };
                    };
                    self.observer.forward_retried(&self.name, signal, reason);
                    // Others may have their turn meanwhile.
                    tokio::time::sleep(pause).await;
                }
            }
        };
        if !matches!(delivery, Delivery::GaveUp { .. }) {
            self.answered();
        }
        self.account(signal, items, &delivery);
        self.observer.forward_finished(&self.name, signal, started.elapsed());
        delivery
    }

    /// Counts a request that is not even tried.
    pub fn refuse(&self, signal: Signal, items: u64, delivery: &Delivery) {
        self.account(signal, items, delivery);
    }

    async fn attempt(&self, signal: Signal, body: Bytes, until: Option<Instant>) -> Attempt {
        let turn = self.turns.acquire();
        let turn = match until {
            Some(until) => tokio::time::timeout_at(until.into(), turn).await.ok(),
            None => Some(turn.await),
        };
        // The semaphore is never closed: what fails is the wait.
        let Some(Ok(_turn)) = turn else {
            let message = "too many requests wait for this destination".into();
            return Attempt::Fault { reason: "busy", message, pause: None };
        };
        let attempt = async {
            match &self.client {
                Client::Grpc(client) => client.attempt(signal, body, self.codec).await,
                Client::Http(client) => client.attempt(signal, body, self.codec).await,
            }
        };
        tokio::time::timeout(self.timeout, attempt).await.unwrap_or_else(|_| Attempt::Fault {
            reason: "timeout",
            message: "no answer in time".into(),
            pause: None,
        })
    }

    fn failed(&self, reason: &'static str, message: &str) {
        let now = Instant::now();
        let failures = {
            let mut health = self.health.lock();
            health.last_failure = Some(now);
            health.consecutive_failures = health.consecutive_failures.saturating_add(1);
            health.consecutive_failures
        };
        if let Some(silent) = self.fault_lines.pass(now) {
            let destination = &*self.name;
            let message = brief(message);
            tracing::warn!(destination, reason, message, failures, silent, "cannot deliver, trying again");
        }
    }

    fn account(&self, signal: Signal, items: u64, delivery: &Delivery) {
        let (reason, lost, message) = match delivery {
            Delivery::Delivered => return self.observer.forward_sent(&self.name, signal, items),
            Delivery::Partial { rejected, message } => {
                let rejected = (*rejected).min(items);
                self.observer.forward_sent(&self.name, signal, items - rejected);
                if rejected > 0 {
                    self.observer.forward_dropped(&self.name, signal, "partial_success", rejected);
                }
                ("partial_success", rejected, message.as_str())
            }
            Delivery::Rejected { code, message } => {
                self.observer.forward_dropped(&self.name, signal, status::name(*code), items);
                (status::name(*code), items, message.as_str())
            }
            Delivery::GaveUp { reason, .. } => {
                return self.observer.forward_returned(&self.name, signal, reason, items);
            }
        };
        if let Some(silent) = self.drop_lines.pass(Instant::now()) {
            let (destination, signal, message) = (&*self.name, signal.name(), brief(message));
            tracing::warn!(destination, signal, reason, lost, message, silent, "destination did not take everything");
        }
    }

    fn answered(&self) {
        let mut health = self.health.lock();
        health.last_success = Some(Instant::now());
        health.consecutive_failures = 0;
    }
}

/// A destination's words as they go into a log line.
fn brief(message: &str) -> &str {
    cut(message, 256)
}

fn headers(name: &str, options: &config::Forward) -> Result<HeaderMap, ForwardError> {
    let mut headers = HeaderMap::new();
    for (header, value) in &options.headers {
        let bad = || ForwardError::Header { destination: name.to_owned(), header: header.clone() };
        let key = HeaderName::try_from(header).map_err(|_| bad())?;
        if RESERVED.contains(&key.as_str()) || key.as_str().starts_with("grpc-") {
            return Err(bad());
        }
        let mut value = HeaderValue::try_from(&value.0).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}
