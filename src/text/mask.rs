//! Blanking of quoted words and code, so that what a text quotes is not taken for what it says.

/// Longest quotation in bytes; an opening mark without its partner within this reach is an ordinary character.
const REACH: usize = 600;

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
    if !text.bytes().any(may_open) {
        return text;
    }
    buffer.clear();
    let mut rest = text;
    // Per kind of opening mark: no partner before this many bytes are left, so nobody looks again.
    let mut hopeless = [usize::MAX; PAIRS.len()];
    let mut before = '\n';
    while let Some(c) = rest.chars().next() {
        let skip = quotation(rest, c, before, &mut hopeless);
        let taken = skip.unwrap_or(c.len_utf8());
        let (head, tail) = rest.split_at(taken);
        match skip {
            Some(_) => buffer.extend(std::iter::repeat_n(' ', taken)),
            None => buffer.push(c),
        }
        before = head.chars().next_back().unwrap_or(' ');
        rest = tail;
    }
    buffer
}

/// Whether a byte may be the first of a mark.
const fn may_open(byte: u8) -> bool {
    matches!(byte, b'"' | b'`' | b'\'' | b'>' | 0xc2 | 0xe2 | 0xe3 | 0xef)
}

/// Bytes of the quotation at the head of `rest`, if there is one.
fn quotation(rest: &str, open: char, before: char, hopeless: &mut [usize]) -> Option<usize> {
    if let Some(code) = rest.strip_prefix("```") {
        return Some(code.find("```").map_or(rest.len(), |at| at + 6));
    }
    match open {
        '>' if before == '\n' => return Some(rest.find('\n').unwrap_or(rest.len())),
        '\'' => return apostrophes(rest, before),
        _ => {}
    }
    let kind = PAIRS.iter().position(|&(mark, _)| mark == open)?;
    // A closing guillemet or an apostrophe inside a word opens nothing.
    if (open == '»' || open == '‘') && before.is_alphanumeric() {
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

/// A quotation between straight apostrophes: the first before a word, the second after one.
fn apostrophes(rest: &str, before: char) -> Option<usize> {
    if before.is_alphanumeric() {
        return None;
    }
    let near = super::head(rest, REACH);
    near.match_indices('\'')
        .skip(1)
        .map(|(at, _)| at)
        .find(|&at| {
            let (head, tail) = near.split_at(at);
            let after = tail.chars().nth(1);
            !head.ends_with(char::is_whitespace) && after.is_none_or(|c| !c.is_alphanumeric())
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
        assert_eq!(masked("I can't and won't"), "I can't and won't");
        assert_eq!(masked("I can’t and won’t"), "I can’t and won’t");
        assert_eq!(masked("it said 'I can't do it.' and left"), "it said and left");
        assert_eq!(masked("the users' wishes and the bots' words"), "the users' wishes and the bots' words");
        assert_eq!(masked("they wrote:\n> I can't\n> sorry\nand 3 > 2"), "they wrote: and 3 > 2");
        assert_eq!(masked("a 5\" pipe"), "a 5\" pipe");
        assert_eq!(masked("see `x = 1` and ```rust\nfn``` end"), "see and end");
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
