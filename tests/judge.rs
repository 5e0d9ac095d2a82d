//! Paid evaluations: a judge that works, one that hangs, and one that talks nonsense.

mod support;

use std::time::{Duration, Instant};
use support::peers::{Downstream, Judge, Judgement, completion, send_grpc};
use support::spans::{chat, request};
use support::{Metrics, Program};

const QUICK: &str = "[turn]\nquiet = \"100ms\"\n";
const GERMAN: (&str, &str) = (
    "Wann bekomme ich mein Geld für die zurückgeschickte Bestellung wieder?",
    "Die Erstattung ging gestern hinaus und sollte innerhalb von fünf Werktagen auf Ihrem Konto sein.",
);
const TURKISH: (&str, &str) = (
    "Siparişimin teslimat adresini değiştirmek istiyorum, bu hâlâ mümkün mü acaba?",
    "Bugün hava çok güzel ve kuşlar parkta ötüyor, deniz de sakin görünüyor.",
);

fn judged(metrics: &Metrics, language: &str, outcome: &str) -> f64 {
    metrics.sum(
        "isogloss_evaluations_total",
        &[("evaluation", "answer_relevancy"), ("language", language), ("outcome", outcome)],
    )
}

fn all_judged(metrics: &Metrics) -> f64 {
    metrics.sum("isogloss_evaluations_total", &[("evaluation", "answer_relevancy")])
}

/// Scenario: every turn is sampled, and the judge finds Turkish answers irrelevant.
/// Guarantees: verdicts and weights appear per language, and the judge was asked once a turn in the agreed form.
#[tokio::test]
async fn verdicts_by_language() {
    let judge = Judge::start(|asked| {
        let question = asked["messages"].to_string();
        let label = if question.contains("Bugün hava") { "irrelevant" } else { "relevant" };
        Judgement::Answer(200, completion(&support::peers::verdict(label)))
    })
    .await;
    let program = Program::start(&format!("{QUICK}{}", judge.config()));
    for _ in 0..3 {
        let spans = vec![chat(GERMAN.0, GERMAN.1), chat(TURKISH.0, TURKISH.1)];
        send_grpc(program.grpc, request("shop", spans)).await.unwrap();
    }
    let metrics = program
        .metrics_until("six verdicts", |m| judged(m, "de", "pass") == 3.0 && judged(m, "tr", "fail") == 3.0)
        .await;
    assert_eq!(all_judged(&metrics), 6.0);
    let weight = |labels: &[(&str, &str)]| metrics.sum("isogloss_evaluation_weight_total", labels);
    assert_eq!(weight(&[("evaluation", "answer_relevancy"), ("language", "tr"), ("outcome", "fail")]), 3.0);
    assert_eq!(metrics.sum("isogloss_eval_fail_ratio", &[("evaluation", "answer_relevancy"), ("language", "tr")]), 1.0);
    assert_eq!(metrics.sum("isogloss_eval_fail_ratio", &[("evaluation", "answer_relevancy"), ("language", "de")]), 0.0);
    assert_eq!(metrics.sum("isogloss_sampled_turns_total", &[("decision", "kept")]), 6.0);
    let requests = judge.requests.lock().unwrap();
    assert_eq!(requests.len(), 6);
    assert_eq!(requests[0]["model"], "fake");
    assert_eq!(requests[0]["response_format"]["type"], "json_schema");
}

/// Scenario: the judge is rate-limited for ever, broken, or answers with garbage.
/// Guarantees: all of it is `error`, none of it a `fail` or a `pass`.
#[tokio::test]
async fn faults_of_the_judge_are_errors() {
    for (status, body) in [
        (429, r#"{"error":{"message":"slow down"}}"#.to_owned()),
        (500, "oops".to_owned()),
        (200, completion("I think the answer is quite good, thank you for asking.")),
        (200, "<html>".to_owned()),
    ] {
        let judge = Judge::start(move |_| Judgement::Answer(status, body.clone())).await;
        let program = Program::start(&format!("{QUICK}{}", judge.config()));
        send_grpc(program.grpc, request("shop", vec![chat(GERMAN.0, GERMAN.1)])).await.unwrap();
        let metrics = program.metrics_until("an error", |m| judged(m, "de", "error") == 1.0).await;
        assert_eq!(all_judged(&metrics), 1.0, "{status}");
    }
}

/// Scenario: the judge accepts questions and never answers, beside a run without a judge.
/// Guarantees: spans are forwarded all the same: the median is within five times that without a judge plus
/// ten milliseconds (a hanging judge would cost its whole timeout of two seconds), and the questions end as errors.
#[tokio::test]
async fn hanging_judge_slows_no_span() {
    async fn median(program: &Program) -> Duration {
        let mut took = Vec::new();
        for _ in 0..60 {
            let started = Instant::now();
            send_grpc(program.grpc, request("shop", vec![chat(GERMAN.0, GERMAN.1)])).await.unwrap();
            took.push(started.elapsed());
        }
        took.sort();
        took[took.len() / 2]
    }
    let judge = Judge::start(|_| Judgement::Hang).await;
    let downstream = Downstream::start().await;
    let without = Program::start(&format!("{QUICK}{}", downstream.config()));
    let with = Program::start(&format!("{QUICK}{}{}", judge.config(), downstream.config()));
    let (without, slow) = (median(&without).await, median(&with).await);
    assert!(slow < without * 5 + Duration::from_millis(10), "{slow:?} against {without:?}");
    let metrics = with.metrics_until("errors", |m| judged(m, "de", "error") >= 1.0).await;
    assert_eq!(judged(&metrics, "de", "fail") + judged(&metrics, "de", "pass"), 0.0);
}
