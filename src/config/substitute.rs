//! `${env:VAR}` and `${env:VAR:-default}` in the file, replaced before it is parsed.
//!
//! A value never changes what the rest of the file means: inside `"..."` it is escaped, inside `'...'` it must not
//! hold a quote or a control character, and outside of strings it must be one TOML value or part of one. No
//! replacement adds a line, so line numbers stay those of the file. Comments are left alone. `$$` is a dollar.

use std::collections::BTreeMap;
use std::ops::Range;

/// The text after replacement is at most this long, in bytes.
const MAX_TEXT: usize = 4 << 20;

/// Variables by name.
pub(super) type Environment = BTreeMap<String, String>;

/// The text to parse, and the way back to the file.
#[derive(Debug, Default)]
pub(super) struct Substituted {
    /// What the parser reads.
    pub text: String,
    patches: Vec<Patch>,
}

#[derive(Debug)]
struct Patch {
    out: Range<usize>,
    source: Range<usize>,
    variable: Option<String>,
}

/// Something that cannot be replaced.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Byte offset in the source.
    pub at: usize,
    /// What is wrong.
    pub message: String,
}

impl Substituted {
    /// The offset in the source of an offset in the text.
    pub fn source_offset(&self, at: usize) -> usize {
        let next = self.patches.partition_point(|patch| patch.out.start <= at);
        match next.checked_sub(1).and_then(|last| self.patches.get(last)) {
            Some(patch) if at < patch.out.end => patch.source.start,
            Some(patch) => patch.source.end + (at - patch.out.end),
            None => at,
        }
    }

    /// Whether any of this range came from the environment.
    pub fn is_from_environment(&self, range: &Range<usize>) -> bool {
        self.patches.iter().any(|patch| {
            patch.variable.is_some() && patch.out.start < range.end.max(range.start + 1) && range.start < patch.out.end
        })
    }
}

/// Where the scanner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Bare,
    Comment,
    Basic,
    BasicLines,
    Literal,
    LiteralLines,
}

/// Replaces every reference, or says what is wrong with them.
pub(super) fn substitute(source: &str, environment: &Environment) -> Result<Substituted, Vec<Fault>> {
    let mut done = Substituted::default();
    let mut faults = Vec::new();
    let mut state = State::Bare;
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        if done.text.len() > MAX_TEXT {
            faults.push(Fault { at, message: format!("longer than {MAX_TEXT} bytes after replacement") });
            break;
        }
        if state != State::Comment && rest.starts_with('$') {
            let start = done.text.len();
            let (taken, variable) = match reference(rest, state, environment) {
                Ok(Reference::Dollar) => (0, None),
                Ok(Reference::Escaped) => (2, None),
                Ok(Reference::Variable { taken, name, value }) => {
                    done.text.push_str(&value);
                    (taken, Some(name.to_owned()))
                }
                Err((taken, message)) => {
                    faults.push(Fault { at, message });
                    at += taken;
                    continue;
                }
            };
            if taken > 0 {
                if variable.is_none() {
                    done.text.push('$');
                }
                done.patches.push(Patch { out: start..done.text.len(), source: at..at + taken, variable });
                at += taken;
                continue;
            }
        }
        let (taken, next) = step(rest, state);
        done.text.push_str(rest.get(..taken).unwrap_or(rest));
        at += taken;
        state = next;
    }
    if faults.is_empty() { Ok(done) } else { Err(faults) }
}

/// How many bytes the next piece of TOML has, and the state after it.
fn step(rest: &str, state: State) -> (usize, State) {
    let width = rest.chars().next().map_or(1, char::len_utf8);
    let quotes = |quote: char| rest.chars().take(5).take_while(|c| *c == quote).count();
    match (state, rest.as_bytes().first()) {
        (State::Bare, Some(b'#')) => (1, State::Comment),
        (State::Bare, Some(b'"')) if quotes('"') >= 3 => (3, State::BasicLines),
        (State::Bare, Some(b'"')) => (1, State::Basic),
        (State::Bare, Some(b'\'')) if quotes('\'') >= 3 => (3, State::LiteralLines),
        (State::Bare, Some(b'\'')) => (1, State::Literal),
        // An escape, whatever it is, cannot close the string.
        (State::Basic | State::BasicLines, Some(b'\\')) => {
            let escaped = rest.chars().nth(1).filter(|c| *c != '\n').map_or(0, char::len_utf8);
            (1 + escaped, state)
        }
        (State::Basic, Some(b'"')) | (State::Literal, Some(b'\'')) => (1, State::Bare),
        // Up to two quotes may stand before the three that close.
        (State::BasicLines, Some(b'"')) if quotes('"') >= 3 => (quotes('"'), State::Bare),
        (State::LiteralLines, Some(b'\'')) if quotes('\'') >= 3 => (quotes('\''), State::Bare),
        (State::Comment | State::Basic | State::Literal, Some(b'\n')) => (1, State::Bare),
        _ => (width, state),
    }
}

enum Reference<'a> {
    /// A dollar and nothing more.
    Dollar,
    /// `$$`.
    Escaped,
    /// A variable, with the text that goes in its place.
    Variable { taken: usize, name: &'a str, value: String },
}

/// Reads what follows a dollar; a fault comes with the number of bytes to step over.
fn reference<'a>(rest: &'a str, state: State, environment: &Environment) -> Result<Reference<'a>, (usize, String)> {
    if rest.starts_with("$$") {
        return Ok(Reference::Escaped);
    }
    if !rest.starts_with("${") {
        return Ok(Reference::Dollar);
    }
    let line = rest.lines().next().unwrap_or(rest);
    let Some(end) = line.find('}') else {
        return Err((2, "`${` without `}` on the same line; write `$$` for a dollar".into()));
    };
    let taken = end + 1;
    let fail = |message: String| Err((taken, message));
    let Some(inner) = line.get(2..end).and_then(|inner| inner.strip_prefix("env:")) else {
        return fail("only `${env:NAME}` and `${env:NAME:-default}` are known; write `$$` for a dollar".into());
    };
    let (name, default) = match inner.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inner, None),
    };
    let plausible = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.bytes().next().is_some_and(|b| !b.is_ascii_digit());
    if !plausible {
        return fail("a variable's name has letters, digits and `_`, and no digit first".into());
    }
    let set = environment.get(name).map(String::as_str);
    let value = match (set, default) {
        // As in a shell: `:-` also stands in for an empty value.
        (Some(value), None) => written(value, state),
        (Some(value), Some(_)) if !value.is_empty() => written(value, state),
        (_, Some(default)) => verbatim(default, state),
        (None, None) => {
            return fail(format!("environment variable {name} is not set; `${{env:{name}:-default}}` gives a default"));
        }
    };
    match value {
        Ok(value) => Ok(Reference::Variable { taken, name, value }),
        Err(why) => fail(format!("environment variable {name} {why}")),
    }
}

/// A value from the environment, written so that it means itself where it stands.
fn written(value: &str, state: State) -> Result<String, &'static str> {
    match state {
        State::Basic | State::BasicLines => Ok(escaped(value)),
        State::Literal | State::LiteralLines => {
            if value.chars().any(|c| c == '\'' || (c.is_control() && c != '\t')) {
                return Err("has a quote or a control character, which '...' cannot hold; use \"...\"");
            }
            Ok(value.to_owned())
        }
        State::Bare | State::Comment => bare(value),
    }
}

/// A default is TOML already: its author wrote it in the file.
fn verbatim(default: &str, state: State) -> Result<String, &'static str> {
    let closes = match state {
        State::Basic | State::BasicLines => default.contains('"'),
        State::Literal | State::LiteralLines => default.contains('\''),
        State::Bare | State::Comment => return bare(default),
    };
    if closes { Err("has a default with a quote that would close the string") } else { Ok(default.to_owned()) }
}

/// Outside of strings: one whole value, or a plain piece of a key or number.
fn bare(value: &str) -> Result<String, &'static str> {
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+.:".contains(&b));
    let whole = || !value.contains(char::is_control) && toml::de::DeValue::parse(value).is_ok();
    if plain || whole() {
        Ok(value.to_owned())
    } else {
        Err("is not a TOML value; put quotes around the reference if text is meant")
    }
}

/// The inside of a basic string.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[path = "substitute_tests.rs"]
mod tests;
