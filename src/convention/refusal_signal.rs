//! Refusals and blocks that the provider itself reports.

use super::span::{AgentSpan, Few, RefusalSignal, Role};
use std::borrow::Cow;

/// Whether a finish reason says that the provider blocked or the model declined the answer, however it is spelled.
pub fn blocks(reason: &str) -> bool {
    normal(reason).is_some()
}

/// What a blocking finish reason says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Refusal,
    Filter,
}

/// Reasons by which providers say that a filter stopped the answer, in letters only: OpenAI and Azure, Strands, Gemini (also
/// when it does not serve a language), Bedrock's guardrails, Cohere, Zhipu.
const FILTERS: &[&str] = &[
    "contentfilter",
    "contentfiltered",
    "contentpolicyviolation",
    "safety",
    "imagesafety",
    "blocklist",
    "prohibitedcontent",
    "recitation",
    "language",
    "spii",
    "guardrailintervened",
    "errortoxic",
    "sensitive",
];

/// One of the reasons that nearly every answer ends for, in their usual spelling; none of them blocks.
pub(super) fn usual(reason: &[u8]) -> Option<&'static str> {
    Some(match reason {
        b"stop" => "stop",
        b"length" => "length",
        b"end_turn" => "end_turn",
        b"tool_calls" => "tool_calls",
        b"tool_use" => "tool_use",
        b"STOP" => "STOP",
        _ => return None,
    })
}

fn is_usual(reason: &str) -> bool {
    usual(reason.as_bytes()).is_some()
}

fn normal(reason: &str) -> Option<Block> {
    if is_usual(reason) {
        return None;
    }
    // Long strings are no finish reasons; there is nothing to normalise in them.
    if reason.len() > 64 {
        return None;
    }
    // Python writes an enumeration's member as `FinishReason.SAFETY`.
    let reason = reason.rsplit('.').next().unwrap_or(reason);
    let letters = || reason.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    if letters().eq(*b"refusal") {
        return Some(Block::Refusal);
    }
    FILTERS.iter().any(|known| letters().eq(known.bytes())).then_some(Block::Filter)
}

/// Derives the signal from the finish reasons, unless the refusal's own words are already known.
pub(super) fn from_finish(span: &mut AgentSpan<'_>) {
    if span.refusal.is_some() {
        return;
    }
    match span.finish_reasons.iter().find_map(|reason| normal(reason)) {
        // Anthropic sends the refusal's words as the answer.
        Some(Block::Refusal) => {
            let words = span.texts.iter().find(|text| text.role == Role::Output).map(|text| text.text.clone());
            span.refusal = Some(RefusalSignal::Refused(words));
        }
        Some(Block::Filter) => span.refusal = Some(RefusalSignal::Filtered),
        None => {}
    }
}

/// Whether a finish reason says that the model asked for tools: some clients drop what it asked.
pub(super) fn asks_tools(reason: &str) -> bool {
    if is_usual(reason) {
        return matches!(reason, "tool_calls" | "tool_use");
    }
    const NAMES: [&str; 5] = ["toolcalls", "toolcall", "tooluse", "functioncall", "functioncalls"];
    let letters = || reason.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    NAMES.iter().any(|name| letters().eq(name.bytes()))
}

/// The finish reasons in an attribute's JSON string, or the one that it is.
pub(super) fn reasons<'a>(text: &'a str, found: &mut Few<'a>) {
    use crate::text::json::Value;
    match super::tree::parsed(Cow::Borrowed(text)) {
        Value::Array(items) => found.extend(items.into_iter().filter_map(Value::into_str)),
        Value::String(reason) if !reason.trim().is_empty() => found.push(reason),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the spellings that clients use, and reasons that are no block.
    /// Guarantees: every spelling is known, ordinary reasons are not.
    #[test]
    fn spellings() {
        for reason in [
            "content_filter",
            "content-filter",
            "content_filtered",
            "SAFETY",
            "refusal",
            "PROHIBITED_CONTENT",
            "FinishReason.SAFETY",
            "guardrail_intervened",
            "ERROR_TOXIC",
            "LANGUAGE",
        ] {
            assert!(blocks(reason), "{reason}");
        }
        for reason in ["stop", "length", "tool_calls", "end_turn", "", "max_tokens"] {
            assert!(!blocks(reason), "{reason}");
        }
        for reason in ["tool_calls", "tool-calls", "tool_use", "TOOL_USE", "function_call", "tool_call"] {
            assert!(asks_tools(reason), "{reason}");
        }
        assert!(!asks_tools("stop") && !asks_tools(""));
    }
}
