//! Content that was sent but is no text: redacted, media, references to media.

use crate::text::effort::spend;
use std::borrow::Cow;

/// What a sent string is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown<'a> {
    /// Text that may be read.
    Text(Cow<'a, str>),
    /// Hidden on purpose, or media.
    Hidden,
    /// Nothing but white space.
    Nothing,
}

const MEDIA_MARK: &str = "@@@langfuseMedia:";

/// What every reference to uploaded media begins with; rare in texts.
pub(super) const MEDIA_SIGN: u8 = b'@';

/// Says whether a string is text. References to uploaded media are cut out of a longer text.
pub(super) fn shown(text: Cow<'_, str>) -> Shown<'_> {
    spend(text.len());
    if is_text(&text) {
        return Shown::Text(text);
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Shown::Nothing;
    }
    if is_no_text(trimmed) {
        return Shown::Hidden;
    }
    if has_media(trimmed) {
        let rest = without_media(trimmed);
        let left = rest.trim();
        return if left.is_empty() || is_no_text(left) { Shown::Hidden } else { Shown::Text(Cow::Owned(rest)) };
    }
    Shown::Text(text)
}

/// Whether a string is sure to be text as a whole, as nearly every one is: what is not begins with one of two letters or
/// has a reference in it.
pub(super) fn is_text(text: &str) -> bool {
    is_text_without_media(text) && !has_media(text)
}

/// As [`is_text`], of a string in which there is no [`MEDIA_SIGN`].
#[inline]
pub(super) fn is_text_without_media(text: &str) -> bool {
    begins(text) && !matches!(text.as_bytes().first(), Some(b'_' | b'd'))
}

/// Whether a text begins with something other than white space.
#[inline]
pub(super) fn begins(text: &str) -> bool {
    match text.as_bytes().first() {
        // White space begins with these bytes only, and other characters do too.
        Some(b'\t'..=b'\r' | b' ' | 0xc2 | 0xe1..=0xe3) => !text.starts_with(char::is_whitespace),
        first => first.is_some(),
    }
}

/// Whether what was sent is redacted, or is media as a whole.
fn is_no_text(trimmed: &str) -> bool {
    trimmed == "__REDACTED__" || is_data_url(trimmed)
}

/// Whether a reference to uploaded media is in the text. Looking for its first sign is the fastest way to say no.
fn has_media(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(MEDIA_SIGN, bytes)
        .any(|at| bytes.get(at..).is_some_and(|rest| rest.starts_with(MEDIA_MARK.as_bytes())))
}

/// Whether the whole is one `data:` URL.
fn is_data_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("data:") else { return false };
    // `data:[type/subtype][;parameter]...,content`: a sentence that starts with "data:" has no such head.
    let Some((head, _)) = rest.split_once(',') else { return false };
    head.len() <= 256 && !head.contains(char::is_whitespace) && (head.contains('/') || head.ends_with("base64"))
}

fn without_media(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(MEDIA_MARK) {
        kept.push_str(before);
        // A reference that is cut has nothing after it.
        rest = after.split_once("@@@").map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: redacted values, data URLs, media references alone and inside a sentence, and plain text.
    /// Guarantees: only text is shown, and a sentence that begins with "data:" is text.
    #[test]
    fn tells_text_from_what_is_hidden() {
        for hidden in [
            "__REDACTED__",
            " __REDACTED__\n",
            "data:image/png;base64,iVBORw0KGgo=",
            "data:;base64,AAAA",
            "@@@langfuseMedia:type=image/png|id=x|source=base64_data_uri@@@",
            "@@@langfuseMedia:type=image/p",
            "__REDACTED__ @@@langfuseMedia:type=image/png|id=x|source=y@@@",
        ] {
            assert_eq!(shown(hidden.into()), Shown::Hidden, "{hidden}");
        }
        assert_eq!(shown(" \n".into()), Shown::Nothing);
        assert_eq!(shown("data: los precios, por favor".into()), Shown::Text("data: los precios, por favor".into()));
        assert_eq!(shown("mira @@@langfuseMedia:type=image/png|id=x@@@ esto".into()), Shown::Text("mira  esto".into()));
    }
}
