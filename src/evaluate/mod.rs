//! Evaluations of turns: the free ones, the judged ones, and the queue between.

mod verdict;

pub use verdict::{Outcome, Step, Verdict};
