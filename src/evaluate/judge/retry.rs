//! How long to wait before asking again.

use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime};

/// Pauses between attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Backoff {
    /// Upper bound of the first pause.
    pub first: Duration,
    /// Upper bound of every pause, also when the server asks for more.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { first: Duration::from_millis(500), longest: Duration::from_secs(20) }
    }
}

impl Backoff {
    /// The pause after attempt number `attempt`, counted from 0: what the server asked for, else anything up to a
    /// bound that doubles, so that clients do not come back all at once.
    pub fn pause(&self, attempt: u32, asked: Option<Duration>) -> Duration {
        if let Some(asked) = asked {
            return asked.min(self.longest);
        }
        let bound = self.first.saturating_mul(2_u32.saturating_pow(attempt)).min(self.longest);
        bound.mul_f64(rand::random::<f64>())
    }
}

/// Whether another attempt may help.
pub(super) const fn is_retryable(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504 | 529)
}

/// What the server asks for, in `retry-after-ms` or `Retry-After` (seconds or a date).
pub(super) fn asked(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0).map(|n| n.min(1e6));
    if let Some(milliseconds) = text("retry-after-ms").and_then(number) {
        return Some(Duration::from_secs_f64(milliseconds / 1e3));
    }
    let value = text(RETRY_AFTER.as_str())?;
    number(value)
        .map(Duration::from_secs_f64)
        .or_else(|| httpdate::parse_http_date(value).ok().map(|at| at.duration_since(now).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: seconds, fractions, milliseconds, dates to come and gone, and nonsense.
    /// Guarantees: each is understood or ignored.
    #[test]
    fn retry_after() {
        let now = httpdate::parse_http_date("Mon, 23 Nov 2026 12:00:00 GMT").unwrap();
        let read = |name: &'static str, value: &str| {
            asked(&HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]), now)
        };
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(read("retry-after", "7"), ms(7_000));
        assert_eq!(read("retry-after", "0.5"), ms(500));
        assert_eq!(read("retry-after-ms", "20"), ms(20));
        assert_eq!(read("retry-after", "Mon, 23 Nov 2026 12:00:03 GMT"), ms(3_000));
        assert_eq!(read("retry-after", "Mon, 23 Nov 2020 12:00:03 GMT"), ms(0));
        for nonsense in ["", "soon", "-4", "NaN", "inf", "99 bottles"] {
            assert_eq!(read("retry-after", nonsense), None, "{nonsense}");
        }
        assert_eq!(asked(&HeaderMap::new(), now), None);
        assert!(read("retry-after", "1e300").is_some());
    }

    /// Scenario: many attempts, and a server that asks for an hour.
    /// Guarantees: no pause is longer than the longest; the bound doubles.
    #[test]
    fn pauses_are_bounded() {
        let backoff = Backoff { first: Duration::from_millis(100), longest: Duration::from_secs(1) };
        for attempt in [0, 1, 2, 3, 31, 32, u32::MAX] {
            let bound = Duration::from_millis(100).saturating_mul(2_u32.saturating_pow(attempt));
            let bound = bound.min(Duration::from_secs(1));
            assert!((0..100).all(|_| backoff.pause(attempt, None) <= bound), "{attempt}");
        }
        assert_eq!(backoff.pause(0, Some(Duration::from_secs(3_600))), Duration::from_secs(1));
        assert_eq!(backoff.pause(9, Some(Duration::ZERO)), Duration::ZERO);
    }
}
