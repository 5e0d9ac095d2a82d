//! A request as the handler sees it, and the handler.

use super::Answer;
use crate::otlp::admission::Permit;
use crate::otlp::{Encoding, Signal};
use bytes::Bytes;
use std::time::Instant;

/// How a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// OTLP/gRPC.
    Grpc,
    /// OTLP/HTTP with a protobuf body.
    HttpProtobuf,
    /// OTLP/HTTP with a JSON body.
    HttpJson,
}

impl Transport {
    /// The name used in labels and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Grpc => "grpc",
            Transport::HttpProtobuf => "http_protobuf",
            Transport::HttpJson => "http_json",
        }
    }

    /// What the body is written in.
    pub const fn encoding(self) -> Encoding {
        match self {
            Transport::Grpc | Transport::HttpProtobuf => Encoding::Protobuf,
            Transport::HttpJson => Encoding::Json,
        }
    }
}

/// A request: read, decompressed, within its limits, not looked into.
#[derive(Debug)]
pub struct Incoming {
    /// What it carries.
    pub signal: Signal,
    /// How it came in.
    pub transport: Transport,
    /// What `body` is written in.
    pub encoding: Encoding,
    /// The `Export...ServiceRequest`.
    pub body: Bytes,
    /// When the client stops waiting (`grpc-timeout`); the handler is dropped then.
    pub deadline: Option<Instant>,
    /// The request's share of the bytes in flight, held until it is answered. Let it grow with large copies, and keep a clone
    /// where the bytes outlive the answer.
    pub permit: Permit,
}

/// What is done with requests.
pub trait Handler: Send + Sync + 'static {
    /// Handles one request. Requests run concurrently. The future is dropped, wherever it waits, when the client goes away
    /// or its deadline passes; a panic is answered INTERNAL and counted.
    fn handle(&self, request: Incoming) -> impl Future<Output = Answer> + Send;
}

/// A function is a handler.
impl<F, A> Handler for F
where
    F: Fn(Incoming) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send,
{
    fn handle(&self, request: Incoming) -> impl Future<Output = Answer> + Send {
        self(request)
    }
}
