//! Forwarding OTLP to downstreams.
//!
//! Every destination gets the same bytes, tries and retries on its own, and the sender's answer waits for all of
//! them: what was acknowledged has been delivered. Retries follow OTLP's rules for clients; a lasting refusal is never
//! repeated but counted and said, and an outage that outlasts the retries goes back to the sender as "send again".
//!
//! gRPC runs over tonic's channel (connections, TLS, HTTP/2) with frames of our own: tonic's compression is fixed at
//! gzip level 6, which costs more than all the rest of the program does to a span.

mod destination;
mod error;
mod forwarder;
mod grpc;
mod http;
mod outcome;
mod retry;
mod tls;

pub use destination::DestinationHealth;
pub use error::ForwardError;
pub use forwarder::Forwarder;
pub use outcome::{Delivery, Outcome};

/// How we present ourselves.
const USER_AGENT: &str = concat!("isogloss/", env!("CARGO_PKG_VERSION"));

/// Responses beyond this are not read (OTLP recommends 4 MiB).
const MAX_RESPONSE: usize = 4 << 20;

#[cfg(test)]
mod tests;
