//! What happens to a request between arriving and being acknowledged, apart from the network: the part that a
//! running server and a replay share.

use crate::annotate::{Annotator, SpanFacts};
use crate::cohort::Tally;
use crate::config::Config;
use crate::evaluate::Engine;
use crate::language::WhatlangDetector;
use crate::metrics::Metrics;
use crate::otlp::Signal;
use crate::otlp::check;
use crate::otlp::json::{self, JsonError};
use crate::otlp::wire::WireError;
use crate::refusal::Detector;
use crate::tokens::Tokenizers;
use crate::turn::{TraceBook, Turn};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Instant;
use thiserror::Error;

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Protobuf.
    Protobuf,
    /// OTLP/JSON.
    Json,
}

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
    /// Protobuf, annotated.
    pub body: Bytes,
    /// Spans, records or data points in it.
    pub items: u64,
    /// What was learned, to be counted once the request is delivered.
    facts: Vec<SpanFacts>,
}

/// Annotates requests, keeps the trace book, and judges what is complete.
pub struct Processor {
    annotator: Annotator,
    book: TraceBook,
    engine: Arc<Engine>,
    metrics: Metrics,
    tally: Option<parking_lot::Mutex<Tally>>,
}

impl Processor {
    /// `tally` says whether a report over everything is kept, as a replay wants it.
    pub fn new(config: &Config, engine: Arc<Engine>, metrics: Metrics, tally: bool) -> Self {
        let refusals = Detector::new();
        metrics.refusal_coverage(refusals.covered_languages());
        let tokenizers = Tokenizers::new(&config.tokens);
        let detector = Box::new(WhatlangDetector::new());
        Processor {
            annotator: Annotator::new(config, detector, tokenizers, refusals),
            book: TraceBook::new(&config.turn),
            engine,
            metrics,
            tally: tally.then(Default::default),
        }
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
                let annotated = self.annotator.traces(body, |trace| self.book.cohort_language(trace))?;
                self.metrics.unreadable(signal, annotated.unreadable);
                self.metrics.texts_skipped(annotated.texts_skipped);
                Ok(Prepared { body: annotated.body, items, facts: annotated.facts })
            }
            Signal::Logs => {
                let read = self.annotator.logs(&body)?;
                self.metrics.unreadable(signal, read.unreadable);
                Ok(Prepared { body, items, facts: read.facts })
            }
            Signal::Metrics => Ok(Prepared { body, items, facts: Vec::new() }),
        }
    }

    /// Takes what was learned from a delivered request into the trace book. Called once a request, after its
    /// delivery, so that a request that the sender has to send again is counted once.
    pub fn absorb(&self, prepared: Prepared, now: Instant) {
        for facts in prepared.facts {
            self.book.observe(facts, now);
        }
    }

    /// Judges the turns that are complete at `now`. Called several times a second.
    pub fn sweep(&self, now: Instant) {
        self.judge(self.book.sweep(now));
        self.metrics.trace_book(&self.book.stats());
    }

    /// Takes every open trace for complete.
    pub fn flush(&self) {
        self.judge(self.book.flush());
        self.metrics.trace_book(&self.book.stats());
    }

    fn judge(&self, turns: Vec<Turn>) {
        for turn in turns {
            self.metrics.turn(&turn);
            if let Some(tally) = &self.tally {
                tally.lock().turn(&turn);
            }
            self.engine.turn(turn);
        }
    }
}
