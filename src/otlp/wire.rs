//! The protobuf wire format, read without copying: varints, tags and fields of one message.

use thiserror::Error;

/// Why bytes are not a protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WireError {
    /// The message ends inside a field.
    #[error("message ends inside a field")]
    Truncated,
    /// More than ten bytes with the continuation bit.
    #[error("varint longer than ten bytes")]
    VarintTooLong,
    /// Field number 0 or above 2^29 - 1.
    #[error("illegal field number")]
    FieldNumber,
    /// A wire type that does not exist, or a group that is not closed.
    #[error("illegal wire type or unbalanced group")]
    WireType,
    /// A known field with the wrong wire type.
    #[error("field {0} has the wrong wire type")]
    Mismatch(u32),
    /// Groups or values nested too deeply.
    #[error("nested too deeply")]
    Depth,
    /// A string that is not UTF-8.
    #[error("string is not UTF-8")]
    Utf8,
    /// Edits for a span that the request does not have.
    #[error("edits for a span that is not in the request")]
    NoSuchSpan,
}

/// A field's value as it lies in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1.
    Fixed64(u64),
    /// Wire type 2.
    Bytes(&'a [u8]),
    /// Wire type 5.
    Fixed32(u32),
    /// Wire types 3 and 4, with everything between.
    Group(&'a [u8]),
}

/// One field of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The field number.
    pub number: u32,
    /// Its value.
    pub value: Value<'a>,
    /// Offset of the field's first tag byte in the message.
    pub start: usize,
    /// Offset just after the field.
    pub end: usize,
}

impl<'a> Field<'a> {
    /// The bytes of a length-delimited field.
    pub fn bytes(&self) -> Result<&'a [u8], WireError> {
        match self.value {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(WireError::Mismatch(self.number)),
        }
    }

    /// The string of a length-delimited field.
    pub fn str(&self) -> Result<&'a str, WireError> {
        simdutf8::basic::from_utf8(self.bytes()?).map_err(|_| WireError::Utf8)
    }

    /// The number of a varint field.
    pub fn varint(&self) -> Result<u64, WireError> {
        match self.value {
            Value::Varint(v) => Ok(v),
            _ => Err(WireError::Mismatch(self.number)),
        }
    }

    /// The number of a fixed64 field.
    pub fn fixed64(&self) -> Result<u64, WireError> {
        match self.value {
            Value::Fixed64(v) => Ok(v),
            _ => Err(WireError::Mismatch(self.number)),
        }
    }

    /// The number of a fixed32 field.
    pub fn fixed32(&self) -> Result<u32, WireError> {
        match self.value {
            Value::Fixed32(v) => Ok(v),
            _ => Err(WireError::Mismatch(self.number)),
        }
    }
}

/// Groups may nest this deep; nothing in OTLP uses them.
const MAX_GROUP_DEPTH: usize = 32;

/// Reads a varint at `at`, and says where it ends. Over-long encodings are accepted, as the format asks.
#[inline]
pub fn varint(buffer: &[u8], at: usize) -> Result<(u64, usize), WireError> {
    match buffer.get(at) {
        Some(&byte) if byte < 0x80 => return Ok((u64::from(byte), at + 1)),
        _ => {}
    }
    let mut value = 0u64;
    for (i, &byte) in buffer.get(at..).unwrap_or_default().iter().take(10).enumerate() {
        // The tenth byte holds one bit; anything above is dropped, as other readers do.
        value |= u64::from(byte & 0x7f).checked_shl(7 * i as u32).unwrap_or(0);
        if byte < 0x80 {
            return Ok((value, at + i + 1));
        }
    }
    if buffer.len().saturating_sub(at) >= 10 { Err(WireError::VarintTooLong) } else { Err(WireError::Truncated) }
}

/// The fields of one message, in the order in which they were written. Ends after the first error.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    buffer: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    /// Starts at the first field.
    pub const fn new(buffer: &'a [u8]) -> Self {
        Fields { buffer, at: 0 }
    }

    #[inline]
    fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let end = self.at.checked_add(len).ok_or(WireError::Truncated)?;
        let bytes = self.buffer.get(self.at..end).ok_or(WireError::Truncated)?;
        self.at = end;
        Ok(bytes)
    }

    #[inline]
    fn tag(&mut self) -> Result<(u32, u8), WireError> {
        let (tag, at) = varint(self.buffer, self.at)?;
        self.at = at;
        let number = tag >> 3;
        if number == 0 || number > 0x1fff_ffff {
            return Err(WireError::FieldNumber);
        }
        Ok((number as u32, (tag & 7) as u8))
    }

    #[inline]
    fn value(&mut self, number: u32, wire_type: u8) -> Result<Value<'a>, WireError> {
        Ok(match wire_type {
            0 => {
                let (value, at) = varint(self.buffer, self.at)?;
                self.at = at;
                Value::Varint(value)
            }
            1 => {
                let bytes = self.take(8)?;
                Value::Fixed64(u64::from_le_bytes(bytes.try_into().map_err(|_| WireError::Truncated)?))
            }
            2 => {
                let (len, at) = varint(self.buffer, self.at)?;
                self.at = at;
                Value::Bytes(self.take(usize::try_from(len).map_err(|_| WireError::Truncated)?)?)
            }
            3 => self.group(number)?,
            5 => {
                let bytes = self.take(4)?;
                Value::Fixed32(u32::from_le_bytes(bytes.try_into().map_err(|_| WireError::Truncated)?))
            }
            _ => return Err(WireError::WireType),
        })
    }

    fn group(&mut self, number: u32) -> Result<Value<'a>, WireError> {
        let start = self.at;
        let mut open = [0u32; MAX_GROUP_DEPTH];
        open[0] = number;
        let mut depth = 1;
        loop {
            let before = self.at;
            if before == self.buffer.len() {
                return Err(WireError::Truncated);
            }
            let (inner, wire_type) = self.tag()?;
            match wire_type {
                3 => {
                    *open.get_mut(depth).ok_or(WireError::Depth)? = inner;
                    depth += 1;
                }
                4 => {
                    depth -= 1;
                    if open[depth] != inner {
                        return Err(WireError::WireType);
                    }
                    if depth == 0 {
                        return Ok(Value::Group(&self.buffer[start..before]));
                    }
                }
                other => {
                    self.value(inner, other)?;
                }
            }
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, WireError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.buffer.len() {
            return None;
        }
        let start = self.at;
        let read = self.tag().and_then(|(number, wire_type)| {
            let value = self.value(number, wire_type)?;
            Ok(Field { number, value, start, end: self.at })
        });
        if read.is_err() {
            self.at = self.buffer.len();
        }
        Some(read)
    }
}

/// Bytes that `value` takes as a varint.
pub const fn varint_len(value: u64) -> usize {
    // One byte for each started group of seven bits; zero still takes one.
    let bits = 64 - (value | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// Appends a varint.
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a tag.
pub fn put_tag(out: &mut Vec<u8>, number: u32, wire_type: u8) {
    put_varint(out, u64::from(number) << 3 | u64::from(wire_type));
}

/// Appends a length-delimited field.
pub fn put_bytes(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    put_tag(out, number, 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a varint field.
pub fn put_uint(out: &mut Vec<u8>, number: u32, value: u64) {
    put_tag(out, number, 0);
    put_varint(out, value);
}

/// Appends a fixed64 field.
pub fn put_fixed64(out: &mut Vec<u8>, number: u32, value: u64) {
    put_tag(out, number, 1);
    out.extend_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: numbers around each length boundary are written and measured.
    /// Guarantees: `varint_len` is what `put_varint` writes, and `varint` reads it back.
    #[test]
    fn varint_round_trip() {
        for shift in 0..64 {
            for value in [1u64 << shift, (1u64 << shift) - 1, u64::MAX >> shift] {
                let mut out = Vec::new();
                put_varint(&mut out, value);
                assert_eq!(out.len(), varint_len(value), "{value}");
                assert_eq!(varint(&out, 0), Ok((value, out.len())));
            }
        }
    }

    /// Scenario: a varint padded with continuation bytes, and one that never ends.
    /// Guarantees: padding up to ten bytes is read, more is an error and not a hang.
    #[test]
    fn overlong_varints() {
        assert_eq!(varint(&[0x81, 0x80, 0x00], 0), Ok((1, 3)));
        assert_eq!(varint(&[0x80; 11], 0), Err(WireError::VarintTooLong));
        assert_eq!(varint(&[0x80; 3], 0), Err(WireError::Truncated));
    }

    /// Scenario: a group with fields and another group in it, then groups that are not closed, closed by
    /// another number, or nested beyond the bound.
    /// Guarantees: a group is stepped over as one field; everything unbalanced or too deep is an error.
    #[test]
    fn groups() {
        let nested = [0x0b, 0x10, 0x01, 0x13, 0x14, 0x0c, 0x08, 0x05];
        let fields: Vec<_> = Fields::new(&nested).collect::<Result<_, _>>().unwrap();
        assert_eq!(fields.len(), 2);
        assert_eq!(fields[0].value, Value::Group(&[0x10, 0x01, 0x13, 0x14]));
        assert_eq!((fields[0].start, fields[0].end), (0, 6));
        assert_eq!(fields[1].value, Value::Varint(5));
        let first = |bytes: &[u8]| Fields::new(bytes).next().unwrap().map(|_| ());
        assert_eq!(first(&[0x0b]), Err(WireError::Truncated));
        assert_eq!(first(&[0x0b, 0x14]), Err(WireError::WireType));
        assert_eq!(first(&[0x0c]), Err(WireError::WireType));
        assert_eq!(first(&[0x0b; 4096]), Err(WireError::Depth));
    }

    /// Scenario: a length beyond the buffer and beyond the address space, a tag of field 0, an unknown wire type.
    /// Guarantees: each is its own error, and the iterator ends after it.
    #[test]
    fn broken_fields() {
        let cases: [(&[u8], WireError); 5] = [
            (&[0x0a, 0x05, 0x00], WireError::Truncated),
            (&[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], WireError::Truncated),
            (&[0x00, 0x00], WireError::FieldNumber),
            (&[0x0e, 0x00], WireError::WireType),
            (&[0x09, 0x00], WireError::Truncated),
        ];
        for (bytes, error) in cases {
            let read: Vec<_> = Fields::new(bytes).collect();
            assert_eq!(read, [Err(error)], "{bytes:?}");
        }
    }
}
