//! Locales and language codes as programs write them.

use crate::language::{Tag, display_name};

/// Longest code that is looked at.
const MAX_BYTES: usize = 64;

/// Codes of three letters (ISO 639-2 and -3) of languages that have one of two, and old codes.
#[rustfmt::skip]
const SHORTER: &[(&str, &str)] = &[
    ("afr", "af"), ("aka", "ak"), ("amh", "am"), ("ara", "ar"), ("arb", "ar"), ("asm", "as"), ("aze", "az"),
    ("bel", "be"), ("ben", "bn"), ("bod", "bo"), ("bos", "bs"), ("bul", "bg"), ("cat", "ca"), ("ces", "cs"),
    ("chi", "zh"), ("cmn", "zh"), ("cym", "cy"), ("cze", "cs"), ("dan", "da"), ("deu", "de"), ("dut", "nl"),
    ("ell", "el"), ("eng", "en"), ("est", "et"), ("eus", "eu"), ("fas", "fa"), ("fil", "tl"), ("fin", "fi"),
    ("fra", "fr"), ("fre", "fr"), ("ger", "de"), ("gle", "ga"), ("glg", "gl"), ("gre", "el"), ("guj", "gu"),
    ("hat", "ht"), ("hau", "ha"), ("heb", "he"), ("hin", "hi"), ("hrv", "hr"), ("hun", "hu"), ("hye", "hy"),
    ("ibo", "ig"), ("ind", "id"), ("isl", "is"), ("ita", "it"), ("iw", "he"), ("jav", "jv"), ("jpn", "ja"),
    ("kan", "kn"), ("kat", "ka"), ("kaz", "kk"), ("khm", "km"), ("kin", "rw"), ("kir", "ky"), ("kor", "ko"),
    ("kur", "ku"), ("lao", "lo"), ("lat", "la"), ("lav", "lv"), ("lit", "lt"), ("ltz", "lb"), ("mal", "ml"),
    ("mar", "mr"), ("mkd", "mk"), ("mlg", "mg"), ("mlt", "mt"), ("mon", "mn"), ("mri", "mi"), ("msa", "ms"),
    ("mya", "my"), ("nep", "ne"), ("nld", "nl"), ("nno", "nn"), ("nob", "nb"), ("nor", "no"), ("ori", "or"),
    ("orm", "om"), ("pan", "pa"), ("per", "fa"), ("pes", "fa"), ("pol", "pl"), ("por", "pt"), ("prs", "fa"),
    ("pus", "ps"), ("ron", "ro"), ("rum", "ro"), ("rus", "ru"), ("sin", "si"), ("slk", "sk"), ("slv", "sl"),
    ("sna", "sn"), ("snd", "sd"), ("som", "so"), ("sot", "st"), ("spa", "es"), ("sqi", "sq"), ("srp", "sr"),
    ("sun", "su"), ("swa", "sw"), ("swe", "sv"), ("swh", "sw"), ("tam", "ta"), ("tat", "tt"), ("tel", "te"),
    ("tgk", "tg"), ("tgl", "tl"), ("tha", "th"), ("tir", "ti"), ("tuk", "tk"), ("tur", "tr"), ("uig", "ug"),
    ("ukr", "uk"), ("urd", "ur"), ("uzb", "uz"), ("vie", "vi"), ("wol", "wo"), ("xho", "xh"), ("yid", "yi"),
    ("yor", "yo"), ("zho", "zh"), ("zsm", "ms"), ("zul", "zu"), ("in", "id"), ("ji", "yi"),
];

/// The language of a locale: `fr`, `pt-BR`, `zh_TW.UTF-8`, `sr-Latn-RS`, `fr-FR,fr;q=0.9`, `swa`, `French`.
///
/// Of the region only the script that it writes Chinese in stays. `None` for anything that names no language, such as
/// `C`, `POSIX` or `und`.
pub fn parse_locale(text: &str) -> Option<Tag> {
    let text = text.trim().trim_matches(['"', '\'']);
    if text.is_empty() || text.len() > MAX_BYTES {
        return None;
    }
    // The first of an Accept-Language header; then without encoding and modifier.
    let first = text.split([',', ';']).next().unwrap_or_default();
    let first = first.split(['.', '@']).next().unwrap_or_default().trim();
    coded(first).or_else(|| super::phrases::compiled().named(first))
}

fn coded(text: &str) -> Option<Tag> {
    let mut parts = text.split(['-', '_']);
    let primary = parts.next()?.to_ascii_lowercase();
    if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let primary = SHORTER.iter().find(|(long, _)| *long == primary).map_or(primary.as_str(), |&(_, short)| short);
    let (mut script, mut region) = (None, None);
    for part in parts {
        match part.len() {
            4 if script.is_none() && part.bytes().all(|b| b.is_ascii_alphabetic()) => script = Some(part),
            2 | 3 if region.is_none() && part.bytes().all(|b| b.is_ascii_alphanumeric()) => region = Some(part),
            1..=8 if part.bytes().all(|b| b.is_ascii_alphanumeric()) => {}
            _ => return None,
        }
    }
    let tag = Tag::parse(primary)?;
    // A code that no list of languages has is a word, unless a region stands with it.
    if !tag.is_language() || display_name(tag).is_none() && region.is_none() && script.is_none() {
        return None;
    }
    let written = match (primary, region.map(str::to_ascii_uppercase).as_deref()) {
        ("zh", Some("TW" | "HK" | "MO")) => Some("Hant"),
        ("zh", Some("CN" | "SG" | "MY")) => Some("Hans"),
        _ => None,
    };
    let script = script.map(title).or(written.map(str::to_owned));
    match script {
        Some(script) => Tag::parse(&format!("{primary}-{script}")),
        None => Some(tag),
    }
}

fn title(script: &str) -> String {
    let lower = script.to_ascii_lowercase();
    let mut chars = lower.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Scenario: locales as browsers, systems, frameworks and people write them, and words that are none.
    /// Guarantees: the language, with the script that Chinese is written in; nothing where none is named.
    #[test]
    fn locales() {
        for (text, tag) in [
            ("fr", "fr"),
            ("FR", "fr"),
            ("pt-BR", "pt"),
            ("pt_BR", "pt"),
            ("de_DE.UTF-8", "de"),
            ("ca@valencia", "ca"),
            ("zh-TW", "zh-Hant"),
            ("zh_CN.GB18030", "zh-Hans"),
            ("zh-Hant-HK", "zh-Hant"),
            ("zh-hans", "zh-Hans"),
            ("zh", "zh"),
            ("sr-Latn-RS", "sr-Latn"),
            ("sr_RS@latin", "sr"),
            ("swa", "sw"),
            ("iw-IL", "he"),
            ("es-419", "es"),
            ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
            ("\"sw\"", "sw"),
            ("French", "fr"),
            ("Deutsch", "de"),
            ("ceb", "ceb"),
        ] {
            assert_eq!(parse_locale(text).map(|tag| tag.to_string()).as_deref(), Some(tag), "{text}");
        }
        for text in ["", "C", "C.UTF-8", "POSIX", "und", "mul", "root", "qq", "unknown", "null", "1", "en--US", "日"] {
            assert_eq!(parse_locale(text), None, "{text}");
        }
    }

    proptest! {
        /// Scenario: any text.
        /// Guarantees: no panic, and what comes out is a language.
        #[test]
        fn any_text(text in "\\PC{0,80}|[a-zA-Z_@.,;-]{0,20}") {
            if let Some(tag) = parse_locale(&text) {
                prop_assert!(tag.is_language());
            }
        }
    }
}
