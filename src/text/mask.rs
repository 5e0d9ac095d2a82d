//! Blanking of quoted words and code, so that what a text quotes is not taken for what it says.

use super::script;
use super::search::find_mark;

/// Longest quotation in bytes; an opening mark without its partner within this reach is an ordinary character.
const REACH: usize = 600;

/// As [`mask`], but only code goes; quotations stay.
pub fn code(text: &str, out: &mut String) {
    out.clear();
    let mut rest = text;
    // An inline mark without its partner is an ordinary character; so are all after it on that line.
    while let Some(at) = memchr::memchr(b'`', rest.as_bytes()) {
        let (plain, marked) = rest.split_at(at);
        out.push_str(plain);
        let fenced = marked.strip_prefix("```").map(|inside| inside.find("```").map_or(marked.len(), |at| at + 6));
        let inline = || {
            let inside = super::head(marked.get(1..).unwrap_or_default(), REACH).as_bytes();
            let at = memchr::memchr2(b'`', b'\n', inside)?;
            (inside.get(at) == Some(&b'`')).then_some(at + 2)
        };
        match fenced.or_else(inline) {
            Some(len) => {
                out.push(' ');
                rest = marked.get(len..).unwrap_or_default();
            }
            None => {
                out.push('`');
                rest = marked.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
}

/// Opening mark and the marks that close it.
const PAIRS: &[(char, &[char])] = &[
    ('"', &['"']),
    ('“', &['”', '“']),
    ('„', &['“', '”', '"']),
    ('«', &['»']),
    ('»', &['«']),
    ('「', &['」']),
    ('『', &['』']),
    ('《', &['》']),
    ('‘', &['’']),
    ('‹', &['›']),
    ('`', &['`']),
    ('＂', &['＂']),
];

/// `text` with quotations, quoted lines (`> `) and code, fenced or not, blanked: a blank for every byte, so that the rest
/// stays in its place. The text itself when there are none, else it is written to `buffer`.
///
/// Time is linear but for the bounded reach of an opening mark.
pub fn mask<'t>(text: &'t str, buffer: &'t mut String) -> &'t str {
    let Some(mut at) = next_mark(text, 0) else { return text };
    buffer.clear();
    // Per kind of opening mark: no partner before this many bytes are left, so nobody looks again.
    let mut hopeless = [usize::MAX; PAIRS.len()];
    let mut done = 0;
    loop {
        let (head, rest) = text.split_at(at);
        let open = rest.chars().next().unwrap_or(' ');
        let before = head.chars().next_back().unwrap_or('\n');
        let next = match quotation(rest, open, before, &mut hopeless) {
            Some(taken) => {
                buffer.push_str(text.get(done..at).unwrap_or_default());
                buffer.extend(std::iter::repeat_n(' ', taken));
                done = at + taken;
                done
            }
            None => at + open.len_utf8(),
        };
        match next_mark(text, next) {
            Some(mark) => at = mark,
            None => break,
        }
    }
    buffer.push_str(text.get(done..).unwrap_or_default());
    buffer
}

/// Where the next character stands, at or after `from`, that may open a quotation: every such mark is found, and little
/// else.
fn next_mark(text: &str, from: usize) -> Option<usize> {
    let may_begin = |a: u8| {
        let ascii = (a == b'"') | (a == b'`') | (a == b'\'') | (a == b'>');
        ascii | (a == 0xc2) | (a == 0xe2) | (a == 0xe3) | (a == 0xef)
    };
    find_mark(text, from, may_begin, |a, b, c| {
        (a == b'"')
            | (a == b'`')
            | (a == b'\'')
            | (a == b'>')
            | (a == 0xc2) & ((b == 0xab) | (b == 0xbb))
            | (a == 0xe2) & (b == 0x80) & ((c & 0xf8 == 0x98) | (c == 0xb9))
            | (a == 0xe3) & (b == 0x80) & (c & 0xf8 == 0x88)
            | (a == 0xef) & (b == 0xbc) & (c == 0x82)
    })
}

/// Bytes of the quotation at the head of `rest`, if there is one.
fn quotation(rest: &str, open: char, before: char, hopeless: &mut [usize]) -> Option<usize> {
    if let Some(code) = rest.strip_prefix("```") {
        return Some(code.find("```").map_or(rest.len(), |at| at + 6));
    }
    match open {
        '>' if before == '\n' => return Some(rest.find('\n').unwrap_or(rest.len())),
        '\'' => return apostrophes(rest, before),
        '”' => return same_shape(rest, open, before),
        '»' => {
            let alike = same_shape(rest, open, before);
            // A mark of the other shape that comes first closes as well.
            let inside = |taken: &usize| rest.get(..*taken).is_some_and(|quoted| !quoted.contains('«'));
            if let Some(taken) = alike.filter(inside) {
                return Some(taken);
            }
        }
        _ => {}
    }
    let kind = PAIRS.iter().position(|&(mark, _)| mark == open)?;
    // A closing guillemet or an apostrophe inside a word opens nothing.
    if (open == '»' || open == '‘') && script::is_alphanumeric(before) {
        return None;
    }
    // What is left only shrinks: once no partner was found up to the end, there is none for later marks either.
    if hopeless[kind] != usize::MAX && rest.len() <= hopeless[kind] {
        return None;
    }
    let inside = &rest[open.len_utf8()..];
    let near = super::head(inside, REACH);
    match near.find(PAIRS[kind].1) {
        Some(at) => {
            let close = near[at..].chars().next().map_or(0, char::len_utf8);
            Some(open.len_utf8() + at + close)
        }
        None => {
            if near.len() == inside.len() {
                hopeless[kind] = rest.len();
            }
            None
        }
    }
}

/// A quotation between two marks of the same shape, as Swedish and Finnish write: the first with a blank before it and none
/// after it, the second the other way round. Other marks are of other quotations, or of nothing.
fn same_shape(rest: &str, mark: char, before: char) -> Option<usize> {
    let opens = before.is_whitespace() || matches!(before, '(' | '[' | ':');
    let near = super::head(rest, REACH);
    let inside = near.strip_prefix(mark).filter(|inside| opens && !inside.starts_with(char::is_whitespace))?;
    let (at, _) = inside.match_indices(mark).find(|&(at, _)| {
        let (quoted, after) = inside.split_at(at);
        let next = after.chars().nth(1);
        !quoted.ends_with(char::is_whitespace) && next.is_none_or(|c| !script::is_alphanumeric(c))
    })?;
    Some(at + 2 * mark.len_utf8())
}

/// A quotation between straight apostrophes: the first before a word, the second after one.
fn apostrophes(rest: &str, before: char) -> Option<usize> {
    if script::is_alphanumeric(before) {
        return None;
    }
    let near = super::head(rest, REACH);
    near.match_indices('\'')
        .skip(1)
        .map(|(at, _)| at)
        .find(|&at| {
            let (head, tail) = near.split_at(at);
            let after = tail.chars().nth(1);
            !head.ends_with(char::is_whitespace) && after.is_none_or(|c| !script::is_alphanumeric(c))
        })
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masked(text: &str) -> String {
        let mut buffer = String::new();
        mask(text, &mut buffer).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Scenario: quotations in the styles of several languages, code, apostrophes, a mark without partner.
    /// Guarantees: what is quoted goes, what is said stays.
    #[test]
    fn quotes_and_code_go() {
        assert_eq!(masked("the bot said \"sorry, no\" again"), "the bot said again");
        assert_eq!(masked("Bot: «не могу». Так бывает"), "Bot: . Так бывает");
        assert_eq!(masked("ボットが「できません」と返す"), "ボットが と返す");
        assert_eq!(masked("机器人：“抱歉”。好"), "机器人： 。好");
        assert_eq!(masked("er sagte „nein“ und ging"), "er sagte und ging");
        assert_eq!(masked("botti sanoi ”en voi auttaa” ja lähti"), "botti sanoi ja lähti");
        assert_eq!(masked("boten sade »jag kan inte» och gick"), "boten sade och gick");
        assert_eq!(masked("er sagte »nein« und ging »weg« von hier"), "er sagte und ging von hier");
        assert_eq!(masked("a ”pari”, b ”auki ja kiinni"), "a , b ”auki ja kiinni");
        assert_eq!(
            masked("a 5” pipe, no more » than that, and 6” of it"),
            "a 5” pipe, no more » than that, and 6” of it"
        );
        assert_eq!(masked("I can't and won't"), "I can't and won't");
        assert_eq!(masked("I can’t and won’t"), "I can’t and won’t");
        assert_eq!(masked("it said 'I can't do it.' and left"), "it said and left");
        assert_eq!(masked("the users' wishes and the bots' words"), "the users' wishes and the bots' words");
        assert_eq!(masked("they wrote:\n> I can't\n> sorry\nand 3 > 2"), "they wrote: and 3 > 2");
        assert_eq!(masked("a 5\" pipe"), "a 5\" pipe");
        assert_eq!(masked("see `x = 1` and ```rust\nfn``` end"), "see and end");
    }

    /// Scenario: fenced and inline code, marks without partner, quotations.
    /// Guarantees: code goes, all else stays.
    #[test]
    fn only_code_goes() {
        let mut out = String::new();
        for (text, left) in [
            ("see `x = 1` and ```rust\nfn``` end", "see   and   end"),
            ("she said \"no\" `", "she said \"no\" `"),
            ("a ``` open", "a  "),
            ("one ` two\nthree ` four", "one ` two\nthree ` four"),
        ] {
            code(text, &mut out);
            assert_eq!(out, left);
        }
    }

    /// Scenario: every mark that opens a quotation.
    /// Guarantees: none is passed over.
    #[test]
    fn marks() {
        for open in PAIRS.iter().map(|&(open, _)| open).chain(['\'', '>']) {
            assert_eq!(next_mark(&format!("é日{open}"), 0), Some(5), "{open}");
        }
    }

    proptest! {
        /// Scenario: any text with many marks.
        /// Guarantees: no panic; what is not blanked stays in its place.
        #[test]
        fn in_place(text in "(\\PC|[\"«»„“”`‘’'>\n]){0,300}") {
            let mut buffer = String::new();
            let out = mask(&text, &mut buffer);
            prop_assert_eq!(out.len(), text.len());
            prop_assert!(out.bytes().zip(text.bytes()).all(|(a, b)| a == b || a == b' '));
        }
    }
}
