//! What happens to a request between arriving and being acknowledged, apart from the network: the part that a
//! running server and a replay share.

use crate::annotate::{Annotator, ReportedResults, SpanFacts};
use crate::cohort::Tally;
use crate::config::Config;
use crate::convention::Role;
use crate::evaluate::Engine;
use crate::language::Prior;
use crate::metrics::Metrics;
use crate::otlp::check;
use crate::otlp::json::{self, JsonError};
use crate::otlp::wire::WireError;
use crate::otlp::{Encoding, Signal};
use crate::refusal::{self, Detector, PatternError};
use crate::tokens::Tokenizers;
use crate::turn::{Observed, TraceBook, Turn, TurnText};
use bytes::Bytes;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;
use thiserror::Error;

/// Why a body cannot be processed.
#[derive(Debug, Error)]
pub enum ProcessError {
    /// Not the protobuf message it should be.
    #[error("not a valid protobuf request: {0}")]
    Protobuf(#[from] WireError),
    /// Not the JSON it should be.
    #[error("not a valid JSON request: {0}")]
    Json(#[from] JsonError),
}

/// A request ready to be passed on.
pub struct Prepared {
    /// Protobuf, annotated unless that would make it larger than a request may be.
    pub body: Bytes,
    /// Spans, records or data points in it.
    pub items: u64,
    /// Whether annotation made a copy, so that more memory is held than the request came with.
    pub is_copy: bool,
    /// What was learned, to be counted once the request is delivered.
    facts: Vec<SpanFacts>,
    /// Traces whose root is no agent span.
    plain_roots: Vec<[u8; 16]>,
    /// Results of evaluations that somebody else ran.
    reported: ReportedResults,
}

/// Annotates requests, keeps the trace book, and judges what is complete.
pub struct Processor {
    annotator: Annotator,
    book: TraceBook,
    engine: Arc<Engine>,
    metrics: Metrics,
    tally: Arc<Mutex<Tally>>,
    max_request_bytes: usize,
}

impl Processor {
    /// `tally` is where turns and texts are added up, for the report over everything since the start.
    pub fn new(
        config: &Config,
        engine: Arc<Engine>,
        metrics: Metrics,
        tally: Arc<Mutex<Tally>>,
        tokenizers: Tokenizers,
    ) -> Result<Self, PatternError> {
        let refusals = Detector::new()?;
        for language in refusals.covered_languages() {
            metrics.refusal_coverage(language, refusal::Source::Pattern, true);
        }
        if config.turn.sessions == 0 {
            tracing::info!("turn.sessions is 0: no text borrows the language of its session");
        }
        let detector = Arc::clone(engine.detector());
        Ok(Processor {
            annotator: Annotator::new(config, detector, tokenizers, refusals),
            book: TraceBook::new(&config.turn).serving(Prior::new(&config.language.served)),
            engine,
            metrics,
            tally,
            max_request_bytes: config.receive.max_request_bytes,
        })
    }

    /// Loads what the first request would otherwise wait for.
    pub fn warm(&self) {
        self.annotator.warm();
    }

    /// Reads and annotates a request. CPU work: seconds for the largest requests, so not for a thread that serves
    /// connections.
    pub fn prepare(&self, signal: Signal, encoding: Encoding, body: Bytes) -> Result<Prepared, ProcessError> {
        let body = match encoding {
            Encoding::Protobuf => body,
            Encoding::Json => Bytes::from(json::to_protobuf(signal, &body)?),
        };
        let items = check::validate(signal, &body)?.items;
        match signal {
            Signal::Traces => {
                let annotated = self.annotator.traces(body.clone(), &self.book.at(Instant::now()))?;
                self.metrics.unreadable_spans(annotated.unreadable);
                self.metrics.skipped_texts(annotated.texts_skipped);
                let is_copy = annotated.body.as_ptr() != body.as_ptr();
                let body = self.within_limit(body, annotated.body);
                let (facts, plain_roots) = (annotated.facts, annotated.plain_roots);
                Ok(Prepared { body, items, is_copy, facts, plain_roots, reported: annotated.reported })
            }
            Signal::Logs => {
                let read = self.annotator.logs(&body)?;
                self.metrics.unreadable_spans(read.unreadable);
                self.metrics.skipped_texts(read.texts_skipped);
                let (facts, plain_roots) = (read.facts, Vec::new());
                Ok(Prepared { body, items, is_copy: false, facts, plain_roots, reported: read.reported })
            }
            Signal::Metrics => {
                let (facts, plain_roots) = (Vec::new(), Vec::new());
                Ok(Prepared { body, items, is_copy: false, facts, plain_roots, reported: ReportedResults::default() })
            }
        }
    }

    /// The annotated request, or the original where only the annotation makes it larger than a request may be: the
    /// spans are worth more than what we add to them, and a downstream with the same limit would take neither.
    fn within_limit(&self, original: Bytes, annotated: Bytes) -> Bytes {
        let limit = self.max_request_bytes;
        if annotated.len() <= limit || original.len() > limit {
            return annotated;
        }
        let (before, after) = (original.len(), annotated.len());
        tracing::warn!(before, after, limit, "request is passed on unannotated: annotated it would be too large");
        self.metrics.unannotated_requests(1);
        original
    }

    /// Takes what was learned from a delivered request into the trace book. Called once a request, after its
    /// delivery, so that a request that the sender has to send again is counted once.
    pub fn absorb(&self, prepared: Prepared, now: Instant) {
        let mut completed = Vec::new();
        for facts in prepared.facts {
            match self.book.observe(facts, now, &mut completed) {
                Observed::Joined | Observed::Invalid => {}
                Observed::Late => self.metrics.late_spans(1),
                Observed::Duplicate => self.metrics.duplicate_spans(1),
            }
        }
        for trace_id in prepared.plain_roots {
            self.book.root_seen(&trace_id, now);
        }
        self.judge(completed);
        self.engine.reported(prepared.reported, now);
    }

    /// Judges the turns that are complete at `now`. Called several times a second.
    pub fn sweep(&self, now: Instant) {
        self.judge(self.book.sweep(now));
        self.engine.sweep(now);
        self.show_state();
    }

    /// Takes every open trace for complete.
    pub fn flush(&self) {
        self.judge(self.book.flush());
        self.engine.flush();
        self.show_state();
    }

    fn show_state(&self) {
        let (learned, usable) = self.annotator.token_densities();
        self.metrics.token_densities(learned, usable);
        let stats = self.book.stats();
        self.metrics.open_traces(stats.open_traces, stats.bytes_held);
        self.metrics.sessions(stats.sessions);
    }

    fn judge(&self, turns: Vec<Turn>) {
        for turn in turns {
            let _seen_together = self.metrics.whole_turn();
            self.count(&turn);
            self.add_up(&turn);
            self.engine.turn(&turn);
        }
    }

    /// Adds a turn to the report. The lock goes before the engine runs, whose verdicts take it again.
    fn add_up(&self, turn: &Turn) {
        let mut tally = self.tally.lock();
        tally.turn(turn);
        for (role, text) in texts(turn) {
            let tokens = Some(text.tokens.count);
            tally.text(&turn.service, role, text.language.cohort(), text.characters, tokens);
        }
    }

    /// Counts what a turn says, each text once.
    fn count(&self, turn: &Turn) {
        self.metrics.turn(turn);
        for (role, text) in texts(turn) {
            self.metrics.turn_text(&turn.service, turn.model.as_deref(), role, text);
        }
        if let Some(verdict) = turn.refusal {
            self.metrics.refusal(&turn.service, turn.model.as_deref(), turn.language(), verdict.outcome);
            if let Some(output) = &turn.output
                && output.language.language.is_language()
            {
                let language = output.language.language;
                let covered = self.annotator.covers_refusals(language);
                self.metrics.refusal_coverage(language, refusal::Source::Pattern, covered);
            }
        }
    }
}

fn texts(turn: &Turn) -> impl Iterator<Item = (Role, &TurnText)> {
    Role::ALL.into_iter().flat_map(|role| turn.texts(role).into_iter().map(move |text| (role, text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{NoObserver, Outlet};
    use crate::language::detector;
    use crate::metrics::Client;
    use crate::sample::Sampler;
    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, KeyValueList};
    use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
    use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
    use prost::Message;

    /// A request with one span of an LLM that answers a question.
    fn request() -> Bytes {
        let attribute = |key: &str, value: &str| {
            let value = Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) });
            KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
        };
        let span = Span {
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            name: "answer".to_owned(),
            attributes: vec![
                attribute("openinference.span.kind", "LLM"),
                attribute("input.value", "Unde este gara de nord din București?"),
                attribute("output.value", "Gara de Nord se află pe Calea Griviței, lângă centrul orașului."),
            ],
            ..Span::default()
        };
        let scope = ScopeSpans { spans: vec![span], ..ScopeSpans::default() };
        let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
        ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec().into()
    }

    fn processor(max_request_bytes: usize) -> Processor {
        let mut config = Config::default();
        config.receive.max_request_bytes = max_request_bytes;
        let metrics = Metrics::new(&config.metrics, &[]).unwrap();
        let outlet = Outlet { observer: Arc::new(NoObserver), sink: None };
        let sampler = Sampler::new(&config.sample).unwrap();
        let engine = Engine::new(&config.evaluate, detector(), sampler, None, outlet).unwrap();
        let tokenizers = Tokenizers::new(&config.tokens);
        Processor::new(&config, Arc::new(engine), metrics, Arc::default(), tokenizers).unwrap()
    }

    fn unannotated(processor: &Processor) -> String {
        // A counter is first shown at 0.
        processor.metrics.expose("", Client::VISITOR);
        let page = processor.metrics.expose("", Client::VISITOR).body;
        let line = page.lines().find_map(|line| line.strip_prefix("isogloss_unannotated_requests_total "));
        line.unwrap().to_owned()
    }

    /// Scenario: the log records of a model call are delivered before its span, which carries no text; a second span
    /// has no records.
    /// Guarantees: the question's and the answer's languages are written onto the first span, and the turn has each
    /// text once; the second is as it was.
    #[test]
    fn logs_before_their_span() {
        let processor = processor(64 << 20);
        let map = |members: &[(&str, &str)]| {
            let values = members.iter().map(|(key, value)| KeyValue {
                key: (*key).to_owned(),
                value: Some(AnyValue { value: Some(Value::StringValue((*value).to_owned())) }),
                ..KeyValue::default()
            });
            Some(AnyValue { value: Some(Value::KvlistValue(KeyValueList { values: values.collect() })) })
        };
        let record = |name: &str, time, text: &str| LogRecord {
            time_unix_nano: time,
            event_name: name.to_owned(),
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            body: map(&[("content", text)]),
            ..LogRecord::default()
        };
        let question = "Unde este gara de nord din București?";
        let log_records = vec![
            record("gen_ai.user.message", 1, "Good morning, is anybody there to help me with my journey?"),
            record("gen_ai.user.message", 3, question),
            record("gen_ai.choice", 4, "Gara de Nord se află pe Calea Griviței, lângă centrul orașului."),
        ];
        let scope = ScopeLogs { log_records, ..ScopeLogs::default() };
        let resource = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
        let logs = ExportLogsServiceRequest { resource_logs: vec![resource] }.encode_to_vec();
        let prepared = processor.prepare(Signal::Logs, Encoding::Protobuf, logs.clone().into()).unwrap();
        assert_eq!(prepared.body, logs, "untouched");
        processor.absorb(prepared, Instant::now());

        let span = |id: u8| Span {
            trace_id: vec![1; 16],
            span_id: vec![id; 8],
            attributes: map(&[("gen_ai.operation.name", "chat")])
                .map(|map| match map.value {
                    Some(Value::KvlistValue(list)) => list.values,
                    _ => Vec::new(),
                })
                .unwrap_or_default(),
            ..Span::default()
        };
        let scope = ScopeSpans { spans: vec![span(2), span(3)], ..ScopeSpans::default() };
        let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
        let body = ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec().into();
        let prepared = processor.prepare(Signal::Traces, Encoding::Protobuf, body).unwrap();
        let annotated = ExportTraceServiceRequest::decode(prepared.body.clone()).unwrap();
        let spans = &annotated.resource_spans[0].scope_spans[0].spans;
        let language = |span: &Span, key: &str| {
            let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
            match found.value.as_ref()?.value.as_ref()? {
                Value::StringValue(text) => Some(text.clone()),
                other => panic!("{other:?}"),
            }
        };
        for role in ["input", "output"] {
            let key = format!("isogloss.{role}.language");
            assert_eq!(language(&spans[0], &key).as_deref(), Some("ro"), "{key}");
            assert_eq!(language(&spans[1], &key), None, "{key}");
        }
        processor.absorb(prepared, Instant::now());
        let turns = processor.book.flush();
        assert_eq!(turns.len(), 1);
        assert_eq!(turns[0].input.as_ref().map(|text| &*text.text), Some(question));
    }

    /// Scenario: the same request under limits that the annotated request just fits, that only the original fits, and
    /// that neither does.
    /// Guarantees: annotated as long as that fits; otherwise the original, byte for byte, counted, and what it says is
    /// learned all the same; only what annotation did is counted as such.
    #[test]
    fn annotation_makes_no_request_too_large() {
        let request = request();
        let prepare = |limit: usize| {
            let processor = processor(limit);
            let prepared = processor.prepare(Signal::Traces, Encoding::Protobuf, request.clone()).unwrap();
            assert_eq!((prepared.items, prepared.facts.len()), (1, 1), "{limit}");
            (prepared.body, unannotated(&processor))
        };
        let (annotated, count) = prepare(64 << 20);
        assert!(annotated.len() > request.len());
        assert_eq!(count, "0");
        assert_eq!(prepare(annotated.len()), (annotated.clone(), "0".to_owned()));
        assert_eq!(prepare(annotated.len() - 1), (request.clone(), "1".to_owned()));
        assert_eq!(prepare(request.len()), (request.clone(), "1".to_owned()));
        assert_eq!(prepare(request.len() - 1), (annotated, "0".to_owned()), "no fault of the annotation");
    }
}
