//! The first thing that a new user sees.

mod support;

use support::Program;

/// Scenario: `isogloss run --demo` with nothing else configured.
/// Guarantees: within seconds there are texts, evaluations, refusals and both ratios for at least twelve languages, and
/// the report on the admin port has them too.
#[tokio::test]
async fn demo_shows_twelve_languages() {
    let program = Program::start_with("", &["--demo"]);
    for family in [
        "isogloss_texts_total",
        "isogloss_evaluations_total",
        "isogloss_refusals_total",
        "isogloss_eval_fail_ratio",
        "isogloss_refusal_ratio",
    ] {
        program
            .metrics_until(family, |metrics| {
                let languages = metrics.label_values(family, "language");
                languages.iter().filter(|language| *language != "und").count() >= 12
            })
            .await;
    }
    let (status, report) = program.get("/api/v1/report").await;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(status, 200);
    let rows = report["rows"].as_array().unwrap();
    assert!(rows.iter().filter(|row| row["turns"].as_u64() > Some(0)).count() >= 12, "{report}");
}
