//! The receiver over real sockets.

mod drain;
mod grpc;
mod http;
mod late_data;
mod limits;

use super::{Answer, BindError, Drained, Handler, Incoming, Receiver, Transport};
use crate::config::{self, Duration as Span};
use crate::otlp::Signal;
use crate::otlp::admission::Budget;
use crate::otlp::observe::{Finished, Observer};
use ::http::{HeaderMap, Request};
use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use parking_lot::Mutex;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tonic::client::GrpcService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_health::server::HealthReporter;

pub(in crate::otlp) const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
pub(in crate::otlp) const PATIENCE: Duration = Duration::from_secs(10);

/// Records what it is told.
#[derive(Default)]
pub(in crate::otlp) struct Records {
    pub finished: Mutex<Vec<(Transport, Signal, &'static str, u64)>>,
    pub refused: Mutex<Vec<&'static str>>,
    pub bytes: AtomicI64,
    pub opened: AtomicUsize,
    pub closed: AtomicUsize,
    pub turned_away: AtomicUsize,
    pub panics: AtomicUsize,
}

impl Observer for Records {
    fn request_finished(&self, request: &Finished) {
        self.finished.lock().push((request.transport, request.signal, request.outcome, request.bytes));
    }
    fn refused(&self, _: Transport, _: Signal, reason: &'static str) {
        self.refused.lock().push(reason);
    }
    fn in_flight_bytes(&self, delta: i64) {
        self.bytes.fetch_add(delta, Ordering::SeqCst);
    }
    fn connection_opened(&self) {
        self.opened.fetch_add(1, Ordering::SeqCst);
    }
    fn connection_closed(&self) {
        self.closed.fetch_add(1, Ordering::SeqCst);
    }
    fn connection_refused(&self) {
        self.turned_away.fetch_add(1, Ordering::SeqCst);
    }
    fn handler_panicked(&self, _: Signal) {
        self.panics.fetch_add(1, Ordering::SeqCst);
    }
}

/// A receiver on ports of its own.
pub(in crate::otlp) struct Server {
    pub grpc: SocketAddr,
    pub http: SocketAddr,
    pub records: Arc<Records>,
    pub budget: Arc<Budget>,
    pub health: HealthReporter,
    pub stop: Option<oneshot::Sender<()>>,
    pub ended: JoinHandle<Drained>,
}

pub(in crate::otlp) fn options() -> config::Receive {
    let mut options = config::Receive::default();
    options.grpc.listen = "127.0.0.1:0".into();
    // A different text, so that it is a port of its own.
    options.http.listen = "localhost:0".into();
    options
}

pub(in crate::otlp) fn millis(options: &mut config::Receive, read: u64, drain: u64) {
    options.read_timeout = Span::from_millis(read);
    options.drain_timeout = Span::from_millis(drain);
}

impl Server {
    pub async fn start(options: config::Receive, handler: impl Handler) -> Server {
        Server::try_start(options, handler).await.unwrap()
    }

    pub async fn try_start(options: config::Receive, handler: impl Handler) -> Result<Server, BindError> {
        let records = Arc::new(Records::default());
        let health = HealthReporter::new();
        let observer: Arc<dyn Observer> = Arc::clone(&records) as _;
        let receiver = Receiver::bind(&options, handler, observer, health.clone()).await?;
        let (grpc, http, budget) = (receiver.grpc_addr().unwrap(), receiver.http_addr().unwrap(), receiver.budget());
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(receiver.run(async {
            let _ = stopped.await;
        }));
        Ok(Server { grpc, http, records, budget, health, stop: Some(stop), ended })
    }

    pub fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.grpc)).unwrap().connect_lazy()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    pub async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.http).await.unwrap()
    }
}

/// Accepts everything and passes on what it saw.
pub(in crate::otlp) fn accepting() -> (impl Handler, mpsc::UnboundedReceiver<Incoming>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let handler = move |request: Incoming| {
        let sender = sender.clone();
        async move {
            let _ = sender.send(request);
            Answer::Ok(Default::default())
        }
    };
    (handler, receiver)
}

pub(in crate::otlp) fn http_client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(PATIENCE).build().unwrap()
}

pub(in crate::otlp) fn frame(flag: u8, message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [[flag].as_slice(), &length, message].concat().into()
}

/// Makes a gRPC call with a body of these chunks. Without an end the call stays open.
pub(in crate::otlp) async fn call(
    mut channel: Channel,
    path: &str,
    headers: &[(&'static str, &'static str)],
    chunks: Vec<Bytes>,
    end: bool,
) -> (Status, HeaderMap) {
    use futures_util::StreamExt;
    let chunks = futures_util::stream::iter(chunks.into_iter().map(|chunk| Ok::<_, Status>(Frame::data(chunk))));
    let body = match end {
        true => tonic::body::Body::new(StreamBody::new(chunks)),
        false => tonic::body::Body::new(StreamBody::new(chunks.chain(futures_util::stream::pending()))),
    };
    let mut request = Request::post(path).header("content-type", "application/grpc").header("te", "trailers");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let call = async {
        poll_fn(|cx| GrpcService::poll_ready(&mut channel, cx)).await.unwrap();
        let response = GrpcService::call(&mut channel, request.body(body).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        if let Some(status) = Status::from_header_map(&head.headers) {
            return (status, head.headers);
        }
        let body = body.collect().await.unwrap();
        (Status::from_header_map(body.trailers().unwrap()).unwrap(), head.headers)
    };
    tokio::time::timeout(PATIENCE, call).await.expect("an answer in time")
}

/// Exports one message over gRPC.
pub(in crate::otlp) async fn export(channel: &Channel, message: &[u8]) -> Status {
    call(channel.clone(), TRACES, &[], vec![frame(0, message)], true).await.0
}

pub(in crate::otlp) async fn export_code(channel: &Channel, message: &[u8]) -> Code {
    export(channel, message).await.code()
}

/// Writes by hand and reads until `enough` is there or the server closes.
pub(in crate::otlp) async fn talk(stream: &mut TcpStream, text: &str, enough: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let listen = async {
        loop {
            let mut buffer = [0; 4096];
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(n) => heard.extend_from_slice(&buffer[..n]),
            }
            if !enough.is_empty() && String::from_utf8_lossy(&heard).contains(enough) {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, listen).await.expect("an answer or an end in time");
    String::from_utf8_lossy(&heard).into_owned()
}

/// Waits until something becomes true that no event tells of.
pub(in crate::otlp) async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let wait = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{what}: not in time"));
}
