//! The listener of the admin port, with bounds on what a client may cost.

use super::respond::{State, respond};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bounds of the port.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// Time for a request's headers, which is also how long an idle connection is kept.
    pub headers: Duration,
    /// Age of a connection after which it is closed, whatever it does: nobody keeps a place by reading slowly.
    pub age: Duration,
    /// Time for answers on their way when the port closes.
    pub shutdown: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            connections: 64,
            // Above the usual scrape interval, so that scrapers keep their connection.
            headers: Duration::from_secs(75),
            age: Duration::from_secs(900),
            shutdown: Duration::from_secs(2),
        }
    }
}

/// Bytes of a request's head; also bounds the headers' number.
const MAX_HEAD: usize = 16 << 10;

/// The admin port, listening.
pub struct Admin {
    listener: TcpListener,
    address: SocketAddr,
    state: State,
    bounds: Bounds,
}

impl Admin {
    /// Listens on `listen` (`host:port`).
    ///
    /// # Errors
    /// When the address cannot be resolved or is taken.
    pub async fn bind(listen: &str, state: State) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        Ok(Admin { listener, address, state, bounds: Bounds::default() })
    }

    #[cfg(test)]
    pub(super) fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Where it listens; with port 0 asked for, the port that was given.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `shutdown` is done, then lets answers on their way finish for a moment.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(self.bounds.connections));
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                () = &mut shutdown => break,
                accepted = accept(&self.listener, &places) => accepted,
            };
            match accepted {
                Ok((stream, peer, place)) => self.serve(stream, peer, place, &graceful),
                Err(error) => {
                    // Mostly out of file descriptors: trying at once again would only spin.
                    tracing::warn!(%error, "the admin port cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(self.listener);
        if tokio::time::timeout(self.bounds.shutdown, graceful.shutdown()).await.is_err() {
            tracing::debug!("the admin port closed with connections open");
        }
    }

    fn serve(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit, graceful: &GracefulShutdown) {
        // Answers are written in one go; a failure only costs latency.
        let _ = stream.set_nodelay(true);
        let state = self.state.clone();
        let service = service_fn(move |request| {
            let state = state.clone();
            async move { Ok::<_, Infallible>(respond(&state, peer.ip(), &request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.bounds.headers)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let age = self.bounds.age;
        tokio::spawn(async move {
            let _place = place;
            if let Ok(Err(error)) = tokio::time::timeout(age, connection).await {
                tracing::debug!(%error, %peer, "a connection to the admin port ended early");
            }
        });
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}
