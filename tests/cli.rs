//! The program as its users call it.
#![allow(clippy::expect_used, reason = "helpers of tests, which the lint does not know as such")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program with no variable in its environment but these.
fn isogloss(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isogloss"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("started")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by itself")
}

/// A file with this text, and its path.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("isogloss.toml");
    std::fs::write(&path, text).expect("written");
    let path = path.display().to_string();
    (folder, path)
}

/// Scenario: no arguments, help, version, and an unknown verb.
/// Guarantees: exit codes and streams as other programs have them.
#[test]
fn usage() {
    let version = isogloss(&["--version"], &[]);
    assert_eq!((code(&version), stdout(&version)), (0, format!("isogloss {}\n", env!("CARGO_PKG_VERSION"))));
    let help = isogloss(&["--help"], &[]);
    assert!(code(&help) == 0 && stdout(&help).contains("inspect"));
    for wrong in [&[] as &[&str], &["evaluat"], &["replay"], &["inspect", "--only", "colour"], &["config"]] {
        let output = isogloss(wrong, &[]);
        assert_eq!((code(&output), stdout(&output)), (2, String::new()), "{wrong:?}");
        assert!(!stderr(&output).is_empty(), "{wrong:?}");
    }
}

/// Scenario: no file, the example, a right file by option and by variable, and one that is open to the network.
/// Guarantees: exit 0 and `ok`; a warning for what is risky.
#[test]
fn config_check_passes_what_is_right() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml").display().to_string();
    let (_folder, open) = file("[receive.grpc]\nlisten = '0.0.0.0:4317'\n");
    let none = isogloss(&["config", "check"], &[]);
    assert_eq!((code(&none), stdout(&none), stderr(&none)), (0, "ok\n".into(), String::new()));
    let output = isogloss(&["config", "check", "--config", &example], &[]);
    assert_eq!((code(&output), stdout(&output)), (0, "ok\n".into()), "{}", stderr(&output));
    let output = isogloss(&["config", "check"], &[("ISOGLOSS_CONFIG", &open)]);
    assert_eq!(code(&output), 0);
    let said = stdout(&output);
    assert!(said.starts_with("warning: receive.grpc.listen: 0.0.0.0:4317 can be reached"), "{said}");
    assert!(said.ends_with("\nok\n"), "{said}");
}

/// Scenario: a file with an unknown key, a wrong type and a key that is not supported yet; a file that is not there.
/// Guarantees: exit 2, each mistake on a line of its own with file, line, column and key, the near key named.
#[test]
fn config_check_names_every_mistake() {
    let (_folder, path) = file("[recieve]\n\n[turn]\nquiet = 2\n");
    let output = isogloss(&["config", "check", "--config", &path], &[]);
    assert_eq!((code(&output), stdout(&output)), (2, String::new()));
    let expected = format!(
        "error: {path}:1:2: unknown key `recieve`, did you mean `receive`?\n\
         error: {path}:4:9: turn.quiet: invalid type: integer `2`, expected a string\n"
    );
    assert_eq!(stderr(&output), expected);
    let (_folder, path) = file("[language]\nlabel_map = 'map.tsv'\n[embedding]\nmodel = 'x'\n");
    let output = isogloss(&["config", "check", "--config", &path], &[]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains(&format!("{path}:2:13: language.label_map: of no use without")),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains(&format!("{path}:4:9: embedding.model: not supported yet by this version")));
    let output = isogloss(&["config", "check", "--config", "/nonexistent.toml"], &[]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with("error: /nonexistent.toml: cannot be read: "), "{}", stderr(&output));
}

/// Scenario: keys by the environment, right and wrong, and a reference to a variable that is set and one that is not.
/// Guarantees: they arrive in `config show`; a mistake names the variable or the place in the file.
#[test]
fn the_environment() {
    let (_folder, path) = file("[judge]\nmodel = \"${env:MODEL}\"\n");
    let variables = [
        ("ISOGLOSS_TURN__QUIET", "750ms"),
        ("ISOGLOSS_FORWARD__0__ENDPOINT", "http://127.0.0.1:14317"),
        ("ISOGLOSS_FIXTURES", "/x"),
        ("MODEL", "small \"one\""),
    ];
    let output = isogloss(&["config", "show", "--config", &path], &variables);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let tree: toml::Value = toml::from_str(&stdout(&output)).expect("TOML");
    assert_eq!(tree["turn"]["quiet"].as_str(), Some("750ms"));
    assert_eq!(tree["forward"][0]["endpoint"].as_str(), Some("http://127.0.0.1:14317"));
    assert_eq!(tree["judge"]["model"].as_str(), Some("small \"one\""));
    let output = isogloss(&["config", "check"], &[("ISOGLOSS_TURN__QUITE", "1s")]);
    assert_eq!(code(&output), 2);
    assert_eq!(stderr(&output), "error: ISOGLOSS_TURN__QUITE: turn: unknown key `quite`, did you mean `quiet`?\n");
    let output = isogloss(&["config", "check", "--config", &path], &[]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).starts_with(&format!("error: {path}:2:10: environment variable MODEL is not set")));
}

/// Scenario: secrets in the file and in the environment, shown, and in values that are wrong.
/// Guarantees: they are on neither stream.
#[test]
fn secrets_are_never_printed() {
    let (_folder, path) = file(
        "[judge]\napi_key = 'hidden'\n[[forward]]\nendpoint = 'https://otlp.example'\nheaders = { authorization = \"${env:TOKEN}\" }\n",
    );
    let output = isogloss(&["config", "show", "--config", &path], &[("TOKEN", "hidden")]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(stdout(&output).matches("\"****\"").count(), 2, "{}", stdout(&output));
    assert!(!stdout(&output).contains("hidden") && !stderr(&output).contains("hidden"));
    let (_folder, path) = file(
        "[judge]\nendpoint = 'https://u:hidden@a/v1'\napi_key = \"${env:TOKEN}\"\n[[forward]]\nendpoint = 'http://u:hidden@a'\n",
    );
    let output = isogloss(&["config", "check", "--config", &path], &[("TOKEN", "hidden\n")]);
    assert_eq!(code(&output), 2);
    assert_eq!(stderr(&output).lines().count(), 3, "{}", stderr(&output));
    assert!(!stderr(&output).contains("hidden"), "{}", stderr(&output));
}

/// Scenario: nobody listens on the admin port; it is switched off.
/// Guarantees: exit 1 when not ready, 2 when there is nothing to ask, with the reason.
#[test]
fn healthcheck_of_nobody() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("bound").local_addr().expect("address").to_string();
    let output = isogloss(&["healthcheck", "--admin", &free], &[]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).starts_with("not ready: cannot connect"), "{}", stderr(&output));
    let output = isogloss(&["healthcheck"], &[("ISOGLOSS_ADMIN__LISTEN", "")]);
    assert_eq!(code(&output), 2);
}
