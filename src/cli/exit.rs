//! How a verb ends.

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Failed while running.
pub(super) const FAILED: u8 = 1;

/// The command line, the configuration or the input is wrong.
pub(super) const WRONG: u8 = 2;

/// What a verb gives back: an exit code, or why it stopped.
pub(super) type Outcome = Result<ExitCode, Failure>;

/// Why a verb stopped.
#[derive(Debug)]
pub(super) enum Failure {
    /// What it was given is wrong: exit code 2.
    Wrong(anyhow::Error),
    /// Something failed: exit code 1.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::Failed(error.into())
    }
}

impl Failure {
    /// What it was given is wrong.
    pub fn wrong(error: impl Into<anyhow::Error>) -> Self {
        Failure::Wrong(error.into())
    }

    /// Says why on stderr and gives the exit code. A reader that went away (`| head`) is no failure.
    pub fn report(self) -> ExitCode {
        let (error, code) = match self {
            Failure::Wrong(error) => (error, WRONG),
            Failure::Failed(error) => (error, FAILED),
        };
        let closed = |cause: &(dyn std::error::Error + 'static)| {
            cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
        };
        if code == FAILED && error.chain().any(closed) {
            return ExitCode::SUCCESS;
        }
        for line in format!("{error:#}").lines() {
            complain("error", line);
        }
        code.into()
    }
}

/// One line on stderr. When that is closed too there is nobody left to tell.
pub(super) fn complain(kind: &str, message: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{kind}: {message}");
}
