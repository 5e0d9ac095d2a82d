//! What the escapes in JSON's strings stand for.
//!
//! Many clients escape every letter that is not ASCII, so that a text is nothing but escapes with single signs between
//! them: letters are written into a block of bytes, which is much faster than adding each to a string.

use super::effort::spend;
use super::quoted::{BACKSLASHES, EACH, QUOTES, Quoted, stop};
use std::borrow::Cow;

/// Bytes that are gathered before they are added to the text.
const BLOCK: usize = 1024;

/// Most bytes that one step writes.
const STEP: usize = 8;

/// A string whose first backslash stands at `escape`.
pub(super) fn unescaped(document: &str, start: usize, escape: usize) -> Option<Quoted<'_>> {
    let bytes = document.as_bytes();
    let mut text = String::with_capacity(escape - start + room(bytes, escape));
    text.push_str(document.get(start..escape)?);
    let mut at = escape;
    let (end, closed) = loop {
        match bytes.get(at..)? {
            [b'\\', b'u', ..] if letter_at(bytes, at) => at = letters(bytes, at, &mut text)?,
            [b'\\', ..] => match escaped(bytes, at + 1) {
                Escape::Char(c, end) => {
                    text.push(c);
                    at = end;
                }
                Escape::Cut => break (bytes.len(), false),
                Escape::Bad => return None,
            },
            [b'"', ..] => break (at + 1, true),
            [] => break (at, false),
            _ => {
                let stop = stop(bytes, at);
                text.push_str(document.get(at..stop)?);
                at = stop;
            }
        }
    };
    spend(end - escape);
    Some(Quoted { text: Cow::Owned(text), end, closed })
}

fn letter_at(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).and_then(<[u8]>::first_chunk).is_some_and(|unit| letter(unit).is_some())
}

/// Adds letters that are escaped one by one, and what stands between them as long as it is short. Returns where they end.
fn letters(bytes: &[u8], from: usize, text: &mut String) -> Option<usize> {
    let mut rest = bytes.get(from..)?;
    let mut block = [0; BLOCK];
    let mut filled = 0;
    loop {
        let Some(place) = block.get_mut(filled..).and_then(<[u8]>::first_chunk_mut::<STEP>) else {
            add(text, &block, filled)?;
            filled = 0;
            continue;
        };
        if let Some((unit, behind)) = rest.split_first_chunk()
            && let Some((utf8, length)) = letter(unit)
        {
            *place = utf8;
            filled += length;
            rest = behind;
            continue;
        }
        if let Some(next) = rest.first_chunk() {
            let plain = plain(*next);
            if plain > 0 {
                *place = *next;
                filled += plain;
                rest = rest.get(plain..)?;
                continue;
            }
        }
        let at = bytes.len() - rest.len();
        if rest.first() == Some(&b'\\')
            && let Escape::Char(c, end) = escaped(bytes, at + 1)
        {
            filled += c.encode_utf8(place).len();
            rest = bytes.get(end..)?;
            continue;
        }
        add(text, &block, filled)?;
        return Some(at);
    }
}

/// Adds what a block holds to the text. Only whole characters are written into one.
fn add(text: &mut String, block: &[u8; BLOCK], filled: usize) -> Option<()> {
    if filled > 0 {
        text.push_str(simdutf8::basic::from_utf8(block.get(..filled)?).ok()?);
    }
    Some(())
}

/// How many of the next bytes are ASCII and neither quote nor backslash.
#[inline]
fn plain(next: [u8; STEP]) -> usize {
    let word = u64::from_le_bytes(next);
    // As in `zero_bytes`, but what that leaves out has the highest bit, and is no ASCII.
    let stops = (word ^ QUOTES).wrapping_sub(EACH) | (word ^ BACKSLASHES).wrapping_sub(EACH) | word;
    (stops & EACH << 7).trailing_zeros() as usize / 8
}

/// How much the rest of a string is likely to need: up to what looks like its end, and no more than half of that where
/// six bytes stand for one letter. Too little only costs moving it.
fn room(bytes: &[u8], escape: usize) -> usize {
    let rest = bytes.get(escape..).unwrap_or_default();
    let raw = memchr::memchr(b'"', rest).unwrap_or(rest.len());
    spend(raw);
    if rest.get(1) == Some(&b'u') { raw / 2 + 16 } else { raw }
}

/// The letter of an escape like `\u0928`, if it is one that is whole, stands for itself and is no ASCII: its UTF-8, and
/// how much of that counts.
#[inline]
fn letter(unit: &[u8; 6]) -> Option<([u8; STEP], usize)> {
    let [b'\\', b'u', a, b, c, d] = unit else { return None };
    let [first, second, third, fourth] = &SHARES;
    let sum = first[usize::from(*a)] + second[usize::from(*b)] + third[usize::from(*c)] + fourth[usize::from(*d)];
    if sum & (BELOW_800 | HALF | BAD) == 0 {
        return Some((u64::from(sum).to_le_bytes(), 3));
    }
    // The first of two bytes has one bit more than the second of three. With less in it, it stands for ASCII.
    let two = sum >> 8 | 0x40;
    let is_two = sum & MARKS == BELOW_800 && two as u8 >= 0xc2;
    is_two.then_some((u64::from(two).to_le_bytes(), 2))
}

/// In a letter's sum: all above the UTF-8.
const MARKS: u32 = 0xff << 24;
/// In a letter's sum: below U+0800, which takes two bytes or one.
const BELOW_800: u32 = 2 << 24;
/// In a letter's sum: half of a pair.
const HALF: u32 = 8 << 24;
/// In a letter's sum: a digit that is none, up to four times.
const BAD: u32 = 0x70 << 24;

/// What each of the four digits has of a letter: of its three bytes of UTF-8, the first lowest, and above those of the
/// marks that two digits make together.
static SHARES: [[u32; 256]; 4] = {
    let mut shares = [[0x10 << 24; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        let digit = HEX[byte] as u32;
        if digit <= 15 {
            let zero_or_d = if digit == 0 {
                BELOW_800 / 2
            } else if digit == 13 {
                HALF / 2
            } else {
                0
            };
            shares[0][byte] = 0xe0 | digit | zero_or_d;
            let low_or_high = if digit < 8 { BELOW_800 / 2 } else { HALF / 2 };
            shares[1][byte] = (0x80 | digit << 2) << 8 | low_or_high;
            shares[2][byte] = digit >> 2 << 8 | (0x80 | (digit & 3) << 4) << 16;
            shares[3][byte] = digit << 16;
        }
        byte += 1;
    }
    shares
};

enum Escape {
    /// The character, and the offset after it.
    Char(char, usize),
    Cut,
    Bad,
}

/// The escape whose backslash ends just before `at`.
#[inline]
fn escaped(bytes: &[u8], at: usize) -> Escape {
    let Some(&byte) = bytes.get(at) else { return Escape::Cut };
    let c = match byte {
        b'u' => return unicode(bytes, at + 1),
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return Escape::Bad,
    };
    Escape::Char(c, at + 1)
}

/// Four hex digits, and a second escape when they are half of a pair. A lone half reads as U+FFFD.
#[inline]
fn unicode(bytes: &[u8], at: usize) -> Escape {
    match hex4(bytes, at) {
        Ok(code) => match char::from_u32(code) {
            Some(c) => Escape::Char(c, at + 4),
            None => surrogate(bytes, at + 4, code),
        },
        Err(escape) => escape,
    }
}

#[cold]
fn surrogate(bytes: &[u8], at: usize, high: u32) -> Escape {
    const LONE: char = char::REPLACEMENT_CHARACTER;
    if high >= 0xdc00 {
        return Escape::Char(LONE, at);
    }
    match bytes.get(at..).unwrap_or_default() {
        [] | [b'\\'] => Escape::Cut,
        [b'\\', b'u', ..] => match hex4(bytes, at + 2) {
            Ok(low @ 0xdc00..0xe000) => {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                Escape::Char(char::from_u32(code).unwrap_or(LONE), at + 6)
            }
            Ok(_) => Escape::Char(LONE, at),
            Err(escape) => escape,
        },
        _ => Escape::Char(LONE, at),
    }
}

#[inline]
fn hex4(bytes: &[u8], at: usize) -> Result<u32, Escape> {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(digits) = rest.first_chunk() {
        return code(*digits).ok_or(Escape::Bad);
    }
    let digits = rest.iter().all(|&byte| HEX[usize::from(byte)] <= 15);
    Err(if digits { Escape::Cut } else { Escape::Bad })
}

#[inline]
fn code(digits: [u8; 4]) -> Option<u32> {
    let [a, b, c, d] = digits.map(|byte| u32::from(HEX[usize::from(byte)]));
    // A byte that is no digit has the highest bits.
    ((a | b | c | d) <= 15).then_some(a << 12 | b << 8 | c << 4 | d)
}

/// The value of each byte as a hexadecimal digit; 255 for all that are none.
const HEX: [u8; 256] = {
    let mut table = [255; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

#[cfg(test)]
#[path = "unescape_tests.rs"]
mod tests;
