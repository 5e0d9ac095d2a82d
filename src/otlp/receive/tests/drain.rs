use super::*;
use crate::otlp::receive::Accepted;
use tokio::sync::Semaphore;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// A handler that waits at a gate, and tells when a request has come to it.
fn gated() -> (impl Handler, Arc<Semaphore>, mpsc::UnboundedReceiver<()>) {
    let gate = Arc::new(Semaphore::new(0));
    let (sender, started) = mpsc::unbounded_channel();
    let inside = Arc::clone(&gate);
    let handler = move |_request: Incoming| {
        let (gate, sender) = (Arc::clone(&inside), sender.clone());
        async move {
            sender.send(()).unwrap();
            gate.acquire().await.unwrap().forget();
            Ok(Accepted::default())
        }
    };
    (handler, gate, started)
}

/// Scenario: shutdown while a gRPC call, an HTTP post and a health watch are under way and an idle connection is open.
/// Guarantees: no new connection is taken, both requests are answered, the watch ends, nothing is cut off.
#[tokio::test]
async fn in_flight_requests_finish() {
    let (handler, gate, mut started) = gated();
    let mut server = Server::start(options(), handler).await;
    let channel = server.channel();
    let call = tokio::spawn(async move { export_code(&channel, b"in flight").await });
    let request = http_client().post(server.url("/v1/traces")).header("content-type", "application/json").body("{}");
    let post = tokio::spawn(async move { request.send().await.unwrap().status() });
    started.recv().await.unwrap();
    started.recv().await.unwrap();
    let mut watch = HealthClient::new(server.channel())
        .watch(HealthCheckRequest { service: String::new() })
        .await
        .unwrap()
        .into_inner();
    assert!(watch.message().await.unwrap().is_some());
    let mut idle = server.tcp().await;
    until("all are in", || server.records.opened.load(Ordering::SeqCst) == 4).await;
    server.stop();
    assert_eq!(talk(&mut idle, "", "").await, "");
    assert_eq!(watch.message().await.unwrap_err().code(), Code::Unavailable);
    assert!(TcpStream::connect(server.http).await.is_err());
    assert!(!server.ended.is_finished());
    gate.add_permits(2);
    assert_eq!(call.await.unwrap(), Code::Ok);
    assert_eq!(post.await.unwrap(), 200);
    let drained = tokio::time::timeout(PATIENCE, server.ended).await.unwrap().unwrap();
    assert_eq!(drained, Drained { cut_off: 0 });
    assert_eq!(server.records.closed.load(Ordering::SeqCst), 4);
}

/// Scenario: shutdown while two requests hang for good.
/// Guarantees: the drain ends when its time is over, both are cut off, and that is said.
#[tokio::test]
async fn what_hangs_is_cut_off() {
    let (handler, _gate, mut started) = gated();
    let mut options = options();
    millis(&mut options, 5_000, 100);
    let mut server = Server::start(options, handler).await;
    let channel = server.channel();
    let call = tokio::spawn(async move {
        let mut channel = channel;
        poll_fn(|cx| GrpcService::poll_ready(&mut channel, cx)).await.unwrap();
        let request = Request::post(TRACES).header("content-type", "application/grpc");
        let body = tonic::body::Body::new(http_body_util::Full::new(frame(0, b"x")));
        GrpcService::call(&mut channel, request.body(body).unwrap()).await.is_err()
    });
    let request = http_client().post(server.url("/v1/traces")).header("content-type", "application/json").body("{}");
    let post = tokio::spawn(async move { request.send().await.is_err() });
    started.recv().await.unwrap();
    started.recv().await.unwrap();
    server.stop();
    let drained = tokio::time::timeout(PATIENCE, &mut server.ended).await.unwrap().unwrap();
    assert_eq!(drained, Drained { cut_off: 2 });
    assert!(call.await.unwrap() && post.await.unwrap());
    assert_eq!(server.budget.used(), 0);
}

/// Scenario: a port that is taken, and one address for both transports.
/// Guarantees: the error names the address; one address is one port that speaks both.
#[tokio::test]
async fn addresses() {
    let (handler, _seen) = accepting();
    let server = Server::start(options(), handler).await;
    let (handler, _seen) = accepting();
    let mut taken = options();
    taken.http.listen = server.http.to_string();
    let error = Server::try_start(taken, handler).await.err().unwrap();
    assert_eq!(error.address, server.http.to_string());
    assert!(error.to_string().contains(&error.address), "{error}");

    let (handler, _seen) = accepting();
    let mut one = options();
    one.http.listen.clone_from(&one.grpc.listen);
    let server = Server::start(one, handler).await;
    assert_eq!(server.grpc, server.http);
    assert_eq!(export_code(&server.channel(), b"").await, Code::Ok);
    let request = http_client().post(server.url("/v1/traces")).header("content-type", "application/x-protobuf");
    assert_eq!(request.send().await.unwrap().status(), 200);
}
