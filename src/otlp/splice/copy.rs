//! The copy with the additions in place.

use std::ops::Range;

use super::edits::Edits;
use crate::otlp::wire::{Field, Fields, WireError, put_varint, varint, varint_len};

/// The field under which each envelope holds what we look for.
const RESOURCE_SPANS: u32 = 1;
const SCOPE_SPANS: u32 = 2;
const SPANS: u32 = 2;

/// One place where the copy departs from the request, in the order in which they lie in it.
#[derive(Debug)]
enum Change {
    /// The length prefix at these bytes becomes this number.
    Length(Range<usize>, usize),
    /// These additions are put in at this offset.
    Insert(usize, Range<usize>),
}

/// A length-delimited field that may change: where its length stands, and its place in the list of changes.
struct Envelope {
    prefix: Range<usize>,
    content: usize,
    index: usize,
}

/// A trace request with the edits' attributes appended to their spans.
///
/// Two passes, each linear, no recursion and one output allocation of the exact size. The first walks the
/// envelopes, counts spans as [`Edits`] says, and works out the new lengths; the second copies the runs between the
/// changes. A length prefix is rewritten only when something behind it grew; everything else, unknown fields and
/// over-long varints included, is copied byte for byte. With no edits the result equals the request: callers ask
/// [`Edits::is_empty`] first and reuse theirs.
///
/// # Errors
/// When the envelopes above the spans are not protobuf, or an edit names a span that is not there.
pub fn splice(request: &[u8], edits: &Edits) -> Result<Vec<u8>, WireError> {
    let mut plan = Plan { additions: edits.by_ordinal().into_iter().peekable(), changes: Vec::new(), ordinal: 0 };
    let grown = plan.request(request)?;
    if plan.additions.next().is_some() {
        return Err(WireError::NoSuchSpan);
    }

    // Negative growth is possible: a padded prefix that is rewritten loses its padding.
    let len = request.len().saturating_add_signed(grown);
    let mut out = Vec::with_capacity(len);
    let mut copied = 0;
    let mut copy_to = |out: &mut Vec<u8>, until: usize, resume: usize| {
        out.extend_from_slice(request.get(copied..until).unwrap_or_default());
        copied = resume;
    };
    for change in &plan.changes {
        match change {
            Change::Length(prefix, len) => {
                copy_to(&mut out, prefix.start, prefix.end);
                put_varint(&mut out, *len as u64);
            }
            Change::Insert(at, range) => {
                copy_to(&mut out, *at, *at);
                out.extend_from_slice(edits.bytes(range));
            }
        }
    }
    copy_to(&mut out, request.len(), request.len());
    debug_assert_eq!(out.len(), len);
    Ok(out)
}

/// The first pass.
struct Plan<I: Iterator<Item = (usize, Range<usize>)>> {
    additions: std::iter::Peekable<I>,
    changes: Vec<Change>,
    ordinal: usize,
}

/// By how many bytes a message grows; below zero where padded prefixes lose more than additions bring.
type Growth = isize;

impl<I: Iterator<Item = (usize, Range<usize>)>> Plan<I> {
    /// By how much the whole request grows.
    fn request(&mut self, request: &[u8]) -> Result<Growth, WireError> {
        let mut grown = 0;
        for field in envelopes(request, RESOURCE_SPANS) {
            let field = field?;
            let open = self.open(request, 0, &field)?;
            let inner = self.resource(field.bytes()?, open.content)?;
            grown += self.close(open, field.bytes()?.len(), inner);
        }
        Ok(grown)
    }

    fn resource(&mut self, message: &[u8], base: usize) -> Result<Growth, WireError> {
        let mut grown = 0;
        for field in envelopes(message, SCOPE_SPANS) {
            let field = field?;
            let open = self.open(message, base, &field)?;
            let inner = self.scope(field.bytes()?, open.content)?;
            grown += self.close(open, field.bytes()?.len(), inner);
        }
        Ok(grown)
    }

    fn scope(&mut self, message: &[u8], base: usize) -> Result<Growth, WireError> {
        let mut grown = 0;
        for field in envelopes(message, SPANS) {
            let field = field?;
            let ordinal = self.ordinal;
            self.ordinal += 1;
            // Most spans of a busy service are no agent's: nothing is worked out for them.
            if self.additions.peek().is_none_or(|(next, _)| *next != ordinal) {
                continue;
            }
            let open = self.open(message, base, &field)?;
            let end = base + field.end;
            let mut inner = 0;
            while let Some((_, range)) = self.additions.next_if(|(next, _)| *next == ordinal) {
                inner += range.len() as Growth;
                self.changes.push(Change::Insert(end, range));
            }
            grown += self.close(open, field.bytes()?.len(), inner);
        }
        Ok(grown)
    }

    /// Notes where a field's length prefix is, ahead of the changes inside it.
    fn open(&mut self, message: &[u8], base: usize, field: &Field<'_>) -> Result<Envelope, WireError> {
        let (_, prefix) = varint(message, field.start)?;
        let content = field.end - field.bytes()?.len();
        let index = self.changes.len();
        self.changes.push(Change::Length(base + prefix..base + content, 0));
        Ok(Envelope { prefix: base + prefix..base + content, content: base + content, index })
    }

    /// Fills in the new length, or forgets the field when nothing inside it changed. By how much the field grew.
    fn close(&mut self, open: Envelope, len: usize, inner: Growth) -> Growth {
        if self.changes.len() == open.index + 1 {
            self.changes.truncate(open.index);
            return 0;
        }
        let new_len = len.saturating_add_signed(inner);
        let prefix = varint_len(new_len as u64) as Growth - open.prefix.len() as Growth;
        if let Some(change) = self.changes.get_mut(open.index) {
            *change = Change::Length(open.prefix, new_len);
        }
        inner + prefix
    }
}

/// The length-delimited fields of one number; the same walk as that of the views.
fn envelopes(message: &[u8], number: u32) -> impl Iterator<Item = Result<Field<'_>, WireError>> {
    Fields::new(message).filter_map(move |field| match field {
        Ok(field) if field.number == number => Some(field.bytes().map(|_| field)),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    })
}
