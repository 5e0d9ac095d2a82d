//! Spans built on the wire, for tests of this room.

use super::{AgentSpan, Role, read_span};
use crate::otlp::view::{Scope, Span};
use crate::otlp::wire::{put_bytes, put_tag, put_uint};

/// An attribute value to be encoded.
#[derive(Debug, Clone)]
pub(super) enum Any {
    Empty,
    Str(String),
    Bool(bool),
    Int(i64),
    Double(f64),
    List(Vec<Any>),
    Map(Vec<(String, Any)>),
    Bytes(Vec<u8>),
}

impl From<&str> for Any {
    fn from(text: &str) -> Self {
        Any::Str(text.to_owned())
    }
}

impl Any {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Any::Empty => {}
            Any::Str(text) => put_bytes(&mut out, 1, text.as_bytes()),
            Any::Bool(b) => put_uint(&mut out, 2, u64::from(*b)),
            Any::Int(i) => put_uint(&mut out, 3, *i as u64),
            Any::Double(d) => {
                put_tag(&mut out, 4, 1);
                out.extend_from_slice(&d.to_bits().to_le_bytes());
            }
            Any::List(items) => {
                let mut list = Vec::new();
                items.iter().for_each(|item| put_bytes(&mut list, 1, &item.encode()));
                put_bytes(&mut out, 5, &list);
            }
            Any::Map(members) => {
                let mut map = Vec::new();
                members.iter().for_each(|(key, value)| put_bytes(&mut map, 1, &attribute(key, value)));
                put_bytes(&mut out, 6, &map);
            }
            Any::Bytes(bytes) => put_bytes(&mut out, 7, bytes),
        }
        out
    }
}

/// A `KeyValue` message.
pub(super) fn attribute(key: &str, value: &Any) -> Vec<u8> {
    let mut out = Vec::new();
    put_bytes(&mut out, 1, key.as_bytes());
    put_bytes(&mut out, 2, &value.encode());
    out
}

/// A `Span` message with these attributes; a child when it has a parent.
pub(super) fn span(attributes: &[(String, Any)], child: bool) -> Vec<u8> {
    let mut out = Vec::new();
    if child {
        put_bytes(&mut out, 4, &[1; 8]);
    }
    attributes.iter().for_each(|(key, value)| put_bytes(&mut out, 9, &attribute(key, value)));
    out
}

/// As [`span`], of strings.
pub(super) fn span_of(attributes: &[(&str, &str)], child: bool) -> Vec<u8> {
    let attributes: Vec<(String, Any)> =
        attributes.iter().map(|(key, value)| ((*key).to_owned(), Any::from(*value))).collect();
    span(&attributes, child)
}

/// Adds a span event with these attributes to a span message.
pub(super) fn event(message: &mut Vec<u8>, name: &str, attributes: &[(&str, &str)]) {
    let mut inner = Vec::new();
    put_bytes(&mut inner, 2, name.as_bytes());
    attributes.iter().for_each(|(key, value)| put_bytes(&mut inner, 3, &attribute(key, &Any::from(*value))));
    put_bytes(message, 11, &inner);
}

/// Reads a span message as one of the scope.
pub(super) fn read<'a>(scope: &'a str, message: &'a [u8]) -> Option<AgentSpan<'a>> {
    read_span(Scope { name: scope, version: "" }, &Span::read(message).unwrap())
}

/// The texts of a role.
pub(super) fn texts(span: &AgentSpan<'_>, role: Role) -> Vec<String> {
    span.texts_of(role).map(str::to_owned).collect()
}
