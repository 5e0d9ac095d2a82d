//! One request from its headers to its answer: admission, body, handler, and the counting around them.

use super::body::{Reading, drain};
use super::reply::{ReplyBody, reply};
use super::{Answer, Handler, Incoming, Refused, RefusedKind, Transport};
use crate::otlp::Signal;
use crate::otlp::admission::Budget;
use crate::otlp::compress::Codec;
use crate::otlp::observe::{Finished, Observer};
use futures_util::FutureExt;
use http::{Request, Response};
use hyper::body::Incoming as Body;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::HealthService;

/// What all connections share.
pub(super) struct Shared<H> {
    pub handler: H,
    pub observer: Arc<dyn Observer>,
    pub budget: Arc<Budget>,
    pub health: HealthServer<HealthService>,
    pub max_request_bytes: usize,
    pub read_timeout: Duration,
    /// OTLP requests between their headers and their answer.
    pub in_flight: AtomicUsize,
    /// Cancelled when the receiver begins to stop.
    pub stop: CancellationToken,
}

/// A request whose route and headers have been understood.
pub(super) struct Accepting {
    pub signal: Signal,
    pub transport: Transport,
    pub codec: Option<Codec>,
    pub deadline: Option<Instant>,
}

/// How long, at most, a refused request is read on and thrown away.
const DRAIN: Duration = Duration::from_secs(10);

/// Reads the body, calls the handler and makes the response.
pub(super) async fn exchange<H: Handler>(
    shared: &Arc<Shared<H>>,
    accepting: Result<Accepting, Refused>,
    signal: Signal,
    transport: Transport,
    request: Request<Body>,
) -> Response<ReplyBody> {
    let mut account = Account::open(shared.as_ref(), signal, transport);
    let expects = request.headers().contains_key(http::header::EXPECT);
    let mut body = request.into_body();
    let incoming = match accepting {
        Ok(accepting) => receive(shared, accepting, &mut body, &mut account.bytes).await,
        Err(refused) => Err(refused),
    };
    let answer = match incoming {
        Ok(incoming) => handle(shared, incoming).await,
        Err(refused) => {
            tracing::debug!(signal = signal.name(), transport = transport.name(), reason = refused.reason(), "refused");
            shared.observer.refused(transport, signal, refused.reason());
            // A client that waits for "100 continue" has sent nothing.
            if !expects && refused.kind != RefusedKind::Disconnected {
                tokio::spawn(drain(body, shared.max_request_bytes, DRAIN.min(shared.read_timeout)));
            }
            Err(refused)
        }
    };
    account.close(&answer);
    reply(&answer, signal, transport)
}

async fn receive<H>(
    shared: &Arc<Shared<H>>,
    accepting: Accepting,
    body: &mut Body,
    wire: &mut u64,
) -> Result<Incoming, Refused> {
    let Accepting { signal, transport, codec, deadline } = accepting;
    let permit = shared.budget.enter()?;
    let mut reading = Reading { limit: shared.max_request_bytes, permit: &permit, wire };
    let read = async {
        match transport {
            Transport::Grpc => reading.grpc(body, codec).await,
            Transport::HttpProtobuf | Transport::HttpJson => reading.http(body, codec).await,
        }
    };
    let by = Instant::now() + shared.read_timeout;
    let by = deadline.map_or(by, |deadline| deadline.min(by));
    let body = match tokio::time::timeout_at(by.into(), read).await {
        Ok(read) => read?,
        Err(_) => return Err(Refused::new(RefusedKind::TimedOut, "the body took too long to arrive")),
    };
    Ok(Incoming { signal, transport, encoding: transport.encoding(), body, deadline, permit })
}

async fn handle<H: Handler>(shared: &Arc<Shared<H>>, incoming: Incoming) -> Answer {
    let (signal, deadline) = (incoming.signal, incoming.deadline);
    // The handler may drop its own early; until the answer the request is in flight.
    let _permit = incoming.permit.clone();
    // The handler's state is its own; after a panic nothing of this request is used again.
    let answer = AssertUnwindSafe(async { shared.handler.handle(incoming).await }).catch_unwind();
    let answer = match deadline {
        Some(deadline) => match tokio::time::timeout_at(deadline.into(), answer).await {
            Ok(answer) => answer,
            Err(_) => return Err(Refused::new(RefusedKind::TimedOut, "the deadline has passed")),
        },
        None => answer.await,
    };
    answer.unwrap_or_else(|_| {
        tracing::error!(signal = signal.name(), "a request's handler panicked");
        shared.observer.handler_panicked(signal);
        Err(Refused::new(RefusedKind::Internal, "internal error"))
    })
}

/// Counts a request in while it lasts, and reports it when it ends, also when its client goes away.
struct Account<'a, H> {
    shared: &'a Shared<H>,
    signal: Signal,
    transport: Transport,
    started: Instant,
    bytes: u64,
    outcome: &'static str,
}

impl<'a, H> Account<'a, H> {
    fn open(shared: &'a Shared<H>, signal: Signal, transport: Transport) -> Self {
        shared.in_flight.fetch_add(1, Ordering::Relaxed);
        Account { shared, signal, transport, started: Instant::now(), bytes: 0, outcome: "cancelled" }
    }

    fn close(&mut self, answer: &Answer) {
        self.outcome = match answer {
            Ok(accepted) if accepted.partial.is_some() => "partial",
            Ok(_) => "ok",
            Err(refused) => refused.reason(),
        };
    }
}

impl<H> Drop for Account<'_, H> {
    fn drop(&mut self) {
        self.shared.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.shared.observer.request_finished(&Finished {
            transport: self.transport,
            signal: self.signal,
            outcome: self.outcome,
            bytes: self.bytes,
            duration: self.started.elapsed(),
        });
    }
}
