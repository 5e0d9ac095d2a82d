//! Did the answer decline.
//!
//! What the provider says comes first ([`Signals`]), then the opening sentences of the answer against the patterns of
//! its language ([`Detector`]). A language without patterns is never `answered`: it is not covered.

mod check;
mod language;
mod pattern;
mod signal;
mod verdict;

pub use check::Detector;
pub use pattern::PatternError;
pub use signal::{Signals, is_filter_reason};
pub use verdict::{Kind, Outcome, Source, Verdict};
