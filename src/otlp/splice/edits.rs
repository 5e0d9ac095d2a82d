//! The additions to the spans of one request.

use std::ops::Range;

use crate::otlp::wire::{put_varint, varint_len};

/// Tags as they lie on the wire: field number and wire type.
const SPAN_ATTRIBUTES: u8 = 9 << 3 | 2;
const KEY: u8 = 1 << 3 | 2;
const VALUE: u8 = 2 << 3 | 2;
const STRING_VALUE: u8 = 1 << 3 | 2;
const BOOL_VALUE: u8 = 2 << 3;
const INT_VALUE: u8 = 3 << 3;
const DOUBLE_VALUE: u8 = 4 << 3 | 1;
const ARRAY_VALUE: u8 = 5 << 3 | 2;
const ARRAY_VALUES: u8 = 1 << 3 | 2;

/// Attributes to append to spans, already encoded as `Span.attributes` fields.
///
/// A span is named by its ordinal: 0 for the first span that
/// `view::resource_spans(request)` → `scope_spans()` → `spans()` yields, counting every span message over all
/// scopes and resources, whether or not it can be read. All additions lie in one buffer, so a span costs no
/// allocation; [`Edits::clear`] keeps the room for the next request.
///
/// Only spans that [`Span::read`](crate::otlp::view::Span::read) accepts may be edited: behind the end of a
/// broken message, appended bytes would mean something else.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    buffer: Vec<u8>,
    spans: Vec<Edit>,
}

/// What is appended to one span.
#[derive(Debug, Clone, Copy)]
struct Edit {
    ordinal: usize,
    start: usize,
    end: usize,
}

impl Edits {
    /// No edits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says which span the following attributes belong to. Spans may come in any order and more than once; a span
    /// without attributes stays untouched.
    pub fn begin(&mut self, ordinal: usize) -> &mut Self {
        let at = self.buffer.len();
        match self.spans.last_mut() {
            Some(last) if last.ordinal == ordinal => {}
            Some(last) if last.start == last.end => *last = Edit { ordinal, start: at, end: at },
            _ => self.spans.push(Edit { ordinal, start: at, end: at }),
        }
        self
    }

    /// Adds a string.
    pub fn attribute_str(&mut self, key: &str, value: &str) -> &mut Self {
        self.attribute(key, text_len(value), |out| put_text(out, STRING_VALUE, value))
    }

    /// Adds an integer.
    pub fn attribute_int(&mut self, key: &str, value: i64) -> &mut Self {
        // Negative numbers are written as their two's complement, ten bytes long.
        let value = value as u64;
        self.attribute(key, 1 + varint_len(value), |out| {
            out.push(INT_VALUE);
            put_varint(out, value);
        })
    }

    /// Adds a floating-point number.
    pub fn attribute_double(&mut self, key: &str, value: f64) -> &mut Self {
        self.attribute(key, 9, |out| {
            out.push(DOUBLE_VALUE);
            out.extend_from_slice(&value.to_le_bytes());
        })
    }

    /// Adds a boolean.
    pub fn attribute_bool(&mut self, key: &str, value: bool) -> &mut Self {
        self.attribute(key, 2, |out| out.extend_from_slice(&[BOOL_VALUE, u8::from(value)]))
    }

    /// Adds an array of strings.
    pub fn attribute_strings<'s>(&mut self, key: &str, values: impl IntoIterator<Item = &'s str>) -> &mut Self {
        // How long the array is shows only at its end: it is written first, and what comes before it is written
        // behind and rotated to its place.
        let start = self.buffer.len();
        for value in values {
            self.buffer.push(ARRAY_VALUES);
            put_varint(&mut self.buffer, text_len(value) as u64);
            put_text(&mut self.buffer, STRING_VALUE, value);
        }
        let array = self.buffer.len() - start;
        let any = 1 + varint_len(array as u64) + array;
        self.attribute(key, any, |out| {
            out.push(ARRAY_VALUE);
            put_varint(out, array as u64);
        });
        match self.spans.last() {
            None => self.buffer.truncate(start),
            Some(_) => {
                if let Some(written) = self.buffer.get_mut(start..) {
                    written.rotate_left(array);
                }
            }
        }
        self
    }

    /// Whether no span gets anything: the request can be used as it is.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Bytes of all additions.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Forgets all, keeps the room.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.spans.clear();
    }

    /// The additions of each span by ordinal, rising; those of a span that was begun again follow in the order of
    /// their making.
    pub(super) fn by_ordinal(&self) -> Vec<(usize, Range<usize>)> {
        let mut spans: Vec<_> = self
            .spans
            .iter()
            .filter(|edit| edit.start < edit.end)
            .map(|edit| (edit.ordinal, edit.start..edit.end))
            .collect();
        // Stable, and linear on what a walk in order has made.
        spans.sort_by_key(|(ordinal, _)| *ordinal);
        spans
    }

    /// The bytes of a range of [`Edits::by_ordinal`].
    pub(super) fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.buffer.get(range.clone()).unwrap_or_default()
    }

    /// Writes one `Span.attributes` field whose `AnyValue` has `any_len` bytes.
    fn attribute(&mut self, key: &str, any_len: usize, put_any: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        let Some(span) = self.spans.last_mut() else {
            debug_assert!(false, "an attribute before the first span");
            return self;
        };
        let out = &mut self.buffer;
        let len = text_len(key) + 1 + varint_len(any_len as u64) + any_len;
        out.push(SPAN_ATTRIBUTES);
        put_varint(out, len as u64);
        put_text(out, KEY, key);
        out.push(VALUE);
        put_varint(out, any_len as u64);
        put_any(out);
        span.end = out.len();
        self
    }
}

/// Bytes of a string field with a one-byte tag.
const fn text_len(text: &str) -> usize {
    1 + varint_len(text.len() as u64) + text.len()
}

fn put_text(out: &mut Vec<u8>, tag: u8, text: &str) {
    out.push(tag);
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}
