//! The parts of a message: text, tool calls, tool results, refusals, media.

use super::leaves;
use super::message::Message;
use super::messages::text;
use super::tree::take;
use crate::text::effort::spend;
use crate::text::json::Value;

/// Adds one part to the message. Parts of a kind that is not known are left out: their strings may be anything.
pub(super) fn add<'a>(message: &mut Message<'a>, part: Value<'a>) {
    spend(1);
    let mut part = match part {
        Value::String(text) => return message.say(text),
        part @ Value::Object(_) => part,
        _ => return,
    };
    let kind = text(&mut part, "type").or_else(|| text(&mut part, "block_type")).unwrap_or_default();
    match kind.as_ref() {
        "text" | "input_text" | "output_text" => {
            if let Some(words) = text(&mut part, "text").or_else(|| text(&mut part, "content")) {
                message.say(words);
            }
        }
        "refusal" => {
            if let Some(words) = text(&mut part, "refusal").or_else(|| text(&mut part, "content")) {
                message.refuse(words);
            }
        }
        "tool_call" | "tool-call" | "tool_use" | "function_call" | "custom_tool_call" | "server_tool_call" => {
            let found = arguments(&mut part);
            message.call(found);
        }
        "tool_call_response" | "tool-result" | "tool_result" | "function_call_output" | "server_tool_call_response" => {
            let found = result(&mut part);
            message.add_result(found.and_then(leaves::result_of));
        }
        "blob" | "uri" | "file" | "image" | "image_url" | "input_image" | "input_file" | "audio" | "input_audio"
        | "video" | "document" | "media" => message.hidden = true,
        "" => untyped(message, part),
        _ => {}
    }
}

/// Parts that are told by their only key: Bedrock, Gemini, Haystack.
fn untyped<'a>(message: &mut Message<'a>, mut part: Value<'a>) {
    // Gemini's thoughts are no answer.
    if matches!(part.get("thought"), Some(Value::Bool(true))) {
        return;
    }
    if let Some(words) = text(&mut part, "text") {
        return message.say(words);
    }
    for key in ["toolUse", "functionCall", "function_call", "tool_call"] {
        if let Some(mut call) = take(&mut part, key) {
            let found = arguments(&mut call);
            return message.call(found);
        }
    }
    for key in ["toolResult", "functionResponse", "function_response", "tool_call_result"] {
        if let Some(mut answer) = take(&mut part, key) {
            let found = result(&mut answer);
            return message.add_result(found.and_then(leaves::result_of));
        }
    }
    // An attribute's limit may cut a part before its type.
    if let Some(call) = take(&mut part, "arguments") {
        return message.call(Some(call));
    }
    if let Some(answer) = take(&mut part, "response") {
        return message.add_result(leaves::result_of(answer));
    }
    if let Some(words) = text(&mut part, "content") {
        if is_base64(&words) {
            message.hidden = true;
        } else {
            message.say(words);
        }
        return;
    }
    if ["image", "document", "video", "inlineData", "inline_data", "fileData", "file_data"]
        .iter()
        .any(|key| part.get(key).is_some())
    {
        message.hidden = true;
    }
}

/// Whether a string is encoded bytes: longer than any word, and nothing but base64's letters.
fn is_base64(text: &str) -> bool {
    text.len() > 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_'))
}

/// Takes the arguments out of a call.
pub(super) fn arguments<'a>(call: &mut Value<'a>) -> Option<Value<'a>> {
    ["arguments", "args", "input"].iter().find_map(|key| take(call, key))
}

fn result<'a>(answer: &mut Value<'a>) -> Option<Value<'a>> {
    ["response", "result", "output", "content"].iter().find_map(|key| take(answer, key))
}

/// Whether a list of parts already says which of them are tool results.
pub(super) fn holds_results(content: &Value<'_>) -> bool {
    content.items().iter().any(|part| {
        matches!(
            part.get("type").and_then(Value::as_str),
            Some("tool_call_response" | "tool-result" | "tool_result" | "server_tool_call_response")
        ) || ["toolResult", "functionResponse", "function_response", "tool_call_result"]
            .iter()
            .any(|key| part.get(key).is_some())
    })
}
