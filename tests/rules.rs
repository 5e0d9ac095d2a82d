//! What `deploy/` ships holds together: the rules and their tests, the dashboard, the configurations, the runbooks.

// The helpers of tests may fail as tests do; clippy only sees that of functions marked as tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Every metric family of the program with its labels, as design and `docs/metrics.md` say.
#[rustfmt::skip]
const FAMILIES: &[(&str, &[&str])] = &[
    ("isogloss_texts_total", &["service", "role", "language"]),
    ("isogloss_turns_total", &["service", "language", "target_language"]),
    ("isogloss_evaluations_total", &["service", "model", "step", "evaluation", "language", "target_language", "outcome"]),
    ("isogloss_evaluation_weight_total", &["service", "evaluation", "language", "outcome"]),
    ("isogloss_evaluation_weight_squared_total", &["service", "evaluation", "language", "outcome"]),
    ("isogloss_refusals_total", &["service", "model", "language", "outcome"]),
    ("isogloss_refusal_coverage", &["language"]),
    ("isogloss_eval_fail_ratio", &["service", "evaluation", "language"]),
    ("isogloss_eval_fail_ratio_lower", &["service", "evaluation", "language"]),
    ("isogloss_eval_fail_ratio_upper", &["service", "evaluation", "language"]),
    ("isogloss_refusal_ratio", &["service", "language"]),
    ("isogloss_refusal_ratio_lower", &["service", "language"]),
    ("isogloss_refusal_ratio_upper", &["service", "language"]),
    ("isogloss_tokens_total", &["service", "model", "role", "language", "tokenizer"]),
    ("isogloss_characters_total", &["service", "model", "role", "language"]),
    ("isogloss_bytes_total", &["service", "model", "role", "language"]),
    ("isogloss_sampled_turns_total", &["service", "language", "decision"]),
    ("isogloss_received_spans_total", &["transport"]),
    ("isogloss_received_log_records_total", &["transport"]),
    ("isogloss_refused_spans_total", &["transport", "reason"]),
    ("isogloss_forwarded_spans_total", &["destination"]),
    ("isogloss_dropped_spans_total", &["destination", "reason"]),
    ("isogloss_forward_retries_total", &["destination"]),
    ("isogloss_late_spans_total", &[]),
    ("isogloss_duplicate_spans_total", &[]),
    ("isogloss_unreadable_spans_total", &[]),
    ("isogloss_skipped_texts_total", &[]),
    ("isogloss_completed_turns_total", &["reason"]),
    ("isogloss_open_traces", &[]),
    ("isogloss_open_trace_bytes", &[]),
    ("isogloss_in_flight_bytes", &[]),
    ("isogloss_connections", &["transport"]),
    ("isogloss_cohorts", &[]),
    ("isogloss_queue_depth", &["queue"]),
    ("isogloss_queue_capacity", &["queue"]),
    ("isogloss_evaluation_enabled", &["evaluation", "reason"]),
    ("isogloss_judge_requests_total", &["status"]),
    ("isogloss_judge_tokens_total", &["direction"]),
    ("isogloss_judge_duration_seconds", &["le"]),
    ("isogloss_label_overflow_total", &["label"]),
    ("isogloss_request_duration_seconds", &["transport", "le"]),
    ("isogloss_forward_duration_seconds", &["destination", "le"]),
    ("isogloss_added_latency_seconds", &["le"]),
    ("isogloss_build_info", &["version"]),
];

/// Labels that the scrape adds.
const SCRAPE_LABELS: &[&str] = &["job", "instance"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a folder, in order.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|e| e == extension));
    found.sort();
    assert!(!found.is_empty(), "no .{extension} file in {folder}");
    found
}

/// Runs a program of the system in the repository's folder; `None` when it is missing and may be.
fn external(program: &str, package: &str, arguments: &[&str], paths: &[PathBuf]) -> Option<Output> {
    match Command::new(program).args(arguments).args(paths).current_dir(root()).output() {
        Ok(output) => Some(output),
        Err(_) if std::env::var_os("ISOGLOSS_SKIP_EXTERNAL").is_some() => None,
        Err(error) => panic!(
            "{program}: {error}; install it (Debian: apt-get install {package}; tests/run does so), \
             or set ISOGLOSS_SKIP_EXTERNAL=1 to leave this test out"
        ),
    }
}

fn must_succeed(program: &str, package: &str, arguments: &[&str], paths: &[PathBuf]) {
    let Some(output) = external(program, package, arguments, paths) else { return };
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program} {}: {said}", arguments.join(" "));
}

/// The metric names of ours in a text, without those of recording rules.
fn names(text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(r"[:A-Za-z0-9_]*\bisogloss_[a-z0-9_]+(?::\w+)?|\w+:isogloss_\w+").unwrap();
    let whole = pattern.find_iter(text).map(|found| found.as_str());
    whole.filter(|name| name.starts_with("isogloss_") && !name.contains(':')).map(str::to_owned).collect()
}

/// The family that a series belongs to.
fn family(name: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    let of = |name: &str| FAMILIES.iter().find(|(family, _)| *family == name);
    let parts = ["_bucket", "_sum", "_count"].iter().filter_map(|suffix| name.strip_suffix(suffix));
    of(name).or_else(|| parts.filter(|base| base.ends_with("_seconds")).find_map(of))
}

/// The expressions of the dashboard.
fn panel_expressions() -> Vec<String> {
    fn collect(value: &serde_json::Value, into: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => {
                for (key, inner) in map {
                    match inner.as_str() {
                        Some(text) if key == "expr" || key == "query" => into.push(text.to_owned()),
                        _ => collect(inner, into),
                    }
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
            _ => {}
        }
    }
    let board = serde_json::from_str(&read("deploy/grafana/dashboards/languages.json")).unwrap();
    let mut found = Vec::new();
    collect(&board, &mut found);
    assert!(found.len() > 30, "only {} expressions: the dashboard was not read", found.len());
    found
}

/// Scenario: Prometheus' own tool reads the shipped rules.
/// Guarantees: they load.
#[test]
fn rules_load() {
    must_succeed("promtool", "prometheus", &["check", "rules"], &files("deploy/prometheus/rules", "yml"));
}

/// Scenario: the unit tests of the rules: quiet fleet, one bad language, too few results, restarts, replicas, missing series.
/// Guarantees: each alert fires when it should and only then.
#[test]
fn rules_do_what_their_tests_say() {
    must_succeed("promtool", "prometheus", &["test", "rules"], &files("deploy/prometheus/tests", "yml"));
}

/// Scenario: Prometheus' own tool reads the shipped configuration.
/// Guarantees: it loads, with every rule file.
#[test]
fn prometheus_configuration_loads() {
    let path = root().join("deploy/prometheus/prometheus.yml");
    must_succeed("promtool", "prometheus", &["check", "config"], &[path]);
}

/// Scenario: Alertmanager's own tool reads the shipped configuration.
/// Guarantees: it loads.
#[test]
fn alertmanager_configuration_loads() {
    let path = root().join("deploy/alertmanager/alertmanager.yml");
    must_succeed("amtool", "prometheus-alertmanager", &["check-config"], &[path]);
}

/// Scenario: the generator of the dashboard runs again.
/// Guarantees: the committed JSON is what it writes, byte for byte.
#[test]
fn dashboard_is_what_the_generator_writes() {
    let script = ["deploy/grafana/generate.py", "--stdout"];
    let Some(output) = external("python3", "python3", &script, &[]) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let committed = read("deploy/grafana/dashboards/languages.json");
    assert!(output.stdout == committed.as_bytes(), "run python3 deploy/grafana/generate.py and commit the result");
}

/// Scenario: the recording rules of the four windows beside each other.
/// Guarantees: they differ in the window only, so that a repair of one is a repair of all.
#[test]
fn windows_are_one_text() {
    let text = read("deploy/prometheus/rules/recording.yml");
    let group = |window: &str| {
        let start = text.find(&format!("  - name: isogloss-language-{window}\n")).unwrap();
        let end = text[start + 4..].find("  - name: ").unwrap() + start + 4;
        let lines = text[start..end].lines().filter(|line| !line.starts_with("    interval:"));
        // `increase1h`, `[1h]` and the like, and nothing that only looks so.
        lines.collect::<Vec<_>>().join("\n").replace(window, "WINDOW")
    };
    let first = group("1h");
    assert!(first.matches("WINDOW").count() > 20, "{first}");
    for window in ["6h", "1d", "3d"] {
        assert_eq!(group(window), first, "group of {window}");
    }
}

/// Scenario: every alert of the rules.
/// Guarantees: it has a severity, a summary and a description, and its runbook exists and speaks of it; no runbook is left over.
#[test]
fn every_alert_has_a_runbook() {
    let alert = Regex::new(r"(?m)^ +- alert: (\w+)$").unwrap();
    let mut alerts = BTreeSet::new();
    for path in files("deploy/prometheus/rules", "yml") {
        let text = fs::read_to_string(path).unwrap();
        let starts: Vec<_> = alert.captures_iter(&text).map(|c| (c.get(0).unwrap().start(), c[1].to_owned())).collect();
        for (i, (start, name)) in starts.iter().enumerate() {
            let end = starts.get(i + 1).map_or(text.len(), |next| next.0);
            let body = &text[*start..end];
            for field in ["severity: ", "summary: ", "description: "] {
                assert!(body.contains(field), "{name} has no {field}");
            }
            let runbook = format!("docs/runbooks/{name}.md");
            assert!(body.contains(&format!("runbook_url: {runbook}\n")), "{name} does not name {runbook}");
            let page = read(&runbook);
            assert!(page.starts_with(&format!("# {name}\n")), "{runbook} has another title");
            for section in ["## What it means", "## How to look", "## What to do", "## False alarms"] {
                assert!(page.contains(section), "{runbook} has no section {section}");
            }
            alerts.insert(name.clone());
        }
    }
    assert!(alerts.len() >= 10, "{alerts:?}");
    let pages = files("docs/runbooks", "md");
    let pages = pages.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    assert_eq!(pages.collect::<BTreeSet<_>>(), alerts);
}

/// Scenario: the metric names in rules, dashboard, runbooks and documents.
/// Guarantees: each belongs to a family that the program exposes, and every family is documented.
#[test]
fn every_metric_name_exists() {
    let mut texts = vec![("dashboard".to_owned(), panel_expressions().join("\n"))];
    let yaml = files("deploy/prometheus/rules", "yml").into_iter().chain(files("deploy/prometheus/tests", "yml"));
    let pages = files("docs", "md").into_iter().chain(files("docs/runbooks", "md"));
    let others = [root().join("README.md"), root().join("tests/dashboard/target.py")];
    for path in yaml.chain(pages).chain(others) {
        texts.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
    }
    for (whose, text) in &texts {
        for name in names(text) {
            assert!(family(&name).is_some(), "{whose}: no family has the series {name}");
        }
    }
    let documented = names(&read("docs/metrics.md"));
    for (name, _) in FAMILIES {
        assert!(documented.contains(*name), "docs/metrics.md does not have {name}");
    }
}

/// Scenario: the selectors in the rules and in the dashboard.
/// Guarantees: they ask for labels that the family has: a wrong one would select nothing and never alert.
#[test]
fn every_selector_asks_for_labels_that_exist() {
    let selector = Regex::new(r"\b(isogloss_[a-z0-9_]+)\{([^}]*)\}").unwrap();
    let label = Regex::new(r#"(\w+)\s*(?:=~|!~|!=|=)\s*""#).unwrap();
    let mut texts = panel_expressions();
    texts.extend(files("deploy/prometheus/rules", "yml").into_iter().map(|path| fs::read_to_string(path).unwrap()));
    let mut seen = 0;
    for text in &texts {
        for found in selector.captures_iter(text).filter(|found| !text[..found.get(1).unwrap().start()].ends_with(':'))
        {
            let Some((name, labels)) = family(&found[1]) else { panic!("no family has the series {}", &found[1]) };
            for asked in label.captures_iter(&found[2]) {
                let known = labels.contains(&&asked[1]) || SCRAPE_LABELS.contains(&&asked[1]);
                assert!(known, "{name} has no label {}", &asked[1]);
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "only {seen} labels: the selectors were not read");
}

/// Scenario: the configuration that the compose file mounts.
/// Guarantees: it has no key that the program does not know, and every port listens beyond the container.
#[test]
fn compose_configuration_is_understood() {
    let config: isogloss::config::Config = toml::from_str(&read("deploy/isogloss.toml")).unwrap();
    for listen in [&config.receive.grpc.listen, &config.receive.http.listen, &config.admin.listen] {
        assert!(listen.starts_with("0.0.0.0:"), "{listen}");
    }
}
