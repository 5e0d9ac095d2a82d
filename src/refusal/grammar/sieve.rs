//! Whether a word may begin here, told from six letters: most places are passed by at once.

use super::line::BLANK;

/// Letters that are looked at.
const LETTERS: usize = 6;

/// Bits for each beginning, at least: so that few are set by chance.
const BITS_EACH: usize = 16;

/// Words of bits for first letters.
const FIRSTS: usize = 16;

/// The most words of bits for pairs of letters.
const PAIRS: usize = 1 << 10;

/// A beginning of words: the first four letters, 0 for those that may be any, and what else is known of it.
type Beginning = (u64, u64);

/// Words begin with these letters: there is more to look at.
const LEADS: u64 = 0;

/// No more is known of a word than these letters.
const WHOLE: u64 = 1;

/// The bits of so many letters, four at most.
const fn letters(number: usize) -> u64 {
    u64::MAX >> (64 - 16 * number)
}

/// The first letters of a word, of which so many are known.
const fn beginning([four, two]: [u64; 2], known: usize) -> Beginning {
    match known {
        0..=4 => (four & letters(known), WHOLE),
        5 => (four, two & letters(1) | WHOLE << 32),
        _ => (four, two | WHOLE << 33),
    }
}

/// Six letters, the first one lowest: four, and two.
fn pack(letter: impl Fn(usize) -> u16) -> [u64; 2] {
    [0..4, 4..LETTERS].map(|range| range.rev().fold(0, |all, at| all << 16 | u64::from(letter(at))))
}

/// First letters, as bits that several may share.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Firsts([u64; FIRSTS]);

impl Firsts {
    fn add(&mut self, letter: u16) {
        let (at, bit) = first(letter);
        self.0[at] |= bit;
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; FIRSTS]
    }

    /// Whether it may be one of them; `false` is certain.
    #[inline]
    pub const fn has(&self, letter: u16) -> bool {
        let (at, bit) = first(letter);
        self.0[at] & bit != 0
    }
}

impl std::ops::BitOrAssign<&Firsts> for Firsts {
    fn bitor_assign(&mut self, other: &Firsts) {
        self.0.iter_mut().zip(other.0).for_each(|(letters, others)| *letters |= others);
    }
}

/// The beginnings of words, as bits that several may share.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    /// As many as a power of two, or none.
    bits: Box<[u64]>,
    /// Of the first letter, and of the first two; these are asked before all others.
    firsts: Firsts,
    pairs: Box<[u64]>,
    /// Whether there are words of one letter that others go on after.
    single: bool,
}

impl Sieve {
    /// A sieve for words; with an open end, others that go on after one are meant, too.
    pub fn new<W: AsRef<[u16]>>(words: &[(W, bool)]) -> Sieve {
        let mut sieve = Sieve::default();
        if words.is_empty() {
            return sieve;
        }
        // Many begin alike; how many bits are needed will be seen.
        sieve.bits = vec![0; (2 * words.len() * BITS_EACH / 64).next_power_of_two()].into();
        sieve.pairs = vec![0; PAIRS].into();
        let (mut beginnings, mut pairs) = (0, 0);
        for &(ref word, open_end) in words {
            let word = word.as_ref();
            let letter = |at: usize| word.get(at).copied().unwrap_or(if open_end { 0 } else { BLANK });
            let known = (word.len() + usize::from(!open_end)).min(LETTERS);
            let letters_of = pack(letter);
            let lead = (known >= 4).then_some((letters_of[0], LEADS));
            for beginning in lead.into_iter().chain([beginning(letters_of, known)]) {
                let (at, bit) = sieve.place(beginning);
                beginnings += usize::from(sieve.bits[at] & bit == 0);
                sieve.bits[at] |= bit;
            }
            if known == 1 {
                sieve.single = true;
            } else {
                let (at, bit) = pair(letter(0), letter(1), PAIRS);
                pairs += usize::from(sieve.pairs[at] & bit == 0);
                sieve.pairs[at] |= bit;
            }
            sieve.firsts.add(letter(0));
        }
        shrink(&mut sieve.bits, beginnings);
        shrink(&mut sieve.pairs, pairs);
        sieve
    }

    /// The first letters of all words.
    pub fn firsts(&self) -> &Firsts {
        &self.firsts
    }

    /// Whether a word may be at the beginning of `text`; `false` is certain.
    #[inline]
    pub fn may_begin(&self, text: &[u16]) -> bool {
        text.first().is_some_and(|&letter| self.firsts.has(letter)) && self.may_follow(text)
    }

    /// As [`may_begin`](Self::may_begin) for a text whose first letter some word has.
    #[inline]
    pub fn may_follow(&self, text: &[u16]) -> bool {
        let (letter, next) = match *text {
            [letter, next, ..] => (letter, next),
            // Behind the last letter the word ends.
            [letter] => (letter, BLANK),
            [] => return false,
        };
        let (at, bit) = pair(letter, next, self.pairs.len());
        let goes_on = self.pairs.get(at).is_some_and(|pairs| pairs & bit != 0) && self.goes_on(text);
        goes_on || self.single && self.has((letter.into(), WHOLE))
    }

    /// As [`may_begin`](Self::may_begin) for a text whose first two letters some word has.
    #[inline(never)]
    fn goes_on(&self, text: &[u16]) -> bool {
        let six = match text.first_chunk::<LETTERS>() {
            Some(six) => pack(|at| six[at]),
            None => pack(|at| text.get(at).copied().unwrap_or(BLANK)),
        };
        let has = |known| self.has(beginning(six, known));
        self.has((six[0], LEADS)) && (has(6) || has(4) || has(5)) || has(3) || has(2)
    }

    #[inline]
    fn has(&self, beginning: Beginning) -> bool {
        let (at, bit) = self.place(beginning);
        self.bits.get(at).is_some_and(|bits| bits & bit != 0)
    }

    /// Which of the bits.
    #[inline]
    fn place(&self, beginning: Beginning) -> (usize, u64) {
        let (four, more) = beginning;
        let product = u128::from(four ^ more.wrapping_mul(0xd6e8_feb8_6659_fd93)) * 0x9e37_79b9_7f4a_7c15;
        let mixed = (product >> 64) as u64 ^ product as u64;
        ((mixed >> 6) as usize & self.bits.len().wrapping_sub(1), 1 << (mixed & 63))
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.bits) + size_of_val(&*self.pairs)
    }
}

/// Lays the halves of a table upon each other while enough is left for so many beginnings.
fn shrink(table: &mut Box<[u64]>, beginnings: usize) {
    let wanted = (beginnings * BITS_EACH / 64).next_power_of_two();
    let mut bits = std::mem::take(table).into_vec();
    while bits.len() > wanted {
        let half = bits.split_off(bits.len() / 2);
        bits.iter_mut().zip(half).for_each(|(bits, others)| *bits |= others);
    }
    *table = bits.into();
}

/// Which of the bits of pairs, in a table of so many words.
const fn pair(letter: u16, next: u16, words: usize) -> (usize, u64) {
    let mixed = (letter as u32 | (next as u32) << 16).wrapping_mul(0x9e37_79b1) >> 16;
    ((mixed >> 6) as usize & words.wrapping_sub(1), 1 << (mixed & 63))
}

/// Which of the bits of first letters.
const fn first(letter: u16) -> (usize, u64) {
    ((letter >> 6) as usize % FIRSTS, 1 << (letter & 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spell(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    proptest! {
        /// Scenario: words with open and closed ends; texts that begin with them.
        /// Guarantees: none is passed by.
        #[test]
        fn none_is_missed(
            words in prop::collection::vec(("[b-e]{1,5}( [b-e]{1,3})?", any::<bool>()), 1..9),
            rest in "[b-e]{0,3}",
        ) {
            let spelled: Vec<(Vec<u16>, bool)> = words.iter().map(|(word, open)| (spell(word), *open)).collect();
            let sieve = Sieve::new(&spelled);
            for (word, open) in words {
                prop_assert!(sieve.may_begin(&spell(&word)));
                let text = [&word[..], if open { "" } else { " " }, &rest[..]].concat();
                prop_assert!(sieve.may_begin(&spell(&text)));
            }
        }
    }

    /// Scenario: some words, and many texts that begin otherwise.
    /// Guarantees: few of them are not passed by, and none where there are no words.
    #[test]
    fn most_others_are_passed_by() {
        let words = [("help", true), ("to", false), ("a", false), ("un", true), ("我", true), ("reveal", true)];
        let spelled = words.map(|(word, open)| (spell(word), open));
        let (sieve, none) = (Sieve::new(&spelled), Sieve::new::<Vec<u16>>(&[]));
        let others = ["hello", "too", "an", "us", "h", "们我", "revise", "heap"];
        let others = others.map(str::to_owned).into_iter().chain(('a'..='z').map(|c| format!("t{c}x re{c}e")));
        let others: Vec<Vec<u16>> = others.map(|text| spell(&text)).collect();
        let passed = others.iter().filter(|text| !sieve.may_begin(text)).count();
        assert!(passed * 10 >= others.len() * 9, "{passed} of {}", others.len());
        assert!(none.firsts().is_empty() && !others.iter().any(|text| none.may_begin(text)));
    }
}
