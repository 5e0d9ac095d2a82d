//! What the rooms below report, counted.

use crate::evaluate::{self, DecidedBy, Sampled, Unattributed, Verdict};
use crate::language::Tag;
use crate::metrics::Metrics;
use crate::otlp::Signal;
use crate::otlp::observe::{self, Finished};
use crate::otlp::receive::Transport;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

/// Counts what happens on the wire.
pub struct WireObserver {
    metrics: Metrics,
    in_flight: AtomicI64,
    connections: AtomicI64,
}

impl WireObserver {
    /// Counts into `metrics`.
    pub fn new(metrics: Metrics) -> Self {
        WireObserver { metrics, in_flight: AtomicI64::new(0), connections: AtomicI64::new(0) }
    }

    fn connections(&self, delta: i64) {
        let open = self.connections.fetch_add(delta, Relaxed) + delta;
        self.metrics.connections("otlp", usize::try_from(open).unwrap_or(0));
    }
}

impl observe::Observer for WireObserver {
    fn request_finished(&self, request: &Finished) {
        self.metrics.request_duration(request.transport.name(), request.duration);
        self.metrics.request(request.transport.name(), request.signal.name(), request.outcome);
    }

    fn refused(&self, transport: Transport, signal: Signal, reason: &'static str) {
        // How many spans an unread request holds is not known; the series and the request are there all the same.
        if signal == Signal::Traces {
            self.metrics.refused_spans(transport.name(), reason, 0);
        }
    }

    fn in_flight_bytes(&self, delta: i64) {
        let bytes = self.in_flight.fetch_add(delta, Relaxed) + delta;
        self.metrics.in_flight_bytes(usize::try_from(bytes).unwrap_or(0));
    }

    fn connection_opened(&self) {
        self.connections(1);
    }

    fn connection_closed(&self) {
        self.connections(-1);
    }

    fn connection_refused(&self) {
        self.metrics.refused_connections(1);
    }

    fn handler_panicked(&self, signal: Signal) {
        self.metrics.panics(1);
        tracing::error!(signal = signal.name(), "a request made its handler panic");
    }

    fn forward_sent(&self, destination: &str, signal: Signal, items: u64) {
        match signal {
            Signal::Traces => self.metrics.forwarded_spans(destination, items),
            other => self.metrics.forwarded_items(destination, other.name(), items),
        }
    }

    fn forward_dropped(&self, destination: &str, signal: Signal, reason: &'static str, items: u64) {
        match signal {
            Signal::Traces => self.metrics.dropped_spans(destination, reason, items),
            other => self.metrics.dropped_items(destination, other.name(), reason, items),
        }
    }

    fn forward_retried(&self, destination: &str, _signal: Signal, _reason: &'static str) {
        self.metrics.forward_retry(destination);
    }

    fn forward_finished(&self, destination: &str, _signal: Signal, duration: Duration) {
        self.metrics.forward_duration(destination, duration);
    }
}

/// Counts evaluations.
pub struct EvaluationObserver {
    /// Counts.
    pub metrics: Metrics,
    /// What the queue before the judge can hold.
    pub queue_capacity: usize,
}

impl evaluate::Observer for EvaluationObserver {
    fn verdict(&self, verdict: &Verdict) {
        self.metrics.verdict(verdict);
    }

    fn sampled(&self, service: &str, language: Tag, decision: Sampled, _probability: f64) {
        self.metrics.sampled(service, language, decision);
    }

    fn judge_request(&self, status: &'static str, duration: Duration) {
        self.metrics.judge_request(status, duration);
    }

    fn judge_tokens(&self, input: u64, output: u64) {
        self.metrics.judge_tokens(input, output);
    }

    fn reported(&self, by: DecidedBy) {
        self.metrics.reported_evaluation(by.name(), 1);
    }

    fn unattributed(&self, why: Unattributed, n: u64) {
        self.metrics.unattributed_evaluations(why.name(), n);
    }

    fn reported_held(&self, waiting: usize, remembered: usize) {
        self.metrics.reported_held(waiting, remembered);
    }

    fn queue_depth(&self, depth: usize) {
        self.metrics.queue("judge", depth, self.queue_capacity);
    }
}
