//! What a refusal check says.

/// Refused, answered, or not to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The answer declines.
    Refused,
    /// The answer answers.
    Answered,
    /// Neither can be said: no text, or a language without patterns.
    Undetermined,
}

impl Outcome {
    /// The value of `isogloss.refusal.verdict` and of the label `outcome`.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Refused => "refused",
            Outcome::Answered => "answered",
            Outcome::Undetermined => "undetermined",
        }
    }
}

/// Why it declined, or why it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It will not.
    Policy,
    /// It says it is not able to.
    Capability,
    /// A content filter stopped it.
    Filtered,
    /// Output tokens were paid for, but there is neither text nor tool call nor error.
    Silent,
    /// No patterns for the language of the answer.
    NotCovered,
    /// Nothing to judge.
    NoText,
}

impl Kind {
    /// The value of `isogloss.refusal.kind`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Policy => "policy",
            Kind::Capability => "capability",
            Kind::Filtered => "filtered",
            Kind::Silent => "silent",
            Kind::NotCovered => "not_covered",
            Kind::NoText => "no_text",
        }
    }
}

/// What said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A field or finish reason of the provider.
    Signal,
    /// The words of the answer.
    Pattern,
}

impl Source {
    /// The value of `isogloss.refusal.source`.
    pub const fn name(self) -> &'static str {
        match self {
            Source::Signal => "signal",
            Source::Pattern => "pattern",
        }
    }
}

/// The result of a refusal check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Refused or not.
    pub outcome: Outcome,
    /// More about it; `None` for an answer.
    pub kind: Option<Kind>,
    /// What said so; `None` when nothing could.
    pub source: Option<Source>,
}
