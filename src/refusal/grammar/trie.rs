//! Words as a tree of letters, small enough to hold those of all languages and quick to walk.

/// No word ends here.
const NONE: u32 = u32::MAX;

/// In place of the number of children: one way leads on, and it is kept in a row.
const TAIL: u16 = u16::MAX;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The first child, all of them in a row; or where the tail is.
    first: u32,
    /// The word that ends here.
    word: u32,
    children: u16,
}

/// The rest of a word, when no other word begins as it does.
#[derive(Debug, Clone, Copy)]
struct Tail {
    start: u32,
    length: u16,
    word: u32,
}

/// The tree.
#[derive(Debug)]
pub(super) struct Trie {
    /// For every letter the node of words that begin with it, counted from 1; 0 for none.
    root: Box<[u32]>,
    /// Whether some word begins with these two letters, as bits that several pairs share.
    pairs: Box<[u64]>,
    nodes: Box<[Node]>,
    /// By node: the letter that leads to it.
    labels: Box<[u16]>,
    tails: Box<[Tail]>,
    letters: Box<[u16]>,
}

/// Bits of `pairs`: two to the power of this.
const PAIR_BITS: u32 = 16;

fn pair(first: u16, second: u16) -> (usize, u64) {
    let mixed = (u32::from(first) << 16 | u32::from(second)).wrapping_mul(0x9e37_79b1) >> (32 - PAIR_BITS);
    ((mixed >> 6) as usize, 1 << (mixed & 63))
}

impl Trie {
    /// A tree of words, which come with their numbers, in order and none twice; none is empty.
    pub fn new(words: &[(&[u16], u32)]) -> Trie {
        let mut trie = Draft::default();
        let mut root = vec![0; 1 << 16].into_boxed_slice();
        let mut pairs = vec![0u64; 1 << (PAIR_BITS - 6)].into_boxed_slice();
        for (word, _) in words {
            if let [first, second, ..] = **word {
                let (at, bit) = pair(first, second);
                pairs[at] |= bit;
            }
        }
        // Words that begin alike, up to which letter, and the node that is theirs.
        let mut waiting: std::collections::VecDeque<(usize, usize, usize, usize)> = Default::default();
        for (letter, range) in runs(words, 0, words.len(), 0) {
            root[usize::from(letter)] = trie.push(letter) as u32 + 1;
            waiting.push_back((range.0, range.1, 1, trie.nodes.len() - 1));
        }
        while let Some((from, to, depth, node)) = waiting.pop_front() {
            let mut from = from;
            if words[from].0.len() == depth {
                trie.nodes[node].word = words[from].1;
                from += 1;
            }
            if let [(word, number)] = words[from..to] {
                trie.nodes[node].first = trie.tails.len() as u32;
                trie.nodes[node].children = TAIL;
                let rest = word.get(depth..).unwrap_or_default();
                trie.tails.push(Tail { start: trie.letters.len() as u32, length: rest.len() as u16, word: number });
                trie.letters.extend_from_slice(rest);
                continue;
            }
            trie.nodes[node].first = trie.nodes.len() as u32;
            for (letter, range) in runs(words, from, to, depth) {
                let child = trie.push(letter);
                trie.nodes[node].children += 1;
                waiting.push_back((range.0, range.1, depth + 1, child));
            }
        }
        let Draft { nodes, labels, tails, letters } = trie;
        Trie { root, pairs, nodes: nodes.into(), labels: labels.into(), tails: tails.into(), letters: letters.into() }
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.root)
            + size_of_val(&*self.pairs)
            + size_of_val(&*self.nodes)
            + size_of_val(&*self.labels)
            + size_of_val(&*self.tails)
            + size_of_val(&*self.letters)
    }

    /// Every word that `text` begins with: its number and its length.
    #[inline]
    pub fn walk(&self, text: &[u16], mut found: impl FnMut(u32, usize)) {
        let Some(&letter) = text.first() else { return };
        let Some(mut node) = self.node(self.root.get(usize::from(letter)).copied().unwrap_or(0).wrapping_sub(1)) else {
            return;
        };
        if node.word != NONE {
            found(node.word, 1);
        }
        let Some(&second) = text.get(1) else { return };
        let (at, bit) = pair(letter, second);
        if self.pairs.get(at).is_none_or(|bits| bits & bit == 0) {
            return;
        }
        let mut length = 1;
        while node.children != TAIL {
            let Some(letter) = text.get(length) else { return };
            let first = node.first as usize;
            let Some(labels) = self.labels.get(first..first + usize::from(node.children)) else { return };
            let Some(at) = labels.iter().position(|label| label >= letter) else { return };
            if labels.get(at) != Some(letter) {
                return;
            }
            let Some(next) = self.node((first + at) as u32) else { return };
            node = next;
            length += 1;
            if node.word != NONE {
                found(node.word, length);
            }
        }
        let Some(tail) = self.tails.get(node.first as usize) else { return };
        let rest = self.letters.get(tail.start as usize..tail.start as usize + usize::from(tail.length));
        let rest = rest.unwrap_or_default();
        if text.get(length..).is_some_and(|text| text.starts_with(rest)) {
            found(tail.word, length + rest.len());
        }
    }

    fn node(&self, number: u32) -> Option<&Node> {
        self.nodes.get(number as usize)
    }
}

#[derive(Default)]
struct Draft {
    nodes: Vec<Node>,
    labels: Vec<u16>,
    tails: Vec<Tail>,
    letters: Vec<u16>,
}

impl Draft {
    fn push(&mut self, letter: u16) -> usize {
        self.nodes.push(Node { first: 0, word: NONE, children: 0 });
        self.labels.push(letter);
        self.nodes.len() - 1
    }
}

/// The letters at `depth` of the words `from..to`, each with the words that have it there.
fn runs(words: &[(&[u16], u32)], from: usize, to: usize, depth: usize) -> Vec<(u16, (usize, usize))> {
    let mut found: Vec<(u16, (usize, usize))> = Vec::new();
    for (at, (word, _)) in words.iter().enumerate().take(to).skip(from) {
        let Some(&letter) = word.get(depth) else { continue };
        match found.last_mut() {
            Some((last, (_, end))) if *last == letter => *end = at + 1,
            _ => found.push((letter, (at, at + 1))),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// Scenario: any words, and texts of the same letters.
        /// Guarantees: exactly the words that the text begins with are found.
        #[test]
        fn as_by_hand(words in prop::collection::btree_set("[ab ]{1,6}", 0..30), text in "[abc ]{0,12}") {
            let letters = |word: &str| word.encode_utf16().collect::<Vec<u16>>();
            let spelled: Vec<Vec<u16>> = words.iter().map(|word| letters(word)).collect();
            let numbered: Vec<(&[u16], u32)> = spelled.iter().zip(0..).map(|(word, at)| (&word[..], at)).collect();
            let mut found = BTreeSet::new();
            Trie::new(&numbered).walk(&letters(&text), |word, length| {
                let word = &words.iter().nth(word as usize).unwrap()[..];
                assert!(word.len() == length && found.insert(word));
            });
            let wanted: BTreeSet<&str> = words.iter().map(|w| &w[..]).filter(|w| text.starts_with(w)).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
