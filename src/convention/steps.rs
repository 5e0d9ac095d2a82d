//! The steps beside the talk: a tool's run, a search, texts turned into vectors.

use super::documents::documents;
use super::exchange::{self, Content};
use super::gather::Gathered;
use super::hidden::{Shown, shown};
use super::leaves;
use super::message::Messages;
use super::messages::messages;
use super::roles::{push, say};
use super::span::{AgentSpan, Role};
use super::tree;
use crate::otlp::view::AnyValue;
use crate::text::json::Value;
use std::borrow::Cow;

/// What a tool was asked and what it said.
pub(super) fn tool<'a>(span: &mut AgentSpan<'a>, gathered: &mut Gathered<'a>) {
    span.tool_name = gathered.tool_name.name();
    let asked = gathered.tool_arguments.values().chain(gathered.event_arguments.value());
    first(span, Role::ToolArguments, asked.chain(gathered.input_value.values()), leaves::arguments);
    let said = gathered.tool_result.values().chain(gathered.output_value.values());
    first(span, Role::ToolResult, said, leaves::result);
}

/// The words of the first value that has any. One that is hidden ends the search.
fn first<'a>(
    span: &mut AgentSpan<'a>,
    role: Role,
    values: impl Iterator<Item = AnyValue<'a>>,
    words: fn(AnyValue<'a>) -> Option<Cow<'a, str>>,
) {
    for value in values {
        if is_hidden(value) {
            span.content_hidden = true;
            return;
        }
        if let Some(text) = words(value) {
            return push(span, role, text);
        }
    }
}

/// A retriever's or a reranker's query and what it found.
pub(super) fn search<'a>(span: &mut AgentSpan<'a>, gathered: &mut Gathered<'a>) {
    if let Some(text) = gathered.query.value().and_then(|value| value.as_str()) {
        say(span, Role::Input, Cow::Borrowed(text));
    }
    for value in gathered.input_value.values() {
        if span.has(Role::Input) || span.content_hidden {
            break;
        }
        query(span, value);
    }
    let (mut found, hidden) = std::mem::take(&mut gathered.indexed_documents).texts();
    span.content_hidden |= hidden;
    if found.is_empty() && !hidden {
        found = gathered.documents.value().map(documents).unwrap_or_default();
        for value in gathered.output_value.values() {
            if !found.is_empty() {
                break;
            }
            found = documents(value);
            span.content_hidden |= is_hidden(value);
        }
    }
    for text in found {
        push(span, Role::Retrieval, text);
    }
}

fn query<'a>(span: &mut AgentSpan<'a>, value: AnyValue<'a>) {
    match exchange::asked(value) {
        Content::Text(text) => push(span, Role::Input, text),
        Content::Hidden => span.content_hidden = true,
        Content::Nothing | Content::Messages(_) => {
            // A retriever takes one thing, whatever it calls it.
            if let Value::Object(members) = tree::tree(value)
                && members.len() == 1
                && let Some((_, Value::String(text))) = members.into_iter().next()
            {
                say(span, Role::Input, text);
            }
        }
    }
}

/// The texts of which vectors were made.
pub(super) fn embedding<'a>(span: &mut AgentSpan<'a>, gathered: &mut Gathered<'a>) {
    let (mut texts, hidden) = std::mem::take(&mut gathered.embedded).texts();
    span.content_hidden |= hidden;
    if texts.is_empty() {
        let mut told = Messages::new();
        if let Some(value) = gathered.input_messages.unread().next() {
            messages(value, &mut told);
        }
        texts = told.into_iter().filter_map(|mut message| message.take_text()).collect();
    }
    if texts.is_empty() {
        let mut told = Messages::new();
        gathered.indexed_input.messages(&mut told);
        texts = told.into_iter().filter_map(|mut message| message.take_text()).collect();
    }
    for value in gathered.input_value.values() {
        if !texts.is_empty() || hidden {
            break;
        }
        texts = embedded(tree::tree(value));
    }
    for text in texts {
        say(span, Role::Input, text);
    }
}

fn embedded(mut value: Value<'_>) -> Vec<Cow<'_, str>> {
    // The request, the arguments of a function, or what was to be embedded.
    for key in ["input", "inputs", "texts", "text", "contents", "documents", "kwargs", "args"] {
        if let Some(inner) = tree::take(&mut value, key) {
            value = inner;
            if key != "kwargs" {
                break;
            }
        }
    }
    let mut items = if let Value::Array(items) = value { items } else { vec![value] };
    if let [Value::Array(inner)] = items.as_mut_slice() {
        items = std::mem::take(inner);
    }
    // Vercel's SDK quotes each as JSON.
    items.into_iter().filter_map(Value::into_str).filter_map(|text| tree::parsed(text).into_str()).collect()
}

fn is_hidden(value: AnyValue<'_>) -> bool {
    value.as_str().is_some_and(|text| matches!(shown(Cow::Borrowed(text)), Shown::Hidden))
}
