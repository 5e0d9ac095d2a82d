//! Arbitrary attributes through every convention: keys and values put together from the words that readers have paths
//! for, with any bytes between, on spans, in span events and on log records.
#![no_main]

use isogloss::convention::{AgentSpan, Kind, read_log, read_span};
use isogloss::otlp::view::{LogRecord, Scope, Span};
use isogloss::otlp::wire::put_bytes;
use libfuzzer_sys::fuzz_target;

/// Ends a key and begins its value.
const VALUE: u8 = 0xfe;
/// Ends an attribute.
const NEXT: u8 = 0xff;
/// The byte that follows stands for itself.
const RAW: u8 = 0xfd;

/// Parts of keys.
const KEYS: &[&str] = &[
    "gen_ai.", "llm.", "ai.", "langfuse.", "langsmith.", "mlflow.", "traceloop.", "gcp.vertex.agent.", "haystack.",
    "openinference.", "fi.", "pydantic_ai.", "crewai.", "crew_", "retrieval.", "reranker.", "embedding.", "session.",
    "user.", "tool.", "span.kind", "operation.name", "operationId", "observation.", "component.", "agent.", "pipeline.",
    "step.", "llm.", "tool.", "type", "spanType", "span", "Inputs", "Outputs", "request.", "response.", "model",
    "model_name", "input", "output", "prompt", "completion", "prompts", "input.", "output.", "prompt.", "completion.",
    "messages", "messages.", "input_messages.", "output_messages.", "choices.", "0.", "1.", "7.", "4294967295.",
    "message.", "role", "content", "contents.", "message_content.", "text", "image", "tool_calls.", "tool_call.",
    "tool_call_id", "function.", "arguments", "name", "refusal", "finish_reason", "finish_reasons", "finishReason",
    "usage.", "token_count.", "input_tokens", "output_tokens", "prompt_tokens", "total_tokens", ".cache_read", "prompt",
    "completion", "usage_details", "chat.", "tokenUsage", "system_instructions", "entity.", "value", "values", "query",
    "query.text", "documents", "documents.", "document.", "output_documents.", "embeddings.", "embedding.", "id",
    "conversation.id", "call.", "result", "toolCall.", "args", "toolCalls", "object", "events", "all_messages",
    "all_messages_events", "final_result", "tool_arguments", "tool_response", "request_data", "response_data",
    "llm_request", "llm_response", "tool_call_args", "input_data", "output_data", "inputs", "crew.", "kind", "raw.",
    "eval.", "response", "message",
];

/// Parts of values.
const WORDS: &[&str] = &[
    "{", "}", "[", "]", "\"", ":", ",", "\\\"", "\\u09", "\\u0928", "\\", "\\n", "\n", " ", "null", "true", "1",
    "\"role\":", "\"user\"", "\"system\"", "\"assistant\"", "\"tool\"", "\"content\":", "\"parts\":", "\"type\":",
    "\"text\"", "\"text\":", "\"image\"", "\"refusal\"", "\"refusal\":", "\"reasoning\"", "\"tool_call\"",
    "\"tool_use\"", "\"tool_result\"", "\"tool_call_response\"", "\"arguments\":", "\"input\":", "\"response\":",
    "\"result\":", "\"output\":", "\"toolUse\":", "\"toolResult\":", "\"functionCall\":", "\"function_response\":",
    "\"thought\":true", "\"messages\":", "\"choices\":", "\"message\":", "\"delta\":", "\"generations\":",
    "\"candidates\":", "\"raw\":", "\"kwargs\":", "\"lc\":1", "\"id\":", "[\"HumanMessage\"]", "[\"AIMessage\"]",
    "\"data\":", "\"args\":", "\"inputs\":", "\"outputs\":", "\"query\":", "\"question\":", "\"system\":",
    "\"config\":", "\"contents\":", "\"system_instruction\":", "\"usage\":", "\"usage_metadata\":",
    "\"input_tokens\":", "\"cache_read_input_tokens\":", "\"thoughts_token_count\":", "18446744073709551615",
    "\"finish_reason\":", "\"stop_reason\":", "\"content_filter\"", "\"SAFETY\"", "\"tool_calls\":", "\"function\":",
    "\"documents\":", "\"page_content\":", "\"node\":", "\"replies\":", "\"meta\":", "\"last_message\":",
    "\"event.name\":", "\"gen_ai.user.message\"", "\"gen_ai.choice\"", "\"response_metadata\":", "content='",
    "page_content=\"", "HumanMessage(", "{'", "\\x4", "__REDACTED__", "data:image/png;base64,", "@@@langfuseMedia:",
    "@@@", "Context:\n", "Question: ", "Answer:", "**", "LLM", "TOOL", "CHAIN", "AGENT", "RETRIEVER", "EMBEDDING",
    "RERANKER", "chat", "execute_tool", "ai.generateText.doGenerate", "ai.embed", "OpenAIChatGenerator", "ToolInvoker",
    "hola, ¿qué tal?", "नमस्ते", "你好", "\u{feff}", "You are an agent. Your internal name is \"", "\n\n",
];

/// One `KeyValue` message after the other; what is not UTF-8 stays as it is.
fn attributes(data: &[u8]) -> Vec<Vec<u8>> {
    data.split(|byte| *byte == NEXT)
        .map(|attribute| {
            let at = attribute.iter().position(|byte| *byte == VALUE).unwrap_or(attribute.len());
            let (key, value) = attribute.split_at(at);
            let (key, value) = (pieces(key, KEYS), pieces(value.get(1..).unwrap_or_default(), WORDS));
            let mut any = Vec::new();
            // A value is a string, mostly; otherwise it is whatever its bytes say.
            if attribute.len() % 8 == 7 { any.extend(value) } else { put_bytes(&mut any, 1, &value) }
            let mut message = Vec::new();
            put_bytes(&mut message, 1, &key);
            put_bytes(&mut message, 2, &any);
            message
        })
        .collect()
}

fn pieces(bytes: &[u8], table: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = bytes.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            RAW => out.extend(bytes.next()),
            byte => out.extend_from_slice(table[usize::from(byte) % table.len()].as_bytes()),
        }
    }
    out
}

/// What holds for whatever was read.
fn sound(span: &AgentSpan<'_>) {
    for text in &span.texts {
        assert!(!text.text.trim().is_empty(), "an empty text");
        assert_ne!(text.text.trim(), "__REDACTED__");
    }
    let calls = matches!(span.kind, Kind::Llm | Kind::Embedding | Kind::Reranker);
    assert!(calls || span.usage.is_empty(), "usage of what calls no model");
    for name in [&span.model, &span.session_id, &span.user_id, &span.tool_name].into_iter().flatten() {
        assert!(!name.is_empty() && name.len() <= 512, "a name of {} bytes", name.len());
    }
}

fuzz_target!(|data: &[u8]| {
    const EVENTS: [&str; 8] = [
        "gen_ai.client.inference.operation.details", "gen_ai.user.message", "gen_ai.system.message",
        "gen_ai.tool.message", "gen_ai.assistant.message", "gen_ai.choice", "gen_ai.content.prompt", "exception",
    ];
    const SCOPES: [&str; 6] = ["", "traceai_openai", "strands.telemetry.tracer", "pydantic-ai", "logfire.openai", "gcp.vertex.agent"];
    let Some((&first, data)) = data.split_first() else { return };
    let (scope, child) = (SCOPES[usize::from(first) % SCOPES.len()], first & 0x80 == 0);
    let name = EVENTS[usize::from(first >> 3) % EVENTS.len()].as_bytes();
    let messages = attributes(data);
    let (of_span, of_event) = messages.split_at(messages.len() - messages.len() / 3);

    let mut span = Vec::new();
    if child {
        put_bytes(&mut span, 4, &[1; 8]);
    }
    of_span.iter().for_each(|message| put_bytes(&mut span, 9, message));
    let mut event = Vec::new();
    put_bytes(&mut event, 2, name);
    of_event.iter().for_each(|message| put_bytes(&mut event, 3, message));
    put_bytes(&mut span, 11, &event);
    if let Ok(view) = Span::read(&span) {
        read_span(Scope { name: scope, version: "" }, &view).iter().for_each(sound);
    }

    let mut record = Vec::new();
    put_bytes(&mut record, 12, name);
    let mut body = Vec::new();
    of_event.iter().for_each(|message| put_bytes(&mut body, 1, message));
    let mut any = Vec::new();
    put_bytes(&mut any, 6, &body);
    put_bytes(&mut record, 5, &any);
    of_span.iter().for_each(|message| put_bytes(&mut record, 6, message));
    if let Ok(view) = LogRecord::read(&record) {
        read_log(&view).iter().for_each(sound);
    }
});
