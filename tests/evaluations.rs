//! Results of evaluations that somebody else runs, sent over OTLP, in the same counters as ours.

// The lints' leave for tests does not reach the helpers of an integration test.
#![allow(clippy::unwrap_used)]

mod support;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use prost::Message as _;
use support::peers::{send_grpc, send_http};
use support::prometheus::Prometheus;
use support::spans::{chat, fresh, request, text, trace_id};
use support::{Metrics, Program, client};

const QUICK: &str = "[turn]\nquiet = \"300ms\"\nidle = \"1500ms\"\n";
const INDONESIAN: &str = "Halo, saya ingin mengubah alamat pengiriman untuk pesanan saya. Apakah masih bisa?";
const GOOD: &str = "Ya, alamat pesanan Anda masih bisa diubah karena paketnya belum keluar dari gudang kami.";
const EVENT: &str = "gen_ai.evaluation.result";

fn double(key: &str, value: f64) -> KeyValue {
    let value = Some(AnyValue { value: Some(Value::DoubleValue(value)) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

fn result(name: &str, score: Option<f64>, label: Option<&str>) -> Vec<KeyValue> {
    let mut attributes = vec![text("gen_ai.evaluation.name", name)];
    attributes.extend(score.map(|score| double("gen_ai.evaluation.score.value", score)));
    attributes.extend(label.map(|label| text("gen_ai.evaluation.score.label", label)));
    attributes
}

/// A log record about a span, as OpenTelemetry's conventions describe it.
fn about(span: &Span, attributes: Vec<KeyValue>) -> LogRecord {
    LogRecord {
        event_name: EVENT.into(),
        trace_id: span.trace_id.clone(),
        span_id: span.span_id.clone(),
        attributes,
        ..LogRecord::default()
    }
}

/// Sends log records in protobuf over HTTP.
async fn send_logs(program: &Program, log_records: Vec<LogRecord>) {
    let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
    let answer = client()
        .post(format!("http://{}/v1/logs", program.http))
        .header("content-type", "application/x-protobuf")
        .body(ExportLogsServiceRequest { resource_logs }.encode_to_vec())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
}

/// Verdicts of one evaluation on Indonesian turns of the shop.
fn verdicts(metrics: &Metrics, evaluation: &str, outcome: &str) -> f64 {
    let labels = [("evaluation", evaluation), ("language", "id"), ("service", "shop"), ("outcome", outcome)];
    metrics.sum("isogloss_evaluations_total", &labels)
}

/// Scenario: a real Prometheus watches. Turns in Indonesian come with results of a grader in every form: span events,
/// OpenInference's attributes, log records before their spans, log records after the turn was judged, and a grader's
/// span in a trace of its own that links back; some pass, some fail.
/// Guarantees: PromQL sees each of them once under the evaluation that it names, in the language of the turn and with
/// the labels of our own evaluations, the first failure included; the fail ratio has them; a grader's trace is no turn.
#[tokio::test(flavor = "multi_thread")]
async fn an_outside_grader_in_promql() {
    let program = Program::start(QUICK);
    let prometheus = Prometheus::start(program.admin).await;
    prometheus.query_until("up{job=\"isogloss\"}", |up| up == 1.0).await;

    let turns: Vec<Span> = (0..6).map(|_| chat(INDONESIAN, GOOD)).collect();
    let relevance = |score: f64| result("relevance", Some(score), None);
    // Before: the record of the first turn comes alone.
    send_logs(&program, vec![about(&turns[0], relevance(0.9))]).await;
    send_grpc(program.grpc, request("shop", vec![turns[0].clone()])).await.unwrap();
    // On the span: an event, and attributes.
    let mut with_event = turns[1].clone();
    with_event.events = vec![Event { name: EVENT.into(), attributes: relevance(0.1), ..Event::default() }];
    send_grpc(program.grpc, request("shop", vec![with_event.clone()])).await.unwrap();
    let mut with_attributes = turns[2].clone();
    with_attributes.attributes.push(text("evaluations.0.evaluation.name", "relevance"));
    with_attributes.attributes.push(text("evaluations.0.evaluation.label", "not_relevant"));
    assert_eq!(send_http(program.http, &request("shop", vec![with_attributes])).await, 200);
    send_grpc(program.grpc, request("shop", turns[3..].to_vec())).await.unwrap();
    prometheus.query_until("sum(isogloss_turns_total{language=\"id\"})", |n| n == 6.0).await;

    // After: the turns are complete.
    send_logs(&program, vec![about(&turns[3], result("relevance", Some(4.0), Some("Pass")))]).await;
    send_logs(&program, vec![about(&turns[4], relevance(0.2))]).await;
    let number = fresh();
    let grader = Span {
        trace_id: trace_id(number),
        span_id: number.to_be_bytes().to_vec(),
        name: "judge".into(),
        attributes: result("relevance", None, Some("irrelevant")),
        links: vec![Link { trace_id: turns[5].trace_id.clone(), span_id: turns[5].span_id.clone(), ..Link::default() }],
        ..Span::default()
    };
    send_grpc(program.grpc, request("grader", vec![grader])).await.unwrap();
    // Sent again: nothing changes.
    send_grpc(program.grpc, request("shop", vec![with_event])).await.unwrap();
    send_logs(&program, vec![about(&turns[4], relevance(0.2))]).await;

    let series = "isogloss_evaluations_total{evaluation=\"relevance\",language=\"id\",target_language=\"id\",\
                  service=\"shop\",step=\"answer\",model=\"gpt-4o-mini\"";
    prometheus.query_until(&format!("sum({series},outcome=\"fail\"}})"), |n| n == 4.0).await;
    prometheus.query_until(&format!("sum({series},outcome=\"pass\"}})"), |n| n == 2.0).await;
    prometheus.query_until(&format!("sum(increase({series},outcome=\"fail\"}}[5m]))"), |n| n > 3.9).await;
    let weight = "sum(isogloss_evaluation_weight_total{evaluation=\"relevance\",language=\"id\",outcome=\"fail\"})";
    prometheus.query_until(weight, |n| n == 4.0).await;
    let ratio = "isogloss_eval_fail_ratio{evaluation=\"relevance\",language=\"id\",service=\"shop\"}";
    prometheus.query_until(ratio, |n| (n - 4.0 / 6.0).abs() < 1e-9).await;
    prometheus.query_until("isogloss_unattributed_evaluations_total{reason=\"duplicate\"}", |n| n == 2.0).await;
    prometheus.query_until("isogloss_reported_evaluations_total{reason=\"label\"}", |n| n == 3.0).await;
    prometheus.query_until("isogloss_reported_evaluations_total{reason=\"default_threshold\"}", |n| n == 3.0).await;
    let metrics = program.metrics().await;
    assert_eq!(metrics.sum("isogloss_turns_total", &[]), 6.0, "the grader's trace is no turn");
}

/// Scenario: a configured evaluation on a scale of 1 to 5 with a label of its own; one where less is better; one whose
/// scores cannot be decided; a grader that failed; a result of a trace that never comes, one without a trace, and one
/// that isogloss made.
/// Guarantees: what is configured is followed; nothing that cannot be decided or placed is a fail, and each says why.
#[tokio::test]
async fn thresholds_and_reasons() {
    let program = Program::start(
        "[turn]\nquiet = \"300ms\"\nidle = \"500ms\"\nmax_age = \"1s\"\n[evaluate.reported]\nwait = \"2s\"\n\
         [[evaluate.reported.evaluation]]\nname = \"Stars\"\nthreshold = 4.0\nfail = [\"two of five\"]\n",
    );
    let turn = chat(INDONESIAN, GOOD);
    send_grpc(program.grpc, request("shop", vec![turn.clone()])).await.unwrap();
    let mut error = result("tone", None, None);
    error.push(text("error.type", "timeout"));
    let other = chat(INDONESIAN, GOOD);
    let mut homeless = about(&other, result("relevance", Some(0.9), None));
    homeless.trace_id.clear();
    send_logs(
        &program,
        vec![
            about(&turn, result("stars", Some(4.0), None)),
            about(&turn, result("Stars", None, Some("Two of five"))),
            about(&turn, result("toxicity", Some(0.9), None)),
            about(&turn, result("coherence", Some(4.0), None)),
            about(&turn, result("register", None, Some("formal"))),
            about(&turn, error),
            about(&turn, result("isogloss.refusal", None, Some("fail"))),
            about(&other, result("relevance", Some(0.9), None)),
            homeless,
        ],
    )
    .await;
    let reason = |reason| move |m: &Metrics| m.sum("isogloss_unattributed_evaluations_total", &[("reason", reason)]);
    let metrics = program.metrics_until("a result without a turn", |m| reason("no_turn")(m) == 1.0).await;
    for (evaluation, outcome) in [
        ("stars", "pass"),
        ("Stars", "fail"),
        ("toxicity", "fail"),
        ("coherence", "skipped"),
        ("register", "skipped"),
        ("tone", "error"),
    ] {
        assert_eq!(verdicts(&metrics, evaluation, outcome), 1.0, "{evaluation}");
        let all = metrics.sum("isogloss_evaluations_total", &[("evaluation", evaluation)]);
        assert_eq!(all, 1.0, "{evaluation}");
    }
    assert_eq!((reason("no_trace")(&metrics), reason("own")(&metrics)), (1.0, 1.0));
    assert!(!metrics.has("isogloss_evaluations_total", &[("evaluation", "relevance")]));
}

/// Scenario: a hundred evaluations of names of the sender's own.
/// Guarantees: as many have a label as are configured, the others are counted as `other`, and ours keep theirs.
#[tokio::test]
async fn names_are_bounded() {
    let program = Program::start(&format!("{QUICK}[metrics.label]\nevaluation = 10\n"));
    let mut turn = chat(INDONESIAN, GOOD);
    for n in 0..60 {
        turn.attributes.push(text(&format!("evaluations.{n}.evaluation.name"), &format!("check {n}")));
        turn.attributes.push(text(&format!("evaluations.{n}.evaluation.label"), "pass"));
    }
    send_grpc(program.grpc, request("shop", vec![turn])).await.unwrap();
    let metrics = program.metrics_until("the overflow", |m| verdicts(m, "other", "pass") == 50.0).await;
    let names = metrics.label_values("isogloss_evaluations_total", "evaluation");
    assert_eq!(names.iter().filter(|name| name.starts_with("check ")).count(), 10, "{names:?}");
    assert!(names.contains("refusal"), "{names:?}");
    assert_eq!(metrics.sum("isogloss_label_overflow_total", &[("label", "evaluation")]), 50.0);
}
