//! Which language a text is in.
//!
//! [`LanguageDetector`] is the seam; [`NgramDetector`] stands behind it with the model that is built in. A text is
//! cleaned and split by script ([`route`]); a linear model over character n-grams ([`model`]) knows the languages of
//! each script; where it is not sure the trigram profiles of `whatlang` decide between its first two; close languages are
//! put together, several languages in one text are told apart word by word, and what is left of doubt is said as
//! [`Certainty`]. [`train`] makes such a model out of text; [`fasttext`] reads models in another format.

mod compare;
pub mod confusion;
pub mod expected;
pub mod fasttext;
mod groups;
mod han;
mod iso;
mod load;
pub mod matching;
mod mixed;
pub mod model;
mod name;
mod ngram;
mod posterior;
mod prior;
mod route;
mod second_vote;
mod tag;
#[cfg(test)]
mod tests;
pub mod train;
mod two_scripts;
mod verdict;
mod writing;

pub use compare::same_language;
pub use iso::shortest as shortest_code;
pub use load::{LoadError, load};
pub use name::display_name;
pub use ngram::NgramDetector;
pub use posterior::Posterior;
pub use prior::{CohortLanguage, Known, Prior, Source, is_short};
pub use tag::Tag;
pub use verdict::{Alternatives, Certainty, LanguageDetector, Verdict};
pub use writing::scripts;

/// The detector with the model that is built in, to be shared.
pub fn detector() -> std::sync::Arc<dyn LanguageDetector> {
    std::sync::Arc::new(NgramDetector::built_in())
}
