//! Which of what was gathered is whose text, on each kind of span.

use super::documents::documents;
use super::exchange::{self, Content};
use super::gather::Gathered;
use super::hidden::{Shown, shown};
use super::messages::{Message, Speaker, messages};
use super::span::{AgentSpan, Kind, RefusalSignal, Role, RoleText};
use super::{Source, leaves, question, refusal_signal, tree};
use crate::otlp::view::AnyValue;
use crate::text::json::Value;
use std::borrow::Cow;

/// Reads a span whose attributes are gathered.
pub(super) fn read<'a>(convention: &'static str, gathered: Gathered<'a>, source: &Source<'_, 'a>) -> AgentSpan<'a> {
    let mut span = AgentSpan::new(convention, gathered.kind(), source.span.status);
    fill(&mut span, gathered, source.span.is_root());
    span
}

/// Fills in everything but the kind.
pub(super) fn fill<'a>(span: &mut AgentSpan<'a>, gathered: Gathered<'a>, is_root: bool) {
    span.model = gathered.model.name();
    span.session_id = gathered.session.name();
    span.user_id = gathered.user.name();
    // Agents and chains repeat or add up what their model calls report: counting it there too would double it.
    if matches!(span.kind, Kind::Llm | Kind::Embedding | Kind::Reranker) {
        span.usage = gathered.usage.usage();
    }
    match gathered.finish.value() {
        Some(AnyValue::Str(reason)) => refusal_signal::reasons(reason, &mut span.finish_reasons),
        Some(AnyValue::List(list)) => {
            let reasons = list.values().flatten().filter_map(|value| value.as_str());
            span.finish_reasons.extend(reasons.map(Cow::Borrowed));
        }
        _ => {}
    }
    match span.kind {
        Kind::Llm | Kind::Agent | Kind::Chain => talk(span, gathered, is_root),
        Kind::Tool => tool(span, gathered),
        Kind::Retriever => retriever(span, gathered),
        Kind::Embedding => embedding(span, gathered),
        // What these say is about other texts, and belongs to nobody in the conversation.
        Kind::Reranker | Kind::Guardrail | Kind::Evaluator => {}
    }
    refusal_signal::from_finish(span);
}

/// A model call, an agent or a chain.
fn talk<'a>(span: &mut AgentSpan<'a>, gathered: Gathered<'a>, is_root: bool) {
    // A step inside a run is handed anything: documents, prompts, other steps' answers. Only at the root is what
    // goes in the user's and what comes out the answer; typed messages say whose they are anywhere.
    let plain_counts = span.kind != Kind::Chain || is_root;

    if let Some(value) = gathered.system.value() {
        instructions(span, value);
    }
    let mut told = gathered.indexed_input.messages();
    if told.is_empty() {
        told = gathered.input_messages.value().map(messages).unwrap_or_default();
    }
    if told.is_empty() {
        told = gathered.events_in;
    }
    let mut run = Vec::new();
    if told.is_empty() {
        run = gathered.conversation.value().map(messages).unwrap_or_default();
    }
    let has_messages = !told.is_empty() || !run.is_empty();
    input_side(span, &mut run);
    input_side(span, &mut told);
    if !span.has(Role::Input)
        && !span.content_hidden
        && plain_counts
        && let Some(value) = gathered.input_value.value()
    {
        match exchange::asked(value) {
            // Beside messages a plain value is one of them again, in traceAI the instructions.
            Content::Text(text) if !has_messages => push(span, Role::Input, question::part(text)),
            Content::Messages(mut messages) => input_side(span, &mut messages),
            Content::Hidden => span.content_hidden = true,
            Content::Text(_) | Content::Nothing => {}
        }
    }

    let mut said = gathered.indexed_output.messages();
    if said.is_empty() {
        said = gathered.output_messages.value().map(messages).unwrap_or_default();
    }
    if said.is_empty() {
        said = gathered.events_out;
    }
    let hidden = said.iter().any(|message| message.hidden);
    output_side(span, said);
    if !span.has(Role::Output) && !span.calls_tools {
        if let Some(text) = gathered.final_text.value().and_then(|value| value.as_str()) {
            say(span, Role::Output, Cow::Borrowed(text));
        } else if let Some(answer) = exchange::last_answer(run) {
            output_side(span, vec![answer]);
        }
    }
    let lacks_answer = !span.has(Role::Output) && !span.calls_tools;
    if plain_counts
        && (lacks_answer || span.kind == Kind::Llm && span.finish_reasons.is_empty())
        && let Some(value) = gathered.output_value.value()
    {
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
fn whole_answer<'a>(span: &mut AgentSpan<'a>, messages: Vec<Message<'a>>) {
    if span.kind == Kind::Llm {
        output_side(span, messages);
    } else if let Some(answer) = exchange::last_answer(messages) {
        output_side(span, vec![answer]);
    }
}

/// System instructions: parts, text, or text in JSON quotes.
fn instructions<'a>(span: &mut AgentSpan<'a>, value: AnyValue<'a>) {
    let mut message = Message::by(Some(Speaker::System));
    match tree::tree(value) {
        Value::Array(items) if items.iter().any(|item| item.get("parts").is_some() || item.get("role").is_some()) => {
            for inner in super::messages::messages_of(Value::Array(items)) {
                message.hidden |= inner.hidden;
                message.texts.extend(inner.texts);
            }
        }
        content => message.content(content),
    }
    span.content_hidden |= message.hidden;
    if let Some(text) = message.text() {
        push(span, Role::System, text);
    }
}

/// What went in: the instructions, the user's last words, and the tool results that the model was just given.
/// Takes the messages' contents, leaves the answers.
pub(super) fn input_side<'a>(span: &mut AgentSpan<'a>, messages: &mut [Message<'a>]) {
    let has_system = span.has(Role::System);
    let with_tools = span.kind == Kind::Llm;
    let last_user =
        messages.iter().rposition(|message| message.speaker == Some(Speaker::User) && !message.texts.is_empty());
    let last_answer = messages.iter().rposition(|message| message.speaker == Some(Speaker::Assistant));
    for (at, message) in messages.iter_mut().enumerate() {
        match message.speaker {
            Some(Speaker::System) => {
                span.content_hidden |= message.hidden;
                if !has_system && let Some(text) = leaves::join(std::mem::take(&mut message.texts)) {
                    push(span, Role::System, text);
                }
            }
            Some(Speaker::User | Speaker::Tool) => {
                // Results before the last answer were given to an earlier call, and are read there.
                if with_tools && last_answer.is_none_or(|last| at > last) {
                    for text in std::mem::take(&mut message.results) {
                        push(span, Role::ToolResult, text);
                    }
                }
                if Some(at) == last_user {
                    span.content_hidden |= message.hidden;
                    if let Some(text) = leaves::join(std::mem::take(&mut message.texts)) {
                        push(span, Role::Input, question::part(text));
                    }
                } else if last_user.is_none() {
                    span.content_hidden |= message.hidden;
                }
            }
            Some(Speaker::Assistant) | None => {}
        }
    }
}

/// What came out.
pub(super) fn output_side<'a>(span: &mut AgentSpan<'a>, messages: Vec<Message<'a>>) {
    finish(span, &messages);
    for message in messages {
        if !matches!(message.speaker, Some(Speaker::Assistant) | None) {
            continue;
        }
        span.content_hidden |= message.hidden;
        // An agent's tools are read on their own spans and on those of its model calls.
        if span.kind == Kind::Llm {
            span.calls_tools |= message.called;
            for call in message.calls {
                push(span, Role::ToolArguments, call);
            }
        }
        if let Some(text) = leaves::join(message.texts) {
            push(span, Role::Output, text);
        }
        if let Some(words) = message.refusal {
            push(span, Role::Output, words.clone());
            span.refusal = Some(RefusalSignal::Refused(Some(words)));
        }
    }
}

/// Finish reasons of the messages, where the span itself gives none.
fn finish<'a>(span: &mut AgentSpan<'a>, messages: &[Message<'a>]) {
    if span.finish_reasons.is_empty() {
        span.finish_reasons.extend(messages.iter().filter_map(|message| message.finish.clone()));
    }
}

fn tool<'a>(span: &mut AgentSpan<'a>, gathered: Gathered<'a>) {
    span.tool_name = gathered.tool_name.name();
    let arguments = gathered.tool_arguments.value().or_else(|| gathered.input_value.value());
    if let Some(text) = arguments.and_then(leaves::arguments) {
        push(span, Role::ToolArguments, text);
    }
    let result = gathered.tool_result.value().or_else(|| gathered.output_value.value());
    if let Some(text) = result.and_then(leaves::result) {
        push(span, Role::ToolResult, text);
    }
    span.content_hidden |= is_hidden(arguments) || is_hidden(result);
}

fn retriever<'a>(span: &mut AgentSpan<'a>, gathered: Gathered<'a>) {
    if let Some(value) = gathered.query.value() {
        if let Some(text) = value.as_str() {
            say(span, Role::Input, Cow::Borrowed(text));
        }
    } else if let Some(value) = gathered.input_value.value() {
        match exchange::asked(value) {
            Content::Text(text) => push(span, Role::Input, text),
            Content::Hidden => span.content_hidden = true,
            Content::Nothing => {
                // A retriever takes one thing, whatever it calls it.
                if let Value::Object(members) = tree::tree(value)
                    && members.len() == 1
                    && let Some((_, Value::String(text))) = members.into_iter().next()
                {
                    say(span, Role::Input, text);
                }
            }
            Content::Messages(_) => {}
        }
    }
    let (mut found, hidden) = gathered.indexed_documents.texts();
    span.content_hidden |= hidden;
    if found.is_empty() {
        found = gathered.documents.value().map(documents).unwrap_or_default();
    }
    if found.is_empty() {
        found = gathered.output_value.value().map(documents).unwrap_or_default();
        span.content_hidden |= is_hidden(gathered.output_value.value());
    }
    for text in found {
        push(span, Role::Retrieval, text);
    }
}

fn embedding<'a>(span: &mut AgentSpan<'a>, gathered: Gathered<'a>) {
    let (mut texts, hidden) = gathered.embedded.texts();
    span.content_hidden |= hidden;
    if texts.is_empty() {
        let told = gathered.input_messages.value().map(messages).unwrap_or_default();
        texts = told.into_iter().filter_map(Message::text).collect();
    }
    if texts.is_empty()
        && let Some(value) = gathered.input_value.value()
    {
        let mut value = tree::tree(value);
        if let Some(inner) = tree::take(&mut value, "input") {
            value = inner;
        }
        let items = if let Value::Array(items) = value { items } else { vec![value] };
        // Vercel's SDK quotes each as JSON.
        texts.extend(items.into_iter().filter_map(Value::into_str).filter_map(|text| tree::parsed(text).into_str()));
    }
    for text in texts {
        say(span, Role::Input, text);
    }
}

fn is_hidden(value: Option<AnyValue<'_>>) -> bool {
    value.and_then(|value| value.as_str()).is_some_and(|text| matches!(shown(Cow::Borrowed(text)), Shown::Hidden))
}

/// Adds a text that may be hidden.
pub(super) fn say<'a>(span: &mut AgentSpan<'a>, role: Role, text: Cow<'a, str>) {
    match shown(text) {
        Shown::Text(text) => push(span, role, text),
        Shown::Hidden => span.content_hidden = true,
        Shown::Nothing => {}
    }
}

pub(super) fn push<'a>(span: &mut AgentSpan<'a>, role: Role, text: Cow<'a, str>) {
    if !text.trim().is_empty() {
        span.texts.push(RoleText { role, text });
    }
}

#[cfg(test)]
#[path = "roles_tests.rs"]
mod tests;
