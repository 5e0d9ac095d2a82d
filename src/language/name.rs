//! English names of languages, for people who read reports.

use super::Tag;

/// Primary subtag and name, sorted by subtag.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("af", "Afrikaans"), ("ak", "Akan"), ("am", "Amharic"), ("ar", "Arabic"), ("as", "Assamese"), ("az", "Azerbaijani"),
    ("be", "Belarusian"), ("bg", "Bulgarian"), ("bn", "Bengali"), ("bo", "Tibetan"), ("bs", "Bosnian"),
    ("ca", "Catalan"), ("ceb", "Cebuano"), ("chr", "Cherokee"), ("ckb", "Central Kurdish"), ("cs", "Czech"),
    ("cy", "Welsh"), ("da", "Danish"), ("de", "German"), ("dv", "Dhivehi"), ("el", "Greek"), ("en", "English"),
    ("eo", "Esperanto"), ("es", "Spanish"), ("et", "Estonian"), ("eu", "Basque"), ("fa", "Persian"), ("fi", "Finnish"),
    ("fr", "French"), ("ga", "Irish"), ("gl", "Galician"), ("gu", "Gujarati"), ("ha", "Hausa"), ("he", "Hebrew"),
    ("hi", "Hindi"), ("hr", "Croatian"), ("ht", "Haitian Creole"), ("hu", "Hungarian"), ("hy", "Armenian"),
    ("id", "Indonesian"), ("ig", "Igbo"), ("is", "Icelandic"), ("it", "Italian"), ("ja", "Japanese"),
    ("jv", "Javanese"), ("ka", "Georgian"), ("kk", "Kazakh"), ("km", "Khmer"), ("kn", "Kannada"), ("ko", "Korean"),
    ("ku", "Kurdish"), ("ky", "Kyrgyz"), ("la", "Latin"), ("lb", "Luxembourgish"), ("lo", "Lao"), ("lt", "Lithuanian"),
    ("lv", "Latvian"), ("mg", "Malagasy"), ("mi", "Maori"), ("mk", "Macedonian"), ("ml", "Malayalam"),
    ("mn", "Mongolian"), ("mni", "Manipuri"), ("mr", "Marathi"), ("ms", "Malay"), ("mt", "Maltese"),
    ("mul", "several languages"), ("my", "Burmese"), ("nb", "Norwegian Bokmål"), ("ne", "Nepali"), ("nl", "Dutch"),
    ("nn", "Norwegian Nynorsk"), ("no", "Norwegian"), ("nqo", "N'Ko"), ("om", "Oromo"), ("or", "Odia"),
    ("other", "other languages"), ("pa", "Punjabi"), ("pl", "Polish"), ("ps", "Pashto"), ("pt", "Portuguese"),
    ("ro", "Romanian"), ("ru", "Russian"), ("rw", "Kinyarwanda"), ("sat", "Santali"), ("sd", "Sindhi"),
    ("sh", "Bosnian/Croatian/Serbian"), ("si", "Sinhala"), ("sk", "Slovak"), ("sl", "Slovenian"), ("sn", "Shona"),
    ("so", "Somali"), ("sq", "Albanian"), ("sr", "Serbian"), ("st", "Southern Sotho"), ("su", "Sundanese"),
    ("sv", "Swedish"), ("sw", "Swahili"), ("ta", "Tamil"), ("te", "Telugu"), ("tg", "Tajik"), ("th", "Thai"),
    ("ti", "Tigrinya"), ("tk", "Turkmen"), ("tl", "Tagalog"), ("tr", "Turkish"), ("tt", "Tatar"), ("ug", "Uyghur"),
    ("uk", "Ukrainian"), ("und", "undetermined"), ("ur", "Urdu"), ("uz", "Uzbek"), ("vi", "Vietnamese"),
    ("wo", "Wolof"), ("xh", "Xhosa"), ("yi", "Yiddish"), ("yo", "Yoruba"), ("yue", "Cantonese"), ("zh", "Chinese"),
    ("zu", "Zulu"), ("zxx", "no language"),
];

/// Every primary subtag with its English name.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.iter().copied()
}

/// The English name of a tag's language; `None` when it has none here (show the tag then).
///
/// Chinese is named with its way of writing; other scripts and regions are left out.
pub fn display_name(tag: Tag) -> Option<&'static str> {
    match tag.as_str() {
        "zh-Hans" => return Some("Chinese (Simplified)"),
        "zh-Hant" => return Some("Chinese (Traditional)"),
        _ => {}
    }
    let at = NAMES.binary_search_by_key(&tag.primary(), |(code, _)| code).ok()?;
    NAMES.get(at).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the table, and tags with and without script.
    /// Guarantees: the table is sorted, so that every entry is found.
    #[test]
    fn names() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (tag, name) in
            [("en", "English"), ("zh-Hant", "Chinese (Traditional)"), ("zh", "Chinese"), ("sr-Latn", "Serbian")]
        {
            assert_eq!(display_name(Tag::literal(tag)), Some(name));
        }
        assert_eq!(display_name(Tag::literal("qqq")), None);
    }
}
