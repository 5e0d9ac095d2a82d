//! `isogloss run`: the processor.

use super::exit::Outcome;
use super::{logging, settings};
use crate::config::Config;
use crate::server::Server;
use anyhow::Context as _;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

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
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(run(&config, options.demo))?;
    Ok(ExitCode::SUCCESS)
}

async fn run(config: &Config, demo: bool) -> anyhow::Result<()> {
    // The handlers are in place before anybody is told that the program is ready.
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let server = Server::start(config).await?;
    let feeding = match (demo, server.grpc()) {
        (false, _) => None,
        (true, None) => anyhow::bail!("the demo sends to the gRPC port, which is switched off (receive.grpc.listen)"),
        (true, Some(target)) => {
            super::demo::say_where(target, server.admin());
            Some(tokio::spawn(async move {
                if let Err(error) = super::demo::feed(target).await {
                    tracing::error!(%error, "the demo cannot send");
                }
            }))
        }
    };
    server
        .run(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if let Some(feeding) = feeding {
                feeding.abort();
            }
        })
        .await;
    Ok(())
}
