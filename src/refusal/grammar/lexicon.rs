//! The words of all languages.
//!
//! Most answers decline in no language, and that is told early: [`Lexicon::find`] notes what was found, whose ever it is,
//! and says of which languages a word of the key is there, of which each rule needs one. Only of these
//! [`Lexicon::sort_out`] makes hits.

use std::collections::HashMap;

use super::alphabet::Alphabet;
use super::beginnings::Beginnings;
use super::finds::{Find, Finds, MAX_FINDS};
use super::line::BLANK;
use super::owner::{Owned, Owner, Sets, Shared};
use super::trie::{Backward, Forward, Trie};
use super::words::{Entry, Site, Words};
use super::{Line, PatternError};

/// Languages as a set of bits.
pub(in crate::refusal) type Languages = u128;

/// The most languages.
pub(in crate::refusal) const MAX_LANGUAGES: usize = Languages::BITS as usize;

/// Finds the words of all languages.
pub(in crate::refusal) struct Lexicon {
    alphabet: Alphabet,
    /// Its number of the blank.
    blank: u16,
    /// By [`Site`].
    words: [Trie; 3],
    /// By [`Site`]: the languages that have words there.
    at: [Languages; 3],
    /// How words begin that may stand anywhere.
    beginnings: Beginnings,
    /// How words that stand at the end of others begin, read backward.
    endings: Beginnings,
    /// The words of several owners.
    shared: Box<[Shared]>,
    /// Of each of these: those who have it in their key first, then by language and class.
    owners: Box<[Owner]>,
    sets: Box<[Sets]>,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("shared", &self.shared.len()).finish()
    }
}

impl Lexicon {
    /// Compiles the words of all languages, in the order of the languages' numbers.
    ///
    /// # Errors
    /// More languages than [`MAX_LANGUAGES`], or more words than the trees can number.
    pub fn new(languages: &[Words]) -> Result<Lexicon, PatternError> {
        if languages.len() > MAX_LANGUAGES {
            return Err(PatternError::TooMany);
        }
        let alphabet = Alphabet::new(languages.iter().flat_map(Words::all).map(|lexeme| &*lexeme.letters));
        let numbered = languages.iter().zip(0..);
        let mut all: Vec<Entry> = numbered.flat_map(|(words, language)| words.entries(language)).collect();
        all.sort_unstable_by(Entry::order);
        let mut words = Site::ALL.map(|_| Vec::new());
        let mut at = [0; 3];
        let mut owners = Owners::default();
        for group in all.chunk_by(|a, b| a.site == b.site && a.letters == b.letters) {
            let Some(Entry { site, letters, .. }) = group.first() else { continue };
            let numbers: Vec<u16> = letters.iter().map(|&letter| alphabet.number(letter)).collect();
            let of: Vec<Owner> = group.iter().map(|entry| entry.owner).collect();
            at[*site as usize] |= Sets::of(&of).all;
            let owned = owners.add(&of).ok_or(PatternError::TooManyWords)?;
            words[*site as usize].push((numbers, owned.number()));
        }
        let [begin, end, anywhere] = &words;
        let trie = |words: &[(Vec<u16>, u32)]| {
            let words: Vec<(&[u16], u32)> = words.iter().map(|(letters, number)| (&letters[..], *number)).collect();
            Trie::new(&words).ok_or(PatternError::TooManyWords)
        };
        Ok(Lexicon {
            words: [trie(begin)?, trie(end)?, trie(anywhere)?],
            at,
            beginnings: Beginnings::new(anywhere.iter().map(|(letters, _)| &letters[..])),
            endings: Beginnings::new(end.iter().map(|(letters, _)| &letters[..])),
            blank: alphabet.number(BLANK),
            alphabet,
            shared: owners.shared.into(),
            owners: owners.owners.into(),
            sets: owners.sets.into(),
        })
    }

    /// The letters in which lines are to be read.
    pub fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.alphabet.memory()
            + self.words.iter().map(Trie::memory).sum::<usize>()
            + self.beginnings.memory()
            + self.endings.memory()
            + size_of_val(&*self.shared)
            + size_of_val(&*self.owners)
            + size_of_val(&*self.sets)
    }

    /// Finds the words of the `wanted` languages. Those of whose key a word is in the line: no other can have a rule that
    /// matches.
    pub fn find(&self, line: &Line, wanted: Languages, finds: &mut Finds) -> Languages {
        let found = &mut finds.found;
        found.clear();
        self.each_word(line, wanted, found);
        let letters = line.letters();
        let mut candidates = 0;
        for find in found {
            let word_ends = letters.get(usize::from(find.end)).is_none_or(|&next| next == self.blank);
            find.owned = find.owned.ending(word_ends);
            if !find.owned.may_be_key() {
                continue;
            }
            match find.owned.owner() {
                Ok(owner) if owner.takes(word_ends) => candidates |= owner.language(),
                Ok(_) => {}
                Err(shared) => candidates |= self.sets(shared).map_or(0, |sets| sets.keys(word_ends)),
            }
        }
        candidates & wanted
    }

    /// Sorts out what of the finds is of some languages.
    pub fn sort_out(&self, languages: Languages, finds: &mut Finds) {
        finds.sort_out(languages, |owned, hit| match owned.owner() {
            Ok(owner) => hit(owner),
            Err(shared) if self.sets(shared).is_some_and(|sets| sets.all & languages != 0) => {
                self.owners(shared).iter().for_each(|owner| hit(*owner));
            }
            Err(_) => {}
        });
    }

    /// Every word in the line, as many as there may be.
    fn each_word(&self, line: &Line, wanted: Languages, found: &mut Vec<Find>) {
        let [begin, end, anywhere] = self.at.map(|languages| languages & wanted != 0);
        if begin {
            self.at_beginnings(line, found);
        }
        if end {
            self.at_ends(line, found);
        }
        if anywhere {
            self.inside(line, found);
        }
        found.truncate(MAX_FINDS);
    }

    // Each on its own, so that each has the registers for its loop.
    #[inline(never)]
    fn at_beginnings(&self, line: &Line, found: &mut Vec<Find>) {
        let [trie, _, _] = &self.words;
        let letters = line.letters();
        for start in line.starts() {
            trie.walk(Forward(letters.get(start..).unwrap_or_default()), |number, length| {
                found.push(find(number, start, start + length));
            });
        }
    }

    #[inline(never)]
    fn at_ends(&self, line: &Line, found: &mut Vec<Find>) {
        let [_, trie, _] = &self.words;
        let letters = line.letters();
        let letter = |at: usize| letters.get(at).copied().unwrap_or(0);
        for end in line.ends() {
            let [last, second, third] = [1, 2, 3].map(|back| letter(end.wrapping_sub(back)));
            if !self.endings.may_begin(last, second, third) {
                continue;
            }
            trie.walk(Backward(letters.get(..end).unwrap_or_default()), |number, length| {
                found.push(find(number, end - length, end));
            });
        }
    }

    #[inline(never)]
    fn inside(&self, line: &Line, found: &mut Vec<Find>) {
        let [_, _, trie] = &self.words;
        let letters = line.letters();
        self.beginnings.places(letters, |start| {
            trie.walk(Forward(letters.get(start..).unwrap_or_default()), |number, length| {
                found.push(find(number, start, start + length));
            });
            found.len() > MAX_FINDS
        });
    }

    #[inline]
    fn sets(&self, shared: usize) -> Option<&Sets> {
        self.sets.get(self.shared.get(shared)?.sets as usize)
    }

    #[inline]
    fn owners(&self, shared: usize) -> &[Owner] {
        let owners = self.shared.get(shared).and_then(|&Shared { first, length, .. }| {
            self.owners.get(first as usize..first as usize + length as usize)
        });
        owners.unwrap_or_default()
    }
}

const fn find(number: u32, start: usize, end: usize) -> Find {
    Find { owned: Owned::numbered(number), start: start as u16, end: end as u16 }
}

/// The owners of words, in the making.
#[derive(Default)]
struct Owners {
    shared: Vec<Shared>,
    owners: Vec<Owner>,
    sets: Vec<Sets>,
    numbers: HashMap<Sets, u32>,
}

impl Owners {
    /// Adds the owners of a word; `None` when there are too many words.
    fn add(&mut self, owners: &[Owner]) -> Option<Owned> {
        if let [owner] = owners {
            return Some(Owned::by(*owner));
        }
        let sets = Sets::of(owners);
        let number = *self.numbers.entry(sets).or_insert_with(|| {
            self.sets.push(sets);
            self.sets.len() as u32 - 1
        });
        self.shared.push(Shared { sets: number, first: self.owners.len() as u32, length: owners.len() as u32 });
        self.owners.extend(owners);
        Owned::shared(self.shared.len() - 1, sets.key != 0)
    }
}

/// The numbers of languages in a set.
pub(in crate::refusal) fn numbers(mut languages: Languages) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let number = languages.trailing_zeros();
        languages &= languages.wrapping_sub(1);
        (number < Languages::BITS).then_some(number as usize)
    })
}
