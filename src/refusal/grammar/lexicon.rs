//! The words of all languages, found in one pass over a sentence.

use super::lexeme::Lexeme;
use super::line::BLANK;
use super::sequence::Classes;
use super::trie::Trie;
use super::{Hit, Line, PatternError};

/// Words found in one sentence that are looked at.
const MAX_FINDS: usize = 2048;

/// Languages as a set of bits.
pub(in crate::refusal) type Languages = u128;

/// The most languages.
pub(in crate::refusal) const MAX_LANGUAGES: usize = Languages::BITS as usize;

/// Whose word it is.
#[derive(Debug, Clone, Copy)]
struct Owner {
    language: u8,
    class: u8,
    /// The word may go on after it.
    open_end: bool,
    excluded: bool,
}

/// Finds the words of all languages in one pass.
pub(in crate::refusal) struct Lexicon {
    /// What begins a word.
    words: Trie,
    /// What may stand anywhere in one.
    inside: Trie,
    /// Languages that have such.
    inside_of: Languages,
    /// Where a word's owners begin; one more than there are words.
    first: Box<[u32]>,
    /// Of a word by language.
    owners: Box<[Owner]>,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("words", &(self.first.len() - 1)).finish()
    }
}

/// A word in a sentence.
#[derive(Debug, Clone, Copy)]
struct Find {
    word: u32,
    start: u16,
    end: u16,
    /// Whether a word of the sentence ends with it.
    word_ends: bool,
}

/// What was found in a sentence. Kept between sentences for its buffers.
#[derive(Debug)]
pub(in crate::refusal) struct Finds {
    finds: Vec<Find>,
    /// By language: the classes that were found, exclusions not counted.
    present: [Classes; MAX_LANGUAGES],
    /// Languages of which something was found.
    touched: Languages,
}

impl Default for Finds {
    fn default() -> Finds {
        Finds { finds: Vec::new(), present: [0; MAX_LANGUAGES], touched: 0 }
    }
}

impl Finds {
    fn clear(&mut self) {
        self.finds.clear();
        for language in bits(self.touched) {
            if let Some(classes) = self.present.get_mut(language) {
                *classes = 0;
            }
        }
        self.touched = 0;
    }

    /// Languages of which something was found, each with the classes.
    pub fn languages(&self) -> impl Iterator<Item = (usize, Classes)> {
        bits(self.touched).map(|language| (language, self.present.get(language).copied().unwrap_or(0)))
    }
}

fn bits(mut set: Languages) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(next)
    })
}

impl Lexicon {
    /// Compiles the words of all languages, in the order of the languages' numbers.
    ///
    /// # Errors
    /// More languages than [`MAX_LANGUAGES`].
    pub fn new(languages: Vec<Vec<(u8, Lexeme)>>) -> Result<Lexicon, PatternError> {
        if languages.len() > MAX_LANGUAGES {
            return Err(PatternError::TooMany);
        }
        let mut inside_of = 0;
        let mut all: Vec<(bool, Box<[u16]>, Owner)> = Vec::new();
        for (language, lexemes) in languages.into_iter().enumerate() {
            for (class, Lexeme { letters, open_start, open_end, excluded }) in lexemes {
                inside_of |= Languages::from(open_start) << language;
                all.push((open_start, letters, Owner { language: language as u8, class, open_end, excluded }));
            }
        }
        // The language last, so that a word's owners come by language.
        all.sort_unstable_by(|a, b| (a.0, &a.1, a.2.language, a.2.class).cmp(&(b.0, &b.1, b.2.language, b.2.class)));
        let (mut words, mut inside, mut first) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (open_start, letters, _)) in all.iter().enumerate() {
            let same =
                at.checked_sub(1).and_then(|at| all.get(at)).is_some_and(|b| b.0 == *open_start && b.1 == *letters);
            if !same {
                let tree = if *open_start { &mut inside } else { &mut words };
                tree.push((&**letters, first.len() as u32));
                first.push(at as u32);
            }
        }
        first.push(all.len() as u32);
        let (words, inside) = (Trie::new(&words), Trie::new(&inside));
        let owners = all.iter().map(|&(_, _, owner)| owner).collect();
        Ok(Lexicon { words, inside, inside_of, first: first.into(), owners })
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.words.memory() + self.inside.memory() + size_of_val(&*self.first) + size_of_val(&*self.owners)
    }

    /// Finds the words of the `wanted` languages in a line.
    pub fn find(&self, line: &Line, wanted: Languages, found: &mut Finds) {
        found.clear();
        let letters = line.letters();
        let anywhere = self.inside_of & wanted != 0;
        let Finds { finds, present, touched } = found;
        let mut before = BLANK;
        for (start, &letter) in letters.iter().enumerate() {
            let begins = before == BLANK;
            before = letter;
            if letter == BLANK || !(begins || anywhere) {
                continue;
            }
            let rest = letters.get(start..).unwrap_or_default();
            let mut add = |word: u32, length: usize| {
                let end = start + length;
                let word_ends = letters.get(end).is_none_or(|&next| next == BLANK);
                let mut any = false;
                for owner in self.owners(word) {
                    let language = 1 << (owner.language as usize % MAX_LANGUAGES);
                    if (owner.open_end || word_ends) && wanted & language != 0 {
                        any = true;
                        *touched |= language;
                        if let Some(classes) = present.get_mut(usize::from(owner.language)) {
                            *classes |=
                                Classes::from(!owner.excluded) << (owner.class as usize % Classes::BITS as usize);
                        }
                    }
                }
                if any && finds.len() < MAX_FINDS {
                    finds.push(Find { word, start: start as u16, end: end as u16, word_ends });
                }
            };
            if begins {
                self.words.walk(rest, &mut add);
            }
            if anywhere {
                self.inside.walk(rest, &mut add);
            }
        }
    }

    /// The words of one language that were found.
    pub fn hits(&self, language: usize, found: &Finds, hits: &mut Vec<Hit>) {
        hits.clear();
        for &Find { word, start, end, word_ends } in &found.finds {
            for owner in self.owners(word) {
                if usize::from(owner.language) == language && (owner.open_end || word_ends) {
                    hits.push(Hit { start, end, class: owner.class, excluded: owner.excluded });
                }
            }
        }
    }

    fn owners(&self, word: u32) -> &[Owner] {
        match self.first.get(word as usize..word as usize + 2) {
            Some(&[from, to]) => self.owners.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}
