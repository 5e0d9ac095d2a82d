//! `isogloss train-language`: a language model out of text, for a dialect that the model built in does not know.

use super::exit::{Failure, Outcome, complain};
use crate::language::train::{self, Settings};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `train-language`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Folder with one folder a source, in them one file LABEL.txt a language (ISO 639-3 or BCP-47, a text a line).
    #[arg(value_name = "CORPUS")]
    corpus: PathBuf,
    /// The model file that is written.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Also write which languages are taken for which others: from, to, wrong, texts.
    #[arg(long, value_name = "FILE")]
    confusions: Option<PathBuf>,
    /// Threads; the model does not depend on them.
    #[arg(long, default_value_t = Settings::default().threads)]
    threads: usize,
    /// Examples for each class of a script.
    #[arg(long, default_value_t = Settings::default().examples_per_class)]
    examples: usize,
    /// N-grams of the head for Latin script.
    #[arg(long, default_value_t = Settings::default().latin_rows)]
    rows: usize,
    /// Seed of the random numbers.
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,
}

/// Trains and writes.
pub(super) fn main(options: &Options) -> Outcome {
    let Options { threads, examples, rows, seed, .. } = *options;
    let settings = Settings { threads, examples_per_class: examples, latin_rows: rows, seed, ..Settings::default() };
    let started = std::time::Instant::now();
    let say = |line: &str| complain("train", format_args!("{:>4} s  {line}", started.elapsed().as_secs()));
    let trained = train::train(&options.corpus, settings, &say).map_err(Failure::wrong)?;
    for label in &trained.refused {
        complain("warning", format_args!("{label}: not a language tag, left out"));
    }
    write(&options.out, &trained.file)?;
    if let Some(path) = &options.confusions {
        let rows = trained.confused.iter().map(|(from, to, wrong, texts)| format!("{from}\t{to}\t{wrong}\t{texts}\n"));
        write(path, format!("from\tto\twrong\ttexts\n{}", rows.collect::<String>()).as_bytes())?;
    }
    let languages: std::collections::BTreeSet<_> = trained.lines.iter().map(|(tag, ..)| *tag).collect();
    say(&format!(
        "{}: {} labels, {} bytes, XXH3 {:016x}",
        options.out.display(),
        languages.len(),
        trained.file.len(),
        xxhash_rust::xxh3::xxh3_64(&trained.file)
    ));
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, content).with_context(|| path.display().to_string()).map_err(Failure::wrong)
}
