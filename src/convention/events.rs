//! Messages that travel as span events: OpenTelemetry's older `gen_ai.user.message` and its like with the words in
//! attributes, and the newer `gen_ai.client.inference.operation.details`, of which a span may have several.

use super::gather::Gathered;
use super::messages::{Message, Speaker, text};
use super::tree;
use crate::otlp::view::{Event, Span};
use crate::text::json::Value;
use std::borrow::Cow;

/// Adds what the span's events say to what its attributes said. Events that cannot be read end the reading.
pub(super) fn gather<'a>(span: &Span<'a>, gathered: &mut Gathered<'a>) {
    if !span.has_events {
        return;
    }
    for event in span.events().map_while(Result::ok) {
        let Some(name) = event.name.strip_prefix("gen_ai.") else { continue };
        match name {
            "client.inference.operation.details" => gathered.add(&event.attributes),
            "system.message" => said_in(gathered, &event, Speaker::System),
            "user.message" => said_in(gathered, &event, Speaker::User),
            "assistant.message" => said_in(gathered, &event, Speaker::Assistant),
            "tool.message" => {
                // On a tool's own span this is what the tool was asked.
                gathered.tool_asked(&event.attributes);
                said_in(gathered, &event, Speaker::Tool);
            }
            "choice" => {
                gathered.tool_said(&event.attributes);
                if let Some(mut message) = said(&event, Speaker::Assistant) {
                    message.finish = event.attributes.str("finish_reason").map(Cow::Borrowed);
                    gathered.events_out.push(message);
                }
            }
            // OpenTelemetry 1.27.
            "content.prompt" | "content.completion" => gathered.add(&event.attributes),
            _ => {}
        }
    }
}

fn said_in<'a>(gathered: &mut Gathered<'a>, event: &Event<'a>, speaker: Speaker) {
    gathered.events_in.extend(said(event, speaker));
}

fn said<'a>(event: &Event<'a>, speaker: Speaker) -> Option<Message<'a>> {
    let value = event.attributes.get("content").or_else(|| event.attributes.get("message"))?;
    let mut message = Message::by(Some(speaker));
    let mut value = tree::tree(value);
    // Some wrap it in a message of its own.
    if let Some(refusal) = text(&mut value, "refusal") {
        message.refuse(refusal);
    }
    match tree::take(&mut value, "content") {
        Some(inner) if !matches!(inner, Value::Null) => message.content(inner),
        _ => message.content(value),
    }
    Some(message)
}
