//! The admin port over real sockets.

use super::admin::Bounds;
use super::{Admin, Health, State};
use crate::cohort::{Clock, Tally};
use crate::config;
use crate::convention::Role;
use crate::evaluate::fixture;
use crate::language::Tag;
use crate::metrics::Metrics;
use flate2::read::GzDecoder;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Port {
    address: SocketAddr,
    health: Health,
    metrics: Metrics,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

async fn port(health: Health, bounds: Bounds) -> Port {
    let metrics = Metrics::new(&config::Metrics::default(), &[]).unwrap();
    let report: super::ReportProvider = Arc::new(|| {
        let mut tally = Tally::new();
        tally.text(&Arc::from("bot"), Role::Input, Tag::literal("ro"), 10, Some(5));
        tally.report()
    });
    let state = State::new(metrics.clone(), health.clone(), report);
    let admin = Admin::bind("127.0.0.1:0", state).await.unwrap().with_bounds(bounds);
    let address = admin.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(admin.run(async move { _ = stopped.await }));
    Port { address, health, metrics, stop, running }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn has(&self, header: &str) -> bool {
        self.head.lines().any(|line| line.eq_ignore_ascii_case(header))
    }
}

/// Sends one request on a connection of its own and reads to its end.
async fn send(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(answer.len());
    let head = String::from_utf8_lossy(&answer[..split]).into_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    Answer { status, head, body: answer.get(split + 4..).unwrap_or_default().to_vec() }
}

async fn get(address: SocketAddr, path: &str, headers: &str) -> Answer {
    send(address, &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n")).await
}

/// Scenario: scrapes as Prometheus and curl send them, with and without gzip, and a HEAD.
/// Guarantees: the format asked for; gzip where allowed; a first 0 that neither curl nor HEAD consumes.
#[tokio::test]
async fn metrics_page() {
    let port = port(Health::new(), Bounds::default()).await;
    let prometheus = "accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5\r\n\
        user-agent: Prometheus/2.42.0\r\nx-prometheus-scrape-timeout-seconds: 10\r\n";
    let first = get(port.address, "/metrics", prometheus).await;
    assert_eq!(first.status, 200);
    assert!(first.has("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"), "{}", first.head);
    assert!(first.text().ends_with("# EOF\n"));

    port.metrics.turn_text("bot", None, Role::Input, &fixture::text("text", "ro"));
    let series = "isogloss_texts_total{language=\"ro\",role=\"input\",service=\"bot\"}";
    let head = "HEAD /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = send(port.address, head).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    for _ in 0..3 {
        let curl = get(port.address, "/metrics", "accept: */*\r\nuser-agent: curl/8\r\n").await;
        assert!(curl.has("content-type: text/plain; version=0.0.4; charset=utf-8"));
        assert!(curl.text().contains(&format!("{series} 0\n")));
    }
    let zipped = get(port.address, "/metrics", &format!("{prometheus}accept-encoding: gzip\r\n")).await;
    assert!(zipped.has("content-encoding: gzip"), "{}", zipped.head);
    let mut page = String::new();
    GzDecoder::new(&zipped.body[..]).read_to_string(&mut page).unwrap();
    assert!(page.contains(&format!("{series} 0\n")));
    let second = get(port.address, "/metrics", prometheus).await;
    assert!(second.text().contains(&format!("{series} 1\n")));
}

/// Scenario: the probes while the program starts, runs, stalls and drains.
/// Guarantees: 200 and 503 as they should be, with the reasons as text.
#[tokio::test]
async fn probes() {
    let (clock, hands) = Clock::manual();
    let port = port(Health::with_clock(clock), Bounds::default()).await;
    let ready = get(port.address, "/readyz", "").await;
    assert_eq!((ready.status, ready.text()), (503, "starting\n"));
    assert_eq!(get(port.address, "/livez", "").await.status, 200);
    let sweeper = port.health.heartbeat("sweeper", Duration::from_secs(10));
    port.health.ready();
    assert_eq!(get(port.address, "/readyz?verbose", "").await.status, 200);
    hands.advance(Duration::from_secs(11));
    for path in ["/livez", "/readyz"] {
        let answer = get(port.address, path, "").await;
        assert_eq!((answer.status, answer.text()), (503, "sweeper: no progress for 11 s\n"), "{path}");
    }
    sweeper.beat();
    assert_eq!(get(port.address, "/livez", "").await.status, 200);
    port.health.draining();
    assert_eq!(get(port.address, "/readyz", "").await.text(), "draining\n");
    assert_eq!(get(port.address, "/livez", "").await.status, 200);
}

/// Scenario: the page, the report, a path that is none, other methods, a body, a head that is too long.
/// Guarantees: the right status for each, and the security headers on every answer of ours.
#[tokio::test]
async fn paths_and_methods() {
    let port = port(Health::new(), Bounds::default()).await;
    let index = get(port.address, "/", "").await;
    assert!(index.status == 200 && index.text().contains("href=\"/api/v1/report\""));
    let report = get(port.address, "/api/v1/report", "").await;
    let json: serde_json::Value = serde_json::from_slice(&report.body).unwrap();
    assert_eq!(json["rows"][0]["language"], "ro");
    let missing = get(port.address, "/metrics/", "").await;
    let post = send(port.address, "POST /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert_eq!((missing.status, post.status), (404, 405));
    assert!(post.has("allow: GET, HEAD"));
    let body = send(port.address, "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello").await;
    assert_eq!(body.status, 413);
    for answer in [&index, &report, &missing, &post, &body] {
        assert!(answer.has("x-content-type-options: nosniff"));
        assert!(answer.head.contains("default-src 'none'"));
    }
    let long = get(port.address, "/", &format!("x: {}\r\n", "a".repeat(64 << 10))).await;
    assert_eq!(long.status, 431);
}

/// Scenario: a client that never ends its headers holds the only place, while another one waits.
/// Guarantees: the slow one is cut off, and the other is answered.
#[tokio::test]
async fn slow_client_loses_its_place() {
    let bounds = Bounds { connections: 1, headers: Duration::from_millis(150), ..Bounds::default() };
    let port = port(Health::new(), bounds).await;
    let mut slow = TcpStream::connect(port.address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(20), get(port.address, "/livez", "")).await.unwrap();
    assert_eq!(answer.status, 200);
    let mut rest = Vec::new();
    // However it is told, with an answer or a reset, the connection has ended.
    let _ = tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut rest)).await.unwrap();
}

/// Scenario: shutdown while an idle connection is open.
/// Guarantees: the port ends, and takes no further connections.
#[tokio::test]
async fn shutdown() {
    let port = port(Health::new(), Bounds::default()).await;
    let mut idle = TcpStream::connect(port.address).await.unwrap();
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    port.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(20), port.running).await.unwrap().unwrap();
    assert!(TcpStream::connect(port.address).await.is_err());
}
