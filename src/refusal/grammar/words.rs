//! The words of one language, and how they go into the lexicon of all.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::lexeme::Lexeme;
use super::owner::Owner;
use super::sequence::Classes;

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

    /// All of them for the lexicon, as those of the language with this number.
    pub(super) fn entries(&self, language: u8) -> impl Iterator<Item = Entry<'_>> {
        self.lexemes.iter().map(move |&(class, ref lexeme)| {
            let key = self.is_key(class, lexeme);
            let letters = Site::spell(lexeme);
            let owner = Owner::new(language, class, lexeme, key);
            Entry { site: Site::of(lexeme), head: head(&letters), letters, owner }
        })
    }

    fn is_key(&self, class: u8, lexeme: &Lexeme) -> bool {
        !lexeme.excluded && self.key >> (u32::from(class) % Classes::BITS) & 1 == 1
    }
}

/// Where in a word of a sentence our word must be; each is looked for in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Site {
    /// At the beginning.
    Begin,
    /// At the end. All is read backward: letters and trees.
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

    /// The letters as they are read.
    pub fn spell(lexeme: &Lexeme) -> Cow<'_, [u16]> {
        match Site::of(lexeme) {
            Site::End => lexeme.letters.iter().rev().copied().collect(),
            Site::Begin | Site::Anywhere => Cow::Borrowed(&*lexeme.letters),
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

/// The first four letters in a number.
fn head(letters: &[u16]) -> u64 {
    (0..4).fold(0, |head, at| head << 16 | u64::from(letters.get(at).copied().unwrap_or(0)))
}
