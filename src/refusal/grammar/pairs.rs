//! Where a word may begin that may stand anywhere, told from two letters: all places of a sentence are looked at.

/// Bits for second letters.
const BITS: u16 = 64;

/// By first letter: the second letters, as bits that every 64th letter shares; all of them for a word of one letter.
#[derive(Debug)]
pub(super) struct Pairs(Box<[u64]>);

impl Pairs {
    /// The beginnings of these words.
    pub fn new<'w>(words: impl Iterator<Item = &'w [u16]>) -> Pairs {
        let mut pairs = Vec::new();
        for word in words {
            let Some(&first) = word.first() else { continue };
            let first = usize::from(first);
            if pairs.len() <= first {
                pairs.resize(first + 1, 0);
            }
            pairs[first] |= word.get(1).map_or(u64::MAX, |second| bit(*second));
        }
        Pairs(pairs.into())
    }

    /// Gives the places of a text where a word may begin to `found`, until that is enough. Those left out are certain.
    #[inline]
    pub fn places(&self, text: &[u16], mut found: impl FnMut(usize) -> bool) {
        for (at, (&first, &second)) in text.iter().zip(text.get(1..).unwrap_or_default()).enumerate() {
            if self.has(first, second) && found(at) {
                return;
            }
        }
        // The last letter may be a word.
        if let Some(&last) = text.last()
            && self.0.get(usize::from(last)) == Some(&u64::MAX)
        {
            found(text.len() - 1);
        }
    }

    #[inline]
    fn has(&self, first: u16, second: u16) -> bool {
        self.0.get(usize::from(first)).is_some_and(|seconds| seconds & bit(second) != 0)
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }
}

#[inline]
const fn bit(second: u16) -> u64 {
    1 << (second % BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(pairs: &Pairs, text: &[u16]) -> Vec<usize> {
        let mut places = Vec::new();
        pairs.places(text, |at| {
            places.push(at);
            false
        });
        places
    }

    /// Scenario: words of one and more letters, and a text of many others.
    /// Guarantees: few places are not passed by; no more are told once there are enough.
    #[test]
    fn most_others_are_passed_by() {
        let words = [&[3, 4, 5][..], &[9], &[3, 7]];
        let text: Vec<u16> = (10..500).chain([3, 4, 9, 8, 3, 7, 3]).collect();
        let pairs = Pairs::new(words.into_iter());
        assert_eq!(places(&pairs, &text), [490, 492, 494]);
        assert_eq!(places(&pairs, &[8, 9]), [1]);
        assert!(places(&Pairs::new([].into_iter()), &text).is_empty());
        let mut number = 0;
        pairs.places(&text, |_| {
            number += 1;
            number == 2
        });
        assert_eq!(number, 2);
    }

    proptest! {
        /// Scenario: any words, and any text.
        /// Guarantees: no place is passed by where a word begins.
        #[test]
        fn none_is_missed(
            words in prop::collection::vec(prop::collection::vec(1u16..20, 1..4), 0..9),
            text in prop::collection::vec(0u16..20, 0..30),
        ) {
            let places = places(&Pairs::new(words.iter().map(Vec::as_slice)), &text);
            for at in 0..text.len() {
                prop_assert!(places.contains(&at) || !words.iter().any(|word| text[at..].starts_with(word)));
            }
        }
    }
}
