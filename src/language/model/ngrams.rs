//! The features of a text: hashes of the character n-grams of its words, and of the words themselves.
//!
//! A word is looked at with a blank on either side, so that its beginning and end are told from its middle. All runs
//! of one to [`LONGEST`] characters count (but for the lone blanks), and a word that is longer than they are counts as
//! a whole too.

/// Characters of the longest n-gram.
pub const LONGEST: usize = 5;

/// Most n-grams that are read of one text. 512 bytes of cleaned text have fewer than 5 of each byte; this bounds what a
/// model file with another reader could ask for.
pub const MOST: usize = 4096;

const BLANK: u32 = ' ' as u32;
const SEED: u64 = 0x2545_f491_4f6c_dd1d;
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Calls `found` with the number of the word and the hash of every n-gram of `cleaned`: lower-case words with single
/// blanks between. `letters` is a buffer.
pub fn for_each(cleaned: &str, letters: &mut Vec<u32>, mut found: impl FnMut(usize, u64)) {
    letters.clear();
    letters.push(BLANK);
    letters.extend(cleaned.chars().map(u32::from));
    letters.push(BLANK);
    let mut left = MOST;
    let (mut word, mut number) = (0, 0);
    while let Some(length) = letters.get(word + 1..).and_then(|rest| rest.iter().position(|&c| c == BLANK)) {
        // A blank, the letters, a blank.
        let Some(padded) = letters.get(word..=word + 1 + length) else { break };
        if length > 0 {
            for start in 0..padded.len() - 1 {
                let mut hash = SEED;
                for (at, &letter) in padded.iter().skip(start).take(LONGEST).enumerate() {
                    hash = step(hash, letter);
                    if at == 0 && letter == BLANK {
                        continue;
                    }
                    if left == 0 {
                        return;
                    }
                    left -= 1;
                    found(number, finish(hash));
                }
            }
            if padded.len() > LONGEST {
                found(number, finish(padded.iter().fold(!SEED, |hash, &letter| step(hash, letter))));
            }
            number += 1;
        }
        word += 1 + length;
    }
}

fn step(hash: u64, letter: u32) -> u64 {
    (hash ^ u64::from(letter)).wrapping_mul(STEP).rotate_left(23)
}

fn finish(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        let mut n = 0;
        for_each(text, &mut Vec::new(), |_, _| n += 1);
        n
    }

    /// Scenario: short and long words.
    /// Guarantees: every n-gram within a word and its blanks once, none across words, and long words as a whole.
    #[test]
    fn ngrams_of_words() {
        // " a ": a, " a", "a ", " a ".
        assert_eq!(count("a"), 4);
        assert_eq!(count("a a"), 8);
        assert_eq!(count(""), 0);
        assert_eq!(count("  "), 0);
        // " abcd " has 6 characters: 5 + 5 + 4 + 3 + 2 n-grams without the first blank alone and with the last
        // never starting one, less the blanks alone, and the word.
        assert_eq!(count("abcd"), 4 + 5 + 4 + 3 + 2 + 1);
    }

    /// Scenario: texts longer than any that is cleaned, of words of each length; with four letters most words count whole.
    /// Guarantees: so few n-grams that their rows, half a byte a number, add up within 16 bits.
    #[test]
    fn bounded() {
        for letters in 1..12 {
            let count = count(&format!("{} ", "abcdefghijkl".get(..letters).unwrap()).repeat(10_000));
            assert!((MOST..=usize::from(u16::MAX) / 0xf).contains(&count), "{letters}: {count}");
        }
    }
}
