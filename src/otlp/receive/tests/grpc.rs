use super::*;
use crate::otlp::compress::{Codec, compress};
use crate::otlp::receive::{Accepted, Encoding, Refused, RefusedKind};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::Barrier;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

/// Scenario: a request for each signal, plain and compressed, in frames cut at awkward places, with a timeout.
/// Guarantees: the handler gets the very bytes, the signal and the deadline; the answer is OK, and all is counted.
#[tokio::test]
async fn every_signal_arrives() {
    let (handler, mut seen) = accepting();
    let server = Server::start(options(), handler).await;
    let message = b"not looked into here".repeat(3000);
    for (service, signal) in [
        ("trace.v1.TraceService", Signal::Traces),
        ("logs.v1.LogsService", Signal::Logs),
        ("metrics.v1.MetricsService", Signal::Metrics),
    ] {
        for codec in [None, Some(Codec::Gzip), Some(Codec::Zstd)] {
            let path = format!("/opentelemetry.proto.collector.{service}/Export");
            let framed = match codec {
                Some(codec) => frame(1, &compress(codec, &message).await.unwrap()),
                None => frame(0, &message),
            };
            let encoding = codec.map_or("identity", Codec::name);
            let chunks = vec![framed.slice(..2), framed.slice(2..6), framed.slice(6..)];
            let headers = [("grpc-encoding", encoding), ("grpc-timeout", "5S")];
            let (status, _) = call(server.channel(), &path, &headers, chunks, true).await;
            assert_eq!(status.code(), Code::Ok, "{status:?}");
            let incoming = seen.recv().await.unwrap();
            assert_eq!((incoming.signal, incoming.transport), (signal, Transport::Grpc));
            assert_eq!(incoming.encoding, Encoding::Protobuf);
            assert!(incoming.body == message);
            assert!(incoming.deadline.is_some());
            assert!(incoming.permit.held() >= message.len());
            let finished = server.records.finished.lock().pop().unwrap();
            assert_eq!(finished, (Transport::Grpc, signal, "ok", framed.len() as u64));
        }
    }
    until("the budget is whole again", || server.budget.used() == 0).await;
    assert_eq!(server.records.bytes.load(Ordering::SeqCst), 0);
}

/// Scenario: an unknown method, an unknown compression, JSON over gRPC.
/// Guarantees: UNIMPLEMENTED, with what is spoken here where compression is the matter.
#[tokio::test]
async fn not_spoken_here() {
    let (handler, mut seen) = accepting();
    let server = Server::start(options(), handler).await;
    let chunk = vec![frame(1, b"x")];
    for (path, headers) in [
        ("/opentelemetry.proto.collector.trace.v1.TraceService/Import", [("x", "y")]),
        ("/", [("x", "y")]),
        (TRACES, [("grpc-encoding", "snappy")]),
    ] {
        let (status, headers) = call(server.channel(), path, &headers, chunk.clone(), true).await;
        assert_eq!(status.code(), Code::Unimplemented, "{path}");
        assert_eq!(headers["grpc-accept-encoding"], "identity,gzip,zstd");
    }
    assert!(seen.try_recv().is_err());
}

/// Scenario: no message, half a message, two messages, an illegal flag, a compressed message without a compression, broken
/// gzip, an unreadable timeout.
/// Guarantees: INVALID_ARGUMENT with BadRequest details for each; the handler is not troubled; the connection lives on.
#[tokio::test]
async fn malformed_calls() {
    let (handler, mut seen) = accepting();
    let server = Server::start(options(), handler).await;
    let channel = server.channel();
    let good = frame(0, b"message");
    let both = Bytes::from([&good[..], &good[..]].concat());
    for (what, headers, chunks) in [
        ("nothing", [("x", "y")], vec![]),
        ("half a prefix", [("x", "y")], vec![good.slice(..3)]),
        ("half a message", [("x", "y")], vec![good.slice(..8)]),
        ("two messages", [("x", "y")], vec![good.clone(), good.clone()]),
        ("two messages at once", [("x", "y")], vec![both]),
        ("flag", [("x", "y")], vec![frame(2, b"message")]),
        ("no encoding", [("x", "y")], vec![frame(1, b"message")]),
        ("broken gzip", [("grpc-encoding", "gzip")], vec![frame(1, b"message")]),
        ("timeout", [("grpc-timeout", "soon")], vec![good.clone()]),
    ] {
        let (status, _) = call(channel.clone(), TRACES, &headers, chunks, true).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{what}: {status:?}");
        assert!(status.get_details_bad_request().is_some(), "{what}");
    }
    assert!(seen.try_recv().is_err());
    assert_eq!(export_code(&channel, b"good").await, Code::Ok);
    assert_eq!(server.records.opened.load(Ordering::SeqCst), 1);
    assert_eq!(*server.records.refused.lock(), ["malformed"; 9]);
}

/// Scenario: 64 calls on one connection, none of which is answered before all have arrived.
/// Guarantees: they run at once.
#[tokio::test]
async fn concurrent_streams() {
    let barrier = Arc::new(Barrier::new(64));
    let handler = move |request: Incoming| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            drop(request);
            Ok(Accepted::default())
        }
    };
    let server = Server::start(options(), handler).await;
    let channel = server.channel();
    let calls = (0..64).map(|_| export_code(&channel, b"together"));
    let codes = futures_util::future::join_all(calls).await;
    assert_eq!(codes, [Code::Ok; 64]);
    assert_eq!(server.records.opened.load(Ordering::SeqCst), 1);
}

/// Calls with a timeout that only the server keeps.
async fn impatient(server: &Server, timeout: &str, message: &[u8]) -> Code {
    let stream = TcpStream::connect(server.grpc).await.unwrap();
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut send, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    let request = Request::post(format!("http://{}{TRACES}", server.grpc))
        .header("content-type", "application/grpc")
        .header("grpc-timeout", timeout)
        .body(http_body_util::Full::new(frame(0, message)));
    let response = tokio::time::timeout(PATIENCE, send.send_request(request.unwrap())).await.unwrap().unwrap();
    Status::from_header_map(response.headers()).unwrap().code()
}

/// Scenario: a handler that panics, one that never ends, one that refuses.
/// Guarantees: INTERNAL and counted; DEADLINE_EXCEEDED when the client's time is up; the refusal as it is. The receiver goes
/// on.
#[tokio::test]
async fn handlers_that_fail() {
    let handler = |request: Incoming| async move {
        match &request.body[..] {
            b"panic" => panic!("on purpose"),
            b"hang" => std::future::pending().await,
            b"refuse" => Err(Refused::new(RefusedKind::Rejected(Code::PermissionDenied), "not yours")),
            b"partial" => Ok(Accepted { partial: Some((2, "two were bad".into())) }),
            _ => Ok(Accepted::default()),
        }
    };
    let server = Server::start(options(), handler).await;
    let channel = server.channel();
    assert_eq!(export_code(&channel, b"panic").await, Code::Internal);
    assert_eq!(server.records.panics.load(Ordering::SeqCst), 1);
    assert_eq!(impatient(&server, "300m", b"hang").await, Code::DeadlineExceeded);
    let status = export(&channel, b"refuse").await;
    assert_eq!((status.code(), status.message()), (Code::PermissionDenied, "not yours"));
    assert_eq!(export_code(&channel, b"partial").await, Code::Ok);
    assert_eq!(export_code(&channel, b"fine").await, Code::Ok);
    let outcomes: Vec<_> = server.records.finished.lock().iter().map(|finished| finished.2).collect();
    assert_eq!(outcomes, ["internal", "timed_out", "rejected", "partial", "ok"]);
    // What the handler refuses is the handler's to count.
    assert!(server.records.refused.lock().is_empty());
}

/// Scenario: a client leaves while its request is being handled.
/// Guarantees: the handler is dropped, its bytes come back, and the request is counted as cancelled.
#[tokio::test]
async fn client_goes_away() {
    let (sender, mut started) = mpsc::unbounded_channel();
    let handler = move |request: Incoming| {
        let sender = sender.clone();
        async move {
            sender.send(()).unwrap();
            let _held = request;
            std::future::pending().await
        }
    };
    let server = Server::start(options(), handler).await;
    let channel = server.channel();
    let leaving = tokio::spawn(async move { export(&channel, b"never mind").await });
    started.recv().await.unwrap();
    assert!(server.budget.used() > 0);
    leaving.abort();
    until("the handler is dropped", || server.budget.used() == 0).await;
    until("it is counted", || server.records.finished.lock().len() == 1).await;
    assert_eq!(server.records.finished.lock()[0].2, "cancelled");
}

/// Scenario: health is asked for on the same port, before and after it changes.
/// Guarantees: the answer is what the holder of the reporter says.
#[tokio::test]
async fn health() {
    let (handler, _seen) = accepting();
    let server = Server::start(options(), handler).await;
    let mut client = HealthClient::new(server.channel());
    for (status, number) in [(tonic_health::ServingStatus::Serving, 1), (tonic_health::ServingStatus::NotServing, 2)] {
        server.health.set_service_status("", status).await;
        let answer = client.check(HealthCheckRequest { service: String::new() }).await.unwrap();
        assert_eq!(answer.into_inner().status, number);
    }
}
