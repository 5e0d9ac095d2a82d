//! The tokens of a vocabulary and their ranks: which byte strings merge, and which merge first.

use tiktoken::CoreBpe;

/// Where a token stands among all of them. The lower merges first.
pub(super) type Rank = u32;

/// No token.
pub(super) const NONE: Rank = Rank::MAX;

/// Tokens of up to so many bytes are their own key.
const INLINE: usize = 7;
/// Words of the table of bits: 128 KiB.
const LIKELY: usize = 1 << 14;

/// A vocabulary in open addressing.
///
/// Merging asks for short byte strings all the time, of which most are no token. Two bytes are looked up by
/// themselves. Up to seven bytes with their length are a key, so that one comparison of words tells; of longer ones
/// the key is a hash, and the bytes are compared where the hash is right.
pub(super) struct Vocabulary {
    single: [Rank; 256],
    pairs: Vec<Rank>,
    /// 0 is a free place: a key of no length.
    keys: Vec<u64>,
    ranks: Vec<Rank>,
    mask: usize,
    /// A bit for every key, in a table that stays in the processor's cache: most byte strings that are asked for are
    /// no token, and most of these are known by it.
    likely: Vec<u64>,
    /// Tokens that are longer than a key, one after another, and by rank where each begins.
    long: Vec<u8>,
    begins: Vec<u32>,
}

impl Vocabulary {
    /// Takes the ordinary tokens out of a vocabulary of the `tiktoken` crate. Its special tokens are left out: in
    /// a text they are only what they are spelled with.
    pub fn of(bpe: &CoreBpe) -> Self {
        let mut tokens = Vec::with_capacity(bpe.vocab_size());
        let last = bpe.vocab_size() + bpe.num_special_tokens();
        for rank in 0..Rank::try_from(last).unwrap_or(0) {
            let token = bpe.decode(&[rank]);
            if !token.is_empty() && !is_special(bpe, &token, rank) {
                tokens.push((token, rank));
            }
        }
        Self::new(&tokens)
    }

    fn new(tokens: &[(Vec<u8>, Rank)]) -> Self {
        let size = (tokens.len() * 2).next_power_of_two();
        let last = tokens.iter().map(|(_, rank)| *rank as usize + 1).max().unwrap_or(0);
        let mut vocabulary = Vocabulary {
            single: [NONE; 256],
            pairs: vec![NONE; 1 << 16],
            keys: vec![0; size],
            ranks: vec![NONE; size],
            mask: size - 1,
            likely: vec![0; LIKELY],
            long: Vec::new(),
            begins: vec![0; last],
        };
        for (token, rank) in tokens {
            vocabulary.insert(token, *rank);
        }
        vocabulary.long.shrink_to_fit();
        vocabulary
    }

    fn insert(&mut self, token: &[u8], rank: Rank) {
        match *token {
            [] => {}
            [a] => self.single[usize::from(a)] = rank,
            [a, b] => self.pairs[usize::from(a) << 8 | usize::from(b)] = rank,
            _ => {
                let key = key(token);
                let spread = mix(key);
                self.likely[(spread >> 6) as usize % LIKELY] |= 1 << (spread & 63);
                let mut at = (spread >> 32) as usize & self.mask;
                while self.keys[at] != 0 {
                    at = (at + 1) & self.mask;
                }
                (self.keys[at], self.ranks[at]) = (key, rank);
                if token.len() > INLINE {
                    self.begins[rank as usize] = self.long.len() as u32;
                    self.long.extend_from_slice(token);
                }
            }
        }
    }

    /// The rank of a byte string, or [`NONE`].
    #[inline]
    pub fn rank(&self, token: &[u8]) -> Rank {
        match *token {
            [] => NONE,
            [a] => self.single[usize::from(a)],
            [a, b] => self.pair(a, b),
            _ => self.find(key(token), || token),
        }
    }

    /// The rank of `text[from..to]`, where `text` goes on for at least eight bytes after `from`.
    #[inline]
    pub fn rank_within(&self, text: &[u8], from: usize, to: usize) -> Rank {
        let length = to.wrapping_sub(from);
        if length > INLINE {
            return text.get(from..to).map_or(NONE, |token| self.find(key(token), || token));
        }
        let Some(bytes) = text.get(from..).and_then(|rest| rest.first_chunk::<8>()) else { return NONE };
        if length == 2 {
            return self.pair(bytes[0], bytes[1]);
        }
        let kept = u64::from_le_bytes(*bytes) & ((1 << (8 * length)) - 1);
        self.find(kept | (length as u64) << 56, || &[])
    }

    /// The rank of two bytes.
    #[inline]
    pub fn pair(&self, a: u8, b: u8) -> Rank {
        self.pairs.get(usize::from(a) << 8 | usize::from(b)).copied().unwrap_or(NONE)
    }

    /// The rank of the token that has this key; its bytes are asked for where the key does not hold them.
    #[inline]
    fn find<'a>(&self, key: u64, token: impl Fn() -> &'a [u8]) -> Rank {
        let spread = mix(key);
        if self.likely.get((spread >> 6) as usize % LIKELY).is_none_or(|bits| bits >> (spread & 63) & 1 == 0) {
            return NONE;
        }
        let mut at = (spread >> 32) as usize & self.mask;
        // Half of the places are free, so this ends.
        loop {
            match self.keys.get(at) {
                None | Some(0) => return NONE,
                Some(found) if *found == key => {
                    let rank = self.ranks.get(at).copied().unwrap_or(NONE);
                    if key >> 63 == 0 || self.is(rank, token()) {
                        return rank;
                    }
                }
                Some(_) => {}
            }
            at = (at + 1) & self.mask;
        }
    }

    fn is(&self, rank: Rank, token: &[u8]) -> bool {
        let begin = self.begins.get(rank as usize).map_or(0, |begin| *begin as usize);
        self.long.get(begin..begin + token.len()) == Some(token)
    }
}

/// A token that is recognised as a whole and not made of others.
fn is_special(bpe: &CoreBpe, token: &[u8], rank: Rank) -> bool {
    // Every special token has a bracket or a bar in it, and most ordinary ones have neither.
    let marked = token.iter().any(|b| matches!(b, b'<' | b'[' | b'|' | b']' | b'>'));
    marked
        && std::str::from_utf8(token)
            .is_ok_and(|text| bpe.encode_with_special_tokens(text) == [rank] && bpe.encode(text) != [rank])
}

/// The bytes and their number where they fit, else a hash of both.
#[inline]
fn key(token: &[u8]) -> u64 {
    let length = (token.len() as u64) << 56;
    if token.len() <= INLINE {
        if let (Some(low), Some(high)) = (token.first_chunk::<4>(), token.last_chunk::<4>()) {
            let (low, high) = (u64::from(u32::from_le_bytes(*low)), u64::from(u32::from_le_bytes(*high)));
            // They overlap where there are fewer than eight bytes, in equal bits.
            return low | high << (8 * (token.len() - 4)) | length;
        }
        return token.iter().rev().fold(0, |key, byte| key << 8 | u64::from(*byte)) | length;
    }
    let word = |at: usize| -> u64 {
        token.get(at..).and_then(|rest| rest.first_chunk::<8>()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
    };
    let (mut hash, mut at) = (token.len() as u64, 0);
    while at + 8 < token.len() {
        hash = mix(hash ^ word(at));
        at += 8;
    }
    // The top bit sets it apart from the keys of short tokens, and from 0.
    mix(hash ^ word(token.len() - 8)) | 1 << 63
}

#[inline]
fn mix(word: u64) -> u64 {
    let wide = u128::from(word ^ 0x2545_f491_4f6c_dd1d) * 0x9e37_79b9_7f4a_7c15_u128;
    (wide >> 64) as u64 ^ wide as u64
}
