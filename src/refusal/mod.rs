//! Did the answer decline.

mod verdict;

pub use verdict::{Kind, Outcome, Source, Verdict};
