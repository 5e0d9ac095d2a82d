//! Which of what was gathered is whose text: the parts that every kind of span shares.

use super::gather::Gathered;
use super::hidden::{Shown, begins, shown};
use super::message::{Message, Speaker};
use super::span::{AgentSpan, Kind, RefusalSignal, Role, RoleText};
use super::{question, refusal_signal, steps, talk, tree, usage_object};
use crate::otlp::view::AnyValue;
use std::borrow::Cow;

/// Fills in a span whose attributes are gathered. In place: a span is large, and copying it shows.
pub(super) fn read<'a>(span: &mut AgentSpan<'a>, gathered: &mut Gathered<'a>, is_root: bool) {
    span.kind = gathered.kind();
    fill(span, gathered, is_root);
}

/// Fills in everything but the kind.
pub(super) fn fill<'a>(span: &mut AgentSpan<'a>, gathered: &mut Gathered<'a>, is_root: bool) {
    span.model = gathered.model.name();
    span.session_id = gathered.session.name();
    span.user_id = gathered.user.name();
    // Agents and chains repeat or add up what their model calls report: counting it there too would double it.
    if matches!(span.kind, Kind::Llm | Kind::Embedding | Kind::Reranker) {
        span.usage = gathered.usage.usage();
        for object in gathered.usage_object.values() {
            span.usage = span.usage.or(usage_object::counts(&tree::tree(object)));
        }
    }
    if let Some(reason) = gathered.finish.bytes().and_then(refusal_signal::usual) {
        span.finish_reasons.push(Cow::Borrowed(reason));
    } else if let Some(reason) = gathered.finish.str() {
        refusal_signal::reasons(reason, &mut span.finish_reasons);
    } else if let Some(AnyValue::List(list)) = gathered.finish.value() {
        let reasons = list.values().flatten().filter_map(|value| value.as_str());
        span.finish_reasons.extend(reasons.map(Cow::Borrowed));
    }
    match span.kind {
        Kind::Llm | Kind::Agent | Kind::Chain => talk::read(span, gathered, is_root),
        Kind::Tool => steps::tool(span, gathered),
        Kind::Retriever | Kind::Reranker => steps::search(span, gathered),
        Kind::Embedding => steps::embedding(span, gathered),
        // What these say is about other texts, and belongs to nobody in the conversation.
        Kind::Guardrail | Kind::Evaluator => {}
    }
    refusal_signal::from_finish(span);
}

/// What went in: the instructions, the user's last words, and the tool results that the model was just given; each only
/// where it is not known yet. Takes the messages' contents, leaves the answers.
pub(super) fn input_side<'a>(span: &mut AgentSpan<'a>, messages: &mut [Message<'a>]) {
    if messages.is_empty() {
        return;
    }
    let (has_system, has_input) = (span.has(Role::System), span.has(Role::Input));
    let wants_results = span.kind == Kind::Llm && !span.has(Role::ToolResult);
    // A message that is all media, or hidden, is the user's last: what came before it was another turn. One that holds
    // tool results is not the user's at all.
    let speaks = |message: &Message<'_>| message.has_text() || message.hidden && !message.has_results();
    let last_user = messages.iter().rposition(|message| message.speaker == Some(Speaker::User) && speaks(message));
    let last_answer = messages.iter().rposition(|message| message.speaker == Some(Speaker::Assistant));
    for (at, message) in messages.iter_mut().enumerate() {
        match message.speaker {
            Some(Speaker::System) => {
                span.content_hidden |= message.hidden;
                if !has_system && let Some(text) = message.take_text() {
                    push(span, Role::System, text);
                }
            }
            Some(Speaker::User | Speaker::Tool) => {
                // Results before the last answer were given to an earlier call, and are read there.
                if wants_results && last_answer.is_none_or(|last| at > last) {
                    for text in message.take_results() {
                        push(span, Role::ToolResult, text);
                    }
                }
                if Some(at) == last_user {
                    span.content_hidden |= message.hidden;
                    if !has_input && let Some(text) = message.take_text() {
                        ask(span, text);
                    }
                }
            }
            Some(Speaker::Assistant) | None => {}
        }
    }
}

/// What came out. Takes the messages' contents.
pub(super) fn output_side<'a>(span: &mut AgentSpan<'a>, messages: &mut [Message<'a>]) {
    if messages.is_empty() {
        return;
    }
    finish(span, messages);
    for message in messages {
        if !matches!(message.speaker, Some(Speaker::Assistant) | None) {
            continue;
        }
        span.content_hidden |= message.hidden;
        // An agent's tools are read on their own spans and on those of its model calls.
        if span.kind == Kind::Llm {
            span.calls_tools |= message.called;
            for call in message.take_calls() {
                push(span, Role::ToolArguments, call);
            }
        }
        if let Some(text) = message.take_text() {
            push(span, Role::Output, text);
        }
        if let Some(words) = message.take_refusal() {
            push(span, Role::Output, words.clone());
            span.refusal = Some(RefusalSignal::Refused(Some(words)));
        }
    }
}

/// Finish reasons of the messages, where the span itself gives none.
pub(super) fn finish<'a>(span: &mut AgentSpan<'a>, messages: &[Message<'a>]) {
    if span.finish_reasons.is_empty() {
        span.finish_reasons.extend(messages.iter().filter_map(|message| message.finish.clone()));
    }
}

/// Adds what a user's message asks. The question that is cut out of it may be hidden although the message is not.
pub(super) fn ask<'a>(span: &mut AgentSpan<'a>, message: Cow<'a, str>) {
    let whole = message.len();
    let part = question::part(message);
    if part.len() == whole { push(span, Role::Input, part) } else { say(span, Role::Input, part) }
}

/// Adds a text that may be hidden.
pub(super) fn say<'a>(span: &mut AgentSpan<'a>, role: Role, text: Cow<'a, str>) {
    match shown(text) {
        Shown::Text(text) => push(span, role, text),
        Shown::Hidden => span.content_hidden = true,
        Shown::Nothing => {}
    }
}

/// Adds a text, if there is anything in it.
#[inline]
pub(super) fn push<'a>(span: &mut AgentSpan<'a>, role: Role, text: Cow<'a, str>) {
    // Nearly every text begins with something.
    if begins(&text) || !text.trim_start().is_empty() {
        span.texts.push(RoleText { role, text });
    }
}

#[cfg(test)]
#[path = "roles_tests.rs"]
mod tests;
