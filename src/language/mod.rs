//! Which language a text is in.

mod tag;
mod verdict;

pub use tag::Tag;
pub use verdict::{Certainty, LanguageDetector, Verdict};
