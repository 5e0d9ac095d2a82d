//! The forwarder against servers that behave as scripted.

mod configured;
mod grpc;
mod http;
mod tls;
mod together;

use super::{Delivery, Forwarder, Outcome};
use crate::config::{Compression, Duration as Span, Forward, Protocol, Retry};
use crate::otlp::Signal;
use crate::otlp::observe::{NoObserver, Observer};
use crate::otlp::receive::tests::{PATIENCE, Server, options, until};
use crate::otlp::receive::{Accepted, Answer, Incoming, Refused, RefusedKind};
use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tonic::Code;

/// Records what happened at destinations.
#[derive(Default)]
struct Records(Mutex<Vec<String>>);

impl Records {
    fn push(&self, line: String) {
        self.0.lock().push(line);
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().clone()
    }
}

impl Observer for Records {
    fn forward_sent(&self, destination: &str, signal: Signal, items: u64) {
        self.push(format!("{destination} {} sent {items}", signal.name()));
    }
    fn forward_dropped(&self, destination: &str, signal: Signal, reason: &'static str, items: u64) {
        self.push(format!("{destination} {} dropped {items} {reason}", signal.name()));
    }
    fn forward_returned(&self, destination: &str, signal: Signal, reason: &'static str, items: u64) {
        self.push(format!("{destination} {} returned {items} {reason}", signal.name()));
    }
    fn forward_retried(&self, destination: &str, signal: Signal, reason: &'static str) {
        self.push(format!("{destination} {} retried {reason}", signal.name()));
    }
}

/// A destination with short times.
fn destination(name: &str, address: SocketAddr, protocol: Protocol) -> Forward {
    Forward {
        name: Some(name.into()),
        endpoint: format!("http://{address}"),
        protocol,
        compression: Compression::None,
        headers: BTreeMap::new(),
        concurrency: 8,
        timeout: Span::from_secs(5),
        retry: Retry { initial: Span::from_millis(5), max: Span::from_millis(200), max_elapsed: Span::from_secs(5) },
        ca_file: None,
    }
}

fn forwarder(destinations: &[Forward]) -> (Forwarder, Arc<Records>) {
    let records = Arc::new(Records::default());
    let observer: Arc<dyn Observer> = Arc::clone(&records) as _;
    (Forwarder::new(destinations, 64 << 20, observer).unwrap(), records)
}

async fn send(forwarder: &Forwarder, body: &'static [u8]) -> Outcome {
    let sending = forwarder.send(Signal::Traces, Bytes::from_static(body), 10);
    tokio::time::timeout(PATIENCE, sending).await.expect("an outcome in time")
}

/// What the only destination did.
async fn send_one(forwarder: &Forwarder, body: &'static [u8]) -> Delivery {
    let outcome = send(forwarder, body).await;
    let [(_, delivery)] = &outcome.deliveries[..] else { panic!("{outcome:?}") };
    delivery.clone()
}

/// A receiver that gives these answers in turn, and the last one from then on; with the number of requests that came.
async fn answering(answers: Vec<Answer>) -> (Server, Arc<AtomicUsize>) {
    let came = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&came);
    let handler = move |_request: Incoming| {
        let turn = counting.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
        let answer = answers[turn].clone();
        async move { answer }
    };
    (Server::start(options(), handler).await, came)
}

fn refused(kind: RefusedKind, retry_after: Option<Duration>) -> Answer {
    Err(Refused { retry_after, ..Refused::new(kind, "as scripted") })
}

fn accepted() -> Answer {
    Ok(Accepted::default())
}
