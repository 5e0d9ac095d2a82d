//! Whether two tags are the same language for a reader.

use super::Tag;

/// Members of macrolanguages that are not told apart.
const MACRO: &[(&str, &str)] = &[
    ("hr", "sh"),
    ("bs", "sh"),
    ("sr", "sh"),
    ("cnr", "sh"),
    ("nb", "no"),
    ("nn", "no"),
    ("cmn", "zh"),
    ("arb", "ar"),
    ("arz", "ar"),
    ("pes", "fa"),
    ("prs", "fa"),
    ("fil", "tl"),
    ("iw", "he"),
    ("in", "id"),
    ("zsm", "ms"),
    ("swh", "sw"),
];

/// Whether `a` and `b` are the same language; `None` when either is none (`und`, `mul`, `zxx`, `other`).
///
/// Scripts and regions do not matter (`zh` and `zh-Hant` are the same), members of a macrolanguage that short texts do
/// not tell apart are the same (`hr` and `sr`, `nb` and `no`).
pub fn same_language(a: Tag, b: Tag) -> Option<bool> {
    (a.is_language() && b.is_language()).then(|| group(a.primary()) == group(b.primary()))
}

/// Whether `narrow` is one of the languages or writings that `wide` stands for: `zh-Hans` of `zh`, `hr` of `sh`.
pub(super) fn is_part_of(narrow: Tag, wide: Tag) -> bool {
    let primary = narrow.primary();
    narrow != wide && (wide.as_str() == primary || wide.as_str() == group(primary))
}

/// Whether an answer in `said` is what somebody expects who expects `expected`.
///
/// As [`same_language`], and Indonesian and Malay, which short texts do not tell apart, are one. A language that was
/// `named` may insist on its script: Traditional Chinese is not answered in simplified characters.
pub(super) fn is_same_to_a_reader(expected: Tag, said: Tag, named: bool) -> bool {
    let close = |a: Tag, b: Tag| matches!((group(a.primary()), group(b.primary())), ("id", "ms") | ("ms", "id"));
    if same_language(expected, said) != Some(true) && !close(expected, said) {
        return false;
    }
    match (named.then(|| named_script(&expected)).flatten(), script(&said)) {
        (Some(expected), Some(said)) => expected == said,
        _ => true,
    }
}

/// The script subtag.
pub(super) fn script(tag: &Tag) -> Option<&str> {
    tag.as_str().split('-').nth(1).filter(|part| part.len() == 4)
}

/// The script that naming a language names: its subtag, and of a group with several scripts that of a member with one.
fn named_script(tag: &Tag) -> Option<&str> {
    match tag.as_str() {
        "hr" => Some("Latn"),
        _ => script(tag),
    }
}

/// The macrolanguage of a primary subtag whose languages are not told apart, else the subtag itself.
pub(super) fn group(primary: &str) -> &str {
    MACRO.iter().find(|(member, _)| *member == primary).map_or(primary, |(_, group)| group)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: close languages, and scripts, for an expectation that was named and for one that was not.
    /// Guarantees: a reader of one close language is served by the other; only a named script is insisted on.
    #[test]
    fn readers() {
        for (expected, said, by_chance, named) in [
            ("id", "ms", true, true),
            ("ms", "id", true, true),
            ("nb", "nn", true, true),
            ("bs", "sh", true, true),
            ("hr", "sr-Cyrl", true, false),
            ("sr", "sr-Cyrl", true, true),
            ("sr-Latn", "sr-Cyrl", true, false),
            ("zh-Hant", "zh-Hans", true, false),
            ("zh-Hant", "zh", true, true),
            ("zh", "zh-Hant", true, true),
            ("hi", "hi-Latn", true, true),
            ("hi-Latn", "hi", true, true),
            ("id", "tl", false, false),
            ("da", "no", false, false),
            ("fr", "en", false, false),
        ] {
            let (expected, said) = (Tag::literal(expected), Tag::literal(said));
            assert_eq!(is_same_to_a_reader(expected, said, false), by_chance, "{expected} {said}");
            assert_eq!(is_same_to_a_reader(expected, said, true), named, "{expected} {said}");
        }
    }

    /// Scenario: equal, related and different tags, and tags that are no language.
    /// Guarantees: scripts and macrolanguages do not make a mismatch; no verdict where there is no language.
    #[test]
    fn comparisons() {
        for (a, b, same) in [
            ("en", "en", Some(true)),
            ("en", "de", Some(false)),
            ("zh", "zh-Hans", Some(true)),
            ("zh-Hant", "zh-Hans", Some(true)),
            ("zh", "yue", Some(false)),
            ("sh", "hr", Some(true)),
            ("bs", "sr-Latn", Some(true)),
            ("sr", "sh", Some(true)),
            ("nb", "no", Some(true)),
            ("nn", "nb", Some(true)),
            ("no", "da", Some(false)),
            ("und", "en", None),
            ("en", "mul", None),
            ("zxx", "other", None),
        ] {
            let (a, b) = (Tag::literal(a), Tag::literal(b));
            assert_eq!(same_language(a, b), same, "{a} {b}");
            assert_eq!(same_language(b, a), same, "{b} {a}");
        }
    }
}
