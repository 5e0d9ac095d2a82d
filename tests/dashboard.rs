//! The shipped dashboard against the program and a real Prometheus.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use support::Program;
use support::peers::{Downstream, Judge, Judgement, completion, verdict};
use support::prometheus::Prometheus;

/// A checker that runs every query of a dashboard; `ISOGLOSS_DASHBOARD_CHECKER` names it, else it is looked for beside
/// the checkout.
fn checker() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/eco/check_dashboard.py");
    std::env::var_os("ISOGLOSS_DASHBOARD_CHECKER").map(PathBuf::from).or(Some(beside)).filter(|path| path.exists())
}

/// Every PromQL expression of a dashboard, with its variables filled in.
fn queries(dashboard: &serde_json::Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut todo = vec![dashboard];
    while let Some(value) = todo.pop() {
        match value {
            serde_json::Value::Object(members) => {
                if let Some(expr) = members.get("expr").and_then(|e| e.as_str()) {
                    found.push(expr.to_owned());
                }
                todo.extend(members.values());
            }
            serde_json::Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    for query in &mut found {
        for (variable, value) in [
            ("$__rate_interval", "1m"),
            ("$__interval", "15s"),
            ("$__range", "1h"),
            ("$window", "1h"),
            ("${window}", "1h"),
        ] {
            *query = query.replace(variable, value);
        }
        // What is left are selections by label, all of which default to everything.
        let chars: Vec<char> = query.chars().collect();
        let mut out = String::new();
        let mut at = 0;
        while at < chars.len() {
            if chars[at] == '$' {
                at += 1;
                while at < chars.len() && (chars[at].is_alphanumeric() || "_{}:".contains(chars[at])) {
                    at += 1;
                }
                out.push_str(".*");
            } else {
                out.push(chars[at]);
                at += 1;
            }
        }
        *query = out;
    }
    found
}

/// Scenario: the demo runs with a downstream and a judge, Prometheus scrapes it, and every query of the dashboard is asked.
/// Guarantees: Prometheus accepts each query; where the independent checker is at hand, it finds no fault either.
#[tokio::test(flavor = "multi_thread")]
async fn dashboard_queries_work() {
    let downstream = Downstream::start().await;
    let judge = Judge::start(|_| Judgement::Answer(200, completion(&verdict("relevant")))).await;
    let config = format!("{}{}", judge.config(), downstream.config());
    let program = Program::start_with(&config, &["--demo"]);
    let prometheus = Prometheus::start(program.admin).await;
    prometheus.query_until("count(count by (language) (isogloss_turns_total > 0))", |n| n >= 12.0).await;
    prometheus.query_until("sum(increase(isogloss_turns_total[1m]))", |n| n > 0.0).await;
    let judged = "sum(increase(isogloss_evaluation_weight_total{evaluation=\"answer_relevancy\"}[1m]))";
    prometheus.query_until(judged, |n| n > 0.0).await;

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/grafana/dashboards/languages.json");
    let dashboard: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let queries = queries(&dashboard);
    assert!(queries.len() > 10, "{}", queries.len());
    for query in &queries {
        // `query` itself asserts that Prometheus could evaluate it.
        prometheus.query(query).await;
    }
    let Some(checker) = checker() else {
        println!("the dashboard checker is not at hand; only the queries were run");
        return;
    };
    let checked = Command::new("python3")
        .arg(&checker)
        .args(["--prom", &prometheus.url])
        // More than a dozen languages in every role are more lines than the checker likes.
        .args(["--set", "window=1h", "--max-series", "300"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}\n{}", String::from_utf8_lossy(&checked.stderr));
}
