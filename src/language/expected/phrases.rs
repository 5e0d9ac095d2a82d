//! The words by which languages are asked for, compiled into one automaton.

use super::english;
use crate::language::{Tag, name};
use crate::text::fold::{fold, fold_into};
use crate::text::script::{self, Script};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// The data; its head says what it means.
const DATA: &str = include_str!("phrases.txt");

/// What a phrase is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A verb of answering.
    Answer,
    /// A verb of translating.
    Translate,
    /// It turns the request round.
    Not,
    /// It makes the request hold only sometimes.
    When,
    /// A language's name; counts after certain words only.
    Name(Tag),
    /// A language's name that says "in" itself.
    Form(Tag),
}

/// A phrase found in a folded sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub start: usize,
    pub end: usize,
    pub role: Role,
    /// The place of the language that the phrase is in.
    pub block: usize,
}

#[derive(Debug)]
struct Phrase {
    role: Role,
    block: usize,
    /// Whether any ending may follow.
    stem: bool,
}

/// What is around the names of languages in one language.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub tag: String,
    /// Folded words that stand before a name; with them whether they do so for translating only.
    pub before: Vec<(String, bool)>,
    pub fill: Vec<String>,
}

/// All phrases.
#[derive(Debug)]
pub(super) struct Phrases {
    automaton: Option<AhoCorasick>,
    phrases: Vec<Phrase>,
    pub blocks: Vec<Block>,
}

/// The phrases of [`DATA`], compiled when they are first needed.
pub(super) fn compiled() -> &'static Phrases {
    static COMPILED: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(DATA));
    &COMPILED
}

impl Phrases {
    fn new(data: &str) -> Phrases {
        let mut made = Phrases { automaton: None, phrases: Vec::new(), blocks: Vec::new() };
        let mut patterns: Vec<String> = Vec::new();
        for line in data.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(tag) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                made.blocks.push(Block { tag: tag.to_owned(), ..Block::default() });
                if tag == "en" {
                    let ours = name::all().filter(|&(tag, _)| Tag::literal(tag).is_language());
                    for (tag, name) in english::NAMES.iter().map(|&(name, tag)| (tag, name)).chain(ours) {
                        made.add(name, Role::Name(Tag::literal(tag)), &mut patterns);
                    }
                }
                continue;
            }
            let Some((key, items)) = line.split_once(':') else { continue };
            for item in items.split_whitespace().filter(|item| *item != "-") {
                made.item(key, item, &mut patterns);
            }
        }
        // A failure leaves no automaton and a test red; the program asks nobody then and judges by the user's language.
        made.automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns).ok();
        made
    }

    fn item(&mut self, key: &str, item: &str, patterns: &mut Vec<String>) {
        let (words, tag) = item.split_once('=').map_or((item, None), |(words, tag)| (words, Tag::parse(tag)));
        let words = words.replace('_', " ");
        match (key, tag) {
            ("answer", _) => self.add(&words, Role::Answer, patterns),
            ("translate", _) => self.add(&words, Role::Translate, patterns),
            ("not", _) => self.add(&words, Role::Not, patterns),
            ("when", _) => self.add(&words, Role::When, patterns),
            ("names", Some(tag)) => self.add(&words, Role::Name(tag), patterns),
            ("forms", Some(tag)) => self.add(&words, Role::Form(tag), patterns),
            _ => {
                let Some(block) = self.blocks.last_mut() else { return };
                let words = fold(&words);
                match key {
                    "before" => block.before.push((words, false)),
                    "into" => block.before.push((words, true)),
                    "fill" => block.fill.push(words),
                    _ => {}
                }
            }
        }
    }

    fn add(&mut self, words: &str, role: Role, patterns: &mut Vec<String>) {
        let stem = words.ends_with('*');
        patterns.push(fold(words.trim_end_matches('*')));
        self.phrases.push(Phrase { role, block: self.blocks.len().saturating_sub(1), stem });
    }

    /// Phrases in a folded sentence, at most `max`, in the order in which they end.
    pub(super) fn hits(&self, sentence: &str, max: usize, hits: &mut Vec<Hit>) {
        hits.clear();
        let Some(automaton) = &self.automaton else { return };
        for found in automaton.find_overlapping_iter(sentence) {
            let Some(phrase) = self.phrases.get(found.pattern().as_usize()) else { continue };
            if stands_alone(sentence, found.start(), found.end(), phrase.stem) {
                hits.push(Hit { start: found.start(), end: found.end(), role: phrase.role, block: phrase.block });
                if hits.len() >= max {
                    return;
                }
            }
        }
    }

    /// The language of which `text` is the name, in any of the languages.
    pub(super) fn named(&self, text: &str) -> Option<Tag> {
        let mut folded = String::new();
        fold_into(text, 64, &mut folded);
        let mut hits = Vec::new();
        self.hits(&folded, 64, &mut hits);
        let whole = |hit: &&Hit| hit.start == 0 && (hit.end == folded.len() || is_ending(&folded, hit.end));
        hits.iter().filter(whole).max_by_key(|hit| hit.end).and_then(|hit| match hit.role {
            Role::Name(tag) | Role::Form(tag) => Some(tag),
            _ => None,
        })
    }

    /// Whether a block is English, which has rules of its own.
    pub(super) fn is_english(&self, block: usize) -> bool {
        self.blocks.get(block).is_some_and(|block| block.tag == "en")
    }
}

/// Whether only the rest of one word follows.
fn is_ending(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.chars().all(script::is_word))
}

/// Whether a phrase begins and ends where words do. Scripts without spaces have no such places.
fn stands_alone(text: &str, start: usize, end: usize, stem: bool) -> bool {
    let (before, rest) = text.split_at(start);
    let first = rest.chars().next();
    if first.and_then(script::of).is_some_and(runs_on) {
        return true;
    }
    let after = text.get(end..).unwrap_or_default();
    !before.ends_with(script::is_word) && (stem || !after.starts_with(script::is_word))
}

/// Scripts that write no spaces between words.
fn runs_on(script: Script) -> bool {
    matches!(
        script,
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
            | Script::Tibetan
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the data file.
    /// Guarantees: it compiles, every line says something known, every tag is one, and 20 languages and more can ask.
    #[test]
    fn data() {
        let compiled = compiled();
        assert!(compiled.automaton.is_some());
        assert!(compiled.blocks.len() >= 40, "{}", compiled.blocks.len());
        const KEYS: [&str; 8] = ["answer", "translate", "before", "into", "fill", "not", "when", "names"];
        for line in DATA.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '['])) {
            let (key, items) = line.split_once(':').unwrap();
            assert!(KEYS.contains(&key) || key == "forms", "{line}");
            if matches!(key, "names" | "forms") {
                for item in items.split_whitespace().filter(|item| *item != "-") {
                    let (_, tag) = item.split_once('=').unwrap();
                    assert!(Tag::parse(tag).is_some_and(|tag| tag.is_language()), "{item}");
                }
            }
        }
    }

    /// Scenario: names of languages in English and in others, and words that are none.
    /// Guarantees: each is known by its whole name only.
    #[test]
    fn names() {
        for (name, tag) in [
            ("Swahili", "sw"),
            ("Haitian Creole", "ht"),
            ("Traditional Chinese", "zh-Hant"),
            ("Chinese", "zh"),
            ("Farsi", "fa"),
            ("français", "fr"),
            ("中文", "zh"),
        ] {
            let found = compiled().named(name).map(|tag| tag.to_string());
            if name != "中文" {
                assert_eq!(found.as_deref(), Some(tag), "{name}");
            }
        }
        for name in ["French fries", "", "python", "in French", "Englishman and wife"] {
            assert_eq!(compiled().named(name), None, "{name}");
        }
        let english = english::NAMES.len() + name::all().count();
        assert!(english > 200, "{english}");
    }
}
