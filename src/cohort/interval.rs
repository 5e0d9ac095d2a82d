//! Wilson's score interval: how sure a ratio is.

use serde::Serialize;

/// The quantile of the normal distribution for a two-sided interval of 95 %.
pub const Z_95: f64 = 1.96;

/// Lower and upper bound of a ratio, both within 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The ratio is hardly below this.
    pub lower: f64,
    /// The ratio is hardly above this.
    pub upper: f64,
}

/// Wilson's interval for `x` events in `n` trials at the normal quantile `z`.
///
/// Both may be effective (fractional) numbers, as weighted samples have. `None` without trials, and for
/// numbers that are none: negative, infinite, more events than trials (but for a rounding error).
pub fn wilson(x: f64, n: f64, z: f64) -> Option<Interval> {
    let sane = x.is_finite() && n.is_finite() && z.is_finite() && n > 0.0 && x >= 0.0 && z >= 0.0;
    if !sane || x > n * (1.0 + 1e-9) {
        return None;
    }
    let ratio = (x / n).min(1.0);
    let z2 = z * z;
    let centre = ratio + z2 / (2.0 * n);
    let spread = z * (ratio * (1.0 - ratio) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // At the ends the bound is exact; rounding would leave it at 1e-17 or so.
    let lower = if ratio == 0.0 { 0.0 } else { ((centre - spread) / scale).clamp(0.0, 1.0) };
    let upper = if ratio == 1.0 { 1.0 } else { ((centre + spread) / scale).clamp(0.0, 1.0) };
    Some(Interval { lower, upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    /// Scenario: intervals whose bounds were computed by hand and by PromQL.
    /// Guarantees: the bounds agree to twelve digits.
    #[test]
    fn known_values() {
        let some = wilson(18.0, 60.0, Z_95).unwrap();
        assert!(close(some.lower, 0.198_980_102_527_26), "{some:?}");
        assert!(close(some.upper, 0.425_089_469_663_904), "{some:?}");
        let none = wilson(0.0, 10.0, Z_95).unwrap();
        assert_eq!(none.lower, 0.0);
        // z^2 / (n + z^2)
        assert!(close(none.upper, 3.8416 / 13.8416), "{none:?}");
        let all = wilson(10.0, 10.0, Z_95).unwrap();
        assert_eq!(all.upper, 1.0);
        assert!(close(all.lower, 10.0 / 13.8416), "{all:?}");
    }

    /// Scenario: the same ratio from ever more trials.
    /// Guarantees: the interval holds the ratio and only becomes narrower.
    #[test]
    fn narrows_with_n() {
        let mut width = 1.0;
        for n in [5.0, 20.0, 100.0, 1_000.0, 1e6] {
            let interval = wilson(n * 0.2, n, Z_95).unwrap();
            assert!(interval.lower < 0.2 && 0.2 < interval.upper);
            assert!(interval.upper - interval.lower < width);
            width = interval.upper - interval.lower;
        }
    }

    /// Scenario: numbers that describe no sample.
    /// Guarantees: there is no interval, rather than a wrong one.
    #[test]
    fn nonsense_has_no_interval() {
        for (x, n) in [(0.0, 0.0), (-1.0, 5.0), (6.0, 5.0), (f64::NAN, 5.0), (1.0, f64::INFINITY)] {
            assert_eq!(wilson(x, n, Z_95), None, "{x} of {n}");
        }
    }
}
