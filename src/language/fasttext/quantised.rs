//! A product-quantised matrix: each row is cut into pieces, and a byte a piece says which of 256 centroids stands for
//! it. The length of a row may be quantised apart.

use bytes::Bytes;

use super::FastTextError;
use super::file::Source;
use super::matrix::{MAX_ROWS, floats, stretch};

/// Centroids a piece.
const CENTROIDS: usize = 256;

/// A matrix of codes.
pub(super) struct Quantised {
    rows: usize,
    codes: Bytes,
    pieces: Pieces,
    /// A code a row for its length, and the lengths.
    norms: Option<(Bytes, Vec<f32>)>,
}

/// How rows are cut, and what the codes stand for.
struct Pieces {
    count: usize,
    width: usize,
    last_width: usize,
    centroids: Vec<f32>,
}

impl Quantised {
    pub fn read(source: &mut Source, columns: usize, what: &'static str) -> Result<Quantised, FastTextError> {
        let has_norms = source.bool("whether lengths of rows are quantised")?;
        let rows = source.long_count(what, 0, MAX_ROWS)?;
        source.long_count("the number of columns", columns as i64, columns as i64)?;
        let size = source.count("the number of codes", 0, i64::from(i32::MAX))?;
        let codes = source.take(size as u64, 1, "the codes of a matrix")?;
        let pieces = Pieces::read(source, columns)?;
        if rows.checked_mul(pieces.count) != Some(size) {
            return Err(FastTextError::Inconsistent("a matrix has more or fewer codes than its rows have pieces"));
        }
        let norms = if has_norms {
            let codes = source.take(rows as u64, 1, "the codes of the lengths of rows")?;
            Some((codes, Pieces::read(source, 1)?.centroids))
        } else {
            None
        };
        Ok(Quantised { rows, codes, pieces, norms })
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    fn codes(&self, row: usize) -> &[u8] {
        stretch(&self.codes, row, self.pieces.count)
    }

    fn norm(&self, row: usize) -> f32 {
        let Some((codes, norms)) = &self.norms else { return 1.0 };
        codes.get(row).and_then(|&code| norms.get(usize::from(code))).copied().unwrap_or(0.0)
    }

    pub fn add_row(&self, row: usize, sum: &mut [f32]) {
        let norm = self.norm(row);
        for (piece, (&code, sum)) in self.codes(row).iter().zip(sum.chunks_mut(self.pieces.width)).enumerate() {
            for (sum, value) in sum.iter_mut().zip(self.pieces.centroid(piece, code)) {
                *sum += norm * value;
            }
        }
    }

    pub fn dot_row(&self, row: usize, vector: &[f32]) -> f32 {
        let mut sum = 0.0;
        for (piece, (&code, vector)) in self.codes(row).iter().zip(vector.chunks(self.pieces.width)).enumerate() {
            for (vector, value) in vector.iter().zip(self.pieces.centroid(piece, code)) {
                sum += vector * value;
            }
        }
        sum * self.norm(row)
    }
}

impl Pieces {
    fn read(source: &mut Source, columns: usize) -> Result<Pieces, FastTextError> {
        source.count("the dimension of a quantiser", columns as i64, columns as i64)?;
        let count = source.count("the number of pieces of a row", 1, columns as i64)?;
        let width = source.count("the width of a piece", 1, columns as i64)?;
        let last_width = source.count("the width of the last piece", 1, width as i64)?;
        if (count - 1) * width + last_width != columns {
            return Err(FastTextError::Inconsistent("the pieces of a row do not add up to its columns"));
        }
        // At most a megabyte, and all of it is in the file.
        let bytes = source.take((columns * CENTROIDS) as u64, 4, "the centroids")?;
        let centroids: Vec<f32> = floats(&bytes).collect();
        if centroids.iter().any(|value| !value.is_finite()) {
            return Err(FastTextError::Inconsistent("a centroid is not a finite number"));
        }
        Ok(Pieces { count, width, last_width, centroids })
    }

    /// What a code stands for. The centroids of a piece lie together; those of the last may be narrower.
    fn centroid(&self, piece: usize, code: u8) -> &[f32] {
        let width = if piece + 1 == self.count { self.last_width } else { self.width };
        let from = piece * CENTROIDS * self.width + usize::from(code) * width;
        self.centroids.get(from..from + width).unwrap_or_default()
    }
}
