//! The shape that nearly all messages have, read without building a tree: an array of messages with a role and text
//! parts, `[{"role": "user", "parts": [{"type": "text", "content": "..."}]}]`, or with plain content.
//!
//! Anything else is `None`, also a document that is cut, and read as a tree: this is faster, and must never say anything
//! different.

use super::messages::{Message, Speaker};
use crate::text::effort::spend;
use crate::text::json;
use std::borrow::Cow;

/// The messages, if they are plain.
pub(super) fn messages(text: &str) -> Option<Vec<Message<'_>>> {
    let mut reader = Reader { text, at: 0 };
    let mut found = Vec::new();
    reader.array(|reader| {
        found.push(reader.message()?);
        Some(())
    })?;
    reader.space();
    (reader.at == text.len() && !found.is_empty()).then_some(found)
}

/// The texts of parts without messages around them, as instructions come.
pub(super) fn parts(text: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut reader = Reader { text, at: 0 };
    let mut found = Vec::new();
    reader.parts(&mut found)?;
    reader.space();
    (reader.at == text.len() && !found.is_empty()).then_some(found)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.as_bytes().get(self.at) {
            spend(1);
            self.at += 1;
        }
    }

    /// Steps over a byte, and the white space before it; whether it was there.
    fn next(&mut self, byte: u8) -> bool {
        spend(1);
        self.space();
        let is = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(is);
        is
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        if !self.next(b'"') {
            return None;
        }
        let (string, end) = json::string(self.text, self.at)?;
        self.at = end;
        Some(string)
    }

    fn list(&mut self, open: u8, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if !self.next(open) {
            return None;
        }
        if self.next(close) {
            return Some(());
        }
        loop {
            item(self)?;
            if self.next(close) {
                return Some(());
            }
            if !self.next(b',') {
                return None;
            }
        }
    }

    fn array(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.list(b'[', b']', item)
    }

    /// Members whose keys have no escapes.
    fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        self.list(b'{', b'}', |reader| {
            let Cow::Borrowed(key) = reader.string()? else { return None };
            if !reader.next(b':') {
                return None;
            }
            member(reader, key)
        })
    }

    fn message(&mut self) -> Option<Message<'a>> {
        let (mut speaker, mut finish, mut texts, mut has_content) = (None, None, Vec::new(), false);
        self.object(|reader, key| {
            match key {
                "role" if speaker.is_none() => speaker = Some(Speaker::named(&reader.string()?)?),
                "finish_reason" if finish.is_none() => finish = Some(reader.string()?),
                "parts" | "content" if !has_content => {
                    has_content = true;
                    reader.space();
                    if reader.text.as_bytes().get(reader.at) == Some(&b'[') {
                        reader.parts(&mut texts)?;
                    } else {
                        texts.push(reader.string()?);
                    }
                }
                _ => return None,
            }
            Some(())
        })?;
        // What a tool says is opened further.
        let speaker = speaker.filter(|speaker| *speaker != Speaker::Tool)?;
        let mut message = Message::by(Some(speaker));
        message.finish = finish;
        texts.into_iter().for_each(|text| message.say(text));
        Some(message)
    }

    fn parts(&mut self, texts: &mut Vec<Cow<'a, str>>) -> Option<()> {
        self.array(|reader| {
            let (mut is_text, mut words) = (false, None);
            reader.object(|reader, key| {
                match key {
                    "type" if !is_text => is_text = reader.string()? == "text",
                    "content" | "text" if words.is_none() => words = Some(reader.string()?),
                    _ => return None,
                }
                Some(())
            })?;
            texts.push(words.filter(|_| is_text)?);
            Some(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convention::messages::messages_of;
    use crate::convention::tree::parsed;
    use proptest::prelude::*;

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
            let found = messages(json).unwrap();
            assert_eq!((found[0].speaker, &found[0].texts[..]), (Some(Speaker::User), &["hola".into()][..]), "{json}");
        }
        assert_eq!(parts(r#"[{"type":"text","content":"a"},{"type":"text","text":"b"}]"#).unwrap(), ["a", "b"]);
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
            assert_eq!(messages(json), None, "{json}");
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
            if let Some(found) = messages(&json) {
                prop_assert_eq!(found, messages_of(parsed(Cow::Borrowed(&json))));
            }
        }
    }
}
