//! `ExportLogsServiceRequest` and what is in it.

use super::trace::{Resource, Scope, messages};
use super::value::{AnyValue, Attribute, Attributes};
use crate::otlp::wire::{Fields, WireError};

/// The resources of a log request.
pub fn resource_logs(request: &[u8]) -> impl Iterator<Item = Result<ResourceLogs<'_>, WireError>> {
    messages(request, 1).map(|message| message.map(ResourceLogs))
}

/// One `ResourceLogs` message.
#[derive(Debug, Clone, Copy)]
pub struct ResourceLogs<'a>(pub &'a [u8]);

impl<'a> ResourceLogs<'a> {
    /// Its resource; empty when there is none.
    pub fn resource(self) -> Result<Resource<'a>, WireError> {
        Resource::find(self.0)
    }

    /// Its scopes.
    pub fn scope_logs(self) -> impl Iterator<Item = Result<ScopeLogs<'a>, WireError>> {
        messages(self.0, 2).map(|message| message.map(ScopeLogs))
    }
}

/// One `ScopeLogs` message.
#[derive(Debug, Clone, Copy)]
pub struct ScopeLogs<'a>(pub &'a [u8]);

impl<'a> ScopeLogs<'a> {
    /// Its scope; empty when there is none.
    pub fn scope(self) -> Result<Scope<'a>, WireError> {
        Scope::find(self.0)
    }

    /// The bytes of its records.
    pub fn records(self) -> impl Iterator<Item = Result<&'a [u8], WireError>> {
        messages(self.0, 2)
    }
}

/// One `LogRecord` message.
#[derive(Debug, Clone)]
pub struct LogRecord<'a> {
    /// Time, in nanoseconds since 1970; the observed time when the record has none of its own.
    pub time_unix_nano: u64,
    /// The event's name, from the field or from the older `event.name` attribute.
    pub event_name: &'a str,
    /// The body.
    pub body: AnyValue<'a>,
    /// The attributes.
    pub attributes: Attributes<'a>,
    /// 16 bytes when it belongs to a trace.
    pub trace_id: &'a [u8],
    /// 8 bytes when it belongs to a span.
    pub span_id: &'a [u8],
}

impl<'a> LogRecord<'a> {
    /// Reads a log record message.
    pub fn read(message: &'a [u8]) -> Result<Self, WireError> {
        let mut record = LogRecord {
            time_unix_nano: 0,
            event_name: "",
            body: AnyValue::Empty,
            attributes: Attributes::default(),
            trace_id: &[],
            span_id: &[],
        };
        let mut observed = 0;
        for field in Fields::new(message) {
            let field = field?;
            match field.number {
                1 => record.time_unix_nano = field.fixed64()?,
                5 => record.body = AnyValue::read(field.bytes()?)?,
                6 => record.attributes.push(Attribute::read(field.bytes()?)?),
                9 => record.trace_id = field.bytes()?,
                10 => record.span_id = field.bytes()?,
                11 => observed = field.fixed64()?,
                12 => record.event_name = field.str().unwrap_or_default(),
                _ => {}
            }
        }
        if record.time_unix_nano == 0 {
            record.time_unix_nano = observed;
        }
        if record.event_name.is_empty() {
            record.event_name = record.attributes.str("event.name").unwrap_or_default();
        }
        Ok(record)
    }
}
