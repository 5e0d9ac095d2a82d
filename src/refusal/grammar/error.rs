//! What can be wrong with a language file.

use thiserror::Error;

/// A language file that cannot be used; says which one, and where in it.
#[derive(Debug, Error)]
pub enum PatternError {
    /// The file is not what its README says.
    #[error("refusal grammar: {0}")]
    File(#[from] toml::de::Error),
    /// The language is no tag.
    #[error("refusal grammar: {0:?} is no language tag")]
    Language(String),
    /// Two files are of one language.
    #[error("refusal grammar of {0}: there is another file of this language")]
    Twice(String),
    /// A word of a class cannot be read.
    #[error("refusal grammar of {language}, class {class}, {lexeme:?}: {problem}")]
    Lexeme {
        /// The file's language.
        language: String,
        /// The class it stands in.
        class: String,
        /// The word as written.
        lexeme: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A rule, phrase or exception cannot be read.
    #[error("refusal grammar of {language}, {place} {rule:?}: {problem}")]
    Rule {
        /// The file's language.
        language: String,
        /// `rule`, `except`, or the phrase's name.
        place: String,
        /// The rule as written.
        rule: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The file as a whole breaks a bound, or does not hang together.
    #[error("refusal grammar of {language}: {problem}")]
    Whole {
        /// The file's language.
        language: String,
        /// What is wrong with it.
        problem: String,
    },
    /// More language files than the program has room for.
    #[error("refusal grammar: more than 128 languages")]
    TooMany,
    /// More words, in all languages together, than the trees of words can number.
    #[error("refusal grammar: too many words in all languages together")]
    TooManyWords,
}
