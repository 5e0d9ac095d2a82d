//! `isogloss replay` as its users call it.
#![allow(clippy::unwrap_used, reason = "helpers of tests, which the lint does not know as such")]

mod support;

use isogloss::otlp::Signal;
use isogloss::otlp::json::to_protobuf;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use support::spans::{chat, plain, request, spans_of, value};

fn replay(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isogloss"))
        .arg("replay")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn clients() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients").display().to_string()
}

/// Every stored request below a folder.
fn stored(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { stored(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "binpb"))
        .collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A file of a folder, as an argument.
fn at(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// Scenario: what seven real clients sent is replayed, then the annotated output again, and again.
/// Guarantees: a report with rows; one request a line, each valid OTLP/JSON; annotating what is annotated already
/// changes not one byte and reports the same.
#[test]
fn annotating_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (at(&folder, "once.jsonl"), at(&folder, "twice.jsonl"));
    let requests = stored(Path::new(&clients()));

    // `index.json` beside the requests is no request, so the files are named.
    let paths: Vec<String> = requests.iter().map(|path| path.display().to_string()).collect();
    let mut arguments: Vec<&str> = paths.iter().map(String::as_str).collect();
    arguments.extend(["--annotated", &first, "--format", "json"]);
    let output = replay(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let languages: Vec<&str> =
        report["rows"].as_array().unwrap().iter().filter_map(|row| row["language"].as_str()).collect();
    assert!(languages.contains(&"es"), "{report:#}");

    let once = std::fs::read_to_string(&first).unwrap();
    assert_eq!(once.lines().count(), requests.len());
    let mut annotated = 0;
    for line in once.lines() {
        let body: Value = serde_json::from_str(line).unwrap();
        let signal = if body.get("resourceLogs").is_some() { Signal::Logs } else { Signal::Traces };
        let bytes = to_protobuf(signal, line.as_bytes()).unwrap();
        if signal == Signal::Traces {
            let request = ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
            annotated += spans_of(&request).filter(|span| value(span, "isogloss.span.kind").is_some()).count();
        }
    }
    assert!(annotated > 20, "only {annotated} spans");

    let again = replay(&[&first, "--annotated", &second, "--format", "json"]);
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    assert!(once == std::fs::read_to_string(&second).unwrap(), "annotating again changed something");
    assert_eq!(report, serde_json::from_slice::<Value>(&again.stdout).unwrap());
}

/// Scenario: the folder of the captures as it is, for people.
/// Guarantees: a table on stdout; nothing but errors on stderr, so no progress bar where there is no terminal.
#[test]
fn report_for_people() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.binpb"), german().encode_to_vec()).unwrap();
    let output = replay(&[&folder.path().display().to_string()]);
    let report = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(report.lines().any(|line| line.contains("shop") && line.contains("de")), "{report}");
    assert_eq!(stderr(&output), "");
}

fn german() -> ExportTraceServiceRequest {
    let question = "Wie kann ich bitte die Lieferadresse meiner Bestellung noch ändern?";
    let answer = "Die Adresse kann noch geändert werden, weil das Paket unser Lager nicht verlassen hat.";
    request("shop", vec![plain(), chat(question, answer)])
}

/// Scenario: good files with broken ones among them: a broken line in the middle, a cut protobuf, a file of no kind.
/// Guarantees: exit code 2; each broken place is named as `FILE:LINE`; everything else is processed and written.
#[test]
fn broken_input_is_named_and_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let good = isogloss::otlp::json::to_json(Signal::Traces, &german().encode_to_vec()).unwrap();
    let lines = at(&folder, "b.jsonl");
    let broken_span = good.replacen("\"traceId\":\"", "\"traceId\":\"zz", 1);
    std::fs::write(&lines, format!("{good}\n{{\"resourceSpans\": [\n{broken_span}\n{good}\n")).unwrap();
    let cut = at(&folder, "c.binpb");
    let bytes = german().encode_to_vec();
    std::fs::write(&cut, &bytes[..bytes.len() - 7]).unwrap();
    std::fs::write(at(&folder, "a.binpb"), german().encode_to_vec()).unwrap();
    let annotated = at(&folder, "out.txt");

    let output = replay(&[&folder.path().display().to_string(), "--annotated", &annotated, "--format", "json"]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for place in [format!("{lines}:2: "), format!("{lines}:3: "), format!("{cut}:1: ")] {
        assert!(said.contains(&place), "{place} is not named:\n{said}");
    }
    assert_eq!(said.lines().count(), 3, "{said}");
    assert_eq!(std::fs::read_to_string(&annotated).unwrap().lines().count(), 3);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["rows"].as_array().unwrap().iter().any(|row| row["language"] == "de"), "{report:#}");
}

/// Scenario: a path that is not there, and an output that cannot be written.
/// Guarantees: said with the path, and not with exit code 0.
#[test]
fn paths_that_cannot_be_used() {
    let missing = replay(&["/nowhere/at/all.jsonl"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).contains("/nowhere/at/all.jsonl"), "{}", stderr(&missing));
    let file = tempfile::NamedTempFile::with_suffix(".binpb").unwrap();
    let below = file.path().join("out.jsonl").display().to_string();
    let unwritable = replay(&[&file.path().display().to_string(), "--annotated", &below]);
    assert_eq!(unwritable.status.code(), Some(1));
    assert!(stderr(&unwritable).contains(&below), "{}", stderr(&unwritable));
}
