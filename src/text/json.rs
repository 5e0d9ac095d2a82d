//! A tolerant JSON reader for attribute values.
//!
//! Values in spans are cut by attribute limits in the middle of a token, so a document that ends too early
//! yields what was complete, plus the string that was being read, and says so. Strings are borrowed unless they
//! hold escapes. Depth and number of nodes are bounded; time is linear.

use super::effort::spend;
use super::quoted::{self, quoted};
use std::borrow::Cow;

/// Deeper values are dropped and the document is marked as not complete.
pub const MAX_DEPTH: usize = 64;

/// Values after this many are dropped and the document is marked as not complete.
pub const MAX_NODES: usize = 200_000;

/// One JSON value, borrowing from the document.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object; keys may repeat.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// The member of an object with this key.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        match self {
            Value::Object(members) => {
                spend(members.len());
                members.iter().find(|(k, _)| k == key).map(|(_, v)| v)
            }
            _ => None,
        }
    }

    /// The element of an array.
    pub fn at(&self, index: usize) -> Option<&Value<'a>> {
        self.items().get(index)
    }

    /// The elements of an array; empty for anything else.
    pub fn items(&self) -> &[Value<'a>] {
        match self {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// The string taken out, if it is one.
    pub fn into_str(self) -> Option<Cow<'a, str>> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// A count: a whole number that is not negative, also as a string.
    pub fn as_count(&self) -> Option<u64> {
        let text = match self {
            Value::Number(n) => n,
            Value::String(s) => s.as_ref(),
            _ => return None,
        };
        text.parse().ok().or_else(|| {
            text.parse::<f64>().ok().filter(|d| (0.0..9e15).contains(d) && d.fract() == 0.0).map(|d| d as u64)
        })
    }

    /// Every string leaf in document order, without keys.
    pub fn leaves(&self) -> Vec<&str> {
        let mut found = Vec::new();
        let mut todo = vec![self];
        while let Some(value) = todo.pop() {
            match value {
                Value::String(s) => found.push(s.as_ref()),
                Value::Array(items) => todo.extend(items.iter().rev()),
                Value::Object(members) => todo.extend(members.iter().rev().map(|(_, v)| v)),
                _ => {}
            }
        }
        found
    }
}

/// A document that was read as far as it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// What was read.
    pub value: Value<'a>,
    /// Whether all of it was there and nothing was dropped.
    pub complete: bool,
}

/// Whether a text looks like a JSON object, array or string, so that [`parse`] is worth trying.
pub fn looks_like_json(text: &str) -> bool {
    matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'[' | b'"'))
}

/// Reads a document. `None` when the text is not JSON at all, or has something else after it.
pub fn parse(text: &str) -> Option<Document<'_>> {
    let mut reader = Reader { text, at: 0, nodes: 0, dropped: false };
    let (value, ended) = reader.document()?;
    reader.space();
    if reader.at < text.len() {
        return None;
    }
    Some(Document { value, complete: ended && !reader.dropped })
}

/// As [`string`], of a string without escapes, as nearly every one is; `None` of any other.
#[inline]
pub fn plain_string(text: &str, at: usize) -> Option<(&str, usize)> {
    let end = quoted::stop(text.as_bytes(), at);
    (text.as_bytes().get(end) == Some(&b'"')).then_some((text.get(at..end)?, end + 1))
}

/// The string whose opening quote ends just before `at`, and where it ends. `None` when it is cut or no string.
pub fn string(text: &str, at: usize) -> Option<(Cow<'_, str>, usize)> {
    quoted(text, at).filter(|found| found.closed).map(|found| (found.text, found.end))
}

enum Open<'a> {
    Array(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>, Option<Cow<'a, str>>),
}

impl<'a> Open<'a> {
    fn add(&mut self, value: Value<'a>) {
        match self {
            Open::Array(items) => items.push(value),
            Open::Object(members, key) => {
                if let Some(key) = key.take() {
                    members.push((key, value));
                }
            }
        }
    }

    fn close(self) -> Value<'a> {
        match self {
            Open::Array(items) => Value::Array(items),
            Open::Object(members, _) => Value::Object(members),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
    dropped: bool,
}

/// A string or scalar, and whether it ended before the text did.
type Scalar<'a> = (Value<'a>, bool);

impl<'a> Reader<'a> {
    fn space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let blank = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        spend(blank + 1);
        self.at += blank;
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The value, and whether it was closed.
    fn document(&mut self) -> Option<(Value<'a>, bool)> {
        let mut stack: Vec<Open<'a>> = Vec::new();
        loop {
            self.space();
            let Some(byte) = self.peek() else {
                return Some((Self::unwind(stack)?, false));
            };
            // Inside an object a key or the end comes first; inside an array a value or the end.
            match stack.last_mut() {
                Some(Open::Object(_, key @ None)) => match byte {
                    b'}' => {
                        self.at += 1;
                        let value = stack.pop()?.close();
                        match self.finished(&mut stack, value)? {
                            Some(done) => return Some((done, true)),
                            None => continue,
                        }
                    }
                    b'"' => {
                        self.at += 1;
                        let (name, ended) = self.string()?;
                        if !ended {
                            return Some((Self::unwind(stack)?, false));
                        }
                        self.space();
                        match self.peek() {
                            Some(b':') => self.at += 1,
                            None => return Some((Self::unwind(stack)?, false)),
                            Some(_) => return None,
                        }
                        *key = Some(name);
                        continue;
                    }
                    _ => return None,
                },
                Some(Open::Array(_)) if byte == b']' => {
                    self.at += 1;
                    let value = stack.pop()?.close();
                    match self.finished(&mut stack, value)? {
                        Some(done) => return Some((done, true)),
                        None => continue,
                    }
                }
                _ => {}
            }
            match byte {
                b'[' | b'{' => {
                    self.at += 1;
                    if stack.len() >= MAX_DEPTH {
                        // Too deep to read on; what is open so far is the answer.
                        self.at = self.text.len();
                        return Some((Self::unwind(stack)?, false));
                    }
                    stack.push(if byte == b'[' { Open::Array(Vec::new()) } else { Open::Object(Vec::new(), None) });
                }
                _ => {
                    let (value, ended) = self.scalar(byte)?;
                    if !ended {
                        let Some(open) = stack.last_mut() else { return Some((value, false)) };
                        open.add(value);
                        return Some((Self::unwind(stack)?, false));
                    }
                    if let Some(done) = self.finished(&mut stack, value)? {
                        return Some((done, true));
                    }
                }
            }
        }
    }

    /// Puts a finished value into its parent and steps over the comma; the value itself at the top.
    fn finished(&mut self, stack: &mut [Open<'a>], value: Value<'a>) -> Option<Option<Value<'a>>> {
        let Some(open) = stack.last_mut() else { return Some(Some(value)) };
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.dropped = true;
            if let Open::Object(_, key) = open {
                *key = None;
            }
        } else {
            open.add(value);
        }
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.space();
                // A trailing comma is not JSON.
                if matches!(self.peek(), Some(b']' | b'}')) { None } else { Some(None) }
            }
            Some(b']' | b'}') | None => Some(None),
            Some(_) => None,
        }
    }

    fn unwind(mut stack: Vec<Open<'a>>) -> Option<Value<'a>> {
        let mut value = stack.pop()?.close();
        while let Some(mut open) = stack.pop() {
            spend(1);
            open.add(value);
            value = open.close();
        }
        Some(value)
    }

    fn scalar(&mut self, byte: u8) -> Option<Scalar<'a>> {
        match byte {
            b'"' => {
                self.at += 1;
                let (string, ended) = self.string()?;
                Some((Value::String(string), ended))
            }
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'N' => self.word("NaN", Value::Null),
            b'-' | b'0'..=b'9' => {
                let rest = &self.text[self.at..];
                let len =
                    rest.bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count();
                self.at += len;
                Some((Value::Number(&rest[..len]), true))
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &'static str, value: Value<'a>) -> Option<Scalar<'a>> {
        let rest = &self.text[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            Some((value, true))
        } else if word.starts_with(rest) {
            self.at = self.text.len();
            Some((Value::Null, false))
        } else {
            None
        }
    }

    /// The rest of a string after its opening quote, and whether its closing quote was there.
    fn string(&mut self) -> Option<(Cow<'a, str>, bool)> {
        let found = quoted(self.text, self.at)?;
        self.at = found.end;
        Some((found.text, found.closed))
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
