use crate::config::{Config, ConfigError};

fn load(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(None, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn errors(variables: &[(&str, &str)]) -> String {
    load(variables).expect_err("refused").to_string()
}

/// Scenario: overrides of text, time, number, switch, list and list of sections, in either case.
/// Guarantees: each arrives with its type; text needs no quotes, and may have them.
#[test]
fn values_of_every_type() {
    let config = load(&[
        ("ISOGLOSS_ADMIN__LISTEN", "127.0.0.1:1"),
        ("isogloss_receive__grpc__listen", "\"127.0.0.1:2\""),
        ("ISOGLOSS_TURN__QUIET", "1s"),
        ("ISOGLOSS_TURN__MAX_SPANS", "7"),
        ("ISOGLOSS_ANNOTATE__SPANS", "false"),
        ("ISOGLOSS_SAMPLE__RATE", "1"),
        ("ISOGLOSS_SAMPLE__SALT", "123"),
        ("ISOGLOSS_SAMPLE__RATES__ZH_HANS", "0.25"),
        ("ISOGLOSS_LANGUAGE__SERVED", "[\"en\", \"sw\"]"),
        ("ISOGLOSS_JUDGE__API_KEY", "true"),
        ("ISOGLOSS_FORWARD__1__ENDPOINT", "http://b:1"),
        ("ISOGLOSS_FORWARD__0__ENDPOINT", "http://a:1"),
        ("ISOGLOSS_FORWARD__0__HEADERS__X_API_KEY", "k"),
        ("ISOGLOSS_FORWARD__0__RETRY", "{ initial = \"1s\" }"),
        ("ISOGLOSS_FORWARD__0__RETRY__MAX", "2s"),
    ])
    .expect("loaded");
    assert_eq!(config.admin.listen, "127.0.0.1:1");
    assert_eq!(config.receive.grpc.listen, "127.0.0.1:2");
    assert_eq!(config.turn.quiet.get().as_secs(), 1);
    assert_eq!(config.turn.max_spans, 7);
    assert!(!config.annotate.spans);
    assert_eq!(config.sample.rate, 1.0);
    assert_eq!(config.sample.salt, "123");
    assert_eq!(config.sample.rates.get("zh-Hans"), Some(&0.25));
    assert_eq!(config.language.served, ["en", "sw"]);
    assert_eq!(config.judge.api_key.0, "true");
    let endpoints: Vec<&str> = config.forward.iter().map(|forward| forward.endpoint.as_str()).collect();
    assert_eq!(endpoints, ["http://a:1", "http://b:1"]);
    assert_eq!(config.forward[0].headers["x-api-key"].0, "k");
    assert_eq!(config.forward[0].retry.initial.get().as_secs(), 1);
    assert_eq!(config.forward[0].retry.max.get().as_secs(), 2);
}

/// Scenario: variables of ours that are no overrides, and variables of others.
/// Guarantees: they are left alone.
#[test]
fn other_variables_are_left() {
    let names =
        ["ISOGLOSS_FIXTURES", "ISOGLOSS_PORT_4317_TCP", "OTHER__ADMIN__LISTEN", "ISOGLOSS", "ISOGLO\u{df}_A__B"];
    let variables: Vec<(&str, &str)> = names.iter().map(|name| (*name, "x")).collect();
    assert_eq!(load(&variables).expect("loaded"), Config::default());
}

/// Scenario: unknown keys, wrong types, gaps, keys below values and two spellings of one name.
/// Guarantees: each is an error that names the variable and helps.
#[test]
fn mistakes_name_the_variable() {
    let cases: [(&[(&str, &str)], &str); 9] = [
        (
            &[("ISOGLOSS_RECIEVE__GRPC__LISTEN", "x")],
            "ISOGLOSS_RECIEVE__GRPC__LISTEN: unknown key `recieve`, did you mean `receive`?",
        ),
        (&[("ISOGLOSS_TURN__QUITE", "1s")], "ISOGLOSS_TURN__QUITE: turn: unknown key `quite`, did you mean `quiet`?"),
        (&[("ISOGLOSS__TURN__QUIET", "1s")], "ISOGLOSS__TURN__QUIET: unknown key `_turn`, did you mean `turn`?"),
        (
            &[("ISOGLOSS_TURN__MAX_SPANS", "many")],
            "ISOGLOSS_TURN__MAX_SPANS: turn.max_spans: invalid type: string \"many\", expected usize",
        ),
        (
            &[("ISOGLOSS_TURN__QUIET", "2 moons")],
            "ISOGLOSS_TURN__QUIET: turn.quiet: invalid duration \"2 moons\", expected a time",
        ),
        (
            &[("ISOGLOSS_FORWARD__1__ENDPOINT", "http://a")],
            "ISOGLOSS_FORWARD__1__ENDPOINT: forward: index 1 leaves a gap, the next is 0",
        ),
        (
            &[("ISOGLOSS_FORWARD__ENDPOINT", "http://a")],
            "ISOGLOSS_FORWARD__ENDPOINT: forward: a list, expected an index such as `__0__`",
        ),
        (&[("ISOGLOSS_TURN__QUIET__X", "1s")], "ISOGLOSS_TURN__QUIET__X: turn.quiet: has no keys below it"),
        (
            &[("ISOGLOSS_TURN__QUIET", "1s"), ("isogloss_turn__quiet", "2s")],
            "isogloss_turn__quiet: says the same key as ISOGLOSS_TURN__QUIET",
        ),
    ];
    for (variables, expected) in cases {
        let said = errors(variables);
        assert!(said.starts_with(expected), "{said}\n{expected}");
    }
}

/// Scenario: an override makes a value that has no meaning.
/// Guarantees: the check of meaning names the variable too.
#[test]
fn meaning_names_the_variable() {
    let said = errors(&[("ISOGLOSS_SAMPLE__RATE", "1.5")]);
    assert_eq!(said, "ISOGLOSS_SAMPLE__RATE: sample.rate: out of range, expected 0 to 1");
}

/// Scenario: a secret of a wrong type.
/// Guarantees: the error does not repeat it.
#[test]
fn a_secret_is_not_repeated() {
    let said = errors(&[("ISOGLOSS_FORWARD__0__HEADERS", "{ authorization = 4711 }")]);
    assert!(said.contains("forward.0.headers.authorization: invalid value (not shown), expected a string"), "{said}");
    assert!(!said.contains("4711"));
}
