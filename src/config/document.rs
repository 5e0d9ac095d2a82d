//! What was said, before it has a type: a tree whose every value knows where it came from.

use super::schema::{self, ANY, Kind};
use super::substitute::Substituted;
use super::{Config, Place, Problem};
use std::collections::BTreeMap;
use std::path::Path;
use toml::Value;
use toml::de::{DeTable, DeValue};

/// Of the errors in the syntax, only so many are told: most follow from the first.
const MAX_SYNTAX_ERRORS: usize = 5;

/// A value and where it was said.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Where the key stands.
    pub key: Place,
    /// Where the value stands.
    pub value: Place,
    /// Whether the value, or a part of it, came from a variable that may hold a secret.
    pub hidden: bool,
    /// The value.
    pub node: Node,
}

/// Sections stay sections; everything else is a value as it was said.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// Keys and what they hold.
    Table(BTreeMap<String, Entry>),
    /// A list that holds at least one section.
    List(Vec<Entry>),
    /// Any other value.
    Leaf(Value),
}

impl Entry {
    /// An empty section.
    pub fn table(place: Place) -> Self {
        Entry { key: place.clone(), value: place, hidden: false, node: Node::Table(BTreeMap::new()) }
    }

    /// The section and list elements below, or nothing for a leaf.
    fn child(&self, name: &str) -> Option<&Entry> {
        match &self.node {
            Node::Table(members) => members.get(name),
            Node::List(items) => items.get(name.parse::<usize>().ok()?),
            Node::Leaf(_) => None,
        }
    }

    /// Where the value of a key with dots was said; where the nearest section above it was, if it was left out.
    pub fn place(&self, key: &str) -> Place {
        let mut entry = self;
        for name in key.split('.') {
            match entry.child(name) {
                Some(below) => entry = below,
                None => return entry.key.clone(),
            }
        }
        entry.value.clone()
    }

    /// The plain value.
    pub fn to_value(&self) -> Value {
        match &self.node {
            Node::Table(members) => {
                Value::Table(members.iter().map(|(name, below)| (name.clone(), below.to_value())).collect())
            }
            Node::List(items) => Value::Array(items.iter().map(Entry::to_value).collect()),
            Node::Leaf(value) => value.clone(),
        }
    }
}

/// Byte offset in `source` to line and column, both from 1; columns in characters.
pub(super) fn position(source: &str, at: usize) -> (usize, usize) {
    let before = source.get(..at).unwrap_or(source);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

/// Reads TOML text that came from a file.
pub(super) struct Reader<'a> {
    /// The file as it was named.
    pub path: &'a Path,
    /// The file as it is.
    pub source: &'a str,
    /// The text to parse.
    pub text: &'a Substituted,
}

impl Reader<'_> {
    /// The place of an offset in the source.
    pub fn place(&self, source_offset: usize) -> Place {
        let (line, column) = position(self.source, source_offset);
        Place::File { path: self.path.to_owned(), line, column }
    }

    /// Parses, or says what cannot be parsed.
    pub fn read(&self) -> Result<Entry, Vec<Problem>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text.text);
        if !errors.is_empty() {
            let problem = |error: toml::de::Error| {
                let at = error.span().map_or(0, |span| span.start);
                let place = self.place(self.text.source_offset(at));
                Problem { place, key: String::new(), message: error.message().to_owned() }
            };
            return Err(errors.into_iter().take(MAX_SYNTAX_ERRORS).map(problem).collect());
        }
        let mut root = Entry::table(Place::Nowhere);
        root.node = convert_table(table.into_inner(), &|span| {
            (self.place(self.text.source_offset(span.start)), self.text.is_from_environment(&span))
        });
        Ok(root)
    }
}

/// Where a span of the text was said, and whether it came from a variable.
type Locate<'a> = &'a dyn Fn(std::ops::Range<usize>) -> (Place, bool);

fn convert_table(table: DeTable<'_>, locate: Locate<'_>) -> Node {
    let mut members = BTreeMap::new();
    for (key, value) in table {
        let (place, _) = locate(key.span());
        let mut entry = convert(value.span(), value.into_inner(), locate);
        entry.key = place;
        members.insert(key.into_inner().into_owned(), entry);
    }
    Node::Table(members)
}

/// The parser bounds the depth of what it gives us, so recursion is bounded too.
pub(super) fn convert(span: std::ops::Range<usize>, value: DeValue<'_>, locate: Locate<'_>) -> Entry {
    let (place, hidden) = locate(span);
    let node = match value {
        DeValue::Table(table) => convert_table(table, locate),
        DeValue::Array(items) => {
            let entries: Vec<Entry> =
                items.into_iter().map(|item| convert(item.span(), item.into_inner(), locate)).collect();
            if entries.iter().any(|entry| matches!(entry.node, Node::Table(_))) {
                Node::List(entries)
            } else {
                Node::Leaf(Value::Array(entries.iter().map(Entry::to_value).collect()))
            }
        }
        DeValue::String(text) => Node::Leaf(Value::String(text.into_owned())),
        DeValue::Boolean(flag) => Node::Leaf(Value::Boolean(flag)),
        DeValue::Datetime(time) => Node::Leaf(Value::Datetime(time)),
        // A number too large for its type keeps its text, so that the type check names it.
        DeValue::Integer(number) => Node::Leaf(
            i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::String(number.as_str().to_owned()), Value::Integer),
        ),
        DeValue::Float(number) => {
            Node::Leaf(number.as_str().parse().map_or_else(|_| Value::String(number.as_str().to_owned()), Value::Float))
        }
    };
    Entry { key: place.clone(), value: place, hidden, node }
}

/// Finds unknown keys and values of a wrong type.
pub(super) fn check(root: &Entry, problems: &mut Vec<Problem>) {
    check_entry(root, schema::root(), &mut Vec::new(), problems);
}

fn check_entry(entry: &Entry, shape: &'static Value, path: &mut Vec<String>, problems: &mut Vec<Problem>) {
    let message = match (schema::kind(shape), &entry.node) {
        (Kind::Section(section), Node::Table(members)) => {
            for (name, below) in members {
                if let Some(shape) = schema::member(section, name) {
                    path.push(name.clone());
                    check_entry(below, shape, path, problems);
                    path.pop();
                } else {
                    let key = path.join(".");
                    let message = schema::unknown(section, &key, name);
                    problems.push(Problem { place: below.key.clone(), key, message });
                }
            }
            return;
        }
        (Kind::List(element), Node::List(items)) => {
            for (index, below) in items.iter().enumerate() {
                path.push(index.to_string());
                check_entry(below, element, path, problems);
                path.pop();
            }
            return;
        }
        (Kind::List(_), Node::Leaf(Value::Array(items))) if items.is_empty() => return,
        (Kind::Section(_), _) => "this is a section, expected keys and values below it".to_owned(),
        (Kind::List(_), _) => format!("this is a list of sections, write `[[{}]]`", path.join(".")),
        (Kind::Text | Kind::Other, _) => match alone(path, entry.to_value()).try_into::<Config>() {
            Ok(_) => return,
            Err(error) if entry.hidden || is_secret(path) => without_value(error.message()),
            Err(error) => error.message().to_owned(),
        },
    };
    problems.push(Problem { place: entry.value.clone(), key: path.join("."), message });
}

/// A tree in which one value is all there is: its types then speak about that value only.
fn alone(path: &[String], value: Value) -> Value {
    path.iter().rev().fold(value, |below, name| {
        if name.parse::<usize>().is_ok() {
            Value::Array(vec![below])
        } else {
            Value::Table([(name.clone(), below)].into_iter().collect())
        }
    })
}

/// Whether a key holds a secret by its nature.
fn is_secret(path: &[String]) -> bool {
    path.iter().any(|name| name == "api_key" || name == "headers" || name == ANY)
}

/// What a type says about a value that must not be repeated.
fn without_value(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("invalid value (not shown), expected {expected}"),
        None => "invalid value (not shown)".to_owned(),
    }
}
