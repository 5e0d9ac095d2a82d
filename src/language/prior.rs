//! The language of a turn, where its text alone does not tell it.
//!
//! A text that was told with certainty `high` speaks for itself. Below that, what else is known is weighed with it by
//! Bayes' rule: what the session spoke before, the other texts of the trace, and which languages the product serves.
//! The raw verdict is never changed; what comes out stands beside it and says where it comes from.
//!
//! With `L` languages that could be said, `q(l)` the share that the verdict on the text gives to language `l`, and for
//! each other view its share `p(l)` and how far it can be relied on `k`:
//!
//! ```text
//! share of l  ~  q(l) * product over the views of (k p(l) + (1 - k) / L) * (0.02 if q is a guess and l not served, else 1)
//! ```
//!
//! Numbers and where they come from:
//!
//! | what | value | from |
//! | --- | --- | --- |
//! | a user goes on in the language of the turn before | `k` = 0.9 | measured on sessions of ten short texts, [below](#measured) |
//! | another text of the trace is in the question's language | `k` = 0.8 | a judgement: answers in a wrong language are what this program looks for, so they count less than what the user said before |
//! | a language that is not served, where the text is a guess (certainty `low` or `und`) | 0.02 | measured elsewhere on words and pairs of words, and [below](#measured): on `medium` texts it makes one in forty in other languages wrong and next to none in served ones right |
//! | a language is said from a share of | 0.5 | where a detector's `medium` begins |
//! | a text is short below | 16 letters | measured, [below](#measured) |
//! | `L` | 200 | the labels of a detector in round numbers; the order of magnitude counts |
//!
//! # Measured
//!
//! `ISOGLOSS_LID_TSV=dev.tsv cargo test --lib prior::measure -- --ignored --nocapture`, with the model that is built in.
//! Of short texts in its languages, right and wrong (the others are `und`); of pieces of six words in languages that nobody
//! serves, how many are given another:
//!
//! | | users stay | one turn in ten in another language | nobody serves it |
//! | --- | --- | --- | --- |
//! | text alone | 86.6 %, 3.8 % | 86.7 %, 3.6 % | 24.7 % |
//! | with the session | 95.3 %, 2.7 % | 94.4 %, 3.2 % | 37.5 % |
//! | the same, short below 12 letters | 94.7 %, 2.8 % | 93.9 %, 3.0 % | 37.3 % |
//! | the same, short below 24 letters | 95.7 %, 2.7 % | 94.7 %, 3.4 % | 40.1 % |
//! | with `k` = 0.8 (short below 24) | 95.4 %, 2.7 % | 94.5 %, 3.2 % | 39.2 % |
//!
//! So a session makes half of what was `und` or wrong right, and it spreads one error over the turns of a user whose
//! language nobody serves: `isogloss_turn_language_sources_total{source="session"}` says how much rests on it.
//!
//! With twelve served languages, single short texts: in them 92.8 to 97.9 % right and 0.7 to 2.1 % wrong; in others 88.0 %
//! right as before and 3.5 to 6.5 % wrong. Were `medium` texts weighed too: 98.3 and 1.7 %; 85.4 and 9.1 %. List what you
//! serve in full, or nothing.

use super::compare::group;
use super::posterior::View;
use super::{Certainty, Posterior, Tag, Verdict};
use crate::text::script::weighs;
use ahash::AHashSet;

/// How sure it is that a user goes on in the language of the turn before.
const STAYS: f32 = 0.9;

/// How sure it is that another text of the trace is in the language of the question.
const SHARED: f32 = 0.8;

/// What a language that is not served counts beside one that is.
const NOT_SERVED: f32 = 0.02;

/// Share from which a language is said.
const SAID: f32 = 0.5;

/// Letters from which a text that could not be told is taken for one in a language that the detector does not know,
/// rather than for one that is too short.
const SHORT_LETTERS: u32 = 16;

/// Texts beside the question that are looked at.
const MAX_BESIDE: usize = 3;

/// Where the language of a turn comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The text alone told it.
    Text,
    /// The text, with the languages that the product serves.
    Served,
    /// Other texts of the same trace.
    Trace,
    /// What the session spoke before.
    Session,
    /// Nothing told it.
    None,
}

impl Source {
    /// All of them, in the order in which series are created.
    pub const ALL: [Source; 5] = [Source::Text, Source::Served, Source::Trace, Source::Session, Source::None];

    /// The value of the label `source` and of `isogloss.cohort.language_source`.
    pub const fn name(self) -> &'static str {
        match self {
            Source::Text => "text",
            Source::Served => "served",
            Source::Trace => "trace",
            Source::Session => "session",
            Source::None => "none",
        }
    }
}

/// The language of a turn (or of its answer): the cohort that it counts in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CohortLanguage {
    /// The language; `und` when nothing tells it with certainty `medium` at least.
    pub language: Tag,
    /// Its share, 0 to 1; 0 for `und`.
    pub confidence: f32,
    /// Where it comes from.
    pub source: Source,
}

impl CohortLanguage {
    /// Nothing told it.
    pub const UNDETERMINED: CohortLanguage =
        CohortLanguage { language: Tag::UND, confidence: 0.0, source: Source::None };

    /// What the text alone says: its language at certainty `high` or `medium`, else `und`.
    pub fn of_text(verdict: &Verdict) -> CohortLanguage {
        match verdict.cohort() {
            Tag::UND => CohortLanguage::UNDETERMINED,
            language => CohortLanguage { language, confidence: verdict.confidence, source: Source::Text },
        }
    }
}

impl Verdict {
    /// The language that the text counts in: its own at certainty `high` or `medium`, else `und`, so that no guess
    /// enters the rates of a language.
    pub fn cohort(&self) -> Tag {
        if self.certainty >= Certainty::Medium { self.language } else { Tag::UND }
    }
}

/// What is known about the language of one text.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What the detector said about the text.
    pub verdict: &'a Verdict,
    /// Whether the text is too short for the detector's silence to mean anything; see [`is_short`].
    pub short: bool,
    /// Verdicts on other texts that should be in the same language: the answer, other texts of the user's.
    pub beside: &'a [&'a Verdict],
    /// What the session spoke before.
    pub session: Option<Posterior>,
}

impl<'a> Known<'a> {
    /// A text of which nothing else is known, and which is long enough to be told.
    pub fn alone(verdict: &'a Verdict) -> Known<'a> {
        Known { verdict, short: false, beside: &[], session: None }
    }
}

/// Whether a text is so short that a detector may fail to tell a language that it knows. A letter of a script that
/// writes a syllable or a word with one counts as three.
pub fn is_short(text: &str) -> bool {
    !weighs(text, SHORT_LETTERS)
}

/// Decides about uncertain texts, knowing which languages the product serves.
#[derive(Debug, Clone, Default)]
pub struct Prior {
    /// Primary subtags, of macrolanguages where short texts are not told apart: `pt` for `pt-BR`, `sh` for `hr`.
    served: AHashSet<String>,
}

impl Prior {
    /// With the served languages; without any, none is preferred. What is no tag is left out.
    pub fn new(served: &[String]) -> Prior {
        let tags = served.iter().filter_map(|text| Tag::parse(text));
        Prior { served: tags.filter(Tag::is_language).map(|tag| group(tag.primary()).to_owned()).collect() }
    }

    /// The language of the turn.
    ///
    /// A text that is sure is left alone, and so is one that surely is in several languages or in none. A text that
    /// says something (certainty `medium`, or not short) only moves among its own candidates: its detector would have
    /// named the language if it were another one. Texts beside it can help a guess, not contradict a `medium` text.
    pub fn decide(&self, known: &Known<'_>) -> CohortLanguage {
        let own = CohortLanguage::of_text(known.verdict);
        if is_settled(known.verdict) {
            return own;
        }
        let beside = if own.source == Source::None { known.beside } else { &[] };
        let best = |beside: &[&Verdict], session: Option<Posterior>| {
            self.weigh(&Known { beside, session, ..*known }).best().filter(|(_, share)| *share >= SAID)
        };
        let Some((language, confidence)) = best(beside, known.session) else { return own };
        let told_by = |found: Option<(Tag, f32)>| found.is_some_and(|(tag, _)| tag == language);
        let source = if own.language == language {
            Source::Text
        } else if told_by(best(&[], None)) {
            // Without served languages the text's own candidates reach a share of 0.5 only where the detector's bounds
            // for its certainties are stricter than ours: it is the text that told it then.
            if self.served.is_empty() { Source::Text } else { Source::Served }
        } else if told_by(best(beside, None)) {
            Source::Trace
        } else {
            Source::Session
        };
        CohortLanguage { language, confidence, source }
    }

    /// What is believed about the session's language after a further text of the user's, from those texts alone: an
    /// agent that answers in a wrong language does not teach it. `None` while there is nothing to believe.
    pub fn remember(&self, verdict: &Verdict, short: bool, session: Option<Posterior>) -> Option<Posterior> {
        let learned = if !is_settled(verdict) {
            self.weigh(&Known { verdict, short, beside: &[], session })
        } else if verdict.language.is_language() {
            Posterior::of(verdict)
        } else {
            return session;
        };
        Some(learned).filter(|learned| learned.best().is_some())
    }

    /// The shares of all candidates. With nothing but the text these are its own, weighed by what is served.
    fn weigh(&self, known: &Known<'_>) -> Posterior {
        let mut views = [View { shares: Posterior::UNKNOWN, reliance: 0.0, closed: false }; 2 + MAX_BESIDE];
        let text = View {
            shares: Posterior::of(known.verdict),
            reliance: 1.0,
            closed: !known.short || known.verdict.certainty >= Certainty::Medium,
        };
        let session = known.session.map(|shares| View { shares, reliance: STAYS, closed: false });
        let told = known.beside.iter().filter(|verdict| verdict.certainty >= Certainty::Medium);
        let beside = told.map(|verdict| View { shares: Posterior::of(verdict), reliance: SHARED, closed: false });
        let mut count = 0;
        for (place, view) in views.iter_mut().zip(std::iter::once(text).chain(session).chain(beside)) {
            *place = view;
            count += 1;
        }
        // What the text says with some certainty is reported, whether it is served or not.
        let open = self.served.is_empty() || known.verdict.certainty >= Certainty::Medium;
        Posterior::product(views.iter().take(count), |tag| match tag {
            _ if open => 1.0,
            Some(tag) if self.served.contains(group(tag.primary())) => 1.0,
            _ => NOT_SERVED,
        })
    }
}

/// Whether the text alone decides: it is sure, or it surely is in several languages or in none.
fn is_settled(verdict: &Verdict) -> bool {
    match verdict.language {
        Tag::UND => false,
        language if language.is_language() => verdict.certainty == Certainty::High,
        _ => verdict.certainty >= Certainty::Medium,
    }
}

#[cfg(test)]
mod measure;
#[cfg(test)]
mod tests;
