//! Listening: bind, accept, drain.

use super::Handler;
use super::connection::{Tasks, serve};
use super::exchange::Shared;
use crate::config;
use crate::otlp::admission::Budget;
use crate::otlp::observe::Observer;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

/// A port could not be opened.
#[derive(Debug, Error)]
#[error("cannot listen on {address}: {source}")]
pub struct BindError {
    /// The address as configured.
    pub address: String,
    /// Why.
    pub source: io::Error,
}

/// How a receiver ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Requests that were still in flight when the time to drain was over; they were cut off unanswered.
    pub cut_off: usize,
}

/// Open ports, not yet accepting.
pub struct Receiver<H> {
    listeners: Vec<TcpListener>,
    grpc: Option<SocketAddr>,
    http: Option<SocketAddr>,
    max_connections: usize,
    drain_timeout: Duration,
    shared: Arc<Shared<H>>,
}

impl<H: Handler> Receiver<H> {
    /// Opens the configured ports; every port speaks both OTLP/gRPC and OTLP/HTTP. `health` is what
    /// `grpc.health.v1.Health` answers from: keep a clone, and set its services as they are.
    pub async fn bind(
        options: &config::Receive,
        handler: H,
        observer: Arc<dyn Observer>,
        health: HealthReporter,
    ) -> Result<Self, BindError> {
        let mut listeners = Vec::new();
        let grpc = open(&options.grpc.listen, &mut listeners).await?;
        // One address for both is one port.
        let shared_port = options.http.listen == options.grpc.listen;
        let http = if shared_port { grpc } else { open(&options.http.listen, &mut listeners).await? };
        let shared = Arc::new(Shared {
            handler,
            budget: Budget::new(options.max_in_flight_bytes, Arc::clone(&observer)),
            observer,
            health: HealthServer::new(HealthService::from_health_reporter(health)),
            max_request_bytes: options.max_request_bytes,
            read_timeout: options.read_timeout.get(),
            in_flight: AtomicUsize::new(0),
            stop: CancellationToken::new(),
        });
        let (max_connections, drain_timeout) = (options.max_connections, options.drain_timeout.get());
        Ok(Receiver { listeners, grpc, http, max_connections, drain_timeout, shared })
    }

    /// Where gRPC is served, with the port that was really opened.
    pub const fn grpc_addr(&self) -> Option<SocketAddr> {
        self.grpc
    }

    /// Where HTTP is served, with the port that was really opened.
    pub const fn http_addr(&self) -> Option<SocketAddr> {
        self.http
    }

    /// The budget of bytes in flight, for readiness and metrics.
    pub fn budget(&self) -> Arc<Budget> {
        Arc::clone(&self.shared.budget)
    }

    /// Serves until `shutdown`, then closes the ports, lets what is in flight finish for as long as the configuration
    /// allows, and cuts off the rest. Dropping the future cuts off everything at once.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Drained {
        let Receiver { listeners, max_connections, drain_timeout, shared, .. } = self;
        let tasks = Tasks { tracker: TaskTracker::new(), kill: CancellationToken::new() };
        let _kill_on_drop = tasks.kill.clone().drop_guard();
        let room = Arc::new(Semaphore::new(max_connections.min(Semaphore::MAX_PERMITS)));
        for listener in listeners {
            let (shared, tasks, room) = (Arc::clone(&shared), tasks.clone(), Arc::clone(&room));
            let tracker = tasks.tracker.clone();
            tracker.spawn(accept(listener, shared, tasks, room));
        }
        shutdown.await;
        shared.stop.cancel();
        tasks.tracker.close();
        if tokio::time::timeout(drain_timeout, tasks.tracker.wait()).await.is_ok() {
            return Drained { cut_off: 0 };
        }
        let cut_off = shared.in_flight.load(Ordering::Relaxed);
        tasks.kill.cancel();
        tasks.tracker.wait().await;
        Drained { cut_off }
    }
}

async fn open(address: &str, listeners: &mut Vec<TcpListener>) -> Result<Option<SocketAddr>, BindError> {
    if address.is_empty() {
        return Ok(None);
    }
    let opened = async {
        let listener = TcpListener::bind(address).await?;
        let local = listener.local_addr()?;
        Ok((listener, local))
    };
    let (listener, local) = opened.await.map_err(|source| BindError { address: address.to_owned(), source })?;
    listeners.push(listener);
    Ok(Some(local))
}

async fn accept<H: Handler>(listener: TcpListener, shared: Arc<Shared<H>>, tasks: Tasks, room: Arc<Semaphore>) {
    loop {
        let accepted = tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tasks.kill.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => connect(stream, &shared, &tasks, &room),
            Err(error) => {
                // Most likely out of file descriptors: they come back when connections end.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn connect<H: Handler>(stream: TcpStream, shared: &Arc<Shared<H>>, tasks: &Tasks, room: &Arc<Semaphore>) {
    let Ok(place) = Arc::clone(room).try_acquire_owned() else {
        // Closed at once, so that the client tries another replica instead of waiting for a place here.
        tracing::debug!("too many connections");
        shared.observer.connection_refused();
        return;
    };
    let (shared, tasks_inside) = (Arc::clone(shared), tasks.clone());
    let open = Open::new(&shared.observer);
    tasks.tracker.spawn(async move {
        let kill = tasks_inside.kill.clone();
        kill.run_until_cancelled(serve(stream, shared, tasks_inside)).await;
        drop((open, place));
    });
}

/// Counts a connection while it lasts.
struct Open(Arc<dyn Observer>);

impl Open {
    fn new(observer: &Arc<dyn Observer>) -> Self {
        observer.connection_opened();
        Open(Arc::clone(observer))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.connection_closed();
    }
}
