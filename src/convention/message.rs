//! One message of a conversation, taken apart.

use super::hidden::{Shown, is_text, shown};
use super::leaves;
use super::parts;
use super::tree::take;
use crate::otlp::view::Unread;
use crate::text::json::Value;
use smallvec::SmallVec;
use std::borrow::Cow;

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    System,
    User,
    Assistant,
    Tool,
}

impl Speaker {
    /// As [`Speaker::named`], by a value that holds the name.
    pub(super) fn named_by(value: Unread<'_>) -> Option<Speaker> {
        match value.bytes()? {
            b"user" => Some(Speaker::User),
            b"assistant" => Some(Speaker::Assistant),
            b"system" => Some(Speaker::System),
            _ => Speaker::named(value.str()?),
        }
    }

    /// From a role, a LangChain type or the name of a LangChain class.
    pub(super) fn named(name: &str) -> Option<Speaker> {
        const NAMES: &[(&str, Speaker)] = &[
            ("system", Speaker::System),
            ("developer", Speaker::System),
            ("user", Speaker::User),
            ("human", Speaker::User),
            ("assistant", Speaker::Assistant),
            ("ai", Speaker::Assistant),
            ("model", Speaker::Assistant),
            ("tool", Speaker::Tool),
            ("function", Speaker::Tool),
            ("SystemMessage", Speaker::System),
            ("HumanMessage", Speaker::User),
            ("HumanMessageChunk", Speaker::User),
            ("AIMessage", Speaker::Assistant),
            ("AIMessageChunk", Speaker::Assistant),
            ("ToolMessage", Speaker::Tool),
        ];
        // LlamaIndex writes `MessageRole.USER`.
        let name = name.strip_prefix("MessageRole.").unwrap_or(name);
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, speaker)| speaker)
    }
}

/// Messages: on most spans one or two at a time, which then need no heap.
pub(super) type Messages<'a> = SmallVec<[Message<'a>; 2]>;

/// One message. Most have a text and nothing else but a reason why they end, and are small for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    pub(super) speaker: Option<Speaker>,
    /// Whether tools were called, with or without words.
    pub(super) called: bool,
    /// Whether something was hidden or is media.
    pub(super) hidden: bool,
    /// Its first text.
    text: Option<Cow<'a, str>>,
    pub(super) finish: Option<Cow<'a, str>>,
    aside: Option<Box<Aside<'a>>>,
}

/// What few messages have. Only there when something is in it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Aside<'a> {
    /// Texts after the first.
    texts: Vec<Cow<'a, str>>,
    /// The words in which the model declined, where the provider marks them as such.
    refusal: Option<Cow<'a, str>>,
    /// The words of the arguments, one text a tool call.
    calls: Vec<Cow<'a, str>>,
    /// The words of the results, one text a result.
    results: Vec<Cow<'a, str>>,
}

impl Default for Message<'_> {
    #[inline]
    fn default() -> Self {
        Message::NONE
    }
}

impl<'a> Message<'a> {
    /// Nobody says nothing. A constant, since copying one is faster than putting one together.
    const NONE: Self = Message { speaker: None, called: false, hidden: false, text: None, finish: None, aside: None };

    pub(super) const fn by(speaker: Option<Speaker>) -> Self {
        Message { speaker, ..Message::NONE }
    }

    fn aside(&mut self) -> &mut Aside<'a> {
        self.aside.get_or_insert_default()
    }

    /// Adds a text that is sure to be one.
    #[inline]
    pub(super) fn add_text(&mut self, text: Cow<'a, str>) {
        if self.text.is_none() {
            self.text = Some(text);
        } else {
            self.add_next(text);
        }
    }

    #[cold]
    fn add_next(&mut self, text: Cow<'a, str>) {
        self.aside().texts.push(text);
    }

    pub(super) const fn has_text(&self) -> bool {
        self.text.is_some()
    }

    /// Takes the texts out, one by one.
    pub(super) fn take_texts(&mut self) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let more = self.aside.as_mut().map(|aside| std::mem::take(&mut aside.texts));
        self.text.take().into_iter().chain(more.into_iter().flatten())
    }

    /// Takes the words out, as one text.
    #[inline]
    pub(super) fn take_text(&mut self) -> Option<Cow<'a, str>> {
        if self.aside.is_none() { self.text.take() } else { self.take_joined() }
    }

    #[cold]
    fn take_joined(&mut self) -> Option<Cow<'a, str>> {
        leaves::join(self.take_texts())
    }

    pub(super) fn refusal(&self) -> Option<&str> {
        self.aside.as_ref()?.refusal.as_deref()
    }

    #[inline]
    pub(super) fn take_refusal(&mut self) -> Option<Cow<'a, str>> {
        self.aside.as_mut()?.refusal.take()
    }

    /// Takes the words of the tool calls out, one text a call.
    #[inline]
    pub(super) fn take_calls(&mut self) -> Vec<Cow<'a, str>> {
        self.aside.as_mut().map(|aside| std::mem::take(&mut aside.calls)).unwrap_or_default()
    }

    pub(super) fn has_results(&self) -> bool {
        self.aside.as_ref().is_some_and(|aside| !aside.results.is_empty())
    }

    /// Takes the words of tool results out, one text a result.
    #[inline]
    pub(super) fn take_results(&mut self) -> Vec<Cow<'a, str>> {
        self.aside.as_mut().map(|aside| std::mem::take(&mut aside.results)).unwrap_or_default()
    }

    /// Adds the words of a tool's result, if there are any.
    pub(super) fn add_result(&mut self, words: Option<Cow<'a, str>>) {
        if let Some(words) = words {
            self.aside().results.push(words);
        }
    }

    /// Adds the words of a tool call's arguments, if there are any.
    pub(super) fn add_call(&mut self, words: Option<Cow<'a, str>>) {
        self.called = true;
        if let Some(words) = words {
            self.aside().calls.push(words);
        }
    }

    /// Adds words, unless they are hidden or none.
    #[inline]
    pub(super) fn say(&mut self, text: Cow<'a, str>) {
        if is_text(&text) {
            self.add_text(text);
        } else {
            self.say_shown(text);
        }
    }

    fn say_shown(&mut self, text: Cow<'a, str>) {
        match shown(text) {
            Shown::Text(text) => self.add_text(text),
            Shown::Hidden => self.hidden = true,
            Shown::Nothing => {}
        }
    }

    /// Marks words as a refusal.
    pub(super) fn refuse(&mut self, text: Cow<'a, str>) {
        match shown(text) {
            Shown::Text(text) => self.aside().refusal = Some(text),
            Shown::Hidden => self.hidden = true,
            Shown::Nothing => {}
        }
    }

    /// Adds a tool call.
    pub(super) fn call(&mut self, arguments: Option<Value<'a>>) {
        self.add_call(arguments.and_then(leaves::arguments_of));
    }

    /// Adds a list of tool calls, OpenAI's or Vercel's.
    pub(super) fn tool_calls(&mut self, calls: Value<'a>) {
        let Value::Array(calls) = calls else { return };
        for mut call in calls {
            let mut function = take(&mut call, "function").unwrap_or(Value::Null);
            let found = parts::arguments(&mut function).or_else(|| parts::arguments(&mut call));
            self.call(found);
        }
    }

    /// Adds content: text, a list of parts, or one part. What a tool says is a result.
    pub(super) fn content(&mut self, content: Value<'a>) {
        match content {
            content if self.speaker == Some(Speaker::Tool) && !parts::holds_results(&content) => {
                self.add_result(leaves::result_of(content));
            }
            Value::String(text) => self.say(text),
            Value::Array(items) => items.into_iter().for_each(|item| parts::add(self, item)),
            part @ Value::Object(_) => parts::add(self, part),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The texts, one by one.
    #[cfg(test)]
    pub(super) fn texts(&self) -> Vec<&str> {
        let more = self.aside.iter().flat_map(|aside| &aside.texts);
        self.text.iter().chain(more).map(AsRef::as_ref).collect()
    }

    /// The words of the tool calls.
    #[cfg(test)]
    pub(super) fn calls(&self) -> Vec<&str> {
        self.aside.iter().flat_map(|aside| &aside.calls).map(AsRef::as_ref).collect()
    }

    /// The words of the tool results.
    #[cfg(test)]
    pub(super) fn results(&self) -> Vec<&str> {
        self.aside.iter().flat_map(|aside| &aside.results).map(AsRef::as_ref).collect()
    }
}
