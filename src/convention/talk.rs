//! A model call, an agent or a chain: who says what on it.
//!
//! Role by role the sources are asked in order, from messages that say who speaks down to values that may be anything,
//! until one of them holds the role.

use super::exchange::{self, Content};
use super::gather::Gathered;
use super::message::{Message, Messages, Speaker};
use super::messages::messages;
use super::roles::{ask, finish, input_side, output_side, push, say};
use super::span::{AgentSpan, Kind, Role};
use super::{refusal_signal, request, tree, usage_object};
use std::borrow::Cow;

/// Reads both sides of the exchange.
pub(super) fn read<'a>(span: &mut AgentSpan<'a>, gathered: &mut Gathered<'a>, is_root: bool) {
    // A step inside a run is handed anything: documents, prompts, other steps' answers. Only at the root is what
    // goes in the user's and what comes out the answer; typed messages say whose they are anywhere.
    let plain_counts = span.kind != Kind::Chain || is_root;
    let mut run = asked(span, gathered, plain_counts);
    if run.is_empty()
        && !span.has(Role::Output)
        && let Some(value) = gathered.conversation.unread().next()
    {
        let mut said = Messages::new();
        messages(value, &mut said);
        run = said.into_vec();
    }
    answered(span, gathered, run, plain_counts);
    if span.kind == Kind::Llm && span.finish_reasons.iter().any(|reason| refusal_signal::asks_tools(reason)) {
        span.calls_tools = true;
    }
}

/// Instructions, the user's words and tool results. Returns the messages of a whole run, if they were asked for.
fn asked<'a>(span: &mut AgentSpan<'a>, gathered: &mut Gathered<'a>, plain_counts: bool) -> Vec<Message<'a>> {
    if let Some(value) = gathered.system.unread() {
        let mut message = Message::by(Some(Speaker::System));
        request::system_in(value, &mut message);
        span.content_hidden |= message.hidden;
        if let Some(text) = message.take_text() {
            push(span, Role::System, text);
        }
    }
    let mut has_messages = false;
    // Whether the user's words are known, or known to be hidden: then no other source is asked for them.
    let mut hear = |span: &mut AgentSpan<'a>, told: &mut [Message<'a>]| {
        if told.is_empty() {
            return span.content_hidden;
        }
        has_messages = true;
        input_side(span, told);
        span.has(Role::Input) || span.content_hidden
    };
    let mut told = Messages::new();
    gathered.indexed_input.messages(&mut told);
    if hear(span, &mut told) {
        return Vec::new();
    }
    for value in gathered.input_messages.unread() {
        messages(value, &mut told);
        if hear(span, &mut told) {
            return Vec::new();
        }
    }
    if hear(span, &mut std::mem::take(&mut gathered.events_in)) {
        return Vec::new();
    }
    for value in gathered.conversation.unread() {
        messages(value, &mut told);
        if hear(span, &mut told) {
            return told.into_vec();
        }
    }
    for value in gathered.input_value.values().filter(|_| plain_counts) {
        match exchange::asked(value) {
            // Beside messages a plain value is one of them again, in traceAI the instructions.
            Content::Text(text) if !has_messages => ask(span, text),
            Content::Messages(mut messages) => input_side(span, &mut messages),
            Content::Hidden => span.content_hidden = true,
            Content::Text(_) | Content::Nothing => {}
        }
        if span.has(Role::Input) || span.content_hidden {
            break;
        }
    }
    Vec::new()
}

/// The answer, the tools that were asked for, and how the call ended.
fn answered<'a>(span: &mut AgentSpan<'a>, gathered: &mut Gathered<'a>, run: Vec<Message<'a>>, plain_counts: bool) {
    let mut hidden = false;
    // Whether there is an answer, or what stands for one: then no other source is asked for it.
    let mut hear = |span: &mut AgentSpan<'a>, said: &mut [Message<'a>]| {
        if said.is_empty() {
            return false;
        }
        hidden |= said.iter().any(|message| message.hidden);
        output_side(span, said);
        hidden || span.has(Role::Output) || span.calls_tools
    };
    let mut said = Messages::new();
    gathered.indexed_output.messages(&mut said);
    let known = hear(span, &mut said)
        || gathered.output_messages.unread().any(|value| {
            messages(value, &mut said);
            hear(span, &mut said)
        })
        || hear(span, &mut std::mem::take(&mut gathered.events_out));
    if !known {
        for text in gathered.final_text.values().filter_map(|value| value.as_str()) {
            if !span.has(Role::Output) {
                say(span, Role::Output, Cow::Borrowed(text));
            }
        }
    }
    if let Some(calls) = gathered.tool_calls.value() {
        let mut message = Message::by(Some(Speaker::Assistant));
        message.tool_calls(tree::tree(calls));
        output_side(span, &mut [message]);
    }
    if !span.has(Role::Output)
        && !span.calls_tools
        && !hidden
        && let Some(answer) = exchange::last_answer(run)
    {
        output_side(span, &mut [answer]);
    }
    for value in gathered.output_value.values().filter(|_| plain_counts) {
        let lacks_answer = !span.has(Role::Output) && !span.calls_tools;
        let is_call = span.kind == Kind::Llm;
        if !lacks_answer && !(is_call && (span.finish_reasons.is_empty() || span.usage.is_empty())) {
            break;
        }
        let value = tree::tree(value);
        if is_call {
            usage_object::complete(&mut span.usage, &value);
        }
        match exchange::answered(value) {
            Content::Text(text) if lacks_answer && !hidden => push(span, Role::Output, text),
            Content::Messages(messages) if lacks_answer && !hidden => whole_answer(span, messages),
            // The answer is known; its finish reason may only be here.
            Content::Messages(messages) => finish(span, &messages),
            Content::Hidden => span.content_hidden = true,
            Content::Text(_) | Content::Nothing => {}
        }
    }
}

/// A response: all of its messages from a model, the last of a conversation from anything else.
fn whole_answer<'a>(span: &mut AgentSpan<'a>, mut messages: Vec<Message<'a>>) {
    if span.kind == Kind::Llm {
        output_side(span, &mut messages);
    } else if let Some(answer) = exchange::last_answer(messages) {
        output_side(span, &mut [answer]);
    }
}
