//! The check: signals first, then the opening of the answer.

use std::cell::RefCell;
use std::collections::HashMap;

use super::grammar::{
    Board, File, Finds, Judgement, Language, Languages, Lexicon, Line, MAX_LANGUAGES, PatternError, Reason, Words,
    numbers,
};
use super::language::{FILES, concerns, related};
use super::opening::Opening;
use super::{Evidence, Kind, Outcome, Signals, Source, Verdict};
use crate::language::{Certainty, Tag};

/// Says whether an answer declines.
pub struct Detector {
    pub(super) languages: Vec<Language>,
    pub(super) lexicon: Lexicon,
    /// By primary subtag: the files that an answer in a language is held against.
    concerned: HashMap<Tag, Concerned>,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Detector").field("languages", &self.covered_languages().collect::<Vec<_>>()).finish()
    }
}

/// Files that an answer is held against.
#[derive(Debug, Clone, Copy, Default)]
struct Concerned {
    /// That of the language itself.
    own: Languages,
    /// With those of its relatives.
    all: Languages,
}

/// Buffers of a thread.
#[derive(Default)]
struct Scratch {
    opening: Opening,
    finds: Finds,
    board: Board,
    /// Languages in which a sentence declines.
    declining: Vec<(usize, Reason)>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

impl Detector {
    /// Compiles the grammars of all languages: some quarter of a second, once.
    ///
    /// # Errors
    /// A language file of ours is wrong; the tests would not have passed.
    pub fn new() -> Result<Detector, PatternError> {
        Detector::from_files(FILES)
    }

    /// Compiles these language files.
    pub(super) fn from_files<T: AsRef<str> + Sync>(files: &[T]) -> Result<Detector, PatternError> {
        let mut languages: Vec<Language> = Vec::new();
        let mut words = Vec::new();
        for compiled in compile(files) {
            let (name, language, own) = compiled?;
            if languages.iter().any(|other| other.tag.primary() == language.tag.primary()) {
                return Err(PatternError::Twice(name));
            }
            if languages.len() == MAX_LANGUAGES {
                return Err(PatternError::TooMany);
            }
            languages.push(language);
            words.push(own);
        }
        let own: Vec<Tag> = languages.iter().map(|language| Tag::literal(language.tag.primary())).collect();
        let answers = own.iter().copied().chain(related().map(Tag::literal));
        let concerned = answers.map(|answer| {
            let held = own.iter().zip(0..).fold(Concerned::default(), |held, (file, at)| Concerned {
                own: held.own | Languages::from(*file == answer) << at,
                all: held.all | Languages::from(concerns(file.as_str(), answer.as_str())) << at,
            });
            (answer, held)
        });
        let concerned = concerned.collect();
        Ok(Detector { concerned, lexicon: Lexicon::new(&words)?, languages })
    }

    /// Whether there is a grammar for a language, or for one so close that detectors take them for one another.
    pub fn covered(&self, language: Tag) -> bool {
        self.concerned(language).all != 0
    }

    /// The languages with a grammar.
    pub fn covered_languages(&self) -> impl Iterator<Item = Tag> {
        self.languages.iter().map(|language| language.tag)
    }

    /// Bytes on the heap that the compiled grammars take.
    pub fn memory(&self) -> usize {
        self.lexicon.memory()
            + self.concerned.capacity() * (size_of::<(Tag, Concerned)>() + 1)
            + self.languages.iter().map(|l| size_of::<Language>() + l.memory()).sum::<usize>()
    }

    /// Judges an answer in `language`, with what the provider said.
    ///
    /// In a covered language the answer is `refused` or `answered`. In an unknown or mixed one (`und`, `mul`) the
    /// grammars of all languages are tried: a match is `refused`, anything else is not covered. In a known language
    /// without a grammar nothing is tried. A language that is a guess (`Certainty::Low`) is tried first, then all others.
    pub fn check(&self, answer: &str, language: Tag, certainty: Certainty, signals: &Signals) -> Verdict {
        let refused = |kind| Verdict::new(Outcome::Refused, Some(kind), Some(Source::Signal));
        if signals.refusal_field {
            return refused(Kind::Policy);
        }
        if signals.filtered {
            return refused(Kind::Filtered);
        }
        if signals.silent {
            // Something was said that did not reach us: a refusal field that the client drops, or something else.
            return Verdict::new(Outcome::Undetermined, Some(Kind::Silent), Some(Source::Signal));
        }
        let undetermined = |kind| Verdict::new(Outcome::Undetermined, Some(kind), None);
        if answer.trim_start().is_empty() {
            return undetermined(Kind::NoText);
        }
        let Concerned { own, all } = self.concerned(language);
        let guess = !language.is_language() || certainty == Certainty::Low;
        let (wanted, known) = if guess { (Languages::MAX, 0) } else { (all, own) };
        match self.declines(answer, wanted, known) {
            Some((reason, evidence)) => Verdict {
                outcome: Outcome::Refused,
                kind: Some(reason.kind.into()),
                source: Some(Source::Pattern),
                evidence: Some(evidence),
            },
            None if all != 0 => Verdict::new(Outcome::Answered, None, Some(Source::Pattern)),
            None => undetermined(Kind::NotCovered),
        }
    }

    /// The languages whose files an answer in `language` is held against.
    fn concerned(&self, language: Tag) -> Concerned {
        self.concerned.get(&Tag::literal(language.primary())).copied().unwrap_or_default()
    }

    /// The first sentence of the opening that declines by the grammar of one of the `wanted` languages, and why. The word of
    /// a language that is `known` goes before that of its relatives; else a sentence that one language clears does not
    /// decline in its relatives: they share the words, and only one of them knows the idiom.
    fn declines(&self, answer: &str, wanted: Languages, known: Languages) -> Option<(Reason, Evidence)> {
        if wanted == 0 {
            return None;
        }
        SCRATCH.with_borrow_mut(|Scratch { opening, finds, board, declining }| {
            opening.find_sentence(answer, self.lexicon.alphabet(), |line, place| {
                declining.clear();
                let mut left = self.with_all_needed(wanted, line, finds);
                let mut cleared = 0;
                loop {
                    let standing = declining.iter().find(|(number, _)| !has(cleared, *number));
                    // Once one declines, only its relatives can still clear that.
                    let next = match standing {
                        Some((number, _)) if has(known, *number) => 0,
                        Some((number, _)) => left & self.relatives(*number),
                        None => left,
                    };
                    let Some(number) = numbers(next & known).chain(numbers(next)).next() else {
                        let (number, reason) = *standing?;
                        if known != 0 && !has(known, number) && self.own_clears(known, line, finds, board) {
                            return None;
                        }
                        return Some((reason, Evidence { start: place.start as u32, end: place.end as u32 }));
                    };
                    left &= !(1 << number);
                    let Some(language) = self.languages.get(number) else { continue };
                    match language.judge(finds.of(number), line, board) {
                        Judgement::Nothing => {}
                        Judgement::Cleared if has(known, number) => return None,
                        Judgement::Cleared => cleared |= self.relatives(number),
                        Judgement::Declines(reason) => declining.push((number, reason)),
                    }
                }
            })
        })
    }

    /// Whether what clears a sentence is there in a known language, in which no rule matches: a relative's rule then took
    /// one of its idioms.
    fn own_clears(&self, known: Languages, line: &Line, finds: &mut Finds, board: &mut Board) -> bool {
        self.lexicon.sort_out(known, finds);
        self.those(known, |language, number| language.clears(finds.of(number), line, board)) != 0
    }

    /// Those of the `wanted` languages of which the line has all words that some rule needs; what was found is in `finds`.
    fn with_all_needed(&self, wanted: Languages, line: &Line, finds: &mut Finds) -> Languages {
        let candidates = self.lexicon.find(line, wanted, finds);
        if candidates == 0 {
            return 0;
        }
        self.lexicon.sort_out(candidates, finds);
        self.those(candidates, |language, number| language.may_decline(finds.classes(number)))
    }

    /// Those of some languages of which this is true.
    fn those(&self, languages: Languages, mut is_true: impl FnMut(&Language, usize) -> bool) -> Languages {
        let is_true = |number: &usize| self.languages.get(*number).is_some_and(|language| is_true(language, *number));
        numbers(languages).filter(is_true).fold(0, |all, number| all | 1 << number)
    }

    /// The files that the language of a file is held against, by its number.
    fn relatives(&self, number: usize) -> Languages {
        self.languages.get(number).map_or(0, |language| self.concerned(language.tag).all)
    }
}

fn has(languages: Languages, number: usize) -> bool {
    languages >> number & 1 == 1
}

/// A language's name as its file has it, its rules, and its words.
type Compiled = (String, Language, Words);

/// Compiles files, as many at a time as there are processors, in their order.
fn compile<T: AsRef<str> + Sync>(files: &[T]) -> Vec<Result<Compiled, PatternError>> {
    let one = |text: &T| {
        let file = File::read(text.as_ref())?;
        let (language, words) = Language::compile(&file)?;
        Ok((file.language, language, words))
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let begun: Vec<_> = files
            .chunks(files.len().div_ceil(threads).max(1))
            .map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>()))
            .collect();
        let ended = begun.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        ended.flatten().collect()
    })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
