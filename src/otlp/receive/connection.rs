//! One connection: which HTTP it speaks, under which limits, and how it ends when the receiver stops.

use super::exchange::Shared;
use super::reply::ReplyBody;
use super::{Handler, grpc, http};
use hyper::body::Incoming as Body;
use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use std::convert::Infallible;
use std::io::{self, Cursor};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How an HTTP/2 connection begins.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// Large batches want large windows and frames: the defaults of 64 and 16 KiB cost up to a fifth of the throughput.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;
const MAX_FRAME: u32 = 1 << 20;
const MAX_STREAMS: u32 = 256;
const MAX_HEADER_BYTES: u32 = 16 << 10;
// Peers that open streams only to reset them.
const MAX_PENDING_RESETS: usize = 64;
const MAX_LOCAL_RESETS: usize = 1024;
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(30);
const KEEP_ALIVE_WAIT: Duration = Duration::from_secs(20);
/// Read buffer and header limit of HTTP/1.
const HTTP1_BUFFER: usize = 256 << 10;

/// Runs tasks so that they can be waited for and cut off together.
#[derive(Clone)]
pub(super) struct Tasks {
    pub tracker: TaskTracker,
    pub kill: CancellationToken,
}

impl<F> Executor<F> for Tasks
where
    F: Future + Send + 'static,
{
    fn execute(&self, task: F) {
        // The tasks of a connection's streams end when the connection does; only the connection is cut off.
        self.tracker.spawn(async move { drop(task.await) });
    }
}

/// Serves one connection until it ends or the receiver stops.
pub(super) async fn serve<H: Handler>(stream: TcpStream, shared: Arc<Shared<H>>, tasks: Tasks) {
    // Answers are small: waiting to fill a packet only delays them. Not fatal where it cannot be set.
    let _ = stream.set_nodelay(true);
    let (mut read, write) = stream.into_split();
    let stop = shared.stop.clone();
    let sniffed = tokio::time::timeout(shared.read_timeout, sniff(&mut read));
    let (start, is_http2) = match stop.run_until_cancelled(sniffed).await {
        Some(Ok(Ok(sniffed))) => sniffed,
        // Stopping, too slow, or gone, before the first request.
        _ => return,
    };
    let io = TokioIo::new(tokio::io::join(Cursor::new(start).chain(read), write));
    let read_timeout = shared.read_timeout;
    let service = service_fn(move |request: ::http::Request<Body>| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(route(&shared, request).await) }
    });
    if is_http2 {
        let mut builder = http2::Builder::new(tasks);
        builder
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(MAX_FRAME)
            .max_concurrent_streams(MAX_STREAMS)
            .max_header_list_size(MAX_HEADER_BYTES)
            .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
            .max_local_error_reset_streams(MAX_LOCAL_RESETS)
            .keep_alive_interval(KEEP_ALIVE_EVERY)
            .keep_alive_timeout(KEEP_ALIVE_WAIT);
        drive(builder.serve_connection(io, service), stop).await;
    } else {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(read_timeout).max_buf_size(HTTP1_BUFFER);
        drive(builder.serve_connection(io, service), stop).await;
    }
}

/// Reads until it is clear whether the peer speaks HTTP/2; gives back what was read.
async fn sniff(read: &mut (impl AsyncRead + Unpin)) -> io::Result<(Vec<u8>, bool)> {
    let mut start = Vec::with_capacity(PREFACE.len());
    while PREFACE.starts_with(&start) {
        if start.len() == PREFACE.len() {
            return Ok((start, true));
        }
        let room = (PREFACE.len() - start.len()) as u64;
        if read.take(room).read_buf(&mut start).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok((start, false))
}

async fn drive<C>(connection: C, stop: CancellationToken)
where
    C: GracefulConnection,
    C::Error: std::fmt::Display,
{
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}

async fn route<H: Handler>(shared: &Arc<Shared<H>>, request: ::http::Request<Body>) -> ::http::Response<ReplyBody> {
    // gRPC needs HTTP/2; over HTTP/1 its content type is just one that is not served.
    if request.version() == ::http::Version::HTTP_2 && grpc::is_grpc(request.headers()) {
        grpc::call(shared, request).await
    } else {
        http::call(shared, request).await
    }
}
