//! Delivery: what is acknowledged has arrived, what cannot arrive is said so.
#![allow(clippy::unwrap_used, reason = "the leave for tests does not reach helpers")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use support::peers::{Downstream, send_grpc, send_http};
use support::spans::{chat, plain, request, spans_of, value};
use support::{PATIENCE, Program};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

const QUESTION: &str = "Pouvez-vous me dire comment modifier l'adresse de livraison de ma commande ?";
const ANSWER: &str = "Oui, vous pouvez la modifier tant que le colis n'a pas quitté notre entrepôt.";

/// Scenario: agent spans and plain spans go through over gRPC and HTTP.
/// Guarantees: all arrive once, agent spans with their annotations, plain ones without a byte added.
#[tokio::test]
async fn annotates_and_passes_on() {
    let downstream = Downstream::start().await;
    let program = Program::start(&downstream.config());
    send_grpc(program.grpc, request("shop", vec![chat(QUESTION, ANSWER), plain()])).await.unwrap();
    assert_eq!(send_http(program.http, &request("shop", vec![chat(QUESTION, ANSWER)])).await, 200);

    let accepted = downstream.accepted();
    let spans: Vec<_> = accepted.iter().flat_map(spans_of).collect();
    assert_eq!(spans.len(), 3);
    for span in spans {
        if span.name.starts_with("chat") {
            assert_eq!(value(span, "isogloss.span.kind").as_deref(), Some("LLM"));
            assert_eq!(value(span, "isogloss.input.language").as_deref(), Some("fr"));
            assert_eq!(value(span, "isogloss.output.language").as_deref(), Some("fr"));
            assert_eq!(value(span, "isogloss.cohort.language").as_deref(), Some("fr"));
            assert_eq!(value(span, "isogloss.language_match").as_deref(), Some("true"));
            assert_eq!(value(span, "isogloss.refusal.verdict").as_deref(), Some("answered"));
            assert_eq!(value(span, "isogloss.tokens.source").as_deref(), Some("reported"));
            assert_eq!(value(span, "isogloss.output.tokens").as_deref(), Some("30"));
            assert_eq!(value(span, "isogloss.input.characters"), Some(QUESTION.chars().count().to_string()));
        } else {
            assert_eq!(span.attributes.len(), 2, "{span:?}");
        }
    }
}

/// Scenario: the downstream answers UNAVAILABLE to every third request.
/// Guarantees: every span that was acknowledged to the sender arrived, none was lost.
#[tokio::test]
async fn passing_faults_are_retried() {
    let downstream =
        Downstream::scripted(Arc::new(|call| if call % 3 == 2 { Err(Status::unavailable("busy")) } else { Ok(()) }))
            .await;
    let program = Program::start(&downstream.config());
    for _ in 0..12 {
        send_grpc(program.grpc, request("shop", vec![plain()])).await.unwrap();
    }
    let arrived: usize = downstream.accepted().iter().map(|request| spans_of(request).count()).sum();
    assert_eq!(arrived, 12);
    assert!(downstream.calls() > 12);
}

/// Scenario: the downstream answers RESOURCE_EXHAUSTED, without and with RetryInfo.
/// Guarantees: without it nothing is sent again, the sender gets a code that it must not retry, and the spans
/// are counted as dropped with the reason; with it the request is sent again and arrives.
#[tokio::test]
async fn exhausted_is_lasting_unless_it_says_when() {
    let downstream = Downstream::scripted(Arc::new(|_| Err(Status::resource_exhausted("quota")))).await;
    let program = Program::start(&downstream.config());
    let refused = send_grpc(program.grpc, request("shop", vec![plain(), plain()])).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    assert!(refused.get_details_retry_info().is_none());
    assert_eq!(downstream.calls(), 1);
    let metrics = program.metrics_until("two dropped spans", |metrics| {
        metrics.sum("isogloss_dropped_spans_total", &[("destination", "sink")]) == 2.0
    });
    let metrics = metrics.await;
    assert_eq!(metrics.sum("isogloss_dropped_spans_total", &[("reason", "resource_exhausted")]), 2.0);

    let downstream = Downstream::scripted(Arc::new(|call| match call {
        0 => {
            let details = ErrorDetails::with_retry_info(Some(std::time::Duration::from_millis(50)));
            Err(Status::with_error_details(Code::ResourceExhausted, "quota", details))
        }
        _ => Ok(()),
    }))
    .await;
    let program = Program::start(&downstream.config());
    send_grpc(program.grpc, request("shop", vec![plain()])).await.unwrap();
    assert_eq!(downstream.calls(), 2);
    drop(program);
}

/// Scenario: nobody listens where spans should go.
/// Guarantees: the sender is told to come back (UNAVAILABLE, 503), and nothing is acknowledged.
#[tokio::test]
async fn dead_downstream_is_a_passing_fault() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let program = Program::start(&format!(
        "[[forward]]\nendpoint = \"http://{address}\"\n[forward.retry]\ninitial = \"10ms\"\nmax = \"20ms\"\nmax_elapsed = \"200ms\"\n"
    ));
    let refused = send_grpc(program.grpc, request("shop", vec![plain()])).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    assert_eq!(send_http(program.http, &request("shop", vec![plain()])).await, 503);
}

/// Sends from eight clients at once, gives the signal in the middle, and returns how the program ended. Whatever was
/// acknowledged to a client must have arrived exactly once.
async fn signal_under_load(signal: &'static str) -> std::process::ExitStatus {
    let downstream = Downstream::start().await;
    let mut program = Program::start(&downstream.config());
    let grpc = program.grpc;
    let senders: Vec<_> = (0..8)
        .map(|_| {
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for _ in 0..200 {
                    let span = chat(QUESTION, ANSWER);
                    let id = span.span_id.clone();
                    if send_grpc(grpc, request("shop", vec![span])).await.is_err() {
                        break;
                    }
                    acknowledged.push(id);
                }
                acknowledged
            })
        })
        .collect();
    let until = Instant::now() + PATIENCE;
    while downstream.calls() < 100 {
        assert!(Instant::now() < until);
        tokio::task::yield_now().await;
    }
    program.signal(signal);
    let mut acknowledged = Vec::new();
    for sender in senders {
        acknowledged.extend(sender.await.unwrap());
    }
    let status = tokio::task::spawn_blocking(move || program.wait()).await.unwrap();
    let mut arrived: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for request in downstream.accepted() {
        for span in spans_of(&request) {
            *arrived.entry(span.span_id.clone()).or_default() += 1;
        }
    }
    assert!((50..1600).contains(&acknowledged.len()), "{}", acknowledged.len());
    for id in &acknowledged {
        assert_eq!(arrived.get(id), Some(&1), "{id:?}");
    }
    status
}

/// Scenario: many senders at once, and SIGTERM while their requests are under way.
/// Guarantees: the program ends by itself with success, and every acknowledged span arrived exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_at_the_end() {
    let status = signal_under_load("TERM").await;
    assert!(status.success(), "{status}");
}

/// Scenario: the same with SIGKILL, after which the program can do nothing any more.
/// Guarantees: every acknowledged span had arrived, exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_by_kill() {
    let status = signal_under_load("KILL").await;
    assert!(!status.success(), "{status}");
}

/// Scenario: a downstream takes connections and never says a word; SIGTERM comes while a request waits for it.
/// Guarantees: the program gives up when its time to drain is over, says how many requests it cut off, ends with
/// success, and the sender was told nothing that it could take for delivered.
#[tokio::test(flavor = "multi_thread")]
async fn draining_has_an_end() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut program = Program::start(&format!(
        "[receive]\ndrain_timeout = \"300ms\"\n[[forward]]\nendpoint = \"http://{}\"\n",
        silent.local_addr().unwrap()
    ));
    let sent = tokio::spawn(send_grpc(program.grpc, request("shop", vec![plain()])));
    program.metrics_until("a request in flight", |m| m.sum("isogloss_in_flight_bytes", &[]) > 0.0).await;
    program.signal("TERM");
    let cut_off = program.log_line(|line| line["requests"].is_number());
    assert_eq!(cut_off["requests"], 1, "{cut_off}");
    assert!(sent.await.unwrap().is_err());
    assert!(program.wait().success());
}
