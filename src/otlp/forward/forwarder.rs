//! All destinations together.

use super::ForwardError;
use super::destination::{Destination, DestinationHealth};
use super::outcome::{Delivery, Outcome};
use crate::config;
use crate::otlp::Signal;
use crate::otlp::compress::{Codec, compress};
use crate::otlp::observe::Observer;
use bytes::Bytes;
use futures_util::future::join_all;
use std::collections::HashSet;
use std::sync::Arc;
use tonic::Code;

/// Sends requests to every configured destination.
pub struct Forwarder {
    destinations: Vec<Destination>,
    max_request_bytes: usize,
}

impl Forwarder {
    /// Sets up all destinations; connections are made when they are needed. Must be called within a tokio runtime.
    /// A request larger than `max_request_bytes` (uncompressed) is not sent but counted as dropped: no server has to take it.
    pub fn new(
        destinations: &[config::Forward],
        max_request_bytes: usize,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, ForwardError> {
        let destinations = destinations.iter().map(|options| Destination::new(options, Arc::clone(&observer)));
        let destinations = destinations.collect::<Result<Vec<_>, _>>()?;
        let mut names = HashSet::new();
        if let Some(twice) = destinations.iter().find(|destination| !names.insert(Arc::clone(destination.name()))) {
            return Err(ForwardError::Name(twice.name().to_string()));
        }
        Ok(Forwarder { destinations, max_request_bytes })
    }

    /// Whether there is nowhere to send to.
    pub const fn is_empty(&self) -> bool {
        self.destinations.is_empty()
    }

    /// How each destination has been doing, in the order of the configuration.
    pub fn health(&self) -> Vec<DestinationHealth> {
        self.destinations.iter().map(Destination::health).collect()
    }

    /// Sends one request (`body` is protobuf, `items` its spans, log records or data points) to all destinations at once
    /// and waits for all of them. Dropping the future ends all attempts. With no destination it is delivered at once.
    pub async fn send(&self, signal: Signal, body: Bytes, items: u64) -> Outcome {
        let delivered = if body.len() > self.max_request_bytes {
            let message = format!("request grew beyond the limit of {} bytes", self.max_request_bytes);
            let delivery = Delivery::Rejected { code: Code::ResourceExhausted, message };
            for destination in &self.destinations {
                destination.refuse(signal, items, &delivery);
            }
            vec![delivery; self.destinations.len()]
        } else {
            let bodies = self.bodies(body).await;
            join_all(self.destinations.iter().map(|destination| async {
                match bodies.of(destination.codec()) {
                    Some(body) => destination.deliver(signal, body, items).await,
                    None => {
                        let delivery = Delivery::Rejected { code: Code::Internal, message: "cannot compress".into() };
                        destination.refuse(signal, items, &delivery);
                        delivery
                    }
                }
            }))
            .await
        };
        let names = self.destinations.iter().map(|destination| Arc::clone(destination.name()));
        Outcome { items, deliveries: names.zip(delivered).collect() }
    }

    /// The body once for each codec in use, however many destinations share it.
    async fn bodies(&self, plain: Bytes) -> Bodies {
        let (mut gzip, mut zstd) = (None, None);
        for (codec, packed) in [(Codec::Gzip, &mut gzip), (Codec::Zstd, &mut zstd)] {
            if self.destinations.iter().any(|destination| destination.codec() == Some(codec)) {
                *packed = match compress(codec, &plain).await {
                    Ok(packed) => Some(packed),
                    Err(error) => {
                        tracing::error!(codec = codec.name(), %error, "cannot compress");
                        None
                    }
                };
            }
        }
        Bodies { plain, gzip, zstd }
    }
}

struct Bodies {
    plain: Bytes,
    gzip: Option<Bytes>,
    zstd: Option<Bytes>,
}

impl Bodies {
    fn of(&self, codec: Option<Codec>) -> Option<Bytes> {
        match codec {
            None => Some(self.plain.clone()),
            Some(Codec::Gzip) => self.gzip.clone(),
            Some(Codec::Zstd) => self.zstd.clone(),
        }
    }
}
