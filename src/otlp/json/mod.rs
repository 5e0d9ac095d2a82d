//! OTLP/JSON to protobuf bytes and back, by a table of OTLP's messages.
//!
//! JSON bodies become protobuf once, so that everything behind the receiver has one path. The mapping is that of
//! protobuf JSON with OTLP's exceptions: ids are hexadecimal, enums are integers, keys are lowerCamelCase only.
//!
//! Reading is strict where the specification is, and lenient where senders differ: 64-bit integers as strings or
//! numbers (exact), `null` for a default anywhere, base64 of either alphabet with or without padding, repeated keys
//! (the last scalar counts, lists add up), a lone surrogate (cut by an attribute limit) becomes U+FFFD.

mod decode;
mod encode;
mod error;
mod number;
mod scalar;
mod schema;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod writer;

pub use decode::to_protobuf;
pub use encode::to_json;
pub use error::{JsonError, Reason};

/// JSON values may nest this deep, in both directions. It leaves room for some thirty nested lists or maps inside an
/// attribute or a log body, and keeps the protobuf below the hundred levels that its readers accept.
pub const MAX_DEPTH: usize = 128;

pub(in crate::otlp) use decode::transcode as transcode_json;
pub(in crate::otlp) use encode::transcode as transcode_protobuf;
pub(in crate::otlp) use schema::{Kind, MessageType, Shape, field};
pub(in crate::otlp) use text::put_text;
