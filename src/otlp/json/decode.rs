//! JSON to protobuf.

use super::MAX_DEPTH;
use super::error::{JsonError, Reason};
use super::scalar::{Scalar, scalar};
use super::schema::{self, Field, Kind, MessageType, Shape};
use super::token::Tokens;
use super::writer::{Open, Writer};
use crate::otlp::Signal;
use crate::otlp::wire::{put_bytes, put_tag};

/// An export request from OTLP/JSON, as protobuf bytes.
///
/// Unknown keys are stepped over with all that is in them; a default that is sent is left out, as protobuf
/// writers do. Linear in the body, without recursion.
///
/// # Errors
/// When the body is not JSON or not OTLP. The error's text holds nothing of the body.
pub fn to_protobuf(signal: Signal, json: &[u8]) -> Result<Vec<u8>, JsonError> {
    transcode(schema::request(signal), json)
}

/// As [`to_protobuf`], for a message of any type.
pub(in crate::otlp) fn transcode(message: &'static MessageType, json: &[u8]) -> Result<Vec<u8>, JsonError> {
    let text = simdutf8::compat::from_utf8(json).map_err(|error| JsonError {
        reason: Reason::Utf8,
        offset: error.valid_up_to(),
        field: None,
    })?;
    let mut decoder = Decoder {
        tokens: Tokens::new(text),
        writer: Writer::with_capacity(json.len()),
        frames: Vec::with_capacity(16),
        opens: Vec::with_capacity(16),
    };
    decoder.document(message)?;
    Ok(decoder.writer.finish())
}

/// A JSON container that is open.
#[derive(Debug, Clone, Copy)]
enum Frame {
    /// An object: which fields it has had, one bit each.
    Message { message: &'static MessageType, seen: u32, first: bool },
    /// An array.
    List { field: &'static Field, first: bool },
}

struct Decoder<'a> {
    tokens: Tokens<'a>,
    writer: Writer,
    frames: Vec<Frame>,
    opens: Vec<Open>,
}

impl Decoder<'_> {
    fn document(&mut self, root: &'static MessageType) -> Result<(), JsonError> {
        self.enter(b'{', Frame::Message { message: root, seen: 0, first: true })?;
        while let Some(frame) = self.frames.last_mut() {
            match frame {
                Frame::Message { message, seen, first } => {
                    if !self.tokens.next_in(b'}', std::mem::take(first))? {
                        self.leave(true)?;
                        continue;
                    }
                    let key = self.tokens.key()?;
                    let found = message.fields.iter().enumerate().find(|(_, field)| field.name == key);
                    let Some((index, field)) = found else {
                        self.tokens.skip(self.frames.len())?;
                        continue;
                    };
                    if self.tokens.null()? {
                        continue;
                    }
                    // A default is written where it must undo what an equal key has said before.
                    let again = *seen & 1 << index != 0;
                    *seen |= 1 << index;
                    self.member(field, again).map_err(|error| within(error, field))?;
                }
                Frame::List { field, first } => {
                    let (field, first) = (*field, std::mem::take(first));
                    let packed = packable(field);
                    if !self.tokens.next_in(b']', first)? {
                        self.leave(packed && !first)?;
                        continue;
                    }
                    if packed && first {
                        put_tag(&mut self.writer.out, field.number, 2);
                        self.opens.push(self.writer.open());
                    }
                    self.element(field).map_err(|error| within(error, field))?;
                }
            }
        }
        self.tokens.end()
    }

    /// Opens a container. `byte` is the one that must be next.
    fn enter(&mut self, byte: u8, frame: Frame) -> Result<(), JsonError> {
        if self.tokens.peek()? != byte {
            let what = if byte == b'{' { "an object" } else { "an array" };
            return Err(self.tokens.error(Reason::Expected(what)));
        }
        if self.frames.len() >= MAX_DEPTH {
            return Err(self.tokens.error(Reason::Depth));
        }
        self.tokens.bump();
        self.frames.push(frame);
        Ok(())
    }

    /// Forgets the innermost container, and fills in the length if one is open for it. The root has none.
    fn leave(&mut self, open: bool) -> Result<(), JsonError> {
        self.frames.pop();
        if open && let Some(open) = self.opens.pop() {
            let closed = self.writer.close(open, self.opens.last_mut());
            return closed.ok_or_else(|| self.tokens.error(Reason::Size));
        }
        Ok(())
    }

    /// The value of a known key, not null.
    fn member(&mut self, field: &'static Field, again: bool) -> Result<(), JsonError> {
        if field.shape == Shape::Repeated {
            return self.enter(b'[', Frame::List { field, first: true });
        }
        if let Kind::Message(message) = field.kind {
            return self.message(field, message);
        }
        let value = scalar(&mut self.tokens, field.kind)?;
        if again || field.shape != Shape::Plain || !value.is_default() {
            put_tag(&mut self.writer.out, field.number, field.kind.wire_type());
            value.put(&mut self.writer.out);
        }
        Ok(())
    }

    /// One value of a repeated field; null is its default.
    fn element(&mut self, field: &'static Field) -> Result<(), JsonError> {
        let null = self.tokens.null()?;
        match field.kind {
            Kind::Message(_) | Kind::Text if null => put_bytes(&mut self.writer.out, field.number, &[]),
            Kind::Message(message) => self.message(field, message)?,
            Kind::Text => {
                let value = scalar(&mut self.tokens, field.kind)?;
                put_tag(&mut self.writer.out, field.number, 2);
                value.put(&mut self.writer.out);
            }
            kind => {
                let value = match kind.wire_type() {
                    0 if null => Scalar::Varint(0),
                    5 if null => Scalar::Fixed32(0),
                    _ if null => Scalar::Fixed64(0),
                    _ => scalar(&mut self.tokens, kind)?,
                };
                value.put(&mut self.writer.out);
            }
        }
        Ok(())
    }

    fn message(&mut self, field: &'static Field, message: &'static MessageType) -> Result<(), JsonError> {
        self.enter(b'{', Frame::Message { message, seen: 0, first: true })?;
        put_tag(&mut self.writer.out, field.number, 2);
        self.opens.push(self.writer.open());
        Ok(())
    }
}

/// Says which field an error is in, unless it is known.
fn within(error: JsonError, field: &'static Field) -> JsonError {
    JsonError { field: error.field.or(Some(field.name)), ..error }
}

/// Whether the values of a repeated field go into one length-delimited field.
pub(super) fn packable(field: &Field) -> bool {
    field.shape == Shape::Repeated && field.kind.wire_type() != 2
}
