//! The scripts that languages are written in.

use super::Tag;
use super::compare::script as subtag;
use crate::text::script::Script;

/// The scripts of a language; empty for one that is not known here. A script that the tag names is the only one when
/// `strictly`, else those are added that its readers use beside it.
pub fn scripts(tag: Tag, strictly: bool) -> &'static [Script] {
    use Script as S;
    let named: &[Script] = match subtag(&tag) {
        Some("Latn") => &[S::Latin],
        Some("Cyrl") => &[S::Cyrillic],
        Some("Arab") => &[S::Arabic],
        Some("Deva") => &[S::Devanagari],
        Some("Hans" | "Hant" | "Hani") => &[S::Han],
        Some("Mtei") => &[S::MeeteiMayek],
        Some("Beng") => &[S::Bengali],
        Some("Guru") => &[S::Gurmukhi],
        Some("Tfng") => &[S::Tifinagh],
        _ => &[],
    };
    if !named.is_empty() && strictly {
        return named;
    }
    match tag.primary() {
        "zh" | "yue" | "cmn" | "wuu" => &[S::Han],
        "ja" => &[S::Hiragana, S::Katakana, S::Han],
        "ko" => &[S::Hangul, S::Han],
        "ru" | "uk" | "bg" | "mk" | "be" | "ky" | "ba" | "cv" | "ce" | "udm" | "sah" | "ab" | "os" => &[S::Cyrillic],
        "sr" | "bs" | "sh" | "cnr" | "kk" | "uz" | "tg" | "tt" | "az" | "tk" | "crh"
            if subtag(&tag) != Some("Arab") =>
        {
            &[S::Latin, S::Cyrillic]
        }
        "mn" => &[S::Cyrillic, S::Mongolian],
        "el" => &[S::Greek],
        "hy" => &[S::Armenian],
        "ka" => &[S::Georgian],
        "he" | "yi" => &[S::Hebrew],
        "ar" | "arz" | "arb" | "fa" | "ps" | "ckb" | "ug" | "pnb" | "skr" | "bal" => &[S::Arabic],
        "ur" | "hi" | "mr" | "ne" | "ks" | "sd" | "bho" | "mai" | "doi" | "kok" | "sa" if !named.is_empty() => {
            &[S::Arabic, S::Devanagari, S::Latin]
        }
        "ur" => &[S::Arabic],
        "hi" | "mr" | "ne" | "bho" | "mai" | "doi" | "kok" | "sa" => &[S::Devanagari],
        "ks" | "sd" => &[S::Arabic, S::Devanagari],
        "bn" | "as" => &[S::Bengali],
        "pa" => &[S::Gurmukhi, S::Arabic],
        "gu" => &[S::Gujarati],
        "or" => &[S::Oriya],
        "ta" => &[S::Tamil],
        "te" => &[S::Telugu],
        "kn" => &[S::Kannada],
        "ml" => &[S::Malayalam],
        "si" => &[S::Sinhala],
        "th" => &[S::Thai],
        "lo" => &[S::Lao],
        "bo" | "dz" => &[S::Tibetan],
        "my" => &[S::Myanmar],
        "km" => &[S::Khmer],
        "am" | "ti" => &[S::Ethiopic],
        "dv" => &[S::Thaana],
        "nqo" => &[S::Nko],
        "chr" => &[S::Cherokee],
        "sat" => &[S::OlChiki],
        "mni" => &[S::MeeteiMayek, S::Bengali],
        "ku" => &[S::Latin, S::Arabic],
        "ha" | "ms" | "so" | "wo" => &[S::Latin, S::Arabic],
        "jv" | "su" => &[S::Latin, S::Javanese],
        "ber" | "zgh" | "kab" => &[S::Latin, S::Tifinagh],
        "af" | "ak" | "ay" | "bm" | "br" | "ca" | "ceb" | "co" | "cs" | "cy" | "da" | "de" | "ee" | "en" | "eo"
        | "es" | "et" | "eu" | "ff" | "fi" | "fj" | "fo" | "fr" | "fy" | "ga" | "gd" | "gl" | "gn" | "haw" | "hil"
        | "hr" | "ht" | "hu" | "id" | "ig" | "ilo" | "is" | "it" | "la" | "lb" | "lg" | "ln" | "lt" | "lv" | "mg"
        | "mi" | "mt" | "nah" | "nb" | "nl" | "nn" | "no" | "nr" | "nso" | "ny" | "oc" | "om" | "pap" | "pcm"
        | "pl" | "pt" | "qu" | "rm" | "rn" | "ro" | "rw" | "sc" | "sk" | "sl" | "sm" | "sn" | "sq" | "ss" | "st"
        | "sv" | "sw" | "tl" | "tn" | "to" | "tr" | "ts" | "ve" | "vi" | "war" | "xh" | "yo" | "zu" | "hmn" | "kl"
        | "tpi" => &[S::Latin],
        _ => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::name;

    /// Scenario: every language that has a name, and tags with scripts.
    /// Guarantees: each has its scripts; a named script alone is meant strictly, and never lost.
    #[test]
    fn known() {
        for (tag, name) in name::all() {
            let tag = Tag::literal(tag);
            assert!(!tag.is_language() || !scripts(tag, false).is_empty(), "{name}");
        }
        for (tag, strictly, some) in [
            ("sr", false, Script::Cyrillic),
            ("sr-Latn", true, Script::Latin),
            ("hi-Latn", false, Script::Devanagari),
            ("hi-Latn", false, Script::Latin),
            ("ja", true, Script::Katakana),
            ("zh-Hant", true, Script::Han),
            ("xx-Cyrl", false, Script::Cyrillic),
        ] {
            assert!(scripts(Tag::literal(tag), strictly).contains(&some), "{tag}");
        }
        assert_eq!(scripts(Tag::literal("sr-Latn"), true), [Script::Latin]);
        assert!(scripts(Tag::literal("qq"), false).is_empty());
    }
}
