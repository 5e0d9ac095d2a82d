//! What is done with each request: prepare, forward, absorb, answer.

use super::processor::{Prepared, ProcessError, Processor};
use super::workers::Workers;
use crate::metrics::Metrics;
use crate::otlp::Signal;
use crate::otlp::forward::Forwarder;
use crate::otlp::receive::{Answer, Handler, Incoming, Refused, RefusedKind, Transport};
use crate::otlp::throttle::Throttle;
use std::sync::Arc;
use std::time::Instant;

/// Handles requests of all signals.
pub struct OtlpHandler {
    /// Annotates and keeps the books.
    pub processor: Arc<Processor>,
    /// Passes on.
    pub forwarder: Forwarder,
    /// Where text work runs.
    pub workers: Workers,
    /// Counts.
    pub metrics: Metrics,
    /// Keeps a broken client from filling the log.
    pub malformed_lines: Throttle,
}

impl Handler for OtlpHandler {
    async fn handle(&self, request: Incoming) -> Answer {
        let arrived = Instant::now();
        let Incoming { signal, transport, encoding, body, permit, .. } = request;
        let size = body.len();
        // The copy with the annotations, and what is learned, live beside the request's own bytes.
        if let Err(over) = permit.grow(size) {
            return Err(over.into());
        }
        let processor = Arc::clone(&self.processor);
        let prepared = self.workers.run(move || processor.prepare(signal, encoding, body)).await;
        let prepared = match prepared {
            Ok(Ok(prepared)) => prepared,
            Ok(Err(error)) => return Err(self.malformed(signal, &error)),
            Err(panicked) => return Err(Refused::new(RefusedKind::Internal, panicked.to_string())),
        };
        self.metrics.added_latency(arrived.elapsed());
        if !prepared.is_copy {
            permit.shrink(size);
        }
        let Prepared { ref body, items, .. } = prepared;
        let answer = self.forwarder.send(signal, body.clone(), items).await.answer();
        // Counted when it is delivered: a request that is sent again because we could not pass it on counts once.
        match &answer {
            Ok(_) => {
                self.received(signal, transport, items);
                self.processor.absorb(prepared, Instant::now());
            }
            Err(refused) if signal == Signal::Traces => {
                self.metrics.refused_spans(transport.name(), refused.reason(), items);
            }
            Err(_) => {}
        }
        drop(permit);
        answer
    }
}

impl OtlpHandler {
    fn received(&self, signal: Signal, transport: Transport, items: u64) {
        match signal {
            Signal::Traces => self.metrics.received_spans(transport.name(), items),
            Signal::Logs => self.metrics.received_log_records(transport.name(), items),
            Signal::Metrics => {}
        }
    }

    fn malformed(&self, signal: Signal, error: &ProcessError) -> Refused {
        if let Some(silent) = self.malformed_lines.pass(Instant::now()) {
            tracing::warn!(signal = signal.name(), %error, silent, "refused a request that cannot be read");
        }
        Refused::new(RefusedKind::Malformed, error.to_string())
    }
}
