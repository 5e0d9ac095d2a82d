use super::*;
use crate::otlp::compress::{Codec, compress};
use crate::otlp::receive::{Accepted, Encoding, Refused, RefusedKind};
use prost::Message;

/// Scenario: posts to the paths that real clients use, in both encodings, compressed and not.
/// Guarantees: the handler gets signal, encoding and bytes; the answer is 200 in the request's content type.
#[tokio::test]
async fn posts_arrive() {
    let (handler, mut seen) = accepting();
    let server = Server::start(options(), handler).await;
    let client = http_client();
    for (path, signal) in [
        ("/v1/traces", Signal::Traces),
        ("/tracer/v1/traces", Signal::Traces),
        ("/api/public/otel/v1/traces", Signal::Traces),
        ("/v1/logs?x=y", Signal::Logs),
        ("/v1/metrics", Signal::Metrics),
    ] {
        for (content_type, transport, expected) in [
            ("application/x-protobuf", Transport::HttpProtobuf, ""),
            ("application/json; charset=utf-8", Transport::HttpJson, "{}"),
        ] {
            for codec in [None, Some(Codec::Gzip), Some(Codec::Zstd)] {
                let mut body = Bytes::from_static(b"as it is");
                let mut request = client.post(server.url(path)).header("content-type", content_type);
                if let Some(codec) = codec {
                    body = compress(codec, &body).await.unwrap();
                    request = request.header("content-encoding", codec.name());
                }
                let response = request.body(body).send().await.unwrap();
                assert_eq!(response.status(), 200);
                let answered = response.headers()["content-type"].to_str().unwrap().to_owned();
                assert!(content_type.starts_with(&answered), "{answered}");
                assert_eq!(response.text().await.unwrap(), expected);
                let incoming = seen.recv().await.unwrap();
                assert_eq!((incoming.signal, incoming.transport), (signal, transport));
                assert_eq!(incoming.encoding == Encoding::Json, content_type.contains("json"));
                assert_eq!(incoming.body, "as it is");
            }
        }
    }
}

/// Scenario: OpenTelemetry JS's way, a chunked body without a length, twice on one connection.
/// Guarantees: both arrive whole, and the connection is kept.
#[tokio::test]
async fn chunked_and_keep_alive() {
    let (handler, mut seen) = accepting();
    let server = Server::start(options(), handler).await;
    let mut stream = server.tcp().await;
    for _ in 0..2 {
        let text = "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                    transfer-encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n";
        let heard = talk(&mut stream, text, "{}").await;
        assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
        assert_eq!(seen.recv().await.unwrap().body, "{\"a\":1}");
    }
    assert_eq!(server.records.opened.load(Ordering::SeqCst), 1);
}

/// Scenario: the two posts of traceAI's EvalTag, a GET of one, and a path beside them.
/// Guarantees: `200 {}` for exactly those two posts, so that applications start.
#[tokio::test]
async fn eval_tag() {
    let (handler, mut seen) = accepting();
    let server = Server::start(options(), handler).await;
    let client = http_client();
    let base = "/tracer/custom-eval-config/";
    for path in ["get_custom_eval_by_name/", "check_exists/"] {
        let url = server.url(&format!("{base}{path}"));
        let response = client.post(&url).body(r#"{"eval_template_name":"x"}"#).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.text().await.unwrap(), "{}");
        assert_eq!(client.get(&url).send().await.unwrap().status(), 405);
    }
    let beside = server.url(&format!("{base}check_exists"));
    assert_eq!(client.post(beside).send().await.unwrap().status(), 404);
    assert!(seen.try_recv().is_err());
}

/// Scenario: a wrong path, method, content type (wrong, missing, gRPC's over HTTP/1), content encoding (unknown, two).
/// Guarantees: 404, 405 with Allow, 415 with Accept-Encoding, each with a Status in the request's encoding.
#[tokio::test]
async fn not_served() {
    let (handler, mut seen) = accepting();
    let server = Server::start(options(), handler).await;
    let client = http_client();
    let (protobuf, json) = ("application/x-protobuf", "application/json");
    for (method, path, content_type, encoding, status) in [
        ("POST", "/v1/profiles", Some(protobuf), None, 404),
        ("POST", "/", Some(json), None, 404),
        ("GET", "/v1/traces", None, None, 405),
        ("PUT", "/v1/traces", Some(protobuf), None, 405),
        ("POST", "/v1/traces", Some("text/plain"), None, 415),
        ("POST", "/v1/traces", None, None, 415),
        ("POST", "/v1/traces", Some("application/grpc"), None, 415),
        ("POST", "/v1/traces", Some(protobuf), Some("snappy"), 415),
        ("POST", "/v1/traces", Some(json), Some("gzip, zstd"), 415),
    ] {
        let mut request = client.request(method.parse().unwrap(), server.url(path));
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        let response = request.body("x").send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path} {content_type:?} {encoding:?}");
        if status == 405 {
            assert_eq!(response.headers()["allow"], "POST");
        }
        if status == 415 {
            assert_eq!(response.headers()["accept-encoding"], "gzip, zstd");
        }
        if content_type == Some(protobuf) {
            assert_eq!(response.headers()["content-type"], protobuf);
            let status = tonic_types::Status::decode(response.bytes().await.unwrap()).unwrap();
            assert!(!status.message.is_empty());
        } else {
            assert_eq!(response.headers()["content-type"], json);
            let status: serde_json::Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
            assert!(!status["message"].as_str().unwrap().is_empty());
        }
    }
    assert!(seen.try_recv().is_err());
}

/// Scenario: a handler that refuses in each way, and one that panics.
/// Guarantees: the HTTP status of each, with Retry-After only where coming back makes sense; the connection survives a panic.
#[tokio::test]
async fn refusals() {
    let handler = |request: Incoming| async move {
        let kind = match &request.body[..] {
            b"malformed" => RefusedKind::Malformed,
            b"unavailable" => RefusedKind::Unavailable,
            b"rejected" => RefusedKind::Rejected(Code::Internal),
            b"panic" => panic!("on purpose"),
            _ => return Ok(Accepted::default()),
        };
        Err(Refused::new(kind, "no"))
    };
    let server = Server::start(options(), handler).await;
    let client = http_client();
    for (body, status, retry) in [
        ("malformed", 400, false),
        ("unavailable", 503, true),
        ("rejected", 500, false),
        ("panic", 500, false),
        ("fine", 200, false),
    ] {
        let request = client.post(server.url("/v1/traces")).header("content-type", "application/json").body(body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{body}");
        assert_eq!(response.headers().contains_key("retry-after"), retry, "{body}");
    }
    assert_eq!(server.records.panics.load(Ordering::SeqCst), 1);
}
