//! The trace book: the spans of one trace become one turn.
//!
//! Spans and log records arrive in any order and in many requests. [`TraceBook`] collects what is known about
//! each of them until the trace is complete, then they are joined to one [`Turn`]. Time is handed in with each
//! call, so that a replay and a test can have their own.

mod book;
mod input;
mod join;
mod open;
mod output;
mod reading;
mod record;
mod remembered;
mod schedule;
mod sessions;
mod spoken;
mod stats;
mod tree;
mod turn;

pub use book::{BookAt, Observed, TraceBook};
pub use remembered::Remembered;
pub use stats::Stats;
pub use turn::{CompletedBy, Turn, TurnText};

#[cfg(test)]
mod fixture;
