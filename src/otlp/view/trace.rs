//! `ExportTraceServiceRequest` and what is in it.

use super::value::{Attribute, Attributes};
use crate::otlp::wire::{Field, Fields, Value, WireError};

/// Steps through the messages of one repeated field, handing on errors.
pub(super) fn messages(buffer: &[u8], number: u32) -> impl Iterator<Item = Result<&[u8], WireError>> {
    Fields::new(buffer).filter_map(move |field| match field {
        Ok(Field { number: n, value: Value::Bytes(bytes), .. }) if n == number => Some(Ok(bytes)),
        Ok(field) if field.number == number => Some(Err(WireError::Mismatch(number))),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    })
}

/// The resources of a trace request.
pub fn resource_spans(request: &[u8]) -> impl Iterator<Item = Result<ResourceSpans<'_>, WireError>> {
    messages(request, 1).map(|message| message.map(ResourceSpans))
}

/// One `ResourceSpans` message.
#[derive(Debug, Clone, Copy)]
pub struct ResourceSpans<'a>(pub &'a [u8]);

impl<'a> ResourceSpans<'a> {
    /// Its resource; empty when there is none.
    pub fn resource(self) -> Result<Resource<'a>, WireError> {
        Resource::find(self.0)
    }

    /// Its scopes.
    pub fn scope_spans(self) -> impl Iterator<Item = Result<ScopeSpans<'a>, WireError>> {
        messages(self.0, 2).map(|message| message.map(ScopeSpans))
    }
}

/// A `Resource` message.
#[derive(Debug, Clone, Default)]
pub struct Resource<'a> {
    /// Its attributes.
    pub attributes: Attributes<'a>,
}

impl<'a> Resource<'a> {
    pub(super) fn find(envelope: &'a [u8]) -> Result<Self, WireError> {
        let mut resource = Resource::default();
        for message in messages(envelope, 1) {
            for attribute in messages(message?, 1) {
                resource.attributes.push(Attribute::read(attribute?)?);
            }
        }
        Ok(resource)
    }
}

/// An `InstrumentationScope` message.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// Its name; empty when there is none or it is not UTF-8.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
}

impl<'a> Scope<'a> {
    pub(super) fn find(envelope: &'a [u8]) -> Result<Self, WireError> {
        let mut scope = Scope::default();
        for message in messages(envelope, 1) {
            for field in Fields::new(message?) {
                let field = field?;
                match field.number {
                    1 => scope.name = field.str().unwrap_or_default(),
                    2 => scope.version = field.str().unwrap_or_default(),
                    _ => {}
                }
            }
        }
        Ok(scope)
    }
}

/// One `ScopeSpans` message.
#[derive(Debug, Clone, Copy)]
pub struct ScopeSpans<'a>(pub &'a [u8]);

impl<'a> ScopeSpans<'a> {
    /// Its scope; empty when there is none.
    pub fn scope(self) -> Result<Scope<'a>, WireError> {
        Scope::find(self.0)
    }

    /// The bytes of its spans.
    pub fn spans(self) -> impl Iterator<Item = Result<&'a [u8], WireError>> {
        messages(self.0, 2)
    }
}

/// A span's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status<'a> {
    /// 0 unset, 1 ok, 2 error.
    pub code: u64,
    /// What the client says about an error.
    pub message: &'a str,
}

impl Status<'_> {
    /// Whether the client says that the span failed.
    pub const fn is_error(&self) -> bool {
        self.code == 2
    }
}

/// One `Span` message. Attribute values and events are read on demand.
#[derive(Debug, Clone, Default)]
pub struct Span<'a> {
    /// The message itself.
    pub bytes: &'a [u8],
    /// 16 bytes when valid.
    pub trace_id: &'a [u8],
    /// 8 bytes when valid.
    pub span_id: &'a [u8],
    /// Empty on a root.
    pub parent_span_id: &'a [u8],
    /// W3C trace state.
    pub trace_state: &'a str,
    /// The name.
    pub name: &'a str,
    /// Start, in nanoseconds since 1970.
    pub start_unix_nano: u64,
    /// End, in nanoseconds since 1970.
    pub end_unix_nano: u64,
    /// The attributes, values unread.
    pub attributes: Attributes<'a>,
    /// The status.
    pub status: Status<'a>,
    /// Whether there are events.
    pub has_events: bool,
    /// Whether there are links.
    pub has_links: bool,
}

impl<'a> Span<'a> {
    /// Reads a span message. Strings of the envelope that are not UTF-8 count as empty; broken
    /// structure is an error.
    pub fn read(message: &'a [u8]) -> Result<Self, WireError> {
        let mut span = Span::default();
        span.read_into(message)?;
        Ok(span)
    }

    /// As [`Span::read`], reusing the room of an earlier span's attributes.
    pub fn read_into(&mut self, message: &'a [u8]) -> Result<(), WireError> {
        let mut attributes = std::mem::take(&mut self.attributes);
        attributes.clear();
        *self = Span { bytes: message, attributes, ..Span::default() };
        for field in Fields::new(message) {
            let field = field?;
            match field.number {
                1 => self.trace_id = field.bytes()?,
                2 => self.span_id = field.bytes()?,
                3 => self.trace_state = field.str().unwrap_or_default(),
                4 => self.parent_span_id = field.bytes()?,
                5 => self.name = field.str().unwrap_or_default(),
                7 => self.start_unix_nano = field.fixed64()?,
                8 => self.end_unix_nano = field.fixed64()?,
                9 => self.attributes.read(field.bytes()?)?,
                11 => self.has_events = true,
                13 => self.has_links = true,
                15 => {
                    for field in Fields::new(field.bytes()?) {
                        let field = field?;
                        match field.number {
                            2 => self.status.message = field.str().unwrap_or_default(),
                            3 => self.status.code = field.varint()?,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the span has no parent.
    pub fn is_root(&self) -> bool {
        self.parent_span_id.iter().all(|&byte| byte == 0)
    }

    /// Its events.
    pub fn events(&self) -> impl Iterator<Item = Result<Event<'a>, WireError>> + use<'a> {
        messages(self.bytes, 11).map(|message| message.and_then(Event::read))
    }

    /// Its links.
    pub fn links(&self) -> impl Iterator<Item = Result<Link<'a>, WireError>> + use<'a> {
        messages(self.bytes, 13).map(|message| message.and_then(Link::read))
    }
}

/// One `Span.Link` message: where it points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Link<'a> {
    /// 16 bytes when valid.
    pub trace_id: &'a [u8],
    /// 8 bytes when valid.
    pub span_id: &'a [u8],
}

impl<'a> Link<'a> {
    fn read(message: &'a [u8]) -> Result<Self, WireError> {
        let mut link = Link::default();
        for field in Fields::new(message) {
            let field = field?;
            match field.number {
                1 => link.trace_id = field.bytes()?,
                2 => link.span_id = field.bytes()?,
                _ => {}
            }
        }
        Ok(link)
    }
}

/// One `Span.Event` message.
#[derive(Debug, Clone, Default)]
pub struct Event<'a> {
    /// The name.
    pub name: &'a str,
    /// The attributes.
    pub attributes: Attributes<'a>,
}

impl<'a> Event<'a> {
    fn read(message: &'a [u8]) -> Result<Self, WireError> {
        let mut event = Event::default();
        for field in Fields::new(message) {
            let field = field?;
            match field.number {
                2 => event.name = field.str().unwrap_or_default(),
                3 => event.attributes.push(Attribute::read(field.bytes()?)?),
                _ => {}
            }
        }
        Ok(event)
    }
}
