//! The file that a model is in, read and written.
//!
//! All numbers are little-endian. `ISOGLID1`; the number of heads (u16); each head; a checksum (XXH3, u64) of all before.
//! A head: its script (text); the number of classes (u16) and their tags (text); the numbers of dimensions (u16), rows
//! (u32) and buckets (u32); scale, pooling and the four weights of the calibration (f32); the number of rows in each
//! bucket (u8); fingerprints (u16); rows (half a byte a number); output, for each dimension a number a class (f32); bias (f32). A text is
//! its length in bytes (u8) and the bytes. A head with one class has no rows: the script alone decides.

use bytes::{Buf, Bytes};
use thiserror::Error;

use super::head::{Calibration, Head, MAX_DIMENSIONS, Pooling};
use super::table::Table;
use crate::language::Tag;
use crate::text::script;

const MAGIC: &[u8; 8] = b"ISOGLID1";

/// Most classes of one head.
pub const MAX_CLASSES: usize = 4096;

/// The largest weight: sums and products of such numbers stay numbers.
const MAX_WEIGHT: f32 = 1e6;

/// Why a file is no model.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FileError {
    /// It begins otherwise.
    #[error("not a language model of isogloss")]
    NotAModel,
    /// It ends too early.
    #[error("the file ends in the middle of {0}")]
    Short(&'static str),
    /// Its checksum is wrong.
    #[error("the file is damaged: its checksum is not that of its content")]
    Damaged,
    /// A number in it is not possible.
    #[error("{0} is not possible")]
    Invalid(&'static str),
}

/// The heads in a file.
///
/// # Errors
/// The file is no model, or not whole.
pub fn read(file: &Bytes) -> Result<Vec<Head>, FileError> {
    let content = file.len().checked_sub(8).filter(|_| file.starts_with(MAGIC)).ok_or(FileError::NotAModel)?;
    let mut rest = file.slice(MAGIC.len().min(content)..content);
    if file.slice(content..).get_u64_le() != xxhash_rust::xxh3::xxh3_64(&file[..content]) {
        return Err(FileError::Damaged);
    }
    let heads = number(&mut rest, 2, "the number of heads")?;
    let heads = (0..heads).map(|_| head(&mut rest)).collect::<Result<Vec<_>, _>>()?;
    if heads.is_empty() || !rest.is_empty() {
        return Err(FileError::Invalid("the number of heads"));
    }
    Ok(heads)
}

fn head(rest: &mut Bytes) -> Result<Head, FileError> {
    let name = text(rest, "a script")?;
    let script = script::code_of(&name).ok_or(FileError::Invalid("a script"))?;
    let count = number(rest, 2, "the number of classes")?;
    if !(1..=MAX_CLASSES).contains(&count) {
        return Err(FileError::Invalid("the number of classes"));
    }
    let mut classes = Vec::with_capacity(count);
    for _ in 0..count {
        classes.push(Tag::parse(&text(rest, "a class")?).ok_or(FileError::Invalid("a class"))?);
    }
    let dimensions = number(rest, 2, "the number of dimensions")?;
    let rows = number(rest, 4, "the number of rows")?;
    let buckets = number(rest, 4, "the number of buckets")?;
    if !(2..=MAX_DIMENSIONS).contains(&dimensions) || dimensions % 2 > 0 || buckets == 0 {
        return Err(FileError::Invalid("the number of dimensions"));
    }
    let mut weights = [0f32; 6];
    let mut raw = take(rest, 24, "the weights")?;
    weights.iter_mut().for_each(|weight| *weight = raw.get_f32_le());
    let [scale, pooling, base, odds, length, known] = weights;
    let counts = take(rest, buckets, "the buckets")?;
    let mut prints = take(rest, rows * 2, "the fingerprints")?;
    let prints = (0..rows).map(|_| prints.get_u16_le()).collect();
    let table = Table::from_parts(&counts, prints).ok_or(FileError::Invalid("the number of rows in a bucket"))?;
    let bytes = take(rest, rows * (dimensions / 2), "the rows")?;
    let output = numbers(rest, count * dimensions, "the output")?;
    let bias = numbers(rest, count, "the bias")?;
    if ![&weights[..], &output, &bias].into_iter().flatten().all(|weight| weight.abs() <= MAX_WEIGHT) {
        return Err(FileError::Invalid("a weight"));
    }
    let calibration = Calibration { base, odds, length, known };
    let pooling = Pooling::new(pooling);
    Ok(Head { script, classes, table, dimensions, rows: bytes, scale, pooling, output, bias, calibration })
}

fn take(rest: &mut Bytes, length: usize, what: &'static str) -> Result<Bytes, FileError> {
    if rest.len() < length { Err(FileError::Short(what)) } else { Ok(rest.split_to(length)) }
}

fn number(rest: &mut Bytes, length: usize, what: &'static str) -> Result<usize, FileError> {
    Ok(take(rest, length, what)?.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte)))
}

fn numbers(rest: &mut Bytes, count: usize, what: &'static str) -> Result<Vec<f32>, FileError> {
    let mut raw = take(rest, count * 4, what)?;
    Ok((0..count).map(|_| raw.get_f32_le()).collect())
}

fn text(rest: &mut Bytes, what: &'static str) -> Result<String, FileError> {
    let length = number(rest, 1, what)?;
    String::from_utf8(take(rest, length, what)?.to_vec()).map_err(|_| FileError::Invalid(what))
}

/// A file with these heads.
pub fn write(heads: &[Head]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend((heads.len() as u16).to_le_bytes());
    for head in heads {
        push_text(&mut out, head.script);
        out.extend((head.classes.len() as u16).to_le_bytes());
        head.classes.iter().for_each(|class| push_text(&mut out, class.as_str()));
        out.extend((head.dimensions as u16).to_le_bytes());
        out.extend((head.table.len() as u32).to_le_bytes());
        out.extend((head.table.counts().count() as u32).to_le_bytes());
        let Calibration { base, odds, length, known } = head.calibration;
        for weight in [head.scale, head.pooling.exponent, base, odds, length, known] {
            out.extend(weight.to_le_bytes());
        }
        out.extend(head.table.counts().map(|count| count as u8));
        head.table.fingerprints().iter().for_each(|print| out.extend(print.to_le_bytes()));
        out.extend_from_slice(&head.rows);
        head.output.iter().chain(&head.bias).for_each(|weight| out.extend(weight.to_le_bytes()));
    }
    out.extend(xxhash_rust::xxh3::xxh3_64(&out).to_le_bytes());
    out
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    let text = crate::text::head(text, u8::MAX.into());
    out.push(text.len() as u8);
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn small() -> Vec<Head> {
        let hashes: Vec<u64> = (0..40u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let (table, _) = Table::lay_out(&hashes);
        let rows = Bytes::from(vec![0x9a; table.len() * 8]);
        let classes = vec![Tag::literal("en"), Tag::literal("hi-Latn"), Tag::UND];
        vec![Head {
            script: "Latn",
            table,
            dimensions: 16,
            rows,
            scale: 0.01,
            pooling: Pooling::new(0.7),
            output: (0..48).map(|n| n as f32 / 48.0).collect(),
            bias: vec![0.0, 0.5, -0.5],
            calibration: Calibration { base: 0.1, odds: 1.0, length: 0.2, known: 0.3 },
            classes,
        }]
    }

    /// Scenario: a model written and read.
    /// Guarantees: it comes back as it was, to the last byte.
    #[test]
    fn there_and_back() {
        let file = Bytes::from(write(&small()));
        let heads = read(&file).unwrap();
        assert_eq!((heads.len(), heads[0].script, heads[0].classes.len()), (1, "Latn", 3));
        assert_eq!(write(&heads), file);
    }

    /// Scenario: a file cut anywhere, one bit turned, and bytes that are no model.
    /// Guarantees: an error each, never a model.
    #[test]
    fn broken_files() {
        let file = write(&small());
        for end in 0..file.len() {
            assert!(read(&Bytes::copy_from_slice(&file[..end])).is_err(), "{end}");
        }
        for at in 0..file.len() {
            let mut turned = file.clone();
            turned[at] ^= 0x10;
            assert!(read(&Bytes::from(turned)).is_err(), "{at}");
        }
        assert_eq!(read(&Bytes::from_static(b"hello there, no model")).unwrap_err(), FileError::NotAModel);
    }

    proptest! {
        /// Scenario: a model with some bytes changed and the checksum put right.
        /// Guarantees: refused, or a model that reads text without a panic.
        #[test]
        fn changed_files(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
            let mut file = write(&small());
            file.truncate(file.len() - 8);
            for (at, byte) in changes {
                let at = at.index(file.len() - 8) + 8;
                file[at] = byte;
            }
            file.extend(xxhash_rust::xxh3::xxh3_64(&file).to_le_bytes());
            if let Ok(heads) = read(&Bytes::from(file)) {
                let mut reading = super::super::Reading::default();
                for head in &heads {
                    head.read("hello world", &mut reading);
                    prop_assert!(reading.probabilities.iter().all(|p| (0.0..=1.001).contains(p)));
                }
            }
        }
    }
}
