//! What OTLP's answers say: status codes and which of them pass, `google.rpc.Status` with its details, partial
//! success. In protobuf and JSON, for the receiver and the forwarder alike.

mod code;
mod response;
mod rpc;

pub use code::{from_http, http_retryable, http_status, retryable};
pub use response::PartialSuccess;
pub use rpc::{FieldViolation, RpcStatus};

/// The encoding of a request over HTTP, in which its answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-protobuf`
    Protobuf,
    /// `application/json`
    Json,
}

impl Encoding {
    /// The value for the `content-type` header.
    pub const fn content_type(self) -> &'static str {
        match self {
            Encoding::Protobuf => "application/x-protobuf",
            Encoding::Json => "application/json",
        }
    }
}
