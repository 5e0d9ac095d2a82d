//! Refusals as a small grammar: a language's words in classes, and rules over the classes.
//!
//! [`File`] is what a language file says, [`Language`] its rules compiled, [`Lexicon`] the words of all languages. A
//! sentence is read once: [`Line`] brings it into words, the lexicon finds the lexemes in it, and each language that has
//! what its rules need runs them over its hits.

mod alphabet;
mod board;
mod error;
mod file;
mod language;
mod lexeme;
mod lexicon;
mod line;
mod need;
mod sequence;
mod sieve;
mod trie;

pub(super) use board::Board;
pub(super) use board::Hit;
pub use error::PatternError;
pub(super) use file::File;
#[cfg(test)]
pub(super) use language::Names;
pub(super) use language::{Language, Reason};
pub(super) use lexicon::{Finds, Languages, Lexicon, MAX_LANGUAGES, Wanted};
pub(super) use line::Line;
pub(super) use need::Keys;
