use super::*;
use crate::config::Secret;
use crate::otlp::forward::ForwardError;

fn build(options: Forward) -> Result<Forwarder, ForwardError> {
    Forwarder::new(&[options], 100, Arc::new(NoObserver))
}

fn at(endpoint: &str, protocol: Protocol) -> Forward {
    Forward { endpoint: endpoint.into(), name: None, ..destination("", ([127, 0, 0, 1], 1).into(), protocol) }
}

/// Scenario: endpoints that are none, a path for gRPC, headers that cannot or must not be sent, no concurrency, a file
/// of certificates that is not there, and one that holds none that can be read.
/// Guarantees: an error that names the matter, and never the value of a header.
#[tokio::test]
async fn what_cannot_be_used_is_said() {
    for endpoint in ["", "localhost:4317", "ftp://x:1", "http://", "http:///v1", "not a url"] {
        for protocol in [Protocol::Grpc, Protocol::Http] {
            assert!(matches!(build(at(endpoint, protocol)), Err(ForwardError::Endpoint(_))), "{endpoint}");
        }
    }
    assert!(matches!(build(at("http://x:4317/v1/traces", Protocol::Grpc)), Err(ForwardError::Path(_))));
    for header in ["content-type", "Host", "grpc-timeout", "sp ace", ""] {
        let mut options = at("http://x:1", Protocol::Http);
        options.headers.insert(header.into(), Secret("s3cret".into()));
        let error = build(options).err().unwrap();
        assert!(matches!(error, ForwardError::Header { .. }), "{header}: {error}");
    }
    let mut options = at("http://x:1", Protocol::Grpc);
    options.headers.insert("x-key".into(), Secret("s3cret\nx".into()));
    let error = build(options).err().unwrap().to_string();
    assert!(error.contains("x-key") && !error.contains("s3cret"), "{error}");
    let options = Forward { concurrency: 0, ..at("http://x:1", Protocol::Grpc) };
    assert!(matches!(build(options), Err(ForwardError::Concurrency(_))));
    let options = Forward { ca_file: Some("/nonexistent.pem".into()), ..at("https://x:1", Protocol::Grpc) };
    assert!(matches!(build(options), Err(ForwardError::CaFile { .. })));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    for protocol in [Protocol::Grpc, Protocol::Http] {
        let options = Forward { ca_file: Some(file.path().into()), ..at("https://x:1", protocol) };
        assert!(matches!(build(options), Err(ForwardError::Client { .. })), "{protocol:?}");
    }
}

/// Scenario: names given and not, one name twice, a user and password in the URL, both schemes.
/// Guarantees: host and port where no name is given, never the password; two of one name are refused.
#[tokio::test]
async fn names() {
    for (endpoint, protocol, name) in [
        ("http://collector:4317", Protocol::Grpc, "collector:4317"),
        ("https://otlp.example.com", Protocol::Grpc, "otlp.example.com"),
        ("https://user:pass@example.com:4318/base", Protocol::Http, "example.com:4318"),
    ] {
        let forwarder = build(at(endpoint, protocol)).unwrap();
        assert_eq!(&*forwarder.health()[0].name, name);
    }
    let twice = [at("http://x:1", Protocol::Grpc), at("http://x:1", Protocol::Http)];
    let error = Forwarder::new(&twice, 100, Arc::new(NoObserver)).err().unwrap();
    assert!(matches!(error, ForwardError::Name(name) if name == "x:1"));
}

/// Scenario: a request above the limit for requests.
/// Guarantees: not sent, counted as dropped, and the sender learns that it is too large.
#[tokio::test]
async fn too_large_is_not_sent() {
    let (server, came) = answering(vec![accepted()]).await;
    let records = Arc::new(Records::default());
    let observer: Arc<dyn Observer> = Arc::clone(&records) as _;
    let forwarder = Forwarder::new(&[destination("a", server.grpc, Protocol::Grpc)], 100, observer).unwrap();
    let refused = forwarder.send(Signal::Logs, Bytes::from(vec![0; 101]), 3).await.answer().unwrap_err();
    assert_eq!(refused.kind, RefusedKind::Rejected(Code::ResourceExhausted));
    assert_eq!(records.lines(), ["a logs dropped 3 resource_exhausted"]);
    assert_eq!(came.load(Ordering::SeqCst), 0);
    assert!(forwarder.health()[0].last_success.is_none());
}
