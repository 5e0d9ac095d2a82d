//! Refusals as a small grammar: a language's words in classes, and rules over the classes.
//!
//! [`File`] is what a language file says, [`Language`] its rules compiled, [`Lexicon`] the words of all languages.
//! [`Line`] brings a sentence into words. Those of all languages are found in one walk. Most sentences decline in no language,
//! so the least is asked first: whether a word of a language's key is there, of which all its rules need one; then whether
//! some rule has all that it needs; and only then are the rules run over the hits.

mod alphabet;
mod beginnings;
mod board;
mod error;
mod file;
mod finds;
mod language;
mod lexeme;
mod lexicon;
mod line;
mod need;
mod owner;
mod sequence;
mod sketch;
mod trie;
mod words;

pub(super) use alphabet::Alphabet;
pub(super) use board::Board;
pub use error::PatternError;
pub(super) use file::File;
pub(super) use finds::Finds;
#[cfg(test)]
pub(super) use language::Names;
pub(super) use language::{Judgement, Language, Reason};
pub(super) use lexicon::{Languages, Lexicon, MAX_LANGUAGES, numbers};
pub(super) use line::Line;
pub(super) use words::Words;
