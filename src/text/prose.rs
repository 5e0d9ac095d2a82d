//! What a text says itself: without quotations, code, addresses and what stands in brackets for comparison.

use super::script::{self, Histogram, Script};
use super::{head, mask, tail};

/// What is read of a long text, half of it from the end.
const READ_BYTES: usize = 8 << 10;

/// Writes the prose of `text` into `out`, which is emptied first; at most 8 KB of it are read. `spare` is for keeping
/// its memory.
pub fn prose_into(text: &str, spare: &mut String, out: &mut String) {
    out.clear();
    if text.len() <= READ_BYTES {
        piece(text, spare, out);
    } else {
        piece(head(text, READ_BYTES / 2), spare, out);
        out.push('\n');
        piece(tail(text, READ_BYTES / 2), spare, out);
    }
}

fn piece(text: &str, masked: &mut String, out: &mut String) {
    for token in mask(text, masked).split_inclusive([' ', '\n']) {
        let word = token.trim_end_matches([' ', '\n']);
        if is_address(word) {
            out.extend(token.chars().last().filter(|c| c.is_whitespace()));
        } else {
            out.push_str(token);
        }
    }
}

/// Whether a token is an address of the web or of mail, a path, or a name from code.
fn is_address(token: &str) -> bool {
    let token = token.trim_start_matches(['(', '[', '<', '*', '_']);
    token.contains("://")
        || token.starts_with("www.")
        || token.contains('@') && token.contains('.')
        || token.contains('_') && token.is_ascii()
        || token.starts_with('/') && token.len() > 1
}

/// Letters per script in what a text says itself. What stands in brackets in another script than the text around it,
/// a name's own spelling for instance, does not count.
pub fn scripts(text: &str, spare: &mut String, out: &mut String) -> Histogram {
    prose_into(text, spare, out);
    let all = Histogram::of(out);
    if !out.contains(['(', '（', '[', '【']) {
        return all;
    }
    let main = all.ranked().next().map(|(script, _)| script);
    spare.clear();
    let mut rest = out.as_str();
    while let Some(at) = rest.find(['(', '（', '[', '【']) {
        let (before, bracket) = rest.split_at(at);
        spare.push_str(before);
        let inside = head(bracket, 200);
        let end = inside.find([')', '）', ']', '】']).unwrap_or(0);
        let foreign = |c: char| script::of(c).is_some_and(|script| Some(script) != main && script != Script::Latin);
        let open = bracket.chars().next().map_or(1, char::len_utf8);
        let taken = match inside.get(..end) {
            Some(aside) if end > 0 && aside.chars().any(foreign) => end,
            _ => {
                spare.push_str(bracket.get(..open).unwrap_or_default());
                open
            }
        };
        rest = bracket.get(taken..).unwrap_or_default();
    }
    spare.push_str(rest);
    Histogram::of(spare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prose(text: &str) -> String {
        let (mut spare, mut out) = (String::new(), String::new());
        prose_into(text, &mut spare, &mut out);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Scenario: quotations, code, addresses of the web and of mail, names from code.
    /// Guarantees: what the text says itself is left.
    #[test]
    fn what_is_said() {
        assert_eq!(prose("Piga «hello there» kwa https://x.example/a?b sasa"), "Piga kwa sasa");
        assert_eq!(prose("Mail an a@b.example, oder `run x` und max_tokens setzen"), "Mail an oder und setzen");
    }

    /// Scenario: names in their own script in brackets, and a text in two scripts.
    /// Guarantees: the first do not count, the second do.
    #[test]
    fn letters() {
        let (mut spare, mut out) = (String::new(), String::new());
        let found = scripts("The capital is Tokyo (東京), once Edo (江戸).", &mut spare, &mut out);
        assert_eq!(found.count(Script::Han), 0);
        let found = scripts("The price 价格 is (about) ten.", &mut spare, &mut out);
        assert_eq!((found.count(Script::Han), found.count(Script::Latin)), (2, 18));
    }

    proptest! {
        /// Scenario: any text with many brackets and marks.
        /// Guarantees: no panic, nothing is added.
        #[test]
        fn bounded(text in "(\\PC|[(（)\\[\\]`\"日a]){0,300}") {
            let (mut spare, mut out) = (String::new(), String::new());
            let found = scripts(&text, &mut spare, &mut out);
            prop_assert!(found.total() <= Histogram::of(&text).total());
        }
    }
}
