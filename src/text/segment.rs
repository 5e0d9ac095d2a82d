//! Where sentences end, in many scripts.

use super::script;
use super::search::find_mark;

/// The head of `text` that holds its first `sentences` sentences, at most `max_chars` characters of it.
///
/// A full stop ends a sentence only before white space, a closing mark or the end, so that `3.5` and `a.b` do not.
/// A line break ends a sentence. Scripts without sentence marks (Thai, Lao) are bounded by the characters alone.
pub fn first_sentences(text: &str, sentences: usize, max_chars: usize) -> &str {
    let mut end = 0;
    let mut rest = budget(text, max_chars);
    for _ in 0..sentences {
        let (sentence, after) = split_first(rest);
        end += sentence.len();
        rest = after;
    }
    &text[..end]
}

/// Sentences of `text` in order, each with its closing marks and without white space around it; never empty.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (sentence, after) = split_first(rest);
            rest = after;
            let sentence = sentence.trim();
            if !sentence.is_empty() {
                return Some(sentence);
            }
        }
        None
    })
}

fn budget(text: &str, max_chars: usize) -> &str {
    text.char_indices().nth(max_chars).map_or(text, |(at, _)| &text[..at])
}

/// The first sentence, leading blanks and closing marks included, and what follows it.
pub fn split_first(text: &str) -> (&str, &str) {
    let mut from = 0;
    // Marks before any word belong to the sentence to come: "... well" is one sentence.
    let mut seen = false;
    while let Some(at) = next_end(text, from) {
        let (head, rest) = text.split_at(at);
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { break };
        let next = chars.as_str().chars().next();
        let ends = match c {
            '\n' | '\r' => true,
            '.' => next.is_none_or(|next| next.is_whitespace() || is_closing(next)),
            _ => is_terminator(c),
        };
        seen = seen || head.split_at(from).1.chars().any(script::is_alphanumeric);
        if ends && seen {
            let after = chars.as_str().trim_start_matches(|c| is_terminator(c) || is_closing(c) || c == '.');
            return text.split_at(text.len() - after.len());
        }
        from = at + c.len_utf8();
    }
    (text, "")
}

/// Where the next character stands, at or after `from`, that may end a sentence: every such mark is found, and little
/// else.
fn next_end(text: &str, from: usize) -> Option<usize> {
    let may_begin = |a: u8| {
        let ascii = (a == b'\n') | (a == b'\r') | (a == b'.') | (a == b'!') | (a == b'?');
        // Of more bytes, but not of the letters that most alphabets and Chinese begin with.
        ascii | (0xd5..=0xe3).contains(&a) | (a == 0xea) | (a == 0xef)
    };
    find_mark(text, from, may_begin, |a, b, c| {
        (a == b'\n')
            | (a == b'\r')
            | (a == b'.')
            | (a == b'!')
            | (a == b'?')
            | (a == 0xd5) & (b == 0x9e)
            | (a == 0xd6) & (b == 0x89)
            | (a == 0xd8) & (b == 0x9f)
            | (a == 0xdb) & (b == 0x94)
            | (a == 0xe0) & ((b == 0xa5) & (c | 1 == 0xa5) | (b == 0xbc))
            | (a == 0xe1)
                & ((b == 0x81) & (c & 0xfe == 0x8a) | (b == 0x8d) | (b == 0x9f) & (c & 0xfe == 0x94) | (b == 0xa0))
            | (a == 0xe2) & (b & 0xfe == 0x80)
            | (a == 0xe3) & (b == 0x80) & (c == 0x82)
            | (a == 0xea) & (b == 0x93)
            | (a == 0xef) & ((b == 0xbc) & ((c == 0x81) | (c == 0x8e) | (c == 0x9f)) | (b == 0xbd) & (c == 0xa1))
    })
}

/// Marks that end a sentence wherever they stand.
const TERMINATORS: [char; 26] = [
    '!', '?', '…', '。', '！', '？', '｡', '．', '।', '॥', '؟', '۔', '។', '៕', '။', '՞', '։', '።', '፧', '‼', '⁇', '⁈',
    '⁉', '᠃', '꓿', '༎',
];

fn is_terminator(c: char) -> bool {
    TERMINATORS.contains(&c)
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '」' | '』' | ')' | '）' | ']' | '*' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<&str> {
        sentences(text).collect()
    }

    /// Scenario: sentences in many scripts, with closing quotes, numbers and dots inside words.
    /// Guarantees: each is found, none is cut in two.
    #[test]
    fn many_scripts() {
        assert_eq!(all("One. Two? Three!"), ["One.", "Two?", "Three!"]);
        assert_eq!(all("It costs 3.5 at a.b. Yes"), ["It costs 3.5 at a.b.", "Yes"]);
        assert_eq!(all("He said \"no.\" Then left."), ["He said \"no.\"", "Then left."]);
        assert_eq!(all("一。二！三"), ["一。", "二！", "三"]);
        assert_eq!(all("एक। दो।"), ["एक।", "दो।"]);
        assert_eq!(all("نعم؟ لا."), ["نعم؟", "لا."]);
        assert_eq!(all("ہاں۔ نہیں۔"), ["ہاں۔", "نہیں۔"]);
        assert_eq!(all("ក។ ខ។"), ["ក។", "ខ។"]);
        assert_eq!(all("က။ ခ။"), ["က။", "ခ။"]);
        assert_eq!(all("line one\n\nline two"), ["line one", "line two"]);
        assert_eq!(all("... well?! ok"), ["... well?!", "ok"]);
    }

    /// Scenario: heads of a text by sentences and by characters, whichever is shorter.
    /// Guarantees: both bounds hold.
    #[test]
    fn first_ones() {
        let text = "One. Two. Three. Four.";
        assert_eq!(first_sentences(text, 2, 400), "One. Two.");
        assert_eq!(first_sentences(text, 9, 400), text);
        assert_eq!(first_sentences(text, 2, 6), "One. T");
        assert_eq!(first_sentences("", 3, 400), "");
        assert_eq!(first_sentences("日本語です", 3, 2), "日本");
    }

    /// Scenario: every mark that ends a sentence.
    /// Guarantees: none is passed over.
    #[test]
    fn marks() {
        for mark in TERMINATORS.into_iter().chain(['.', '\n', '\r']) {
            assert_eq!(next_end(&format!("é日{mark}"), 0), Some(5), "{mark}");
        }
    }

    proptest! {
        /// Scenario: any text.
        /// Guarantees: sentences together keep every character but white space; the head is a prefix within bounds.
        #[test]
        fn nothing_is_lost(text in "(\\PC|[.!?。।\n ]){0,200}") {
            let kept: String = sentences(&text).flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
            let all: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(kept, all);
            let head = first_sentences(&text, 3, 50);
            prop_assert!(text.starts_with(head) && head.chars().count() <= 50);
        }
    }
}
