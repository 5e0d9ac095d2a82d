//! A node of the tree in 64 bits.

/// What a node leads to: children in the array of nodes.
pub(super) const FORK: u64 = 0;

/// All words go on alike for some letters, which are kept in a row, and then from another node.
pub(super) const CHAIN: u64 = 1;

/// One word goes on from here, the node's, and its letters are kept in a row.
pub(super) const TAIL: u64 = 2;

/// The letter of what is no node's child.
const NOBODY: u16 = u16::MAX;

/// From the lowest bit on: the letter that leads to it; the word that ends here, counted from 1, 0 for none; what it leads
/// to; and where that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node(u64);

const WORD_BITS: u32 = 20;
const WORD: u32 = 16;
const KIND: u32 = WORD + WORD_BITS;
const FIRST: u32 = KIND + 2;

impl Node {
    /// A gap in the array, and the beginning of a node.
    pub const NONE: Node = Node(NOBODY as u64);

    /// A child by this letter.
    pub const fn of(letter: u16) -> Node {
        Node(letter as u64)
    }

    /// With a word; `None` when its number is too large.
    pub fn with_word(self, word: u32) -> Option<Node> {
        let word = u64::from(word) + 1;
        (word >> WORD_BITS == 0).then_some(Node(self.0 | word << WORD))
    }

    /// With what it leads to; `None` when that is too far off.
    pub fn leading_to(self, kind: u64, first: usize) -> Option<Node> {
        let first = first as u64;
        (first >> (u64::BITS - FIRST) == 0).then_some(Node(self.0 | kind << KIND | first << FIRST))
    }

    /// The letter that leads to it.
    #[inline]
    pub const fn letter(self) -> u16 {
        self.0 as u16
    }

    /// The word that ends here, or with its tail.
    #[inline]
    pub const fn word(self) -> Option<u32> {
        ((self.0 >> WORD) as u32 & ((1 << WORD_BITS) - 1)).checked_sub(1)
    }

    #[inline]
    pub const fn kind(self) -> u64 {
        self.0 >> KIND & 3
    }

    /// Whether it has children and nothing else.
    #[inline]
    pub const fn is_fork(self) -> bool {
        self.0 & ((1 << FIRST) - (1 << WORD)) == FORK
    }

    /// The base of its children, or where its letters begin.
    #[inline]
    pub const fn first(self) -> usize {
        (self.0 >> FIRST) as usize
    }

    /// In four numbers.
    pub const fn split(self) -> [u16; 4] {
        [self.0 as u16, (self.0 >> 16) as u16, (self.0 >> 32) as u16, (self.0 >> 48) as u16]
    }

    /// From four numbers.
    #[inline]
    pub const fn join([a, b, c, d]: [u16; 4]) -> Node {
        Node(a as u64 | (b as u64) << 16 | (c as u64) << 32 | (d as u64) << 48)
    }
}
