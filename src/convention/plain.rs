//! The shape that nearly all messages have, read without building a tree: an array of messages with a role and text
//! parts, `[{"role": "user", "parts": [{"type": "text", "content": "..."}]}]`, or with plain content.
//!
//! Anything else is `None`, also a document that is cut, and read as a tree: this is faster, and must never say anything
//! different.

use super::hidden::{MEDIA_SIGN, is_text_without_media};
use super::messages::{Message, Messages, Speaker};
use crate::text::effort::spend;
use crate::text::json;
use std::borrow::Cow;

/// Adds the messages. `None` if they are not plain; some may be added then.
pub(super) fn messages<'a>(text: &'a str, found: &mut Messages<'a>) -> Option<()> {
    let mut reader = Reader::of(text);
    let mut any = false;
    reader.list(b'[', b']', |reader| {
        any = true;
        found.push(Message::default());
        reader.message(found.last_mut()?)
    })?;
    (reader.ends() && any).then_some(())
}

/// Adds the parts that a message consists of, as instructions come without one around them. `None` if they are not
/// plain; some may be added then.
pub(super) fn parts<'a>(text: &'a str, message: &mut Message<'a>) -> Option<()> {
    let mut reader = Reader::of(text);
    let mut any = false;
    reader.list(b'[', b']', |reader| {
        any = true;
        reader.part(message)
    })?;
    (reader.ends() && any).then_some(())
}

struct Reader<'a> {
    text: &'a str,
    /// What is left of it.
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn of(text: &'a str) -> Self {
        Reader { text, rest: text.as_bytes() }
    }

    fn space(&mut self) {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            spend(1);
            self.rest = rest;
        }
    }

    fn ends(mut self) -> bool {
        self.space();
        self.rest.is_empty()
    }

    /// Steps over this, if it is the next behind white space.
    #[inline]
    fn eat(&mut self, token: &[u8]) -> bool {
        spend(1);
        if let Some(rest) = self.rest.strip_prefix(token) {
            self.rest = rest;
            return true;
        }
        self.rest.first().is_some_and(|&byte| byte <= b' ') && self.eat_spaced(token)
    }

    #[inline(never)]
    fn eat_spaced(&mut self, token: &[u8]) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Steps over a member's key and the colon behind it.
    #[inline]
    fn key(&mut self, quoted: &[u8]) -> Option<bool> {
        if !self.eat(quoted) {
            return Some(false);
        }
        self.eat(b":").then_some(true)
    }

    /// A string, and whether media may be in it.
    #[inline]
    fn string(&mut self) -> Option<(Cow<'a, str>, bool)> {
        if !self.eat(b"\"") {
            return None;
        }
        let start = self.text.len() - self.rest.len();
        let plain = json::plain_string(self.text, start, MEDIA_SIGN);
        let (string, end, signed) = match plain {
            Some((string, end, signed)) => (Cow::Borrowed(string), end, signed),
            None => json::string(self.text, start).map(|(string, end)| (string, end, true))?,
        };
        spend(end - start);
        self.rest = self.text.as_bytes().get(end..)?;
        Some((string, signed))
    }

    /// A string that is somebody's words.
    #[inline]
    fn words(&mut self, message: &mut Message<'a>) -> Option<()> {
        let (words, may_be_media) = self.string()?;
        if !may_be_media && is_text_without_media(&words) {
            message.texts.push(words);
        } else {
            message.say(words);
        }
        Some(())
    }

    #[inline]
    fn list(&mut self, open: u8, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if !self.eat(&[open]) {
            return None;
        }
        if self.eat(&[close]) {
            return Some(());
        }
        loop {
            item(self)?;
            match self.rest {
                [byte, rest @ ..] if *byte == close => {
                    self.rest = rest;
                    return Some(());
                }
                [b',', rest @ ..] => self.rest = rest,
                _ => {
                    if self.eat_spaced(&[close]) {
                        return Some(());
                    }
                    if !self.eat_spaced(b",") {
                        return None;
                    }
                }
            }
        }
    }

    fn speaker(&mut self) -> Option<Speaker> {
        if self.eat(b"\"user\"") {
            Some(Speaker::User)
        } else if self.eat(b"\"assistant\"") {
            Some(Speaker::Assistant)
        } else {
            Speaker::named(&self.string()?.0)
        }
    }

    /// One message. Its members' keys have no escapes, and come once.
    fn message(&mut self, message: &mut Message<'a>) -> Option<()> {
        let mut has_content = false;
        self.list(b'{', b'}', |reader| {
            if message.speaker.is_none() && reader.key(b"\"role\"")? {
                message.speaker = Some(reader.speaker()?);
            } else if !has_content && (reader.key(b"\"parts\"")? || reader.key(b"\"content\"")?) {
                has_content = true;
                reader.space();
                if reader.rest.first() == Some(&b'[') {
                    reader.list(b'[', b']', |reader| reader.part(message))?;
                } else {
                    reader.words(message)?;
                }
            } else if message.finish.is_none() && reader.key(b"\"finish_reason\"")? {
                message.finish = Some(reader.string()?.0);
            } else {
                return None;
            }
            Some(())
        })?;
        // What a tool says is opened further.
        message.speaker.is_some_and(|speaker| speaker != Speaker::Tool).then_some(())
    }

    fn part(&mut self, message: &mut Message<'a>) -> Option<()> {
        let (mut is_text, mut has_words) = (false, false);
        self.list(b'{', b'}', |reader| {
            // Most write no white space here: both words in one comparison.
            if !is_text && reader.eat(b"\"type\":\"text\"") {
                is_text = true;
                Some(())
            } else if !is_text && reader.key(b"\"type\"")? {
                is_text = reader.eat(b"\"text\"");
                is_text.then_some(())
            } else if !has_words && (reader.key(b"\"content\"")? || reader.key(b"\"text\"")?) {
                has_words = true;
                reader.words(message)
            } else {
                None
            }
        })?;
        (is_text && has_words).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convention::messages::messages_of;
    use crate::convention::tree::parsed;
    use proptest::prelude::*;

    fn read(json: &str) -> Option<Messages<'_>> {
        let mut found = Messages::new();
        messages(json, &mut found).map(|()| found)
    }

    /// Scenario: the plain shape in the spellings of several clients, with escapes and white space.
    /// Guarantees: it is read here.
    #[test]
    fn plain() {
        for json in [
            r#"[{"role":"user","parts":[{"type":"text","content":"hola"}]}]"#,
            r#" [ {"role": "user", "content": "hola"} ] "#,
            r#"[{"content":[{"text":"hola","type":"text"}],"role":"user"}]"#,
            "[{\"role\":\"user\",\"parts\":[{\"content\":\"\\u0068ola\",\"type\":\"text\"}],\"finish_reason\":\"stop\"}]",
        ] {
            let found = read(json).unwrap();
            assert_eq!((found[0].speaker, &found[0].texts[..]), (Some(Speaker::User), &["hola".into()][..]), "{json}");
        }
        let mut message = Message::default();
        parts(r#"[{"type":"text","content":"a"},{"type":"text","text":"b"}]"#, &mut message).unwrap();
        assert_eq!(message.texts[..], ["a", "b"]);
    }

    /// Scenario: documents that are cut, hold anything else, have members twice, or go on after their end.
    /// Guarantees: they are left to the tree.
    #[test]
    fn not_plain() {
        for json in [
            "",
            "[]",
            "hola",
            r#"[{"role":"user","content":"hola"#,
            r#"[{"role":"user","content":"hola"}"#,
            r#"[{"role":"user","content":"hola"}] x"#,
            r#"[{"role":"user","content":"hola","content":"x"}]"#,
            r#"[{"role":"user","content":null}]"#,
            r#"[{"role":"tool","content":"hola"}]"#,
            r#"[{"role":"nobody","content":"hola"}]"#,
            r#"[{"role":"user","parts":[{"type":"image","content":"hola"}]}]"#,
            r#"[{"role":"user","parts":[{"type":"text","content":"hola","id":"1"}]}]"#,
            r#"[{"role":"assistant","content":"hola","tool_calls":[]}]"#,
            r#"[{"role":"user","content":"hola"},]"#,
            r#"[{"role":"user","content":"\x"}]"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    fn json() -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(vec![
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            " ",
            "null",
            "\"role\":",
            "\"user\"",
            "\"assistant\"",
            "\"tool\"",
            "\"parts\":",
            "\"content\":",
            "\"type\":",
            "\"text\"",
            "\"text\":",
            "\"hola\"",
            "\"\\u0928\"",
            "\"finish_reason\":",
            "\"stop\"",
            "\"__REDACTED__\"",
            r#"{"role":"user","parts":[{"type":"text","content":"#,
            "}]}]",
            r#"[{"role":"user","content":"#,
            r#"{"type":"text","text":"a"}"#,
        ]);
        prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        /// Scenario: documents put together from the pieces of the plain shape, in any order.
        /// Guarantees: what is read here is what the tree would have given.
        #[test]
        fn as_the_tree(json in json()) {
            if let Some(found) = read(&json) {
                prop_assert_eq!(found.into_vec(), messages_of(parsed(Cow::Borrowed(&json))));
            }
        }
    }
}
