use super::*;
use ::http::{Request, Response};
use http_body::Frame;
use http_body_util::StreamBody;
use hyper::body::Incoming as Body;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use tokio::net::TcpListener;

type Frames = Vec<Frame<Bytes>>;

/// An HTTP/2 server that answers everything with `respond`.
async fn raw(respond: impl Fn(Request<Body>) -> Response<Frames> + Clone + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let respond = respond.clone();
            let service = hyper::service::service_fn(move |request| {
                let response = respond(request).map(|frames| {
                    StreamBody::new(futures_util::stream::iter(frames.into_iter().map(Ok::<_, Infallible>)))
                });
                async move { Ok::<_, Infallible>(response) }
            });
            let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            tokio::spawn(builder.serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

/// Scenario: UNAVAILABLE with RetryInfo of 120 ms, then OK.
/// Guarantees: tried again, not before the 120 ms are over, and counted as one retry and one delivery.
#[tokio::test]
async fn unavailable_with_retry_info() {
    let pause = Duration::from_millis(120);
    let (server, came) = answering(vec![refused(RefusedKind::Unavailable, Some(pause)), accepted()]).await;
    let (forwarder, records) = forwarder(&[destination("a", server.grpc, Protocol::Grpc)]);
    let started = Instant::now();
    assert_eq!(send_one(&forwarder, b"x").await, Delivery::Delivered);
    assert!(started.elapsed() >= pause);
    assert_eq!(came.load(Ordering::SeqCst), 2);
    assert_eq!(records.lines(), ["a traces retried unavailable", "a traces sent 10"]);
    let health = &forwarder.health()[0];
    assert!(health.last_failure < health.last_success && health.consecutive_failures == 0, "{health:?}");
}

/// Scenario: RESOURCE_EXHAUSTED without RetryInfo, INVALID_ARGUMENT, INTERNAL, a partial success.
/// Guarantees: one attempt each; counted as dropped with the reason; the sender learns code, count and message.
#[tokio::test]
async fn lasting_answers_are_not_retried() {
    let partial = Ok(Accepted { partial: Some((3, "three were bad".into())) });
    for (answer, reason, dropped, kind) in [
        (refused(RefusedKind::TooLarge, None), "resource_exhausted", 10, Some(Code::ResourceExhausted)),
        (refused(RefusedKind::Malformed, None), "invalid_argument", 10, Some(Code::InvalidArgument)),
        (refused(RefusedKind::Internal, None), "internal", 10, Some(Code::Internal)),
        (partial, "partial_success", 3, None),
    ] {
        let (server, came) = answering(vec![answer]).await;
        let (forwarder, records) = forwarder(&[destination("a", server.grpc, Protocol::Grpc)]);
        let answer = send(&forwarder, b"x").await.answer();
        assert_eq!(came.load(Ordering::SeqCst), 1, "{reason}");
        assert_eq!(records.lines().last().unwrap(), &format!("a traces dropped {dropped} {reason}"));
        match kind {
            Some(code) => assert_eq!(answer.unwrap_err().kind, RefusedKind::Rejected(code)),
            None => assert_eq!(answer.unwrap().partial, Some((3, "a: three were bad".into()))),
        }
    }
}

/// Scenario: a server that takes requests and never answers.
/// Guarantees: an attempt ends at its timeout, attempts end at `max_elapsed`, and the sender is told to come back.
#[tokio::test]
async fn a_hanging_server_times_out() {
    let server = Server::start(options(), |_request: Incoming| std::future::pending::<Answer>()).await;
    for (protocol, address) in [(Protocol::Grpc, server.grpc), (Protocol::Http, server.http)] {
        let mut options = destination("a", address, protocol);
        options.timeout = Span::from_millis(60);
        options.retry.max_elapsed = Span::from_millis(150);
        let (forwarder, records) = forwarder(&[options]);
        let outcome = send(&forwarder, b"x").await;
        assert_eq!(outcome.deliveries[0].1, Delivery::GaveUp { reason: "timeout", retry_after: None });
        assert_eq!(outcome.answer().unwrap_err().kind, RefusedKind::Unavailable);
        let lines = records.lines();
        assert_eq!(lines.last().unwrap(), "a traces returned 10 timeout");
        assert!(lines.len() >= 2, "{lines:?}");
        assert!(forwarder.health()[0].consecutive_failures >= 2);
    }
}

/// Scenario: nobody listens; then, while we are trying, somebody does.
/// Guarantees: the outage is a fault that passes, and the request arrives once there is a server.
#[tokio::test]
async fn connection_refused_then_there() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for protocol in [Protocol::Grpc, Protocol::Http] {
        let mut short = destination("a", free, protocol);
        short.retry.max_elapsed = Span::from_millis(60);
        let (forwarder, _) = forwarder(&[short]);
        let delivery = send_one(&forwarder, b"x").await;
        assert_eq!(delivery, Delivery::GaveUp { reason: "connection", retry_after: None });
        assert!(forwarder.health()[0].last_success.is_none());
    }
    let (forwarder, records) = forwarder(&[destination("a", free, Protocol::Grpc)]);
    let there = async {
        until("it was tried", || !records.lines().is_empty()).await;
        let mut options = options();
        options.grpc.listen = free.to_string();
        Server::start(options, |_request: Incoming| async { accepted() }).await
    };
    let (delivery, _server) = tokio::join!(send_one(&forwarder, b"x"), there);
    assert_eq!(delivery, Delivery::Delivered);
}

/// Scenario: headers from the configuration, a server that shows what it was sent.
/// Guarantees: the metadata, the method's path and gRPC's own headers are there.
#[tokio::test]
async fn metadata_is_sent() {
    let (sender, mut seen) = mpsc::unbounded_channel();
    let address = raw(move |request| {
        sender.send(request.into_parts().0).unwrap();
        let response = Response::builder().header("grpc-status", "0");
        response.body(Vec::new()).unwrap()
    })
    .await;
    let mut options = destination("a", address, Protocol::Grpc);
    options.headers.insert("x-api-key".into(), crate::config::Secret("s3cret".into()));
    options.compression = Compression::Zstd;
    let (forwarder, _) = forwarder(&[options]);
    assert_eq!(send_one(&forwarder, b"x").await, Delivery::Delivered);
    let head = seen.recv().await.unwrap();
    assert_eq!(head.uri.path(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    for (name, value) in [
        ("x-api-key", "s3cret"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("grpc-encoding", "zstd"),
        ("grpc-timeout", "5000m"),
    ] {
        assert_eq!(head.headers[name], value);
    }
}

/// Scenario: answers that a gRPC server should not give: a proxy's 502 and 404, no status at all, a response without end.
/// Guarantees: the 502 is retried, the others end at once; the response is not read beyond its limit.
#[tokio::test]
async fn odd_answers() {
    for (status, megabytes, expected) in
        [(404, 0, Code::Unimplemented), (200, 0, Code::Unknown), (200, 6, Code::Internal)]
    {
        let came = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&came);
        let address = raw(move |_| {
            counting.fetch_add(1, Ordering::SeqCst);
            let frames = (0..megabytes).map(|_| Frame::data(Bytes::from(vec![0; 1 << 20]))).collect();
            Response::builder().status(status).body(frames).unwrap()
        })
        .await;
        let (forwarder, _) = forwarder(&[destination("a", address, Protocol::Grpc)]);
        let delivery = send_one(&forwarder, b"x").await;
        assert!(matches!(delivery, Delivery::Rejected { code, .. } if code == expected), "{delivery:?}");
        assert_eq!(came.load(Ordering::SeqCst), 1);
    }
    let address = raw(|_| Response::builder().status(502).body(Vec::new()).unwrap()).await;
    let mut options = destination("a", address, Protocol::Grpc);
    options.retry.max_elapsed = Span::from_millis(50);
    let (forwarder, _) = forwarder(&[options]);
    let delivery = send_one(&forwarder, b"x").await;
    assert_eq!(delivery, Delivery::GaveUp { reason: "unavailable", retry_after: None });
}
