//! `isogloss inspect` as its users call it.
#![allow(clippy::unwrap_used, reason = "helpers of tests, which the lint does not know as such")]

use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs `inspect` on what stands on standard input: exit code, objects, stderr.
fn inspect(arguments: &[&str], input: &str) -> (i32, Vec<Value>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_isogloss"))
        .arg("inspect")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writing = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // A program that stops at a usage error does not read its input.
    let _ = writing.join().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let objects = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code().unwrap(), objects, String::from_utf8(output.stderr).unwrap())
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

const ROMANIAN: &str = "Bună ziua, aș dori să schimb adresa de livrare a comenzii mele, mai este posibil?";
const GERMAN: &str = "Es tut mir leid, aber dabei kann ich Ihnen leider nicht helfen.";

/// Scenario: texts of two languages with an empty line between and the last line without an end.
/// Guarantees: one object a line, in order, the empty text among them; each with exactly the documented keys.
#[test]
fn a_line_for_every_line() {
    let (code, lines, said) = inspect(&[], &format!("{ROMANIAN}\n\n{GERMAN}"));
    assert_eq!((code, said.as_str()), (0, ""));
    let languages: Vec<&str> = lines.iter().map(|line| line["language"].as_str().unwrap()).collect();
    assert_eq!(languages[0], "ro");
    assert_eq!(languages[2], "de");
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[1]["characters"], &lines[1]["tokens"]["count"]), (&0.into(), &0.into()));
    let mut contract =
        ["language", "confidence", "certainty", "alternatives", "script", "characters", "tokens", "refusal"];
    contract.sort_unstable();
    for line in &lines {
        let mut found = keys(line);
        found.sort_unstable();
        assert_eq!(found, contract);
        let confidence = line["confidence"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&confidence), "{line}");
        assert!(["high", "medium", "low"].contains(&line["certainty"].as_str().unwrap()), "{line}");
        for pair in line["alternatives"].as_array().unwrap() {
            assert!(pair[0].is_string() && pair[1].is_number() && pair.as_array().unwrap().len() == 2, "{line}");
        }
        for part in ["tokenizer", "count", "exact"] {
            assert!(!line["tokens"][part].is_null(), "{line}");
        }
        assert!(["refused", "answered", "undetermined"].contains(&line["refusal"]["verdict"].as_str().unwrap()));
    }
    assert_eq!(lines[0]["characters"], ROMANIAN.chars().count());
    assert_eq!(lines[2]["refusal"]["verdict"], "refused");
    assert_eq!(lines[2]["refusal"]["source"], "pattern");
}

/// Scenario: JSON lines with texts over several lines, two rows that are none, and the same with a file name.
/// Guarantees: the good rows are answered in order; each bad one is named with its line; exit code 2.
#[test]
fn json_lines() {
    let rows = "{\"text\": \"eins\\nzwei\"}\nnot json\n{\"id\": 7, \"text\": \"\"}\n{\"words\": \"x\"}\n";
    let (code, lines, said) = inspect(&["--jsonl"], rows);
    assert_eq!(code, 2);
    assert_eq!(lines.iter().map(|line| line["characters"].as_u64().unwrap()).collect::<Vec<_>>(), [9, 0]);
    let named: Vec<&str> = said.lines().map(|line| line.split(": ").nth(1).unwrap()).collect();
    assert_eq!(named, ["stdin:2", "stdin:4"], "{said}");

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), rows).unwrap();
    let path = file.path().display().to_string();
    let (code, from_file, said) = inspect(&["--jsonl", &path], "");
    assert_eq!((code, from_file), (2, lines));
    assert!(said.contains(&format!("{path}:2: ")), "{said}");
}

/// Scenario: only some parts are asked for.
/// Guarantees: these and the characters, nothing else.
#[test]
fn only_what_was_asked_for() {
    let (_, lines, _) = inspect(&["--only", "tokens"], "hello\n");
    assert_eq!(keys(&lines[0]), ["characters", "tokens"]);
    let (_, lines, _) = inspect(&["--only", "language,refusal"], &format!("{GERMAN}\n"));
    let mut found = keys(&lines[0]);
    found.sort_unstable();
    assert_eq!(found, ["alternatives", "certainty", "characters", "confidence", "language", "refusal", "script"]);
    assert_eq!(lines[0]["refusal"]["verdict"], "refused", "the language is needed for it, and was not left out");
}

/// Scenario: the same text for models with different tokenizers, and for one whose tokenizer is not public.
/// Guarantees: the model chooses the tokenizer, and a guess is not called exact.
#[test]
fn model_chooses_the_tokenizer() {
    let tokens = |model: &str| {
        let (code, lines, said) = inspect(&["--only", "tokens", "--model", model], &format!("{ROMANIAN}\n"));
        assert_eq!(code, 0, "{said}");
        lines[0]["tokens"].clone()
    };
    let (new, old) = (tokens("gpt-4o"), tokens("gpt-3.5-turbo"));
    assert_eq!((new["tokenizer"].as_str(), new["exact"].as_bool()), (Some("o200k_base"), Some(true)));
    assert_eq!((old["tokenizer"].as_str(), old["exact"].as_bool()), (Some("cl100k_base"), Some(true)));
    assert!(old["count"].as_u64() > new["count"].as_u64(), "{old} {new}");
    assert_eq!(tokens("claude-sonnet-4")["exact"].as_bool(), Some(false));
}

/// Scenario: a file that is not there.
/// Guarantees: exit code 2 and its name.
#[test]
fn missing_file() {
    let (code, lines, said) = inspect(&["nowhere.txt"], "");
    assert_eq!((code, lines.len()), (2, 0));
    assert!(said.contains("nowhere.txt"), "{said}");
}

/// Scenario: a configuration with a fastText model and a label map; then a map with a label that the model has not.
/// Guarantees: the verdicts are the model's, in the map's words; a map that does not fit stops the program with its line.
#[test]
fn models_of_fasttext() {
    let folder = tempfile::tempdir().unwrap();
    let model = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fasttext/pruned.ftz");
    let (map, config) = (folder.path().join("labels.tsv"), folder.path().join("isogloss.toml"));
    std::fs::write(
        &config,
        format!("[language]\nmodel_path = '{}'\nlabel_map = '{}'\n", model.display(), map.display()),
    )
    .unwrap();
    let arguments = ["--only", "language", "--config", config.to_str().unwrap()];
    std::fs::write(&map, "# ours\ndeu_Latn\tgsw\n").unwrap();
    let (code, lines, said) = inspect(&arguments, "der alte Mann kauft frisches Brot\nнаш сосед видит маленький дом\n");
    assert_eq!((code, said.as_str()), (0, ""));
    let languages: Vec<&str> = lines.iter().map(|line| line["language"].as_str().unwrap()).collect();
    assert_eq!(languages, ["gsw", "ru"]);
    std::fs::write(&map, "# ours\ndeu_Latin\tgsw\n").unwrap();
    let (code, lines, said) = inspect(&arguments, "der alte Mann\n");
    assert!(code != 0 && lines.is_empty());
    assert!(said.contains(&format!("language.label_map: {}:2: the model has no such label", map.display())), "{said}");
}
