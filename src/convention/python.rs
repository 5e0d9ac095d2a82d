//! Python's `repr` of LangChain messages and documents, as some instrumentations write them into strings:
//! `content='...' additional_kwargs={} ...`, `page_content='...' metadata={...}`.

use crate::text::effort::spend;

/// Whether a string is the `repr` of a message, a document or a list of them rather than somebody's words.
pub(super) fn is_repr(text: &str) -> bool {
    const HEADS: &[&str] = &[
        "content='",
        "content=\"",
        "content=[",
        "page_content='",
        "page_content=\"",
        "messages=[",
        "text='",
        "[HumanMessage(",
        "[SystemMessage(",
        "[AIMessage(",
        "[ToolMessage(",
        "[Document(",
        "HumanMessage(",
        "AIMessage(",
        "ToolMessage(",
        "Document(",
        "ChatPromptValue(",
        "StringPromptValue(",
        "{'",
        "[{'",
        "['",
    ];
    let text = text.trim_start();
    HEADS.iter().any(|head| text.starts_with(head))
}

/// The content of a message's or document's `repr`. A string that is cut is read as far as it goes.
pub(super) fn content(text: &str) -> Option<String> {
    let text = text.trim_start();
    let rest = text.strip_prefix("page_content=").or_else(|| text.strip_prefix("content="))?;
    literal(rest)
}

/// The string literal at the start of the text.
fn literal(text: &str) -> Option<String> {
    let mut rest = text.chars();
    let quote = rest.next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut out = String::new();
    spend(text.len());
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some('x') => push_code(&mut out, &mut rest, 2),
                Some('u') => push_code(&mut out, &mut rest, 4),
                Some('U') => push_code(&mut out, &mut rest, 8),
                Some(other) => out.push(other),
                None => break,
            },
            c if c == quote => break,
            c => out.push(c),
        }
    }
    Some(out)
}

fn push_code(out: &mut String, rest: &mut std::str::Chars<'_>, digits: usize) {
    let Some((hex, after)) = rest.as_str().split_at_checked(digits) else {
        // Cut inside the escape: nothing of it can be read.
        *rest = "".chars();
        return;
    };
    if let Some(c) = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32) {
        out.push(c);
        *rest = after.chars();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: representations with either quote, escapes, cuts, and text that is none.
    /// Guarantees: the content comes out as Python would print it, and nothing panics on a cut.
    #[test]
    fn contents() {
        assert_eq!(content(r"content='hola \'tú\'\n' name='x'").as_deref(), Some("hola 'tú'\n"));
        assert_eq!(content(r#"content="it's" name='x'"#).as_deref(), Some("it's"));
        assert_eq!(content(r"page_content='\u0928\x41' metadata={}").as_deref(), Some("\u{928}A"));
        assert_eq!(content(r"content='abc \u09").as_deref(), Some("abc "));
        assert_eq!(content("content=[{'type': 'text'}]"), None);
        assert_eq!(content("contento='x'"), None);
        assert!(is_repr("content='x' additional_kwargs={}"));
        assert!(!is_repr("content: x"));
    }
}
