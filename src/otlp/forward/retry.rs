//! What is tried again, and when.

use crate::config;
use crate::otlp::status::{self, PartialSuccess};
use std::time::{Duration, Instant, SystemTime};
use tonic::Code;

/// One attempt's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attempt {
    /// Taken.
    Delivered,
    /// Taken in part, or with a warning.
    Partial { rejected: u64, message: String },
    /// Refused for good.
    Rejected { code: Code, message: String },
    /// A fault that may pass.
    Fault { reason: &'static str, message: String, pause: Option<Duration> },
}

/// What a gRPC status is to us. RESOURCE_EXHAUSTED passes only where the server says when.
pub(super) fn by_code(code: Code, message: String, retry_info: Option<Duration>) -> Attempt {
    if status::retryable(code, retry_info.is_some()) {
        Attempt::Fault { reason: status::name(code), message, pause: retry_info }
    } else {
        Attempt::Rejected { code, message }
    }
}

/// What an HTTP status other than 2xx is to us.
pub(super) fn by_http_status(http: u16, message: String, pause: Option<Duration>) -> Attempt {
    match status::http_fault(http) {
        Some(reason) => Attempt::Fault { reason, message, pause },
        None => Attempt::Rejected { code: status::from_http(http), message },
    }
}

impl From<PartialSuccess> for Attempt {
    fn from(partial: PartialSuccess) -> Self {
        if partial.is_empty() {
            return Attempt::Delivered;
        }
        Attempt::Partial { rejected: partial.rejected, message: partial.message }
    }
}

/// Reads `Retry-After`: seconds, or a date.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// The pauses between the attempts of one request.
pub(super) struct Backoff {
    initial: Duration,
    max: Duration,
    attempt: u32,
    until: Option<Instant>,
}

impl Backoff {
    /// Begins at `now`; `None` as the end means that the clock cannot say it, so never.
    pub fn new(retry: &config::Retry, now: Instant) -> Self {
        Backoff {
            initial: retry.initial.get(),
            max: retry.max.get(),
            attempt: 0,
            until: now.checked_add(retry.max_elapsed.get()),
        }
    }

    /// When retrying ends.
    pub const fn until(&self) -> Option<Instant> {
        self.until
    }

    /// The next pause, or none when it would reach beyond the end. `random` is in 0..1: full jitter between nothing and the
    /// exponential bound; a server's own pause is kept to, up to the longest we make, with a little jitter on top.
    pub fn pause(&mut self, asked: Option<Duration>, random: f64, now: Instant) -> Option<Duration> {
        let bound = self.initial.saturating_mul(2u32.saturating_pow(self.attempt)).min(self.max);
        self.attempt = self.attempt.saturating_add(1);
        let pause = match asked {
            Some(asked) if !asked.is_zero() => asked.min(self.max) + self.initial.mul_f64(random),
            _ => bound.mul_f64(random),
        };
        match self.until {
            Some(until) if now.checked_add(pause).is_none_or(|end| end > until) => None,
            _ => Some(pause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff(now: Instant) -> Backoff {
        let ms = config::Duration::from_millis;
        Backoff::new(&config::Retry { initial: ms(100), max: ms(1000), max_elapsed: ms(10_000) }, now)
    }

    /// Scenario: every gRPC code, with and without RetryInfo.
    /// Guarantees: exactly OTLP's retryable codes are tried again; RESOURCE_EXHAUSTED only with RetryInfo.
    #[test]
    fn grpc_codes() {
        let pause = Some(Duration::from_secs(1));
        let mut passing = Vec::new();
        for code in (1..17).map(Code::from) {
            if matches!(by_code(code, String::new(), None), Attempt::Fault { .. }) {
                passing.push(code as i32);
            }
        }
        assert_eq!(passing, [1, 4, 10, 11, 14, 15]);
        assert!(matches!(
            by_code(Code::ResourceExhausted, String::new(), pause),
            Attempt::Fault { pause: Some(_), .. }
        ));
        assert!(matches!(by_code(Code::Internal, String::new(), pause), Attempt::Rejected { .. }));
    }

    /// Scenario: every HTTP status from 300 to 599.
    /// Guarantees: exactly 429, 502, 503 and 504 are tried again.
    #[test]
    fn http_statuses() {
        let passing: Vec<u16> = (300..600)
            .filter(|&status| matches!(by_http_status(status, String::new(), None), Attempt::Fault { .. }))
            .collect();
        assert_eq!(passing, [429, 502, 503, 504]);
    }

    /// Scenario: both forms of Retry-After, a date that has passed, and nonsense.
    /// Guarantees: the pause that was meant, none for the past, nothing for nonsense.
    #[test]
    fn retry_after_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 30);
        assert_eq!(retry_after(" 120 ", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", SystemTime::now()), Some(Duration::ZERO));
        for nonsense in ["", "-1", "soon", "1.5"] {
            assert_eq!(retry_after(nonsense, now), None, "{nonsense}");
        }
    }

    /// Scenario: many failures in a row without a word from the server.
    /// Guarantees: the bound doubles up to the maximum, the jitter is full, and retrying ends in time.
    #[test]
    fn exponential_with_full_jitter() {
        let now = Instant::now();
        let mut backoff = backoff(now);
        let bounds: Vec<_> = (0..6).map(|_| backoff.pause(None, 1.0, now).unwrap().as_millis()).collect();
        assert_eq!(bounds, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(backoff.pause(None, 0.0, now), Some(Duration::ZERO));
        assert_eq!(backoff.pause(None, 1.0, now + Duration::from_millis(9_500)), None);
        for _ in 0..100 {
            backoff.pause(None, 1.0, now);
        }
        assert_eq!(backoff.pause(None, 1.0, now), Some(Duration::from_secs(1)));
    }

    /// Scenario: the server asks for 300 ms, for an hour, and for nothing.
    /// Guarantees: never earlier than asked, never later than our own maximum plus jitter; zero means our own backoff.
    #[test]
    fn servers_pauses_are_kept() {
        let now = Instant::now();
        let mut backoff = backoff(now);
        assert_eq!(backoff.pause(Some(Duration::from_millis(300)), 0.0, now), Some(Duration::from_millis(300)));
        assert_eq!(backoff.pause(Some(Duration::from_secs(3600)), 1.0, now), Some(Duration::from_millis(1100)));
        assert_eq!(backoff.pause(Some(Duration::ZERO), 1.0, now), Some(Duration::from_millis(400)));
    }
}
