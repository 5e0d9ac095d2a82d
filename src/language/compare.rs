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

/// The macrolanguage of a primary subtag whose languages are not told apart, else the subtag itself.
pub(super) fn group(primary: &str) -> &str {
    MACRO.iter().find(|(member, _)| *member == primary).map_or(primary, |(_, group)| group)
}

#[cfg(test)]
mod tests {
    use super::*;

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
