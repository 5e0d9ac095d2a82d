//! From numbers to bytes.

/// Standard deviations that a byte reaches: the few values beyond are cut, the many within get finer steps.
const REACH: f32 = 5.0;

/// The values as signed bytes, and what a byte is worth.
pub fn quantise(values: &[f32]) -> (Vec<u8>, f32) {
    if values.is_empty() {
        return (Vec::new(), 1.0);
    }
    let squares: f64 = values.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
    let deviation = (squares / values.len() as f64).sqrt() as f32;
    let largest = values.iter().fold(0f32, |largest, value| largest.max(value.abs()));
    let scale = (deviation * REACH).min(largest).max(f32::MIN_POSITIVE) / 127.0;
    let bytes = values.iter().map(|value| (value / scale).round().clamp(-127.0, 127.0) as i8 as u8).collect();
    (bytes, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: values around zero with one far out.
    /// Guarantees: the many come back within half a step, the one is cut.
    #[test]
    fn steps() {
        let mut values: Vec<f32> = (-500..500).map(|n| n as f32 / 1000.0).collect();
        values.push(50.0);
        let (bytes, scale) = quantise(&values);
        for (value, byte) in values.iter().zip(&bytes).take(1000) {
            assert!((value - f32::from(*byte as i8) * scale).abs() <= scale * 0.51);
        }
        assert_eq!(bytes.last().map(|byte| *byte as i8), Some(127));
    }
}
