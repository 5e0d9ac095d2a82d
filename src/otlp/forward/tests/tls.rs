//! A downstream behind TLS: whom we trust, and whom we do not.

use super::*;
use rcgen::{CertifiedKey, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::io::Write;
use tempfile::NamedTempFile;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A certificate that is its own issuer, for a server of this name or address.
fn certificate(name: &str) -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed([name.to_owned()]).unwrap()
}

/// The certificate as a user's `ca_file`.
fn ca_file(certified: &CertifiedKey<KeyPair>) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(certified.cert.pem().as_bytes()).unwrap();
    file
}

/// Ends TLS with this certificate before a receiver that speaks plainly; offers HTTP/2 and HTTP/1.1.
async fn behind_tls(certified: &CertifiedKey<KeyPair>, plain: SocketAddr) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(certified.signing_key.serialize_der().into());
    let mut config = config.with_no_client_auth().with_single_cert(vec![certified.cert.der().clone()], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust us goes away in the middle of the handshake.
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut inner = TcpStream::connect(plain).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut inner).await;
            });
        }
    });
    address
}

fn over_tls(address: SocketAddr, protocol: Protocol, ca: Option<&NamedTempFile>) -> Forward {
    let mut options = destination("a", address, protocol);
    options.endpoint = format!("https://{address}");
    options.ca_file = ca.map(|file| file.path().to_owned());
    options
}

/// Scenario: `https://` with the server's issuer in `ca_file`, over both protocols, in protobuf with compression.
/// Guarantees: what is sent arrives, and the answer (here a partial success) is read, through TLS.
#[tokio::test]
async fn a_known_issuer_is_trusted() {
    let ours = certificate("127.0.0.1");
    let ca = ca_file(&ours);
    for protocol in [Protocol::Grpc, Protocol::Http] {
        let partial = Ok(Accepted { partial: Some((4, "four".into())) });
        let (server, came) = answering(vec![accepted(), partial]).await;
        let address = behind_tls(&ours, server.http).await;
        let mut options = over_tls(address, protocol, Some(&ca));
        options.compression = Compression::Gzip;
        let (forwarder, records) = forwarder(&[options]);
        assert_eq!(send_one(&forwarder, b"x").await, Delivery::Delivered, "{protocol:?}");
        let delivery = send_one(&forwarder, b"x").await;
        assert_eq!(delivery, Delivery::Partial { rejected: 4, message: "four".into() }, "{protocol:?}");
        assert_eq!(came.load(Ordering::SeqCst), 2);
        assert_eq!(records.lines()[0], "a traces sent 10");
    }
}

/// Scenario: an issuer that is not known (no `ca_file`, and somebody else's), and a known one whose certificate is for
/// another host, over both protocols.
/// Guarantees: a passing fault, tried again until time is up; nothing is sent, and the sender is told to come back.
#[tokio::test]
async fn an_unknown_issuer_is_never_sent_to() {
    let (ours, elsewhere) = (certificate("127.0.0.1"), certificate("collector.example"));
    let (stranger, known) = (ca_file(&certificate("127.0.0.1")), ca_file(&elsewhere));
    for (shown, ca) in [(&ours, None), (&ours, Some(&stranger)), (&elsewhere, Some(&known))] {
        for protocol in [Protocol::Grpc, Protocol::Http] {
            let (server, came) = answering(vec![accepted()]).await;
            let address = behind_tls(shown, server.http).await;
            let mut options = over_tls(address, protocol, ca);
            options.retry.max_elapsed = Span::from_millis(150);
            let (forwarder, records) = forwarder(&[options]);
            let outcome = send(&forwarder, b"x").await;
            let gave_up = Delivery::GaveUp { reason: "connection", retry_after: None };
            assert_eq!(outcome.deliveries[0].1, gave_up, "{protocol:?}");
            assert_eq!(outcome.answer().unwrap_err().kind, RefusedKind::Unavailable);
            assert_eq!(came.load(Ordering::SeqCst), 0, "{protocol:?}");
            assert_eq!(server.records.opened.load(Ordering::SeqCst), 0, "{protocol:?}");
            let lines = records.lines();
            assert_eq!(lines[0], "a traces retried connection", "{protocol:?}");
            assert_eq!(lines.last().unwrap(), "a traces returned 10 connection", "{protocol:?}");
            assert!(forwarder.health()[0].last_success.is_none());
        }
    }
}
