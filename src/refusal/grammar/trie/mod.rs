//! Words as a tree of letters: small enough to hold those of all languages, and a step of the walk is one load and one
//! comparison.
//!
//! A double array (Aoe 1989): a node's children stand in one array, each as far from the node's base as its letter's
//! number says, in gaps that other nodes left. A base is of one node only, so that the letter alone says whose child stands
//! there. Where a word is the only one to go on, its letters are kept in a row; also where several go on alike.

mod draft;
mod node;
mod space;

use self::draft::Draft;
use self::node::{CHAIN, Node, TAIL};

/// A text to be walked along.
pub(super) trait Text: Copy {
    /// The letter at a place.
    fn letter(self, at: usize) -> Option<u16>;

    /// Whether it goes on so from a place.
    fn goes_on(self, at: usize, letters: &[u16]) -> bool;
}

/// From the first letter to the last.
#[derive(Clone, Copy)]
pub(super) struct Forward<'t>(pub &'t [u16]);

/// From the last letter to the first.
#[derive(Clone, Copy)]
pub(super) struct Backward<'t>(pub &'t [u16]);

impl Text for Forward<'_> {
    #[inline]
    fn letter(self, at: usize) -> Option<u16> {
        self.0.get(at).copied()
    }

    #[inline]
    fn goes_on(self, at: usize, letters: &[u16]) -> bool {
        self.0.get(at..).is_some_and(|rest| rest.starts_with(letters))
    }
}

impl Text for Backward<'_> {
    #[inline]
    fn letter(self, at: usize) -> Option<u16> {
        self.0.get(self.0.len().wrapping_sub(at + 1)).copied()
    }

    #[inline]
    fn goes_on(self, at: usize, letters: &[u16]) -> bool {
        let rest = self.0.len().checked_sub(at).and_then(|end| self.0.get(..end));
        rest.is_some_and(|rest| rest.len() >= letters.len() && rest.iter().rev().zip(letters).all(|(a, b)| a == b))
    }
}

/// The tree. Letters are the numbers that an [`Alphabet`](super::alphabet::Alphabet) gives them.
#[derive(Debug)]
pub(super) struct Trie {
    root: Node,
    nodes: Box<[Node]>,
    /// Letters of tails, before each tail their number; and of chains, before each its length and the node it leads to.
    letters: Box<[u16]>,
}

impl Trie {
    /// A tree of words, in order and none twice; none is empty. They come with numbers, of which several may have the same.
    /// `None` when a number is too large, or they are too many.
    pub fn new(words: &[(&[u16], u32)]) -> Option<Trie> {
        Draft::new(words).finish()
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.nodes) + size_of_val(&*self.letters)
    }

    /// Every word that `text` begins with: its number and its length.
    #[inline]
    pub fn walk(&self, text: impl Text, mut found: impl FnMut(u32, usize)) {
        let (mut node, mut at) = (self.root, 0);
        while let Some(letter) = text.letter(at) {
            let Some(&child) = self.nodes.get(node.first() + usize::from(letter)) else { return };
            if child.letter() != letter {
                return;
            }
            node = child;
            at += 1;
            if node.is_fork() {
                continue;
            }
            while node.kind() == CHAIN {
                if let Some(word) = node.word() {
                    found(word, at);
                }
                let Some([length, a, b, c, d, letters @ ..]) = self.letters.get(node.first()..) else { return };
                let alike = letters.get(..usize::from(*length)).unwrap_or_default();
                if !text.goes_on(at, alike) {
                    return;
                }
                at += alike.len();
                node = Node::join([*a, *b, *c, *d]);
            }
            if node.kind() == TAIL {
                let Some([length, letters @ ..]) = self.letters.get(node.first()..) else { return };
                let rest = letters.get(..usize::from(*length)).unwrap_or_default();
                if let Some(word) = node.word()
                    && text.goes_on(at, rest)
                {
                    found(word, at + rest.len());
                }
                return;
            }
            if let Some(word) = node.word() {
                found(word, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::grammar::alphabet::Alphabet;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Scenario: 1,500 words of every second letter, and some that begin alike and go on with every fortieth of these.
    /// Guarantees: exactly these are found behind that beginning, beside none of the letters between, before and behind
    /// them, and they stand in the gaps that the others leave.
    #[test]
    fn children_far_apart() {
        let letters: Vec<u16> = (1..3000).step_by(2).collect();
        let mut words: Vec<Vec<u16>> = letters.iter().map(|&letter| vec![letter]).collect();
        words.extend(letters.iter().skip(20).step_by(40).map(|&letter| vec![7, letter]));
        words.sort_unstable();
        let numbered: Vec<(&[u16], u32)> = words.iter().zip(0..).map(|(word, at)| (&word[..], at)).collect();
        let trie = Trie::new(&numbered).unwrap();
        assert!(trie.nodes.len() < 3050, "{}", trie.nodes.len());
        for letter in 0..3001 {
            let text = [7, letter];
            let mut found = Vec::new();
            trie.walk(Forward(&text), |word, length| found.push((&words[word as usize][..], length)));
            let wanted = words.iter().filter(|word| text.starts_with(word)).map(|word| (&word[..], word.len()));
            assert_eq!(found, wanted.collect::<Vec<_>>(), "{letter}");
        }
    }

    /// Scenario: more words than a node can number.
    /// Guarantees: there is no tree, rather than one that takes some words for others.
    #[test]
    fn too_many() {
        let numbered = [(&[1][..], 1 << 20)];
        assert!(Trie::new(&numbered).is_none());
    }

    proptest! {
        /// Scenario: any words, and texts of the same letters, the right way round and turned round.
        /// Guarantees: exactly the words that the text begins with are found.
        #[test]
        fn as_by_hand(words in prop::collection::btree_set("[a-h]{1,6}|[a-c]{1,3}", 0..60), text in "[a-i]{0,12}") {
            let letters = |word: &str| word.encode_utf16().collect::<Vec<u16>>();
            let spelled: Vec<Vec<u16>> = words.iter().map(|word| letters(word)).collect();
            let alphabet = Alphabet::new(spelled.iter().map(Vec::as_slice));
            let number = |word: &[u16]| word.iter().map(|&letter| alphabet.number(letter)).collect::<Vec<u16>>();
            let numbers: Vec<Vec<u16>> = spelled.iter().map(|word| number(word)).collect();
            let numbered: Vec<(&[u16], u32)> = numbers.iter().zip(0..).map(|(word, at)| (&word[..], at)).collect();
            let (mut text, trie) = (number(&letters(&text)), Trie::new(&numbered).unwrap());
            let wanted: BTreeSet<&[u16]> = numbers.iter().map(Vec::as_slice).filter(|word| text.starts_with(word)).collect();
            let (mut found, mut backward) = (BTreeSet::new(), BTreeSet::new());
            let word = |word: u32, length| numbers.get(word as usize).filter(|word| word.len() == length).unwrap();
            trie.walk(Forward(&text), |number, length| assert!(found.insert(&word(number, length)[..])));
            text.reverse();
            trie.walk(Backward(&text), |number, length| assert!(backward.insert(&word(number, length)[..])));
            prop_assert_eq!(&found, &wanted);
            prop_assert_eq!(backward, wanted);
        }
    }
}
