//! Requests that real clients sent, read into roles, and compared with what the clients were given.
//!
//! A small sample lies in `tests/fixtures/clients` and is always read. The whole collection is read when it is
//! there: `ISOGLOSS_FIXTURES`, else `../shared/fixtures/otlp` beside the checkout.
// The lints' leave for tests does not reach the helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use clients::{Expected, Told, same_words};
use isogloss::convention::{AgentSpan, Kind, RefusalSignal, Role, Usage, read_log, read_span};
use isogloss::language::{LanguageDetector as _, NgramDetector, Tag};
use isogloss::otlp::view::{LogRecord, Span, resource_logs, resource_spans};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[path = "support/clients.rs"]
mod clients;

/// Clients that hide the messages and leave the words elsewhere on the span: what the sender hid is not read there either.
const HIDE: &[&str] = &["openinference-openai-hidden"];

/// Texts of a client's own, which nobody gave it: LlamaIndex answers with a system prompt from its library.
const OWN: &[(&str, Role)] = &[("traceai-llamaindex", Role::System)];

/// What one payload was read into.
#[derive(Default)]
struct Reading {
    texts: Vec<(Role, String)>,
    kinds: BTreeMap<&'static str, usize>,
    models: Vec<String>,
    usage: Usage,
    /// Tokens of texts that were made vectors.
    embedded: Option<u64>,
    refused: bool,
    silent: bool,
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
            sum(&mut self.usage.total, span.usage.total);
            sum(&mut self.usage.cached_input, span.usage.cached_input);
            sum(&mut self.usage.reasoning_output, span.usage.reasoning_output);
            self.silent |= !span.has(Role::Output) && !span.calls_tools && span.usage.output.is_some_and(|n| n > 0);
        }
        if span.kind == Kind::Embedding {
            sum(&mut self.embedded, span.usage.input);
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
    /// Languages of the texts that were read, by how the detector did.
    told: BTreeMap<&'static str, usize>,
    faults: Vec<String>,
}

/// The table, and the languages that the detector told right or left untold.
#[derive(Default)]
struct Table {
    rows: BTreeMap<String, Row>,
    known: BTreeSet<String>,
    untold: Vec<(String, String)>,
}

fn check(folder: &Path, payload: &Value, table: &mut Table) {
    let client = payload["client"].as_str().unwrap();
    let name = format!("{client}/{}", payload["scenario"].as_str().unwrap());
    let row = table.rows.entry(client.to_owned()).or_default();
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
        if let Some(given) = expected.told(*role, text) {
            let verdict = NgramDetector::built_in().detect(text);
            let told = expected.verdict(given, text, &verdict);
            let lang = given.lang.clone().unwrap_or_else(|| "no language".to_owned());
            let column = match told {
                Told::Right => "right",
                Told::Wrong => "wrong",
                Told::Untold => "untold",
            };
            *row.told.entry(column).or_default() += 1;
            match told {
                Told::Right => drop(table.known.insert(lang)),
                Told::Wrong => {
                    row.faults.push(format!("{name}: {} is {lang}, told {}: {text:?}", role.name(), verdict.language));
                }
                Told::Untold => table.untold.push((lang, format!("{name}: {} {text:?}", role.name()))),
            }
        }
        // Every text that was read must be one of this role's, whole, cut by the client's limit, or (instructions)
        // with the client's own suffix.
        let explained = expected.wanted.iter().any(|(of, wanted, inside)| {
            of == role && (wanted.trim() == text || *inside && *role == Role::System && text.contains(wanted.as_str()))
        }) || expected.allowed.iter().any(|(of, allowed)| of == role && same_words(allowed, text))
            || client.ends_with("truncated")
                && expected.given.iter().any(|given| given.role == *role && given.text.starts_with(text.as_str()))
            || OWN.contains(&(client, *role));
        if !explained {
            row.wrong += 1;
            row.faults.push(format!("{name}: wrong {} {text:?}", role.name()));
        }
    }
    // A cut value holds at least the beginning of what it was cut from.
    if client.ends_with("truncated") && reading.texts.is_empty() {
        row.missing += 1;
        row.faults.push(format!("{name}: nothing was read of cut values"));
    }
    for fault in facts(payload, &reading) {
        row.wrong += 1;
        row.faults.push(format!("{name}: {fault}"));
    }
}

/// Faults in kind, model, usage and refusal.
fn facts(payload: &Value, reading: &Reading) -> Vec<String> {
    let expected = &payload["expected"];
    let calls = expected["llm_calls"].as_u64().unwrap_or(0);
    let mut faults = clients::usage_faults(payload, &reading.usage);
    let spans = reading.kinds.get("LLM").copied().unwrap_or(0) as u64;
    // LlamaIndex nests three spans for one call.
    if payload["client"] != "traceai-llamaindex" && spans != calls {
        faults.push(format!("{spans} LLM spans for {calls} calls"));
    }
    if payload["kind"] == "embed" {
        let wanted = expected["usage_per_llm_call"]["input"].as_u64();
        if !reading.kinds.contains_key("EMBEDDING") {
            faults.push("no EMBEDDING span".to_owned());
        }
        if reading.embedded.is_some_and(|read| Some(read) != wanted) {
            faults.push(format!("embedded {:?} tokens, not {wanted:?}", reading.embedded));
        }
    }
    let models: Vec<&str> =
        ["response_model", "request_model"].iter().filter_map(|key| expected[*key].as_str()).collect();
    if let Some(other) = reading.models.iter().find(|model| !models.contains(&model.as_str())) {
        faults.push(format!("model {other}"));
    }
    faults.extend(refusal(payload, reading));
    faults
}

/// The provider's own signal must be found wherever the payload has one, and nowhere else. Where the client lost it, what
/// is left is an answer that was paid for and is not there.
fn refusal(payload: &Value, reading: &Reading) -> Option<String> {
    match (clients::signals_refusal(payload), reading.refused) {
        (true, false) => Some("refusal signal not found".to_owned()),
        (false, true) => Some("refusal signal where there was none".to_owned()),
        (false, false) if clients::declines(payload) && !reading.silent => {
            Some("a lost refusal is not silent".to_owned())
        }
        _ => None,
    }
}

fn table(folder: &Path) -> Table {
    let mut table = Table::default();
    for payload in &clients::payloads(folder) {
        check(folder, payload, &mut table);
    }
    println!("roles: texts under the right one, under a wrong one or invented, missing; languages of the right ones");
    println!(
        "{:30}{:>9}{:>8}{:>8}{:>9}   {:>10}{:>8}{:>8}",
        "client", "payloads", "right", "wrong", "missing", "lang right", "wrong", "untold"
    );
    let line = |client: &str, row: &Row| {
        let told = |column: &str| row.told.get(column).copied().unwrap_or(0);
        let Row { payloads, right, wrong, missing, .. } = row;
        let (yes, no, untold) = (told("right"), told("wrong"), told("untold"));
        println!("{client:30}{payloads:>9}{right:>8}{wrong:>8}{missing:>9}   {yes:>10}{no:>8}{untold:>8}");
    };
    let mut all = Row::default();
    for (client, row) in &table.rows {
        line(client, row);
        all.payloads += row.payloads;
        all.right += row.right;
        all.wrong += row.wrong;
        all.missing += row.missing;
        row.told.iter().for_each(|(column, count)| *all.told.entry(column).or_default() += count);
    }
    line("all", &all);
    for fault in table.rows.values().flat_map(|row| &row.faults) {
        println!("  {fault}");
    }
    for lang in table.untold.iter().map(|(lang, _)| lang).collect::<BTreeSet<_>>() {
        println!("  untold: {} in {lang}", table.untold.iter().filter(|(other, _)| other == lang).count());
    }
    table
}

fn assert_right(table: &Table) {
    for (client, row) in &table.rows {
        assert_eq!(row.wrong, 0, "{client}: {:#?}", row.faults);
        assert_eq!(row.told.get("wrong"), None, "{client}: {:#?}", row.faults);
        if HIDE.contains(&client.as_str()) {
            assert_eq!(row.right, 0, "{client}: what was hidden was read");
        } else {
            assert_eq!(row.missing, 0, "{client}: {:#?}", row.faults);
        }
    }
    // A language that the detector told once it knows: then it may leave few texts of it untold.
    let left: Vec<_> = table.untold.iter().filter(|(lang, _)| table.known.contains(lang)).collect();
    let told: usize = table.rows.values().filter_map(|row| row.told.get("right")).sum();
    assert!(left.len() * 100 <= told, "{left:#?}");
    assert!(table.known.iter().filter_map(|lang| Tag::parse(lang)).count() >= 5, "{:?}", table.known);
}

/// Scenario: one or two requests of each client that this repository holds.
/// Guarantees: every text is read under its role, none under another or invented, in no other language; kind, model, usage
/// and the provider's refusals are right.
#[test]
fn sample() {
    assert_right(&table(&clients::sample()));
}

/// Scenario: the whole collection of what real clients sent, where it is at hand: every client, every scenario.
/// Guarantees: as the sample. At least 99 of 100 texts are right over all; what is missing is what a client hid in one
/// place and left in another.
#[test]
fn collection() {
    if let Some(folder) = clients::collection() {
        let table = table(&folder);
        assert!(table.rows.len() >= 38, "{} clients", table.rows.len());
        let sum = |column: fn(&Row) -> usize| table.rows.values().map(column).sum::<usize>();
        let (right, missing) = (sum(|row| row.right), sum(|row| row.missing));
        assert!(right * 100 >= 99 * (right + missing), "{right} right, {missing} missing");
        assert_right(&table);
    }
}
