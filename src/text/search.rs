//! Looking for marks by their bytes.

/// Bytes that are looked at together: a text has few marks.
const BLOCK: usize = 16;

/// A block and what a mark in it may go on with.
type Block = [u8; BLOCK + 2];

/// Where the next three bytes stand, at or after `from`, that may be a mark; behind the last one there are zeros, which
/// are none.
///
/// `may_begin` is asked about every byte of a block at once, and where it says yes of one, `may_be` about them with the two
/// that follow each: they should be made of comparisons without branches.
#[inline]
pub(super) fn find_mark(
    text: &str,
    from: usize,
    may_begin: impl Fn(u8) -> bool,
    may_be: impl Fn(u8, u8, u8) -> bool,
) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.as_bytes().get(at..)?;
        let mut last: Block = [0; BLOCK + 2];
        let block = rest.first_chunk().unwrap_or_else(|| {
            last.iter_mut().zip(rest).for_each(|(to, &byte)| *to = byte);
            &last
        });
        let mut begun = [0; BLOCK];
        for (begun, &byte) in begun.iter_mut().zip(block) {
            *begun = may_begin(byte).into();
        }
        if u128::from_le_bytes(begun) == 0 {
            at += BLOCK;
            continue;
        }
        let mut found = [0; BLOCK];
        for (at, found) in found.iter_mut().enumerate() {
            *found = may_be(block[at], block[at + 1], block[at + 2]).into();
        }
        let found = u128::from_le_bytes(found);
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Scenario: any text, and marks of one, two and three bytes at all places.
        /// Guarantees: the first one at or after the beginning is found, also among the last bytes; none where there is none.
        #[test]
        fn as_one_by_one(text in "(\\PC|[.»。a-c]){0,60}", from in 0usize..70) {
            let is_mark = |a, b, c| (a == b'.') | (a == 0xc2) & (b == 0xbb) | (a == 0xe3) & (b == 0x80) & (c == 0x82);
            let wanted = text.char_indices().find(|&(at, c)| at >= from && matches!(c, '.' | '»' | '。'));
            let begins = |a| (a == b'.') | (a == 0xc2) | (a == 0xe3);
            prop_assert_eq!(find_mark(&text, from, begins, is_mark), wanted.map(|(at, _)| at));
        }
    }
}
