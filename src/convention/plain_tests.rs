//! What is read without a tree, and what is left to it.

use super::*;
use crate::convention::messages::messages_of;
use crate::convention::tree::parsed;
use proptest::prelude::*;

fn read(json: &str) -> Option<Messages<'_>> {
    let mut found = Messages::new();
    messages(json, &mut found).map(|()| found)
}

/// Scenario: the plain shape in the spellings of several clients, with escapes and white space.
/// Guarantees: it is read here.
#[test]
fn plain() {
    for json in [
        r#"[{"role":"user","parts":[{"type":"text","content":"hola"}]}]"#,
        r#" [ {"role": "user", "content": "hola"} ] "#,
        r#"[{"content":[{"text":"hola","type":"text"}],"role":"user"}]"#,
        "[{\"role\":\"user\",\"parts\":[{\"content\":\"\\u0068ola\",\"type\":\"text\"}],\"finish_reason\":\"stop\"}]",
    ] {
        let found = read(json).unwrap();
        assert_eq!((found[0].speaker, found[0].texts()), (Some(Speaker::User), vec!["hola"]), "{json}");
    }
    let mut message = Message::default();
    parts(r#"[{"type":"text","content":"a"},{"type":"text","text":"b"}]"#, &mut message).unwrap();
    assert_eq!(message.texts(), ["a", "b"]);
}

/// Scenario: documents that are cut, hold anything else, have members twice, or go on after their end.
/// Guarantees: they are left to the tree.
#[test]
fn not_plain() {
    for json in [
        "",
        "[]",
        "hola",
        r#"[{"role":"user","content":"hola"#,
        r#"[{"role":"user","content":"hola"}"#,
        r#"[{"role":"user","content":"hola"}] x"#,
        r#"[{"role":"user","content":"hola","content":"x"}]"#,
        r#"[{"role":"user","content":null}]"#,
        r#"[{"role":"tool","content":"hola"}]"#,
        r#"[{"role":"nobody","content":"hola"}]"#,
        r#"[{"role":"user","parts":[{"type":"image","content":"hola"}]}]"#,
        r#"[{"role":"user","parts":[{"type":"text","content":"hola","id":"1"}]}]"#,
        r#"[{"role":"assistant","content":"hola","tool_calls":[]}]"#,
        r#"[{"role":"user","content":"hola"},]"#,
        r#"[{"role":"user","content":"\x"}]"#,
    ] {
        assert_eq!(read(json), None, "{json}");
    }
}

fn json() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        " ",
        "null",
        "\"role\":",
        "\"user\"",
        "\"assistant\"",
        "\"tool\"",
        "\"parts\":",
        "\"content\":",
        "\"type\":",
        "\"text\"",
        "\"text\":",
        "\"hola\"",
        "\"\\u0928\"",
        "\"finish_reason\":",
        "\"stop\"",
        "\"__REDACTED__\"",
        r#"{"role":"user","parts":[{"type":"text","content":"#,
        "}]}]",
        r#"[{"role":"user","content":"#,
        r#"{"type":"text","text":"a"}"#,
    ]);
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    /// Scenario: documents put together from the pieces of the plain shape, in any order.
    /// Guarantees: what is read here is what the tree would have given.
    #[test]
    fn as_the_tree(json in json()) {
        if let Some(found) = read(&json) {
            prop_assert_eq!(found.into_vec(), messages_of(parsed(Cow::Borrowed(&json))));
        }
    }
}
