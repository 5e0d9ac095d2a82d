//! The command line: one file a verb, and what verbs share.
//!
//! Results go to stdout, logs and errors to stderr. Exit codes: 0 done, 1 failed while running, 2 the command line,
//! the configuration or the input is wrong.

mod config;
mod demo;
mod exit;
mod healthcheck;
mod inspect;
mod lines;
mod logging;
pub mod replay;
mod run;
mod settings;
mod stored;
mod stored_file;
mod train_language;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Makes language a cohort: annotates the spans of LLM agents with language and tokens, passes them on, and exports
/// fail and refusal rates per language to Prometheus.
#[derive(Debug, Parser)]
#[command(name = "isogloss", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Receive, annotate, judge and pass on, until stopped.
    Run(run::Options),
    /// Put stored OTLP requests through the same code and print the cohort report.
    Replay(replay::Options),
    /// Say of each line of text which language it is in, what it costs and whether it declines.
    Inspect(inspect::Options),
    /// Check or show the configuration.
    Config(config::Options),
    /// Ask a running processor whether it is ready; exit 0 if so, else 1.
    Healthcheck(healthcheck::Options),
    /// Train a language model on text of your own.
    #[command(hide = true)]
    TrainLanguage(train_language::Options),
}

/// Parses the command line and does what it says.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors and go to stdout; a closed pipe there is nobody's problem.
            let _ = error.print();
            return if error.use_stderr() { exit::WRONG.into() } else { ExitCode::SUCCESS };
        }
    };
    let outcome = match cli.verb {
        Verb::Run(options) => run::main(&options),
        Verb::Replay(options) => replay::main(&options),
        Verb::Inspect(options) => inspect::main(&options),
        Verb::Config(options) => config::main(&options),
        Verb::Healthcheck(options) => healthcheck::main(&options),
        Verb::TrainLanguage(options) => train_language::main(&options),
    };
    outcome.unwrap_or_else(exit::Failure::report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Scenario: the whole command line is built.
    /// Guarantees: no two options clash; clap only finds out when it runs.
    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
