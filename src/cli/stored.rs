//! OTLP requests that are stored in files: protobuf, JSON, JSON lines; plain, gzip or zstd.

use super::lines::{Line, Lines};
use super::stored_file::{Layout, MAX_REQUEST, Name, name, read_all, too_long, unpacked};
use crate::otlp::{Encoding, Signal};
use bytes::Bytes;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use std::collections::VecDeque;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Folders below folders that are walked.
const MAX_DEPTH: usize = 32;

/// One stored request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// What it carries.
    pub signal: Signal,
    /// How it is written.
    pub encoding: Encoding,
    /// Its bytes.
    pub body: Bytes,
    /// Where it stands: `FILE:LINE`, the line from 1 (always 1 for protobuf).
    pub source: String,
}

/// Something in the input that is no request. The input after it is still read.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {message}")]
pub struct InputError {
    /// `FILE:LINE`, or `FILE` when no line is at fault.
    pub place: String,
    /// What is wrong with it.
    pub message: String,
}

/// Reads the requests of files, and of the files in folders, in the order of their names.
pub fn requests(paths: &[PathBuf]) -> Requests {
    let mut requests = Requests {
        ready: VecDeque::new(),
        files: VecDeque::new(),
        open: None,
        total: 0,
        read: Arc::new(AtomicU64::new(0)),
    };
    for path in paths {
        let before = requests.files.len();
        requests.find(path, 0);
        if path.is_dir() && requests.files.len() == before {
            requests.fail(path.display(), "no file here is named *.binpb, *.json, *.jsonl or *.ndjson");
        }
    }
    requests
}

/// The requests, one after the other; files are opened when it is their turn.
pub struct Requests {
    ready: VecDeque<Result<StoredRequest, InputError>>,
    files: VecDeque<(PathBuf, Name)>,
    open: Option<Open>,
    total: u64,
    read: Arc<AtomicU64>,
}

/// A file that may hold several requests.
struct Open {
    path: String,
    fallback: Signal,
    lines: Lines<Box<dyn Read>>,
}

impl Requests {
    /// Bytes of all files together, as they are stored.
    pub fn bytes_total(&self) -> u64 {
        self.total
    }

    /// Bytes of them that were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn fail(&mut self, place: impl fmt::Display, message: impl fmt::Display) {
        self.ready.push_back(Err(InputError { place: place.to_string(), message: message.to_string() }));
    }

    /// Notes a file, or the files below a folder. Folders behind links are not entered: they may lead in a circle.
    fn find(&mut self, path: &Path, depth: usize) {
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.fail(path.display(), error),
        };
        if !metadata.is_dir() {
            match name(path) {
                Some(name) => {
                    self.total = self.total.saturating_add(metadata.len());
                    self.files.push_back((path.to_owned(), name));
                }
                None if depth == 0 => {
                    let names = "expected a name ending in .binpb, .json, .jsonl or .ndjson, also with .gz or .zst";
                    self.fail(path.display(), names);
                }
                None => {}
            }
            return;
        }
        if depth >= MAX_DEPTH {
            return self.fail(path.display(), format_args!("more than {MAX_DEPTH} folders deep"));
        }
        let entries = std::fs::read_dir(path).and_then(|entries| {
            let mut below = Vec::new();
            for entry in entries {
                let entry = entry?;
                if !(entry.file_type()?.is_symlink() && entry.path().is_dir()) {
                    below.push(entry.path());
                }
            }
            Ok(below)
        });
        match entries {
            Ok(mut below) => {
                below.sort();
                below.iter().for_each(|path| self.find(path, depth + 1));
            }
            Err(error) => self.fail(path.display(), error),
        }
    }

    /// Begins a file.
    fn begin(&mut self, path: &Path, name: Name) {
        let shown = path.display().to_string();
        let reader = match unpacked(path, name.pack, Arc::clone(&self.read)) {
            Ok(reader) => reader,
            Err(error) => return self.fail(shown, error),
        };
        match name.layout {
            Layout::Protobuf => match read_all(reader, Vec::new()) {
                Ok(body) => self.ready.push_back(Ok(StoredRequest {
                    signal: name.signal,
                    encoding: Encoding::Protobuf,
                    body: body.into(),
                    source: format!("{shown}:1"),
                })),
                Err(error) => self.fail(shown, error),
            },
            Layout::Lines => {
                self.open = Some(Open { path: shown, fallback: name.signal, lines: Lines::new(reader, MAX_REQUEST) });
            }
            Layout::Json => self.begin_json(shown, name.signal, Lines::new(reader, MAX_REQUEST)),
        }
    }

    /// Tells one request over many lines from one request a line: by whether the first line is a whole value.
    fn begin_json(&mut self, path: String, fallback: Signal, mut lines: Lines<Box<dyn Read>>) {
        let mut head = Vec::new();
        loop {
            match lines.next() {
                Err(error) => return self.fail(path, error),
                Ok(Some(Line::TooLong)) => {
                    self.fail(format_args!("{path}:{}", head.len() + 1), too_long());
                    break;
                }
                Ok(Some(Line::Whole(line))) if line.trim_ascii().is_empty() => head.push(b'\n'),
                Ok(Some(Line::Whole(line))) => {
                    // An error at the very end of the line is a value that goes on below.
                    let goes_on = serde_json::from_slice::<IgnoredAny>(line).is_err_and(|error| error.is_eof());
                    if goes_on {
                        head.extend_from_slice(line);
                        head.push(b'\n');
                        return match read_all(lines.into_rest(), head) {
                            Ok(body) => self.documents(&path, fallback, body.into()),
                            Err(error) => self.fail(path, error),
                        };
                    }
                    let line = Bytes::copy_from_slice(line);
                    self.one(&path, lines.number(), fallback, line);
                    break;
                }
                Ok(None) => {
                    self.fail(path, "empty, expected a request");
                    return;
                }
            }
        }
        self.open = Some(Open { path, fallback, lines });
    }

    /// Takes apart JSON values that follow each other, each over as many lines as it likes.
    fn documents(&mut self, path: &str, fallback: Signal, body: Bytes) {
        let mut at = 0;
        let mut values = serde_json::Deserializer::from_slice(&body).into_iter::<IgnoredAny>();
        while let Some(value) = values.next() {
            let end = values.byte_offset();
            match value {
                Ok(_) => {
                    let piece = body.get(at..end).unwrap_or_default();
                    let begin = at + (piece.len() - piece.trim_ascii_start().len());
                    let line = memchr::memchr_iter(b'\n', body.get(..begin).unwrap_or_default()).count() as u64 + 1;
                    self.one(path, line, fallback, body.slice(begin..end));
                    at = end;
                }
                Err(error) => return self.fail(format_args!("{path}:{}", error.line()), reason(&error)),
            }
        }
    }

    /// Takes one JSON request.
    fn one(&mut self, path: &str, line: u64, fallback: Signal, body: Bytes) {
        let source = format!("{path}:{line}");
        match content(&body) {
            Ok(signal) => self.ready.push_back(Ok(StoredRequest {
                signal: signal.unwrap_or(fallback),
                encoding: Encoding::Json,
                body,
                source,
            })),
            Err(error) => {
                // The reader counts from the first line of the request.
                let line = line + (error.line() as u64).saturating_sub(1);
                self.fail(format_args!("{path}:{line}"), reason(&error));
            }
        }
    }

    /// Takes the next line of the file that is open; closes it at its end.
    fn line(&mut self, mut open: Open) {
        match open.lines.next() {
            Err(error) => return self.fail(format_args!("{}:{}", open.path, open.lines.number() + 1), error),
            Ok(None) => return,
            Ok(Some(Line::TooLong)) => self.fail(format_args!("{}:{}", open.path, open.lines.number()), too_long()),
            Ok(Some(Line::Whole(line))) => {
                if !line.trim_ascii().is_empty() {
                    let body = Bytes::copy_from_slice(line);
                    self.one(&open.path, open.lines.number(), open.fallback, body);
                }
            }
        }
        self.open = Some(open);
    }
}

impl Iterator for Requests {
    type Item = Result<StoredRequest, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            if let Some(open) = self.open.take() {
                self.line(open);
            } else {
                let (path, name) = self.files.pop_front()?;
                self.begin(&path, name);
            }
        }
    }
}

/// What the JSON reader says, without its own line number.
fn reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    format!("not an OTLP/JSON request: {message} at column {}", error.column())
}

/// What a JSON request carries, by its key; `None` for `{}`. The whole value is read, so that a broken one is found.
fn content(body: &[u8]) -> Result<Option<Signal>, serde_json::Error> {
    struct Content;
    impl<'de> Visitor<'de> for Content {
        type Value = Option<Signal>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with resourceSpans, resourceLogs or resourceMetrics")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut found, mut strange) = (None, false);
            while let Some(key) = map.next_key::<String>()? {
                map.next_value::<IgnoredAny>()?;
                let signal = match key.as_str() {
                    "resourceSpans" | "resource_spans" => Signal::Traces,
                    "resourceLogs" | "resource_logs" => Signal::Logs,
                    "resourceMetrics" | "resource_metrics" => Signal::Metrics,
                    _ => {
                        strange = true;
                        continue;
                    }
                };
                if found.is_some_and(|other| other != signal) {
                    return Err(A::Error::custom("more than one of resourceSpans, resourceLogs and resourceMetrics"));
                }
                found = Some(signal);
            }
            if found.is_none() && strange {
                return Err(A::Error::custom("neither resourceSpans nor resourceLogs nor resourceMetrics"));
            }
            Ok(found)
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let signal = reader.deserialize_map(Content)?;
    reader.end()?;
    Ok(signal)
}

#[cfg(test)]
#[path = "stored_tests.rs"]
mod tests;
