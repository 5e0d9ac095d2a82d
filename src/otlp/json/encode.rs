//! Protobuf to JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::MAX_DEPTH;
use super::decode::packable;
use super::schema::{self, Field, Kind, MessageType, Shape};
use super::text::put_text;
use crate::otlp::Signal;
use crate::otlp::wire::{self, Fields, Value, WireError, varint};

/// An export request as OTLP/JSON, in one line.
///
/// Members come in the order of the table, whatever the order on the wire; repeated scalars and oneofs keep the
/// last value and messages that occur twice are merged, as protobuf readers do. Fields that OTLP does not have are
/// left out: JSON has no place for them. Ids are written as they are, whatever their length. Recursion is
/// bounded by [`MAX_DEPTH`].
///
/// # Errors
/// When the request is not protobuf, a known field has another type, a string is not UTF-8, or values nest deeper
/// than [`to_protobuf`](super::to_protobuf) would read.
pub fn to_json(signal: Signal, request: &[u8]) -> Result<String, WireError> {
    transcode(schema::request(signal), request)
}

/// As [`to_json`], for a message of any type.
pub(in crate::otlp) fn transcode(message: &'static MessageType, bytes: &[u8]) -> Result<String, WireError> {
    let mut encoder = Encoder { out: String::with_capacity(bytes.len() + bytes.len() / 2) };
    encoder.message(message, &[bytes], 0)?;
    Ok(encoder.out)
}

struct Encoder {
    out: String,
}

/// What one pass over a message finds, by place in the table.
struct Found<'a> {
    /// The last value of each field.
    last: [Option<Value<'a>>; 32],
    /// Fields that occur more than once, one bit each.
    repeated: u32,
    /// The alternative that counts, and how many known fields stand before its last run of values.
    oneof: Option<(usize, usize)>,
}

impl Encoder {
    /// Writes one message, given as the parts that are to be merged; `depth` containers are open around it.
    fn message(&mut self, message: &'static MessageType, parts: &[&[u8]], depth: usize) -> Result<(), WireError> {
        if depth >= MAX_DEPTH {
            return Err(WireError::Depth);
        }
        let found = find(message, parts)?;
        self.out.push('{');
        let mut first = true;
        for (index, field) in message.fields.iter().enumerate() {
            let Some(value) = found.last.get(index).copied().flatten() else { continue };
            if field.shape == Shape::Oneof && found.oneof.is_none_or(|(chosen, _)| chosen != index) {
                continue;
            }
            let scalar = field.shape != Shape::Repeated && !matches!(field.kind, Kind::Message(_));
            if scalar && field.shape == Shape::Plain && is_default(&value) {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.out.push(',');
            }
            self.out.push('"');
            self.out.push_str(field.name);
            self.out.push_str("\":");
            if field.shape == Shape::Repeated {
                self.list(field, message, parts, depth + 1)?;
            } else if let Kind::Message(inner) = field.kind {
                if found.repeated & 1 << index == 0 {
                    self.message(inner, &[bytes_of(&value, field)?], depth + 1)?;
                } else {
                    let from = found.oneof.filter(|_| field.shape == Shape::Oneof).map_or(0, |(_, from)| from);
                    self.message(inner, &merged(message, field, parts, from)?, depth + 1)?;
                }
            } else {
                self.scalar(field, &value)?;
            }
        }
        self.out.push('}');
        Ok(())
    }

    /// Writes all values of a repeated field, packed or not.
    fn list(
        &mut self,
        field: &'static Field,
        message: &'static MessageType,
        parts: &[&[u8]],
        depth: usize,
    ) -> Result<(), WireError> {
        if depth >= MAX_DEPTH {
            return Err(WireError::Depth);
        }
        self.out.push('[');
        let mut first = true;
        let mut comma = |out: &mut String| {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
        };
        for found in known(message, parts) {
            let (_, found) = found?;
            if found.number != field.number {
                continue;
            }
            match (field.kind, found.value) {
                (Kind::Message(inner), Value::Bytes(bytes)) => {
                    comma(&mut self.out);
                    self.message(inner, &[bytes], depth + 1)?;
                }
                (kind, Value::Bytes(bytes)) if kind.wire_type() != 2 => {
                    let mut at = 0;
                    while at < bytes.len() {
                        let (value, next) = unpacked(kind, bytes, at)?;
                        at = next;
                        comma(&mut self.out);
                        self.scalar(field, &value)?;
                    }
                }
                (_, value) => {
                    comma(&mut self.out);
                    self.scalar(field, &value)?;
                }
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn scalar(&mut self, field: &'static Field, value: &Value<'_>) -> Result<(), WireError> {
        match (field.kind, *value) {
            (Kind::Text, Value::Bytes(bytes)) => {
                put_text(&mut self.out, simdutf8::basic::from_utf8(bytes).map_err(|_| WireError::Utf8)?);
            }
            (Kind::Bytes, Value::Bytes(bytes)) => {
                self.out.push('"');
                STANDARD.encode_string(bytes, &mut self.out);
                self.out.push('"');
            }
            (Kind::Id { .. }, Value::Bytes(bytes)) => {
                let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                self.out.push('"');
                self.out.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
                self.out.push('"');
            }
            (Kind::Bool, Value::Varint(value)) => self.out.push_str(if value == 0 { "false" } else { "true" }),
            (Kind::Int64, Value::Varint(value)) | (Kind::Sfixed64, Value::Fixed64(value)) => {
                self.quoted(value as i64);
            }
            (Kind::Uint64, Value::Varint(value)) | (Kind::Fixed64, Value::Fixed64(value)) => self.quoted(value),
            // Readers of 32-bit fields keep the low half.
            (Kind::Int32 | Kind::Enum, Value::Varint(value)) => self.number(value as i32),
            (Kind::Uint32, Value::Varint(value)) => self.number(value as u32),
            (Kind::Sint32, Value::Varint(value)) => {
                let value = value as u32;
                self.number((value >> 1) as i32 ^ -((value & 1) as i32));
            }
            (Kind::Fixed32, Value::Fixed32(value)) => self.number(value),
            (Kind::Double, Value::Fixed64(bits)) => self.double(f64::from_bits(bits)),
            _ => return Err(WireError::Mismatch(field.number)),
        }
        Ok(())
    }

    fn number(&mut self, value: impl itoa::Integer) {
        self.out.push_str(itoa::Buffer::new().format(value));
    }

    fn quoted(&mut self, value: impl itoa::Integer) {
        self.out.push('"');
        self.number(value);
        self.out.push('"');
    }

    fn double(&mut self, value: f64) {
        if value.is_finite() {
            self.out.push_str(ryu::Buffer::new().format_finite(value));
        } else if value.is_nan() {
            self.out.push_str("\"NaN\"");
        } else {
            self.out.push_str(if value > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
        }
    }
}

/// The known fields of all parts, in order, with their places in the table. A field of another type is an error.
fn known<'a>(
    message: &'static MessageType,
    parts: &[&'a [u8]],
) -> impl Iterator<Item = Result<(usize, wire::Field<'a>), WireError>> {
    parts.iter().copied().flat_map(Fields::new).filter_map(|read| match read {
        Err(error) => Some(Err(error)),
        Ok(read) => {
            let (index, field) = message.fields.iter().enumerate().find(|(_, field)| field.number == read.number)?;
            let fits = match read.value {
                Value::Varint(_) => field.kind.wire_type() == 0,
                Value::Fixed64(_) => field.kind.wire_type() == 1,
                Value::Bytes(_) => field.kind.wire_type() == 2 || packable(field),
                Value::Fixed32(_) => field.kind.wire_type() == 5,
                Value::Group(_) => false,
            };
            Some(if fits { Ok((index, read)) } else { Err(WireError::Mismatch(read.number)) })
        }
    })
}

fn find<'a>(message: &'static MessageType, parts: &[&'a [u8]]) -> Result<Found<'a>, WireError> {
    let mut found = Found { last: [None; 32], repeated: 0, oneof: None };
    for (nth, read) in known(message, parts).enumerate() {
        let (index, read) = read?;
        if let Some(last) = found.last.get_mut(index)
            && last.replace(read.value).is_some()
        {
            found.repeated |= 1 << index;
        }
        let alternative = message.fields.get(index).is_some_and(|field| field.shape == Shape::Oneof);
        if alternative && found.oneof.is_none_or(|(chosen, _)| chosen != index) {
            found.oneof = Some((index, nth));
        }
    }
    Ok(found)
}

/// The occurrences of a message field, from the known field with this number on.
fn merged<'a>(
    message: &'static MessageType,
    field: &Field,
    parts: &[&'a [u8]],
    from: usize,
) -> Result<Vec<&'a [u8]>, WireError> {
    let mut merged = Vec::new();
    for read in known(message, parts).skip(from) {
        let (_, read) = read?;
        if read.number == field.number {
            merged.push(read.bytes()?);
        }
    }
    Ok(merged)
}

fn bytes_of<'a>(value: &Value<'a>, field: &Field) -> Result<&'a [u8], WireError> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        _ => Err(WireError::Mismatch(field.number)),
    }
}

fn is_default(value: &Value<'_>) -> bool {
    match value {
        Value::Varint(value) | Value::Fixed64(value) => *value == 0,
        Value::Fixed32(value) => *value == 0,
        Value::Bytes(bytes) | Value::Group(bytes) => bytes.is_empty(),
    }
}

/// One value of a packed field.
fn unpacked(kind: Kind, bytes: &[u8], at: usize) -> Result<(Value<'_>, usize), WireError> {
    if kind.wire_type() == 0 {
        return varint(bytes, at).map(|(value, next)| (Value::Varint(value), next));
    }
    let rest = bytes.get(at..).unwrap_or_default();
    match (kind.wire_type(), rest.first_chunk::<8>(), rest.first_chunk::<4>()) {
        (1, Some(value), _) => Ok((Value::Fixed64(u64::from_le_bytes(*value)), at + 8)),
        (5, _, Some(value)) => Ok((Value::Fixed32(u32::from_le_bytes(*value)), at + 4)),
        _ => Err(WireError::Truncated),
    }
}
