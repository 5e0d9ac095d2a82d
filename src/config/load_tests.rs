use super::*;
use crate::config::schema;
use toml::Value;

/// Loads `text` as a file of this name, with these variables.
fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("f.toml");
    std::fs::write(&path, text).expect("written");
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(&path), variables)
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

fn errors(text: &str) -> String {
    load(text, &[]).expect_err("refused")
}

/// Scenario: no file, an empty file, and a file with a byte order mark and Windows line ends.
/// Guarantees: what is not said has its default.
#[test]
fn defaults() {
    assert_eq!(Config::load(None, std::iter::empty()).expect("loaded"), Config::default());
    assert_eq!(load("", &[]), Ok(Config::default()));
    let config = load("\u{feff}[turn]\r\nquiet = \"1s\"\r\n", &[]).expect("loaded");
    assert_eq!(config.turn.quiet.get().as_secs(), 1);
}

/// Scenario: several mistakes of different kinds in one file.
/// Guarantees: all are reported at once, a line each, in the order of the file, with line, column and key.
#[test]
fn every_mistake_has_its_place() {
    let said = errors(
        "[recieve]\nx = 1\n[turn]\nquiet = 5\n  quite = '1s'\n[receive.grpc]\nlisten = [1]\n[[forward]]\nendpoint = 'http://a'\nprotocol = 'udp'\n[judge]\nmodel = { a = 1 }",
    );
    let expected = [
        "f.toml:1:2: unknown key `recieve`, did you mean `receive`?",
        "f.toml:4:9: turn.quiet: invalid type: integer `5`, expected a string",
        "f.toml:5:3: turn: unknown key `quite`, did you mean `quiet`?",
        "f.toml:7:10: receive.grpc.listen: invalid type: sequence, expected a string",
        "f.toml:10:12: forward.0.protocol: unknown variant `udp`, expected `grpc` or `http`",
        "f.toml:12:9: judge.model: invalid type: map, expected a string",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}

/// Scenario: a section where a value belongs, a value where a section belongs, one section where a list belongs.
/// Guarantees: each is an error that says what belongs there.
#[test]
fn sections_and_values_are_told_apart() {
    assert_eq!(errors("turn = 1"), "f.toml:1:8: turn: this is a section, expected keys and values below it");
    assert!(errors("[forward]\nendpoint = 'x'").contains("forward: this is a list of sections, write `[[forward]]`"));
    assert!(errors("forward = [1]").contains("write `[[forward]]`"));
    assert!(errors("forward = [{ endpoint = 'http://a' }, 1]").contains("forward.1: this is a section"));
    assert_eq!(load("forward = []", &[]), Ok(Config::default()));
}

/// Scenario: text that is not TOML, not UTF-8, not there, or far too long or deep.
/// Guarantees: an error with the place; no panic and no overflow.
#[test]
fn unreadable_files() {
    assert!(errors("[turn]\nquiet = = 1\n").starts_with("f.toml:2:"));
    assert!(errors("[turn]\nquiet = '1s'\nquiet = '2s'\n").starts_with("f.toml:3:1: duplicate key"));
    assert!(errors(&"#".repeat(MAX_FILE + 1)).contains("larger than"));
    for deep in [
        "a = ".to_owned() + &"[".repeat(200_000),
        "a.".repeat(200_000) + "a = 1",
        "[".to_owned() + &"a.".repeat(200_000) + "a]",
        "a = ".to_owned() + &"{a=".repeat(200_000),
    ] {
        assert!(load(&deep, &[]).is_err());
    }
    let missing = Config::load(Some(Path::new("/nonexistent/f.toml")), std::iter::empty()).expect_err("refused");
    assert!(missing.to_string().starts_with("/nonexistent/f.toml: cannot be read"));
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("f.toml");
    std::fs::write(&path, b"# a\n# \xff\n").expect("written");
    let said = Config::load(Some(&path), std::iter::empty()).expect_err("refused").to_string();
    assert!(said.ends_with("f.toml:2: not UTF-8"), "{said}");
}

/// Scenario: a reference to a variable that is set, one that is not, and one that makes a value of the wrong type.
/// Guarantees: the value arrives; the error has the place of the reference and does not repeat the value.
#[test]
fn replacement_keeps_places_and_secrets() {
    let text = "[judge]\napi_key = \"${env:KEY}\"\nconcurrency = ${env:N}\n";
    let config = load(text, &[("KEY", "sk-\"1"), ("N", "3")]).expect("loaded");
    assert_eq!((config.judge.api_key.0.as_str(), config.judge.concurrency), ("sk-\"1", 3));
    let said = load(text, &[("KEY", "k")]).expect_err("refused");
    assert!(said.starts_with("f.toml:3:15: environment variable N is not set"), "{said}");
    let said = load(text, &[("KEY", "k"), ("N", "'hidden'")]).expect_err("refused");
    assert_eq!(said, "f.toml:3:15: judge.concurrency: invalid value (not shown), expected usize");
    let said = load("[turn]\nquiet = \"${env:Q}\"", &[("Q", "hidden")]).expect_err("refused");
    assert!(said.starts_with("f.toml:2:9: turn.quiet: invalid value (not shown), expected a time"), "{said}");
    let said = load("[log]\nformat = '${env:Q}'", &[("Q", "hidden")]).expect_err("refused");
    assert_eq!(said, "f.toml:2:10: log.format: invalid value (not shown), expected `text` or `json`");
}

/// Scenario: `ISOGLOSS_CONFIG` names a file; a path is given as well; it is empty.
/// Guarantees: the path wins, then the variable, then defaults.
#[test]
fn the_file_is_found() {
    let folder = tempfile::tempdir().expect("folder");
    let (one, two) = (folder.path().join("1"), folder.path().join("2"));
    std::fs::write(&one, "[sample]\nsalt = 'one'").expect("written");
    std::fs::write(&two, "[sample]\nsalt = 'two'").expect("written");
    let variable = |value: &str| std::iter::once((FILE_VARIABLE.to_owned(), value.to_owned()));
    let two_name = two.display().to_string();
    assert_eq!(Config::load(None, variable(&two_name)).expect("loaded").sample.salt, "two");
    assert_eq!(Config::load(Some(&one), variable(&two_name)).expect("loaded").sample.salt, "one");
    assert_eq!(Config::load(None, variable("")).expect("loaded"), Config::default());
}

/// Scenario: an override of a key that the file says too, and of an entry of a list.
/// Guarantees: the environment wins, the rest of the file stays.
#[test]
fn the_environment_is_over_the_file() {
    let text = "[turn]\nquiet = '1s'\nidle = '5s'\n[[forward]]\nendpoint = 'http://a'\ncompression = 'gzip'\n";
    let config =
        load(text, &[("ISOGLOSS_TURN__QUIET", "3s"), ("ISOGLOSS_FORWARD__0__ENDPOINT", "http://b")]).expect("loaded");
    assert_eq!((config.turn.quiet.get().as_secs(), config.turn.idle.get().as_secs()), (3, 5));
    assert_eq!(config.forward[0].endpoint, "http://b");
    let text = "[[forward]]\nendpoint = 'http://a'\nheaders = { X-Api-Key = 'a' }\n";
    let headers = |config: Config| config.forward[0].headers.clone();
    let over = headers(load(text, &[("ISOGLOSS_FORWARD__0__HEADERS__X_API_KEY", "b")]).expect("loaded"));
    assert_eq!(
        over.iter().map(|(name, value)| (name.as_str(), value.0.as_str())).collect::<Vec<_>>(),
        [("X-Api-Key", "b")]
    );
    assert_eq!(config.forward[0].compression, crate::config::Compression::Gzip);
}

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// The example with what is commented out (`#key = value`, without a space) taken in.
fn example_in_full() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Every key below a shape, with dots; keys that users choose are not keys of ours.
fn keys(shape: &Value, path: &str, found: &mut Vec<String>) {
    match shape {
        Value::Table(table) if table.contains_key(schema::ANY) => found.push(path.to_owned()),
        Value::Table(table) => {
            for (name, below) in table {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                keys(below, &path, found);
            }
        }
        Value::Array(items) if matches!(items.first(), Some(Value::Table(_))) => keys(&items[0], path, found),
        _ => found.push(path.to_owned()),
    }
}

/// Whether a tree holds a key with dots; the first entry stands for a list.
fn holds(tree: &Value, key: &str) -> bool {
    let mut at = tree;
    for name in key.split('.') {
        if let Some(first) = at.as_array().and_then(|items| items.first()) {
            at = first;
        }
        match at.get(name) {
            Some(below) => at = below,
            None => return false,
        }
    }
    true
}

/// Scenario: the example file, as it is and with everything that is commented out.
/// Guarantees: as it is it says the defaults and nothing else; in full it has every key of the tree and no other, with
/// values that pass all checks but those of keys that are not supported yet; every key has a comment before it.
#[test]
fn the_example_is_complete_and_right() {
    assert_eq!(load(EXAMPLE, &[]), Ok(Config::default()));
    let full = example_in_full();
    let said =
        load(&full, &[("JUDGE_API_KEY", "k"), ("OTLP_TOKEN", "t")]).expect_err("some keys are not supported yet");
    let unsupported: Vec<&str> = said.lines().filter(|line| !line.contains("not supported yet")).collect();
    assert_eq!(unsupported, Vec::<&str>::new());
    assert_eq!(said.lines().count(), 3, "{said}");
    let tree: Value = toml::from_str(&full).expect("TOML");
    let mut all = Vec::new();
    keys(schema::root(), "", &mut all);
    assert!(all.len() > 50, "{all:?}");
    let missing: Vec<&String> = all.iter().filter(|key| !holds(&tree, key)).collect();
    assert_eq!(missing, Vec::<&String>::new());
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    for pair in lines.windows(2) {
        let is_key = pair[1].trim_start_matches('#').split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        assert!(!is_key || pair[0].starts_with("# "), "no comment before: {}", pair[1]);
    }
}

/// Scenario: the example as it is, key by key.
/// Guarantees: a key that has a default is there with it, not commented out.
#[test]
fn the_example_says_every_default() {
    let tree: Value = toml::from_str(EXAMPLE).expect("TOML");
    let mut all = Vec::new();
    keys(&Value::try_from(Config::default()).expect("TOML"), "", &mut all);
    // What has no default but an empty one is shown by a commented example.
    let empty = ["forward", "sample.rates", "evaluate.reported.evaluation", "tokens.tokenizer"];
    let missing: Vec<&String> = all.iter().filter(|key| !holds(&tree, key) && !empty.contains(&key.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
}
