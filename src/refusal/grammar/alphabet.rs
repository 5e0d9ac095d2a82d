//! The letters that our words are written with, numbered without gaps.

use super::line::BLANK;

/// The number of letters that no word has.
pub(super) const FOREIGN: u16 = 0;

/// The number of the blank.
pub(super) const GAP: u16 = 1;

/// Letters to numbers, in the order of Unicode but for the blank.
#[derive(Debug)]
pub(super) struct Alphabet {
    numbers: Box<[u16]>,
}

impl Alphabet {
    /// The alphabet of these words.
    pub fn new<'w>(words: impl Iterator<Item = &'w [u16]>) -> Alphabet {
        let mut numbers = vec![FOREIGN; 1 << 16].into_boxed_slice();
        for &letter in words.flatten() {
            numbers[usize::from(letter)] = 1;
        }
        let mut next = GAP;
        for (letter, number) in numbers.iter_mut().enumerate() {
            if *number != FOREIGN && letter != usize::from(BLANK) {
                next += 1;
                *number = next;
            }
        }
        numbers[usize::from(BLANK)] = GAP;
        Alphabet { numbers }
    }

    /// Writes the numbers of `letters` into `out`, in place of what was there.
    pub fn number_into(&self, letters: &[u16], out: &mut Vec<u16>) {
        out.clear();
        out.extend(letters.iter().map(|&letter| self.number(letter)));
    }

    fn number(&self, letter: u16) -> u16 {
        self.numbers.get(usize::from(letter)).copied().unwrap_or(FOREIGN)
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: words of a few letters.
    /// Guarantees: each letter has its number, the blank always the same, all others none.
    #[test]
    fn numbers() {
        let words: Vec<Vec<u16>> = ["ca b", "я"].iter().map(|word| word.encode_utf16().collect()).collect();
        let alphabet = Alphabet::new(words.iter().map(Vec::as_slice));
        let mut out = vec![9];
        alphabet.number_into(&"abc яd ".encode_utf16().collect::<Vec<u16>>(), &mut out);
        assert_eq!(out, [2, 3, 4, GAP, 5, FOREIGN, GAP]);
    }
}
