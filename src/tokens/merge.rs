//! Byte-pair merging: how many tokens a piece of text becomes.
//!
//! A piece is merged as its vocabulary says: of all neighbours that together are a token, those with the lowest rank
//! become one, the leftmost first, until no two neighbours are a token.
//!
//! Most pieces are short. A long one (Thai has no spaces, nor has a megabyte of `a`) is merged in windows that
//! overlap. That gives the same tokens, because a sequence of tokens is what merging makes of its text exactly if
//! that holds for every two neighbours in it: what two windows say is joined at a token that both of them have, so
//! that every pair of neighbours was neighbours in one window. This is known from the `bpe` crate of GitHub, which
//! builds on it too; the tests compare with merging in one go.

use super::vocabulary::{NONE, Rank, Vocabulary};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Bytes of a window. A place in it has seven bits, see [`Window::ranks`].
const WINDOW: usize = 128;
/// Bytes of the windows that are tried where tokens are too long for small ones.
const WIDE: usize = 2048;
/// How many tokens of a window are tried as the place where the next one begins.
const TRIES: usize = 16;
/// Bytes that may be merged again besides a share of the piece.
const SPARE: usize = 128 << 10;

/// How many tokens a piece becomes, and whether that is certain.
pub(super) type Tokens = (usize, bool);

/// Tokens that `piece` becomes. They are not certain if windows could
/// not be joined within the bound on work: only texts made for it are known to do that (long runs of one character, cut
/// again and again), and the count is then off by a token for each such place at most.
#[inline]
pub(super) fn count(vocabulary: &Vocabulary, piece: &[u8]) -> Tokens {
    if piece.len() <= 1 || vocabulary.rank(piece) != NONE {
        return (usize::from(!piece.is_empty()), true);
    }
    if piece.len() <= WINDOW {
        return (Window::new().merge(vocabulary, piece), true);
    }
    count_long(vocabulary, piece)
}

/// Counts window by window. What has to be merged again to join two windows is bounded, so that no text takes long.
fn count_long(vocabulary: &Vocabulary, piece: &[u8]) -> Tokens {
    let mut window = Window::new();
    let (mut here, mut next) = (Vec::new(), Vec::new());
    let (mut total, mut start, mut width, mut certain) = (0, 0, WINDOW, true);
    // Bytes that may still be merged, of which the overlaps take a seventh of the piece; wide windows are slower, each byte by byte.
    let mut spare = piece.len() / 2 * 3 + SPARE;
    let mut may_go_on = true;
    let mut merge = |start: usize, width: usize, ends: &mut Vec<usize>| {
        let text = piece.get(start..piece.len().min(start + width)).unwrap_or_default();
        ends.clear();
        if width == WINDOW {
            window.merge(vocabulary, text);
            window.ends(ends);
        } else {
            spare = spare.saturating_sub(4 * width);
            whole(vocabulary, text, ends);
        }
        spare = spare.saturating_sub(text.len());
        spare > 0
    };
    merge(0, width, &mut here);
    while start + width < piece.len() {
        // The last token that begins before the overlap is where to go on, and if need be those before it: what
        // follows the window may change the tokens at its end.
        let last = here.partition_point(|end| *end <= width - width / 8).min(here.len() - 1);
        let mut joined = None;
        'tries: for token in (1..=last).rev().take(TRIES) {
            let (begin, length) = (here[token - 1], here[token] - here[token - 1]);
            // Where a token follows itself, more of it may follow: that changes none of the neighbours.
            let before = if token > 1 { here[token - 2] } else { 0 };
            let repeats = if begin - before == length { repeats(&piece[start + before..], length) } else { 0 };
            // Short repetitions are not worth a try of their own.
            let skipped = repeats.saturating_sub(2);
            for skipped in [if skipped * length < WINDOW { 0 } else { skipped }, 0] {
                let from = start + begin + skipped * length;
                may_go_on = merge(from, width, &mut next);
                if next.first() == Some(&length) {
                    joined = Some((token + skipped, from, length));
                    break 'tries;
                }
                if !may_go_on {
                    break 'tries;
                }
                if skipped == 0 {
                    break;
                }
            }
        }
        match joined {
            Some((tokens, from, length)) => {
                (total, start) = (total + tokens, from);
                if width == WIDE {
                    // The next place may be an easier one.
                    merge(from, WINDOW, &mut here);
                    if here.first() == Some(&length) {
                        width = WINDOW;
                        continue;
                    }
                }
                std::mem::swap(&mut here, &mut next);
            }
            None if width == WINDOW && may_go_on => {
                width = WIDE;
                may_go_on = merge(start, width, &mut here);
            }
            None => {
                (certain, width) = (false, WINDOW);
                merge(start, width, &mut here);
                total += here.len();
                start += width;
                merge(start, width, &mut here);
            }
        }
    }
    (total + here.len(), certain)
}

/// How many times the first `length` bytes of a text are repeated after them.
fn repeats(text: &[u8], length: usize) -> usize {
    let behind = text.get(length..).unwrap_or_default();
    text.iter().zip(behind).take_while(|(a, b)| a == b).count() / length.max(1)
}

/// Room to merge a short text.
struct Window {
    /// For each place where a token begins: its rank together with the next token, and the place itself in the low
    /// seven bits, so that the least of all is the leftmost of the lowest rank. [`FREE`] where nothing merges.
    ranks: [[i32; BLOCK]; WINDOW / BLOCK],
    /// The least of each block.
    least: [i32; WINDOW / BLOCK],
    /// Where the token that begins here ends, and where the one before it begins.
    after: [u8; 256],
    before: [u8; 256],
    /// The text, with room behind it, so that words can be read at every place.
    text: [u8; WINDOW + 8],
    length: usize,
}

/// Ranks whose least is looked for together.
const BLOCK: usize = 16;
/// No rank.
const FREE: i32 = i32::MAX;
/// Every place ends at the next.
const SINGLE: ([u8; 256], [u8; 256]) = {
    let (mut after, mut before) = ([0; 256], [0; 256]);
    let mut at = 0;
    while at < 255 {
        after[at] = at as u8 + 1;
        before[at + 1] = at as u8;
        at += 1;
    }
    (after, before)
};

impl Window {
    fn new() -> Self {
        Window {
            ranks: [[FREE; BLOCK]; WINDOW / BLOCK],
            least: [FREE; WINDOW / BLOCK],
            after: SINGLE.0,
            before: SINGLE.1,
            text: [0; WINDOW + 8],
            length: 0,
        }
    }

    #[inline]
    fn set(&mut self, place: usize, rank: Rank) {
        self.ranks[place / BLOCK % (WINDOW / BLOCK)][place % BLOCK] = packed(rank, place);
    }

    #[inline]
    fn update(&mut self, block: usize) {
        let block = block % (WINDOW / BLOCK);
        self.least[block] = least(&self.ranks[block]);
    }

    /// Merges a text of at most [`WINDOW`] bytes and returns how many tokens there are.
    fn merge(&mut self, vocabulary: &Vocabulary, text: &[u8]) -> usize {
        let length = text.len().min(WINDOW);
        self.length = length;
        self.text[..length].copy_from_slice(&text[..length]);
        self.least = [FREE; WINDOW / BLOCK];
        for (block, begin) in (0..length).step_by(BLOCK).enumerate() {
            let (from, to) = (begin, begin + BLOCK + 1);
            self.after[from..to].copy_from_slice(&SINGLE.0[from..to]);
            self.before[from..to].copy_from_slice(&SINGLE.1[from..to]);
            let ranks = &mut self.ranks[block];
            *ranks = [FREE; BLOCK];
            for (place, (rank, pair)) in ranks.iter_mut().zip(text[begin..].windows(2)).enumerate() {
                *rank = packed(vocabulary.pair(pair[0], pair[1]), begin + place);
            }
            self.least[block] = least(ranks);
        }
        let mut tokens = length;
        loop {
            let lowest = least(&self.least);
            if lowest == FREE {
                return tokens;
            }
            let place = (lowest as u8) & 0x7f;
            let taken = self.after[usize::from(place)];
            let end = self.after[usize::from(taken)];
            self.after[usize::from(place)] = end;
            self.before[usize::from(end)] = place;
            tokens -= 1;
            let rank = |text: &[u8], from: u8, to: u8| vocabulary.rank_within(text, usize::from(from), usize::from(to));
            let ends = usize::from(end) >= length;
            let behind = if ends { NONE } else { rank(&self.text, place, self.after[usize::from(end)]) };
            self.set(usize::from(taken), NONE);
            self.set(usize::from(place), behind);
            let blocks = (usize::from(place) / BLOCK, usize::from(taken) / BLOCK);
            if place > 0 {
                let previous = self.before[usize::from(place)];
                self.set(usize::from(previous), rank(&self.text, previous, end));
                let block = usize::from(previous) / BLOCK;
                if block != blocks.0 {
                    self.update(block);
                }
            }
            self.update(blocks.0);
            if blocks.1 != blocks.0 {
                self.update(blocks.1);
            }
        }
    }

    /// Where the tokens of the merged text end.
    fn ends(&self, ends: &mut Vec<usize>) {
        let mut at = 0;
        while at < self.length {
            at = usize::from(self.after[at]);
            ends.push(at);
        }
    }
}

/// A rank over 24 bits is none; vocabularies have some eighteen.
#[inline]
fn packed(rank: Rank, place: usize) -> i32 {
    if rank < 1 << 24 { (rank << 7) as i32 | place as i32 } else { FREE }
}

#[inline]
fn least<const N: usize>(values: &[i32; N]) -> i32 {
    values.iter().fold(FREE, |least, value| if *value < least { *value } else { least })
}

/// Merges a piece of any length in one go, with the neighbours in a heap, and says where the tokens end. Slower, and
/// right without a theorem.
pub(super) fn whole(vocabulary: &Vocabulary, piece: &[u8], ends: &mut Vec<usize>) {
    let n = piece.len();
    // Each token is where it begins; `after` says where it ends, `before` where the one before it begins.
    let mut after: Vec<usize> = (1..=n).collect();
    let mut before: Vec<usize> = (0..n).map(|at| at.saturating_sub(1)).collect();
    let mut ranks: Vec<Rank> = piece.windows(2).map(|pair| vocabulary.pair(pair[0], pair[1])).collect();
    ranks.push(NONE);
    let mut heap: BinaryHeap<Reverse<(Rank, usize)>> =
        ranks.iter().enumerate().filter(|(_, rank)| **rank != NONE).map(|(at, rank)| Reverse((*rank, at))).collect();
    while let Some(Reverse((rank, at))) = heap.pop() {
        // What was put in before a neighbour changed is no longer so.
        if ranks[at] != rank {
            continue;
        }
        let taken = after[at];
        let end = after[taken];
        ranks[taken] = NONE;
        after[at] = end;
        let mut update = |ranks: &mut [Rank], from: usize, to: usize| {
            ranks[from] = vocabulary.rank(&piece[from..to]);
            if ranks[from] != NONE {
                heap.push(Reverse((ranks[from], from)));
            }
        };
        if end < n {
            before[end] = at;
            update(&mut ranks, at, after[end]);
        } else {
            ranks[at] = NONE;
        }
        if at > 0 {
            update(&mut ranks, before[at], end);
        }
    }
    let mut at = 0;
    while at < n {
        at = after[at];
        ends.push(at);
    }
}
