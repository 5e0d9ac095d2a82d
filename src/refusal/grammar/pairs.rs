//! Where a word may begin that may stand anywhere, told from two letters: all places of a sentence are looked at.

/// Words of bits for pairs of letters: some two thousand pairs are in use.
const WORDS: usize = 1 << 10;

/// Bits of the pairs that words begin with, which several share, and of the letters that are words.
#[derive(Debug)]
pub(super) struct Pairs {
    pairs: Box<[u64; WORDS]>,
    /// By letter.
    single: Box<[bool]>,
}

impl Pairs {
    /// The beginnings of these words.
    pub fn new<'w>(words: impl Iterator<Item = &'w [u16]>) -> Pairs {
        let mut pairs = Box::new([0; WORDS]);
        let mut single = Vec::new();
        for word in words {
            match *word {
                [] => {}
                [letter] => {
                    let letter = usize::from(letter);
                    single.resize(single.len().max(letter + 1), false);
                    single[letter] = true;
                }
                [letter, next, ..] => {
                    let (at, bit) = place(letter, next);
                    pairs[at] |= bit;
                }
            }
        }
        Pairs { pairs, single: single.into() }
    }

    /// The places of a text where a word may begin; those left out are certain.
    #[inline]
    pub fn places(&self, text: &[u16]) -> impl Iterator<Item = usize> {
        // Behind the last letter there is a letter that begins nothing.
        let next = text.iter().skip(1).chain([&0]);
        text.iter().zip(next).enumerate().filter(|(_, (letter, next))| self.has(**letter, **next)).map(|(at, _)| at)
    }

    #[inline]
    fn has(&self, letter: u16, next: u16) -> bool {
        let (at, bit) = place(letter, next);
        self.pairs[at] & bit != 0 || self.single.get(usize::from(letter)) == Some(&true)
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.pairs) + size_of_val(&*self.single)
    }
}

/// Which of the bits.
#[inline]
const fn place(letter: u16, next: u16) -> (usize, u64) {
    let mixed = (letter as u32 | (next as u32) << 16).wrapping_mul(0x9e37_79b1) >> 16;
    ((mixed >> 6) as usize % WORDS, 1 << (mixed & 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Scenario: words of one and more letters, and a text of many others.
    /// Guarantees: few places are not passed by.
    #[test]
    fn most_others_are_passed_by() {
        let words = [&[3, 4, 5][..], &[9], &[3, 7]];
        let text: Vec<u16> = (10..500).chain([3, 4, 9, 8, 3, 7, 3]).collect();
        let pairs = Pairs::new(words.into_iter());
        let places: Vec<usize> = pairs.places(&text).collect();
        assert!([490, 492, 494].iter().all(|place| places.contains(place)), "{places:?}");
        assert!(places.len() < 20, "{places:?}");
        assert_eq!(Pairs::new([].into_iter()).places(&text).count(), 0);
    }

    proptest! {
        /// Scenario: any words, and any text.
        /// Guarantees: no place is passed by where a word begins.
        #[test]
        fn none_is_missed(
            words in prop::collection::vec(prop::collection::vec(1u16..20, 1..4), 0..9),
            text in prop::collection::vec(0u16..20, 0..30),
        ) {
            let pairs = Pairs::new(words.iter().map(Vec::as_slice));
            let places: Vec<usize> = pairs.places(&text).collect();
            for at in 0..text.len() {
                prop_assert!(places.contains(&at) || !words.iter().any(|word| text[at..].starts_with(word)));
            }
        }
    }
}
