//! The language of a turn where its text alone does not tell it: sessions, traces, served languages.

mod support;

use opentelemetry_proto::tonic::trace::v1::Span;
use std::collections::BTreeMap;
use support::peers::{Downstream, send_grpc};
use support::spans::{chat, request, spans_of, text, value};
use support::{Metrics, Program};

const QUICK: &str = "[turn]\nquiet = \"200ms\"\nidle = \"800ms\"\n";
const RUSSIAN: &str = "Когда мне вернут деньги за заказ, который я отправил обратно на прошлой неделе?";
const RUSSIAN_ANSWER: &str = "Деньги отправлены вчера и поступят на ваш счёт в течение пяти рабочих дней.";

/// A chat in a session, which is a trace of its own.
fn chat_in(session: &str, question: &str, answer: &str) -> Span {
    let mut span = chat(question, answer);
    span.attributes.push(text("session.id", session));
    span
}

fn turns(metrics: &Metrics, language: &str) -> f64 {
    metrics.sum("isogloss_turns_total", &[("language", language)])
}

/// Scenario: a Russian question; after its turn is complete, two more traces of the same session and one of another,
/// each a question of one word that no detector could tell, without an answer.
/// Guarantees: the words count as Russian where the session spoke Russian and as nothing elsewhere; spans and counters
/// say where that comes from; what the detector said is on the spans and in the count of texts as it was.
#[tokio::test]
async fn a_session_lends_its_language() {
    let downstream = Downstream::start().await;
    let program = Program::start(&format!("{QUICK}{}", downstream.config()));
    send_grpc(program.grpc, request("shop", vec![chat_in("first", RUSSIAN, RUSSIAN_ANSWER)])).await.unwrap();
    program.metrics_until("a Russian turn", |m| turns(m, "ru") == 1.0).await;
    for (session, word) in [("first", "ok"), ("first", "👍"), ("second", "ok")] {
        send_grpc(program.grpc, request("shop", vec![chat_in(session, word, "")])).await.unwrap();
    }
    let metrics = program.metrics_until("four turns", |m| turns(m, "ru") + turns(m, "und") == 4.0).await;
    assert_eq!((turns(&metrics, "ru"), turns(&metrics, "und")), (3.0, 1.0));
    let source = |source, language| {
        metrics.sum("isogloss_turn_language_sources_total", &[("source", source), ("language", language)])
    };
    assert_eq!([source("text", "ru"), source("session", "ru"), source("none", "und")], [1.0, 2.0, 1.0]);
    let texts = |language| metrics.sum("isogloss_texts_total", &[("role", "input"), ("language", language)]);
    assert_eq!((texts("ru"), texts("und")), (1.0, 3.0));
    assert_eq!(metrics.sum("isogloss_uncertain_texts_total", &[("certainty", "low"), ("language", "und")]), 3.0);

    let accepted = downstream.accepted();
    let mut found: BTreeMap<String, Vec<[Option<String>; 3]>> = BTreeMap::new();
    for span in accepted.iter().flat_map(spans_of).filter(|span| !span.attributes.is_empty()) {
        let keys = ["isogloss.input.language", "isogloss.cohort.language", "isogloss.cohort.language_source"];
        found.entry(value(span, "session.id").unwrap()).or_default().push(keys.map(|key| value(span, key)));
    }
    let some = |values: [&str; 3]| values.map(|value| Some(value.to_owned()));
    let borrowed = some(["und", "ru", "session"]);
    assert_eq!(found["first"], [some(["ru", "ru", "text"]), borrowed.clone(), borrowed]);
    assert_eq!(found["second"], [[Some("und".to_owned()), None, None]]);
}

/// Scenario: a question of one word that is answered in Russian.
/// Guarantees: the turn is Russian by its trace; that question and answer match is not claimed, as nobody knows.
#[tokio::test]
async fn a_trace_lends_its_language() {
    let downstream = Downstream::start().await;
    let program = Program::start(&format!("{QUICK}{}", downstream.config()));
    send_grpc(program.grpc, request("shop", vec![chat("ok", RUSSIAN_ANSWER)])).await.unwrap();
    let metrics = program.metrics_until("a turn", |m| m.sum("isogloss_turns_total", &[]) == 1.0).await;
    assert_eq!(turns(&metrics, "ru"), 1.0);
    assert_eq!(metrics.sum("isogloss_turn_language_sources_total", &[("source", "trace")]), 1.0);
    let results =
        |outcome| metrics.sum("isogloss_evaluations_total", &[("evaluation", "language_match"), ("outcome", outcome)]);
    assert_eq!([results("pass"), results("fail")], [0.0, 0.0]);
    let accepted = downstream.accepted();
    let span = spans_of(&accepted[0]).next().unwrap();
    assert_eq!(value(span, "isogloss.input.language").as_deref(), Some("und"));
    assert_eq!(value(span, "isogloss.cohort.language_source").as_deref(), Some("trace"));
    assert_eq!(value(span, "isogloss.language_match"), None);
}

/// Scenario: a question that may be Danish or Norwegian, to a program that serves any language, to one that serves
/// Danish, and to one that serves Spanish; and a sure Russian one to each.
/// Guarantees: a guess enters no language's cohort, unless the list of served languages decides it; what is sure is
/// counted though it is not on the list; the guess itself is on the span and where the uncertain are counted.
#[tokio::test]
async fn served_languages_decide_guesses_only() {
    let question = guess().expect("the detector is surer than it was: find another text");
    for (served, expected, source) in [("[]", "und", "none"), ("[\"da\"]", "da", "served"), ("[\"es\"]", "und", "none")]
    {
        let program = Program::start(&format!("{QUICK}[language]\nserved = {served}\n"));
        for span in [chat(question, ""), chat(RUSSIAN, "")] {
            send_grpc(program.grpc, request("shop", vec![span])).await.unwrap();
        }
        let metrics = program.metrics_until("two turns", |m| m.sum("isogloss_turns_total", &[]) == 2.0).await;
        assert_eq!(turns(&metrics, expected), 1.0, "{served}");
        assert_eq!(turns(&metrics, "ru"), 1.0, "{served}");
        assert_eq!(turns(&metrics, "no"), 0.0, "{served}");
        assert_eq!(metrics.sum("isogloss_turn_language_sources_total", &[("source", source)]), 1.0, "{served}");
        assert_eq!(metrics.sum("isogloss_evaluations_total", &[("language", "no")]), 0.0, "{served}");
        assert_eq!(metrics.sum("isogloss_texts_total", &[("language", "und")]), 1.0, "{served}");
        let low = metrics.sum("isogloss_uncertain_texts_total", &[("certainty", "low"), ("language", "no")]);
        assert_eq!(low, 1.0, "{served}");
    }
}

/// A text that the detector guesses to be Norwegian, and that it could also take for Danish.
fn guess() -> Option<&'static str> {
    use isogloss::language::{Certainty, LanguageDetector as _, NgramDetector};
    let candidates =
        ["Den er her", "Har du en til?", "Kan den det?", "Er den her?", "Kan du sende den?", "Er det den?"];
    candidates.into_iter().find(|text| {
        let verdict = NgramDetector::built_in().detect(text);
        let second = verdict.alternatives.first().map(|(tag, _)| tag.as_str());
        (verdict.language.as_str(), verdict.certainty, second) == ("no", Certainty::Low, Some("da"))
    })
}
