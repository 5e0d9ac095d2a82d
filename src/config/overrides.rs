//! `ISOGLOSS_SECTION__KEY` in the environment, over the file.
//!
//! Two underscores separate the parts, case does not matter, a number is the index in a list. Only names with two
//! underscores are overrides. A value is TOML; what is not, or stands for a text, is taken as it is.

use super::document::{Entry, Node, convert};
use super::schema::{self, ANY, Kind};
use super::substitute::Environment;
use super::{Place, Problem};
use std::collections::BTreeMap;
use toml::Value;
use toml::de::DeValue;

/// What the names of all our variables begin with.
const PREFIX: &str = "ISOGLOSS_";

/// Sections of a list that may be set by index.
const MAX_INDEX: usize = 64;

/// A part of a name; indices before words, in the order of numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Index(usize),
    Word(String),
}

/// Puts every override into the tree, in the order of keys, so that a section is there before its own keys.
pub(super) fn apply(root: &mut Entry, environment: &Environment, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<Vec<Part>, &str> = BTreeMap::new();
    for name in environment.keys() {
        let Some(parts) = parts(name) else { continue };
        if let Some(other) = seen.insert(parts, name) {
            problems.push(problem(name, "", format!("says the same key as {other}")));
        }
    }
    for (parts, name) in seen {
        let Some(raw) = environment.get(name) else { continue };
        if let Err((key, message)) = set(root, schema::root(), &parts, name, raw) {
            problems.push(problem(name, &key, message));
        }
    }
}

fn problem(name: &str, key: &str, message: String) -> Problem {
    Problem { place: Place::Variable(name.to_owned()), key: key.to_owned(), message }
}

/// The parts of an override's name; `None` for any other variable.
fn parts(name: &str) -> Option<Vec<Part>> {
    let (prefix, rest) = name.split_at_checked(PREFIX.len())?;
    if !prefix.eq_ignore_ascii_case(PREFIX) || !name.contains("__") {
        return None;
    }
    let part = |part: &str| match part.parse() {
        Ok(index) => Part::Index(index),
        Err(_) => Part::Word(part.to_ascii_lowercase()),
    };
    Some(rest.split("__").map(part).collect())
}

/// Walks to the key and sets it. An error comes with the key as far as it was understood.
fn set(
    root: &mut Entry,
    root_shape: &'static Value,
    parts: &[Part],
    name: &str,
    raw: &str,
) -> Result<(), (String, String)> {
    let place = Place::Variable(name.to_owned());
    let (mut entry, mut shape) = (root, root_shape);
    let mut path: Vec<String> = Vec::new();
    for part in parts {
        let fail = |message: String| Err((path.join("."), message));
        let (key, below) = match (schema::kind(shape), part) {
            (Kind::Section(section), Part::Word(word)) => {
                let key = if section.contains_key(ANY) { free_key(entry, &path, word) } else { word.clone() };
                match schema::member(section, &key) {
                    Some(below) => (key, below),
                    None => return fail(schema::unknown(section, &path.join("."), &key)),
                }
            }
            (Kind::Section(section), Part::Index(index)) => {
                return fail(schema::unknown(section, &path.join("."), &index.to_string()));
            }
            (Kind::List(element), Part::Index(index)) => (index.to_string(), element),
            (Kind::List(_), Part::Word(_)) => return fail("a list, expected an index such as `__0__`".into()),
            (Kind::Text | Kind::Other, _) => return fail("has no keys below it".into()),
        };
        entry = match descend(entry, part, &key, schema::kind(shape), &place) {
            Ok(entry) => entry,
            Err(message) => return fail(message),
        };
        path.push(key);
        shape = below;
    }
    let mut value = value(raw, schema::kind(shape), &place);
    value.key = place;
    *entry = value;
    Ok(())
}

/// The entry of a key, made when it is not there.
fn descend<'a>(
    entry: &'a mut Entry,
    part: &Part,
    key: &str,
    kind: Kind,
    place: &Place,
) -> Result<&'a mut Entry, String> {
    let list = matches!(kind, Kind::List(_));
    // What the file holds may be of another kind; that was or will be reported at its own place.
    if list && !matches!(entry.node, Node::List(_)) {
        entry.node = Node::List(Vec::new());
    } else if !list && !matches!(entry.node, Node::Table(_)) {
        entry.node = Node::Table(BTreeMap::new());
    }
    match (&mut entry.node, part) {
        (Node::List(items), Part::Index(index)) => {
            if *index > items.len() || *index >= MAX_INDEX {
                return Err(format!("index {index} leaves a gap, the next is {}", items.len()));
            }
            if *index == items.len() {
                items.push(Entry::table(place.clone()));
            }
            items.get_mut(*index).ok_or_else(|| "no such index".to_owned())
        }
        (Node::Table(members), _) => Ok(members.entry(key.to_owned()).or_insert_with(|| Entry::table(place.clone()))),
        _ => Err("not a section".to_owned()),
    }
}

/// A key that the user chooses. Names of variables have neither hyphens nor case, these keys do: the spelling of the
/// file is kept where it has the key.
fn free_key(section: &Entry, path: &[String], word: &str) -> String {
    let hyphens = word.replace('_', "-");
    if let Node::Table(members) = &section.node
        && let Some(known) = members.keys().find(|known| known.replace('_', "-").eq_ignore_ascii_case(&hyphens))
    {
        return known.clone();
    }
    // Tools are named as functions are.
    if path.last().is_some_and(|section| section == "tools") {
        return word.to_owned();
    }
    if path.last().is_some_and(|section| section == "rates") { super::address::usual_tag(&hyphens) } else { hyphens }
}

/// The value of a variable, for a key of this kind.
fn value(raw: &str, kind: Kind, place: &Place) -> Entry {
    let text = || Entry { node: Node::Leaf(Value::String(raw.to_owned())), ..Entry::table(place.clone()) };
    match DeValue::parse(raw.trim()) {
        Ok(parsed) => {
            let is_text = matches!(parsed.get_ref(), DeValue::String(_));
            // `123` for a key of text is the text 123, as for any other program.
            if matches!(kind, Kind::Text) && !is_text {
                return text();
            }
            convert(parsed.span(), parsed.into_inner(), &|_| (place.clone(), false))
        }
        Err(_) => text(),
    }
}

#[cfg(test)]
#[path = "overrides_tests.rs"]
mod tests;
