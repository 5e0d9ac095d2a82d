//! The words of all languages.
//!
//! Most answers decline in no language, and that is told first: [`Lexicon::candidates`] looks for words of the keys
//! alone, of which a language's rules need one. What else a candidate finds, [`Lexicon::hits`] says.

use super::alphabet::Alphabet;
use super::hits::Hits;
use super::line::BLANK;
use super::sieve::Firsts;
use super::trie::Trie;
use super::words::{Entry, Owner, Sieves, Site, Words};
use super::{Hit, Line, PatternError};
use smallvec::SmallVec;

/// Of so few languages each one's own sieve is asked; of more, that of all.
const FEW: u32 = 6;

/// The sieves of some languages.
type Wanted<'s> = SmallVec<[&'s Sieves; FEW as usize]>;

/// Languages as a set of bits.
pub(in crate::refusal) type Languages = u128;

/// The most languages.
pub(in crate::refusal) const MAX_LANGUAGES: usize = Languages::BITS as usize;

/// Finds the words of all languages.
pub(in crate::refusal) struct Lexicon {
    alphabet: Alphabet,
    /// By [`Site`].
    words: [Trie; 3],
    /// The words before this one are of somebody's key.
    keyed: u32,
    /// Where a word's owners begin; one more than there are words.
    first: Box<[u32]>,
    /// Of a word: those who have it in their key first, then by language and class.
    owners: Box<[Owner]>,
    /// For words of all keys.
    keys: Sieves,
    /// By language: for words of its key, and for all its words.
    sieves: Box<[(Sieves, Sieves)]>,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("words", &(self.first.len() - 1)).finish()
    }
}

impl Lexicon {
    /// Compiles the words of all languages, in the order of the languages' numbers.
    ///
    /// # Errors
    /// More languages than [`MAX_LANGUAGES`].
    pub fn new(languages: &[Words]) -> Result<Lexicon, PatternError> {
        if languages.len() > MAX_LANGUAGES {
            return Err(PatternError::TooMany);
        }
        let alphabet = Alphabet::new(languages.iter().flat_map(Words::all).map(|lexeme| &*lexeme.letters));
        let sieves = languages.iter().map(|words| (Sieves::new(words.of_key()), Sieves::new(words.all())));
        let numbered = languages.iter().zip(0..);
        let mut all: Vec<Entry> = numbered.flat_map(|(words, language)| words.entries(language)).collect();
        all.sort_unstable_by(Entry::order);
        let groups = all.chunk_by(|a, b| a.site == b.site && a.letters == b.letters);
        let is_keyed = |group: &&[Entry]| group.first().is_some_and(|entry| entry.owner.is_key());
        let keyed = groups.clone().filter(is_keyed).count();
        let mut words = Site::ALL.map(|_| Vec::new());
        // Those of keys, then the others.
        let mut next = [0, keyed];
        let mut owners_of = vec![0..0; groups.clone().count()];
        let mut at = 0;
        for group in groups {
            let number = &mut next[usize::from(!is_keyed(&group))];
            if let Some(Entry { site, letters, .. }) = group.first() {
                words[*site as usize].push((&**letters, *number as u32));
            }
            owners_of[*number] = at..at + group.len();
            *number += 1;
            at += group.len();
        }
        let (mut first, mut owners) = (vec![0], Vec::with_capacity(all.len()));
        for range in owners_of {
            owners.extend(all.get(range).unwrap_or_default().iter().map(|entry| entry.owner));
            first.push(owners.len() as u32);
        }
        Ok(Lexicon {
            words: words.map(|words| Trie::new(&words, &alphabet)),
            alphabet,
            first: first.into(),
            owners: owners.into(),
            keyed: keyed as u32,
            keys: Sieves::new(languages.iter().flat_map(Words::of_key)),
            sieves: sieves.collect(),
        })
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        self.alphabet.memory()
            + self.words.iter().map(Trie::memory).sum::<usize>()
            + size_of_val(&*self.first)
            + size_of_val(&*self.owners)
            + self.keys.memory()
            + size_of_val(&*self.sieves)
            + self.sieves.iter().map(|(keys, all)| keys.memory() + all.memory()).sum::<usize>()
    }

    /// Those of the `wanted` languages of whose key a word is in the line: no other can have a rule that matches.
    pub fn candidates(&self, line: &Line, wanted: Languages) -> Languages {
        if wanted.count_ones() > FEW {
            return self.with_key(line, wanted, &[&self.keys]);
        }
        let sieves: Wanted = numbers(wanted).filter_map(|number| Some(&self.sieves.get(number)?.0)).collect();
        self.with_key(line, wanted, &sieves)
    }

    fn with_key(&self, line: &Line, wanted: Languages, sieves: &[&Sieves]) -> Languages {
        let mut candidates = 0;
        self.find(line, sieves, |Find { word, word_ends, .. }| {
            if word < self.keyed {
                let keys = self.owners(word).iter().take_while(|owner| owner.is_key());
                candidates |= keys.filter(|owner| owner.is_open() || word_ends).fold(0, |all, o| all | o.language());
            }
            candidates & wanted == wanted
        });
        candidates & wanted
    }

    /// Puts the words of some languages in a line into `hits`.
    pub fn hits(&self, languages: Languages, line: &Line, hits: &mut Hits) {
        hits.clear(languages);
        let sieves: Wanted = numbers(languages).filter_map(|number| Some(&self.sieves.get(number)?.1)).collect();
        self.find(line, &sieves, |Find { word, start, end, word_ends }| {
            for owner in self.owners(word) {
                if languages & owner.language() != 0 && (owner.is_open() || word_ends) {
                    let (start, end) = (start as u16, end as u16);
                    let hit = Hit { start, end, class: owner.class, excluded: owner.is_excluded() };
                    hits.add(owner.language, hit, owner.classes());
                }
            }
            hits.are_too_many()
        });
    }

    /// Every word where one of the `sieves` says that one may be, until `enough` of one.
    fn find(&self, line: &Line, sieves: &[&Sieves], enough: impl FnMut(Find) -> bool) {
        if let &[sieves] = sieves {
            // By far the most frequent, so it is spared all that is there for several.
            let [begin, end, anywhere] = &sieves.0;
            let firsts = [begin.firsts(), end.firsts(), anywhere.firsts()];
            let may_follow = |site: Site, text: &[u16]| sieves.of(site).may_follow(text);
            return self.find_where(line, firsts, may_follow, enough);
        }
        let mut firsts = Site::ALL.map(|_| Firsts::default());
        for sieves in sieves {
            firsts.iter_mut().zip(&sieves.0).for_each(|(firsts, sieve)| *firsts |= sieve.firsts());
        }
        let may_follow = |site: Site, text: &[u16]| sieves.iter().any(|sieves| sieves.of(site).may_begin(text));
        self.find_where(line, firsts.each_ref(), may_follow, enough);
    }

    /// Every word where a word may begin, by its first letter and by what follows it.
    #[inline]
    fn find_where(
        &self,
        line: &Line,
        [begin, end, anywhere]: [&Firsts; 3],
        may_follow: impl Fn(Site, &[u16]) -> bool,
        mut enough: impl FnMut(Find) -> bool,
    ) {
        let [begins, ends, inside] = &self.words;
        let (letters, backward) = (line.letters(), line.backward());
        let word_ends = |end: usize| letters.get(end).is_none_or(|&next| next == BLANK);
        let mut done = false;
        for start in line.starts() {
            let Some(rest) = begun(letters, start, begin).filter(|rest| may_follow(Site::Begin, rest)) else {
                continue;
            };
            begins.walk(rest, &self.alphabet, |word, length| {
                let end = start + length;
                done |= enough(Find { word, start, end, word_ends: word_ends(end) });
            });
            if done {
                return;
            }
        }
        if !end.is_empty() {
            for end_at in line.ends() {
                let start = letters.len() - end_at;
                let Some(rest) = begun(backward, start, end).filter(|rest| may_follow(Site::End, rest)) else {
                    continue;
                };
                ends.walk(rest, &self.alphabet, |word, length| {
                    done |= enough(Find { word, start: end_at - length, end: end_at, word_ends: true });
                });
                if done {
                    return;
                }
            }
        }
        if !anywhere.is_empty() {
            // All places are looked at: this is where to be quick.
            for (start, &letter) in letters.iter().enumerate() {
                if !anywhere.has(letter) {
                    continue;
                }
                let rest = letters.get(start..).unwrap_or_default();
                if !may_follow(Site::Anywhere, rest) {
                    continue;
                }
                inside.walk(rest, &self.alphabet, |word, length| {
                    let end = start + length;
                    done |= enough(Find { word, start, end, word_ends: word_ends(end) });
                });
                if done {
                    return;
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

/// The letters from a place on, where the first of them may be a word's.
#[inline]
fn begun<'l>(letters: &'l [u16], start: usize, firsts: &Firsts) -> Option<&'l [u16]> {
    let rest = letters.get(start..)?;
    rest.first().is_some_and(|&letter| firsts.has(letter)).then_some(rest)
}

/// The numbers of languages in a set.
pub(in crate::refusal) fn numbers(mut languages: Languages) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let number = languages.trailing_zeros();
        languages &= languages.wrapping_sub(1);
        (number < Languages::BITS).then_some(number as usize)
    })
}

/// A word in a sentence.
struct Find {
    word: u32,
    start: usize,
    end: usize,
    /// Whether a word of the sentence ends with it.
    word_ends: bool,
}
