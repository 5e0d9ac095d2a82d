//! `isogloss config check` and `isogloss config show`.

use super::exit::{Failure, Outcome};
use super::settings;
use crate::language;
use crate::tokens::Tokenizers;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Options of `config`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Say whether the configuration is right: exit 0 with warnings if there are any, or 2 with all errors.
    Check(Source),
    /// Print the effective configuration as TOML, secrets masked.
    Show(Source),
}

#[derive(Debug, clap::Args)]
struct Source {
    /// Configuration file; ISOGLOSS_CONFIG when left out, and defaults when there is none.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Checks or shows.
pub(super) fn main(options: &Options) -> Outcome {
    let mut out = std::io::stdout().lock();
    match &options.what {
        What::Check(source) => {
            let config = settings::load(source.config.as_deref())?;
            Tokenizers::check(&config.tokens).map_err(Failure::wrong)?;
            language::load(&config.language).map_err(Failure::wrong)?;
            for warning in config.warnings() {
                writeln!(out, "warning: {warning}")?;
            }
            writeln!(out, "ok")?;
        }
        What::Show(source) => {
            let config = settings::load(source.config.as_deref())?;
            out.write_all(config.show()?.as_bytes())?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
