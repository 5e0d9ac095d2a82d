//! The shape that nearly all messages have, read without building a tree: an array of messages with a role and text
//! parts, `[{"role": "user", "parts": [{"type": "text", "content": "..."}]}]`, or with plain content.
//!
//! Anything else is `None`, also a document that is cut, and read as a tree: this is faster, and must never say anything
//! different.

use super::hidden::{MEDIA_SIGN, is_text_without_media};
use super::message::{Message, Messages, Speaker};
use crate::text::effort::spend;
use crate::text::json;
use std::borrow::Cow;

/// Adds the messages. `None` if they are not plain; some may be added then.
pub(super) fn messages<'a>(text: &'a str, found: &mut Messages<'a>) -> Option<()> {
    let mut reader = Reader::of(text);
    reader.open(b'[')?;
    loop {
        found.push(Message::default());
        reader.space();
        reader.message(found.last_mut()?)?;
        if !reader.goes_on(b']')? {
            break;
        }
    }
    reader.ends().then_some(())
}

/// Adds the parts that a message consists of, as instructions come without one around them. `None` if they are not
/// plain; some may be added then.
pub(super) fn parts<'a>(text: &'a str, message: &mut Message<'a>) -> Option<()> {
    let mut reader = Reader::of(text);
    reader.open(b'[')?;
    reader.parts(message)?;
    reader.ends().then_some(())
}

/// The members that plain messages and their parts have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Role,
    Parts,
    Content,
    FinishReason,
    Type,
    Text,
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

    /// Steps over white space, of which most have none.
    #[inline]
    fn space(&mut self) {
        spend(1);
        if self.rest.first().is_some_and(|&byte| byte <= b' ') {
            self.blanks();
        }
    }

    #[inline(never)]
    fn blanks(&mut self) {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            spend(1);
            self.rest = rest;
        }
    }

    fn ends(&mut self) -> bool {
        self.space();
        self.rest.is_empty()
    }

    /// Steps over this, if it is next.
    #[inline]
    fn eat(&mut self, token: &[u8]) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Steps over what opens an array or an object.
    #[inline]
    fn open(&mut self, bracket: u8) -> Option<()> {
        self.space();
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        (*first == bracket).then_some(())
    }

    /// Steps over what stands behind an item: whether another one follows, or the bracket that closes.
    #[inline]
    fn goes_on(&mut self, bracket: u8) -> Option<bool> {
        self.space();
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        match *first {
            b',' => Some(true),
            first if first == bracket => Some(false),
            _ => None,
        }
    }

    /// Steps over a member's key and the colon behind it, up to the value.
    #[inline]
    fn member(&mut self) -> Option<Member> {
        self.space();
        // By the first letter, so that each key is compared with one.
        let member = match self.rest.get(1)? {
            b'r' if self.eat(b"\"role\"") => Member::Role,
            b'p' if self.eat(b"\"parts\"") => Member::Parts,
            b'c' if self.eat(b"\"content\"") => Member::Content,
            b'f' if self.eat(b"\"finish_reason\"") => Member::FinishReason,
            b't' if self.eat(b"\"type\"") => Member::Type,
            b't' if self.eat(b"\"text\"") => Member::Text,
            _ => return None,
        };
        self.open(b':')?;
        self.space();
        Some(member)
    }

    /// Steps over all before a message's parts, where it begins with them as nearly all do: without white space, or with
    /// Python's.
    #[inline]
    fn message_head(&mut self) -> Option<Speaker> {
        spend(1);
        if self.eat(br#"{"role":"user","parts":["#) || self.eat(br#"{"role": "user", "parts": ["#) {
            Some(Speaker::User)
        } else if self.eat(br#"{"role":"assistant","parts":["#) || self.eat(br#"{"role": "assistant", "parts": ["#) {
            Some(Speaker::Assistant)
        } else {
            None
        }
    }

    /// As [`Reader::message_head`], all before a part's text.
    #[inline]
    fn part_head(&mut self) -> bool {
        spend(1);
        self.eat(br#"{"type":"text","content":"#) || self.eat(br#"{"type": "text", "content": "#)
    }

    /// A string.
    #[inline]
    fn string(&mut self) -> Option<Cow<'a, str>> {
        if !self.eat(b"\"") {
            return None;
        }
        let start = self.text.len() - self.rest.len();
        match json::plain_string(self.text, start) {
            Some((string, end)) => {
                spend(end - start);
                self.rest = self.text.as_bytes().get(end..)?;
                Some(Cow::Borrowed(string))
            }
            None => self.escaped(start),
        }
    }

    #[inline(never)]
    fn escaped(&mut self, start: usize) -> Option<Cow<'a, str>> {
        let (string, end) = json::string(self.text, start)?;
        self.rest = self.text.as_bytes().get(end..)?;
        Some(string)
    }

    /// A string that is somebody's words. Long, mostly, and without escapes: whether media may be in it is seen on the way.
    #[inline]
    fn words(&mut self, message: &mut Message<'a>) -> Option<()> {
        let [b'"', inside @ ..] = self.rest else { return None };
        let start = self.text.len() - inside.len();
        let length = memchr::memchr3(b'"', b'\\', MEDIA_SIGN, inside)?;
        spend(length);
        let ([b'"', rest @ ..], words) = (inside.get(length..)?, self.text.get(start..start + length)?) else {
            message.say(self.escaped(start)?);
            return Some(());
        };
        self.rest = rest;
        if is_text_without_media(words) {
            message.add_text(Cow::Borrowed(words));
        } else {
            message.say(Cow::Borrowed(words));
        }
        Some(())
    }

    /// Why an answer ended.
    #[inline]
    fn finish(&mut self) -> Option<Cow<'a, str>> {
        if self.eat(b"\"stop\"") { Some(Cow::Borrowed("stop")) } else { self.string() }
    }

    #[inline]
    fn speaker(&mut self) -> Option<Speaker> {
        if self.eat(b"\"user\"") {
            Some(Speaker::User)
        } else if self.eat(b"\"assistant\"") {
            Some(Speaker::Assistant)
        } else {
            Speaker::named(&self.string()?)
        }
    }

    /// One message. Its members' keys have no escapes, and come once.
    fn message(&mut self, message: &mut Message<'a>) -> Option<()> {
        let mut has_content = false;
        let mut goes_on = true;
        message.speaker = self.message_head();
        if message.speaker.is_some() {
            has_content = true;
            self.parts(message)?;
            goes_on = self.goes_on(b'}')?;
        } else {
            self.open(b'{')?;
        }
        while goes_on {
            match self.member()? {
                Member::Role if message.speaker.is_none() => message.speaker = Some(self.speaker()?),
                Member::Parts | Member::Content if !has_content => {
                    has_content = true;
                    if self.eat(b"[") {
                        self.parts(message)?;
                    } else {
                        self.words(message)?;
                    }
                }
                Member::FinishReason if message.finish.is_none() => message.finish = Some(self.finish()?),
                _ => return None,
            }
            goes_on = self.goes_on(b'}')?;
        }
        // What a tool says is opened further.
        message.speaker.is_some_and(|speaker| speaker != Speaker::Tool).then_some(())
    }

    /// The parts of a message behind the bracket that opens them, up to and with the one that closes them.
    #[inline]
    fn parts(&mut self, message: &mut Message<'a>) -> Option<()> {
        loop {
            self.part(message)?;
            if !self.goes_on(b']')? {
                return Some(());
            }
        }
    }

    fn part(&mut self, message: &mut Message<'a>) -> Option<()> {
        self.space();
        let (mut is_text, mut has_words) = (false, false);
        let mut goes_on = true;
        if self.part_head() {
            (is_text, has_words) = (true, true);
            self.words(message)?;
            goes_on = self.goes_on(b'}')?;
        } else {
            self.open(b'{')?;
        }
        while goes_on {
            match self.member()? {
                Member::Type if !is_text && self.eat(b"\"text\"") => is_text = true,
                Member::Content | Member::Text if !has_words => {
                    has_words = true;
                    self.words(message)?;
                }
                _ => return None,
            }
            goes_on = self.goes_on(b'}')?;
        }
        (is_text && has_words).then_some(())
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
