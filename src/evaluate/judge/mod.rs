//! A model that judges, and the client for any endpoint that speaks OpenAI's chat completions.

mod answer;
mod client;
mod fault;
mod prompt;
mod request;
mod response;
mod retry;

pub use client::{JudgeClient, SetupError};
pub use fault::{Fault, FaultCode};
pub use prompt::{Item, Question};

use futures_util::future::BoxFuture;

/// What the judge said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One of the question's labels.
    pub label: &'static str,
    /// Its reason; may hold text of users.
    pub reason: String,
    /// Words of the item that decided, where the judge quoted what is really there.
    pub evidence: Option<String>,
}

/// Answers questions about turns.
pub trait Judge: Send + Sync {
    /// The model, as part of the epoch.
    fn model(&self) -> &str;

    /// Asks. A fault is the judge's, never the turn's.
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer, Fault>>;
}

#[cfg(test)]
pub(super) mod fake;
