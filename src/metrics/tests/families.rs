//! What is in the families, and what is not.

use super::*;
use crate::language::{self, Certainty};
use prometheus::proto::MetricType;
use std::collections::BTreeSet;

/// Scenario: everything is counted once.
/// Guarantees: every name is valid, has help and our prefix; exactly the counters end in `_total`; bounds have a
/// fraction; the labels of the contract are there, and no others.
#[test]
fn naming() {
    let (metrics, _) = metrics(&config::Metrics::default(), &[]);
    exercise(&metrics, "bot", "gpt-4o", "ro");
    let families = metrics.gather();
    for family in &families {
        let name = family.name();
        let counter = family.get_field_type() == MetricType::COUNTER;
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{name}");
        assert!(name.starts_with("isogloss_") || name.starts_with("process_"), "{name}");
        assert!(family.help().len() > 5, "{name}");
        assert_eq!(counter, name.ends_with("_total"), "{name}");
        for bucket in family.get_metric().iter().flat_map(|metric| metric.get_histogram().get_bucket()) {
            assert!(bucket.upper_bound().fract() != 0.0, "{name} {}", bucket.upper_bound());
        }
    }
    for (name, labels) in [
        ("isogloss_texts_total", "language role service"),
        ("isogloss_turns_total", "language service target_language"),
        ("isogloss_evaluations_total", "evaluation language model outcome service step target_language"),
        ("isogloss_evaluation_weight_total", "evaluation language outcome service"),
        ("isogloss_evaluation_weight_squared_total", "evaluation language outcome service"),
        ("isogloss_refusals_total", "language model outcome service"),
        ("isogloss_eval_fail_ratio", "evaluation language service"),
        ("isogloss_eval_fail_ratio_lower", "evaluation language service"),
        ("isogloss_eval_fail_ratio_upper", "evaluation language service"),
        ("isogloss_refusal_ratio", "language service"),
        ("isogloss_refusal_ratio_lower", "language service"),
        ("isogloss_refusal_ratio_upper", "language service"),
        ("isogloss_tokens_total", "language model role service tokenizer"),
        ("isogloss_characters_total", "language model role service"),
        ("isogloss_bytes_total", "language model role service"),
        ("isogloss_received_spans_total", "transport"),
        ("isogloss_refused_spans_total", "reason transport"),
        ("isogloss_forwarded_spans_total", "destination"),
        ("isogloss_dropped_spans_total", "destination reason"),
        ("isogloss_sampled_turns_total", "decision language service"),
        ("isogloss_turn_language_sources_total", "language service source"),
        ("isogloss_cohort_contamination_ratio", "language service"),
        ("isogloss_label_overflow_total", "label"),
        ("isogloss_cohorts", ""),
        ("isogloss_sessions", ""),
        ("isogloss_token_densities", "state"),
    ] {
        let family = families.iter().find(|family| family.name() == name).unwrap_or_else(|| panic!("no {name}"));
        for metric in family.get_metric() {
            let names: Vec<&str> = metric.get_label().iter().map(|label| label.name()).collect();
            assert_eq!(names.join(" "), labels, "{name}");
        }
    }
}

/// Scenario: 400 services, models and languages in all combinations that come to mind, with small caps.
/// Guarantees: no label has more values than its cap and the fixed ones; no family has more series than its cap
/// and an overflow; overflows are counted and no event is lost.
#[test]
fn nothing_is_unbounded() {
    let label = config::Label { service: 5, model: 5, language: 10, ..config::Label::default() };
    let config = config::Metrics { label, max_series_per_family: 120, ..config::Metrics::default() };
    let (metrics, _) = metrics(&config, &["sw"]);
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
    for i in 0..400 {
        let language = format!("{}{}{}", letter(i), letter(i / 26), letter(i / 3));
        exercise(&metrics, &format!("service-{}", i % 40), &format!("model-{i}"), &language);
    }
    let families = metrics.gather();
    for family in families.iter().filter(|family| family.name().starts_with("isogloss_")) {
        assert!(family.get_metric().len() <= 150, "{} {}", family.name(), family.get_metric().len());
        for (label, cap) in [("service", 7), ("model", 7), ("language", 15), ("target_language", 15)] {
            let series = family.get_metric().iter().flat_map(|metric| metric.get_label());
            let values: BTreeSet<&str> = series.filter(|pair| pair.name() == label).map(|pair| pair.value()).collect();
            assert!(values.len() <= cap, "{} {label} {values:?}", family.name());
        }
    }
    let sum = |name: &str| -> f64 {
        let family = families.iter().find(|family| family.name() == name).unwrap();
        family.get_metric().iter().map(|metric| metric.get_counter().get_value()).sum()
    };
    assert_eq!(sum("isogloss_texts_total"), 400.0);
    assert_eq!(sum("isogloss_evaluations_total"), 1_600.0);
    assert_eq!(sum("isogloss_evaluation_weight_total"), 3_200.0);
    assert_eq!(sum("isogloss_evaluation_weight_squared_total"), 6_400.0);
    assert_eq!(sum("isogloss_tokens_total"), 400.0);
    assert_eq!(sum("isogloss_characters_total"), 1_600.0);
    assert!(sum("isogloss_label_overflow_total") > 0.0);
}

/// Scenario: the first failure of a language, then a scrape, then another.
/// Guarantees: 0 and then 1 for every counter of the failure, all outcomes present, the ratio true at once.
#[test]
fn first_failure_is_seen() {
    let (metrics, hands) = metrics(&config::Metrics::default(), &["sw"]);
    metrics.verdict(&verdict("bot", "ro", Outcome::Fail));
    metrics.refusal("bot", None, tag("ro"), refusal::Outcome::Refused);
    let client = Client::identified(1);
    let series = |language: &str, outcome: &str| {
        let target = if language == "sw" { "sw" } else { "en" };
        format!(
            "isogloss_evaluations_total{{evaluation=\"refusal\",language=\"{language}\",model=\"gpt-4o\",\
             outcome=\"{outcome}\",service=\"bot\",step=\"answer\",target_language=\"{target}\"}}"
        )
    };
    let ratio = "isogloss_eval_fail_ratio{evaluation=\"refusal\",language=\"ro\",service=\"bot\"}";
    let refused = "isogloss_refusals_total{language=\"ro\",model=\"unknown\",outcome=\"refused\",service=\"bot\"}";
    for (fails, page) in [(0.0, metrics.expose(OPENMETRICS, client)), (1.0, metrics.expose(OPENMETRICS, client))] {
        assert!(page.content_type.starts_with("application/openmetrics-text"));
        assert_eq!(value(&page.body, &series("ro", "fail")), Some(fails));
        assert_eq!(value(&page.body, refused), Some(fails));
        for outcome in ["pass", "skipped", "error"] {
            assert_eq!(value(&page.body, &series("ro", outcome)), Some(0.0));
        }
        assert_eq!(value(&page.body, &series("sw", "fail")), Some(0.0), "served languages are there with the first");
        assert_eq!(value(&page.body, ratio), Some(1.0));
        assert!(page.body.ends_with("# EOF\n"));
    }
    hands.advance(Duration::from_secs(7_200));
    let page = metrics.expose("", client);
    assert_eq!(value(&page.body, ratio), None, "an empty window has no ratio");
    assert_eq!(value(&page.body, &series("ro", "fail")), Some(1.0));
}

/// Scenario: one text of a turn, and one without a model and with a service of blanks.
/// Guarantees: its four families count it once, under cleaned labels.
#[test]
fn facts_of_a_text() {
    let (metrics, _) = metrics(&config::Metrics::default(), &[]);
    let facts = fixture::text("bună", "und");
    metrics.turn_text(" \n", None, Role::Output, &facts);
    metrics.expose("", Client::VISITOR);
    let page = metrics.expose("", Client::VISITOR).body;
    let labels = "language=\"und\",model=\"unknown\",role=\"output\",service=\"unknown\"";
    let texts = "isogloss_texts_total{language=\"und\",role=\"output\",service=\"unknown\"}";
    assert_eq!(value(&page, texts), Some(1.0));
    assert_eq!(value(&page, &format!("isogloss_characters_total{{{labels}}}")), Some(4.0));
    assert_eq!(value(&page, &format!("isogloss_bytes_total{{{labels}}}")), Some(5.0));
    assert_eq!(value(&page, &format!("isogloss_tokens_total{{{labels},tokenizer=\"o200k_base\"}}")), Some(1.0));
}

/// Scenario: texts and turns of which the detector is sure, nearly sure, and not sure.
/// Guarantees: a guess counts as `und` among texts and turns, and under its own name where the uncertain are counted; a
/// nearly sure one counts in both places; a sure one has no series there.
#[test]
fn uncertain_texts_are_counted_apart() {
    let (metrics, _) = metrics(&config::Metrics::default(), &[]);
    for certainty in [Certainty::High, Certainty::Medium, Certainty::Low] {
        let mut text = fixture::text("bună", "ro");
        text.language = Arc::new(language::Verdict { certainty, ..*text.language });
        metrics.turn_text("bot", None, Role::Input, &text);
        metrics.turn(&Turn { input: Some(text), ..turn("bot", "ro") });
    }
    metrics.expose("", Client::VISITOR);
    let page = metrics.expose("", Client::VISITOR).body;
    let texts =
        |language: &str| format!("isogloss_texts_total{{language=\"{language}\",role=\"input\",service=\"bot\"}}");
    assert_eq!([texts("ro"), texts("und")].map(|series| value(&page, &series)), [Some(2.0), Some(1.0)]);
    let turns = |language: &str| {
        format!("isogloss_turns_total{{language=\"{language}\",service=\"bot\",target_language=\"ro\"}}")
    };
    assert_eq!([turns("ro"), turns("und")].map(|series| value(&page, &series)), [Some(2.0), Some(1.0)]);
    let uncertain = |certainty: &str, language: &str| {
        let labels = format!("certainty=\"{certainty}\",language=\"{language}\",role=\"input\",service=\"bot\"");
        value(&page, &format!("isogloss_uncertain_texts_total{{{labels}}}"))
    };
    assert_eq!([uncertain("medium", "ro"), uncertain("low", "ro")], [Some(1.0); 2]);
    assert_eq!([uncertain("low", "und"), uncertain("high", "ro")], [None; 2]);
    let source = |language: &str, source: &str| {
        let labels = format!("language=\"{language}\",service=\"bot\",source=\"{source}\"");
        value(&page, &format!("isogloss_turn_language_sources_total{{{labels}}}"))
    };
    assert_eq!(
        [source("ro", "text"), source("ro", "session"), source("und", "none")],
        [Some(2.0), Some(0.0), Some(1.0)]
    );
}

/// Scenario: a big cohort whose language is sometimes taken for that of a small one, over two languages of answers, and
/// the same two in a service where they are alike; then a service without turns in a language.
/// Guarantees: the share of the small cohort is the formula's, each service by itself; no language, no gauge.
#[test]
fn contamination_of_a_small_cohort() {
    let (metrics, _) = metrics(&config::Metrics::default(), &[]);
    let pair = language::confusion::all().iter().min_by(|a, b| a.rate.total_cmp(&b.rate)).unwrap();
    let count = |service: &str, language: Tag, target: &str, turns: usize| {
        let turn = Turn { service: Arc::from(service), ..fixture::turn("text", language.as_str(), "text", target) };
        (0..turns).for_each(|_| metrics.turn(&turn));
    };
    count("shop", pair.from, "en", 60);
    count("shop", pair.from, "fr", 40);
    count("shop", pair.to, "en", 50);
    count("even", pair.from, "en", 50);
    count("even", pair.to, "en", 50);
    count("mute", Tag::UND, "en", 50);
    let page = metrics.expose("", Client::VISITOR).body;
    let share = |service: &str, language: Tag| {
        value(&page, &format!("isogloss_cohort_contamination_ratio{{language=\"{language}\",service=\"{service}\"}}"))
    };
    assert!((share("shop", pair.to).unwrap() - f64::from(pair.rate) * 2.0).abs() < 1e-6, "{page}");
    assert_eq!(
        [share("shop", pair.from), share("even", pair.to), share("mute", Tag::UND)],
        [Some(0.0), Some(0.0), None]
    );
}

/// Scenario: an evaluation that is off for want of a judge, and on after a reload.
/// Guarantees: one series says which, with the reason.
#[test]
fn evaluation_that_is_off_says_so() {
    let (metrics, _) = metrics(&config::Metrics::default(), &[]);
    metrics.evaluation_enabled("answer_relevancy", Some("no_judge"));
    let off = "isogloss_evaluation_enabled{evaluation=\"answer_relevancy\",reason=\"no_judge\"}";
    let on = "isogloss_evaluation_enabled{evaluation=\"answer_relevancy\",reason=\"none\"}";
    let page = metrics.expose("", Client::VISITOR).body;
    assert_eq!((value(&page, off), value(&page, on)), (Some(0.0), None));
    metrics.evaluation_enabled("answer_relevancy", None);
    let page = metrics.expose("", Client::VISITOR).body;
    assert_eq!((value(&page, off), value(&page, on)), (None, Some(1.0)));
}

/// Scenario: a served language that is no tag.
/// Guarantees: an error that names the key and the value.
#[test]
fn served_must_be_tags() {
    let error = Metrics::new(&config::Metrics::default(), &["Romanian!".to_owned()]).err().unwrap();
    assert!(error.to_string().contains("language.served") && error.to_string().contains("Romanian!"));
}
