//! Turns as they come out of traffic: spans in any order, log records, late spans.

mod support;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use support::peers::send_grpc;
use support::spans::{chat, fresh, int, request, spans_of, text};
use support::{PATIENCE, Program, client};

const QUICK: &str = "[turn]\nquiet = \"300ms\"\nidle = \"1500ms\"\n";
const QUESTION: &str = "Когда мне вернут деньги за заказ, который я отправил обратно на прошлой неделе?";
const ANSWER: &str = "Деньги отправлены вчера и поступят на ваш счёт в течение пяти рабочих дней.";

/// An agent's trace: the root and below it a retrieval and the call of the model, each a request of its own.
fn trace() -> Vec<ExportTraceServiceRequest> {
    let mut root = chat(QUESTION, ANSWER);
    root.name = "invoke_agent".into();
    root.attributes =
        vec![text("openinference.span.kind", "AGENT"), text("input.value", QUESTION), text("output.value", ANSWER)];
    let below = |mut span: opentelemetry_proto::tonic::trace::v1::Span| {
        span.trace_id = root.trace_id.clone();
        span.parent_span_id = root.span_id.clone();
        span
    };
    let mut retrieval = below(chat(QUESTION, ANSWER));
    retrieval.attributes = vec![
        text("openinference.span.kind", "RETRIEVER"),
        text("input.value", QUESTION),
        text(
            "retrieval.documents.0.document.content",
            "Refunds are paid to the original means of payment within five working days.",
        ),
    ];
    let call = below(chat(QUESTION, ANSWER));
    [retrieval, call, root].into_iter().map(|span| request("shop", vec![span])).collect()
}

/// Scenario: one trace comes as three requests, children first; another with its root first.
/// Guarantees: each is one turn, its question and answer are counted once though they are on three spans.
#[tokio::test]
async fn one_trace_is_one_turn_in_any_order() {
    let program = Program::start(QUICK);
    for request in trace() {
        send_grpc(program.grpc, request).await.unwrap();
    }
    for request in trace().into_iter().rev() {
        send_grpc(program.grpc, request).await.unwrap();
    }
    let metrics =
        program.metrics_until("two turns", |m| m.sum("isogloss_turns_total", &[("language", "ru")]) == 2.0).await;
    let texts = |role, language| metrics.sum("isogloss_texts_total", &[("role", role), ("language", language)]);
    assert_eq!(texts("input", "ru"), 2.0);
    assert_eq!(texts("output", "ru"), 2.0);
    assert_eq!(texts("retrieval", "en"), 2.0);
    assert_eq!(metrics.sum("isogloss_refusals_total", &[("language", "ru"), ("outcome", "answered")]), 2.0);
}

/// Scenario: a span comes after its trace was judged, and one span is sent twice.
/// Guarantees: the late one is counted as late and makes no second turn; the repeated one changes nothing.
#[tokio::test]
async fn late_and_repeated_spans() {
    let program = Program::start(QUICK);
    let requests = trace();
    for request in requests.iter().chain(&requests[..1]) {
        send_grpc(program.grpc, request.clone()).await.unwrap();
    }
    program.metrics_until("a turn", |m| m.sum("isogloss_turns_total", &[]) == 1.0).await;
    let mut late = spans_of(&requests[1]).next().unwrap().clone();
    late.span_id = fresh().to_be_bytes().to_vec();
    send_grpc(program.grpc, request("shop", vec![late])).await.unwrap();
    let metrics = program.metrics_until("a late span", |m| m.sum("isogloss_late_spans_total", &[]) == 1.0).await;
    assert_eq!(metrics.sum("isogloss_turns_total", &[]), 1.0);
    assert_eq!(metrics.sum("isogloss_texts_total", &[("role", "retrieval")]), 1.0);
}

/// Scenario: nine calls of a closed model, whose spans report what the answer cost.
/// Guarantees: eight teach what a character costs in their language, which a gauge shows; the ninth's question, for
/// which nothing is reported, is counted by that.
#[tokio::test]
async fn closed_models_are_learned() {
    let program = Program::start(QUICK);
    let call = || {
        let mut span = chat(QUESTION, &format!("{ANSWER} {ANSWER}"));
        let own: [KeyValue; 2] =
            [text("gen_ai.request.model", "claude-sonnet-4-5"), int("gen_ai.usage.output_tokens", 51)];
        span.attributes.retain(|attribute| own.iter().all(|own| own.key != attribute.key));
        span.attributes.extend(own);
        request("shop", vec![span])
    };
    for _ in 0..8 {
        send_grpc(program.grpc, call()).await.unwrap();
    }
    let densities = |state| [("state", state)];
    let metrics = program
        .metrics_until("a model that is known", |m| m.sum("isogloss_token_densities", &densities("usable")) == 1.0)
        .await;
    assert_eq!(metrics.sum("isogloss_token_densities", &densities("learning")), 0.0);
    send_grpc(program.grpc, call()).await.unwrap();
    let learned = [("role", "input"), ("tokenizer", "learned")];
    let metrics = program
        .metrics_until("a question of a model that is known", |m| m.sum("isogloss_tokens_total", &learned) > 0.0)
        .await;
    let (question, answer) = (QUESTION.chars().count() as f64, 2.0 * ANSWER.chars().count() as f64 + 1.0);
    assert_eq!(metrics.sum("isogloss_tokens_total", &learned), (question * 51.0 / answer).round());
    assert_eq!(metrics.sum("isogloss_tokens_total", &[("tokenizer", "reported")]), 9.0 * 51.0);
}

/// Scenario: OpenTelemetry's own OpenAI instrumentation, which sends a span without texts and the texts as log records
/// of the same span; here as captured from the real client, logs first.
/// Guarantees: the turn has the texts and the languages of the log records.
#[tokio::test]
async fn texts_in_log_records_join_their_span() {
    let program = Program::start(QUICK);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients/otel-openai-v2-events");
    for (path, file) in [("/v1/logs", "vi_multimodal.logs.binpb"), ("/v1/traces", "vi_multimodal.binpb")] {
        let answer = client()
            .post(format!("http://{}{path}", program.http))
            .header("content-type", "application/x-protobuf")
            .timeout(PATIENCE)
            .body(std::fs::read(folder.join(file)).unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
    }
    let metrics = program
        .metrics_until("a Vietnamese turn", |m| m.sum("isogloss_turns_total", &[("language", "vi")]) == 1.0)
        .await;
    assert_eq!(metrics.sum("isogloss_texts_total", &[("role", "output"), ("language", "vi")]), 1.0);
    assert_eq!(metrics.sum("isogloss_turns_total", &[]), 1.0);
}
