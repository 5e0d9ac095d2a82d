//! Blanking of quoted words and code, so that what a text quotes is not taken for what it says.

/// Longest quotation in bytes; an opening mark without its partner within this reach is an ordinary character.
const REACH: usize = 600;

/// Writes `text` with quotations, fenced and inline code replaced by one blank each into `out`, which is emptied first.
///
/// Time is linear but for the bounded reach of an opening mark.
pub fn mask(text: &str, out: &mut String) {
    out.clear();
    let mut rest = text;
    // Per kind of opening mark: no partner before this many bytes are left, so nobody looks again.
    let mut hopeless = [usize::MAX; PAIRS.len()];
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        if let Some(skip) = quotation(rest, c, before, &mut hopeless) {
            out.push(' ');
            rest = &rest[skip..];
            before = ' ';
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
        before = c;
    }
}

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

/// Bytes of the quotation at the head of `rest`, if there is one.
fn quotation(rest: &str, open: char, before: char, hopeless: &mut [usize]) -> Option<usize> {
    if let Some(code) = rest.strip_prefix("```") {
        return Some(code.find("```").map_or(rest.len(), |at| at + 6));
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masked(text: &str) -> String {
        let mut out = String::new();
        mask(text, &mut out);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
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

    proptest! {
        /// Scenario: any text with many marks.
        /// Guarantees: no panic, never longer than before.
        #[test]
        fn bounded(text in "(\\PC|[\"«»„“”`‘’]){0,300}") {
            let mut out = String::new();
            mask(&text, &mut out);
            prop_assert!(out.len() <= text.len());
        }
    }
}
