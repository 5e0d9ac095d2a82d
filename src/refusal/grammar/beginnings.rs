//! Where a word may begin, told from three letters: where words may stand anywhere, all places of a sentence are looked at.

/// Bits for letters that may follow.
const BITS: u16 = 64;

/// By letter: the letters that may follow it, as bits that every 64th letter shares; all of them where a word ends with it.
#[derive(Debug)]
pub(super) struct Beginnings {
    /// The first letter of a word, and its second ones.
    seconds: Box<[u64]>,
    /// The second letter of a word, and its third ones.
    thirds: Box<[u64]>,
}

impl Beginnings {
    /// The beginnings of these words.
    pub fn new<'w>(words: impl Iterator<Item = &'w [u16]>) -> Beginnings {
        let (mut seconds, mut thirds) = (Vec::new(), Vec::new());
        for word in words {
            for (at, row) in [&mut seconds, &mut thirds].into_iter().enumerate() {
                let Some(&letter) = word.get(at) else { continue };
                let letter = usize::from(letter);
                if row.len() <= letter {
                    row.resize(letter + 1, 0);
                }
                row[letter] |= word.get(at + 1).map_or(u64::MAX, |next| bit(*next));
            }
        }
        Beginnings { seconds: seconds.into(), thirds: thirds.into() }
    }

    /// Gives the places of a text where a word may begin to `found`, until that is enough. Those left out are certain.
    #[inline]
    pub fn places(&self, text: &[u16], mut found: impl FnMut(usize) -> bool) {
        for (at, letters) in text.windows(3).enumerate() {
            if let &[first, second, third] = letters
                && self.may_begin(first, second, third)
                && found(at)
            {
                return;
            }
        }
        // Behind the last letter there is none that matters: only what ends before it is meant.
        let letter = |at: usize| text.get(at).copied().unwrap_or(0);
        for at in text.len().saturating_sub(2)..text.len() {
            if self.may_begin(letter(at), letter(at + 1), letter(at + 2)) && found(at) {
                return;
            }
        }
    }

    /// Whether a word may begin with these letters, 0 behind the last one; `false` is certain.
    #[inline]
    pub fn may_begin(&self, first: u16, second: u16, third: u16) -> bool {
        let seconds = self.seconds.get(usize::from(first)).copied().unwrap_or(0);
        // A word of one letter may stand before any other.
        seconds & bit(second) != 0
            && (seconds == u64::MAX
                || self.thirds.get(usize::from(second)).is_some_and(|thirds| thirds & bit(third) != 0))
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.seconds) + size_of_val(&*self.thirds)
    }
}

#[inline]
const fn bit(letter: u16) -> u64 {
    1 << (letter % BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(beginnings: &Beginnings, text: &[u16]) -> Vec<usize> {
        let mut places = Vec::new();
        beginnings.places(text, |at| {
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
        let text: Vec<u16> = (10..500).chain([3, 4, 5, 9, 8, 3, 7, 3, 4]).collect();
        let beginnings = Beginnings::new(words.into_iter());
        assert_eq!(places(&beginnings, &text), [490, 493, 495]);
        assert_eq!(places(&beginnings, &[8, 9]), [1]);
        assert!(places(&Beginnings::new([].into_iter()), &text).is_empty());
        let mut number = 0;
        beginnings.places(&text, |_| {
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
            let places = places(&Beginnings::new(words.iter().map(Vec::as_slice)), &text);
            for at in 0..text.len() {
                prop_assert!(places.contains(&at) || !words.iter().any(|word| text[at..].starts_with(word)));
            }
        }
    }
}
