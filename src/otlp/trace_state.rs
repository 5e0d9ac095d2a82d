//! How many traces one stands for after sampling upstream, as `tracestate` says it.

/// Bytes of `tracestate` that are read; W3C asks for 512 at least, and longer ones are cut by well-behaved clients.
const MAX_BYTES: usize = 4_096;

/// Digits of a whole threshold: 56 bits.
const DIGITS: usize = 14;

/// The adjusted count of OpenTelemetry's entry, `ot=th:<1 to 14 hex digits>`, and 1 without a valid one.
///
/// The threshold T is the share of traces that was left out, padded with zeros to 56 bits, so one trace stands for
/// `2^56 / (2^56 - T)`: `th:0` is 1, `th:8` is 2, `th:c` is 4.
pub fn adjusted_count(trace_state: &str) -> f64 {
    if trace_state.len() > MAX_BYTES {
        return 1.0;
    }
    let entry = trace_state.split(',').find_map(|entry| entry.trim_matches([' ', '\t']).strip_prefix("ot="));
    let threshold = entry.and_then(|value| value.split(';').find_map(|member| member.strip_prefix("th:")));
    threshold.and_then(count).unwrap_or(1.0)
}

fn count(digits: &str) -> Option<f64> {
    if digits.is_empty() || digits.len() > DIGITS || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let threshold = u64::from_str_radix(digits, 16).ok()? << (4 * (DIGITS - digits.len()));
    let all = 1_u64 << 56;
    Some(all as f64 / (all - threshold) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Scenario: thresholds as samplers write them, alone and among other vendors' entries and members.
    /// Guarantees: each gives the count that OpenTelemetry defines.
    #[test]
    fn valid() {
        for (state, expected) in [
            ("ot=th:0", 1.0),
            ("ot=th:8", 2.0),
            ("ot=th:c", 4.0),
            ("ot=th:c000", 4.0),
            ("ot=th:fd70a3d70a3d7", 100.0),
            ("dd=s:1;t.dm:-4,ot=rv:d29d6a7215ced0;th:8,rojo=00f067aa0ba902b7", 2.0),
            ("vendor=x , ot=th:8;other:y", 2.0),
            ("ot=th:ffffffffffffff", 72_057_594_037_927_936.0),
        ] {
            let count = adjusted_count(state);
            assert!((count / expected - 1.0).abs() < 1e-6, "{state}: {count}");
        }
    }

    /// Scenario: no entry, a wrong one, another vendor's with the same words.
    /// Guarantees: the count is 1.
    #[test]
    fn absent_or_invalid() {
        for state in [
            "",
            "ot=",
            "ot=th:",
            "ot=th:g",
            "ot=th:C",
            "ot=th:+8",
            "ot=th:000000000000000",
            "ot=p:8;r:62",
            "xot=th:8",
            "dd=ot:th:8",
            "ot=xth:8",
            "ot",
            ",,,",
        ] {
            assert_eq!(adjusted_count(state), 1.0, "{state}");
        }
        assert_eq!(adjusted_count(&format!("{},ot=th:8", "a=b,".repeat(2_000))), 1.0);
    }

    proptest! {
        /// Scenario: any text at all.
        /// Guarantees: no panic, and a finite count of at least 1.
        #[test]
        fn anything(state in "\\PC{0,80}", digits in "[0-9a-f]{0,16}") {
            for text in [state.clone(), format!("ot=th:{digits}"), format!("{state},ot=th:{digits};{state}")] {
                let count = adjusted_count(&text);
                prop_assert!(count.is_finite() && count >= 1.0);
            }
        }
    }
}
