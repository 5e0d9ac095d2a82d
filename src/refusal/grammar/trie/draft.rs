//! How the tree is laid out.

use std::collections::{HashMap, VecDeque};

use super::Trie;
use super::node::{CHAIN, FORK, Node, TAIL};
use super::space::Space;

/// So many letters make a chain; fewer take less room as nodes.
const MIN_CHAIN: usize = 3;

/// Words with their numbers, in order.
type Words<'w> = &'w [(&'w [u16], u32)];

/// A tree in the making.
pub(super) struct Draft<'w> {
    words: Words<'w>,
    nodes: Vec<Node>,
    space: Space,
    letters: Vec<u16>,
    /// Where the letters of tails are: many words end alike.
    tails: HashMap<&'w [u16], usize>,
    waiting: VecDeque<Waiting>,
}

/// A node whose words are `from..to`, and how many letters led to it.
struct Waiting {
    place: Place,
    node: Node,
    from: usize,
    to: usize,
    depth: usize,
}

/// Where a node is kept.
#[derive(Clone, Copy)]
enum Place {
    Root,
    /// In the array.
    Array(usize),
    /// Before the letters of the chain that leads to it.
    Chain(usize),
}

impl<'w> Draft<'w> {
    pub fn new(words: Words<'w>) -> Draft<'w> {
        let root = Waiting { place: Place::Root, node: Node::NONE, from: 0, to: words.len(), depth: 0 };
        Draft {
            words,
            nodes: Vec::new(),
            space: Space::default(),
            letters: Vec::new(),
            tails: HashMap::new(),
            waiting: VecDeque::from([root]),
        }
    }

    /// Lays out the tree, level by level, so that what is near the root stands together.
    pub fn finish(mut self) -> Option<Trie> {
        let mut root = Node::NONE;
        while let Some(waiting) = self.waiting.pop_front() {
            let place = waiting.place;
            let node = self.node(waiting)?;
            match place {
                Place::Root => root = node,
                Place::Array(at) => *self.nodes.get_mut(at)? = node,
                Place::Chain(at) => self.letters.get_mut(at..at + 4)?.copy_from_slice(&node.split()),
            }
        }
        Some(Trie { root, nodes: self.nodes.into(), letters: self.letters.into() })
    }

    /// A node with what it leads to, whose own nodes wait.
    fn node(&mut self, Waiting { mut node, mut from, to, depth, .. }: Waiting) -> Option<Node> {
        let words = self.words;
        let mut own = words.get(from..to)?;
        // The root is no tail and no chain: a walk begins with its children.
        if let [(word, number)] = own
            && depth > 0
        {
            let tail = self.tail(word.get(depth..)?)?;
            return node.with_word(*number)?.leading_to(TAIL, tail);
        }
        if let [(word, number), others @ ..] = own
            && word.len() == depth
        {
            node = node.with_word(*number)?;
            (own, from) = (others, from + 1);
        }
        let alike = alike(own, depth);
        if alike >= MIN_CHAIN && depth > 0 {
            let letters = own.first()?.0.get(depth..depth + alike)?;
            let start = self.letters.len();
            self.letters.push(u16::try_from(alike).ok()?);
            self.letters.extend(Node::NONE.split());
            self.letters.extend(letters);
            let place = Place::Chain(start + 1);
            self.waiting.push_back(Waiting { place, node: Node::NONE, from, to, depth: depth + alike });
            return node.leading_to(CHAIN, start);
        }
        let runs = || own.chunk_by(|a, b| a.0.get(depth) == b.0.get(depth));
        let letter = |run: Words| run.first().and_then(|(word, _)| word.get(depth)).copied();
        let letters: Vec<u16> = runs().filter_map(letter).collect();
        if letters.is_empty() {
            // No words at all.
            return Some(node);
        }
        let base = self.space.place(&letters);
        if self.nodes.len() < self.space.length() {
            self.nodes.resize(self.space.length(), Node::NONE);
        }
        for (run, letter) in runs().zip(letters) {
            let place = Place::Array(base + usize::from(letter));
            let next = from + run.len();
            self.waiting.push_back(Waiting { place, node: Node::of(letter), from, to: next, depth: depth + 1 });
            from = next;
        }
        node.leading_to(FORK, base)
    }

    fn tail(&mut self, rest: &'w [u16]) -> Option<usize> {
        let letters = &mut self.letters;
        let length = u16::try_from(rest.len()).ok()?;
        Some(*self.tails.entry(rest).or_insert_with(|| {
            letters.push(length);
            letters.extend(rest);
            letters.len() - rest.len() - 1
        }))
    }
}

/// How many letters after the first `depth` all words have in common. They are in order.
fn alike(words: Words, depth: usize) -> usize {
    let (Some((first, _)), Some((last, _))) = (words.first(), words.last()) else { return 0 };
    first.iter().zip(last.iter()).skip(depth).take_while(|(a, b)| a == b).count()
}
