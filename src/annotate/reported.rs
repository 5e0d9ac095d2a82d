//! Results of evaluations from outside, owned, with the trace that each is about.

use crate::convention::results::{About, EvaluationResult, Found, Score, read_result, read_results};
use crate::convention::{AgentSpan, Kind};
use crate::otlp::view::{LogRecord, Scope, Span};
use xxhash_rust::xxh3::Xxh3;

/// Results of one request that are read; further ones are counted as skipped.
const MAX_PER_REQUEST: usize = 10_000;

/// Longest name of an evaluation that is kept, in characters.
const MAX_NAME: usize = 64;

/// Longest label that is kept, in characters: longer ones are no words that anybody could decide by.
const MAX_LABEL: usize = 64;

/// What begins with this is ours: it came from here and was counted when it was made.
const OWN: &str = "isogloss";

/// One result of an evaluation that somebody else ran.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedResult {
    /// The trace of the turn that it is about; `None` where it names none.
    pub trace_id: Option<[u8; 16]>,
    /// The span that it is about; `None` where it is about the whole trace or session.
    pub span_id: Option<[u8; 8]>,
    /// The evaluation, without control characters, cut to 64 characters; not empty.
    pub name: String,
    /// The number or truth value.
    pub score: Option<Score>,
    /// The word, cut to 64 characters.
    pub label: Option<String>,
    /// Whether the grader could not answer.
    pub failed: bool,
    /// What the span does on which the result came; `None` for log records and spans of nothing we know.
    pub kind: Option<Kind>,
    /// By which the same result is known again: evaluation, annotator, identifier, and the span, trace or session.
    pub key: u64,
    /// The session, hashed, of a result about a whole session: it is the same on each of its traces.
    pub session: Option<u64>,
    /// Whether we made it ourselves.
    pub own: bool,
}

/// The results of one request.
#[derive(Debug, Default)]
pub struct ReportedResults {
    /// In the order in which they lie there.
    pub results: Vec<ReportedResult>,
    /// Results that were not read: too many on one span or in one request.
    pub skipped: u64,
}

/// What a span is about which results were found.
struct Carrier<'a> {
    scope: Scope<'a>,
    trace_id: &'a [u8],
    span_id: &'a [u8],
    session: Option<&'a str>,
    kind: Option<Kind>,
}

impl ReportedResults {
    /// Takes in the results on a span. `agent` is the span as its convention reads it, if it is one of an LLM app.
    /// Returns whether the span is there only to carry them.
    pub(super) fn of_span(&mut self, scope: Scope<'_>, span: &Span<'_>, agent: Option<&AgentSpan<'_>>) -> bool {
        let found = read_results(span);
        if found.results.is_empty() {
            self.skipped += found.skipped;
            return false;
        }
        let carries = found.in_attributes && agent.is_none_or(|agent| is_graders(span, agent));
        let kind = agent.filter(|_| !carries).map(|agent| agent.kind);
        let carrier = Carrier {
            scope,
            trace_id: span.trace_id,
            span_id: span.span_id,
            session: span.attributes.str("session.id").or_else(|| span.attributes.str("gen_ai.conversation.id")),
            kind,
        };
        // A grader that works later has spans of its own and links them to what it judged.
        let elsewhere = span.has_links && (carries || kind.is_none_or(|kind| kind == Kind::Evaluator));
        let target = if elsewhere { span.links().map_while(Result::ok).next() } else { None };
        match target {
            Some(link) => {
                let linked = Carrier { trace_id: link.trace_id, span_id: link.span_id, kind: None, ..carrier };
                self.take(&linked, found);
            }
            None => self.take(&carrier, found),
        }
        carries
    }

    /// Takes in the result that a log record may be.
    pub(super) fn of_record(&mut self, scope: Scope<'_>, record: &LogRecord<'_>) {
        let Some(result) = read_result(record) else { return };
        let session = record.attributes.str("session.id").or_else(|| record.attributes.str("gen_ai.conversation.id"));
        let carrier = Carrier { scope, trace_id: record.trace_id, span_id: record.span_id, session, kind: None };
        self.take(&carrier, Found { results: vec![result], ..Found::default() });
    }

    fn take(&mut self, carrier: &Carrier<'_>, found: Found<'_>) {
        self.skipped += found.skipped;
        for result in found.results {
            if self.results.len() >= MAX_PER_REQUEST {
                self.skipped += 1;
                continue;
            }
            let Some(name) = clean(result.name) else { continue };
            self.results.push(carrier.report(name, &result));
        }
    }
}

impl Carrier<'_> {
    fn report(&self, name: String, result: &EvaluationResult<'_>) -> ReportedResult {
        let id = |bytes: &[u8]| <[u8; 8]>::try_from(bytes).ok().filter(|id| *id != [0; 8]);
        let span_id = match result.about {
            About::Span => result.target_span.or(id(self.span_id)),
            About::Trace | About::Session => None,
        };
        let session =
            self.session.filter(|_| result.about == About::Session).map(|session| hash(&[session.as_bytes()]));
        let about = match result.about {
            About::Span => b"span".as_slice(),
            About::Trace => b"trace",
            About::Session => b"session",
        };
        ReportedResult {
            trace_id: <[u8; 16]>::try_from(self.trace_id).ok().filter(|id| *id != [0; 16]),
            span_id,
            key: hash(&[
                about,
                &span_id.unwrap_or_default(),
                name.as_bytes(),
                result.annotator.unwrap_or_default().as_bytes(),
                result.identifier.unwrap_or_default().as_bytes(),
            ]),
            own: name.starts_with(OWN) && name[OWN.len()..].starts_with('.') || self.scope.name == OWN,
            name,
            score: result.score,
            label: result.label.map(|label| label.chars().take(MAX_LABEL).collect()),
            failed: result.failed,
            kind: self.kind,
            session,
        }
    }
}

/// Whether the span is a grader's own: it says so, or says neither what it does nor anything of a model.
fn is_graders(span: &Span<'_>, agent: &AgentSpan<'_>) -> bool {
    const KINDS: [&str; 4] = ["openinference.span.kind", "gen_ai.span.kind", "fi.span.kind", "gen_ai.operation.name"];
    agent.kind == Kind::Evaluator
        || matches!(agent.kind, Kind::Chain | Kind::Agent)
            && agent.texts.is_empty()
            && agent.usage.is_empty()
            && agent.model.is_none()
            && !agent.content_hidden
            && !KINDS.iter().any(|key| span.attributes.contains(key))
}

/// A name as it may stand in a label: no control or direction characters, single spaces, not long.
fn clean(name: &str) -> Option<String> {
    let bad = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    // Only as much of a hostile name is looked at as could be kept.
    let window = name.char_indices().nth(MAX_NAME * 4).map_or(name, |(end, _)| name.get(..end).unwrap_or_default());
    let mut cleaned = String::new();
    for c in window.trim().chars() {
        if c.is_whitespace() {
            if !cleaned.ends_with(' ') {
                cleaned.push(' ');
            }
        } else if !bad(c) {
            cleaned.push(c);
        }
    }
    let cut: String = cleaned.trim().chars().take(MAX_NAME).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

fn hash(parts: &[&[u8]]) -> u64 {
    let mut hash = Xxh3::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.digest()
}
