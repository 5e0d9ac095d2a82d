//! The scanner under cleaning: spans of code and markup, and tokens that are no words.

use super::{head, machine, script, sql};

/// Longest inline code in bytes.
const INLINE_CODE: usize = 400;

/// Longest formula in bytes.
const FORMULA: usize = 400;

/// Longest tag in bytes.
const TAG: usize = 256;

/// How much brackets may look ahead in all, as a multiple of the window: keeps nested brackets linear.
const LOOKAHEAD: usize = 4;

/// How much is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Scope {
    /// Also what programs write around the words of a person.
    #[default]
    Text,
    /// Only what stands among words: a line to train on, of which the model learns what programs write.
    Line,
}

/// Appends the words of a window to `out`, lower-case, one space between; the number of letters that were seen.
pub(super) fn words_into(window: &str, scope: Scope, out: &mut String) -> usize {
    let mut scanner = Scanner { out, seen: 0, lookahead: window.len() * LOOKAHEAD, around: scope == Scope::Text };
    scanner.gap();
    let mut rest = window;
    let mut begins = scanner.around;
    while let Some(c) = rest.chars().next() {
        let written = if begins { machine::written(rest) } else { 0 };
        let len = if written > 0 { scanner.drop(&rest[..written]) } else { scanner.step(rest, c) };
        let (taken, behind) = rest.split_at(len.max(c.len_utf8()).min(rest.len()));
        begins = scanner.around && taken.ends_with('\n');
        rest = behind;
    }
    scanner.gap();
    scanner.seen
}

struct Scanner<'o> {
    out: &'o mut String,
    seen: usize,
    lookahead: usize,
    /// See [`Scope::Text`].
    around: bool,
}

impl Scanner<'_> {
    /// Reads what stands at the head of `rest`; how many bytes that was.
    fn step(&mut self, rest: &str, c: char) -> usize {
        let dropped = match c {
            '`' if rest.starts_with("```") => Some(rest[3..].find("```").map_or(rest.len(), |at| at + 6)),
            '`' => inline_code(rest),
            '<' => tag(rest),
            '[' | '{' => self.brackets(rest),
            '$' | '\\' if self.around => formula(rest),
            _ => None,
        };
        if let Some(len) = dropped {
            return self.drop(&rest[..len]);
        }
        if is_token(c) {
            let len = rest.find(|c| !is_token(c)).unwrap_or(rest.len());
            let token = &rest[..len];
            if is_error_name(token) {
                // What a program says of an error goes to the end of the line, and is not the user's.
                return self.drop(&rest[..rest.find('\n').unwrap_or(rest.len())]);
            }
            if self.around
                && let Some(len) = self.sql(rest)
            {
                return self.drop(&rest[..len]);
            }
            self.token(token);
            return len;
        }
        self.letter(c);
        c.len_utf8()
    }

    /// Takes a piece of the text that is no words; its length.
    fn drop(&mut self, piece: &str) -> usize {
        self.seen += piece.chars().filter(|&c| script::is_letter(c)).count();
        self.gap();
        piece.len()
    }

    /// A statement of SQL.
    fn sql(&mut self, rest: &str) -> Option<usize> {
        let begins = matches!(rest.as_bytes(), [b'S' | b'I' | b'U' | b'D' | b'C' | b'A' | b'W', second, ..] if second.is_ascii_uppercase())
            || rest.starts_with("select ");
        if !begins {
            return None;
        }
        let looked = sql::statement(head(rest, self.lookahead));
        let (Ok(length) | Err(length)) = looked;
        self.lookahead = self.lookahead.saturating_sub(length);
        looked.ok()
    }

    /// Balanced brackets with quotes or colons inside: data, not words.
    fn brackets(&mut self, rest: &str) -> Option<usize> {
        let rest = head(rest, self.lookahead);
        let mut depth = 0usize;
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        self.lookahead -= at + 1;
                        return is_data(&rest[..=at]).then_some(at + 1);
                    }
                }
                _ => {}
            }
        }
        self.lookahead -= rest.len();
        None
    }

    /// A run of Latin letters and ASCII signs.
    fn token(&mut self, token: &str) {
        // A text that was escaped twice has its line breaks as two signs.
        for (i, part) in token.split("\\n").enumerate() {
            if i > 0 {
                self.gap();
            }
            match opened_value(part) {
                Some((name, words)) if self.around => {
                    self.drop(name);
                    self.token_part(words);
                }
                _ => self.token_part(part),
            }
        }
    }

    fn token_part(&mut self, token: &str) {
        let core = token.trim_matches(|c: char| c.is_ascii_punctuation() && !matches!(c, '_' | '@' | '/' | '<'));
        if is_arabizi(core) {
            self.seen += core.chars().filter(|&c| script::is_letter(c)).count();
            self.gap();
            self.out.push_str(core);
            self.gap();
        } else if is_identifier(core) || self.around && is_laughter(core) {
            self.seen += token.chars().filter(|&c| script::is_letter(c)).count();
            self.gap();
        } else {
            token.chars().for_each(|c| self.letter(c));
        }
    }

    fn letter(&mut self, c: char) {
        if c.is_ascii_alphabetic() {
            self.seen += 1;
            self.out.push(c.to_ascii_lowercase());
        } else if script::is_caseless(c) && script::is_word(c) {
            self.seen += usize::from(script::is_letter(c));
            self.out.push(c);
        } else if script::is_word(c) {
            self.seen += usize::from(script::is_letter(c));
            // What lower-casing leaves of a dotted capital I is not a letter of its own.
            self.out.extend(c.to_lowercase().filter(|&c| c != '\u{307}'));
        } else if matches!(c, '\'' | '’' | 'ʼ') {
            if self.out.ends_with(script::is_word) {
                self.out.push('\'');
            }
        } else if !matches!(c, '\u{200d}' | '\u{ad}' | '\u{200b}') {
            self.gap();
        }
    }

    fn gap(&mut self) {
        while self.out.ends_with('\'') {
            self.out.pop();
        }
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }
}

/// What an identifier is made of, and words of Latin script too.
fn is_token(c: char) -> bool {
    (c.is_ascii_graphic() && !matches!(c, '`' | '<' | '[' | '{'))
        || matches!(u32::from(c), 0xc0..=0x24f | 0x1e00..=0x1eff)
}

fn inline_code(rest: &str) -> Option<usize> {
    let inside = head(&rest[1..], INLINE_CODE).as_bytes();
    let at = memchr::memchr2(b'`', b'\n', inside)?;
    (inside.get(at) == Some(&b'`')).then_some(at + 2)
}

/// A formula as LaTeX has it: `$x^2$`, `$$x$$`, `\\(x\\)`, `\\[x\\]`. Two prices are none.
fn formula(rest: &str) -> Option<usize> {
    let (open, close) = [("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ("$", "$")]
        .into_iter()
        .find(|(open, _)| rest.starts_with(open))?;
    let inside = head(&rest[open.len()..], FORMULA);
    let length = inside.find(close)?;
    let inside = &inside[..length];
    let is_math = open != "$" || inside.contains(['\\', '^', '_', '=']) && !inside.contains('\n');
    is_math.then_some(length + 2 * open.len())
}

/// Whether a token is laughter or chat's shorthand, which the whole world writes.
fn is_laughter(token: &str) -> bool {
    const SHORT: [&str; 6] = ["lol", "lmao", "rofl", "omg", "xd", "wtf"];
    if token.len() <= 4 && SHORT.iter().any(|short| short.eq_ignore_ascii_case(token)) {
        return true;
    }
    // "hahaha", "jajaja", "hehehe", with a letter too many or too few; "kkkk".
    let (mut breaths, mut vowels) = ([0usize; 3], [0usize; 3]);
    for byte in token.bytes() {
        match byte.to_ascii_lowercase() {
            b'h' => breaths[0] += 1,
            b'j' => breaths[1] += 1,
            b'k' => breaths[2] += 1,
            b'a' => vowels[0] += 1,
            b'e' => vowels[1] += 1,
            b'i' => vowels[2] += 1,
            _ => return false,
        }
    }
    let one = |counts: [usize; 3]| counts.iter().filter(|count| **count > 0).count() == 1;
    let (breath, vowel): (usize, usize) = (breaths.iter().sum(), vowels.iter().sum());
    if !one(breaths) {
        return false;
    }
    let laughs = breaths[2] == 0 && one(vowels) && breath >= 2 && breath.abs_diff(vowel) <= token.len() / 3;
    laughs && token.len() >= 4 || breaths[2] >= 4 && vowel == 0
}

fn tag(rest: &str) -> Option<usize> {
    let inside = head(&rest[1..], TAG).as_bytes();
    if !inside.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?' | b'|')) {
        return None;
    }
    let at = memchr::memchr3(b'<', b'>', b'\n', inside)?;
    (inside.get(at) == Some(&b'>')).then_some(at + 2)
}

/// Whether a balanced span is data: an object with members, a list of strings, a placeholder in capitals.
fn is_data(span: &str) -> bool {
    let bytes = span.as_bytes();
    if bytes.first() == Some(&b'{') {
        return memchr::memchr3(b'"', b':', b'=', bytes).is_some() || memchr::memchr(b';', bytes).is_some();
    }
    memchr::memchr(b'"', bytes).is_some()
        || (bytes.len() > 4 && bytes.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'[' | b']' | b'_' | b' ')))
}

/// Whether a token is the name of an error before its message: `TypeError:`, `java.lang.NullPointerException:`.
fn is_error_name(token: &str) -> bool {
    let Some(name) = token.strip_suffix(':') else { return false };
    let prefix = name.strip_suffix("Error").or_else(|| name.strip_suffix("Exception"));
    prefix.is_some_and(|prefix| prefix.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Whether a token is a word of Arabic as it is typed with Latin letters: digits stand for letters that Latin lacks
/// (`3ayez`, `sama7t`), one or two of them among at least three small letters.
fn is_arabizi(token: &str) -> bool {
    let (mut letters, mut digits) = (0, 0);
    for byte in token.bytes() {
        match byte {
            b'a'..=b'z' => letters += 1,
            b'2' | b'3' | b'5' | b'6' | b'7' | b'8' | b'9' => digits += 1,
            _ => return false,
        }
    }
    letters >= 3 && (1..=2).contains(&digits) && letters <= 12
}

/// The name and the first word of a value in quotation marks that goes on behind the token: `msg="Nu merge`.
fn opened_value(token: &str) -> Option<(&str, &str)> {
    let (name, value) = token.split_at(memchr::memchr(b'=', token.as_bytes())? + 1);
    let words = value.strip_prefix('"')?;
    (!words.is_empty() && !words.contains('"')).then_some((name, words))
}

/// Whether a token is an address, a path, a number or a name in code rather than a word.
fn is_identifier(token: &str) -> bool {
    let bytes = token.as_bytes();
    if bytes.starts_with(b"@") || bytes.starts_with(b"/") || bytes.starts_with(b"www.") {
        return true;
    }
    let mut slashes = 0;
    for (i, &byte) in bytes.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
        let after = bytes.get(i + 1).copied().unwrap_or(b' ');
        let named = match byte {
            b'0'..=b'9' | b'_' | b'=' | b'\\' | b'@' | b'$' | b'|' => true,
            b':' => after == b':' || after == b'/',
            b'/' => {
                slashes += 1;
                slashes > 1
            }
            b'.' => before.is_ascii_alphabetic() && after.is_ascii_lowercase(),
            b'(' => after == b')',
            b'A'..=b'Z' => before.is_ascii_lowercase(),
            b'&' => after.is_ascii_alphabetic() && token.contains(';'),
            _ => false,
        };
        if named {
            return true;
        }
    }
    false
}
