//! Whether a word of a language may begin here, told from three letters: most places are passed by at once.

use super::alphabet::{FOREIGN, GAP};

/// Bits of a language's sieve, two to the power of this: some hundred beginnings fill a tenth of them.
const BITS: u32 = 13;

/// The beginnings of a language's words, as bits that several may share.
#[derive(Debug, Clone)]
pub(super) struct Sieve(Box<[u64]>);

impl Default for Sieve {
    fn default() -> Sieve {
        Sieve(vec![0; 1 << (BITS - 6)].into())
    }
}

/// In place of letters that may be any.
const ANY: u16 = FOREIGN;

fn place(first: u16, second: u16, third: u16) -> (usize, u64) {
    let letters = u64::from(first) << 32 | u64::from(second) << 16 | u64::from(third);
    let mixed = letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS);
    ((mixed >> 6) as usize, 1 << (mixed & 63))
}

impl Sieve {
    /// Adds a word; with an `open_end`, others that go on after it are meant, too.
    pub fn add(&mut self, word: &[u16], open_end: bool) {
        let after = if open_end { ANY } else { GAP };
        let letter = |at: usize| word.get(at).copied().unwrap_or(if at == word.len() { after } else { ANY });
        let third = if letter(1) == GAP { ANY } else { letter(2) };
        let (at, bit) = place(letter(0), letter(1), third);
        self.0[at] |= bit;
    }

    /// Whether a word may be at the beginning of `text`; `false` is certain.
    pub fn may_begin(&self, text: &[u16]) -> bool {
        let letter = |at: usize| text.get(at).copied().unwrap_or(GAP);
        let (first, second, third) = (letter(0), letter(1), letter(2));
        let third = if second == GAP { ANY } else { third };
        [(second, third), (second, ANY), (ANY, ANY)].iter().any(|&(second, third)| {
            let (at, bit) = place(first, second, third);
            self.0.get(at).is_none_or(|bits| bits & bit != 0)
        })
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Scenario: words with open and closed ends; texts that begin with them.
        /// Guarantees: none is passed by.
        #[test]
        fn none_is_missed(word in "[b-e]{1,5}( [b-e]{1,3})?", rest in "[b-e]{0,3}", open_end: bool) {
            let numbers = |text: &str| {
                text.bytes().map(|b| if b == b' ' { GAP } else { u16::from(b) }).collect::<Vec<u16>>()
            };
            let mut sieve = Sieve::default();
            sieve.add(&numbers(&word), open_end);
            let mut text = numbers(&word);
            prop_assert!(sieve.may_begin(&text));
            if !open_end {
                text.push(GAP);
            }
            text.extend(numbers(&rest));
            prop_assert!(sieve.may_begin(&text));
        }
    }
}
