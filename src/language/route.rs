//! From a raw text to the words of its script, or of its two scripts.

use super::{Certainty, Verdict};
use crate::text::clean::{Cleaned, Cleaner};
use crate::text::script::{self, Histogram, Script};

/// Fewest letters that say anything.
const MIN_LETTERS: u32 = 3;

/// The same where a letter is a syllable or a word.
const MIN_DENSE_LETTERS: u32 = 2;

/// A text of which cleaning took away this share of the letters and left fewer than [`SCRAPS`] was nearly all code.
const CODE: f32 = 0.8;
/// See [`CODE`].
const SCRAPS: usize = 20;

/// What a letter of a dense script counts beside one of an alphabet.
const DENSE_WEIGHT: u32 = 3;

/// Kana among so many Han characters make a text Japanese; a single one in a Chinese text is a name.
const HAN_A_KANA: u32 = 20;

/// The words of one script in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part<'r> {
    /// ISO 15924 code of the script; `Jpan`, `Kore` where several are written together.
    pub script: &'static str,
    /// The words, in one spelling.
    pub words: &'r str,
    /// Letters in that script.
    pub letters: u32,
    /// The same, weighed so that scripts can be compared.
    pub weight: u32,
}

impl Part<'_> {
    /// Whether a letter of it is a syllable or a word.
    pub fn is_dense(&self) -> bool {
        self.weight > self.letters
    }

    /// Whether it has letters enough to say anything about its language.
    pub fn is_enough(&self) -> bool {
        self.letters >= if self.is_dense() { MIN_DENSE_LETTERS } else { MIN_LETTERS }
    }

    /// Its share of the weight of both.
    pub fn share_beside(&self, other: &Part<'_>) -> f32 {
        self.weight as f32 / (self.weight + other.weight).max(1) as f32
    }
}

/// A text ready for the model.
#[derive(Debug)]
pub struct Routed<'r> {
    /// What most of the text is in.
    pub first: Part<'r>,
    /// What comes second, if anything.
    pub second: Option<Part<'r>>,
    /// What cleaning found.
    pub cleaned: Cleaned,
}

impl Routed<'_> {
    /// A verdict on this text, less sure where little is left of a text that was nearly all code.
    pub fn temper(&self, said: Verdict) -> Verdict {
        let scraps = self.cleaned.removed() > CODE && self.cleaned.letters < SCRAPS;
        if !scraps || said.certainty != Certainty::High {
            return said;
        }
        Verdict { certainty: Certainty::Medium, confidence: said.confidence.min(0.89), ..said }
    }
}

/// Cleans and routes, with the same buffers text after text.
#[derive(Debug, Default)]
pub struct Router {
    cleaner: Cleaner,
    cleaned: String,
    words: [String; 2],
}

/// A script, or those that are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Family {
    code: &'static str,
    leader: Script,
    letters: u32,
    weight: u32,
}

impl Family {
    fn has(&self, script: Script) -> bool {
        match self.code {
            "Jpan" => matches!(script, Script::Hiragana | Script::Katakana | Script::Han),
            "Kore" => matches!(script, Script::Hangul | Script::Han),
            _ => script == self.leader,
        }
    }
}

impl Router {
    /// A router for lines to train on: see [`Cleaner::of_lines`].
    pub fn of_lines() -> Self {
        Router { cleaner: Cleaner::of_lines(), ..Router::default() }
    }

    /// The words of `text` by script; nothing when there are no letters.
    pub fn route(&mut self, text: &str) -> Option<Routed<'_>> {
        let found = self.cleaner.clean_into(text, &mut self.cleaned);
        let letters = Histogram::of(&self.cleaned);
        let (first, second) = families(&letters)?;
        let [words, aside] = &mut self.words;
        words.clear();
        aside.clear();
        for word in self.cleaned.split(' ') {
            match word.chars().find_map(script::of) {
                Some(script) if first.has(script) => push(word, words),
                Some(script) if second.is_some_and(|second| second.has(script)) => push(word, aside),
                _ => {}
            }
        }
        let part =
            |family: Family, words| Part { script: family.code, words, letters: family.letters, weight: family.weight };
        Some(Routed {
            first: part(first, self.words[0].as_str()),
            second: second.map(|second| part(second, self.words[1].as_str())),
            cleaned: found,
        })
    }
}

/// The two scripts with most weight.
fn families(letters: &Histogram) -> Option<(Family, Option<Family>)> {
    let (han, hangul) = (letters.count(Script::Han), letters.count(Script::Hangul));
    let kana = letters.count(Script::Hiragana) + letters.count(Script::Katakana);
    let east = |code, leader, letters| Family { code, leader, letters, weight: letters * DENSE_WEIGHT };
    let east = if kana * HAN_A_KANA > han {
        east("Jpan", Script::Hiragana, kana + han)
    } else if hangul > 0 && hangul * 2 > han {
        east("Kore", Script::Hangul, hangul + han)
    } else {
        east("Hani", Script::Han, han)
    };
    let mut best = [Some(east).filter(|east| east.letters > 0), None];
    for (script, count) in letters.counts().filter(|(script, _)| !script.is_dense()) {
        let family = Family { code: script.code(), leader: script, letters: count, weight: count };
        let beats = |other: Option<Family>| other.is_none_or(|other| family.weight > other.weight);
        if beats(best[0]) {
            best = [Some(family), best[0]];
        } else if beats(best[1]) {
            best[1] = Some(family);
        }
    }
    best[0].map(|first| (first, best[1]))
}

/// Appends a word in one spelling of what is typed in several.
fn push(word: &str, out: &mut String) {
    if !out.is_empty() {
        out.push(' ');
    }
    let (mut before, mut run) = ('\0', 0);
    for c in word.chars() {
        let c = match c {
            'ș' => 'ş',
            'ț' => 'ţ',
            '\u{640}' | '\u{64b}'..='\u{652}' | '\u{670}' => continue,
            c => c,
        };
        run = if c == before { run + 1 } else { 1 };
        before = c;
        // A letter held down is written twice at most.
        if run <= 2 {
            out.push(c);
        }
    }
}
