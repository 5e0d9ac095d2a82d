//! `isogloss replay`: stored requests through the same code as live ones.

use super::exit::{Outcome, WRONG, complain};
use super::{logging, settings};
use crate::cohort::Tally;
use crate::config::Config;
use crate::evaluate::{self, Engine, Outlet};
use crate::language;
use crate::metrics::Metrics;
use crate::otlp::json::to_json;
use crate::sample::Sampler;
use crate::server::Processor;
use crate::tokens::Tokenizers;
use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use parking_lot::Mutex;
use std::fmt::Display;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

pub use super::stored::{InputError, Requests, StoredRequest, requests};

/// Options of `replay`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Files, or folders with files, named *.binpb, *.json, *.jsonl or *.ndjson, also with .gz or .zst.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write the annotated requests to this file, one OTLP/JSON request a line.
    #[arg(long, value_name = "OUT.jsonl")]
    pub annotated: Option<PathBuf>,
    /// How the cohort report is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Configuration file; ISOGLOSS_CONFIG when left out, and defaults when there is none.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table for people.
    Text,
    /// One JSON object.
    Json,
}

/// Reads everything, prints the report. Exit code 2 when some of the input was no request.
pub(super) fn main(options: &Options) -> Outcome {
    let config = settings::load(options.config.as_deref())?;
    logging::start(&config.log)?;
    let mut input = Input::new(requests(&options.paths));
    process(&config, options, &mut input)?;
    Ok(input.finish())
}

/// Takes the requests through the pipeline, writes `--annotated` and prints the report on stdout. A request that
/// turns out to be malformed goes to [`Input::malformed`] with its source, and the next one is taken.
fn process(config: &Config, options: &Options, input: &mut Input) -> anyhow::Result<()> {
    let tally = Arc::new(Mutex::new(Tally::new()));
    let metrics = Metrics::new(&config.metrics, &config.language.served)?;
    let judged = Arc::clone(&tally);
    let outlet = Outlet {
        observer: Arc::new(evaluate::NoObserver),
        sink: Some(Arc::new(move |verdict| judged.lock().verdict(&verdict))),
    };
    // Stored traffic is judged by the free evaluations; a replay makes no calls that cost money.
    let sampler = Sampler::new(&config.sample)?;
    let engine = Engine::new(&config.evaluate, language::load(&config.language)?, sampler, None, outlet)?;
    let tokenizers = Tokenizers::new(&config.tokens);
    let processor = Processor::new(config, Arc::new(engine), metrics, Arc::clone(&tally), tokenizers)?;
    let mut annotated = match &options.annotated {
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            Some(BufWriter::new(file))
        }
        None => None,
    };
    while let Some(stored) = input.next() {
        let prepared = match processor.prepare(stored.signal, stored.encoding, stored.body) {
            Ok(prepared) => prepared,
            Err(error) => {
                input.malformed(&stored.source, error);
                continue;
            }
        };
        if let Some(out) = &mut annotated {
            match to_json(stored.signal, &prepared.body) {
                Ok(line) => writeln!(out, "{line}").context("cannot write the annotated requests")?,
                Err(error) => input.malformed(&stored.source, format_args!("cannot be written as JSON: {error}")),
            }
        }
        processor.absorb(prepared, Instant::now());
    }
    if let Some(mut out) = annotated {
        out.flush().context("cannot write the annotated requests")?;
    }
    processor.flush();
    let report = tally.lock().report();
    let mut stdout = std::io::stdout().lock();
    match options.format {
        Format::Text => stdout.write_all(report.to_text().as_bytes())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut stdout, &report)?;
            writeln!(stdout)?;
        }
    }
    Ok(())
}

/// The requests that could be read, with progress on a terminal; those that could not are named on stderr.
pub struct Input {
    requests: Requests,
    bar: ProgressBar,
    malformed: u64,
    taken: u64,
}

impl Input {
    /// Takes these requests.
    pub fn new(requests: Requests) -> Self {
        let bar = ProgressBar::new(requests.bytes_total());
        // Set by hand: a bar must never reach a log file, whatever the library thinks of it.
        let terminal = std::io::stderr().is_terminal();
        bar.set_draw_target(if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {msg} {eta}") {
            bar.set_style(style);
        }
        Input { requests, bar, malformed: 0, taken: 0 }
    }

    /// Names a place in the input, `FILE:LINE`, and what is wrong there.
    pub fn malformed(&mut self, place: &str, why: impl Display) {
        self.malformed += 1;
        self.bar.suspend(|| complain("error", format_args!("{place}: {why}")));
    }

    /// Ends the progress; the exit code says whether everything could be read.
    pub fn finish(self) -> ExitCode {
        self.bar.finish_and_clear();
        if self.malformed > 0 { WRONG.into() } else { ExitCode::SUCCESS }
    }
}

impl Iterator for Input {
    type Item = StoredRequest;

    fn next(&mut self) -> Option<StoredRequest> {
        loop {
            let next = self.requests.next()?;
            self.bar.set_position(self.requests.bytes_read());
            match next {
                Ok(request) => {
                    self.taken += 1;
                    self.bar.set_message(format!("{} requests", self.taken));
                    return Some(request);
                }
                Err(error) => self.malformed(&error.place, error.message),
            }
        }
    }
}
