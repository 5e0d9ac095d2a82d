//! What survives a restart of the program.

mod support;

use std::process::{Command, Stdio};
use support::Program;
use support::peers::send_grpc;
use support::spans::{chat, request};

const QUESTION: &str = "Siparişimin teslimat adresini değiştirmek istiyorum, bu hâlâ mümkün mü acaba?";
const ANSWER: &str = "Evet, paketiniz henüz depodan çıkmadığı için adresi değiştirebiliriz.";

/// Every family that a Turkish turn and its verdicts are counted in.
const FAMILIES: [&str; 5] = [
    "isogloss_turns_total",
    "isogloss_refusals_total",
    "isogloss_evaluations_total",
    "isogloss_evaluation_weight_total",
    "isogloss_evaluation_weight_squared_total",
];

/// Scenario: a Turkish turn is judged, the program stops and starts again with the same `store.path`, and with another.
/// Guarantees: the first scrape after the restart shows every series of that cohort, with all outcomes, at 0; without
/// the list it shows none.
#[tokio::test]
async fn cohorts_are_there_at_zero_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = format!("[turn]\nquiet = \"100ms\"\n[store]\npath = '{}'\n", folder.path().join("state").display());
    let turkish = [("service", "shop"), ("language", "tr")];

    let mut first = Program::start(&config);
    send_grpc(first.grpc, request("shop", vec![chat(QUESTION, ANSWER)])).await.unwrap();
    first.metrics_until("a Turkish turn", |m| m.sum("isogloss_turns_total", &turkish) == 1.0).await;
    let before = first.metrics().await;
    assert!(first.stop().success());

    let second = Program::start(&config);
    let metrics = second.metrics().await;
    for family in FAMILIES {
        assert!(metrics.has(family, &turkish), "{family} has no Turkish series:\n{}", metrics.0);
        assert_eq!(metrics.sum(family, &[]), 0.0, "{family}");
        // The same series as before, not only some.
        let series = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| line.starts_with(family) && line.contains("language=\"tr\""));
            lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
        };
        assert_eq!(series(&metrics.0), series(&before.0), "{family}");
    }
    send_grpc(second.grpc, request("shop", vec![chat(QUESTION, ANSWER)])).await.unwrap();
    second.metrics_until("the next turn", |m| m.sum("isogloss_turns_total", &turkish) == 1.0).await;

    let elsewhere = Program::start("");
    assert!(!elsewhere.metrics().await.has("isogloss_turns_total", &turkish));
}

/// Scenario: the list of known cohorts is damaged.
/// Guarantees: the program starts, says so once, and keeps the damaged file aside.
#[tokio::test]
async fn damaged_list_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cohorts.json"), "{\"version\":1,\"coh").unwrap();
    let mut program = Program::start(&format!("[store]\npath = '{}'\n", folder.path().display()));
    assert_eq!(program.get("/readyz").await.0, 200);
    assert!(program.stop().success());
    assert!(folder.path().join("cohorts.json.damaged").exists());
}

/// Scenario: `store.path` lies below something that is no folder, so nobody can write there.
/// Guarantees: the program does not start, and says which key and which path.
#[test]
fn unwritable_folder_is_an_error_at_start() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().join("state").display().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_isogloss"))
        .arg("run")
        .env_clear()
        .env("ISOGLOSS_STORE__PATH", &path)
        .env("ISOGLOSS_RECEIVE__GRPC__LISTEN", "127.0.0.1:0")
        .env("ISOGLOSS_RECEIVE__HTTP__LISTEN", "127.0.0.1:0")
        .env("ISOGLOSS_ADMIN__LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("store.path") && said.contains(&path), "{said}");
}
