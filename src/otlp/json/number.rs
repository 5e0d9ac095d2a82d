//! Numbers from JSON's grammar, exactly.

use super::token::number_len;

/// The integer that a number in JSON's grammar is, `None` when it is none or beyond the range of `i128` digits
/// that OTLP's types need. `1.50e2` is 150; nothing goes through floating point.
pub(super) fn integer(number: &str) -> Option<i128> {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let value = match digits.parse::<u64>() {
        Ok(value) => i128::from(value),
        Err(_) => scaled(digits)?,
    };
    Some(if negative { -value } else { value })
}

/// Digits with a fraction or an exponent, or too many of them.
fn scaled(digits: &str) -> Option<i128> {
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let significant = whole.bytes().chain(fraction.bytes()).skip_while(|&digit| digit == b'0');
    // Everything behind the last digit that is not zero is only scale.
    let count = significant.clone().count();
    let zeros = whole.bytes().chain(fraction.bytes()).rev().take_while(|&digit| digit == b'0').count().min(count);
    let kept = count - zeros;
    if kept == 0 {
        return Some(0);
    }
    // u64::MAX has twenty digits.
    if kept > 20 {
        return None;
    }
    let exponent = exponent.parse::<i64>().ok()?;
    let scale = exponent.checked_add(i64::try_from(zeros).ok()?)?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    if !(0..=20).contains(&scale) {
        return None;
    }
    let value = significant.take(kept).fold(0i128, |value, digit| value * 10 + i128::from(digit - b'0'));
    (0..scale).try_fold(value, |value, _| value.checked_mul(10))
}

/// The double nearest to a number in JSON's grammar; `None` when it is beyond the largest.
pub(super) fn double(number: &str) -> Option<f64> {
    number.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// The double that a JSON string stands for: a number or one of the three names.
pub(super) fn named_double(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        number => is_number(number).then(|| double(number)).flatten(),
    }
}

/// Whether the whole text is a number by JSON's grammar.
pub(super) fn is_number(text: &str) -> bool {
    number_len(text.as_bytes()) == Some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: integers in every notation that JSON allows, up to the edges of 64 bits.
    /// Guarantees: exact, never rounded, and nothing that is not an integer passes.
    #[test]
    fn integers_are_exact() {
        let cases = [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("9007199254740993", Some(9_007_199_254_740_993)),
            ("18446744073709551615", Some(i128::from(u64::MAX))),
            ("-9223372036854775808", Some(i128::from(i64::MIN))),
            ("1.0", Some(1)),
            ("1.50e2", Some(150)),
            ("15e-1", None),
            ("10e-1", Some(1)),
            ("1e19", Some(10_000_000_000_000_000_000)),
            ("1.7954294770220000e18", Some(1_795_429_477_022_000_000)),
            ("0.000e999999999999999999", Some(0)),
            ("1e999999999999999999999", None),
            ("1e30", None),
            ("0.5", None),
        ];
        for (text, expected) in cases {
            assert!(is_number(text), "{text}");
            assert_eq!(integer(text), expected, "{text}");
        }
    }

    /// Scenario: what JSON does not count as a number.
    /// Guarantees: none of it passes as one.
    #[test]
    fn grammar() {
        for text in ["", "-", "+1", "01", ".5", "1.", "1e", "1e+", "0x1", " 1", "1 ", "NaN", "1_0", "١"] {
            assert!(!is_number(text), "{text:?}");
        }
        assert_eq!(double("1e400"), None);
        assert_eq!(named_double("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!(named_double("infinity"), None);
        assert_eq!(named_double("2.5"), Some(2.5));
    }
}
