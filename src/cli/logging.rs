//! Logging of the program itself, to stderr.

use super::exit::Failure;
use crate::config::{Log, LogFormat};
use anyhow::Context;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` goes over `log.level`; colours only on a terminal, and not with `NO_COLOR`.
pub(super) fn start(log: &Log) -> Result<(), Failure> {
    let asked = std::env::var("RUST_LOG").ok().filter(|level| !level.is_empty());
    let (name, level) = match &asked {
        Some(level) => ("RUST_LOG", level),
        None => ("log.level", &log.level),
    };
    let filter =
        EnvFilter::try_new(level).with_context(|| format!("{name}: not a log filter")).map_err(Failure::wrong)?;
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(!plain && std::io::stderr().is_terminal());
    let started = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| Failure::Failed(anyhow::anyhow!("logging cannot be started: {error}")))
}
