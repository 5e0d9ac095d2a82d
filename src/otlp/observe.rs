//! What receiver and forwarder tell those who count. Labels are closed sets: names of signals,
//! transports, destinations from the configuration, and reasons that are constants of this program.

use super::Signal;
use super::receive::Transport;
use std::time::Duration;

/// A request that has been answered, or whose client went away before.
#[derive(Debug, Clone, Copy)]
pub struct Finished {
    /// How it came in.
    pub transport: Transport,
    /// What it carried.
    pub signal: Signal,
    /// `ok`, `partial`, the reason of the refusal ([`Refused::reason`](super::receive::Refused::reason)), or `cancelled`
    /// when the client left before the answer.
    pub outcome: &'static str,
    /// Bytes of its body as they came over the wire.
    pub bytes: u64,
    /// From its headers to its answer.
    pub duration: Duration,
}

/// Counts what happens on the wire. Every method does nothing unless implemented, must not block and must not panic.
pub trait Observer: Send + Sync + 'static {
    /// A request was answered or abandoned.
    fn request_finished(&self, request: &Finished) {
        let _ = request;
    }

    /// A request was refused before the handler saw it (the handler counts its own refusals, in items).
    fn refused(&self, transport: Transport, signal: Signal, reason: &'static str) {
        let _ = (transport, signal, reason);
    }

    /// The bytes of requests in flight changed by `delta`.
    fn in_flight_bytes(&self, delta: i64) {
        let _ = delta;
    }

    /// A connection was accepted.
    fn connection_opened(&self) {}

    /// An accepted connection ended.
    fn connection_closed(&self) {}

    /// A connection was closed at once because there are too many.
    fn connection_refused(&self) {}

    /// The handler panicked; its request was answered INTERNAL.
    fn handler_panicked(&self, signal: Signal) {
        let _ = signal;
    }

    /// A destination took these items (spans, log records, data points).
    fn forward_sent(&self, destination: &str, signal: Signal, items: u64) {
        let _ = (destination, signal, items);
    }

    /// A destination refused these items for good: they are lost there. `reason` is the name of a status code or
    /// `partial_success`.
    fn forward_dropped(&self, destination: &str, signal: Signal, reason: &'static str, items: u64) {
        let _ = (destination, signal, reason, items);
    }

    /// A destination could not be reached for as long as we try: the sender was told to send these items again.
    fn forward_returned(&self, destination: &str, signal: Signal, reason: &'static str, items: u64) {
        let _ = (destination, signal, reason, items);
    }

    /// An attempt failed and will be repeated.
    fn forward_retried(&self, destination: &str, signal: Signal, reason: &'static str) {
        let _ = (destination, signal, reason);
    }

    /// How long one request took at a destination, all attempts and pauses together.
    fn forward_finished(&self, destination: &str, signal: Signal, duration: Duration) {
        let _ = (destination, signal, duration);
    }
}

/// Counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {}
