//! Receiving OTLP: one service on every port that speaks OTLP/gRPC and OTLP/HTTP (protobuf and JSON).
//!
//! It stands directly on hyper. A gRPC library's server buffers a message before anybody can refuse it and answers
//! one that is too large with OUT_OF_RANGE, which OTLP clients take for "send it again"; here the length is checked
//! before the first byte is kept, bytes are admitted by a budget, and every refusal is the one OTLP asks for.
//!
//! A request's way: route, admission, body within its limits, decompression within its limits, then the
//! [`Handler`], whose [`Answer`] becomes gRPC trailers or an HTTP response. JSON and protobuf reach the handler as they
//! came; transcoding is its business.

mod answer;
mod body;
mod connection;
mod exchange;
mod grpc;
mod http;
mod listen;
mod reply;
mod request;

pub(super) use answer::cut;
pub use answer::{Accepted, Answer, Refused, RefusedKind};
pub use listen::{BindError, Drained, Receiver};
pub use request::{Handler, Incoming, Transport};

use super::Encoding;

#[cfg(test)]
pub(in crate::otlp) mod tests;
