//! Whose a word is.

use super::lexeme::Lexeme;
use super::lexicon::{Languages, MAX_LANGUAGES};
use super::sequence::{Classes, MAX_CLASSES};

/// A class of a language that has the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    pub fn new(language: u8, class: u8, lexeme: &Lexeme, key: bool) -> Owner {
        let flag = |flag, is| if is { flag } else { 0 };
        Owner { language, class, flags: flag(OPEN, lexeme.open_end) | flag(EXCLUDED, lexeme.excluded) | flag(KEY, key) }
    }

    /// Whether it has the word where the word of the sentence ends with it, or does not.
    #[inline]
    pub const fn takes(self, word_ends: bool) -> bool {
        self.flags & OPEN != 0 || word_ends
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

/// Owners of a word as a number that a tree keeps with it: the only one, as most words have one, or which of the words that
/// several own. And whether the word of the sentence ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owned(u32);

const ONE: u32 = 1 << 19;
/// Of several owners: somebody's key has it.
const SHARED_KEY: u32 = 1 << 18;
const ENDS: u32 = 1 << 20;

const LANGUAGE: u32 = 9;
const CLASS: u32 = 3;

const _: () = assert!(MAX_LANGUAGES << LANGUAGE <= ONE as usize && MAX_CLASSES << CLASS <= 1 << LANGUAGE);

impl Owned {
    /// A word of one owner.
    pub const fn by(owner: Owner) -> Owned {
        Owned(ONE | (owner.language as u32) << LANGUAGE | (owner.class as u32) << CLASS | owner.flags as u32)
    }

    /// A word of several, one of these, and whether somebody has it in the key; `None` when there are too many.
    pub fn shared(number: usize, key: bool) -> Option<Owned> {
        let number = u32::try_from(number).ok().filter(|number| *number < SHARED_KEY)?;
        Some(Owned(number | if key { SHARED_KEY } else { 0 }))
    }

    /// Whether it may be a word of somebody's key; `false` is certain.
    #[inline]
    pub const fn may_be_key(self) -> bool {
        self.0 & if self.0 & ONE == 0 { SHARED_KEY } else { KEY as u32 } != 0
    }

    /// As a number, of 20 bits before it is known whether a word ends.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// From a number.
    #[inline]
    pub const fn numbered(number: u32) -> Owned {
        Owned(number)
    }

    /// Of a word with which the word of the sentence ends, or does not.
    #[inline]
    pub const fn ending(self, word_ends: bool) -> Owned {
        Owned(self.0 | (word_ends as u32 * ENDS))
    }

    #[inline]
    pub const fn ends(self) -> bool {
        self.0 & ENDS != 0
    }

    /// The only owner, or which of the words that several own.
    #[inline]
    pub const fn owner(self) -> Result<Owner, usize> {
        if self.0 & ONE == 0 {
            return Err((self.0 & (SHARED_KEY - 1)) as usize);
        }
        let (language, class) = (self.0 >> LANGUAGE, self.0 >> CLASS);
        Ok(Owner {
            language: language as u8 % MAX_LANGUAGES as u8,
            class: class as u8 % MAX_CLASSES as u8,
            flags: self.0 as u8 & (OPEN | EXCLUDED | KEY),
        })
    }
}

/// Owners of one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shared {
    /// Which of the [`Sets`].
    pub sets: u32,
    pub first: u32,
    pub length: u32,
}

/// Languages that have a word: many words are of the same ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Sets {
    pub all: Languages,
    /// Those with it in their key.
    pub key: Languages,
    /// Of these those of which it is a word also where the word of the sentence goes on.
    pub open_key: Languages,
}

impl Sets {
    pub fn of(owners: &[Owner]) -> Sets {
        let with = |is: fn(Owner) -> bool| {
            owners.iter().filter(|owner| is(**owner)).fold(0, |all, owner| all | owner.language())
        };
        Sets {
            all: with(|_| true),
            key: with(Owner::is_key),
            open_key: with(|owner| owner.is_key() && owner.takes(false)),
        }
    }

    /// Those with the word in their key, where the word of the sentence ends with it or does not.
    #[inline]
    pub const fn keys(&self, word_ends: bool) -> Languages {
        if word_ends { self.key } else { self.open_key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: words of one owner and of several, some with an open end, some of a key, where a word ends and where not.
    /// Guarantees: what was put in comes out.
    #[test]
    fn owners() {
        let lexeme = |open_end| Lexeme { letters: Box::new([1]), open_start: false, open_end, excluded: false };
        let (own, open) = (Owner::new(127, 63, &lexeme(false), true), Owner::new(3, 4, &lexeme(true), true));
        let other = Owner::new(5, 6, &lexeme(true), false);
        let owned = Owned::by(own);
        assert_eq!((owned.owner(), owned.ends(), owned.ending(true).ends()), (Ok(own), false, true));
        assert_eq!(owned.ending(true).owner(), Ok(own));
        for key in [false, true] {
            let shared = Owned::shared(70_000, key).unwrap();
            assert_eq!((shared.ending(true).owner(), shared.may_be_key()), (Err(70_000), key));
        }
        assert!(owned.may_be_key() && !Owned::by(other).may_be_key());
        assert_eq!(Owned::shared(1 << 18, true), None);
        assert_eq!(Owned::numbered(owned.number()), owned);
        assert!(owned.number() < 1 << 20 && Owned::shared((1 << 18) - 1, true).unwrap().number() < 1 << 20);
        assert!(own.takes(true) && !own.takes(false) && open.takes(false));
        let sets = Sets::of(&[own, open, other]);
        assert_eq!((sets.all, sets.keys(true), sets.keys(false)), (1 << 127 | 0b101000, 1 << 127 | 0b1000, 0b1000));
    }
}
