//! Languages so close that short text does not tell them apart.

use super::Tag;

/// A macrolanguage and its members as classes of the model.
const GROUPS: &[(Tag, &[Tag])] = &[
    (Tag::literal("sh"), &[Tag::literal("bs"), Tag::literal("hr"), Tag::literal("sr-Latn")]),
    (Tag::literal("no"), &[Tag::literal("nb"), Tag::literal("nn")]),
];

/// A member is named when it has this share of its group's probability. Measured on held-out lines: from there on the
/// member is right in 19 cases of 20.
const SHARE_OF_GROUP: f32 = 0.9;

/// Relatives: what looks like a mixture of two of them is one of them in doubt.
#[rustfmt::skip]
const FAMILIES: &[&[&str]] = &[
    &["bg", "mk", "ru", "uk", "be", "sr", "orv", "rue", "cu"],
    &["bs", "hr", "sr", "sh", "sl", "cs", "sk", "pl", "szl", "hsb", "dsb", "csb", "isv", "bg", "mk", "ru", "uk"],
    &["nb", "nn", "no", "da", "sv", "is", "fo", "ang"],
    &["nl", "af", "de", "lb", "li", "fy", "nds", "gsw", "swg", "ksh", "yi", "sco"],
    &["es", "pt", "gl", "ca", "oc", "ast", "an", "it", "fr", "ro", "la", "ia", "ie", "lfn", "nov", "io", "eo", "vec",
      "lmo", "pms", "lij", "scn", "nap", "fur", "lld", "rm", "sc", "co", "tzl", "cbk", "kea", "pap", "ht", "mfe"],
    &["id", "ms", "jv", "su", "min", "bjn", "ban", "ace", "bew", "bug", "iba", "max", "kzj", "dtp"],
    &["tl", "ceb", "ilo", "war", "pam", "pag"],
    &["to", "sm", "ty", "mi", "haw", "fj", "rap"],
    &["zu", "xh", "ss", "nr", "nd", "ve", "ts", "st", "tn", "nso"],
    &["sw", "rw", "rn", "lg", "ny", "bem", "sn", "ln", "kam", "ki", "guz", "luo", "tum", "kg", "lua", "umb", "kmb",
      "cjk", "lwg", "nuj", "myx", "lgg"],
    &["tr", "az", "crh", "tk", "uz", "kk", "ky", "tt", "ba", "kaa", "krc", "cv", "sah", "azb", "ug"],
    &["hi", "ur", "pa", "bn", "mr", "gu", "ne", "sd", "bho", "mai", "mag", "awa", "hne", "anp", "doi", "sa", "gom", "as",
      "skr", "pnb", "ks", "ta", "te", "kn", "ml", "si", "brx", "mni"],
    &["ar", "fa", "ur", "ps", "ckb", "ku", "sd", "sdh", "mzn", "lrc", "kr", "diq"],
    &["bo", "dz"],
    &["my", "shn", "mnw", "rki", "blk"],
    &["zh", "yue", "wuu"],
    &["fi", "et", "se", "smn", "sms", "vep", "krl"],
    &["lt", "lv", "ltg"],
    &["ga", "gd", "gv", "br", "cy", "kw"],
    &["kab", "ber", "shi", "tzm", "taq", "zgh"],
    &["am", "ti"], &["en", "sco", "jam", "pcm", "ang"],
    &["fon", "ee", "bm", "dga", "dag", "mos", "kus", "gur", "ak"],
];

/// Whether two languages are relatives.
pub(super) fn related(a: Tag, b: Tag) -> bool {
    let (a, b) = (a.primary(), b.primary());
    a == b || FAMILIES.iter().any(|family| family.contains(&a) && family.contains(&b))
}

/// The macrolanguage of a member.
fn of(tag: Tag) -> Option<Tag> {
    GROUPS.iter().find(|(_, members)| members.contains(&tag)).map(|(group, _)| *group)
}

/// Classes with their probabilities, best first, after the members of a group were added up: under the name of the
/// macrolanguage, or of the member that has nearly all of it. Fewer than `N` leave `und` with 0.
pub(super) fn merge<const N: usize>(classes: &[Tag], best: &[(usize, f32); N]) -> [(Tag, f32); N] {
    let mut merged = [(Tag::UND, 0.0f32, 0.0f32); N];
    let mut used = 0;
    for &(class, p) in best.iter().filter(|(_, p)| *p > 0.0) {
        let Some(&tag) = classes.get(class) else { continue };
        let group = of(tag);
        let known = merged.iter_mut().take(used).find(|(other, ..)| group.is_some() && of(*other) == group);
        match known {
            Some(entry) => entry.1 += p,
            None => {
                merged[used] = (tag, p, p);
                used += 1;
            }
        }
    }
    for (tag, sum, own) in merged.iter_mut().take(used) {
        if let Some(group) = of(*tag)
            && *own < SHARE_OF_GROUP * *sum
        {
            *tag = group;
        }
    }
    // Stable, few, and nearly in order.
    merged[..used].sort_by(|a, b| b.1.total_cmp(&a.1));
    merged.map(|(tag, sum, _)| (tag, sum))
}

/// A language that is taken for a far larger relative so easily that it is only said with this share of both: Indonesian is
/// written by ten times as many as Malay, and half of what looks like Malay at even odds is Indonesian. What is typed in
/// Latin letters in Hindi and in Urdu is the same language but for learned words, and three times as many speak Hindi.
const RARER: &[(Tag, Tag, f32)] =
    &[(Tag::literal("ms"), Tag::literal("id"), 0.75), (Tag::literal("ur-Latn"), Tag::literal("hi-Latn"), 0.75)];

/// Puts the larger of two relatives first where the odds are not clear.
pub(super) fn prefer_larger<const N: usize>(merged: &mut [(Tag, f32); N]) {
    if let [first, second, ..] = merged.as_mut_slice()
        && let Some(&(.., share)) = RARER.iter().find(|(rare, large, _)| (*rare, *large) == (first.0, second.0))
        && first.1 < share * (first.1 + second.1)
    {
        std::mem::swap(&mut first.0, &mut second.0);
    }
}

/// Whether a verdict is right for a text in a language: the language itself, or the group it is in.
pub(super) fn same(said: Tag, is: Tag) -> bool {
    said == is || of(is) == Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: members of a group near to each other, one that leads, and languages without a group.
    /// Guarantees: the group is named with the sum, the leader by its own name, the others as they are.
    #[test]
    fn members_are_added_up() {
        let classes = ["en", "hr", "bs", "sr-Latn", "sl", "nb"].map(Tag::literal);
        let said = merge(&classes, &[(4, 0.3), (1, 0.25), (3, 0.2), (2, 0.1), (0, 0.05)]);
        assert_eq!(said[0].0.as_str(), "sh");
        assert!((said[0].1 - 0.55).abs() < 1e-6);
        assert_eq!((said[1].0.as_str(), said[2].0.as_str(), said[3]), ("sl", "en", (Tag::UND, 0.0)));
        let said = merge(&classes, &[(1, 0.9), (2, 0.05), (5, 0.02)]);
        assert_eq!((said[0].0.as_str(), said[1].0.as_str()), ("hr", "nb"));
    }
}
