//! The reader on whole, cut and hostile documents.

use super::*;

/// Scenario: whole documents of every kind of value.
/// Guarantees: they read as another JSON reader reads them.
#[test]
fn whole_documents() {
    for text in [
        r#"{"a":[1,2.5e3,-4],"b":{"c":null,"d":[true,false]},"e":"x"}"#,
        r#""plain""#,
        "[]",
        "{}",
        " [ [ ] , { } ] ",
        r#"["\ud83d\ude00 \u0928 \n \" \\ /"]"#,
    ] {
        let read = parse(text).unwrap();
        assert!(read.complete, "{text}");
        assert_eq!(to_serde(&read.value), serde_json::from_str::<serde_json::Value>(text).unwrap(), "{text}");
    }
}

/// Scenario: one document is cut after every byte, also inside escapes.
/// Guarantees: each cut reads as a prefix of the whole, is marked, and never panics.
#[test]
fn cut_documents() {
    let text = r#"[{"role":"user","content":"\u0928\u092e \ud83d\ude00 héllo"},{"role":"x"}]"#;
    for cut in (1..text.len()).filter(|&i| text.is_char_boundary(i)) {
        let read = parse(&text[..cut]).unwrap_or_else(|| panic!("cut at {cut}"));
        assert!(!read.complete, "cut at {cut}");
    }
    let read = parse(&text[..text.find("92e").unwrap()]).unwrap();
    assert_eq!(read.value.at(0).unwrap().get("content").unwrap().as_str(), Some("न"));
}

/// Scenario: texts that are not JSON, among them near misses.
/// Guarantees: they are refused rather than half read.
#[test]
fn not_json() {
    for text in ["", "hello", "[1,]", "{1:2}", "[1] x", r#"{"a" 1}"#, "]", r#""\q""#, "(1, 2)", "{'a': 1}"] {
        assert_eq!(parse(text), None, "{text}");
    }
}

/// Scenario: a hundred thousand opening brackets.
/// Guarantees: depth is bounded, nothing overflows the stack.
#[test]
fn deep_nesting() {
    let brackets = "[".repeat(100_000);
    let read = parse(&brackets).unwrap();
    assert!(!read.complete);
}

/// Scenario: more values than are read, in an array and in an object with keys.
/// Guarantees: the bound holds, the document says that something is missing, the rest is still scanned.
#[test]
fn too_many_values() {
    let array = format!("[{}1]", "1,".repeat(MAX_NODES + 10));
    let read = parse(&array).unwrap();
    assert!(!read.complete && read.value.items().len() == MAX_NODES);
    let object = format!("{{{}\"z\":1}}", "\"a\":1,".repeat(MAX_NODES + 10));
    assert!(!parse(&object).unwrap().complete);
    assert_eq!(parse(&format!("{array} x")), None);
}

/// Scenario: counts as providers write them, and things that are no count.
/// Guarantees: whole numbers are read from numbers and strings, anything else is not.
#[test]
fn counts() {
    for (text, count) in [("12", Some(12)), ("\"12\"", Some(12)), ("1.0", Some(1)), ("1e3", Some(1000))] {
        assert_eq!(parse(text).unwrap().value.as_count(), count, "{text}");
    }
    for text in ["-1", "1.5", "1e99", "\"x\"", "null", "NaN", "-"] {
        assert_eq!(parse(text).unwrap().value.as_count(), None, "{text}");
    }
}

/// Scenario: megabytes of one sign.
/// Guarantees: each is read or refused in linear time.
#[test]
fn one_sign_over_and_over() {
    for unit in ["[", "{", "\"", "\\", "[\"", "{\"a\":", "\"\\u", "[1,", " "] {
        let text = unit.repeat((1 << 20) / unit.len());
        if let Some(read) = parse(&text) {
            assert!(!read.complete || unit == "\"", "{unit}");
        }
    }
}

proptest::proptest! {
    /// Scenario: anything at all, and JSON-like noise.
    /// Guarantees: no panic; what another reader accepts is read to the end.
    #[test]
    fn noise(text in "([\\[\\]{}:,\"\\\\u0-9a-fntrueE+.\\- -]|\\PC){0,80}") {
        let read = parse(&text);
        let plain = text.len() < 60 && !text.contains("\\u");
        if plain && serde_json::from_str::<serde_json::Value>(&text).is_ok() {
            proptest::prop_assert!(read.is_some_and(|read| read.complete), "{}", text);
        }
    }
}

fn to_serde(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Number(n) => serde_json::from_str(n).unwrap(),
        Value::String(s) => s.as_ref().into(),
        Value::Array(items) => items.iter().map(to_serde).collect(),
        Value::Object(members) => {
            serde_json::Value::Object(members.iter().map(|(k, v)| (k.to_string(), to_serde(v))).collect())
        }
    }
}
