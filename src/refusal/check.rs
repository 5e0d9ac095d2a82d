//! The check: signals first, then the opening of the answer.

use std::cell::RefCell;

use aho_corasick::{AhoCorasick, MatchKind};

use super::language::FILES;
use super::pattern::{Compiled, File, PatternError};
use super::{Kind, Outcome, Signals, Source, Verdict};
use crate::language::Tag;
use crate::text::fold::{fold, fold_into};
use crate::text::{head, mask, segment};

/// A refusal is in the first sentences, or it is none.
const SENTENCES: usize = 3;
const CHARACTERS: usize = 400;

/// Bytes of an answer that are looked at, quotations included.
const READ_BYTES: usize = 8 << 10;

/// Languages as a set of bits.
type Languages = u64;

/// Says whether an answer declines.
pub struct Detector {
    languages: Vec<Compiled>,
    anchors: AhoCorasick,
    /// Which languages an anchor belongs to.
    owners: Vec<Languages>,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Detector").field("languages", &self.covered_languages().collect::<Vec<_>>()).finish()
    }
}

#[derive(Default)]
struct Scratch {
    masked: String,
    folded: String,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

impl Detector {
    /// Compiles the patterns of all languages: some tens of milliseconds, once.
    ///
    /// # Errors
    /// A pattern file of ours is wrong; the tests would not have passed.
    pub fn new() -> Result<Detector, PatternError> {
        let mut languages = Vec::new();
        let mut anchors: Vec<String> = Vec::new();
        let mut owners: Vec<Languages> = Vec::new();
        for (at, text) in FILES.iter().enumerate().take(Languages::BITS as usize) {
            let file = File::read(text)?;
            languages.push(Compiled::new(&file)?);
            for anchor in file.anchors.iter().map(|anchor| fold(anchor)) {
                let owner = 1 << at;
                match anchors.iter().position(|known| *known == anchor) {
                    Some(known) => owners[known] |= owner,
                    None => {
                        anchors.push(anchor);
                        owners.push(owner);
                    }
                }
            }
        }
        let anchors = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&anchors)?;
        Ok(Detector { languages, anchors, owners })
    }

    /// Whether there are patterns for a language.
    pub fn covered(&self, language: Tag) -> bool {
        self.of(language).is_some()
    }

    /// The languages with patterns.
    pub fn covered_languages(&self) -> impl Iterator<Item = Tag> {
        self.languages.iter().map(|language| language.tag)
    }

    /// Judges an answer in `language`, with what the provider said.
    ///
    /// In a covered language the answer is `refused` or `answered`. In an unknown or mixed one (`und`, `mul`) the
    /// patterns of all languages are tried: a match is `refused`, anything else is not covered. In a known language
    /// without patterns nothing is tried.
    pub fn check(&self, answer: &str, language: Tag, signals: &Signals) -> Verdict {
        let signal = |kind| Verdict { outcome: Outcome::Refused, kind: Some(kind), source: Some(Source::Signal) };
        if signals.refusal_field {
            return signal(Kind::Policy);
        }
        if signals.filtered {
            return signal(Kind::Filtered);
        }
        if signals.silent {
            // Something was said that did not reach us: a refusal field that the client drops, or something else.
            return Verdict { outcome: Outcome::Undetermined, kind: Some(Kind::Silent), source: Some(Source::Signal) };
        }
        let undetermined = |kind| Verdict { outcome: Outcome::Undetermined, kind: Some(kind), source: None };
        if answer.trim().is_empty() {
            return undetermined(Kind::NoText);
        }
        let (wanted, covered) = match self.of(language) {
            Some(at) => (1 << at, true),
            None if language.is_language() => (0, false),
            None => (Languages::MAX, false),
        };
        match self.declines(answer, wanted) {
            Some(kind) => Verdict { outcome: Outcome::Refused, kind: Some(kind), source: Some(Source::Pattern) },
            None if covered => Verdict { outcome: Outcome::Answered, kind: None, source: Some(Source::Pattern) },
            None => undetermined(Kind::NotCovered),
        }
    }

    fn of(&self, language: Tag) -> Option<usize> {
        self.languages.iter().position(|known| known.tag.primary() == language.primary())
    }

    fn declines(&self, answer: &str, wanted: Languages) -> Option<Kind> {
        if wanted == 0 {
            return None;
        }
        SCRATCH.with_borrow_mut(|Scratch { masked, folded }| {
            mask(head(answer, READ_BYTES), masked);
            let opening = segment::first_sentences(masked.trim_start(), SENTENCES, CHARACTERS);
            segment::sentences(opening).find_map(|sentence| {
                fold_into(sentence, CHARACTERS * 4, folded);
                let mut present = self.languages_of(folded) & wanted;
                while present != 0 {
                    let at = present.trailing_zeros() as usize;
                    present &= present - 1;
                    if let Some(kind) = self.languages.get(at).and_then(|language| language.declines(folded)) {
                        return Some(kind);
                    }
                }
                None
            })
        })
    }

    /// The languages whose anchors occur in a folded sentence.
    fn languages_of(&self, folded: &str) -> Languages {
        self.anchors
            .find_overlapping_iter(folded)
            .fold(0, |found, hit| found | self.owners.get(hit.pattern().as_usize()).copied().unwrap_or(0))
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
