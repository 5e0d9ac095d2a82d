//! Requests that real clients sent, read into roles, and compared with what the clients were given.
//!
//! A small sample lies in `tests/fixtures/clients` and is always read. The whole collection is read when it is
//! there: `ISOGLOSS_FIXTURES`, else `../shared/fixtures/otlp` beside the checkout.
// The lints' leave for tests does not reach the helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use clients::{ASSERTED, Expected, same_words};
use isogloss::convention::{AgentSpan, Kind, RefusalSignal, Role, Usage, read_log, read_span};
use isogloss::language::{LanguageDetector as _, NgramDetector};
use isogloss::otlp::view::{LogRecord, Span, resource_logs, resource_spans};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

#[path = "support/clients.rs"]
mod clients;

/// Clients whose refusal scenario reaches us as a signal on a span or a log record.
const REFUSAL_SIGNALS: &[&str] = &[
    "haystack",
    "langsmith-otel",
    "logfire-pydantic-ai",
    "mlflow",
    "openinference-langchain",
    "openinference-openai",
    "pydantic-ai",
    "traceai-anthropic",
    "traceai-langchain",
    "traceai-llamaindex",
    "traceloop-anthropic",
    "traceloop-openai",
    "traceloop-openai-0.45",
    "traceloop-sdk",
    "vercel-ai-json",
    "vercel-ai-v7-proto",
];

/// What one payload was read into.
#[derive(Default)]
struct Reading {
    texts: Vec<(Role, String)>,
    kinds: BTreeMap<&'static str, usize>,
    models: Vec<String>,
    usage: Usage,
    refused: bool,
    bytes: Vec<u8>,
}

impl Reading {
    fn add(&mut self, span: AgentSpan<'_>) {
        *self.kinds.entry(span.kind.name()).or_default() += 1;
        let sum = |total: &mut Option<u64>, part: Option<u64>| {
            if let Some(part) = part {
                *total = Some(total.unwrap_or(0) + part);
            }
        };
        if span.kind == Kind::Llm {
            self.models.extend(span.model.as_deref().map(str::to_owned));
            sum(&mut self.usage.input, span.usage.input);
            sum(&mut self.usage.output, span.usage.output);
        }
        self.refused |= matches!(span.refusal, Some(RefusalSignal::Refused(_) | RefusalSignal::Filtered));
        self.texts.extend(span.texts.into_iter().map(|text| (text.role, text.text.trim().to_owned())));
    }

    fn read(folder: &Path, payload: &Value) -> Self {
        let mut reading = Reading::default();
        for file in payload["files"].as_array().into_iter().flatten() {
            let bytes = std::fs::read(folder.join(file["binpb"].as_str().unwrap())).unwrap();
            reading.bytes.extend_from_slice(&bytes);
            if file["signal"] == "trace" { reading.spans(&bytes) } else { reading.logs(&bytes) }
        }
        reading
    }

    fn spans(&mut self, request: &[u8]) {
        for resource in resource_spans(request) {
            for scope_spans in resource.unwrap().scope_spans() {
                let scope_spans = scope_spans.unwrap();
                for message in scope_spans.spans() {
                    let span = Span::read(message.unwrap()).unwrap();
                    if let Some(span) = read_span(scope_spans.scope().unwrap(), &span) {
                        self.add(span);
                    }
                }
            }
        }
    }

    /// Joins records as whoever keeps the turn must: of a span's user messages the last is the question.
    fn logs(&mut self, request: &[u8]) {
        let mut questions: BTreeMap<Vec<u8>, (u64, String)> = BTreeMap::new();
        for resource in resource_logs(request) {
            for scope in resource.unwrap().scope_logs() {
                for message in scope.unwrap().records() {
                    let record = LogRecord::read(message.unwrap()).unwrap();
                    let Some(mut span) = read_log(&record) else { continue };
                    if let Some(at) = span.texts.iter().position(|text| text.role == Role::Input) {
                        let text = span.texts.remove(at).text.trim().to_owned();
                        let last = questions.entry(record.span_id.to_vec()).or_default();
                        if record.time_unix_nano >= last.0 {
                            *last = (record.time_unix_nano, text);
                        }
                    }
                    let kinds = self.kinds.clone();
                    self.add(span);
                    // A record is no span of its own.
                    self.kinds = kinds;
                }
            }
        }
        self.texts.extend(questions.into_values().map(|(_, text)| (Role::Input, text)));
    }

    fn has(&self, role: Role, wanted: &str) -> bool {
        self.texts.iter().any(|(of, text)| *of == role && text == wanted.trim())
    }
}

/// One line of the table.
#[derive(Default)]
struct Row {
    payloads: usize,
    right: usize,
    wrong: usize,
    missing: usize,
    /// Texts whose language came out as the index says.
    languages_right: usize,
    languages_wrong: usize,
    faults: Vec<String>,
}

fn check(folder: &Path, payload: &Value, row: &mut Row) {
    let client = payload["client"].as_str().unwrap();
    let name = format!("{client}/{}", payload["scenario"].as_str().unwrap());
    let reading = Reading::read(folder, payload);
    let expected =
        Expected::of(payload, reading.kinds.contains_key("RETRIEVER"), |words| clients::holds(&reading.bytes, words));
    row.payloads += 1;
    for (role, text, inside) in &expected.wanted {
        let found = reading.has(*role, text)
            || *inside && reading.texts.iter().any(|(of, read)| of == role && read.contains(text.as_str()));
        if found {
            row.right += 1;
        } else {
            row.missing += 1;
            row.faults.push(format!("{name}: missing {} {text:?}", role.name()));
        }
    }
    for (role, text) in &reading.texts {
        if let Some(told) = expected.told(*role, text) {
            let found = NgramDetector::built_in().detect(text).language;
            if expected.language_is_right(told, text, found) {
                row.languages_right += 1;
            } else {
                row.languages_wrong += 1;
                let lang = told.lang.as_deref().unwrap_or("no language");
                row.faults.push(format!("{name}: {} is {lang}, told {found}: {text:?}", role.name()));
            }
        }
        // Every text that was read must be one of this role's, whole, cut by the client's limit, or (instructions)
        // with the client's own suffix.
        let explained = expected.wanted.iter().any(|(of, wanted, inside)| {
            of == role && (wanted.trim() == text || *inside && *role == Role::System && text.contains(wanted.as_str()))
        }) || expected.allowed.iter().any(|(of, allowed)| of == role && same_words(allowed, text))
            || client.ends_with("truncated")
                && expected.given.iter().any(|given| given.role == *role && given.text.starts_with(text.as_str()));
        if !explained {
            row.wrong += 1;
            row.faults.push(format!("{name}: wrong {} {text:?}", role.name()));
        }
    }
    for fault in facts(payload, &reading) {
        row.wrong += 1;
        row.faults.push(format!("{name}: {fault}"));
    }
}

/// Faults in kind, model, usage and refusal.
fn facts(payload: &Value, reading: &Reading) -> Vec<String> {
    let expected = &payload["expected"];
    let mut faults = Vec::new();
    let calls = expected["llm_calls"].as_u64().unwrap_or(0);
    let spans = reading.kinds.get("LLM").copied().unwrap_or(0) as u64;
    // LlamaIndex nests three spans for one call.
    if payload["client"] != "traceai-llamaindex" && spans != calls {
        faults.push(format!("{spans} LLM spans for {calls} calls"));
    }
    if payload["kind"] == "embed" && !reading.kinds.contains_key("EMBEDDING") {
        faults.push("no EMBEDDING span".to_owned());
    }
    let models: Vec<&str> =
        ["response_model", "request_model"].iter().filter_map(|key| expected[*key].as_str()).collect();
    if let Some(other) = reading.models.iter().find(|model| !models.contains(&model.as_str())) {
        faults.push(format!("model {other}"));
    }
    if let Some(usage) = expected["usage_per_llm_call"].as_object() {
        for (read, key) in [(reading.usage.input, "input"), (reading.usage.output, "output")] {
            let all = usage[key].as_u64().unwrap_or(0) * calls;
            if read.is_some_and(|read| read != all) {
                faults.push(format!("{key} tokens {read:?}, not {all}"));
            }
        }
    }
    let scenario = payload["kind"].as_str().unwrap_or_default();
    let refuses = matches!(scenario, "native_refusal" | "content_filter");
    if refuses && REFUSAL_SIGNALS.iter().any(|client| payload["client"] == *client) && !reading.refused {
        faults.push("refusal signal not found".to_owned());
    }
    if !refuses && reading.refused {
        faults.push("refusal signal where there was none".to_owned());
    }
    faults
}

fn table(folder: &Path) -> BTreeMap<String, Row> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for payload in &clients::payloads(folder) {
        check(folder, payload, rows.entry(payload["client"].as_str().unwrap().to_owned()).or_default());
    }
    println!(
        "{:32}{:>9}{:>7}{:>7}{:>9}{:>17}{:>7}",
        "client", "payloads", "right", "wrong", "missing", "languages right", "wrong"
    );
    for (client, row) in &rows {
        let mark = if ASSERTED.contains(&client.as_str()) { "" } else { "  (information)" };
        let Row { payloads, right, wrong, missing, languages_right, languages_wrong, .. } = row;
        println!(
            "{client:32}{payloads:>9}{right:>7}{wrong:>7}{missing:>9}{languages_right:>17}{languages_wrong:>7}{mark}"
        );
    }
    for fault in rows.values().flat_map(|row| &row.faults) {
        println!("  {fault}");
    }
    rows
}

fn assert_right(rows: &BTreeMap<String, Row>) {
    for client in ASSERTED {
        let row = &rows[*client];
        assert!(row.right > 0, "{client}: nothing was read");
        assert_eq!((row.wrong, row.missing, row.languages_wrong), (0, 0, 0), "{client}: {:#?}", row.faults);
        assert!(row.languages_right > 0, "{client}: no language was told");
    }
}

/// Scenario: one or two requests of each client that this repository holds.
/// Guarantees: every text is read under its role, none under another, in its language where the detector knows it and
/// in none where it does not; kind, model, usage and refusal are right.
#[test]
fn sample() {
    assert_right(&table(&clients::sample()));
}

/// Scenario: the whole collection of what real clients sent, where it is at hand.
/// Guarantees: as the sample, over every scenario of the asserted clients; the other clients are shown.
#[test]
fn collection() {
    if let Some(folder) = clients::collection() {
        assert_right(&table(&folder));
    }
}
