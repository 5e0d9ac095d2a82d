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
    /// It will not, or may not.
    Policy,
    /// It says it is not able to.
    Capability,
    /// It has not got the data, or cannot get at it.
    NoAccess,
    /// That is not what it is there for.
    Scope,
    /// It would rather not.
    Soft,
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
            Kind::NoAccess => "no_access",
            Kind::Scope => "scope",
            Kind::Soft => "soft",
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
    /// The words of the answer, by the grammar of its language.
    Pattern,
    /// The sense of the answer, by a classifier over its embedding.
    Model,
    /// A judge that read it.
    Judge,
}

impl Source {
    /// The value of `isogloss.refusal.source`.
    pub const fn name(self) -> &'static str {
        match self {
            Source::Signal => "signal",
            Source::Pattern => "pattern",
            Source::Model => "model",
            Source::Judge => "judge",
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
    /// The sentence that declines; `None` when it was not words that said so.
    pub evidence: Option<Evidence>,
}

/// Where in the answer something stands, in bytes of its text. Never the words themselves: a verdict may travel where the
/// text may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The first byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
}

impl Verdict {
    /// A verdict without words that show it.
    pub const fn new(outcome: Outcome, kind: Option<Kind>, source: Option<Source>) -> Verdict {
        Verdict { outcome, kind, source, evidence: None }
    }
}
