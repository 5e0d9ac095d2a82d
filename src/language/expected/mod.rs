//! In which language an answer is expected: what somebody asked for, a locale, else what the user writes.

mod asked;
mod code;
mod english;
mod label;
mod phrases;
mod tags;

pub use asked::{Asked, Speaker, asked};
pub use code::parse_locale;
pub use tags::Tags;

use super::{Certainty, Tag, Verdict};

/// What is known about the language that an answer should be in, apart from the user's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expectation {
    /// What the instructions and the user asked for.
    pub asked: Asked,
    /// The locale that the client sent with the span.
    pub locale: Option<Tag>,
}

impl Expectation {
    /// Adds what another text or span says. The first locale stands.
    pub fn merge(&mut self, other: &Expectation) {
        self.asked.merge(&other.asked);
        self.locale = self.locale.or(other.locale);
    }

    /// The expected languages, given the user's own.
    pub fn languages(&self, question: Option<(Tag, Certainty)>) -> Result<Expected, Unknown> {
        let also = self.asked.also;
        if !self.asked.only.is_empty() {
            return Ok(Expected { any_of: self.asked.only, also, named: true });
        }
        if let Some(locale) = self.locale.filter(Tag::is_language) {
            return Ok(Expected { any_of: Tags::one(locale), also, named: true });
        }
        match question {
            None => Err(Unknown::NoQuestion),
            Some((tag, _)) if !tag.is_language() => Err(Unknown::Undetermined),
            Some((_, Certainty::Low)) => Err(Unknown::LowCertainty),
            Some((tag, _)) => Ok(Expected { any_of: Tags::one(tag), also, named: false }),
        }
    }
}

/// The languages in which an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// One of these is expected.
    pub any_of: Tags,
    /// These are no fault either.
    pub also: Tags,
    /// Whether they were named, by an instruction or a locale, rather than told from the user's words. Only a named
    /// language may insist on its script.
    pub named: bool,
}

impl Expected {
    /// All languages that are no fault.
    pub fn tags(&self) -> impl Iterator<Item = Tag> {
        self.any_of.iter().chain(self.also.iter())
    }

    /// Whether a language is one of them; `None` when it is none.
    pub fn allows(&self, said: Tag) -> Option<bool> {
        if !said.is_language() {
            return None;
        }
        Some(self.tags().any(|tag| super::compare::is_same_to_a_reader(tag, said, self.named)))
    }
}

/// Why no language is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// There is no text of the user.
    NoQuestion,
    /// The user's text is in no language that could be told.
    Undetermined,
    /// The user's language is only a guess.
    LowCertainty,
}

impl Unknown {
    /// A code, fit for a label.
    pub const fn name(self) -> &'static str {
        match self {
            Unknown::NoQuestion => "no_input",
            Unknown::Undetermined => "undetermined_language",
            Unknown::LowCertainty => "low_certainty",
        }
    }
}

/// What [`Expectation::languages`] takes of a verdict.
pub fn of_question(verdict: &Verdict) -> (Tag, Certainty) {
    (verdict.language, verdict.certainty)
}

#[cfg(test)]
mod tests;
