//! Classifiers in fastText's file format: `.bin`, and `.ftz` (product-quantised, words and n-grams pruned).
//!
//! The reader is ours; a file may be anything. Every size is checked against the file before memory is asked for, and
//! the matrices stay in the file's bytes, so that a model takes the memory of its file and some twenty bytes a word.
//! Read are classifiers of the format's versions 11 and 12 with softmax, hierarchical softmax, one-against-all and
//! negative sampling, up to 2 GiB, 1024 dimensions and 65,536 labels.
//!
//! Probabilities are the exact ones. The reference implementation says 0.00001 more (it takes logarithms of that), and
//! rounds those of one-against-all to steps of its table.

mod detector;
mod dictionary;
mod error;
mod features;
mod file;
mod label_map;
mod labels;
mod matrix;
mod output;
mod quantised;
#[cfg(test)]
mod tests;
mod writing;

use bytes::Bytes;

pub use detector::{FastTextDetector, FastTextDetectorError};
pub use error::FastTextError;
pub use label_map::{LabelMap, LabelMapError};

use dictionary::Dictionary;
use file::{Settings, Source};
use matrix::Matrix;
use output::Loss;

/// Largest file that is read.
pub const MAX_FILE_BYTES: u64 = 2 << 30;

/// A classifier.
pub struct FastText {
    settings: Settings,
    dictionary: Dictionary,
    input: Matrix,
    output: Matrix,
    loss: Loss,
    fingerprint: u64,
}

/// Buffers for predictions, one after the other; nothing is allocated once they have grown.
#[derive(Debug, Default)]
pub struct Scratch {
    features: features::Buffers,
    mean: Vec<f32>,
    probabilities: Vec<f32>,
    best: Vec<(usize, f32)>,
}

impl FastText {
    /// Whether a file begins as fastText's do.
    pub fn recognises(file: &[u8]) -> bool {
        file::begins_as_model(file)
    }

    /// Reads a model. The matrices stay in the bytes.
    ///
    /// # Errors
    /// What is wrong with the bytes: not a fastText file, not a classifier, cut short, or numbers in it that make no
    /// sense or are beyond the bounds.
    pub fn read(file: &Bytes) -> Result<FastText, FastTextError> {
        let size = file.len() as u64;
        if size > MAX_FILE_BYTES {
            return Err(FastTextError::TooLarge { size, limit: MAX_FILE_BYTES });
        }
        let mut source = Source::new(file);
        let settings = file::settings(&mut source)?;
        let dictionary = Dictionary::read(&mut source)?;
        let quantised = source.bool("whether the input matrix is quantised")?;
        if dictionary.is_pruned() && !quantised {
            return Err(FastTextError::Inconsistent("buckets were pruned, but the input matrix is not quantised"));
        }
        let input = Matrix::read(&mut source, quantised, settings.dimensions, "the input matrix")?;
        let output_quantised = source.bool("whether the output matrix is quantised")?;
        let output =
            Matrix::read(&mut source, quantised && output_quantised, settings.dimensions, "the output matrix")?;
        if source.left() > 0 {
            return Err(FastTextError::Trailing(source.left()));
        }
        let buckets = match dictionary.kept_rows() {
            Some(rows) => rows,
            None if settings.uses_buckets() => settings.buckets as usize,
            None => 0,
        };
        if input.rows() < dictionary.words() + buckets {
            return Err(FastTextError::Inconsistent(
                "the input matrix has fewer rows than there are words and buckets",
            ));
        }
        if output.rows() != dictionary.labels().len() {
            return Err(FastTextError::Inconsistent("the output matrix has not a row for each label"));
        }
        let loss = Loss::new(settings.loss, &dictionary)?;
        let fingerprint = xxhash_rust::xxh3::xxh3_64(file);
        Ok(FastText { settings, dictionary, input, output, loss, fingerprint })
    }

    /// The labels as the file has them, most often with `__label__` before them.
    pub fn labels(&self) -> &[String] {
        self.dictionary.labels()
    }

    /// A hash of the file, by which models are told apart.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Whether the probabilities of all labels add up to 1. Those of one-against-all and negative sampling do not.
    pub fn is_distribution(&self) -> bool {
        self.loss.is_distribution()
    }

    /// A probability for each label, in the order of [`FastText::labels`].
    ///
    /// All are 0 when the model has nothing to say: none of the text's features has a row.
    pub fn probabilities<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s [f32] {
        let Scratch { features, mean, probabilities, .. } = scratch;
        mean.clear();
        mean.resize(self.settings.dimensions, 0.0);
        let mut count = 0usize;
        features::visit(text, &self.settings, &self.dictionary, features, |row| {
            self.input.add_row(row, mean);
            count += 1;
        });
        let labels = self.labels().len();
        if count == 0 {
            probabilities.clear();
            probabilities.resize(labels, 0.0);
            return probabilities;
        }
        let share = 1.0 / count as f32;
        mean.iter_mut().for_each(|value| *value *= share);
        self.loss.probabilities(&self.output, mean, labels, probabilities);
        probabilities
    }

    /// The `k` best labels by number and their probabilities, best first, equal ones by number. Labels of probability
    /// 0 are left out.
    pub fn predict<'s>(&self, text: &str, scratch: &'s mut Scratch, k: usize) -> &'s [(usize, f32)] {
        self.probabilities(text, scratch);
        let Scratch { probabilities, best, .. } = scratch;
        best.clear();
        best.extend(probabilities.iter().copied().enumerate().filter(|(_, p)| *p > 0.0));
        let order = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if k < best.len() {
            best.select_nth_unstable_by(k, order);
            best.truncate(k);
        }
        best.sort_unstable_by(order);
        best
    }
}

impl std::fmt::Debug for FastText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FastText")
            .field("settings", &self.settings)
            .field("words", &self.dictionary.words())
            .field("labels", &self.labels().len())
            .finish_non_exhaustive()
    }
}
