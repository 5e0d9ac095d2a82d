//! `AnyValue`, `KeyValue` and lists of attributes.

use crate::otlp::wire::{Field, Fields, Value, WireError, varint};

/// A value as it lies in the message. Nested values stay bytes until they are asked for.
#[derive(Debug, Clone, Copy)]
pub enum AnyValue<'a> {
    /// No value, or one of a kind that this version of OTLP does not know.
    Empty,
    /// A string.
    Str(&'a str),
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// A list of values.
    List(List<'a>),
    /// A list of keys with values.
    Map(Map<'a>),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> AnyValue<'a> {
    /// Reads one `AnyValue` message; the last of several wins, as for any protobuf oneof.
    #[inline]
    pub fn read(message: &'a [u8]) -> Result<Self, WireError> {
        if let Some(bytes) = only_string(message) {
            return string(bytes).map(AnyValue::Str);
        }
        match only_integer(message) {
            Some(int) => Ok(AnyValue::Int(int)),
            None => Self::read_any(message),
        }
    }

    fn read_any(message: &'a [u8]) -> Result<Self, WireError> {
        let mut value = AnyValue::Empty;
        for field in Fields::new(message) {
            let field = field?;
            value = match field.number {
                1 => AnyValue::Str(string(field.bytes()?)?),
                2 => AnyValue::Bool(field.varint()? != 0),
                3 => AnyValue::Int(field.varint()? as i64),
                4 => AnyValue::Double(f64::from_bits(field.fixed64()?)),
                5 => AnyValue::List(List(field.bytes()?)),
                6 => AnyValue::Map(Map(field.bytes()?)),
                7 => AnyValue::Bytes(field.bytes()?),
                _ => value,
            };
        }
        Ok(value)
    }

    /// The string, if it is one.
    pub const fn as_str(&self) -> Option<&'a str> {
        match self {
            AnyValue::Str(s) => Some(s),
            _ => None,
        }
    }

    /// A count: an integer, a whole double or a decimal string, not negative.
    pub fn as_count(&self) -> Option<u64> {
        match self {
            AnyValue::Int(i) => u64::try_from(*i).ok(),
            AnyValue::Double(d) if *d >= 0.0 && *d < 9e15 && d.fract() == 0.0 => Some(*d as u64),
            AnyValue::Str(s) => s.trim().parse().ok(),
            _ => None,
        }
    }
}

/// The bytes of a message that is one string and nothing else, as nearly every value is.
#[inline]
fn only_string(message: &[u8]) -> Option<&[u8]> {
    match message {
        [0x0a, len @ 0..0x80, bytes @ ..] => (bytes.len() == usize::from(*len)).then_some(bytes),
        [0x0a, low, high @ 0..0x80, bytes @ ..] => {
            (bytes.len() == usize::from(low & 0x7f) | usize::from(*high) << 7).then_some(bytes)
        }
        [0x0a, ..] => {
            let (len, at) = varint(message, 1).ok()?;
            message.get(at..).filter(|bytes| bytes.len() as u64 == len)
        }
        _ => None,
    }
}

/// The integer of a message that is one integer and nothing else, as most of the others are.
#[inline]
fn only_integer(message: &[u8]) -> Option<i64> {
    match message {
        [0x18, low @ 0..0x80] => Some(i64::from(*low)),
        [0x18, low, high @ 0..0x80] => Some(i64::from(low & 0x7f) | i64::from(*high) << 7),
        [0x18, ..] => {
            let (int, at) = varint(message, 1).ok()?;
            (at == message.len()).then_some(int as i64)
        }
        _ => None,
    }
}

/// A string. One that a client cut between the bytes of a character, as limits on attributes do, is read up to there.
#[inline]
fn string(bytes: &[u8]) -> Result<&str, WireError> {
    simdutf8::basic::from_utf8(bytes).or_else(|_| up_to_cut(bytes))
}

#[cold]
fn up_to_cut(bytes: &[u8]) -> Result<&str, WireError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if error.error_len().is_none() => {
            let whole = bytes.split_at_checked(error.valid_up_to()).map(|(whole, _)| whole);
            whole.and_then(|whole| std::str::from_utf8(whole).ok()).ok_or(WireError::Utf8)
        }
        Err(_) => Err(WireError::Utf8),
    }
}

/// An `ArrayValue` message.
#[derive(Debug, Clone, Copy)]
pub struct List<'a>(pub &'a [u8]);

impl<'a> List<'a> {
    /// Its values; ends at the first error.
    pub fn values(self) -> impl Iterator<Item = Result<AnyValue<'a>, WireError>> {
        Fields::new(self.0).filter_map(|field| match field {
            Ok(Field { number: 1, value: Value::Bytes(bytes), .. }) => Some(AnyValue::read(bytes)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    }
}

/// A `KeyValueList` message.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a>(pub &'a [u8]);

impl<'a> Map<'a> {
    /// Its entries; ends at the first error.
    pub fn entries(self) -> impl Iterator<Item = Result<Attribute<'a>, WireError>> {
        Fields::new(self.0).filter_map(|field| match field {
            Ok(Field { number: 1, value: Value::Bytes(bytes), .. }) => Some(Attribute::read(bytes)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    }

    /// The first value under this key that can be read.
    pub fn get(self, key: &str) -> Option<AnyValue<'a>> {
        self.entries().flatten().filter(|entry| entry.key == key.as_bytes()).find_map(|entry| entry.value().ok())
    }
}

/// A `KeyValue` message: the key is found, the value stays bytes until it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Attribute<'a> {
    /// The key; not checked for UTF-8, since it is only compared.
    pub key: &'a [u8],
    /// The value.
    pub unread: Unread<'a>,
}

/// An `AnyValue` message that stays bytes until it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Unread<'a>(&'a [u8]);

impl<'a> Unread<'a> {
    /// The value.
    #[inline]
    pub fn read(self) -> Result<AnyValue<'a>, WireError> {
        AnyValue::read(self.0)
    }

    /// The value, if it is a string and is UTF-8.
    #[inline]
    pub fn str(self) -> Option<&'a str> {
        match only_string(self.0) {
            Some(bytes) => string(bytes).ok(),
            None => AnyValue::read_any(self.0).ok().and_then(|value| value.as_str()),
        }
    }

    /// The bytes of the value, if it is a string; not checked for UTF-8, for comparing.
    #[inline]
    pub fn bytes(self) -> Option<&'a [u8]> {
        only_string(self.0).or_else(|| AnyValue::read_any(self.0).ok()?.as_str().map(str::as_bytes))
    }

    /// The value, if it is a count.
    #[inline]
    pub fn count(self) -> Option<u64> {
        match only_integer(self.0) {
            Some(int) => u64::try_from(int).ok(),
            None => AnyValue::read(self.0).ok().and_then(|value| value.as_count()),
        }
    }
}

/// Key and value in the layout that every client writes: the key, shorter than 128 bytes, then the value, then nothing.
#[inline(always)]
fn usual(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0x0a, len @ 0..0x80, rest @ ..] = message else { return None };
    let (key, [0x12, rest @ ..]) = rest.split_at_checked(usize::from(*len))? else { return None };
    let (len, at) = varint(rest, 0).ok()?;
    let value = rest.get(at..)?;
    (value.len() as u64 == len).then_some((key, value))
}

impl<'a> Attribute<'a> {
    /// Reads one `KeyValue` message.
    #[inline]
    pub fn read(message: &'a [u8]) -> Result<Self, WireError> {
        match usual(message) {
            Some((key, value)) => Ok(Attribute { key, unread: Unread(value) }),
            None => Self::read_any(message),
        }
    }

    /// As [`Attribute::read`], for fields in any order, repeated, unknown or missing.
    #[cold]
    fn read_any(message: &'a [u8]) -> Result<Self, WireError> {
        let mut attribute = Attribute { key: &[], unread: Unread(&[]) };
        for field in Fields::new(message) {
            let field = field?;
            match field.number {
                1 => attribute.key = field.bytes()?,
                2 => attribute.unread = Unread(field.bytes()?),
                _ => {}
            }
        }
        Ok(attribute)
    }

    /// Its value.
    pub fn value(&self) -> Result<AnyValue<'a>, WireError> {
        self.unread.read()
    }

    /// The value as a string, if it is one and is UTF-8.
    pub fn str(&self) -> Option<&'a str> {
        self.unread.str()
    }
}

/// The attributes of a span, event, scope, resource or log record, keys found, values unread.
#[derive(Debug, Clone, Default)]
pub struct Attributes<'a> {
    entries: Vec<Attribute<'a>>,
}

impl<'a> Attributes<'a> {
    /// Adds one; for views that collect.
    pub fn push(&mut self, attribute: Attribute<'a>) {
        self.entries.push(attribute);
    }

    /// Reads one `KeyValue` message and adds it. Straight into its place: a copy on the way would wait for what was only
    /// just written.
    #[inline]
    pub(super) fn read(&mut self, message: &'a [u8]) -> Result<(), WireError> {
        match usual(message) {
            Some((key, value)) => self.entries.push(Attribute { key, unread: Unread(value) }),
            None => self.entries.push(Attribute::read_any(message)?),
        }
        Ok(())
    }

    /// Forgets all, keeps the room.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// All of them, in the order sent, duplicates included.
    pub fn iter(&self) -> impl Iterator<Item = &Attribute<'a>> {
        self.entries.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the key is there.
    pub fn contains(&self, key: &str) -> bool {
        self.entries.iter().any(|attribute| attribute.key == key.as_bytes())
    }

    /// The first value under this key that can be read.
    pub fn get(&self, key: &str) -> Option<AnyValue<'a>> {
        self.entries
            .iter()
            .filter(|attribute| attribute.key == key.as_bytes())
            .find_map(|attribute| attribute.value().ok())
    }

    /// The first string under this key.
    pub fn str(&self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(|value| value.as_str())
    }

    /// The first count under this key.
    pub fn count(&self, key: &str) -> Option<u64> {
        self.get(key).and_then(|value| value.as_count())
    }
}
