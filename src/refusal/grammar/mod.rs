//! Refusals as a small grammar: a language's words in classes, and rules over the classes.
//!
//! [`File`] is what a language file says, [`Language`] its rules compiled, [`Lexicon`] the words of all languages.
//! [`Line`] brings a sentence into words. Most decline in no language, so the least is asked first: whether a word of a
//! language's key is there, of which all its rules need one; then which of its words are; and only where some rule has
//! all that it needs are the rules run over the hits.

mod alphabet;
mod board;
mod error;
mod file;
mod hits;
mod language;
mod lexeme;
mod lexicon;
mod line;
mod need;
mod sequence;
mod sieve;
mod trie;
mod words;

pub(super) use board::{Board, Hit};
pub use error::PatternError;
pub(super) use file::File;
pub(super) use hits::Hits;
#[cfg(test)]
pub(super) use language::Names;
pub(super) use language::{Judgement, Language, Reason};
pub(super) use lexicon::{Languages, Lexicon, MAX_LANGUAGES, numbers};
pub(super) use line::Line;
pub(super) use words::Words;
