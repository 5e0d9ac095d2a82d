//! What can go wrong with a judge.

/// A closed set: the values of the label `status` of requests and the reason codes of `error` verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// No answer in time.
    Timeout,
    /// 429.
    RateLimited,
    /// 500 to 599.
    Http5xx,
    /// 400 to 499 but 429 and 408.
    Http4xx,
    /// Any other status that is not success.
    HttpOther,
    /// No connection, or one that broke.
    Connect,
    /// An answer that cannot be read, or with a label that was not offered.
    InvalidOutput,
    /// The judge declined, or its provider's filter stopped it.
    JudgeRefused,
    /// The queue was full.
    Shed,
    /// The program stopped before the judge answered.
    Shutdown,
}

impl FaultCode {
    /// All of them, in the order in which series are created.
    pub const ALL: [FaultCode; 10] = [
        FaultCode::Timeout,
        FaultCode::RateLimited,
        FaultCode::Http5xx,
        FaultCode::Http4xx,
        FaultCode::HttpOther,
        FaultCode::Connect,
        FaultCode::InvalidOutput,
        FaultCode::JudgeRefused,
        FaultCode::Shed,
        FaultCode::Shutdown,
    ];

    /// The code in labels.
    pub const fn name(self) -> &'static str {
        match self {
            FaultCode::Timeout => "timeout",
            FaultCode::RateLimited => "rate_limited",
            FaultCode::Http5xx => "http_5xx",
            FaultCode::Http4xx => "http_4xx",
            FaultCode::HttpOther => "http_other",
            FaultCode::Connect => "connect",
            FaultCode::InvalidOutput => "invalid_output",
            FaultCode::JudgeRefused => "judge_refused",
            FaultCode::Shed => "shed",
            FaultCode::Shutdown => "shutdown",
        }
    }

    /// The code of a status that is not success.
    pub(super) const fn of_status(status: u16) -> Self {
        match status {
            408 => FaultCode::Timeout,
            429 => FaultCode::RateLimited,
            400..=499 => FaultCode::Http4xx,
            500..=599 => FaultCode::Http5xx,
            _ => FaultCode::HttpOther,
        }
    }
}

/// A judge's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.name())]
pub struct Fault {
    /// Which.
    pub code: FaultCode,
    /// More about it; may hold words of the judge.
    pub detail: String,
}

impl Fault {
    /// A fault.
    pub fn new(code: FaultCode, detail: impl Into<String>) -> Self {
        Fault { code, detail: detail.into() }
    }
}
