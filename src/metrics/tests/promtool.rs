//! What Prometheus' own tool says about our pages. Skipped, with a note, where it is not installed.

use super::*;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn installed() -> bool {
    let found = Command::new("promtool").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: promtool is not on the PATH");
    }
    found
}

fn page(accept: &str) -> String {
    let (metrics, _) = metrics(&config::Metrics::default(), &["sw"]);
    exercise(&metrics, "bot", "gpt-4o", "ro");
    exercise(&metrics, "a\"quoted\\service", "models/1", "zh");
    metrics.expose(accept, Client::VISITOR);
    metrics.expose(accept, Client::VISITOR).body
}

fn say(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Scenario: a text page with every family goes through `promtool check metrics`.
/// Guarantees: it parses, and the linter has nothing to say about our families.
#[test]
fn text_page_passes_the_linter() {
    if !installed() {
        return;
    }
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(page("").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let findings = say(&output);
    assert!(output.status.success() && !findings.contains("isogloss_"), "{findings}");
}

/// Scenario: an OpenMetrics page with every family, with a time on each sample, is read into a database.
/// Guarantees: Prometheus' OpenMetrics parser takes all of it.
#[test]
fn openmetrics_page_is_parsed() {
    if !installed() {
        return;
    }
    let mut timed = String::new();
    for line in page(OPENMETRICS).lines() {
        let time = if line.starts_with('#') { "" } else { " 1700000000" };
        writeln!(timed, "{line}{time}").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.om");
    std::fs::write(&file, timed).unwrap();
    let output = Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics"])
        .arg(&file)
        .arg(folder.path().join("data"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", say(&output));
}
