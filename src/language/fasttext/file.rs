//! Numbers and stretches of bytes from a file that may be anything, and the settings at its beginning.
//!
//! All numbers are little-endian. Nothing is allocated here: a stretch of bytes stays part of the file's.

use bytes::{Buf as _, Bytes};

use super::FastTextError;

/// The first four bytes of a model, as a number.
const MAGIC: i32 = 793_712_314;

/// The current version of the format.
const VERSION: i32 = 12;

/// The one before. Its classifiers had no character n-grams, whatever their settings say.
const VERSION_WITHOUT_NGRAMS: i32 = 11;

/// Most numbers that a word, an n-gram or a label is made of. Models in use have 16 to 300.
const MAX_DIMENSIONS: i64 = 1024;

/// Longest character n-gram and word n-gram. Models in use have 6 and 5 at most.
const MAX_NGRAM: i64 = 32;

/// The part of a file that was not read yet.
pub(super) struct Source {
    rest: Bytes,
    length: usize,
}

impl Source {
    pub fn new(file: &Bytes) -> Self {
        Source { rest: file.clone(), length: file.len() }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// All that is left, without reading it.
    pub fn rest(&self) -> &Bytes {
        &self.rest
    }

    /// How many bytes were read.
    pub fn at(&self) -> u64 {
        (self.length - self.rest.len()) as u64
    }

    fn truncated(&self, what: &'static str) -> FastTextError {
        FastTextError::Truncated { what, at: self.at() }
    }

    /// The next `count` items of `size` bytes each.
    pub fn take(&mut self, count: u64, size: u64, what: &'static str) -> Result<Bytes, FastTextError> {
        let bytes = count.checked_mul(size).and_then(|bytes| usize::try_from(bytes).ok());
        match bytes {
            Some(bytes) if bytes <= self.rest.len() => Ok(self.rest.split_to(bytes)),
            _ => Err(self.truncated(what)),
        }
    }

    /// What comes before the next zero byte, which is read too.
    pub fn text(&mut self, what: &'static str) -> Result<Bytes, FastTextError> {
        let end = memchr::memchr(0, &self.rest).ok_or_else(|| self.truncated(what))?;
        let text = self.rest.split_to(end);
        self.rest.advance(1);
        Ok(text)
    }

    pub fn u8(&mut self, what: &'static str) -> Result<u8, FastTextError> {
        self.rest.try_get_u8().map_err(|_| self.truncated(what))
    }

    pub fn bool(&mut self, what: &'static str) -> Result<bool, FastTextError> {
        let found = self.u8(what)?;
        within(what, i64::from(found), 0, 1).map(|found| found == 1)
    }

    pub fn i32(&mut self, what: &'static str) -> Result<i32, FastTextError> {
        self.rest.try_get_i32_le().map_err(|_| self.truncated(what))
    }

    pub fn i64(&mut self, what: &'static str) -> Result<i64, FastTextError> {
        self.rest.try_get_i64_le().map_err(|_| self.truncated(what))
    }

    /// A number of four bytes from `low` to `high`.
    pub fn count(&mut self, what: &'static str, low: i64, high: i64) -> Result<usize, FastTextError> {
        let found = self.i32(what)?;
        within(what, i64::from(found), low, high).map(|found| found as usize)
    }

    /// A number of eight bytes from `low` to `high`.
    pub fn long_count(&mut self, what: &'static str, low: i64, high: i64) -> Result<usize, FastTextError> {
        let found = self.i64(what)?;
        within(what, found, low, high).map(|found| found as usize)
    }
}

/// The number itself, when it is between two others.
pub(super) fn within(what: &'static str, found: i64, low: i64, high: i64) -> Result<i64, FastTextError> {
    if (low..=high).contains(&found) { Ok(found) } else { Err(FastTextError::Range { what, found, low, high }) }
}

/// How the probabilities of a model are computed from its output matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LossKind {
    Hierarchical,
    Softmax,
    /// One against all, or negative sampling: a yes or no for each label.
    Independent,
}

/// What a model says about itself, as far as it matters for prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Settings {
    /// Numbers a row.
    pub dimensions: usize,
    /// Most words that are taken together.
    pub word_ngrams: usize,
    /// How probabilities are computed.
    pub loss: LossKind,
    /// Into how many rows n-grams are hashed.
    pub buckets: u32,
    /// Fewest characters of an n-gram.
    pub min_chars: usize,
    /// Most; 0 for no n-grams.
    pub max_chars: usize,
}

impl Settings {
    /// Whether anything is hashed into the buckets.
    pub fn uses_buckets(&self) -> bool {
        self.buckets > 0 && (self.word_ngrams > 1 || self.max_chars > 0)
    }
}

/// Whether a file begins as a model does.
pub(super) fn begins_as_model(file: &[u8]) -> bool {
    file.starts_with(&MAGIC.to_le_bytes())
}

/// Reads the beginning of a file.
pub(super) fn settings(source: &mut Source) -> Result<Settings, FastTextError> {
    if !begins_as_model(&source.rest) {
        return Err(FastTextError::NotFastText);
    }
    source.i32("the format's first bytes")?;
    let version = source.i32("the version")?;
    if !(VERSION_WITHOUT_NGRAMS..=VERSION).contains(&version) {
        return Err(FastTextError::Version(version));
    }
    const WHAT: &str = "the settings";
    let dimensions = source.count("the dimension (dim)", 1, MAX_DIMENSIONS)?;
    // Window, epochs, fewest occurrences, negatives: of the training only.
    source.take(4, 4, WHAT)?;
    let word_ngrams = source.count("the length of word n-grams (wordNgrams)", 0, MAX_NGRAM)?;
    let loss = match source.count("the loss", 1, 4)? {
        1 => LossKind::Hierarchical,
        3 => LossKind::Softmax,
        _ => LossKind::Independent,
    };
    if source.count("the kind of model", 1, 3)? != 3 {
        return Err(FastTextError::NotSupervised);
    }
    let buckets = source.count("the number of buckets (bucket)", 0, i64::from(i32::MAX))? as u32;
    let min_chars = source.count("the shortest n-gram (minn)", 0, MAX_NGRAM)?;
    let max_chars = source.count("the longest n-gram (maxn)", 0, MAX_NGRAM)?;
    // How often the learning rate changed, and the sampling threshold: of the training only.
    source.take(1, 4 + 8, WHAT)?;
    let max_chars = if version == VERSION_WITHOUT_NGRAMS { 0 } else { max_chars };
    Ok(Settings { dimensions, word_ngrams, loss, buckets, min_chars, max_chars })
}
