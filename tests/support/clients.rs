//! What real clients sent, and what they were given: the index beside the requests.
//!
//! A small sample lies in `tests/fixtures/clients`. The whole collection is used when it is there:
//! `ISOGLOSS_FIXTURES`, else `../shared/fixtures/otlp` beside the checkout.
#![allow(dead_code, reason = "each user takes its own part")]

use isogloss::convention::{Role, Usage};
use isogloss::language::{Certainty, Tag, Verdict, same_language};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Clients whose annotations and turns must come out without a fault.
pub const ASSERTED: &[&str] = &[
    "traceai-openai",
    "traceai-openai-grpc",
    "traceai-langchain",
    "openinference-openai",
    "pydantic-ai",
    "vercel-ai-v7-proto",
    "otel-openai-v2-events",
    "haystack",
];

/// The folder of the sample.
pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients")
}

/// The folder of the collection, where it is at hand.
pub fn collection() -> Option<PathBuf> {
    let folder = std::env::var_os("ISOGLOSS_FIXTURES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/otlp"), PathBuf::from);
    if folder.join("index.json").exists() {
        return Some(folder);
    }
    println!("skipped: no collection at {}", folder.display());
    None
}

/// The payloads that the folder's index lists.
pub fn payloads(folder: &Path) -> Vec<Value> {
    let index: Value = serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
    index["payloads"].as_array().unwrap().clone()
}

/// Whether the model declined or a filter stopped it.
pub fn declines(payload: &Value) -> bool {
    matches!(payload["kind"].as_str(), Some("native_refusal" | "content_filter"))
}

/// Whether the payload says so in the provider's own way: some clients lose it.
pub fn signals_refusal(payload: &Value) -> bool {
    let signals = &payload["expected"]["native_signals_in_payload"];
    let strings = |key: &str| signals[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    // Spelled out here again, so that the reader's own list is not what it is checked with.
    let blocks =
        |reason: &str| ["content_filter", "content-filter", "content_filtered", "safety", "refusal"].contains(&reason);
    let reason = |field: &str| field.rsplit_once(" = ").is_some_and(|(_, reason)| blocks(reason));
    strings("refusal_fields").next().is_some() || strings("finish_reasons").any(reason)
}

/// How a detector did with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The language of the text; none for a text in none.
    Right,
    /// Another language.
    Wrong,
    /// It did not say, or was not sure: what it does not know, or too short a text.
    Untold,
}

/// How `found` does for a text in `lang`, which is `None` for a text in no language.
fn tell(found: Tag, lang: Option<&str>) -> Told {
    let right = match lang {
        Some(lang) => same_language(found, Tag::parse(lang).unwrap()) == Some(true),
        None => !found.is_language(),
    };
    match right {
        true => Told::Right,
        false if found.is_language() => Told::Wrong,
        false => Told::Untold,
    }
}

/// A text that the client was given.
pub struct Given {
    pub role: Role,
    pub text: String,
    /// The language; `None` for a text in no language.
    pub lang: Option<String>,
}

/// What a payload should be read into.
#[derive(Default)]
pub struct Expected {
    /// Texts that must be there, as they are or (third field) inside a longer one.
    pub wanted: Vec<(Role, String, bool)>,
    /// Texts that may be there besides.
    pub allowed: Vec<(Role, String)>,
    /// Every text that the client was given, also where the index says that it is not whole in the payload.
    pub given: Vec<Given>,
}

impl Expected {
    /// What the index says of a payload. `sent` says whether words are anywhere in its bytes.
    pub fn of(payload: &Value, has_retriever: bool, sent: impl Fn(&str) -> bool) -> Self {
        let mut expected = Expected::default();
        for (name, entries) in payload["expected"]["roles"].as_object().unwrap() {
            let entries = entries.as_array().cloned().unwrap_or_else(|| vec![entries.clone()]);
            for entry in entries {
                expected.add(name, &entry, has_retriever, &sent);
            }
        }
        expected
    }

    fn add(&mut self, name: &str, entry: &Value, has_retriever: bool, sent: &impl Fn(&str) -> bool) {
        let role = match name {
            "system" => Role::System,
            "user" | "embedding_inputs" => Role::Input,
            "retrieved" => Role::Retrieval,
            "output" => Role::Output,
            "tools" => return self.tool(entry, sent),
            // History: must appear under no role.
            _ => return,
        };
        let Some(text) = entry["text"].as_str().filter(|text| !text.is_empty()) else { return };
        self.give(role, text.to_owned(), &entry["lang"]);
        match entry["in_payload"].as_str() {
            Some("exact") if role == Role::Retrieval && !has_retriever => {}
            Some("exact") => self.wanted.push((role, text.to_owned(), false)),
            // The question is cut out of a pasted prompt; instructions may have a suffix.
            Some("embedded") if role == Role::Input => self.wanted.push((role, text.to_owned(), false)),
            Some("embedded") if role != Role::Retrieval => self.wanted.push((role, text.to_owned(), true)),
            _ => {}
        }
    }

    fn tool(&mut self, entry: &Value, sent: &impl Fn(&str) -> bool) {
        let in_payload = entry["arguments_in_payload"].as_object().unwrap();
        for leaf in leaves(&entry["arguments"]) {
            if in_payload.get(&leaf).is_some_and(|sent| sent == "exact") {
                self.wanted.push((Role::ToolArguments, leaf, true));
            }
        }
        if in_payload.values().any(|sent| sent == "exact") {
            // The index does not say it of results: one that is nowhere in the bytes was not sent.
            let words = leaves(&entry["result"]).into_iter().filter(|leaf| sent(leaf));
            self.wanted.extend(words.map(|leaf| (Role::ToolResult, leaf, true)));
        }
        for (role, key) in [(Role::ToolArguments, "arguments"), (Role::ToolResult, "result")] {
            let text = leaves(&entry[key]).join("\n");
            self.allowed.push((role, text.clone()));
            self.give(role, text, &entry[format!("{key}_lang").as_str()]);
        }
    }

    fn give(&mut self, role: Role, text: String, lang: &Value) {
        self.given.push(Given { role, text, lang: lang.as_str().map(str::to_owned) });
    }

    /// Which of the given texts a text that was read is, whole or with the client's own suffix.
    pub fn told(&self, role: Role, text: &str) -> Option<&Given> {
        self.given.iter().filter(|given| given.role == role).find(|given| {
            given.text.trim() == text
                || role == Role::System && text.contains(&given.text)
                || matches!(role, Role::ToolArguments | Role::ToolResult) && same_words(&given.text, text)
        })
    }

    /// How a language does for a text that was read, compared with the one that the client was given. Instructions with
    /// documents in another language pasted into them may be in several.
    pub fn language(&self, given: &Given, text: &str, found: Tag) -> Told {
        let holds = |other: &Given| other.lang.is_some() && other.lang != given.lang && text.contains(&other.text);
        if found == Tag::MUL && self.given.iter().any(holds) {
            return Told::Right;
        }
        tell(found, given.lang.as_deref())
    }

    /// As [`Expected::language`], where a verdict of which the detector itself is not sure says nothing.
    pub fn verdict(&self, given: &Given, text: &str, found: &Verdict) -> Told {
        match self.language(given, text, found.language) {
            Told::Wrong if found.certainty < Certainty::Medium => Told::Untold,
            told => told,
        }
    }
}

/// What is wrong with the tokens that were read for all model calls of a payload together.
pub fn usage_faults(payload: &Value, read: &Usage) -> Vec<String> {
    let calls = payload["expected"]["llm_calls"].as_u64().unwrap_or(0);
    let Some(per_call) = payload["expected"]["usage_per_llm_call"].as_object().filter(|_| calls > 0) else {
        return Vec::new();
    };
    let count = |key: &str| per_call[key].as_u64().unwrap_or(0) * calls;
    let (mut output, mut total) = (count("output"), count("total"));
    // Gemini counts reasoning beside the answer; ADK adds both up, as OpenTelemetry wants it. The index has the answer's
    // alone.
    if payload["client"].as_str().is_some_and(|client| client.starts_with("google-adk")) {
        output += count("reasoning_output");
        total += count("reasoning_output");
    }
    // A call that failed reports nothing, and no client leaves out what a call did report.
    let failed = payload["kind"] == "error";
    let mut faults = Vec::new();
    for (name, read, wanted, always) in [
        ("input", read.input, count("input"), !failed),
        ("output", read.output, output, !failed),
        ("total", read.total, total, false),
        ("cached", read.cached_input, count("cached_input"), false),
        ("reasoning", read.reasoning_output, count("reasoning_output"), false),
    ] {
        if read.map_or(always && wanted > 0, |read| read != wanted) {
            faults.push(format!("{name} tokens {read:?}, not {wanted}"));
        }
    }
    faults
}

/// Whether the words are anywhere in a payload, as they are or escaped as JSON may be.
pub fn holds(payload: &[u8], words: &str) -> bool {
    let mut units = [0; 2];
    let mut escaped = String::new();
    for c in words.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            escaped.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    [words, &escaped].iter().any(|words| memchr::memmem::find(payload, words.as_bytes()).is_some())
}

/// The strings of a JSON value.
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(leaves).collect(),
        Value::Object(members) => members.values().flat_map(leaves).collect(),
        _ => Vec::new(),
    }
}

/// Whether both have the same lines, in whatever order.
pub fn same_words(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    sorted(one) == sorted(other)
}
