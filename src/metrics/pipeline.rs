//! The families of the pipeline itself: what came in, went out, waits, and how long it took.

use super::caps::{LabelCaps, LabelKind as L};
use super::family::{Family, Shape};
use super::registry::Registry;
use prometheus::core::{AtomicU64, Collector};
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntGauge, IntGaugeVec, Opts, Result};
use std::sync::Arc;

/// Seconds of a request or of a forward. Every bound has a fraction: `le="1"` in one format is `le="1.0"` in the
/// other, and two series to Prometheus.
pub const FAST: [f64; 13] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.5, 5.5, 15.5];

/// Seconds of a judge's answer.
pub const SLOW: [f64; 10] = [0.1, 0.25, 0.5, 1.5, 2.5, 5.5, 10.5, 20.5, 30.5, 60.5];

/// Series of a family whose labels are all our own: far more than their values make.
const MAX_SERIES: usize = 5_000;

/// A counter labelled only by our own words.
type Own<const N: usize> = Family<AtomicU64, N, 1>;

/// The families of the pipeline.
pub struct Pipeline {
    pub received_spans: Own<1>,
    pub received_log_records: Own<1>,
    pub refused_spans: Own<2>,
    pub forwarded_spans: Own<1>,
    pub dropped_spans: Own<2>,
    pub forwarded_items: Own<2>,
    pub dropped_items: Own<3>,
    pub requests: Own<3>,
    pub refused_connections: IntCounter,
    pub panics: IntCounter,
    pub cut_off: IntCounter,
    pub forward_retries: Own<1>,
    pub completed_turns: Own<1>,
    pub judge_requests: Own<1>,
    pub judge_tokens: Own<1>,
    pub reported_evaluations: Own<1>,
    pub unattributed_evaluations: Own<1>,
    pub waiting_evaluations: IntGauge,
    pub remembered_turns: IntGauge,
    pub late_spans: IntCounter,
    pub duplicate_spans: IntCounter,
    pub unreadable_spans: IntCounter,
    pub skipped_texts: IntCounter,
    pub unannotated_requests: IntCounter,
    pub open_traces: IntGauge,
    pub open_trace_bytes: IntGauge,
    pub sessions: IntGauge,
    pub token_densities: IntGaugeVec,
    pub in_flight_bytes: IntGauge,
    pub cohorts: IntGauge,
    pub connections: IntGaugeVec,
    pub queue_depth: IntGaugeVec,
    pub queue_capacity: IntGaugeVec,
    pub refusal_coverage: IntGaugeVec,
    pub evaluation_enabled: IntGaugeVec,
    pub build_info: IntGaugeVec,
    pub request_duration: HistogramVec,
    pub forward_duration: HistogramVec,
    pub judge_duration: Histogram,
    pub added_latency: Histogram,
}

impl Pipeline {
    /// Registers all of them.
    #[rustfmt::skip]
    pub fn new(caps: &Arc<LabelCaps>, r: &Registry) -> Result<Self> {
        Ok(Pipeline {
            received_spans: own(caps, r, "isogloss_received_spans_total",
                "Spans taken in, of agents and others.", [L::Transport])?,
            received_log_records: own(caps, r, "isogloss_received_log_records_total",
                "Log records taken in.", [L::Transport])?,
            refused_spans: own(caps, r, "isogloss_refused_spans_total",
                "Spans that were refused with an error to their sender.", [L::Transport, L::Reason])?,
            forwarded_spans: own(caps, r, "isogloss_forwarded_spans_total",
                "Spans that a downstream has taken.", [L::Destination])?,
            dropped_spans: own(caps, r, "isogloss_dropped_spans_total",
                "Spans that did not reach a downstream and will not be tried again.", [L::Destination, L::Reason])?,
            forwarded_items: own(caps, r, "isogloss_forwarded_items_total",
                "Log records and metrics that a downstream has taken.", [L::Destination, L::Signal])?,
            dropped_items: own(caps, r, "isogloss_dropped_items_total",
                "Log records and metrics that did not reach a downstream and will not be tried again.",
                [L::Destination, L::Signal, L::Reason])?,
            requests: own(caps, r, "isogloss_requests_total",
                "Requests by what they were answered: ok, partial, cancelled by the client, or why they were refused.",
                [L::Transport, L::Signal, L::Status])?,
            refused_connections: counter(r, "isogloss_refused_connections_total",
                "Connections that were closed at once because too many are open.")?,
            panics: counter(r, "isogloss_panics_total",
                "Requests that made the program panic; they were answered INTERNAL.")?,
            cut_off: counter(r, "isogloss_cut_off_requests_total",
                "Requests still in flight when the time to drain was over; they were cut off unanswered.")?,
            forward_retries: own(caps, r, "isogloss_forward_retries_total",
                "Further attempts after a retryable failure.", [L::Destination])?,
            completed_turns: own(caps, r, "isogloss_completed_turns_total",
                "Turns by why they were taken for complete.", [L::Reason])?,
            judge_requests: own(caps, r, "isogloss_judge_requests_total",
                "Requests to the judge, by what came of them.", [L::Status])?,
            judge_tokens: own(caps, r, "isogloss_judge_tokens_total",
                "Tokens that the judge reports to have used.", [L::Direction])?,
            reported_evaluations: own(caps, r, "isogloss_reported_evaluations_total",
                "Results of evaluations from outside that became verdicts, by what decided.", [L::Reason])?,
            unattributed_evaluations: own(caps, r, "isogloss_unattributed_evaluations_total",
                "Results of evaluations from outside that became no verdict, by why not.", [L::Reason])?,
            waiting_evaluations: gauge(r, "isogloss_waiting_evaluations",
                "Results of evaluations from outside that wait for their turn to be complete.")?,
            remembered_turns: gauge(r, "isogloss_remembered_turns",
                "Complete turns whose cohort is remembered for results of evaluations that come later.")?,
            late_spans: counter(r, "isogloss_late_spans_total",
                "Agent spans that came after their turn was complete, and were not evaluated.")?,
            duplicate_spans: counter(r, "isogloss_duplicate_spans_total",
                "Agent spans that were already seen in their trace.")?,
            unreadable_spans: counter(r, "isogloss_unreadable_spans_total",
                "Spans that could not be read; they are forwarded as they came.")?,
            skipped_texts: counter(r, "isogloss_skipped_texts_total",
                "Texts that were not looked at: more of one role on one span than are read.")?,
            unannotated_requests: counter(r, "isogloss_unannotated_requests_total",
                "Requests passed on as they came because annotated they would be larger than a request may be.")?,
            open_traces: gauge(r, "isogloss_open_traces", "Traces that wait for their turn to be complete.")?,
            open_trace_bytes: gauge(r, "isogloss_open_trace_bytes", "Bytes of text kept for open traces.")?,
            sessions: gauge(r, "isogloss_sessions", "Sessions whose language is remembered for their short texts.")?,
            token_densities: gauges(r, "isogloss_token_densities",
                "Closed models by language whose reports teach tokens per character, by whether they are enough.",
                &["state"])?,
            in_flight_bytes: gauge(r, "isogloss_in_flight_bytes", "Bytes of requests that are being worked on.")?,
            cohorts: gauge(r, "isogloss_cohorts", "Cohorts: services by language of user and answer.")?,
            connections: gauges(r, "isogloss_connections", "Connections that are open.", &["transport"])?,
            queue_depth: gauges(r, "isogloss_queue_depth", "Jobs that wait in a queue.", &["queue"])?,
            queue_capacity: gauges(r, "isogloss_queue_capacity", "Jobs that a queue can hold.", &["queue"])?,
            refusal_coverage: gauges(r, "isogloss_refusal_coverage",
                "1 where refusals of a language can be told by its words, 0 where it was seen but they cannot.",
                &["language", "source"])?,
            evaluation_enabled: gauges(r, "isogloss_evaluation_enabled",
                "1 for an evaluation that runs, 0 for one that is off, and why.", &["evaluation", "reason"])?,
            build_info: gauges(r, "isogloss_build_info", "The version that runs.", &["version"])?,
            request_duration: histograms(r, "isogloss_request_duration_seconds",
                "Time from a request's headers to its answer.", &FAST, "transport")?,
            forward_duration: histograms(r, "isogloss_forward_duration_seconds",
                "Time of one request at a downstream, with all attempts and pauses.", &FAST, "destination")?,
            judge_duration: histogram(r, "isogloss_judge_duration_seconds", "Time of one request to the judge.", &SLOW)?,
            added_latency: histogram(r, "isogloss_added_latency_seconds",
                "Time between the end of receiving a request and the start of its forwarding.", &FAST)?,
        })
    }
}

fn registered<C: Collector + Clone + 'static>(r: &Registry, collector: C) -> Result<C> {
    r.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn own<const N: usize>(
    caps: &Arc<LabelCaps>,
    r: &Registry,
    name: &'static str,
    help: &'static str,
    labels: [L; N],
) -> Result<Own<N>> {
    let shape = Shape { name, help, labels, outcome: "", outcomes: [""], spread: false };
    Family::new(shape, MAX_SERIES, caps, r)
}

fn counter(r: &Registry, name: &str, help: &str) -> Result<IntCounter> {
    registered(r, IntCounter::new(name, help)?)
}

fn gauge(r: &Registry, name: &str, help: &str) -> Result<IntGauge> {
    registered(r, IntGauge::new(name, help)?)
}

fn gauges(r: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec> {
    registered(r, IntGaugeVec::new(Opts::new(name, help), labels)?)
}

fn histogram(r: &Registry, name: &str, help: &str, bounds: &[f64]) -> Result<Histogram> {
    registered(r, Histogram::with_opts(HistogramOpts::new(name, help).buckets(bounds.to_vec()))?)
}

fn histograms(r: &Registry, name: &str, help: &str, bounds: &[f64], label: &str) -> Result<HistogramVec> {
    registered(r, HistogramVec::new(HistogramOpts::new(name, help).buckets(bounds.to_vec()), &[label])?)
}
