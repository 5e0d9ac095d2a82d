//! Why a JSON body is not OTLP. Nothing of the body is repeated: the text may be echoed to the sender and logged.

use std::fmt;

use thiserror::Error;

/// Why a JSON body was refused, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub struct JsonError {
    /// What is wrong.
    pub reason: Reason,
    /// The byte of the body at which it was noticed.
    pub offset: usize,
    /// OTLP's name of the field whose value it is, where known.
    pub field: Option<&'static str>,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reason)?;
        if let Some(field) = self.field {
            write!(f, " in field {field}")?;
        }
        write!(f, " at byte {}", self.offset)
    }
}

/// What is wrong with a JSON body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Reason {
    /// The body is not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// The body ends inside a value.
    #[error("unexpected end")]
    Truncated,
    /// Something else than what JSON asks for here.
    #[error("malformed JSON")]
    Syntax,
    /// A backslash sequence that JSON does not have.
    #[error("illegal escape in a string")]
    Escape,
    /// A control character in a string that is not escaped.
    #[error("unescaped control character in a string")]
    Control,
    /// Something behind the end of the document.
    #[error("unexpected data after the document")]
    Trailing,
    /// Nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("nested too deeply")]
    Depth,
    /// Larger than can be transcoded.
    #[error("too large")]
    Size,
    /// A value of another kind than the field's.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A number that is not an integer where one is needed, or outside of the field's range.
    #[error("number out of range")]
    Range,
    /// An id that is not hexadecimal or has the wrong length.
    #[error("id is not {0} hexadecimal digits")]
    Id(usize),
    /// Bytes that are not base64.
    #[error("not base64")]
    Base64,
}
