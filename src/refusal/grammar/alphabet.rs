//! The letters that our words are written with, numbered without gaps.

use super::line::BLANK;

/// The number of letters that no word has.
pub(super) const FOREIGN: u16 = 0;

/// Those of the basic plane.
const LETTERS: usize = 1 << 16;

/// Letters to numbers, in the order of Unicode.
#[derive(Debug)]
pub(in crate::refusal) struct Alphabet {
    numbers: Box<[u16; LETTERS]>,
}

impl Alphabet {
    /// All letters; each is its own number.
    pub fn of_all() -> Alphabet {
        let mut numbers = Box::new([FOREIGN; LETTERS]);
        numbers.iter_mut().zip(0..=u16::MAX).for_each(|(number, letter)| *number = letter);
        Alphabet { numbers }
    }

    /// The alphabet of these words, and the blank.
    pub fn new<'w>(words: impl Iterator<Item = &'w [u16]>) -> Alphabet {
        let mut numbers = Box::new([FOREIGN; LETTERS]);
        for &letter in words.flatten().chain([&BLANK]) {
            numbers[usize::from(letter)] = 1;
        }
        let mut next = FOREIGN;
        for number in numbers.iter_mut().filter(|number| **number != FOREIGN) {
            next += 1;
            *number = next;
        }
        Alphabet { numbers }
    }

    /// The number of a letter, [`FOREIGN`] for one that no word has.
    #[inline]
    pub fn number(&self, letter: u16) -> u16 {
        self.numbers[usize::from(letter)]
    }

    /// The letter with a number; `_` where there is none.
    #[cfg(test)]
    pub fn letter(&self, number: u16) -> u16 {
        let at = self.numbers.iter().position(|&other| other == number && number != FOREIGN);
        at.map_or(u16::from(b'_'), |at| at as u16)
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
    /// Guarantees: each letter has its number, in the order of Unicode; all others have none.
    #[test]
    fn numbers() {
        let words: Vec<Vec<u16>> = ["ca", "b", "я"].iter().map(|word| word.encode_utf16().collect()).collect();
        let alphabet = Alphabet::new(words.iter().map(Vec::as_slice));
        let numbers: Vec<u16> = "abc яd".encode_utf16().map(|letter| alphabet.number(letter)).collect();
        assert_eq!(numbers, [2, 3, 4, 1, 5, FOREIGN]);
    }
}
