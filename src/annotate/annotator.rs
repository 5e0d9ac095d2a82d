//! Whole requests annotated.

use super::attributes::Writer;
use super::cohorts::cohorts;
use super::context::Context;
use super::examine::Examiner;
use super::facts::SpanFacts;
use super::locale::LocaleReader;
use super::reported::ReportedResults;
use super::said;
use crate::config::Config;
use crate::convention::{self, AgentSpan, Finish, Kind, Role};
use crate::language::expected::Expectation;
use crate::language::{LanguageDetector, Prior, Tag};
use crate::otlp::splice::{Edits, splice};
use crate::otlp::trace_state;
use crate::otlp::view::{Attributes, LogRecord, Resource, Scope, Span, resource_logs, resource_spans};
use crate::otlp::wire::WireError;
use crate::refusal::Detector;
use crate::tokens::Tokenizers;
use ahash::AHashMap;
use bytes::Bytes;
use std::sync::Arc;

/// Finds out about texts and writes it onto spans. Shared by all threads.
pub struct Annotator {
    examiner: Examiner,
    locales: LocaleReader,
    write_spans: bool,
    prior: Prior,
    read_results: bool,
    tolerated: f64,
}

/// A trace request after annotation.
pub struct Annotated {
    /// The request to pass on: the same bytes when nothing was added.
    pub body: Bytes,
    /// What was learned about each agent span.
    pub facts: Vec<SpanFacts>,
    /// Spans in the request.
    pub spans: u64,
    /// Spans that could not be read and are passed on as they came.
    pub unreadable: u64,
    /// Texts over the bound for one role of one span.
    pub texts_skipped: u64,
    /// Traces whose root is among the spans that are no agent's: their turns need not wait for another root.
    pub plain_roots: Vec<[u8; 16]>,
    /// Results of evaluations that somebody else ran.
    pub reported: ReportedResults,
}

/// A log request after reading; its bytes are never changed.
pub struct AnnotatedLogs {
    /// What was learned about each record that carries texts of an agent.
    pub facts: Vec<SpanFacts>,
    /// Records in the request.
    pub records: u64,
    /// Records that could not be read.
    pub unreadable: u64,
    /// Texts over the bound for one role of one record.
    pub texts_skipped: u64,
    /// Results of evaluations that somebody else ran.
    pub reported: ReportedResults,
}

/// A span that gets attributes, kept until the whole request was read.
struct Pending<'a> {
    ordinal: usize,
    sent: Attributes<'a>,
    /// The span's facts with what log records said, where they said something.
    joined: Option<SpanFacts>,
}

impl Annotator {
    /// With the given tools.
    pub fn new(
        config: &Config,
        detector: Arc<dyn LanguageDetector>,
        tokenizers: Tokenizers,
        refusals: Detector,
    ) -> Self {
        Annotator {
            examiner: Examiner::new(config, detector, tokenizers, refusals),
            locales: LocaleReader::new(&config.language.locale_attributes),
            write_spans: config.annotate.spans,
            prior: Prior::new(&config.language.served),
            read_results: config.evaluate.reported.enabled,
            tolerated: config.evaluate.language_match.other_share,
        }
    }

    /// The detector's name and version.
    pub fn detector_version(&self) -> &str {
        self.examiner.detector.version()
    }

    /// Loads the tables of the tokenizer that nearly every text needs.
    pub fn warm(&self) {
        self.examiner.tokenizers.warm();
    }

    /// See [`Tokenizers::learned`].
    pub fn token_densities(&self) -> (usize, usize) {
        self.examiner.tokenizers.learned()
    }

    /// Whether refusals in a language can be told by their words.
    pub fn covers_refusals(&self, language: Tag) -> bool {
        self.examiner.refusals.covered(language)
    }

    /// Reads a trace request and adds what it finds. `context` knows what spans and log records that came
    /// earlier said: the latter is written onto their span, and not repeated in the facts. An error means that the request
    /// itself is broken; a broken span is only counted.
    pub fn traces(&self, request: Bytes, context: &dyn Context) -> Result<Annotated, WireError> {
        let (mut facts, mut plain_roots) = (Vec::new(), Vec::new());
        let mut reported = ReportedResults::default();
        let mut pending: Vec<Pending<'_>> = Vec::new();
        let (mut ordinal, mut unreadable, mut texts_skipped) = (0usize, 0u64, 0u64);
        let mut span = Span::default();
        for resource_spans in resource_spans(&request) {
            let resource_spans = resource_spans?;
            let resource = resource_spans.resource().unwrap_or_default();
            let locale = self.locales.read(&resource.attributes);
            let mut service = Service::new(resource);
            for scope_spans in resource_spans.scope_spans() {
                let scope_spans = scope_spans?;
                let scope = scope_spans.scope().unwrap_or_default();
                for message in scope_spans.spans() {
                    let message = message?;
                    let at = ordinal;
                    ordinal += 1;
                    if span.read_into(message).is_err() {
                        unreadable += 1;
                        continue;
                    }
                    let agent = convention::read_span(scope, &span);
                    let carries = self.read_results && reported.of_span(scope, &span, agent.as_ref());
                    let Some(mut agent) = agent else {
                        if span.is_root() {
                            plain_roots.extend(<[u8; 16]>::try_from(span.trace_id));
                        }
                        continue;
                    };
                    if carries {
                        agent.kind = Kind::Evaluator;
                    }
                    let Some(mut learned) = identify(&span, &agent, service.of(&scope)) else {
                        unreadable += 1;
                        continue;
                    };
                    learned.locale = self.locales.read(&span.attributes).or(locale);
                    texts_skipped += self.learn(&agent, &mut learned);
                    let joined = (self.write_spans && said::is_wanted(&learned))
                        .then(|| context.said(&learned.trace_id, &learned.span_id))
                        .flatten()
                        .map(|said| said::joined(&learned, said));
                    facts.push(learned);
                    pending.push(Pending { ordinal: at, sent: std::mem::take(&mut span.attributes), joined });
                }
            }
        }
        let spans = ordinal as u64;
        let edits = if self.write_spans { self.edits(&facts, &pending, context) } else { Edits::default() };
        drop(pending);
        drop(span);
        let body = if edits.is_empty() { request } else { Bytes::from(splice(&request, &edits)?) };
        Ok(Annotated { body, facts, spans, unreadable, texts_skipped, plain_roots, reported })
    }

    /// Reads a log request for texts that belong to spans.
    pub fn logs(&self, request: &[u8]) -> Result<AnnotatedLogs, WireError> {
        let mut read = AnnotatedLogs {
            facts: Vec::new(),
            records: 0,
            unreadable: 0,
            texts_skipped: 0,
            reported: ReportedResults::default(),
        };
        for resource_logs in resource_logs(request) {
            let resource_logs = resource_logs?;
            let mut service = Service::new(resource_logs.resource().unwrap_or_default());
            for scope_logs in resource_logs.scope_logs() {
                let scope_logs = scope_logs?;
                let scope = scope_logs.scope().unwrap_or_default();
                for message in scope_logs.records() {
                    read.records += 1;
                    let Ok(record) = LogRecord::read(message?) else {
                        read.unreadable += 1;
                        continue;
                    };
                    if self.read_results {
                        read.reported.of_record(scope, &record);
                    }
                    let Some(agent) = convention::read_log(&record) else { continue };
                    let Some(mut learned) = identify_log(&record, &agent, service.of(&scope)) else { continue };
                    read.texts_skipped += self.learn(&agent, &mut learned);
                    read.facts.push(learned);
                }
            }
        }
        Ok(read)
    }

    /// Fills the facts with what the span's texts say; returns how many texts were over the bound.
    fn learn(&self, agent: &AgentSpan<'_>, facts: &mut SpanFacts) -> u64 {
        let examined = self.examiner.examine(agent);
        facts.texts = examined.texts;
        facts.refusal = examined.refusal;
        facts.tokens_source = examined.tokens_source;
        examined.skipped as u64
    }

    fn edits(&self, facts: &[SpanFacts], pending: &[Pending<'_>], context: &dyn Context) -> Edits {
        let written = || facts.iter().zip(pending).map(|(own, pending)| pending.joined.as_ref().unwrap_or(own));
        let cohorts = cohorts(written(), &self.prior, context);
        // What is expected of an answer: the instructions are on one of the spans that repeat it.
        let mut expectations: AHashMap<([u8; 16], u64), Expectation> = AHashMap::new();
        for learned in written() {
            if let Some(answer) = learned.longest(Role::Output) {
                expectations.entry((learned.trace_id, answer.hash)).or_default().merge(&learned.expectation());
            }
        }
        let mut edits = Edits::default();
        for (learned, pending) in written().zip(pending) {
            let Some(cohort) = cohorts.get(&learned.trace_id) else { continue };
            edits.begin(pending.ordinal);
            let answer = learned.longest(Role::Output).and_then(|a| expectations.get(&(learned.trace_id, a.hash)));
            let mut writer = Writer {
                edits: &mut edits,
                sent: &pending.sent,
                detector: &*self.examiner.detector,
                tolerated: self.tolerated,
            };
            writer.write(learned, cohort, &answer.copied().unwrap_or_default());
        }
        edits
    }
}

/// The service of a resource, made once and shared by its spans.
struct Service<'a> {
    resource: Resource<'a>,
    last: Option<(&'a str, Arc<str>)>,
}

impl<'a> Service<'a> {
    fn new(resource: Resource<'a>) -> Self {
        Service { resource, last: None }
    }

    fn of(&mut self, scope: &Scope<'a>) -> Arc<str> {
        let name = convention::service_name(&self.resource, scope);
        match &self.last {
            Some((last, shared)) if *last == name => Arc::clone(shared),
            _ => {
                let shared: Arc<str> = name.into();
                self.last = Some((name, Arc::clone(&shared)));
                shared
            }
        }
    }
}

fn identify(span: &Span<'_>, agent: &AgentSpan<'_>, service: Arc<str>) -> Option<SpanFacts> {
    Some(SpanFacts {
        trace_id: span.trace_id.try_into().ok()?,
        span_id: span.span_id.try_into().ok()?,
        parent_id: if span.is_root() { None } else { Some(span.parent_span_id.try_into().ok()?) },
        from_log: false,
        start_unix_nano: span.start_unix_nano,
        end_unix_nano: span.end_unix_nano,
        adjusted_count: trace_state::adjusted_count(span.trace_state),
        ..blank(agent, service)
    })
}

fn identify_log(record: &LogRecord<'_>, agent: &AgentSpan<'_>, service: Arc<str>) -> Option<SpanFacts> {
    Some(SpanFacts {
        trace_id: record.trace_id.try_into().ok()?,
        span_id: record.span_id.try_into().ok()?,
        start_unix_nano: record.time_unix_nano,
        end_unix_nano: record.time_unix_nano,
        ..blank(agent, service)
    })
}

/// Facts about nothing in particular yet; as from a log record, which has no place in the tree of spans.
fn blank(agent: &AgentSpan<'_>, service: Arc<str>) -> SpanFacts {
    SpanFacts {
        trace_id: [0; 16],
        span_id: [0; 8],
        parent_id: None,
        from_log: true,
        service,
        kind: agent.kind,
        model: agent.model.as_deref().map(Into::into),
        start_unix_nano: 0,
        end_unix_nano: 0,
        failed: agent.status.is_error(),
        texts: Vec::new(),
        usage: agent.usage,
        tokens_source: None,
        refusal: None,
        calls_tools: agent.calls_tools,
        finish: Finish::of_all(agent.finish_reasons.iter().map(AsRef::as_ref)),
        locale: None,
        adjusted_count: 1.0,
        content_hidden: agent.content_hidden,
        session_id: agent.session_id.as_deref().map(Into::into),
    }
}
