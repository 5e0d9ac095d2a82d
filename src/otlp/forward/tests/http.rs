use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// An HTTP/1 server that gives these answers in turn (the last one from then on), closes, and passes on what it read.
async fn raw(answers: Vec<String>) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for turn in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = Vec::new();
            // Every body here ends in a full stop.
            while read.last() != Some(&b'.') {
                if stream.read_buf(&mut read).await.unwrap() == 0 {
                    break;
                }
            }
            sender.send(String::from_utf8_lossy(&read).into_owned()).unwrap();
            let answer = &answers[turn.min(answers.len() - 1)];
            // The client may have heard enough.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, receiver)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// Scenario: 429 with Retry-After in seconds (longer than we ever wait), 503 with a date that has passed, then 200.
/// Guarantees: three attempts; the first pause is our longest, not the server's; the headers and path are right.
#[tokio::test]
async fn too_many_requests() {
    let (address, mut seen) = raw(vec![
        answer("429 Too Many Requests", "retry-after: 3600\r\n", ""),
        answer("503 Service Unavailable", "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ""),
        answer("200 OK", "content-type: application/x-protobuf\r\n", ""),
    ])
    .await;
    let mut options = destination("a", address, Protocol::Http);
    options.endpoint = format!("http://{address}/base/");
    options.headers.insert("x-api-key".into(), crate::config::Secret("s3cret".into()));
    let (forwarder, records) = forwarder(&[options]);
    let started = Instant::now();
    assert_eq!(send_one(&forwarder, b"body.").await, Delivery::Delivered);
    assert!(started.elapsed() >= Duration::from_millis(200));
    let lines = ["a traces retried http_429", "a traces retried http_503", "a traces sent 10"];
    assert_eq!(records.lines(), lines);
    for _ in 0..3 {
        let request = seen.recv().await.unwrap();
        assert!(request.starts_with("POST /base/v1/traces HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("content-type: application/x-protobuf\r\n"), "{request}");
        assert!(request.contains("x-api-key: s3cret\r\n"), "{request}");
        assert!(request.ends_with("\r\n\r\nbody."), "{request}");
    }
}

/// Scenario: 400 and 500 with a Status as JSON, a redirect, 404, an answer of 5 MiB.
/// Guarantees: one attempt each, the nearest code, the server's message; a redirect is not followed.
#[tokio::test]
async fn lasting_answers_are_not_retried() {
    let json = "content-type: application/json\r\n";
    let said = r#"{"code":3,"message":"no such field"}"#;
    for (answer, code, message) in [
        (answer("400 Bad Request", json, said), Code::InvalidArgument, "HTTP status 400: no such field"),
        (answer("500 Oops", json, said), Code::Internal, "HTTP status 500: no such field"),
        (answer("404 Not Found", "", "<html>"), Code::Unimplemented, "HTTP status 404"),
        (answer("307 Elsewhere", "location: /other\r\n", ""), Code::Unknown, "HTTP status 307"),
        (answer("200 OK", "", &"x".repeat(5 << 20)), Code::Internal, "the response is too large"),
    ] {
        let (address, mut seen) = raw(vec![answer]).await;
        let (forwarder, records) = forwarder(&[destination("a", address, Protocol::Http)]);
        let delivery = send_one(&forwarder, b"body.").await;
        assert_eq!(delivery, Delivery::Rejected { code, message: message.into() });
        assert_eq!(records.lines().len(), 1);
        seen.recv().await.unwrap();
        assert!(seen.try_recv().is_err(), "{message}");
    }
}

/// Scenario: the server closes the connection instead of answering, then answers.
/// Guarantees: retried, as OTLP asks of a connection that is closed without an answer.
#[tokio::test]
async fn closed_without_an_answer() {
    let (address, _seen) = raw(vec![String::new(), answer("200 OK", "", "")]).await;
    let (forwarder, records) = forwarder(&[destination("a", address, Protocol::Http)]);
    assert_eq!(send_one(&forwarder, b"body.").await, Delivery::Delivered);
    assert_eq!(records.lines()[0], "a traces retried connection");
}

/// Scenario: a partial success in JSON, which nobody asked for, and a success whose body is something else.
/// Guarantees: what was not taken is counted whatever the answer is written in; rubbish does not undo a success.
#[tokio::test]
async fn partial_success_in_json() {
    let json = "content-type: application/json\r\n";
    let partial = r#"{"partialSuccess":{"rejectedSpans":"4","errorMessage":"four"}}"#;
    let (address, _seen) = raw(vec![
        answer("200 OK", json, partial),
        answer("200 OK", json, "{}"),
        answer("200 OK", json, "<html>"),
        answer("200 OK", "", "<html>"),
    ])
    .await;
    let (forwarder, _) = forwarder(&[destination("a", address, Protocol::Http)]);
    let delivery = send_one(&forwarder, b"body.").await;
    assert_eq!(delivery, Delivery::Partial { rejected: 4, message: "four".into() });
    for _ in 0..3 {
        assert_eq!(send_one(&forwarder, b"body.").await, Delivery::Delivered);
    }
}

/// Scenario: a partial success over HTTP.
/// Guarantees: read, counted, not retried.
#[tokio::test]
async fn partial_success() {
    let partial = Ok(Accepted { partial: Some((4, "four".into())) });
    let (server, came) = answering(vec![partial]).await;
    let (forwarder, records) = forwarder(&[destination("a", server.http, Protocol::Http)]);
    let delivery = send_one(&forwarder, b"x").await;
    assert_eq!(delivery, Delivery::Partial { rejected: 4, message: "four".into() });
    assert_eq!(records.lines(), ["a traces sent 6", "a traces dropped 4 partial_success"]);
    assert_eq!(came.load(Ordering::SeqCst), 1);
}
