//! Log records that carry the words of a model call: OpenTelemetry's own instrumentations put them there and
//! leave the span without text.

use super::gather::Gathered;
use super::message::{Message, Speaker};
use super::messages::message;
use super::roles::{self, say};
use super::span::{AgentSpan, Kind, RefusalSignal, Role, Usage};
use super::{question, refusal_signal, tree};
use crate::otlp::view::{LogRecord, Status};
use crate::text::json::Value;

const CONVENTION: &str = "otel-genai-logs";

/// Reads a record that belongs to a model call, as a part of that call: the texts that this record carries, and
/// how the call ended where it says so. `None` for any other record, and for one that says nothing new.
///
/// A record is one message of possibly many. Several `gen_ai.user.message` records of one span are the history
/// and the question, in the order of their times; the last is the question. Usage is left out: the span has it.
pub fn read_log<'a>(record: &LogRecord<'a>) -> Option<AgentSpan<'a>> {
    let name = record.event_name.strip_prefix("gen_ai.")?;
    let mut span = AgentSpan::new(CONVENTION, Kind::Llm, Status::default());
    match name {
        "client.inference.operation.details" => {
            let mut gathered = Gathered::default();
            gathered.add(&record.attributes);
            roles::fill(&mut span, &mut gathered, false);
            span.usage = Usage::default();
        }
        "system.message" => {
            let mut message = body(record, Speaker::System)?;
            span.content_hidden = message.hidden;
            say(&mut span, Role::System, message.take_text()?);
        }
        "user.message" => {
            let mut message = body(record, Speaker::User)?;
            span.content_hidden = message.hidden;
            for text in message.take_results() {
                say(&mut span, Role::ToolResult, text);
            }
            if let Some(text) = message.take_text() {
                say(&mut span, Role::Input, question::part(text));
            }
        }
        "tool.message" => {
            let mut message = body(record, Speaker::Tool)?;
            for text in message.take_results() {
                say(&mut span, Role::ToolResult, text);
            }
        }
        "choice" => choice(&mut span, record)?,
        // `gen_ai.assistant.message` is history: the answer of an earlier call, read there.
        _ => return None,
    }
    let says = !span.texts.is_empty()
        || !span.finish_reasons.is_empty()
        || span.refusal.is_some()
        || span.calls_tools
        || span.content_hidden;
    says.then_some(span)
}

fn choice<'a>(span: &mut AgentSpan<'a>, record: &LogRecord<'a>) -> Option<()> {
    let mut message = body(record, Speaker::Assistant)?;
    span.finish_reasons.extend(message.finish.clone());
    span.calls_tools = message.called;
    span.content_hidden = message.hidden;
    for call in message.take_calls() {
        say(span, Role::ToolArguments, call);
    }
    if let Some(words) = message.take_refusal() {
        say(span, Role::Output, words.clone());
        span.refusal = Some(RefusalSignal::Refused(Some(words)));
    }
    if let Some(text) = message.take_text() {
        say(span, Role::Output, text);
    }
    refusal_signal::from_finish(span);
    Some(())
}

fn body<'a>(record: &LogRecord<'a>, speaker: Speaker) -> Option<Message<'a>> {
    match tree::tree(record.body) {
        body @ Value::Object(_) => {
            let mut message = message(body, Some(speaker))?;
            message.speaker = Some(speaker);
            Some(message)
        }
        body @ Value::String(_) => {
            let mut message = Message::by(Some(speaker));
            message.content(body);
            Some(message)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Any;
    use super::*;
    use crate::otlp::wire::put_bytes;

    fn record(name: &str, body: &Any) -> Vec<u8> {
        let mut out = Vec::new();
        put_bytes(&mut out, 12, name.as_bytes());
        put_bytes(&mut out, 5, &body.encode());
        out
    }

    fn map(members: &[(&str, Any)]) -> Any {
        Any::Map(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    }

    fn read(name: &str, body: &Any) -> Option<Vec<(Role, String)>> {
        let message = record(name, body);
        let record = LogRecord::read(&message).unwrap();
        let span = read_log(&record)?;
        Some(span.texts.into_iter().map(|text| (text.role, text.text.into_owned())).collect())
    }

    /// Scenario: one record of each kind that carries words, one of history, one without content, one of another program.
    /// Guarantees: words come out under the role of the record, and the others are not taken for a model call.
    #[test]
    fn records() {
        let content = map(&[("content", "hola".into())]);
        assert_eq!(read("gen_ai.system.message", &content), Some(vec![(Role::System, "hola".into())]));
        assert_eq!(read("gen_ai.user.message", &content), Some(vec![(Role::Input, "hola".into())]));
        assert_eq!(read("gen_ai.tool.message", &content), Some(vec![(Role::ToolResult, "hola".into())]));
        let choice = map(&[("finish_reason", "stop".into()), ("message", content.clone())]);
        assert_eq!(read("gen_ai.choice", &choice), Some(vec![(Role::Output, "hola".into())]));
        assert_eq!(read("gen_ai.assistant.message", &content), None);
        assert_eq!(read("gen_ai.user.message", &map(&[])), None);
        assert_eq!(read("http.server.request", &content), None);
    }

    /// Scenario: a choice that a content filter stopped, and one that declines in words of its own.
    /// Guarantees: both are signals.
    #[test]
    fn declined() {
        let filtered =
            record("gen_ai.choice", &map(&[("finish_reason", "content_filter".into()), ("message", map(&[]))]));
        let record_read = LogRecord::read(&filtered).unwrap();
        assert_eq!(read_log(&record_read).unwrap().refusal, Some(RefusalSignal::Filtered));
        let words = map(&[("role", "assistant".into()), ("refusal", "lo siento".into())]);
        let refused = record("gen_ai.choice", &map(&[("finish_reason", "stop".into()), ("message", words)]));
        let record_read = LogRecord::read(&refused).unwrap();
        let span = read_log(&record_read).unwrap();
        assert_eq!(span.refusal, Some(RefusalSignal::Refused(Some("lo siento".into()))));
        assert!(span.texts_of(Role::Output).eq(["lo siento"]));
    }
}
