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
    /// The class of a probability of being right: `high` from 0.9, `medium` from 0.5.
    pub fn of(trust: f32) -> Self {
        match trust {
            trust if trust >= 0.9 => Certainty::High,
            trust if trust >= 0.5 => Certainty::Medium,
            _ => Certainty::Low,
        }
    }

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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The language; `und` when it cannot be told.
    pub language: Tag,
    /// 0 to 1, as the detector understands it; 0 for `und`.
    pub confidence: f32,
    /// How far to trust it.
    pub certainty: Certainty,
    /// Other languages with their probability, best first; may be empty. Of a text in several languages these, with
    /// their share of the words.
    pub alternatives: Alternatives,
    /// ISO 15924 code of the dominant script; `Zyyy` when there are no letters.
    pub script: &'static str,
}

impl Verdict {
    /// A text whose language cannot be told.
    pub const fn undetermined(script: &'static str) -> Self {
        Verdict {
            language: Tag::UND,
            confidence: 0.0,
            certainty: Certainty::Low,
            alternatives: Alternatives::NONE,
            script,
        }
    }
}

/// Probability below which a language is not worth mentioning.
const WORTH_MENTIONING: f32 = 0.01;

/// Up to three languages with a number each, without memory of their own.
#[derive(Clone, Copy, PartialEq)]
pub struct Alternatives {
    items: [(Tag, f32); 3],
    used: u8,
}

impl Alternatives {
    /// None at all.
    pub const NONE: Alternatives = Alternatives { items: [(Tag::UND, 0.0); 3], used: 0 };

    /// The first three of `items` that are languages and worth mentioning.
    pub fn of(items: &[(Tag, f32)]) -> Self {
        items.iter().copied().collect()
    }

    fn add(&mut self, item: (Tag, f32)) {
        let worth = item.0.is_language() && item.1 >= WORTH_MENTIONING;
        if let Some(free) = self.items.get_mut(usize::from(self.used)).filter(|_| worth) {
            *free = item;
            self.used += 1;
        }
    }
}

impl FromIterator<(Tag, f32)> for Alternatives {
    fn from_iter<I: IntoIterator<Item = (Tag, f32)>>(items: I) -> Self {
        let mut found = Alternatives::NONE;
        items.into_iter().for_each(|item| found.add(item));
        found
    }
}

impl std::ops::Deref for Alternatives {
    type Target = [(Tag, f32)];

    fn deref(&self) -> &[(Tag, f32)] {
        &self.items[..usize::from(self.used)]
    }
}

impl<'a> IntoIterator for &'a Alternatives {
    type Item = &'a (Tag, f32);
    type IntoIter = std::slice::Iter<'a, (Tag, f32)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::fmt::Debug for Alternatives {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Says in which language a text is.
pub trait LanguageDetector: Send + Sync {
    /// Name and version, as in `isogloss.detector.version`.
    fn version(&self) -> &str;

    /// The language of `text`, which may be anything of any size.
    fn detect(&self, text: &str) -> Verdict;
}
