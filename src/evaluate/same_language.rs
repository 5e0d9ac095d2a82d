//! Whether two verdicts name the same language.

use crate::language::{self, Certainty, Verdict};

/// Whether both are the same language, in whatever script. `None` when one of them is no language or only a guess.
pub(super) fn same_language(a: &Verdict, b: &Verdict) -> Option<bool> {
    let known = |v: &Verdict| v.certainty >= Certainty::Medium;
    if known(a) && known(b) { language::same_language(a.language, b.language) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Tag;

    fn verdict(language: &str, certainty: Certainty) -> Verdict {
        Verdict { language: Tag::parse(language).unwrap(), certainty, ..Verdict::undetermined("Latn") }
    }

    /// Scenario: pairs of tags: equal, in other scripts, within a group, of other languages, no languages, guesses.
    /// Guarantees: only two well-known languages are compared, and close ones count as one.
    #[test]
    fn pairs() {
        for (a, b, same) in [
            ("sw", "sw", Some(true)),
            ("zh-Hans", "zh-Hant", Some(true)),
            ("hi-Latn", "hi", Some(true)),
            ("sh", "sr-Latn", Some(true)),
            ("nb", "nn", Some(true)),
            ("nb", "da", Some(false)),
            ("sw", "en", Some(false)),
            ("und", "en", None),
            ("mul", "mul", None),
            ("en", "zxx", None),
        ] {
            let of = |tag| verdict(tag, Certainty::Medium);
            assert_eq!(same_language(&of(a), &of(b)), same, "{a} {b}");
            assert_eq!(same_language(&of(b), &of(a)), same, "{b} {a}");
            assert_eq!(same_language(&of(a), &verdict(b, Certainty::Low)), None);
        }
    }
}
