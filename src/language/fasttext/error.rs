//! Why a file is no fastText model that can be used.

/// What is wrong with a model file.
#[derive(Debug, thiserror::Error)]
pub enum FastTextError {
    /// The file is larger than any model that is accepted.
    #[error("{size} bytes, more than the {limit} that are accepted")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The most that is accepted.
        limit: u64,
    },
    /// The file begins with something else.
    #[error("not a fastText model: it does not begin with the format's four bytes")]
    NotFastText,
    /// A version of the format that is not known here.
    #[error("fastText format version {0}, expected 11 or 12")]
    Version(i32),
    /// Vectors of words, not a classifier.
    #[error("a fastText model of word vectors, expected a classifier (`fasttext supervised`)")]
    NotSupervised,
    /// The file ends too early.
    #[error("the file ends within {what} (byte {at})")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Where it began.
        at: u64,
    },
    /// The file goes on after the model.
    #[error("{0} bytes after the end of the model")]
    Trailing(usize),
    /// A number that makes no sense, or is beyond what is accepted.
    #[error("{what} is {found}, expected {low} to {high}")]
    Range {
        /// What the number says.
        what: &'static str,
        /// What the file says.
        found: i64,
        /// The least that is accepted.
        low: i64,
        /// The most that is accepted.
        high: i64,
    },
    /// An entry of the dictionary that makes no sense.
    #[error("entry {index} of the dictionary: {fault}")]
    Entry {
        /// Which, from 0.
        index: usize,
        /// What is wrong.
        fault: &'static str,
    },
    /// A number of a matrix that is none.
    #[error("row {row} of {what} has a value that is not a finite number")]
    NotFinite {
        /// Which matrix.
        what: &'static str,
        /// Which row, from 0.
        row: usize,
    },
    /// Parts of the file that do not go together.
    #[error("{0}")]
    Inconsistent(&'static str),
}
