//! The two matrices of a model, dense or product-quantised. Their numbers stay in the file's bytes.

use bytes::Bytes;

use super::FastTextError;
use super::file::Source;
use super::quantised::Quantised;

/// Most rows: what the format's numbers can count.
pub(super) const MAX_ROWS: i64 = i32::MAX as i64;

/// Rows of numbers.
pub(super) enum Matrix {
    /// Four bytes a number.
    Dense { rows: usize, columns: usize, values: Bytes },
    /// A byte for several numbers.
    Quantised(Quantised),
}

impl Matrix {
    /// Reads a matrix with `columns` columns; `what` names it in errors.
    pub fn read(
        source: &mut Source,
        quantised: bool,
        columns: usize,
        what: &'static str,
    ) -> Result<Matrix, FastTextError> {
        if quantised {
            return Quantised::read(source, columns, what).map(Matrix::Quantised);
        }
        let rows = source.long_count(what, 0, MAX_ROWS)?;
        source.long_count("the number of columns", columns as i64, columns as i64)?;
        let values = source.take(rows as u64, columns as u64 * 4, what)?;
        let not_finite = floats(&values).position(|value| !value.is_finite());
        match not_finite {
            Some(at) => Err(FastTextError::NotFinite { what, row: at / columns.max(1) }),
            None => Ok(Matrix::Dense { rows, columns, values }),
        }
    }

    pub fn rows(&self) -> usize {
        match self {
            Matrix::Dense { rows, .. } => *rows,
            Matrix::Quantised(quantised) => quantised.rows(),
        }
    }

    /// Adds a row to `sum`; one that is not there adds nothing.
    pub fn add_row(&self, row: usize, sum: &mut [f32]) {
        match self {
            Matrix::Dense { columns, values, .. } => {
                for (sum, value) in sum.iter_mut().zip(floats(stretch(values, row, *columns * 4))) {
                    *sum += value;
                }
            }
            Matrix::Quantised(quantised) => quantised.add_row(row, sum),
        }
    }

    /// The product of a row with `vector`; 0 for a row that is not there.
    pub fn dot_row(&self, row: usize, vector: &[f32]) -> f32 {
        match self {
            Matrix::Dense { columns, values, .. } => dot(stretch(values, row, *columns * 4), vector),
            Matrix::Quantised(quantised) => quantised.dot_row(row, vector),
        }
    }
}

/// The bytes of one row.
pub(super) fn stretch(values: &[u8], row: usize, size: usize) -> &[u8] {
    let from = row.saturating_mul(size);
    values.get(from..from.saturating_add(size)).unwrap_or_default()
}

/// Numbers of four bytes.
pub(super) fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes))
}

/// Sums eight products side by side, so that the compiler may do so too.
fn dot(row: &[u8], vector: &[f32]) -> f32 {
    let (row, row_rest) = row.as_chunks::<32>();
    let (vector, vector_rest) = vector.as_chunks::<8>();
    let mut sums = [0f32; 8];
    for (row, vector) in row.iter().zip(vector) {
        let (row, _) = row.as_chunks::<4>();
        for ((sum, &row), vector) in sums.iter_mut().zip(row).zip(vector) {
            *sum += f32::from_le_bytes(row) * vector;
        }
    }
    let rest: f32 = floats(row_rest).zip(vector_rest).map(|(row, vector)| row * vector).sum();
    sums.iter().sum::<f32>() + rest
}
