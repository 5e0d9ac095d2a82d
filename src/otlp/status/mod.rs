//! What OTLP's answers say: status codes and which of them pass, `google.rpc.Status` with its details, partial
//! success. In protobuf and JSON, for the receiver and the forwarder alike.

mod code;
mod response;
mod rpc;

pub use code::{from_http, http_fault, http_status, lasting, name, retryable, without_grpc_status};
pub use response::PartialSuccess;
pub use rpc::{FieldViolation, RpcStatus};
