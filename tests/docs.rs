//! The documentation lists what the program really adds and counts.

// The helpers of tests may fail as tests do; clippy only sees that of functions marked as tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use isogloss::metrics::{Client, Described, Metrics};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// What stands between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The cells of a table's row.
fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

/// Scenario: `docs/attributes.md` beside the names in the source.
/// Guarantees: every attribute that may be added is listed, and every attribute of ours that is listed may be added.
#[test]
fn every_attribute_is_documented() {
    let text = read("docs/attributes.md");
    let roles = isogloss::convention::Role::ALL.map(|role| role.name());
    let mut documented = BTreeSet::new();
    for name in code(&text) {
        let of_role = name.starts_with("isogloss.<role>.");
        documented.extend(roles.iter().filter(|_| of_role).map(|role| name.replace("<role>", role)));
        let ours = name.starts_with("isogloss.") && !name.contains(['<', '*']);
        if ours || name.starts_with("gen_ai.usage.") || name.starts_with("llm.token_count.") {
            documented.insert(name.to_owned());
        }
    }
    let added: BTreeSet<String> = isogloss::annotate::names::all().into_iter().map(str::to_owned).collect();
    assert_eq!(documented, added);
}

/// Scenario: the tables of `docs/metrics.md` beside the families that are registered.
/// Guarantees: the same names, types and labels on both sides.
#[test]
fn every_family_is_documented() {
    let text = read("docs/metrics.md");
    let mut documented = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `isogloss_")) {
        let row = cells(line);
        let labels: BTreeSet<String> =
            row[2].split(',').map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()).collect();
        for name in code(row[0]) {
            assert!(documented.insert(name.to_owned(), (row[1].to_owned(), labels.clone())).is_none(), "{name} twice");
        }
    }
    let metrics = Metrics::new(&isogloss::config::Metrics::default(), &[]).unwrap();
    let registered: BTreeMap<_, _> = metrics
        .families()
        .into_iter()
        .map(|Described { name, kind, labels }| {
            let labels = labels.into_iter().filter(|label| label != "le").collect();
            (name, (kind.to_owned(), labels))
        })
        .collect();
    assert!(registered.len() > 40, "{registered:?}");
    assert_eq!(documented, registered);
}

/// Scenario: the labels of all families beside the table of labels.
/// Guarantees: every label has its row, and no row is left over.
#[test]
fn every_label_is_documented() {
    let text = read("docs/metrics.md");
    let table = text.split("## Labels").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let documented: BTreeSet<String> =
        rows.flat_map(|line| code(cells(line)[0]).map(str::to_owned).collect::<Vec<_>>()).collect();
    let metrics = Metrics::new(&isogloss::config::Metrics::default(), &[]).unwrap();
    let mut used: BTreeSet<String> = metrics.families().into_iter().flat_map(|family| family.labels).collect();
    used.remove("le");
    assert_eq!(documented, used);
}

/// Scenario: `docs/evaluations.md` beside the free evaluations and their keys in the configuration.
/// Guarantees: each has its row with its step and a section of its own (the refusal's is elsewhere); no row is left over.
#[test]
fn every_free_evaluation_is_documented() {
    use isogloss::evaluate::Free;
    let text = read("docs/evaluations.md");
    let config = isogloss::config::Evaluate::default();
    let made = Free::from_config(&config, &isogloss::language::detector()).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().filter(|line| line.starts_with("| `")).map(cells).collect();
    assert_eq!(rows.len(), made.len());
    for (row, evaluation) in rows.iter().zip(&made) {
        assert_eq!(row[0], format!("`{}`", evaluation.name()));
        assert_eq!(row[1], evaluation.step().name());
        let section = format!("\n## `{}`\n", evaluation.name());
        assert!(evaluation.name() == "refusal" || text.contains(&section), "{section}");
        for key in code(row[3]) {
            let example = read("config.example.toml");
            let section = format!("[evaluate.{}]", evaluation.name());
            assert!(key.starts_with(&section[1..section.len() - 1]) && example.contains(&section), "{key}");
        }
    }
}

/// Scenario: what a scrape of a fresh program shows.
/// Guarantees: nothing that the list of families does not have, so that the list can be trusted.
#[test]
fn scrape_shows_only_known_families() {
    let metrics = Metrics::new(&isogloss::config::Metrics::default(), &[]).unwrap();
    let known: BTreeSet<String> = metrics.families().into_iter().map(|family| family.name).collect();
    let page = metrics.expose("", Client::VISITOR).body;
    let shown = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let shown: BTreeSet<&str> = shown.filter(|name| !name.starts_with("process_")).collect();
    assert!(shown.len() > 10, "{page}");
    for name in shown {
        assert!(known.contains(name), "{name}");
    }
}
