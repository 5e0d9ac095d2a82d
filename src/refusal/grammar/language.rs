//! One language's rules, compiled.

use std::collections::BTreeMap;

use super::board::{Board, Hit};
use super::file::RuleKind;
use super::lexeme::{Lexeme, Speller, spellings};
use super::line::Line;
use super::need::Need;
use super::sequence::{Classes, MAX_CLASSES, Sequence, parse};
use super::sketch::Sketch;
use super::words::Words;
use super::{File, PatternError};
use crate::language::Tag;

/// The most spellings of all classes of a language.
const MAX_SPELLINGS: usize = 6000;

/// The rules of one language.
#[derive(Debug)]
pub(in crate::refusal) struct Language {
    pub tag: Tag,
    spaced: bool,
    /// In an order in which each needs only those before it.
    phrases: Vec<(u8, Vec<Sequence>)>,
    /// The most telling kind first.
    rules: Vec<Rule>,
    except: Vec<(Sequence, Place)>,
    need: Need,
}

#[derive(Debug)]
struct Rule {
    kind: RuleKind,
    sequence: Sequence,
    place: Place,
}

/// Where in its file a rule or exception stands: the block, and the place in it, both counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::refusal) struct Place {
    pub block: u16,
    pub entry: u16,
}

/// What a grammar says of a sentence.
#[derive(Debug, Clone, Copy)]
pub(in crate::refusal) enum Judgement {
    /// No rule matches.
    Nothing,
    /// A rule matches, and so does what clears the sentence.
    Cleared,
    Declines(Reason),
}

/// Why a sentence declines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::refusal) struct Reason {
    pub kind: RuleKind,
    pub place: Place,
}

/// Names of classes and phrases to their number.
pub(in crate::refusal) struct Names(pub BTreeMap<String, u8>);

impl Names {
    pub fn of(file: &File) -> Result<Names, PatternError> {
        let mut names = BTreeMap::new();
        for name in file.classes.keys().chain(file.phrases.keys()) {
            let next = names.len() as u8;
            names.entry(name.clone()).or_insert(next);
        }
        let whole = |problem| PatternError::Whole { language: file.language.clone(), problem };
        if names.len() > MAX_CLASSES {
            return Err(whole(format!("more than {MAX_CLASSES} classes and phrases")));
        }
        match names.keys().find(|name| !is_name(name)) {
            Some(name) => Err(whole(format!("{name:?} is no name: a-z, 0-9, `-`, `_`, a letter first"))),
            None => Ok(Names(names)),
        }
    }

    fn number(&self, name: &str) -> Option<u8> {
        self.0.get(name).copied()
    }

    fn sequences(&self, file: &File, place: &str, rules: &[String]) -> Result<Vec<(u16, Sequence)>, PatternError> {
        let mut all = Vec::new();
        for (entry, rule) in rules.iter().enumerate() {
            let read = parse(rule, &|name| self.number(name).map(|number| 1 << number));
            let sequences = read.map_err(|problem| PatternError::Rule {
                language: file.language.clone(),
                place: place.to_owned(),
                rule: rule.clone(),
                problem,
            })?;
            all.extend(sequences.into_iter().map(|sequence| (entry as u16, sequence)));
        }
        Ok(all)
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
        && name != "unless"
}

impl Language {
    /// Compiles a file: the rules, and the words of its classes.
    pub fn compile(file: &File) -> Result<(Language, Words), PatternError> {
        let tag = Tag::parse(&file.language).filter(Tag::is_language);
        let tag = tag.ok_or_else(|| PatternError::Language(file.language.clone()))?;
        let names = Names::of(file)?;
        let (mut lexemes, mut speller) = (Vec::new(), Speller::default());
        for (class, entries) in &file.classes {
            let number = names.number(class).unwrap_or_default();
            for entry in entries {
                let read = spellings(entry, file.spaced, &mut speller).map_err(|problem| PatternError::Lexeme {
                    language: file.language.clone(),
                    class: class.clone(),
                    lexeme: entry.clone(),
                    problem,
                })?;
                lexemes.extend(read.into_iter().map(|lexeme| (number, lexeme)));
            }
        }
        if lexemes.len() > MAX_SPELLINGS {
            let problem = format!("{} spellings, more than {MAX_SPELLINGS}", lexemes.len());
            return Err(PatternError::Whole { language: file.language.clone(), problem });
        }
        let mut phrases = Vec::new();
        for (name, sequences) in &file.phrases {
            let sequences = names.sequences(file, name, sequences)?.into_iter().map(|(_, sequence)| sequence);
            phrases.push((names.number(name).unwrap_or_default(), sequences.collect()));
        }
        let mut rules = Vec::new();
        for (block, part) in file.rules.iter().enumerate() {
            let block = block as u16;
            for (entry, sequence) in names.sequences(file, "rule", &part.sequences)? {
                rules.push(Rule { kind: part.kind, sequence, place: Place { block, entry } });
            }
        }
        rules.sort_by_key(|rule| rule.kind);
        let mut except = Vec::new();
        for (block, part) in file.except.iter().enumerate() {
            for (entry, sequence) in names.sequences(file, "except", &part.sequences)? {
                except.push((sequence, Place { block: block as u16, entry }));
            }
        }
        let phrases = in_order(phrases).ok_or_else(|| PatternError::Whole {
            language: file.language.clone(),
            problem: "a phrase that needs itself".to_owned(),
        })?;
        let (key, need) = Need::new(&phrases, rules.iter().map(|rule| &rule.sequence), &common(&lexemes));
        let language = Language { tag, spaced: file.spaced, phrases, rules, except, need };
        Ok((language, Words { lexemes, key }))
    }

    /// Whether a rule may match where words of these classes were found: false for most sentences, and cheap to ask.
    pub fn may_decline(&self, found: Classes) -> bool {
        self.need.is_met(found)
    }

    /// What this grammar says of a sentence with these hits.
    pub fn judge(&self, hits: &[Hit], line: &Line, board: &mut Board) -> Judgement {
        if !self.may_match(hits, board.outline()) {
            return Judgement::Nothing;
        }
        self.lay_out(hits, line, board);
        let mut possible = self.need.rules(&self.rules, board.present());
        let Some(rule) = possible.find(|rule| board.matches(&rule.sequence)) else {
            return Judgement::Nothing;
        };
        match self.excepted(board) {
            Some(_) => Judgement::Cleared,
            None => Judgement::Declines(Reason { kind: rule.kind, place: rule.place }),
        }
    }

    /// Whether some rule may match, by where hits lie; `false` is certain. What would not count is not left out, so that
    /// nothing that may not be there speaks against a rule.
    fn may_match(&self, hits: &[Hit], sketch: &mut Sketch) -> bool {
        sketch.clear();
        hits.iter().filter(|hit| !hit.excluded).for_each(|hit| sketch.add(hit));
        self.phrases.iter().for_each(|(class, sequences)| sketch.add_phrase(*class, sequences));
        let mut possible = self.need.rules(&self.rules, sketch.present());
        possible.any(|rule| rule.sequence.has_all(sketch.present()) && sketch.in_order(&rule.sequence))
    }

    /// Whether a sentence with these hits is cleared, also where no rule matches.
    pub fn clears(&self, hits: &[Hit], line: &Line, board: &mut Board) -> bool {
        self.lay_out(hits, line, board);
        self.excepted(board).is_some()
    }

    /// Puts hits and phrases on the board.
    pub fn lay_out(&self, hits: &[Hit], line: &Line, board: &mut Board) {
        board.set(hits, line, self.spaced);
        for (class, sequences) in &self.phrases {
            board.add_phrase(*class, sequences);
        }
    }

    /// What clears the sentence on the board, if anything does.
    pub fn excepted(&self, board: &mut Board) -> Option<Place> {
        self.except.iter().find(|(sequence, _)| board.matches(sequence)).map(|&(_, place)| place)
    }

    /// Every rule that matches the sentence on the board.
    #[cfg(test)]
    pub fn matching(&self, board: &mut Board) -> Vec<Reason> {
        let matching = self.rules.iter().filter(|rule| board.matches(&rule.sequence));
        matching.map(|rule| Reason { kind: rule.kind, place: rule.place }).collect()
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        let of = |sequence: &Sequence| size_of::<Sequence>() + size_of_val(&*sequence.steps);
        self.phrases.iter().flat_map(|(_, sequences)| sequences).map(of).sum::<usize>()
            + self
                .rules
                .iter()
                .map(|rule| of(&rule.sequence) + size_of::<RuleKind>() + size_of::<Place>())
                .sum::<usize>()
            + self.except.iter().map(|(sequence, _)| of(sequence) + size_of::<Place>()).sum::<usize>()
            + self.need.memory()
    }
}

/// How often words of a class must be expected in any text, in no unit: short words are many times as frequent as long
/// ones, and beginnings of words more so.
fn common(lexemes: &[(u8, Lexeme)]) -> [f32; MAX_CLASSES] {
    let mut common = [0.0; MAX_CLASSES];
    for (class, lexeme) in lexemes {
        if let Some(class) = common.get_mut(usize::from(*class)).filter(|_| !lexeme.excluded) {
            let open = 1.0 + f32::from(u8::from(lexeme.open_end)) + f32::from(u8::from(lexeme.open_start));
            *class += open * 3f32.powi(-(lexeme.letters.len().min(20) as i32));
        }
    }
    common
}

/// Phrases so that each comes after those it uses; `None` when there is no such order.
fn in_order(mut phrases: Vec<(u8, Vec<Sequence>)>) -> Option<Vec<(u8, Vec<Sequence>)>> {
    let mut ordered = Vec::with_capacity(phrases.len());
    while !phrases.is_empty() {
        let waiting = phrases.iter().fold(0, |all: Classes, (class, _)| all | 1 << class);
        let at = phrases.iter().position(|(_, sequences)| sequences.iter().all(|s| used(s) & waiting == 0))?;
        ordered.push(phrases.remove(at));
    }
    Some(ordered)
}

/// Every class a sequence names.
fn used(sequence: &Sequence) -> Classes {
    let gaps = [sequence.from_start, sequence.to_end, sequence.before, sequence.after];
    let steps = sequence.steps.iter().fold(0, |all, step| all | step.classes | step.gap.without);
    gaps.into_iter().flatten().fold(steps | sequence.unless, |all, gap| all | gap.without)
}
