use super::*;
use std::sync::atomic::AtomicBool;
use tokio::sync::Semaphore;

/// Scenario: one request for six destinations: both protocols, three compressions.
/// Guarantees: every one gets the same bytes once, the signal is right, and all is counted.
#[tokio::test]
async fn all_protocols_and_compressions() {
    let (sender, mut seen) = mpsc::unbounded_channel();
    let handler = move |request: Incoming| {
        let sender = sender.clone();
        async move {
            sender.send((request.signal, request.body)).unwrap();
            accepted()
        }
    };
    let server = Server::start(options(), handler).await;
    let mut destinations = Vec::new();
    for (protocol, address) in [(Protocol::Grpc, server.grpc), (Protocol::Http, server.http)] {
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let mut options = destination(&format!("{protocol:?}-{compression:?}"), address, protocol);
            options.compression = compression;
            destinations.push(options);
        }
    }
    let (forwarder, records) = forwarder(&destinations);
    let body = Bytes::from(b"some bytes, ".repeat(100_000));
    for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
        let outcome = forwarder.send(signal, body.clone(), 7).await;
        assert_eq!(outcome.answer(), accepted());
        for _ in 0..6 {
            let (came, bytes) = seen.recv().await.unwrap();
            assert!(came == signal && bytes == body);
        }
    }
    assert_eq!(records.lines().len(), 18);
    // An empty request is a request too.
    assert_eq!(forwarder.send(Signal::Traces, Bytes::new(), 0).await.answer(), accepted());
}

/// Scenario: no destination at all.
/// Guarantees: delivered at once.
#[tokio::test]
async fn nowhere_to_send() {
    let (forwarder, _) = forwarder(&[]);
    assert!(forwarder.is_empty());
    assert_eq!(send(&forwarder, b"x").await.answer(), accepted());
}

/// Scenario: one destination fails until time is up, one refuses, one delivers.
/// Guarantees: the good one has it before the bad one gives up, exactly once; the sender is told to come back.
#[tokio::test]
async fn destinations_do_not_wait_for_each_other() {
    let (good, came) = answering(vec![accepted()]).await;
    let (bad, _) = answering(vec![refused(RefusedKind::Overloaded, Some(Duration::from_millis(10)))]).await;
    let (never, _) = answering(vec![refused(RefusedKind::Malformed, None)]).await;
    let mut failing = destination("bad", bad.grpc, Protocol::Grpc);
    failing.retry.max_elapsed = Span::from_millis(300);
    let (forwarder, records) = forwarder(&[
        failing,
        destination("good", good.http, Protocol::Http),
        destination("never", never.grpc, Protocol::Grpc),
    ]);
    let done = AtomicBool::new(false);
    let sending = async {
        let outcome = send(&forwarder, b"x").await;
        done.store(true, Ordering::SeqCst);
        outcome
    };
    let watching = async {
        until("the good one has it", || records.lines().contains(&"good traces sent 10".to_owned())).await;
        assert!(!done.load(Ordering::SeqCst));
    };
    let (outcome, ()) = tokio::join!(sending, watching);
    let refused = outcome.answer().unwrap_err();
    assert_eq!(refused.kind, RefusedKind::Unavailable);
    assert_eq!(came.load(Ordering::SeqCst), 1);
    assert!(records.lines().contains(&"never traces dropped 10 invalid_argument".to_owned()));
    assert_eq!(records.lines().last().unwrap(), "bad traces returned 10 unavailable");
}

/// Scenario: a concurrency of 2 and six requests at once.
/// Guarantees: never more than two on their way, and all arrive.
#[tokio::test]
async fn concurrency_is_bounded() {
    let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let gate = Arc::new(Semaphore::new(0));
    let (handler_inside, handler_most, handler_gate) = (Arc::clone(&inside), Arc::clone(&most), Arc::clone(&gate));
    let handler = move |_request: Incoming| {
        let (inside, most, gate) = (Arc::clone(&handler_inside), Arc::clone(&handler_most), Arc::clone(&handler_gate));
        async move {
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            gate.acquire().await.unwrap().forget();
            inside.fetch_sub(1, Ordering::SeqCst);
            accepted()
        }
    };
    let server = Server::start(options(), handler).await;
    let mut options = destination("a", server.grpc, Protocol::Grpc);
    options.concurrency = 2;
    let (forwarder, _) = forwarder(&[options]);
    let sends = futures_util::future::join_all((0..6).map(|_| send_one(&forwarder, b"x")));
    let opening = async {
        until("two are inside", || inside.load(Ordering::SeqCst) == 2).await;
        gate.add_permits(6);
    };
    let (deliveries, ()) = tokio::join!(sends, opening);
    assert_eq!(deliveries, vec![Delivery::Delivered; 6]);
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

/// Scenario: the sender goes away while its request waits for an answer, and while it waits for the next attempt.
/// Guarantees: the attempt at the destination ends, and no further one is made.
#[tokio::test]
async fn dropping_a_send_ends_it() {
    let (sender, mut started) = mpsc::unbounded_channel();
    let handler = move |request: Incoming| {
        let sender = sender.clone();
        async move {
            let _request = request;
            sender.send(()).unwrap();
            std::future::pending::<Answer>().await
        }
    };
    let hanging = Server::start(options(), handler).await;
    let (failing, came) = answering(vec![refused(RefusedKind::Unavailable, Some(Duration::from_millis(50)))]).await;
    let (forwarder, records) = forwarder(&[
        destination("hanging", hanging.grpc, Protocol::Grpc),
        destination("failing", failing.grpc, Protocol::Grpc),
    ]);
    let sending = async {
        started.recv().await.unwrap();
        until("the other failed", || !records.lines().is_empty()).await;
    };
    tokio::select! {
        biased;
        () = sending => {}
        _ = send(&forwarder, b"x") => panic!("it cannot be answered"),
    }
    until("the attempt is gone", || hanging.budget.used() == 0).await;
    let before = came.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(came.load(Ordering::SeqCst), before);
}
