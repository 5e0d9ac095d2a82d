//! `isogloss inspect`: texts in, what we see in each of them out, one JSON object a line.

use super::exit::{Failure, Outcome, WRONG, complain};
use super::lines::{Line, Lines};
use super::settings;
use crate::config::Config;
use crate::language::{self, LanguageDetector};
use crate::refusal::{self, Detector, Signals};
use crate::tokens::{self, Tokenizers};
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// A line may be this long, in bytes.
const MAX_LINE: usize = 16 << 20;

/// Options of `inspect`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Every line is a JSON object with the text under "text".
    #[arg(long)]
    jsonl: bool,
    /// Model whose tokens are counted; chooses the tokenizer.
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Only these parts of the answer.
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    only: Vec<Part>,
    /// Configuration file; ISOGLOSS_CONFIG when left out, and defaults when there is none.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// File with a text a line; standard input when left out or `-`.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// A part of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Language, confidence, certainty, alternatives and script.
    Language,
    /// Tokens.
    Tokens,
    /// Whether the text declines.
    Refusal,
}

/// What looks at a text. A seam for tests: the real one needs a tokenizer's tables.
trait Tools {
    /// The language of a text.
    fn language(&self, text: &str) -> language::Verdict;
    /// What it costs.
    fn tokens(&self, text: &str) -> tokens::Count;
    /// Whether it declines, read as an answer in the language that was found.
    fn refusal(&self, text: &str, language: &language::Verdict) -> refusal::Verdict;
}

/// The real tools.
struct Real {
    detector: Arc<dyn LanguageDetector>,
    tokenizers: Tokenizers,
    refusals: Detector,
    model: Option<String>,
}

impl Tools for Real {
    fn language(&self, text: &str) -> language::Verdict {
        self.detector.detect(text)
    }

    fn tokens(&self, text: &str) -> tokens::Count {
        let choice = self.tokenizers.choice(self.model.as_deref());
        let counted = choice.count(text);
        if choice.is_own() {
            return counted;
        }
        choice.adjust(counted, self.detector.detect(text).language, text.chars().count() as u64)
    }

    fn refusal(&self, text: &str, language: &language::Verdict) -> refusal::Verdict {
        self.refusals.check(text, language.language, language.certainty, &Signals::default())
    }
}

fn tools(config: &Config, model: Option<&str>) -> anyhow::Result<Box<dyn Tools>> {
    Tokenizers::check(&config.tokens)?;
    Ok(Box::new(Real {
        detector: language::load(&config.language)?,
        tokenizers: Tokenizers::new(&config.tokens),
        refusals: Detector::new().context("refusal patterns")?,
        model: model.map(str::to_owned),
    }))
}

/// Reads, looks, writes.
pub(super) fn main(options: &Options) -> Outcome {
    let config = settings::load(options.config.as_deref())?;
    let tools = tools(&config, options.model.as_deref())?;
    let (name, reader): (String, Box<dyn Read>) = match options.file.as_deref() {
        Some(path) if path != Path::new("-") => {
            let file = File::open(path).with_context(|| path.display().to_string()).map_err(Failure::wrong)?;
            (path.display().to_string(), Box::new(file))
        }
        _ => ("stdin".to_owned(), Box::new(std::io::stdin())),
    };
    let out = BufWriter::with_capacity(64 << 10, std::io::stdout().lock());
    let mut malformed = 0u64;
    inspect(options, tools.as_ref(), reader, out, |line, why| {
        malformed += 1;
        complain("error", format_args!("{name}:{line}: {why}"));
    })
    .map_err(|error| match error {
        Stopped::Reading(error) => Failure::Wrong(anyhow::Error::new(error).context(name.clone())),
        Stopped::Writing(error) => Failure::from(error),
    })?;
    Ok(if malformed > 0 { WRONG.into() } else { ExitCode::SUCCESS })
}

/// Which side broke.
#[derive(Debug)]
enum Stopped {
    Reading(std::io::Error),
    Writing(std::io::Error),
}

/// One object out for each text in, in order. What has come in as a whole is answered before more is waited for, so
/// that another program can talk to this one line by line.
fn inspect(
    options: &Options,
    tools: &dyn Tools,
    reader: impl Read,
    mut out: impl Write,
    mut malformed: impl FnMut(u64, &str),
) -> Result<(), Stopped> {
    let mut lines = Lines::new(reader, MAX_LINE);
    loop {
        if lines.may_wait() {
            out.flush().map_err(Stopped::Writing)?;
        }
        let text = match lines.next().map_err(Stopped::Reading)? {
            None => break,
            Some(Line::TooLong) => Err(format!("longer than {MAX_LINE} bytes")),
            Some(Line::Whole(line)) if options.jsonl && line.trim_ascii().is_empty() => continue,
            Some(Line::Whole(line)) => text(line, options.jsonl),
        };
        match text {
            Ok(text) => {
                let mut answer = examine(tools, &options.only, &text).to_string();
                answer.push('\n');
                out.write_all(answer.as_bytes()).map_err(Stopped::Writing)?;
            }
            Err(why) => malformed(lines.number(), &why),
        }
    }
    out.flush().map_err(Stopped::Writing)
}

/// The text of a line.
fn text(line: &[u8], jsonl: bool) -> Result<String, String> {
    #[derive(serde::Deserialize)]
    struct Row {
        text: String,
    }
    if jsonl {
        let row: Row = serde_json::from_slice(line).map_err(|error| {
            // The reader counts lines too, but it sees only one; the column is what helps.
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            format!("not a JSON object with a text under \"text\": {message} at column {}", error.column())
        })?;
        return Ok(row.text);
    }
    String::from_utf8(line.to_owned()).map_err(|_| "not UTF-8".to_owned())
}

/// Everything we see in a text, or the parts that were asked for.
fn examine(tools: &dyn Tools, only: &[Part], text: &str) -> Value {
    let wanted = |part| only.is_empty() || only.contains(&part);
    let mut answer = Map::new();
    let verdict = (wanted(Part::Language) || wanted(Part::Refusal)).then(|| tools.language(text));
    if let Some(verdict) = verdict.as_ref().filter(|_| wanted(Part::Language)) {
        let alternatives: Vec<Value> =
            verdict.alternatives.iter().map(|(tag, share)| json!([tag.as_str(), rounded(*share)])).collect();
        answer.insert("language".into(), json!(verdict.language.as_str()));
        answer.insert("confidence".into(), json!(rounded(verdict.confidence)));
        answer.insert("certainty".into(), json!(verdict.certainty.name()));
        answer.insert("alternatives".into(), Value::Array(alternatives));
        answer.insert("script".into(), json!(verdict.script));
    }
    answer.insert("characters".into(), json!(text.chars().count()));
    if wanted(Part::Tokens) {
        let count = tools.tokens(text);
        answer
            .insert("tokens".into(), json!({"tokenizer": count.tokenizer, "count": count.count, "exact": count.exact}));
    }
    if let Some(language) = verdict.as_ref().filter(|_| wanted(Part::Refusal)) {
        let refusal = tools.refusal(text, language);
        answer.insert(
            "refusal".into(),
            json!({
                "verdict": refusal.outcome.name(),
                "kind": refusal.kind.map(refusal::Kind::name),
                "source": refusal.source.map(refusal::Source::name),
                "evidence": refusal.evidence.map(|evidence| [evidence.start, evidence.end]),
            }),
        );
    }
    Value::Object(answer)
}

/// Four decimals: more would be the noise of a 32-bit number.
fn rounded(share: f32) -> f64 {
    (f64::from(share) * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
#[path = "inspect_tests.rs"]
mod tests;
