//! The strings in JSON: where they end, and what their escapes stand for.
//!
//! A string without escapes is borrowed. One that is cut, also inside an escape, is read as far as it goes.

use super::effort::spend;
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
    let (words, _) = rest.get(..NEAR).unwrap_or(rest).as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let hits = zero_bytes(word ^ QUOTES) | zero_bytes(word ^ BACKSLASHES);
        if hits != 0 {
            return from + number * 8 + hits.trailing_zeros() as usize / 8;
        }
    }
    let near = words.len() * 8;
    far_stop(bytes, from + near)
}

/// As [`stop`], and whether a sign that is no stop stands before it. For strings that are long, mostly.
#[inline]
pub(super) fn stop_or_sign(bytes: &[u8], from: usize, sign: u8) -> (usize, bool) {
    let rest = bytes.get(from..).unwrap_or_default();
    match memchr::memchr3(b'"', b'\\', sign, rest) {
        Some(at) if rest.get(at) == Some(&sign) => (far_stop(bytes, from + at + 1), true),
        Some(at) => (from + at, false),
        None => (bytes.len(), false),
    }
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
const EACH: u64 = 0x0101_0101_0101_0101;

const QUOTES: u64 = EACH * b'"' as u64;
const BACKSLASHES: u64 = EACH * b'\\' as u64;

/// The highest bit of each byte that is zero. Bytes above the first such may be marked wrongly, that one never.
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(EACH) & !word & (EACH << 7)
}

/// A string whose first backslash stands at `escape`.
fn unescaped(document: &str, start: usize, escape: usize) -> Option<Quoted<'_>> {
    let bytes = document.as_bytes();
    let mut out = String::with_capacity(escape - start + room(bytes, escape));
    let (mut run, mut at) = (start, escape);
    loop {
        out.push_str(document.get(run..at)?);
        // Escapes come in rows with single signs between them where a client escapes every letter that is not ASCII.
        let before = at;
        let mut plain = 0;
        loop {
            while let Some(c) = letter(bytes, at) {
                out.push(c);
                at += LETTER;
                plain = 0;
            }
            match bytes.get(at) {
                Some(b'\\') => match escaped(bytes, at + 1) {
                    Escape::Char(c, end) => {
                        out.push(c);
                        at = end;
                        plain = 0;
                    }
                    Escape::Cut => {
                        spend(bytes.len() - before);
                        return Some(Quoted { text: Cow::Owned(out), end: bytes.len(), closed: false });
                    }
                    Escape::Bad => return None,
                },
                Some(b'"') => {
                    spend(at - before + 1);
                    return Some(Quoted { text: Cow::Owned(out), end: at + 1, closed: true });
                }
                Some(byte) if byte.is_ascii() && plain < SINGLE => {
                    out.push(char::from(*byte));
                    at += 1;
                    plain += 1;
                }
                Some(_) => break,
                None => {
                    spend(at - before);
                    return Some(Quoted { text: Cow::Owned(out), end: at, closed: false });
                }
            }
        }
        run = at;
        at = stop(bytes, at);
        spend(at - before + 1);
    }
}

/// So many signs after an escape are taken one by one, before the search for the next stop.
const SINGLE: usize = 4;

/// How much the rest of a string is likely to need: up to what looks like its end, and no more than half of that where
/// six bytes stand for one letter. Too little only costs moving it.
fn room(bytes: &[u8], escape: usize) -> usize {
    let rest = bytes.get(escape..).unwrap_or_default();
    let raw = memchr::memchr(b'"', rest).unwrap_or(rest.len());
    spend(raw);
    if rest.get(1) == Some(&b'u') { raw / 2 + 16 } else { raw }
}

/// The bytes of `\u0928`.
const LETTER: usize = 6;

/// The letter whose escape begins at `at`, if it is one that is whole and stands for itself.
#[inline]
fn letter(bytes: &[u8], at: usize) -> Option<char> {
    let [b'\\', b'u', digits @ ..] = bytes.get(at..)?.first_chunk::<LETTER>()? else { return None };
    code(*digits).and_then(char::from_u32)
}

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
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    /// Scenario: strings with escapes of every kind, halves of pairs alone, escapes that are none, and ends inside escapes.
    /// Guarantees: what stands before the cut is read, and what is no JSON is refused.
    #[test]
    fn escapes() {
        let cut = |text| Some((text, false));
        for (raw, read) in [
            (r#"a\"\\\/\b\f\n\r\tz""#, Some(("a\"\\/\u{8}\u{c}\n\r\tz", true))),
            (r#"\u0928\u092E é \u0061""#, Some(("नम é a", true))),
            (r#"\ud83d\ude00""#, Some(("😀", true))),
            (r#"\ud83dx""#, Some(("\u{fffd}x", true))),
            (r#"\ud83d\u0061""#, Some(("\u{fffd}a", true))),
            (r#"\ude00""#, Some(("\u{fffd}", true))),
            (r#"\n\q""#, None),
            (r#"\u00g0""#, None),
            (r#"\u0g"#, None),
            (r#"\ud83d\u00g0""#, None),
            (r"é\", cut("é")),
            (r"\n\u09", cut("\n")),
            (r"\n\ud83d", cut("\n")),
            (r"\n\ud83d\", cut("\n")),
            (r"\n\ud83d\ude", cut("\n")),
            (r"\nplain words", cut("\nplain words")),
            (r#"\nplain words""#, Some(("\nplain words", true))),
        ] {
            let found = quoted(raw, 0);
            assert_eq!(found.as_ref().map(|found| (&*found.text, found.closed)), read, "{raw}");
            assert!(found.is_none_or(|found| found.end == raw.len()), "{raw}");
        }
    }

    proptest! {
        /// Scenario: any text, written as JSON with and without escapes for what is not ASCII, and something after it.
        /// Guarantees: it comes out as it was, and its end is found.
        #[test]
        fn any_text(text in "(\\PC|[\"\\\\\n\t]|[a-z ]{0,30}){0,40}", ascii: bool) {
            let mut json = serde_json::to_string(&text).unwrap();
            if ascii {
                let mut units = [0; 2];
                json = json.chars().map(|c| match c.is_ascii() {
                    true => c.to_string(),
                    false => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
                }).collect();
            }
            let end = json.len();
            json.push_str(",\"x\"");
            let read = quoted(&json, 1).unwrap();
            prop_assert_eq!((&*read.text, read.end, read.closed), (&*text, end, true));
        }
    }
}
