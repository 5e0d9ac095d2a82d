//! OpenTelemetry's older GenAI conventions: messages that travel as span events, `gen_ai.user.message` and its like with
//! the words in attributes, or (pydantic-ai's first version) as a list of such events in one attribute. And the newer
//! `gen_ai.client.inference.operation.details`, of which a span may have several.

use super::gather::Gathered;
use super::marks::Marks;
use super::message::{Message, Speaker};
use super::messages::message;
use super::{Convention, Source, tree};
use crate::otlp::view::{AnyValue, Event, Span};
use crate::text::json::Value;
use std::borrow::Cow;

/// Spans that carry such events and no operation's name.
pub(super) struct GenAiEvents;

impl Convention for GenAiEvents {
    fn name(&self) -> &'static str {
        "otel-genai-events"
    }

    fn recognises(&self, source: &Source<'_, '_>) -> bool {
        let said = |name: &str| name.starts_with("gen_ai.") && name != "gen_ai.content.completion.chunk";
        source.marks.any(Marks::GEN_AI)
            && source.span.has_events
            && source.span.events().map_while(Result::ok).any(|event| said(event.name))
    }
}

/// Adds what the span's events say to what its attributes said. Events that cannot be read end the reading.
pub(super) fn gather<'a>(span: &Span<'a>, gathered: &mut Gathered<'a>) {
    if let Some(events) = gathered.event_list.value() {
        list(events, gathered);
    }
    if !span.has_events {
        return;
    }
    for event in span.events().map_while(Result::ok) {
        let Some(name) = event.name.strip_prefix("gen_ai.") else { continue };
        match name {
            // OpenTelemetry 1.27 has a whole prompt and completion.
            "client.inference.operation.details" | "content.prompt" | "content.completion" => {
                gathered.add(&event.attributes);
            }
            "choice" => {
                gathered.tool_said(&event.attributes);
                if let Some(mut message) = said(&event, Speaker::Assistant) {
                    message.finish = event.attributes.str("finish_reason").map(Cow::Borrowed).or(message.finish);
                    gathered.events_out.push(message);
                }
            }
            name => {
                let Some(speaker) = speaker(name) else { continue };
                if speaker == Speaker::Tool {
                    // On a tool's own span this is what the tool was asked.
                    gathered.tool_asked(&event.attributes);
                }
                gathered.events_in.extend(said(&event, speaker));
            }
        }
    }
}

/// Who speaks in an event of this name, without `gen_ai.`.
fn speaker(name: &str) -> Option<Speaker> {
    match name {
        "system.message" => Some(Speaker::System),
        "user.message" => Some(Speaker::User),
        "assistant.message" => Some(Speaker::Assistant),
        "tool.message" => Some(Speaker::Tool),
        _ => None,
    }
}

fn said<'a>(event: &Event<'a>, speaker: Speaker) -> Option<Message<'a>> {
    let body = ["content", "message", "gen_ai.event.content"].iter().find_map(|key| event.attributes.get(key));
    let mut message = told(tree::tree(body?), speaker);
    if let Some(calls) = event.attributes.get("tool_calls") {
        message.tool_calls(tree::tree(calls));
    }
    Some(message)
}

/// A message that may be wrapped in one of its own; what a tool says may be any object.
fn told(value: Value<'_>, speaker: Speaker) -> Message<'_> {
    const MEMBERS: [&str; 6] = ["content", "parts", "message", "refusal", "tool_calls", "role"];
    if MEMBERS.iter().any(|key| value.get(key).is_some()) {
        return message(value, Some(speaker)).unwrap_or_else(|| Message::by(Some(speaker)));
    }
    let mut message = Message::by(Some(speaker));
    message.content(value);
    message
}

/// Events in one attribute: `[{"event.name": "gen_ai.user.message", "content": ...}]`.
fn list<'a>(events: AnyValue<'a>, gathered: &mut Gathered<'a>) {
    let Value::Array(items) = tree::tree(events) else { return };
    for item in items {
        let Some(name) = item.get("event.name").and_then(Value::as_str) else { continue };
        match name.strip_prefix("gen_ai.") {
            Some("choice") => gathered.events_out.extend(message(item, Some(Speaker::Assistant))),
            Some(name) => {
                if let Some(speaker) = speaker(name) {
                    gathered.events_in.push(told(item, speaker));
                }
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::convention::testing::{event, read, span_of, texts};
    use crate::convention::{Kind, RefusalSignal, Role};

    /// Scenario: events whose words are plain, in a message of their own, under Azure's name, and a refusal in a choice;
    /// no operation is named.
    /// Guarantees: the same exchange is read from each.
    #[test]
    fn spellings() {
        let of = |user: (&str, &str), choice: (&str, &str)| {
            let mut message = span_of(&[("gen_ai.system", "az.ai.inference"), ("gen_ai.request.model", "m")], true);
            event(&mut message, "gen_ai.user.message", &[user]);
            event(&mut message, "gen_ai.choice", &[choice, ("finish_reason", "stop")]);
            message
        };
        for (user, choice) in [
            (("content", "hola"), ("message", "buenas")),
            (("content", "\"hola\""), ("message", r#"{"role":"assistant","content":"buenas"}"#)),
            (
                ("gen_ai.event.content", r#"{"role":"user","content":"hola"}"#),
                ("gen_ai.event.content", r#"{"message":{"content":"buenas"},"finish_reason":"stop","index":0}"#),
            ),
            (("content", r#"[{"type":"text","text":"hola"}]"#), ("message", r#"[{"text":"buenas"}]"#)),
        ] {
            let message = of(user, choice);
            let span = read("any", &message).unwrap();
            assert_eq!((span.convention, span.kind), ("otel-genai-events", Kind::Llm));
            assert_eq!(
                (texts(&span, Role::Input), texts(&span, Role::Output)),
                (vec!["hola".into()], vec!["buenas".into()]),
                "{user:?}"
            );
            assert_eq!(span.finish_reasons[..], ["stop"]);
        }
        let message = of(("content", "hola"), ("message", r#"{"content":null,"refusal":"lo siento"}"#));
        assert_eq!(read("", &message).unwrap().refusal, Some(RefusalSignal::Refused(Some("lo siento".into()))));
    }

    /// Scenario: OpenTelemetry 1.27's two events with a whole prompt and completion, and OpenLLMetry's events for the
    /// chunks of a stream.
    /// Guarantees: question and answer come out of the first; the second are not taken for messages.
    #[test]
    fn whole_prompts() {
        let mut message = span_of(&[("gen_ai.operation.name", "chat")], true);
        event(&mut message, "gen_ai.content.prompt", &[("gen_ai.prompt", r#"[{"role":"user","content":"hola"}]"#)]);
        event(
            &mut message,
            "gen_ai.content.completion",
            &[("gen_ai.completion", r#"[{"role":"assistant","content":"buenas"}]"#)],
        );
        let span = read("", &message).unwrap();
        assert_eq!(
            (texts(&span, Role::Input), texts(&span, Role::Output)),
            (vec!["hola".into()], vec!["buenas".into()])
        );
        let mut message = span_of(&[("gen_ai.request.model", "m")], true);
        event(&mut message, "gen_ai.content.completion.chunk", &[]);
        assert_eq!(read("", &message).unwrap().convention, "generic");
    }
}
