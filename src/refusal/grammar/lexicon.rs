//! The words of all languages, found in one pass over a sentence.

use super::alphabet::{Alphabet, GAP};
use super::lexeme::Lexeme;
use super::sequence::Classes;
use super::sieve::Sieve;
use super::trie::Trie;
use super::{Hit, Line, PatternError};

/// Words found in one sentence that are looked at.
const MAX_FINDS: usize = 2048;

/// So few languages are asked one by one whether a word of theirs may begin somewhere.
const FEW: u32 = 6;

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

impl Owner {
    /// Its class as a set; none for an exclusion.
    const fn classes(self) -> Classes {
        (!self.excluded as Classes) << (self.class as u32 % Classes::BITS)
    }
}

/// Finds the words of all languages in one pass.
pub(in crate::refusal) struct Lexicon {
    alphabet: Alphabet,
    /// What begins a word.
    words: Trie,
    /// What may stand anywhere in one.
    inside: Trie,
    /// Languages that have such.
    inside_of: Languages,
    /// By language, of what begins a word.
    sieves: Box<[Sieve]>,
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
    /// The line in numbers of the alphabet.
    letters: Vec<u16>,
    /// By language: the classes that were found, exclusions not counted.
    present: [Classes; MAX_LANGUAGES],
}

impl Default for Finds {
    fn default() -> Finds {
        Finds { finds: Vec::new(), letters: Vec::new(), present: [0; MAX_LANGUAGES] }
    }
}

impl Finds {
    /// By language the classes of which something was found, exclusions not counted.
    pub fn classes(&self) -> &[Classes] {
        &self.present
    }
}

/// Languages that are looked for.
#[derive(Debug)]
pub(in crate::refusal) struct Wanted {
    set: Languages,
    /// By language all bits, or none.
    masks: [Classes; MAX_LANGUAGES],
}

impl Wanted {
    pub fn new(set: Languages) -> Wanted {
        Wanted { set, masks: std::array::from_fn(|at| if set >> at & 1 == 1 { Classes::MAX } else { 0 }) }
    }
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
        let alphabet = Alphabet::new(languages.iter().flatten().map(|(_, lexeme)| &*lexeme.letters));
        let mut sieves = vec![Sieve::default(); languages.len()].into_boxed_slice();
        let mut inside_of = 0;
        let mut all: Vec<(bool, Box<[u16]>, Owner)> = Vec::new();
        let mut numbers = Vec::new();
        for (language, (lexemes, sieve)) in languages.into_iter().zip(&mut sieves).enumerate() {
            for (class, Lexeme { letters, open_start, open_end, excluded }) in lexemes {
                alphabet.number_into(&letters, &mut numbers);
                if open_start {
                    inside_of |= 1 << language;
                } else {
                    sieve.add(&numbers, open_end);
                }
                all.push((
                    open_start,
                    numbers.as_slice().into(),
                    Owner { language: language as u8, class, open_end, excluded },
                ));
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
        Ok(Lexicon { alphabet, words, inside, inside_of, sieves, first: first.into(), owners })
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.alphabet.memory()
            + self.sieves.iter().map(Sieve::memory).sum::<usize>()
            + self.words.memory()
            + self.inside.memory()
            + size_of_val(&*self.first)
            + size_of_val(&*self.owners)
    }

    /// Finds the words of the `wanted` languages in a line.
    pub fn find(&self, line: &Line, wanted: &Wanted, found: &mut Finds) {
        let Finds { finds, letters, present } = found;
        finds.clear();
        present.fill(0);
        self.alphabet.number_into(line.letters(), letters);
        let anywhere = self.inside_of & wanted.set != 0;
        // With many languages some word may begin nearly everywhere.
        let sieves = (wanted.set.count_ones() <= FEW).then_some(wanted.set);
        let mut before = GAP;
        for (start, &letter) in letters.iter().enumerate() {
            let begins = before == GAP;
            before = letter;
            // A blank, or a letter that no word has.
            if letter <= GAP || !(begins || anywhere) {
                continue;
            }
            let rest = letters.get(start..).unwrap_or_default();
            let mut add = |word: u32, length: usize| {
                let end = start + length;
                let word_ends = letters.get(end).is_none_or(|&next| next == GAP);
                let mut any = 0;
                for owner in self.owners(word) {
                    let language = usize::from(owner.language) % MAX_LANGUAGES;
                    if owner.open_end || word_ends {
                        let mask = wanted.masks[language];
                        any |= mask;
                        present[language] |= mask & owner.classes();
                    }
                }
                if any != 0 && finds.len() < MAX_FINDS {
                    finds.push(Find { word, start: start as u16, end: end as u16, word_ends });
                }
            };
            if begins && sieves.is_none_or(|set| self.may_begin(set, rest)) {
                self.words.walk(rest, &mut add);
            }
            if anywhere {
                self.inside.walk(rest, &mut add);
            }
        }
    }

    fn may_begin(&self, mut set: Languages, rest: &[u16]) -> bool {
        while set != 0 {
            if self.sieves.get(set.trailing_zeros() as usize).is_none_or(|sieve| sieve.may_begin(rest)) {
                return true;
            }
            set &= set - 1;
        }
        false
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
