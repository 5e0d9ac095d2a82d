//! What a detector says, and the seam behind which detectors live.

use super::Tag;

/// How sure a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Certainty {
    /// A guess; counted apart.
    Low,
    /// Good enough for a cohort.
    Medium,
    /// Sure.
    High,
}

impl Certainty {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Certainty::Low => "low",
            Certainty::Medium => "medium",
            Certainty::High => "high",
        }
    }
}

/// The language of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The language; `und` when it cannot be told.
    pub language: Tag,
    /// 0 to 1, as the detector understands it; 0 for `und`.
    pub confidence: f32,
    /// How far to trust it.
    pub certainty: Certainty,
    /// Other languages with their share, best first; may be empty.
    pub alternatives: Vec<(Tag, f32)>,
    /// ISO 15924 code of the dominant script; `Zyyy` when there are no letters.
    pub script: &'static str,
}

impl Verdict {
    /// A text whose language cannot be told.
    pub const fn undetermined(script: &'static str) -> Self {
        Verdict { language: Tag::UND, confidence: 0.0, certainty: Certainty::Low, alternatives: Vec::new(), script }
    }
}

/// Says in which language a text is.
pub trait LanguageDetector: Send + Sync {
    /// Name and version, as in `isogloss.detector.version`.
    fn version(&self) -> &str;

    /// The language of `text`, which may be anything of any size.
    fn detect(&self, text: &str) -> Verdict;
}
