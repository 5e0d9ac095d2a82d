//! Did the answer decline.
//!
//! What the provider says comes first ([`Signals`]), then the opening sentences of the answer against the grammar of
//! its language ([`Detector`]). A language without a grammar is never `answered`: it is not covered.

mod check;
mod grammar;
mod language;
#[cfg(test)]
mod measure;
mod opening;
mod signal;
mod verdict;

pub use check::Detector;
pub use grammar::PatternError;
pub use signal::{Signals, is_filter_reason};
pub use verdict::{Evidence, Kind, Outcome, Source, Verdict};
