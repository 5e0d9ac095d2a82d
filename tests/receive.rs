//! Receiving as real clients need it, beside what the conformance probe checks.

mod support;

use prost::Message as _;
use support::peers::send_grpc;
use support::spans::{chat, request};
use support::{Program, client};

/// Scenario: requests to the paths that traceAI and Langfuse use, and the POSTs of traceAI's `EvalTag`.
/// Guarantees: routes go by suffix, `EvalTag` gets its `200 {}`, and anything else a 404 or 405.
#[tokio::test]
async fn paths_of_real_clients() {
    let program = Program::start("");
    let body = request("shop", vec![chat("Hello, can you help me with my order?", "Yes, of course.")]).encode_to_vec();
    for path in ["/v1/traces", "/tracer/v1/traces", "/api/public/otel/v1/traces"] {
        let answer = client()
            .post(format!("http://{}{path}", program.http))
            .header("content-type", "application/x-protobuf")
            .body(body.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    for path in ["/tracer/custom-eval-config/get_custom_eval_by_name/", "/tracer/custom-eval-config/check_exists/"] {
        let answer = client().post(format!("http://{}{path}", program.http)).body("{\"a\":1}").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.text().await.unwrap(), "{}");
    }
    let get = client().get(format!("http://{}/v1/traces", program.http)).send().await.unwrap();
    assert_eq!(get.status(), 405);
    let nowhere = client().post(format!("http://{}/v2/spans", program.http)).send().await.unwrap();
    assert_eq!(nowhere.status(), 404);
}

/// Scenario: more requests at once than the budget of bytes in flight admits, with a downstream that is slow.
/// Guarantees: those over the budget are told to come back (UNAVAILABLE with RetryInfo), none is lost silently.
#[tokio::test(flavor = "multi_thread")]
async fn over_the_budget_is_told_when_to_come_back() {
    use tonic_types::StatusExt as _;
    let slow = support::peers::Downstream::scripted(std::sync::Arc::new(|_| {
        std::thread::sleep(std::time::Duration::from_millis(300));
        Ok(())
    }))
    .await;
    let program = Program::start(&format!(
        "[receive]\nmax_in_flight_bytes = 100000\nmax_request_bytes = 100000\n{}",
        slow.config()
    ));
    let big = "Hello, can you help me with my order? ".repeat(1000);
    let sending: Vec<_> =
        (0..12).map(|_| tokio::spawn(send_grpc(program.grpc, request("shop", vec![chat(&big, "Yes.")])))).collect();
    let mut refused = 0;
    for sent in sending {
        if let Err(status) = sent.await.unwrap() {
            assert_eq!(status.code(), tonic::Code::Unavailable, "{status:?}");
            assert!(status.get_details_retry_info().is_some(), "{status:?}");
            refused += 1;
        }
    }
    assert!((1..12).contains(&refused), "{refused}");
    let arrived: usize = slow.accepted().len();
    assert_eq!(arrived, 12 - refused);
    let metrics = program.metrics().await;
    assert!(
        metrics.has("isogloss_refused_spans_total", &[("transport", "grpc"), ("reason", "overloaded")]),
        "{}",
        metrics.0
    );
}

/// Scenario: the health endpoints before and while the program stops.
/// Guarantees: ready and alive while it runs, gRPC health says SERVING.
#[tokio::test]
async fn health() {
    let program = Program::start("");
    assert_eq!(program.get("/livez").await.0, 200);
    assert_eq!(program.get("/readyz").await.0, 200);
    let channel =
        tonic::transport::Endpoint::from_shared(format!("http://{}", program.grpc)).unwrap().connect().await.unwrap();
    let mut health = tonic_health::pb::health_client::HealthClient::new(channel);
    let answer = health.check(tonic_health::pb::HealthCheckRequest { service: String::new() }).await.unwrap();
    assert_eq!(answer.into_inner().status, 1);
}
