//! The room as a whole: what a scrape shows of what was counted.

mod families;
mod promtool;
mod whole;

use super::{Client, Metrics};
use crate::cohort::{Clock, ManualClock};
use crate::config;
use crate::convention::Role;
use crate::evaluate::{Outcome, Sampled, Step, Verdict, fixture};
use crate::language::Tag;
use crate::refusal;
use crate::turn::Turn;
use std::sync::Arc;
use std::time::Duration;

const OPENMETRICS: &str = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

fn metrics(config: &config::Metrics, served: &[&str]) -> (Metrics, ManualClock) {
    let (clock, hands) = Clock::manual();
    let served: Vec<String> = served.iter().map(|tag| (*tag).to_owned()).collect();
    (Metrics::with_clock(config, &served, clock).unwrap(), hands)
}

fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

fn verdict(service: &str, language: &str, outcome: Outcome) -> Verdict {
    Verdict {
        evaluation: "refusal".into(),
        step: Step::Answer,
        outcome,
        score: None,
        reason_code: "",
        reason: String::new(),
        epoch: 0,
        trace_id: [1; 16],
        span_id: [1; 8],
        service: Arc::from(service),
        model: Some(Arc::from("gpt-4o")),
        language: tag(language),
        target_language: tag("en"),
        probability: 0.5,
        weight: 2.0,
    }
}

fn turn(service: &str, language: &str) -> Turn {
    Turn { service: Arc::from(service), ..fixture::turn("text", language, "text", language) }
}

/// Calls every method that counts, once.
fn exercise(metrics: &Metrics, service: &str, model: &str, language: &str) {
    metrics.turn_text(service, Some(model), Role::Input, &fixture::text("text", language));
    metrics.turn(&turn(service, language));
    for outcome in Outcome::ALL {
        let mut verdict = verdict(service, language, outcome);
        verdict.model = Some(Arc::from(model));
        metrics.verdict(&verdict);
    }
    metrics.refusal(service, Some(model), tag(language), refusal::Outcome::Refused);
    metrics.sampled(service, tag(language), Sampled::Kept);
    metrics.declare_transport("grpc", &["too_large"]);
    metrics.declare_destination("tempo", &["unavailable"]);
    metrics.declare_judge(&["ok", "timeout"]);
    metrics.forward_duration("tempo", Duration::from_millis(3));
    metrics.request_duration("grpc", Duration::from_millis(3));
    metrics.added_latency(Duration::from_millis(3));
    metrics.judge_request("ok", Duration::from_millis(300));
    metrics.connections("grpc", 1);
    metrics.queue("judge", 1, 1_000);
    metrics.open_traces(1, 100);
    metrics.sessions(1);
    metrics.token_densities(3, 1);
    metrics.in_flight_bytes(1);
    metrics.refusal_coverage(tag(language), refusal::Source::Pattern, true);
    metrics.evaluation_enabled("refusal", None);
    metrics.late_spans(1);
    metrics.duplicate_spans(1);
    metrics.unreadable_spans(1);
    metrics.skipped_texts(1);
    metrics.unannotated_requests(1);
}

/// The value of a line, whose labels are in the order of their names.
fn value(page: &str, series: &str) -> Option<f64> {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    line.parse().ok()
}
