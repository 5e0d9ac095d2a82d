//! The methods that count the pipeline itself.

use super::caps::LabelKind as L;
use super::record::Metrics;
use crate::language::Tag;
use crate::refusal;
use std::time::Duration;

impl Metrics {
    /// Makes the series of a transport exist at 0, with the reasons for which it may refuse.
    pub fn declare_transport(&self, transport: &str, reasons: &[&str]) {
        self.received_spans(transport, 0);
        self.received_log_records(transport, 0);
        reasons.iter().for_each(|reason| self.refused_spans(transport, reason, 0));
    }

    /// Makes the series of a downstream exist at 0, with the reasons for which spans may be dropped.
    pub fn declare_destination(&self, destination: &str, reasons: &[&str]) {
        self.forwarded_spans(destination, 0);
        self.retries(destination, 0);
        reasons.iter().for_each(|reason| self.dropped_spans(destination, reason, 0));
    }

    /// Makes the series of the judge exist at 0, with what may come of a request.
    pub fn declare_judge(&self, statuses: &[&str]) {
        self.judge_tokens(0, 0);
        for status in statuses {
            let status = self.caps().admit(L::Status, status);
            self.pipeline().judge_requests.add([status], 0, 0);
        }
    }

    /// Spans that were taken in.
    pub fn received_spans(&self, transport: &str, n: u64) {
        self.pipeline().received_spans.add([self.caps().admit(L::Transport, transport)], 0, n);
    }

    /// Log records that were taken in.
    pub fn received_log_records(&self, transport: &str, n: u64) {
        self.pipeline().received_log_records.add([self.caps().admit(L::Transport, transport)], 0, n);
    }

    /// Spans whose request was refused; 0 where they could not be counted still makes the series.
    pub fn refused_spans(&self, transport: &str, reason: &str, n: u64) {
        let key = [self.caps().admit(L::Transport, transport), self.caps().admit(L::Reason, reason)];
        self.pipeline().refused_spans.add(key, 0, n);
    }

    /// Spans that a downstream has acknowledged.
    pub fn forwarded_spans(&self, destination: &str, n: u64) {
        self.pipeline().forwarded_spans.add([self.caps().admit(L::Destination, destination)], 0, n);
    }

    /// Spans that did not reach a downstream and will not be tried again.
    pub fn dropped_spans(&self, destination: &str, reason: &str, n: u64) {
        let key = [self.caps().admit(L::Destination, destination), self.caps().admit(L::Reason, reason)];
        self.pipeline().dropped_spans.add(key, 0, n);
    }

    /// Log records or metrics that a downstream has acknowledged.
    pub fn forwarded_items(&self, destination: &str, signal: &str, n: u64) {
        let key = [self.caps().admit(L::Destination, destination), self.caps().admit(L::Signal, signal)];
        self.pipeline().forwarded_items.add(key, 0, n);
    }

    /// Log records or metrics that did not reach a downstream and will not be tried again.
    pub fn dropped_items(&self, destination: &str, signal: &str, reason: &str, n: u64) {
        let caps = self.caps();
        let destination = caps.admit(L::Destination, destination);
        self.pipeline().dropped_items.add(
            [destination, caps.admit(L::Signal, signal), caps.admit(L::Reason, reason)],
            0,
            n,
        );
    }

    /// A request that was answered, and what.
    pub fn request(&self, transport: &str, signal: &str, outcome: &str) {
        let caps = self.caps();
        let key = [caps.admit(L::Transport, transport), caps.admit(L::Signal, signal), caps.admit(L::Status, outcome)];
        self.pipeline().requests.add(key, 0, 1);
    }

    /// Connections that were closed at once because too many are open.
    pub fn refused_connections(&self, n: u64) {
        self.pipeline().refused_connections.inc_by(n);
    }

    /// Requests that made their handler panic.
    pub fn panics(&self, n: u64) {
        self.pipeline().panics.inc_by(n);
    }

    /// Requests that were cut off when the time to drain was over.
    pub fn cut_off(&self, n: u64) {
        self.pipeline().cut_off.inc_by(n);
    }

    /// A further attempt at a downstream.
    pub fn forward_retry(&self, destination: &str) {
        self.retries(destination, 1);
    }

    fn retries(&self, destination: &str, n: u64) {
        self.pipeline().forward_retries.add([self.caps().admit(L::Destination, destination)], 0, n);
    }

    /// Time of one request at a downstream, with all attempts and pauses.
    pub fn forward_duration(&self, destination: &str, took: Duration) {
        let destination = self.value(L::Destination, destination);
        self.pipeline().forward_duration.with_label_values(&[destination]).observe(took.as_secs_f64());
    }

    /// Time from a request's headers to its answer.
    pub fn request_duration(&self, transport: &str, took: Duration) {
        let transport = self.value(L::Transport, transport);
        self.pipeline().request_duration.with_label_values(&[transport]).observe(took.as_secs_f64());
    }

    /// Time between the end of receiving a request and the start of its forwarding.
    pub fn added_latency(&self, took: Duration) {
        self.pipeline().added_latency.observe(took.as_secs_f64());
    }

    /// Spans that came after their turn was complete.
    pub fn late_spans(&self, n: u64) {
        self.pipeline().late_spans.inc_by(n);
    }

    /// Spans that were already seen in their trace.
    pub fn duplicate_spans(&self, n: u64) {
        self.pipeline().duplicate_spans.inc_by(n);
    }

    /// Spans that could not be read and were forwarded as they came.
    pub fn unreadable_spans(&self, n: u64) {
        self.pipeline().unreadable_spans.inc_by(n);
    }

    /// Texts over the number that is read of one role on one span.
    pub fn skipped_texts(&self, n: u64) {
        self.pipeline().skipped_texts.inc_by(n);
    }

    /// Requests that were passed on as they came: annotated they would have been larger than a request may be.
    pub fn unannotated_requests(&self, n: u64) {
        self.pipeline().unannotated_requests.inc_by(n);
    }

    /// Traces that are open, and the bytes of text kept for them.
    pub fn open_traces(&self, traces: usize, bytes: usize) {
        self.pipeline().open_traces.set(signed(traces));
        self.pipeline().open_trace_bytes.set(signed(bytes));
    }

    /// Sessions whose language is remembered.
    pub fn sessions(&self, sessions: usize) {
        self.pipeline().sessions.set(signed(sessions));
    }

    /// Closed models by language about whose tokens something was learned, and those of them with enough to be used.
    pub fn token_densities(&self, all: usize, usable: usize) {
        for (state, n) in [("learning", all.saturating_sub(usable)), ("usable", usable)] {
            self.pipeline().token_densities.with_label_values(&[state]).set(signed(n));
        }
    }

    /// Bytes of requests that are being worked on.
    pub fn in_flight_bytes(&self, bytes: usize) {
        self.pipeline().in_flight_bytes.set(signed(bytes));
    }

    /// Connections that are open on a transport.
    pub fn connections(&self, transport: &str, open: usize) {
        let transport = self.value(L::Transport, transport);
        self.pipeline().connections.with_label_values(&[transport]).set(signed(open));
    }

    /// How full a queue is.
    pub fn queue(&self, queue: &str, depth: usize, capacity: usize) {
        let queue = self.value(L::Queue, queue);
        self.pipeline().queue_depth.with_label_values(&[&queue]).set(signed(depth));
        self.pipeline().queue_capacity.with_label_values(&[&queue]).set(signed(capacity));
    }

    /// One request to the judge: what came of it (a word from a small set) and how long it took.
    pub fn judge_request(&self, status: &str, took: Duration) {
        let status = self.caps().admit(L::Status, status);
        self.pipeline().judge_requests.add([status], 0, 1);
        self.pipeline().judge_duration.observe(took.as_secs_f64());
    }

    /// Tokens that the judge reports to have read and written.
    pub fn judge_tokens(&self, input: u64, output: u64) {
        for (direction, n) in [("input", input), ("output", output)] {
            let direction = self.caps().admit(L::Direction, direction);
            self.pipeline().judge_tokens.add([direction], 0, n);
        }
    }

    /// Results of evaluations from outside that became verdicts, by what decided.
    pub fn reported_evaluation(&self, reason: &str, n: u64) {
        self.pipeline().reported_evaluations.add([self.caps().admit(L::Reason, reason)], 0, n);
    }

    /// Results of evaluations from outside that became none, by why not.
    pub fn unattributed_evaluations(&self, reason: &str, n: u64) {
        self.pipeline().unattributed_evaluations.add([self.caps().admit(L::Reason, reason)], 0, n);
    }

    /// Makes the series of results from outside exist at 0.
    pub fn declare_reported(&self, decided: &[&str], unattributed: &[&str]) {
        decided.iter().for_each(|reason| self.reported_evaluation(reason, 0));
        unattributed.iter().for_each(|reason| self.unattributed_evaluations(reason, 0));
    }

    /// Results from outside that wait for their turn, and turns that are remembered for others.
    pub fn reported_held(&self, waiting: usize, remembered: usize) {
        self.pipeline().waiting_evaluations.set(signed(waiting));
        self.pipeline().remembered_turns.set(signed(remembered));
    }

    /// Whether the refusals of a language can be told by its words, by what: see [`refusal::Source`].
    pub fn refusal_coverage(&self, language: Tag, source: refusal::Source, covered: bool) {
        let (_, tag) = self.caps().language(language);
        self.pipeline().refusal_coverage.with_label_values(&[tag.as_str(), source.name()]).set(i64::from(covered));
    }

    /// Says of an evaluation that it runs, or that it is off and why (a word from a small set, such as `no_judge`).
    pub fn evaluation_enabled(&self, evaluation: &str, off_because: Option<&str>) {
        let evaluation = self.value(L::Evaluation, evaluation);
        let reason = self.value(L::Reason, off_because.unwrap_or("none"));
        let family = &self.pipeline().evaluation_enabled;
        // What was said before, for another reason, is no longer so.
        let mut states = self.evaluation_states().lock();
        if let Some(before) = states.insert(evaluation.clone(), reason.clone())
            && before != reason
        {
            // It was created below, so that it is there to be removed.
            let _ = family.remove_label_values(&[&evaluation, &before]);
        }
        family.with_label_values(&[&evaluation, &reason]).set(i64::from(off_because.is_none()));
    }

    /// A label value as it was admitted.
    fn value(&self, kind: L, value: &str) -> std::sync::Arc<str> {
        let sym = self.caps().admit(kind, value);
        self.caps().name(kind, sym)
    }
}

fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
