//! A strict JSON tokenizer over bytes that are known to be UTF-8.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::error::{JsonError, Reason};

/// Reads a document token by token; the caller keeps track of what is open.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub fn new(text: &'a str) -> Self {
        Tokens { text, at: 0 }
    }

    /// An error at the current byte.
    pub fn error(&self, reason: Reason) -> JsonError {
        JsonError { reason, offset: self.at, field: None }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The next byte that is not white space, not consumed.
    #[inline]
    pub fn peek(&mut self) -> Result<u8, JsonError> {
        while let Some(&byte) = self.bytes().get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                _ => return Ok(byte),
            }
        }
        Err(self.error(Reason::Truncated))
    }

    /// Consumes the byte that [`Tokens::peek`] has shown.
    #[inline]
    pub fn bump(&mut self) {
        self.at += 1;
    }

    /// Consumes this byte or fails.
    #[inline]
    pub fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek()? != byte {
            return Err(self.error(Reason::Syntax));
        }
        self.bump();
        Ok(())
    }

    /// Steps to the next member or element of an open object or array: false, with the closing byte consumed,
    /// when there is none.
    #[inline]
    pub fn next_in(&mut self, close: u8, first: bool) -> Result<bool, JsonError> {
        let byte = self.peek()?;
        if byte == close {
            self.bump();
            return Ok(false);
        }
        if !first {
            if byte != b',' {
                return Err(self.error(Reason::Syntax));
            }
            self.bump();
        }
        Ok(true)
    }

    /// A member's key and the colon behind it.
    pub fn key(&mut self) -> Result<Cow<'a, str>, JsonError> {
        if self.peek()? != b'"' {
            return Err(self.error(Reason::Syntax));
        }
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// The end of the document.
    pub fn end(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Ok(_) => Err(self.error(Reason::Trailing)),
            Err(_) => Ok(()),
        }
    }

    /// `null`, if it is next.
    pub fn null(&mut self) -> Result<bool, JsonError> {
        if self.peek()? != b'n' {
            return Ok(false);
        }
        self.literal("null")?;
        Ok(true)
    }

    /// `true` or `false`, if one is next.
    pub fn bool(&mut self) -> Result<Option<bool>, JsonError> {
        match self.peek()? {
            b't' => self.literal("true").map(|()| Some(true)),
            b'f' => self.literal("false").map(|()| Some(false)),
            _ => Ok(None),
        }
    }

    fn literal(&mut self, word: &'static str) -> Result<(), JsonError> {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        let reason = if word.as_bytes().starts_with(rest) { Reason::Truncated } else { Reason::Syntax };
        Err(self.error(reason))
    }

    /// A number, as written.
    pub fn number(&mut self) -> Result<&'a str, JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let len = number_len(rest.as_bytes()).ok_or_else(|| self.error(Reason::Syntax))?;
        let (number, behind) = rest.split_at_checked(len).unwrap_or((rest, ""));
        // The end of the text may have cut the number; a document never ends with one.
        if behind.is_empty() {
            return Err(self.error(Reason::Truncated));
        }
        self.at += len;
        Ok(number)
    }

    /// A string, borrowed unless it holds escapes. The opening quote is next.
    pub fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.bump();
        let start = self.at;
        self.plain()?;
        let borrowed = self.text.get(start..self.at).unwrap_or_default();
        if self.bytes().get(self.at) == Some(&b'"') {
            self.bump();
            return Ok(Cow::Borrowed(borrowed));
        }
        let mut owned = borrowed.to_owned();
        loop {
            // At a backslash or at the closing quote: `plain` stops at nothing else.
            if self.bytes().get(self.at) == Some(&b'"') {
                self.bump();
                return Ok(Cow::Owned(owned));
            }
            owned.push(self.escape()?);
            let start = self.at;
            self.plain()?;
            owned.push_str(self.text.get(start..self.at).unwrap_or_default());
        }
    }

    /// Steps over what stands for itself, up to a quote or a backslash.
    fn plain(&mut self) -> Result<(), JsonError> {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        let len = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        let plain = rest.get(..len).unwrap_or_default();
        // One pass without a branch per byte: a control character is rare enough to be looked for again.
        if plain.iter().fold(false, |found, &byte| found | (byte < 0x20)) {
            self.at += plain.iter().position(|&byte| byte < 0x20).unwrap_or(0);
            return Err(self.error(Reason::Control));
        }
        self.at += len;
        if len == rest.len() { Err(self.error(Reason::Truncated)) } else { Ok(()) }
    }

    /// One escape sequence; both halves of a surrogate pair are one.
    fn escape(&mut self) -> Result<char, JsonError> {
        let escape = *self.bytes().get(self.at + 1).ok_or_else(|| self.error(Reason::Truncated))?;
        let plain = match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(self.error(Reason::Escape)),
        };
        self.at += 2;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let unit = self.hex4(self.at + 2)?;
        self.at += 6;
        if let 0xd800..=0xdbff = unit
            && self.bytes().get(self.at..self.at + 2) == Some(b"\\u")
        {
            let low = self.hex4(self.at + 2)?;
            if let 0xdc00..=0xdfff = low {
                self.at += 6;
                let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        // What is left of a pair that an attribute limit cut in two.
        Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&self, at: usize) -> Result<u32, JsonError> {
        let digits = self.bytes().get(at..at + 4).ok_or_else(|| self.error(Reason::Truncated))?;
        digits.iter().try_fold(0, |code, &byte| {
            let digit = char::from(byte).to_digit(16).ok_or_else(|| self.error(Reason::Escape))?;
            Ok(code << 4 | digit)
        })
    }

    /// Steps over a value that nobody wants, with all that is in it. `depth` containers are open around it.
    pub fn skip(&mut self, depth: usize) -> Result<(), JsonError> {
        let mut closers = [0u8; MAX_DEPTH];
        let mut open = 0;
        loop {
            let opened = match self.peek()? {
                byte @ (b'{' | b'[') => {
                    if depth + open >= MAX_DEPTH {
                        return Err(self.error(Reason::Depth));
                    }
                    self.bump();
                    // '{' and '[' lie two below their closing bytes.
                    if let Some(closer) = closers.get_mut(open) {
                        *closer = byte + 2;
                    }
                    open += 1;
                    true
                }
                _ => {
                    self.skip_scalar()?;
                    false
                }
            };
            let mut first = opened;
            loop {
                let Some(&close) = open.checked_sub(1).and_then(|top| closers.get(top)) else {
                    return Ok(());
                };
                if self.next_in(close, first)? {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                }
                first = false;
                open -= 1;
            }
        }
    }

    fn skip_scalar(&mut self) -> Result<(), JsonError> {
        match self.peek()? {
            b'"' => self.skip_string(),
            b't' | b'f' => self.bool().map(|_| ()),
            b'n' => self.null().map(|_| ()),
            _ => self.number().map(|_| ()),
        }
    }

    /// As [`Tokens::string`], keeping nothing.
    fn skip_string(&mut self) -> Result<(), JsonError> {
        self.bump();
        loop {
            self.plain()?;
            if self.bytes().get(self.at) == Some(&b'"') {
                self.bump();
                return Ok(());
            }
            self.escape()?;
        }
    }
}

/// How many leading bytes are a number by JSON's grammar.
pub(super) fn number_len(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    match digits(at) {
        0 => return None,
        n if n > 1 && bytes.get(at) == Some(&b'0') => return None,
        n => at += n,
    }
    if bytes.get(at) == Some(&b'.') {
        match digits(at + 1) {
            0 => return None,
            n => at += 1 + n,
        }
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        match digits(at + 1 + sign) {
            0 => return None,
            n => at += 1 + sign + n,
        }
    }
    Some(at)
}
