//! The free evaluations, on turns that come over the wire.

// The helpers of tests may fail as tests do; clippy only sees that of functions marked as tests.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use isogloss::annotate::{Annotator, NoContext};
use isogloss::config::Config;
use isogloss::convention::Role;
use isogloss::evaluate::{Free, Outcome};
use isogloss::language::detector;
use isogloss::refusal::Detector;
use isogloss::tokens::Tokenizers;
use isogloss::turn::TraceBook;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;
use std::time::Instant;
use support::peers::send_grpc;
use support::spans::{chat, fresh, request, text, value};
use support::{Metrics, Program};

const CONFIG: &str = "[turn]\nquiet = \"300ms\"\nidle = \"1500ms\"\n\
    [evaluate.tool_arguments_language.tools]\nsearch_catalogue = \"en\"\n\
    [evaluate.retrieval_language]\nmin_share = 0.5\n";

const GERMAN: &str = "Bitte sagen Sie mir, wann das Geld für meine Bestellung auf meinem Konto ankommt.";
const GERMAN_ANSWER: &str =
    "Das Geld wurde gestern überwiesen und kommt in den nächsten fünf Werktagen auf Ihrem Konto an.";
const ENGLISH_ANSWER: &str =
    "The money was sent yesterday and will arrive in your account within the next five working days.";
const FRENCH_ANSWER: &str =
    "L'argent a été envoyé hier et arrivera sur votre compte dans les cinq prochains jours ouvrables.";

/// A model call with these parts.
struct Call<'a> {
    system: Option<&'a str>,
    question: &'a str,
    answer: Option<&'a str>,
    finish: Option<&'a str>,
    locale: Option<(&'a str, &'a str)>,
}

impl<'a> Call<'a> {
    fn new(question: &'a str, answer: &'a str) -> Self {
        Call { system: None, question, answer: Some(answer), finish: Some("stop"), locale: None }
    }

    fn span(&self) -> Span {
        let mut span = chat(self.question, "");
        span.attributes.retain(|attribute| attribute.key != "gen_ai.output.messages");
        let parts: Vec<_> = self.answer.iter().map(|answer| json!({"type": "text", "content": answer})).collect();
        let mut message = json!({"role": "assistant", "parts": parts});
        if let Some(finish) = self.finish {
            message["finish_reason"] = json!(finish);
        }
        if self.answer.is_some() || self.finish.is_some() {
            span.attributes.push(text("gen_ai.output.messages", &json!([message]).to_string()));
        }
        if let Some(system) = self.system {
            let parts = json!([{"type": "text", "content": system}]);
            span.attributes.push(text("gen_ai.system_instructions", &parts.to_string()));
        }
        span.attributes.extend(self.locale.map(|(key, locale)| text(key, locale)));
        span
    }
}

/// A span below another.
fn below(parent: &Span, attributes: &[(&str, &str)]) -> Span {
    Span {
        span_id: fresh().to_be_bytes().to_vec(),
        parent_span_id: parent.span_id.clone(),
        attributes: attributes.iter().map(|(key, value)| text(key, value)).collect(),
        ..parent.clone()
    }
}

/// A turn with a call of a tool and one of a retriever.
fn with_steps(arguments: &str, document: &str) -> Vec<Span> {
    let root = Call::new(GERMAN, GERMAN_ANSWER).span();
    let tool = [("openinference.span.kind", "TOOL"), ("tool.name", "search_catalogue"), ("input.value", arguments)];
    let found = [("openinference.span.kind", "RETRIEVER"), ("retrieval.documents.0.document.content", document)];
    vec![below(&root, &tool), below(&root, &found), root]
}

const PASS: &str = "pass";
const FAIL: &str = "fail";
const SKIPPED: &str = "skipped";

/// A service, what it sends, and the outcome of evaluations that is to be counted.
type Scenario = (&'static str, Vec<Span>, Vec<(&'static str, &'static str)>);

fn scenarios() -> Vec<Scenario> {
    let call = |call: Call<'_>| vec![call.span()];
    let looping = format!("{GERMAN_ANSWER} {}", "Bitte warten Sie einen Moment. ".repeat(12));
    let mixed = format!("{GERMAN_ANSWER} 钱已经退回到您的账户，请在五个工作日内查收，谢谢您的理解和支持。");
    vec![
        (
            "good",
            call(Call::new(GERMAN, GERMAN_ANSWER)),
            vec![
                ("language_match", PASS),
                ("empty_answer", PASS),
                ("truncated_answer", PASS),
                ("copied_question", PASS),
                ("repetition", PASS),
                ("script_mix", PASS),
                ("tool_arguments_language", SKIPPED),
                ("retrieval_language", SKIPPED),
            ],
        ),
        ("other", call(Call::new(GERMAN, ENGLISH_ANSWER)), vec![("language_match", FAIL), ("script_mix", PASS)]),
        (
            "instructed",
            call(Call { system: Some("Always answer in French."), ..Call::new(GERMAN, FRENCH_ANSWER) }),
            vec![("language_match", PASS)],
        ),
        (
            "disobeyed",
            call(Call { system: Some("Réponds toujours en français."), ..Call::new(GERMAN, GERMAN_ANSWER) }),
            vec![("language_match", FAIL)],
        ),
        (
            "locale",
            call(Call { locale: Some(("user.locale", "fr_CA")), ..Call::new("👍 42?", FRENCH_ANSWER) }),
            vec![("language_match", PASS), ("script_mix", PASS), ("copied_question", SKIPPED)],
        ),
        (
            "nobody knows",
            call(Call { finish: None, ..Call::new("👍 42?", FRENCH_ANSWER) }),
            vec![("language_match", SKIPPED), ("script_mix", SKIPPED), ("truncated_answer", SKIPPED)],
        ),
        (
            "silent",
            call(Call { answer: None, ..Call::new(GERMAN, "") }),
            vec![("empty_answer", FAIL), ("repetition", SKIPPED), ("copied_question", SKIPPED)],
        ),
        (
            "cut",
            call(Call { finish: Some("MAX_TOKENS"), ..Call::new(GERMAN, GERMAN_ANSWER) }),
            vec![("truncated_answer", FAIL)],
        ),
        ("echo", call(Call::new(GERMAN, GERMAN)), vec![("copied_question", FAIL), ("language_match", PASS)]),
        ("loop", call(Call::new(GERMAN, &looping)), vec![("repetition", FAIL)]),
        ("mixed", call(Call::new(GERMAN, &mixed)), vec![("script_mix", FAIL)]),
        (
            "steps in English",
            with_steps("What is the return policy for the shoes that I have bought in this shop?", ENGLISH_ANSWER),
            vec![("tool_arguments_language", PASS), ("retrieval_language", FAIL)],
        ),
        (
            "steps in German",
            with_steps("Rückgabe von Laufschuhen innerhalb von zwei Wochen", GERMAN_ANSWER),
            vec![("tool_arguments_language", FAIL), ("retrieval_language", PASS)],
        ),
    ]
}

fn count(metrics: &Metrics, service: &str, evaluation: &str, outcome: &str) -> f64 {
    let labels = [("service", service), ("evaluation", evaluation), ("outcome", outcome)];
    metrics.sum("isogloss_evaluations_total", &labels)
}

/// Scenario: good turns and turns with one fault each, in the way that clients send them.
/// Guarantees: every check counts what it has to under its name and step; a turn that cannot be asked is skipped.
#[tokio::test]
async fn every_check_counts() {
    let program = Program::start(CONFIG);
    let scenarios = scenarios();
    for (service, spans, _) in &scenarios {
        send_grpc(program.grpc, request(service, spans.clone())).await.unwrap();
    }
    let metrics = program
        .metrics_until("all turns judged", |m| {
            m.sum("isogloss_evaluations_total", &[("evaluation", "empty_answer")]) == scenarios.len() as f64
        })
        .await;
    for (service, _, expected) in &scenarios {
        for (evaluation, outcome) in expected {
            let counts = [PASS, FAIL, SKIPPED, "error"].map(|outcome| count(&metrics, service, evaluation, outcome));
            assert_eq!(count(&metrics, service, evaluation, outcome), 1.0, "{service} {evaluation} {counts:?}");
        }
        for evaluation in Free::NAMES {
            let all = [PASS, FAIL, SKIPPED].map(|outcome| count(&metrics, service, evaluation, outcome));
            assert_eq!(all.iter().sum::<f64>(), 1.0, "{service} {evaluation}");
            assert_eq!(count(&metrics, service, evaluation, "error"), 0.0);
        }
    }
    for (evaluation, step) in [("tool_arguments_language", "tool_arguments"), ("retrieval_language", "retrieval")] {
        let labels = [("evaluation", evaluation), ("step", step)];
        assert_eq!(metrics.sum("isogloss_evaluations_total", &labels), scenarios.len() as f64);
    }
}

/// Scenario: the same turns through the library: annotated, joined, judged.
/// Guarantees: where the attribute `isogloss.language_match` is written it says what the evaluation says of the turn,
/// and where it is not the evaluation is skipped.
#[test]
fn attribute_and_evaluation_agree() {
    let config = Config::default();
    let annotator = Annotator::new(&config, detector(), Tokenizers::new(&config.tokens), Detector::new().unwrap());
    let checks = Free::from_config(&config.evaluate, &detector()).unwrap();
    let check = checks.iter().find(|check| check.name() == "language_match").unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for (service, spans, _) in scenarios() {
        let body = request(service, spans).encode_to_vec().into();
        let annotated = annotator.traces(body, &NoContext).unwrap();
        let book = TraceBook::new(&config.turn);
        let mut turns = Vec::new();
        for facts in annotated.facts {
            book.observe(facts, Instant::now(), &mut turns);
        }
        turns.extend(book.flush());
        let finding = check.evaluate(&turns[0]);
        let request = ExportTraceServiceRequest::decode(annotated.body).unwrap();
        let answering = support::spans::spans_of(&request).find(|span| span.span_id == turns[0].span_id).unwrap();
        let attribute = value(answering, "isogloss.language_match");
        let expected = match finding.outcome {
            Outcome::Pass => Some("true"),
            Outcome::Fail => Some("false"),
            Outcome::Skipped | Outcome::Error => None,
        };
        assert_eq!(attribute.as_deref(), expected, "{service} {}", finding.reason_code);
        seen.insert(expected);
        assert_eq!(turns[0].texts(Role::Input).len(), 1, "{service}");
    }
    assert_eq!(seen.len(), 3);
}
