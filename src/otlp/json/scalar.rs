//! One JSON value as a scalar of a protobuf type.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::error::{JsonError, Reason};
use super::number;
use super::schema::Kind;
use super::token::Tokens;
use crate::otlp::wire::put_varint;

/// A value as it goes onto the wire.
pub(super) enum Scalar<'a> {
    Bytes(Cow<'a, [u8]>),
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
}

impl Scalar<'_> {
    /// Whether it is what a missing field stands for.
    pub fn is_default(&self) -> bool {
        match self {
            Scalar::Bytes(bytes) => bytes.is_empty(),
            Scalar::Varint(0) | Scalar::Fixed64(0) | Scalar::Fixed32(0) => true,
            _ => false,
        }
    }

    /// Appends it behind its tag, or as one value of a packed field.
    pub fn put(&self, out: &mut Vec<u8>) {
        match self {
            Scalar::Bytes(bytes) => {
                put_varint(out, bytes.len() as u64);
                out.extend_from_slice(bytes);
            }
            Scalar::Varint(value) => put_varint(out, *value),
            Scalar::Fixed64(value) => out.extend_from_slice(&value.to_le_bytes()),
            Scalar::Fixed32(value) => out.extend_from_slice(&value.to_le_bytes()),
        }
    }
}

/// Reads one value, not null, of this type.
pub(super) fn scalar<'a>(tokens: &mut Tokens<'a>, kind: Kind) -> Result<Scalar<'a>, JsonError> {
    Ok(match kind {
        Kind::Text => Scalar::Bytes(match string(tokens, "a string")? {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }),
        Kind::Bytes => {
            let text = string(tokens, "a base64 string")?;
            Scalar::Bytes(Cow::Owned(base64(&text).ok_or_else(|| tokens.error(Reason::Base64))?))
        }
        Kind::Id { len, optional } => {
            let text = string(tokens, "a hexadecimal string")?;
            let id = hex(&text, len, optional);
            Scalar::Bytes(Cow::Owned(id.ok_or_else(|| tokens.error(Reason::Id(len * 2)))?))
        }
        Kind::Bool => {
            let value = tokens.bool()?;
            Scalar::Varint(u64::from(value.ok_or_else(|| tokens.error(Reason::Expected("true or false")))?))
        }
        Kind::Int64 => Scalar::Varint(integer::<i64>(tokens, true)? as u64),
        Kind::Uint64 => Scalar::Varint(integer(tokens, true)?),
        Kind::Fixed64 => Scalar::Fixed64(integer(tokens, true)?),
        Kind::Sfixed64 => Scalar::Fixed64(integer::<i64>(tokens, true)? as u64),
        // Negative ones take ten bytes, sign-extended.
        Kind::Int32 => Scalar::Varint(i64::from(integer::<i32>(tokens, true)?) as u64),
        Kind::Enum => Scalar::Varint(i64::from(integer::<i32>(tokens, false)?) as u64),
        Kind::Uint32 => Scalar::Varint(u64::from(integer::<u32>(tokens, true)?)),
        Kind::Sint32 => {
            let value = integer::<i32>(tokens, true)?;
            Scalar::Varint(u64::from(((value << 1) ^ (value >> 31)) as u32))
        }
        Kind::Fixed32 => Scalar::Fixed32(integer(tokens, true)?),
        Kind::Double => Scalar::Fixed64(double(tokens)?.to_bits()),
        // Messages are entered, never read as a scalar.
        Kind::Message(_) => return Err(tokens.error(Reason::Syntax)),
    })
}

fn string<'a>(tokens: &mut Tokens<'a>, what: &'static str) -> Result<Cow<'a, str>, JsonError> {
    if tokens.peek()? != b'"' {
        return Err(tokens.error(Reason::Expected(what)));
    }
    tokens.string()
}

/// An integer of the field's width, as a number or, where allowed, as a string.
fn integer<T: TryFrom<i128>>(tokens: &mut Tokens<'_>, quoted: bool) -> Result<T, JsonError> {
    let value = match tokens.peek()? {
        b'"' if quoted => {
            let text = tokens.string()?;
            if !number::is_number(&text) {
                return Err(tokens.error(Reason::Expected("an integer")));
            }
            number::integer(&text)
        }
        b'-' | b'0'..=b'9' => number::integer(tokens.number()?),
        _ => return Err(tokens.error(Reason::Expected("an integer"))),
    };
    value.and_then(|value| T::try_from(value).ok()).ok_or_else(|| tokens.error(Reason::Range))
}

fn double(tokens: &mut Tokens<'_>) -> Result<f64, JsonError> {
    let value = match tokens.peek()? {
        b'"' => {
            let text = tokens.string()?;
            number::named_double(&text)
        }
        b'-' | b'0'..=b'9' => number::double(tokens.number()?),
        _ => return Err(tokens.error(Reason::Expected("a number"))),
    };
    value.ok_or_else(|| tokens.error(Reason::Range))
}

fn hex(text: &str, len: usize, optional: bool) -> Option<Vec<u8>> {
    if text.len() != len * 2 {
        return (optional && text.is_empty()).then(Vec::new);
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

/// Base64 as senders write it: either alphabet, padded or not.
fn base64(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
    let engine = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    engine.decode(text).ok()
}
