//! Exponential and logarithm out of operations that are the same on every machine; those of the C library are not, and a
//! model has to come out of its training text bit for bit.

/// e to the power of `x`, with a relative error below 1e-6; 0 below -87, and as at 88 above it.
pub fn exp(x: f32) -> f32 {
    if x < -87.0 {
        return 0.0;
    }
    let x = x.min(88.0);
    let turned = x * std::f32::consts::LOG2_E;
    let whole = (turned + if turned < 0.0 { -0.5 } else { 0.5 }) as i32;
    // ln 2 in two parts, so that the remainder is exact.
    let rest = x - whole as f32 * 0.693_359_4 + whole as f32 * 2.121_944_4e-4;
    let series = 1.0
        + rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0 + rest * (1.0 / 120.0 + rest / 720.0)))));
    series * f32::from_bits(((whole + 127) as u32) << 23)
}

/// The natural logarithm of a positive normal number, with an error below 1e-9; that of the smallest one below it.
pub fn ln(x: f64) -> f64 {
    let bits = x.max(f64::MIN_POSITIVE).to_bits();
    let mut power = (bits >> 52) as i64 - 1023;
    let mut mantissa = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        power += 1;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)).
    let y = (mantissa - 1.0) / (mantissa + 1.0);
    let square = y * y;
    let mut series = 0.0;
    for n in (0..9).rev() {
        series = series * square + 1.0 / f64::from(2 * n + 1);
    }
    2.0 * y * series + power as f64 * std::f64::consts::LN_2
}

/// `n` to the power of `-exponent`, for counts; 1 for 0.
pub fn shrink(n: u32, exponent: f32) -> f32 {
    if n < 2 { 1.0 } else { exp(-exponent * ln(f64::from(n)) as f32) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: numbers over the whole range that is used.
    /// Guarantees: as near to the C library's as the documentation says.
    #[test]
    fn near_the_library() {
        for n in -8700..880 {
            let x = n as f32 / 100.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 3e-6, "{x}: {} {}", exp(x), x.exp());
        }
        for n in 1..20_000 {
            let x = f64::from(n) * 0.37;
            assert!((ln(x) - x.ln()).abs() < 1e-9, "{x}");
        }
        assert_eq!((exp(-100.0), shrink(0, 0.7), shrink(1, 0.7)), (0.0, 1.0, 1.0));
        assert!((shrink(16, 0.5) - 0.25).abs() < 1e-6);
    }
}
