//! The part of a model that knows one script.

use bytes::Bytes;

use super::math::{exp, ln, shrink};
use super::ngrams;
use super::table::Table;
use crate::language::Tag;

/// Most numbers in a row; they are even in number.
pub const MAX_DIMENSIONS: usize = 64;

/// What stands for zero in half a byte.
pub const ZERO: u8 = 8;

/// Logits this far below the best weigh nothing.
const NEGLIGIBLE: f32 = 12.0;

/// A linear model over n-grams: the rows of a text's n-grams are added up to a hidden vector, and each class has a
/// direction in which it looks for it.
#[derive(Debug)]
pub struct Head {
    /// ISO 15924 code of the script.
    pub script: &'static str,
    /// What it can say: a language, `zxx`, or `und` for languages that it does not name.
    pub classes: Vec<Tag>,
    pub(in crate::language) table: Table,
    pub(in crate::language) dimensions: usize,
    /// A row an n-gram: of each byte the low half is a number of the first half of the dimensions, the high half one of
    /// the second; less [`ZERO`].
    pub(in crate::language) rows: Bytes,
    /// What a step of a number is worth.
    pub(in crate::language) scale: f32,
    /// The sum of the rows is divided by their number to this power.
    pub(in crate::language) pooling: Pooling,
    /// For each dimension a number a class.
    pub(in crate::language) output: Vec<f32>,
    pub(in crate::language) bias: Vec<f32>,
    /// Of the logistic function from what the model says to the probability that it is right.
    pub(in crate::language) calibration: Calibration,
}

/// The number by which a sum of rows is multiplied, by how many rows it has: that number to the power of `-exponent`.
#[derive(Debug)]
pub struct Pooling {
    /// The exponent.
    pub exponent: f32,
    /// For the counts that most texts have.
    small: Vec<f32>,
}

impl Pooling {
    /// With a table for small counts.
    pub fn new(exponent: f32) -> Self {
        Pooling { exponent, small: (0..512).map(|count| shrink(count, exponent)).collect() }
    }

    fn of(&self, count: u32) -> f32 {
        self.small.get(count as usize).copied().unwrap_or_else(|| shrink(count, self.exponent))
    }
}

/// Weights of [`Head::trust`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Calibration {
    /// Without anything known.
    pub base: f32,
    /// Of the log-odds of the best class.
    pub odds: f32,
    /// Of the logarithm of the number of letters.
    pub length: f32,
    /// Of the share of n-grams that the model knows.
    pub known: f32,
}

impl Calibration {
    /// What trust depends on: log-odds of the best class, logarithm of the letters (up to 100), share of known n-grams.
    pub fn features(best: f32, letters: usize, known: f32) -> [f32; 3] {
        let best = f64::from(best.clamp(1e-4, 1.0 - 1e-4));
        [ln(best / (1.0 - best)) as f32, ln(letters.clamp(1, 100) as f64) as f32, known]
    }

    /// The probability for these features.
    pub fn apply(&self, [odds, length, known]: [f32; 3]) -> f32 {
        1.0 / (1.0 + exp(-(self.base + self.odds * odds + self.length * length + self.known * known)))
    }
}

/// Rows added up. Half a byte is 15 at most and an n-gram is counted once, so no sum of [`ngrams::MOST`] and their words
/// goes beyond 16 bits.
type Sum = [u16; MAX_DIMENSIONS];

/// Buffers of a reading.
#[derive(Debug, Default)]
pub struct Reading {
    letters: Vec<u32>,
    /// The sum of the rows up to the end of each word, and how many they were.
    words: Vec<(Sum, u32)>,
    /// A probability a class, after [`Head::read`].
    pub probabilities: Vec<f32>,
    /// N-grams of the text.
    pub ngrams: u32,
}

impl Reading {
    /// Words of the text.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// N-grams of the text that the model knows, 0 to 1.
    pub fn known(&self) -> f32 {
        self.words.last().map_or(0.0, |(_, known)| *known as f32 / self.ngrams.max(1) as f32)
    }
}

/// The `N` best classes with their probabilities, in order; those that are missing have 0.
pub fn best<const N: usize>(probabilities: &[f32]) -> [(usize, f32); N] {
    let mut best = [(0, 0.0f32); N];
    for (class, &p) in probabilities.iter().enumerate() {
        if best.last().is_some_and(|&(_, least)| p > least) {
            let at = best.partition_point(|&(_, other)| other >= p);
            if let Some(tail) = best.get_mut(at..) {
                tail.rotate_right(1);
                tail[0] = (class, p);
            }
        }
    }
    best
}

impl Head {
    /// Reads a text of words in the head's script; the result is in `reading`.
    pub fn read(&self, text: &str, reading: &mut Reading) {
        let Reading { letters, words, ngrams, probabilities } = reading;
        words.clear();
        *ngrams = 0;
        if self.classes.len() < 2 {
            // The script alone decides.
            probabilities.clear();
            probabilities.resize(self.classes.len(), 1.0);
            return;
        }
        let mut sum: Sum = [0; MAX_DIMENSIONS];
        let (mut known, mut current) = (0u32, 0);
        ngrams::for_each(text, letters, |word, hash| {
            if word != current {
                words.push((sum, known));
                current = word;
            }
            *ngrams += 1;
            if let Some(row) = self.table.find(hash) {
                known += 1;
                self.add(row, &mut sum);
            }
        });
        words.push((sum, known));
        self.judge(&sum, known, &mut reading.probabilities);
    }

    /// Probabilities of some words of the text that was read last, into `probabilities`.
    pub fn read_words(&self, reading: &Reading, words: std::ops::Range<usize>, probabilities: &mut Vec<f32>) {
        let (sum, known) = between(reading, words);
        self.judge(&sum, known, probabilities);
    }

    /// How likely the best class is right, 0 to 1, given its probability and how much text there was: a logistic
    /// function whose weights were fitted on texts that the model was not trained with, among them texts in languages
    /// that it does not know.
    pub fn trust(&self, best: f32, letters: usize, known: f32) -> f32 {
        self.calibration.apply(Calibration::features(best, letters, known))
    }

    fn add(&self, row: usize, sum: &mut Sum) {
        match self.dimensions {
            16 => self.add_row::<8>(row, sum),
            24 => self.add_row::<12>(row, sum),
            32 => self.add_row::<16>(row, sum),
            _ => {
                let half = self.dimensions / 2;
                let (Some(row), (low, high)) = (self.rows.get(row * half..(row + 1) * half), sum.split_at_mut(half))
                else {
                    return;
                };
                for ((low, high), byte) in low.iter_mut().zip(high).zip(row) {
                    *low += u16::from(byte & 0xf);
                    *high += u16::from(byte >> 4);
                }
            }
        }
    }

    /// The same with a width that the compiler knows.
    #[inline]
    fn add_row<const HALF: usize>(&self, row: usize, sum: &mut Sum) {
        let row = self.rows.get(row * HALF..(row + 1) * HALF).and_then(|row| row.first_chunk::<HALF>());
        let (low, high) = sum.split_at_mut(HALF);
        let (Some(row), Some(low), Some(high)) = (row, low.first_chunk_mut::<HALF>(), high.first_chunk_mut::<HALF>())
        else {
            return;
        };
        for at in 0..HALF {
            low[at] += u16::from(row[at] & 0xf);
            high[at] += u16::from(row[at] >> 4);
        }
    }

    fn judge(&self, sum: &Sum, known: u32, probabilities: &mut Vec<f32>) {
        probabilities.clear();
        probabilities.extend_from_slice(&self.bias);
        let scale = self.scale * self.pooling.of(known);
        for (row, &h) in self.output.chunks_exact(self.classes.len()).zip(sum) {
            let h = value(h, known) * scale;
            probabilities.iter_mut().zip(row).for_each(|(logit, o)| *logit += o * h);
        }
        let top = probabilities.iter().copied().fold(f32::MIN, f32::max);
        let mut all = 0.0;
        for p in probabilities.iter_mut() {
            *p = if *p < top - NEGLIGIBLE { 0.0 } else { exp(*p - top) };
            all += *p;
        }
        probabilities.iter_mut().for_each(|p| *p /= all);
    }
}

/// A few classes of a head, laid out so that they are quickly asked again and again.
#[derive(Debug)]
pub struct Few<'h> {
    columns: [[f32; Few::<'static>::WIDTH]; MAX_DIMENSIONS],
    bias: [f32; Few::<'static>::WIDTH],
    dimensions: usize,
    scale: f32,
    pooling: &'h Pooling,
}

impl<'h> Few<'h> {
    /// How many they are.
    pub const WIDTH: usize = 16;

    /// These classes of a head.
    pub fn new(head: &'h Head, classes: &[usize; Few::WIDTH]) -> Few<'h> {
        let mut columns = [[0f32; Few::WIDTH]; MAX_DIMENSIONS];
        for (column, row) in columns.iter_mut().zip(head.output.chunks_exact(head.classes.len())) {
            *column = classes.map(|class| row.get(class).copied().unwrap_or(0.0));
        }
        let bias = classes.map(|class| head.bias.get(class).copied().unwrap_or(0.0));
        Few { columns, bias, dimensions: head.dimensions, scale: head.scale, pooling: &head.pooling }
    }

    /// Their logits for some words of the text that the head read last.
    pub fn logits(&self, reading: &Reading, words: std::ops::Range<usize>) -> [f32; Few::WIDTH] {
        let (sum, known) = between(reading, words);
        let scale = self.scale * self.pooling.of(known);
        let mut logits = self.bias;
        for (column, &h) in self.columns.iter().zip(&sum).take(self.dimensions) {
            let h = value(h, known) * scale;
            logits.iter_mut().zip(column).for_each(|(logit, weight)| *logit += weight * h);
        }
        logits
    }
}

/// A sum of rows without what stands for zero.
fn value(sum: u16, rows: u32) -> f32 {
    (i32::from(sum) - i32::from(ZERO) * rows as i32) as f32
}

fn between(reading: &Reading, words: std::ops::Range<usize>) -> (Sum, u32) {
    let (mut sum, mut known) = match words.end.checked_sub(1).and_then(|last| reading.words.get(last)) {
        Some(&upto) => upto,
        None => return ([0; MAX_DIMENSIONS], 0),
    };
    if let Some((before, known_before)) = words.start.checked_sub(1).and_then(|last| reading.words.get(last)) {
        sum.iter_mut().zip(before).for_each(|(sum, before)| *sum -= before);
        known = known.saturating_sub(*known_before);
    }
    (sum, known)
}
