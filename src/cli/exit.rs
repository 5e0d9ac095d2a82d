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
        for line in told(&error).lines() {
            complain("error", line);
        }
        code.into()
    }
}

/// The error with its causes, each once: many errors say their cause in their own words already.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.ends_with(&cause) {
            text = if text.is_empty() { cause } else { format!("{text}: {cause}") };
        }
    }
    text
}

/// One line on stderr. When that is closed too there is nobody left to tell.
pub(super) fn complain(kind: &str, message: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{kind}: {message}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    /// Scenario: an error that says its cause itself, one that does not, and one in a context.
    /// Guarantees: every cause is told, none twice.
    #[test]
    fn causes_are_told_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot open a: {source}")]
        struct Open {
            source: std::io::Error,
        }
        let source = || std::io::Error::other("no such thing");
        assert_eq!(told(&Open { source: source() }.into()), "cannot open a: no such thing");
        assert_eq!(told(&anyhow::Error::new(source()).context("b")), "b: no such thing");
        let inner: Result<(), Open> = Err(Open { source: source() });
        assert_eq!(told(&inner.context("c").unwrap_err()), "c: cannot open a: no such thing");
    }
}
