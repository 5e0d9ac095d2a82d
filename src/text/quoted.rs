//! The strings in JSON: where they end, and what they say.
//!
//! A string without escapes is borrowed. One that is cut, also inside an escape, is read as far as it goes.

use super::effort::spend;
use super::unescape::unescaped;
use std::borrow::Cow;

/// A string and where it ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quoted<'a> {
    /// What it says.
    pub(super) text: Cow<'a, str>,
    /// Offset just after its closing quote; the document's end where it is cut.
    pub(super) end: usize,
    /// Whether its closing quote was there.
    pub(super) closed: bool,
}

/// The string whose opening quote ends just before `start`. `None` when an escape is none of JSON's.
pub(super) fn quoted(document: &str, start: usize) -> Option<Quoted<'_>> {
    let bytes = document.as_bytes();
    let stop = stop(bytes, start);
    spend(stop - start + 1);
    match bytes.get(stop) {
        Some(b'"') => Some(Quoted { text: Cow::Borrowed(document.get(start..stop)?), end: stop + 1, closed: true }),
        Some(_) => unescaped(document, start, stop),
        None => Some(Quoted { text: Cow::Borrowed(document.get(start..)?), end: stop, closed: false }),
    }
}

/// Where the first quote or backslash stands at or after `from`; the end without any.
#[inline]
pub(super) fn stop(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    // Keys and roles are short: the search for many bytes at once is not worth its start before these.
    let near = rest.get(..NEAR).unwrap_or(rest);
    let (words, tail) = near.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let hits = zero_bytes(word ^ QUOTES) | zero_bytes(word ^ BACKSLASHES);
        if hits != 0 {
            return from + number * 8 + hits.trailing_zeros() as usize / 8;
        }
    }
    let end = from + near.len();
    if near.len() < NEAR {
        // The last strings of a document.
        return tail.iter().position(|byte| matches!(byte, b'"' | b'\\')).map_or(end, |at| end - tail.len() + at);
    }
    far_stop(bytes, end)
}

/// As [`stop`], many bytes at once.
#[inline(never)]
fn far_stop(bytes: &[u8], from: usize) -> usize {
    let far = memchr::memchr2(b'"', b'\\', bytes.get(from..).unwrap_or_default());
    far.map_or(bytes.len(), |at| from + at)
}

/// Bytes of a string that are looked at before the search for many at once begins.
const NEAR: usize = 16;

/// A one in each byte.
pub(super) const EACH: u64 = 0x0101_0101_0101_0101;

pub(super) const QUOTES: u64 = EACH * b'"' as u64;
pub(super) const BACKSLASHES: u64 = EACH * b'\\' as u64;

/// The highest bit of each byte that is zero. Bytes above the first such may be marked wrongly, that one never.
pub(super) const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(EACH) & !word & (EACH << 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: quotes and backslashes at every offset, with the bytes beside them that differ from them in one bit.
    /// Guarantees: the first of them is found, wherever it stands.
    #[test]
    fn stops() {
        for length in 0..40 {
            for at in 0..length {
                for sign in [b'"', b'\\'] {
                    let mut bytes = vec![sign ^ 1; length];
                    bytes[at] = sign;
                    if let Some(next) = bytes.get_mut(at + 1) {
                        *next = sign;
                    }
                    for from in 0..=length {
                        let wanted = (from..length).find(|&at| matches!(bytes[at], b'"' | b'\\')).unwrap_or(length);
                        assert_eq!(stop(&bytes, from), wanted, "{bytes:?} from {from}");
                    }
                }
            }
        }
    }
}
