//! `isogloss run`: the processor.

use super::exit::{Failure, Outcome};
use super::{logging, settings};
use std::path::PathBuf;

/// Options of `run`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Configuration file; ISOGLOSS_CONFIG when left out, and defaults when there is none.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Feed it multilingual agent traces over real OTLP, and say where to look.
    #[arg(long)]
    demo: bool,
}

/// Runs until it is told to stop.
pub(super) fn main(options: &Options) -> Outcome {
    let config = settings::load(options.config.as_deref())?;
    logging::start(&config.log)?;
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    // CALL SITE: `crate::server::run(config, options.demo)?` goes here, and the two lines below go away.
    let _ = (config, options.demo);
    Err(Failure::Failed(anyhow::anyhow!("the server is not wired in this build")))
}
