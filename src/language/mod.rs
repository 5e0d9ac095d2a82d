//! Which language a text is in.
//!
//! [`LanguageDetector`] is the seam; [`Whatlang`] stands behind it and needs no file.

mod alphabet;
mod close;
mod compare;
pub mod confusion;
mod han;
#[cfg(test)]
mod measure;
mod name;
mod posterior;
mod prior;
mod route;
mod tag;
#[cfg(test)]
mod tests;
mod verdict;
mod vote;
mod whatlang;
mod words;

pub use compare::same_language;
pub use name::display_name;
pub use posterior::Posterior;
pub use prior::{CohortLanguage, Known, Prior, Source, is_short};
pub use tag::Tag;
pub use verdict::{Certainty, LanguageDetector, Verdict};
pub use whatlang::Whatlang;
