use super::*;
use crate::otlp::receive::Accepted;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use tokio::sync::Semaphore;
use tonic_types::StatusExt;

/// 68 MB of zeros in 66 KB of gzip.
fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 68_000_000]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 70_000);
    bomb
}

fn head(length: usize, more: &str) -> String {
    format!(
        "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n\
         content-length: {length}\r\n{more}\r\n"
    )
}

/// Scenario: five bytes announce a gRPC message beyond the limit, and nothing follows.
/// Guarantees: RESOURCE_EXHAUSTED without RetryInfo at once, without waiting for the message.
#[tokio::test]
async fn announced_too_large_over_grpc() {
    let (handler, mut seen) = accepting();
    let mut options = options();
    options.max_request_bytes = 10_000;
    let server = Server::start(options, handler).await;
    let channel = server.channel();
    let prefix = Bytes::from_static(&[0, 0, 0, 0x27, 0x11]);
    let (status, _) = call(channel.clone(), TRACES, &[], vec![prefix], false).await;
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.get_details_retry_info().is_none());
    assert_eq!(export_code(&channel, &[7; 10_001]).await, Code::ResourceExhausted);
    assert!(seen.try_recv().is_err());
    assert_eq!(export_code(&channel, &[7; 10_000]).await, Code::Ok);
}

/// Scenario: a content-length beyond the limit; with "expect: 100-continue"; with a client that sends it all before reading;
/// and a chunked body that grows beyond the limit.
/// Guarantees: 413 before the body has come, never "100 Continue", and the answer reaches a client that is still sending.
#[tokio::test]
async fn too_large_over_http() {
    let (handler, mut seen) = accepting();
    let mut options = options();
    options.max_request_bytes = 1 << 20;
    let server = Server::start(options, handler).await;
    let length = (1 << 20) + 1;
    let heard = talk(&mut server.tcp().await, &head(length, ""), "\r\n\r\n").await;
    assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
    let heard = talk(&mut server.tcp().await, &head(length, "expect: 100-continue\r\n"), "\r\n\r\n").await;
    assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
    let all = format!("{}{}", head(length, ""), "x".repeat(length));
    let heard = talk(&mut server.tcp().await, &all, "\r\n\r\n").await;
    assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
    let chunked = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
         {length:x}\r\n{}\r\n0\r\n\r\n",
        " ".repeat(length)
    );
    let heard = talk(&mut server.tcp().await, &chunked, "\r\n\r\n").await;
    assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
    assert!(seen.try_recv().is_err());
}

/// Scenario: a bomb over gRPC and over HTTP, with the default limit of 64 MiB.
/// Guarantees: RESOURCE_EXHAUSTED and 413; the handler never sees it and every byte comes back to the budget.
#[tokio::test]
async fn bombs() {
    let (handler, mut seen) = accepting();
    let server = Server::start(options(), handler).await;
    let bomb = bomb();
    let headers = [("grpc-encoding", "gzip")];
    let (status, _) = call(server.channel(), TRACES, &headers, vec![frame(1, &bomb)], true).await;
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.get_details_retry_info().is_none());
    let request = http_client().post(server.url("/v1/traces")).header("content-type", "application/json");
    let response = request.header("content-encoding", "gzip").body(bomb).send().await.unwrap();
    assert_eq!(response.status(), 413);
    assert!(seen.try_recv().is_err());
    until("the budget is whole again", || server.budget.used() == 0).await;
}

/// Scenario: one request holds most of the budget; others come over both ports and both encodings; then it ends.
/// Guarantees: UNAVAILABLE with RetryInfo, 503 with Retry-After, at once; afterwards the same requests are taken.
#[tokio::test]
async fn overload() {
    let gate = Arc::new(Semaphore::new(0));
    let (sender, mut started) = mpsc::unbounded_channel();
    let handler_gate = Arc::clone(&gate);
    let handler = move |request: Incoming| {
        let (gate, sender) = (Arc::clone(&handler_gate), sender.clone());
        async move {
            if request.body.starts_with(b"hold") {
                sender.send(()).unwrap();
                gate.acquire().await.unwrap().forget();
            }
            Ok(Accepted::default())
        }
    };
    let mut options = options();
    options.max_in_flight_bytes = 100_000;
    let server = Server::start(options, handler).await;
    let channel = server.channel();
    let holding = {
        let (channel, message) = (channel.clone(), b"hold".repeat(20_000));
        tokio::spawn(async move { export_code(&channel, &message).await })
    };
    started.recv().await.unwrap();
    let status = export(&channel, &[0; 30_000]).await;
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_retry_info().unwrap().retry_delay, Some(Duration::from_secs(1)));
    let client = http_client();
    let post = || client.post(server.url("/v1/traces")).header("content-type", "application/json");
    let response = post().body(vec![b' '; 30_000]).send().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    // What is small enough still gets through.
    assert_eq!(export_code(&channel, b"small").await, Code::Ok);
    assert_eq!(*server.records.refused.lock(), ["overloaded", "overloaded"]);
    gate.add_permits(1);
    assert_eq!(holding.await.unwrap(), Code::Ok);
    assert_eq!(export_code(&channel, &[0; 30_000]).await, Code::Ok);
    assert_eq!(post().body(vec![b' '; 30_000]).send().await.unwrap().status(), 200);
    until("the budget is whole again", || server.budget.used() == 0).await;
}

/// Scenario: clients that stop in the middle: of a body over HTTP and over gRPC, of a request head, before the first byte.
/// Guarantees: those whose request is known get a retryable answer, the others are closed; nobody is held for ever.
#[tokio::test]
async fn slow_clients() {
    let (handler, mut seen) = accepting();
    let mut options = options();
    millis(&mut options, 150, 1000);
    let server = Server::start(options, handler).await;
    let body = async {
        let heard = talk(&mut server.tcp().await, &format!("{}half", head(1000, "")), "\r\n\r\n").await;
        assert!(heard.starts_with("HTTP/1.1 503"), "{heard}");
    };
    let grpc = async {
        let chunk = frame(0, b"message").slice(..8);
        let (status, _) = call(server.channel(), TRACES, &[], vec![chunk], false).await;
        assert_eq!(status.code(), Code::DeadlineExceeded);
    };
    let closed = async {
        for start in ["POST /v1/traces HTTP/1.1\r\nhost:", "P", "PRI * HTTP/2.0\r\n", ""] {
            // Whatever is said, it ends with the connection closed.
            let heard = talk(&mut server.tcp().await, start, "").await;
            assert!(!heard.contains("200 OK"), "{start:?}: {heard}");
        }
    };
    tokio::join!(body, grpc, closed);
    assert!(seen.try_recv().is_err());
    until("all are closed", || server.records.closed.load(Ordering::SeqCst) >= 5).await;
}

/// Writes one byte every few milliseconds for as long as the peer listens; gives back what it said.
async fn drip(mut stream: TcpStream, start: String, more: &[u8]) -> String {
    stream.write_all(start.as_bytes()).await.unwrap();
    let (mut read, mut write) = stream.split();
    let mut heard = Vec::new();
    let write = async {
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        for byte in more.iter().cycle() {
            pace.tick().await;
            if write.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let end = async {
        tokio::select! {
            // A reset is an end as well.
            _ = read.read_to_end(&mut heard) => {}
            () = write => {}
        }
    };
    tokio::time::timeout(PATIENCE, end).await.expect("the connection to be closed while we still write");
    String::from_utf8_lossy(&heard).into_owned()
}

/// Scenario: clients that always send a little more, and never all: of a request head, of a body, of HTTP/2's preface; and
/// one that says nothing more after its first request.
/// Guarantees: the time to read is for the whole of it, not from byte to byte; all are closed, the handler sees none.
#[tokio::test]
async fn dripping_clients() {
    let (handler, mut seen) = accepting();
    let mut options = options();
    millis(&mut options, 150, 1000);
    let server = Server::start(options, handler).await;
    let slow_head = async {
        let heard = drip(server.tcp().await, "POST /v1/traces HTTP/1.1\r\n".into(), b"x-drop: y\r\n").await;
        assert!(!heard.contains(" 200 "), "{heard}");
    };
    let slow_preface = async {
        let heard = drip(server.tcp().await, String::new(), b"PRI * HTTP/2.0\r\n").await;
        assert!(!heard.contains(" 200 "), "{heard}");
    };
    let slow_body = async {
        let heard = drip(server.tcp().await, head(1 << 20, ""), b"x").await;
        assert!(heard.starts_with("HTTP/1.1 503"), "{heard}");
    };
    tokio::join!(slow_head, slow_preface, slow_body);
    assert!(seen.try_recv().is_err());
    let heard = talk(&mut server.tcp().await, &format!("{}x", head(1, "")), "").await;
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
    assert!(seen.try_recv().is_ok());
    until("all are closed", || server.records.closed.load(Ordering::SeqCst) == 4).await;
}

/// Scenario: room for one connection, taken; another comes; the first leaves.
/// Guarantees: the second is closed at once and counted; a third is served.
#[tokio::test]
async fn connection_cap() {
    let (handler, _seen) = accepting();
    let mut options = options();
    options.max_connections = 1;
    let server = Server::start(options, handler).await;
    let first = server.tcp().await;
    until("the first is in", || server.records.opened.load(Ordering::SeqCst) == 1).await;
    assert_eq!(talk(&mut server.tcp().await, "", "").await, "");
    assert_eq!(server.records.turned_away.load(Ordering::SeqCst), 1);
    drop(first);
    until("the first is out", || server.records.closed.load(Ordering::SeqCst) == 1).await;
    let response = talk(&mut server.tcp().await, &format!("{}x", head(1, "")), "\r\n\r\n").await;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
}
