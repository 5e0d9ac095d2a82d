//! The words of one language, and how they go into the lexicon of all.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::lexeme::Lexeme;
use super::lexicon::Languages;
use super::sequence::Classes;
use super::sieve::Sieve;

/// The words of one language.
#[derive(Debug)]
pub(in crate::refusal) struct Words {
    /// With the number of their class.
    pub lexemes: Vec<(u8, Lexeme)>,
    /// Classes of which every rule needs one.
    pub key: Classes,
}

impl Words {
    pub fn all(&self) -> impl Iterator<Item = &Lexeme> + Clone {
        self.lexemes.iter().map(|(_, lexeme)| lexeme)
    }

    pub fn of_key(&self) -> impl Iterator<Item = &Lexeme> + Clone {
        self.lexemes.iter().filter(|(class, lexeme)| self.is_key(*class, lexeme)).map(|(_, lexeme)| lexeme)
    }

    /// All of them for the lexicon, as those of the language with this number.
    pub(super) fn entries(&self, language: u8) -> impl Iterator<Item = Entry<'_>> {
        self.lexemes.iter().map(move |&(class, ref lexeme)| {
            let key = self.is_key(class, lexeme);
            let letters = Site::spell(lexeme).0;
            let owner = Owner::new(language, class, lexeme, key);
            Entry { site: Site::of(lexeme), head: head(&letters), letters, owner }
        })
    }

    fn is_key(&self, class: u8, lexeme: &Lexeme) -> bool {
        !lexeme.excluded && self.key >> (u32::from(class) % Classes::BITS) & 1 == 1
    }
}

/// Whose word it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub language: u8,
    pub class: u8,
    /// What else there is to say, as bits: there are many of these.
    flags: u8,
}

const OPEN: u8 = 1;
const EXCLUDED: u8 = 2;
const KEY: u8 = 4;

impl Owner {
    fn new(language: u8, class: u8, lexeme: &Lexeme, key: bool) -> Owner {
        let flag = |flag, is| if is { flag } else { 0 };
        Owner { language, class, flags: flag(OPEN, lexeme.open_end) | flag(EXCLUDED, lexeme.excluded) | flag(KEY, key) }
    }

    /// Whether the word may go on after it.
    pub const fn is_open(self) -> bool {
        self.flags & OPEN != 0
    }

    pub const fn is_excluded(self) -> bool {
        self.flags & EXCLUDED != 0
    }

    /// Whether it is a word of the language's key.
    pub const fn is_key(self) -> bool {
        self.flags & KEY != 0
    }

    pub const fn language(self) -> Languages {
        1 << (self.language as u32 % Languages::BITS)
    }

    /// Its class as a set; none for an exclusion.
    pub const fn classes(self) -> Classes {
        (!self.is_excluded() as Classes) << (self.class as u32 % Classes::BITS)
    }
}

/// Where in a word of a sentence our word must be; each is looked for in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Site {
    /// At the beginning.
    Begin,
    /// At the end. All is read backward: letters, trees, sieves.
    End,
    Anywhere,
}

impl Site {
    pub const ALL: [Site; 3] = [Site::Begin, Site::End, Site::Anywhere];

    pub fn of(lexeme: &Lexeme) -> Site {
        match (lexeme.open_start, lexeme.open_end) {
            (false, _) => Site::Begin,
            (true, false) => Site::End,
            (true, true) => Site::Anywhere,
        }
    }

    /// The letters as they are read, and whether the word of the sentence may go on after them.
    pub fn spell(lexeme: &Lexeme) -> (Cow<'_, [u16]>, bool) {
        match Site::of(lexeme) {
            Site::End => (lexeme.letters.iter().rev().copied().collect(), true),
            Site::Begin | Site::Anywhere => (Cow::Borrowed(&*lexeme.letters), lexeme.open_end),
        }
    }
}

/// A word of a language on the way into the trees.
pub(super) struct Entry<'w> {
    pub site: Site,
    /// The first letters as a number that is in order as they are: comparing it is quick.
    head: u64,
    pub letters: Cow<'w, [u16]>,
    pub owner: Owner,
}

impl Entry<'_> {
    /// By place and letters; of the same ones those of a key first, then by language and class.
    pub fn order(&self, other: &Entry) -> Ordering {
        let of = |owner: &Owner| (!owner.is_key(), owner.language, owner.class);
        let heads = (self.site, self.head).cmp(&(other.site, other.head));
        heads.then_with(|| self.letters.cmp(&other.letters)).then_with(|| of(&self.owner).cmp(&of(&other.owner)))
    }
}

/// Where words of some kind may be, by [`Site`].
#[derive(Debug)]
pub(super) struct Sieves(pub [Sieve; 3]);

impl Sieves {
    pub fn new<'w>(lexemes: impl Iterator<Item = &'w Lexeme>) -> Sieves {
        let mut words = Site::ALL.map(|_| Vec::new());
        for lexeme in lexemes {
            words[Site::of(lexeme) as usize].push(Site::spell(lexeme));
        }
        Sieves(words.map(|words| Sieve::new(&words)))
    }

    #[inline]
    pub const fn of(&self, site: Site) -> &Sieve {
        let [begin, end, anywhere] = &self.0;
        match site {
            Site::Begin => begin,
            Site::End => end,
            Site::Anywhere => anywhere,
        }
    }

    pub fn memory(&self) -> usize {
        self.0.iter().map(Sieve::memory).sum()
    }
}

/// The first four letters in a number.
fn head(letters: &[u16]) -> u64 {
    (0..4).fold(0, |head, at| head << 16 | u64::from(letters.get(at).copied().unwrap_or(0)))
}
