//! From numbers to halves of bytes.

use crate::language::model::head::ZERO;

/// Steps to either side of zero.
const STEPS: f32 = 7.0;

/// Standard deviations that they reach: the few values beyond are cut, the many within get finer steps. 2.2, 2.7 and 3.2
/// were tried; short texts want the last.
const REACH: f32 = 3.2;

/// How large a step is for these values.
pub fn step(values: impl Iterator<Item = f32>) -> f32 {
    let (mut squares, mut count) = (0f64, 0u32);
    for value in values {
        squares += f64::from(value) * f64::from(value);
        count += 1;
    }
    let deviation = (squares / f64::from(count.max(1))).sqrt() as f32;
    (deviation * REACH / STEPS).max(f32::MIN_POSITIVE)
}

/// A value as a whole number of steps.
#[inline]
pub fn steps(value: f32, step: f32) -> f32 {
    // Adding a number whose last binary digit is one rounds to whole ones.
    const WHOLE: f32 = 12_582_912.0;
    ((value / step).clamp(-STEPS, STEPS) + WHOLE) - WHOLE
}

/// Rows of `width` values as [`crate::language::model::Head`] wants them.
pub fn pack(values: &[f32], width: usize, step: f32) -> Vec<u8> {
    let half = |value: f32| (steps(value, step) as i8 + ZERO as i8) as u8;
    let mut packed = Vec::with_capacity(values.len() / 2);
    for row in values.chunks_exact(width) {
        let (low, high) = row.split_at(width / 2);
        packed.extend(low.iter().zip(high).map(|(&low, &high)| half(low) | half(high) << 4));
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: values around zero with one far out.
    /// Guarantees: the many come back within half a step, the one is cut, and each is in its half of a byte.
    #[test]
    fn halves_of_bytes() {
        let values = [0.1, -0.2, 0.3, 9.0, -0.05, 0.0, 0.2, -0.1];
        let step = 0.1;
        assert_eq!(pack(&values, 4, step), [(8 + 1) | (8 + 3) << 4, (8 - 2) | 15 << 4, 8 | 10 << 4, 8 | 7 << 4]);
        assert!(super::step(values.iter().copied()) > 0.5);
        assert_eq!(super::step(std::iter::empty()), f32::MIN_POSITIVE);
    }
}
