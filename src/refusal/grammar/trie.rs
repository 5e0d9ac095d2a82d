//! Words as a tree of letters, small enough to hold those of all languages and quick to walk.

use std::collections::{HashMap, VecDeque};

use super::alphabet::Alphabet;

/// No word ends here.
const NONE: u32 = u32::MAX;

/// In place of the number of children: one word goes on from here, and its letters are kept in a row.
const TAIL: u16 = u16::MAX;

/// In place of the number of children: all words go on alike for some letters, which are kept in a row.
const CHAIN: u16 = TAIL - 1;

/// So many letters make a chain; fewer take less room as nodes.
const MIN_CHAIN: usize = 3;

/// Added to the number of children where there are many whose letters are too far apart for a table. More children than
/// this no node has: a language has 5000 spellings at most, and few share a script.
const SPARSE: u16 = 1 << 14;

/// Nodes with more children than this have a table of them, or are searched.
const FEW: u16 = 4;

/// The most entries of a table for each child.
const MAX_SPREAD: u16 = 24;

/// Numbers before the letters of a table.
const HEADER: usize = 4;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The first child, all of them in a row; or where its table or chain begins, or which tail.
    first: u32,
    /// The word that ends here.
    word: u32,
    /// How many, or one of the constants above.
    children: u16,
    /// The number of the letter that leads to it.
    label: u16,
}

/// The rest of a word, when no other word begins as it does.
#[derive(Debug, Clone, Copy)]
struct Tail {
    start: u32,
    word: u32,
}

/// The tree. On its nodes are the numbers that an [`Alphabet`] gives letters, in its tails the letters themselves.
#[derive(Debug)]
pub(super) struct Trie {
    /// The root is the first.
    nodes: Box<[Node]>,
    tails: Box<[Tail]>,
    /// Letters of tails, before each tail their number; and of chains, before each which node it leads to, in two numbers,
    /// and how many letters it has.
    letters: Box<[u16]>,
    /// A table has the first child in two numbers, the lowest letter and the number of letters, then for each letter from
    /// there which child it leads to, counted from 1; 0 for none.
    tables: Box<[u16]>,
}

impl Trie {
    /// A tree of words, which come with their numbers, in order and none twice; none is empty. All their letters are in
    /// the alphabet.
    pub fn new(words: &[(&[u16], u32)], alphabet: &Alphabet) -> Trie {
        let mut draft = Draft::default();
        draft.push(0);
        // A node, and the words that are its: from, to, and how many letters led to it.
        let mut waiting = VecDeque::from([(0, 0, words.len(), 0)]);
        while let Some((node, mut from, to, depth)) = waiting.pop_front() {
            if let Some((word, number)) = words.get(from)
                && word.len() == depth
            {
                draft.nodes[node].word = *number;
                from += 1;
            }
            let own = words.get(from..to).unwrap_or_default();
            // The root is no tail: a walk begins with its children.
            if let [(word, number)] = own
                && depth > 0
            {
                draft.tail(node, word.get(depth..).unwrap_or_default(), *number);
                continue;
            }
            let alike = alike(own, depth);
            if alike >= MIN_CHAIN && depth > 0 {
                let letters = own.first().and_then(|(word, _)| word.get(depth..depth + alike)).unwrap_or_default();
                waiting.push_back((draft.chain(node, letters), from, to, depth + alike));
                continue;
            }
            draft.nodes[node].first = draft.nodes.len() as u32;
            for run in own.chunk_by(|a, b| a.0.get(depth) == b.0.get(depth)) {
                let letter = run.first().and_then(|(word, _)| word.get(depth)).copied().unwrap_or_default();
                waiting.push_back((draft.push(alphabet.number(letter)), from, from + run.len(), depth + 1));
                draft.nodes[node].children += 1;
                from += run.len();
            }
            draft.table(node);
        }
        let Draft { nodes, tails, letters, tables, .. } = draft;
        Trie { nodes: nodes.into(), tails: tails.into(), letters: letters.into(), tables: tables.into() }
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.nodes) + size_of_val(&*self.tails) + size_of_val(&*self.letters) + size_of_val(&*self.tables)
    }

    /// Every word that `text` begins with: its number and its length.
    #[inline]
    pub fn walk(&self, text: &[u16], alphabet: &Alphabet, mut found: impl FnMut(u32, usize)) {
        let Some(mut node) = self.nodes.first() else { return };
        let mut at = 0;
        while let Some(&letter) = text.get(at) {
            let Some(next) = self.child(node, alphabet.number(letter)) else { return };
            node = next;
            if node.word != NONE {
                found(node.word, at + 1);
            }
            while node.children == CHAIN {
                let Some([head, tail, length, letters @ ..]) = self.letters.get(node.first as usize..) else { return };
                let alike = letters.get(..usize::from(*length)).unwrap_or_default();
                if !text.get(at + 1..).is_some_and(|text| text.starts_with(alike)) {
                    return;
                }
                let Some(next) = self.nodes.get(joined(*head, *tail)) else { return };
                node = next;
                at += alike.len();
                if node.word != NONE {
                    found(node.word, at + 1);
                }
            }
            if node.children == TAIL {
                let Some(tail) = self.tails.get(node.first as usize) else { return };
                let Some([length, letters @ ..]) = self.letters.get(tail.start as usize..) else { return };
                let rest = letters.get(..usize::from(*length)).unwrap_or_default();
                if text.get(at + 1..).is_some_and(|text| text.starts_with(rest)) {
                    found(tail.word, at + 1 + rest.len());
                }
                return;
            }
            at += 1;
        }
    }

    /// A child of a node whose children are far apart. There are few such nodes; this is not to be in the way of the others.
    #[inline(never)]
    fn far_child(&self, node: &Node, letter: u16) -> Option<&Node> {
        let first = node.first as usize;
        let children = self.nodes.get(first..first + usize::from(node.children & !SPARSE))?;
        let at = children.binary_search_by_key(&letter, |child| child.label).ok()?;
        children.get(at)
    }

    #[inline(always)]
    fn child(&self, node: &Node, letter: u16) -> Option<&Node> {
        let first = node.first as usize;
        if node.children <= FEW {
            return self
                .nodes
                .get(first..first + usize::from(node.children))?
                .iter()
                .find(|child| child.label == letter);
        }
        if node.children & SPARSE != 0 {
            return self.far_child(node, letter);
        }
        let [head, tail, low, length, table @ ..] = self.tables.get(first..)? else { return None };
        let at = letter.wrapping_sub(*low);
        if at >= *length {
            return None;
        }
        let child = usize::from(*table.get(usize::from(at))?).checked_sub(1)?;
        self.nodes.get(joined(*head, *tail) + child)
    }
}

/// A number in two halves.
fn joined(high: u16, low: u16) -> usize {
    usize::from(high) << 16 | usize::from(low)
}

/// How many letters after the first `depth` all words have in common. They are in order.
fn alike(words: &[(&[u16], u32)], depth: usize) -> usize {
    let (Some((first, _)), Some((last, _))) = (words.first(), words.last()) else { return 0 };
    first.iter().zip(last.iter()).skip(depth).take_while(|(a, b)| a == b).count()
}

#[derive(Default)]
struct Draft {
    nodes: Vec<Node>,
    tails: Vec<Tail>,
    letters: Vec<u16>,
    /// Where the letters of tails are.
    kept: HashMap<Box<[u16]>, u32>,
    tables: Vec<u16>,
}

impl Draft {
    fn push(&mut self, label: u16) -> usize {
        self.nodes.push(Node { first: 0, word: NONE, children: 0, label });
        self.nodes.len() - 1
    }

    fn tail(&mut self, node: usize, rest: &[u16], word: u32) {
        self.nodes[node].first = self.tails.len() as u32;
        self.nodes[node].children = TAIL;
        // Many end alike.
        let start = *self.kept.entry(rest.into()).or_insert_with(|| {
            let start = self.letters.len() as u32;
            self.letters.push(rest.len() as u16);
            self.letters.extend_from_slice(rest);
            start
        });
        self.tails.push(Tail { start, word });
    }

    /// Makes a node lead to a new one, over some letters.
    fn chain(&mut self, node: usize, letters: &[u16]) -> usize {
        let next = self.push(0);
        self.nodes[node].first = self.letters.len() as u32;
        self.nodes[node].children = CHAIN;
        self.letters.extend([(next >> 16) as u16, next as u16, letters.len() as u16]);
        self.letters.extend_from_slice(letters);
        next
    }

    /// The table of a node whose children are all there, the last nodes of all.
    fn table(&mut self, node: usize) {
        let Node { first, children, .. } = self.nodes[node];
        let children_of = self.nodes.get(first as usize..).unwrap_or_default();
        let (Some(low), Some(high)) = (children_of.first(), children_of.last()) else { return };
        if children <= FEW {
            return;
        }
        let (low, length) = (low.label, high.label - low.label + 1);
        if length > children.saturating_mul(MAX_SPREAD) {
            self.nodes[node].children |= SPARSE;
            return;
        }
        let start = self.tables.len();
        self.tables.extend([(first >> 16) as u16, first as u16, low, length]);
        self.tables.resize(start + HEADER + usize::from(length), 0);
        for (child, number) in children_of.iter().zip(1..) {
            self.tables[start + HEADER + usize::from(child.label - low)] = number;
        }
        self.nodes[node].first = start as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Scenario: four hundred words of one letter, and ten that begin alike and go on with every fortieth of these letters.
    /// Guarantees: the ten are searched, not tabled, and exactly they are found, beside none of the letters between, before
    /// and behind them.
    #[test]
    fn children_far_apart() {
        let letters: Vec<u16> = (0x4e00..0x4f90).collect();
        let mut words: Vec<Vec<u16>> = letters.iter().map(|&letter| vec![letter]).collect();
        let far_apart = letters.iter().skip(20).step_by(40);
        words.extend(far_apart.map(|&letter| vec![u16::from(b'a'), letter]));
        words.sort_unstable();
        let numbered: Vec<(&[u16], u32)> = words.iter().zip(0..).map(|(word, at)| (&word[..], at)).collect();
        let alphabet = Alphabet::new(words.iter().map(Vec::as_slice));
        let trie = Trie::new(&numbered, &alphabet);
        assert_eq!(trie.nodes.iter().filter(|node| node.children == SPARSE | 10).count(), 1);
        for letter in 0x4dff..0x4f91 {
            let text = [u16::from(b'a'), letter];
            let mut found = Vec::new();
            trie.walk(&text, &alphabet, |word, length| found.push((&words[word as usize], length)));
            let wanted: Vec<_> = words.iter().filter(|word| **word == text).map(|word| (word, 2)).collect();
            assert_eq!(found, wanted, "{letter:x}");
        }
    }

    proptest! {
        /// Scenario: any words, and texts of the same letters.
        /// Guarantees: exactly the words that the text begins with are found.
        #[test]
        fn as_by_hand(words in prop::collection::btree_set("[a-h]{1,6}|[a-c]{1,3}", 0..60), text in "[a-i]{0,12}") {
            let letters = |word: &str| word.encode_utf16().collect::<Vec<u16>>();
            let spelled: Vec<Vec<u16>> = words.iter().map(|word| letters(word)).collect();
            let numbered: Vec<(&[u16], u32)> = spelled.iter().zip(0..).map(|(word, at)| (&word[..], at)).collect();
            let mut found = BTreeSet::new();
            let alphabet = Alphabet::new(spelled.iter().map(Vec::as_slice));
            Trie::new(&numbered, &alphabet).walk(&letters(&text), &alphabet, |word, length| {
                let word = &words.iter().nth(word as usize).unwrap()[..];
                assert!(word.len() == length && found.insert(word));
            });
            let wanted: BTreeSet<&str> = words.iter().map(|w| &w[..]).filter(|w| text.starts_with(w)).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
