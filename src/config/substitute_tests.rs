use super::*;
use proptest::prelude::*;

fn environment() -> Environment {
    [("HOST", "10.0.0.1"), ("N", "7"), ("EMPTY", ""), ("EVIL", "a\"\nb = 1\\"), ("QUOTE", "it's"), ("LIST", "[1, 2]")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn text(source: &str) -> String {
    substitute(source, &environment()).expect("replaced").text
}

fn faults(source: &str) -> Vec<Fault> {
    substitute(source, &environment()).expect_err("refused")
}

/// Scenario: references with and without default, set, unset and empty, in and out of strings.
/// Guarantees: each gives the value that a shell would give.
#[test]
fn references_are_replaced() {
    assert_eq!(text("a = \"${env:HOST}:1\""), "a = \"10.0.0.1:1\"");
    assert_eq!(text("a = ${env:N}"), "a = 7");
    assert_eq!(text("a = ${env:LIST}"), "a = [1, 2]");
    assert_eq!(text("a = '${env:NONE:-x y}'"), "a = 'x y'");
    assert_eq!(text("a = '${env:EMPTY:-x}'"), "a = 'x'");
    assert_eq!(text("a = '${env:EMPTY}'"), "a = ''");
    assert_eq!(text("a = '${env:HOST:-x}'"), "a = '10.0.0.1'");
}

/// Scenario: `$$`, a lone dollar, and a reference in a comment (also after strings that hold `#`).
/// Guarantees: a dollar can be written, and comments are not read, so that an unset variable there is no error.
#[test]
fn dollars_and_comments_are_left() {
    assert_eq!(text("a = \"$${env:NONE} $5\""), "a = \"${env:NONE} $5\"");
    assert_eq!(text("a = \"#\" # ${env:NONE}\nb = ${env:N}"), "a = \"#\" # ${env:NONE}\nb = 7");
    assert_eq!(text("a = '#\\' # ${env:NONE}"), "a = '#\\' # ${env:NONE}");
    assert_eq!(text("a = \"\\\"#\" # ${env:NONE}"), "a = \"\\\"#\" # ${env:NONE}");
    assert_eq!(text("a = \"\"\"x\n#\"\"\"\"\" # ${env:NONE}"), "a = \"\"\"x\n#\"\"\"\"\" # ${env:NONE}");
}

/// Scenario: a value with quotes, a newline and a backslash goes into each kind of string, and into none.
/// Guarantees: it means itself or is refused; it never becomes another key.
#[test]
fn a_value_cannot_leave_its_place() {
    for source in ["a = \"${env:EVIL}\"", "a = \"\"\"${env:EVIL}\"\"\""] {
        let table: toml::Table = text(source).parse().expect("TOML");
        assert_eq!(table.len(), 1);
        assert_eq!(table["a"].as_str(), Some("a\"\nb = 1\\"));
    }
    assert!(faults("a = '${env:QUOTE}'")[0].message.contains("QUOTE has a quote"));
    assert!(faults("a = '''${env:EVIL}'''")[0].message.contains("control character"));
    assert!(faults("a = ${env:EVIL}")[0].message.contains("not a TOML value"));
    assert!(faults("a = \"${env:NONE:-x\" y}\"")[0].message.contains("close the string"));
}

/// Scenario: several references that cannot be replaced.
/// Guarantees: all are reported, each where it stands, and none with a value.
#[test]
fn every_fault_is_reported() {
    let found = faults("a = \"${env:NONE}\"\nb = ${FOO}\nc = ${env:N\nd = ${env:1X}");
    assert_eq!(found.iter().map(|fault| fault.at).collect::<Vec<_>>(), [5, 22, 33, 45]);
    assert!(found[0].message.contains("NONE is not set"));
    assert!(found[1].message.contains("only `${env:NAME}`"));
    assert!(found[2].message.contains("without `}`"));
}

/// Scenario: offsets before, inside and after replacements of other lengths.
/// Guarantees: they lead back to the file.
#[test]
fn offsets_lead_back() {
    let done = substitute("a = '${env:HOST}' # x", &environment()).expect("replaced");
    assert_eq!(done.source_offset(2), 2);
    assert_eq!(done.source_offset(8), 5);
    assert_eq!(done.text.find('#').map(|at| done.source_offset(at)), Some(18));
    assert!(done.is_from_environment(&(4..15)));
    assert!(!done.is_from_environment(&(0..3)));
}

proptest! {
    /// Scenario: any value in a basic string; any file at all.
    /// Guarantees: the string reads as the value; nothing panics; a file without dollars is unchanged.
    #[test]
    fn any_value_and_any_file(value in any::<String>(), file in any::<String>()) {
        let environment: Environment = [("V".to_owned(), value.clone())].into();
        let done = substitute("a = \"${env:V}\"", &environment).expect("replaced");
        let table: toml::Table = done.text.parse().expect("TOML");
        prop_assert_eq!(table["a"].as_str(), Some(value.as_str()));
        let result = substitute(&file, &environment);
        if !file.contains('$') {
            prop_assert_eq!(result.expect("nothing to replace").text, file);
        }
    }

    /// Scenario: files made of the characters that matter to the scanner.
    /// Guarantees: nothing panics, and every offset leads back into the file.
    #[test]
    fn any_syntax(file in "[\"'\\\\$\\{\\}:a#\n\\-env]{0,60}") {
        let environment: Environment = [("a".to_owned(), "x".to_owned())].into();
        if let Ok(done) = substitute(&file, &environment) {
            for at in 0..=done.text.len() {
                prop_assert!(done.source_offset(at) <= file.len());
            }
        }
    }
}
