//! ISO 639-3 codes, as corpora name their files, to the shortest code, as BCP-47 wants it.

use super::Tag;

/// Codes of three letters that have one of two.
#[rustfmt::skip]
const SHORTER: &[(&str, &str)] = &[
    ("aar", "aa"), ("abk", "ab"), ("afr", "af"), ("aka", "ak"), ("amh", "am"), ("ara", "ar"), ("arg", "an"),
    ("asm", "as"), ("ava", "av"), ("aym", "ay"), ("aze", "az"), ("bak", "ba"), ("bam", "bm"), ("bel", "be"),
    ("ben", "bn"), ("bis", "bi"), ("bod", "bo"), ("bos", "bs"), ("bre", "br"), ("bul", "bg"), ("cat", "ca"),
    ("ces", "cs"), ("cha", "ch"), ("che", "ce"), ("chv", "cv"), ("cor", "kw"), ("cos", "co"), ("cre", "cr"),
    ("cym", "cy"), ("dan", "da"), ("deu", "de"), ("div", "dv"), ("dzo", "dz"), ("ell", "el"), ("eng", "en"),
    ("epo", "eo"), ("est", "et"), ("eus", "eu"), ("ewe", "ee"), ("fao", "fo"), ("fas", "fa"), ("fij", "fj"),
    ("fin", "fi"), ("fra", "fr"), ("fry", "fy"), ("ful", "ff"), ("gla", "gd"), ("gle", "ga"), ("glg", "gl"),
    ("glv", "gv"), ("grn", "gn"), ("guj", "gu"), ("hat", "ht"), ("hau", "ha"), ("hbs", "sh"), ("heb", "he"),
    ("her", "hz"), ("hin", "hi"), ("hrv", "hr"), ("hun", "hu"), ("hye", "hy"), ("ibo", "ig"), ("ido", "io"),
    ("iii", "ii"), ("iku", "iu"), ("ile", "ie"), ("ina", "ia"), ("ind", "id"), ("ipk", "ik"), ("isl", "is"),
    ("ita", "it"), ("jav", "jv"), ("jpn", "ja"), ("kal", "kl"), ("kan", "kn"), ("kas", "ks"), ("kat", "ka"),
    ("kau", "kr"), ("kaz", "kk"), ("khm", "km"), ("kik", "ki"), ("kin", "rw"), ("kir", "ky"), ("kom", "kv"),
    ("kon", "kg"), ("kor", "ko"), ("kua", "kj"), ("kur", "ku"), ("lao", "lo"), ("lat", "la"), ("lav", "lv"),
    ("lim", "li"), ("lin", "ln"), ("lit", "lt"), ("ltz", "lb"), ("lub", "lu"), ("lug", "lg"), ("mah", "mh"),
    ("mal", "ml"), ("mar", "mr"), ("mkd", "mk"), ("mlg", "mg"), ("mlt", "mt"), ("mon", "mn"), ("mri", "mi"),
    ("msa", "ms"), ("mya", "my"), ("nau", "na"), ("nav", "nv"), ("nbl", "nr"), ("nde", "nd"), ("ndo", "ng"),
    ("nep", "ne"), ("nld", "nl"), ("nno", "nn"), ("nob", "nb"), ("nor", "no"), ("nya", "ny"), ("oci", "oc"),
    ("oji", "oj"), ("ori", "or"), ("orm", "om"), ("oss", "os"), ("pan", "pa"), ("pli", "pi"), ("pol", "pl"),
    ("por", "pt"), ("pus", "ps"), ("que", "qu"), ("roh", "rm"), ("ron", "ro"), ("run", "rn"), ("rus", "ru"),
    ("sag", "sg"), ("san", "sa"), ("sin", "si"), ("slk", "sk"), ("slv", "sl"), ("sme", "se"), ("smo", "sm"),
    ("sna", "sn"), ("snd", "sd"), ("som", "so"), ("sot", "st"), ("spa", "es"), ("sqi", "sq"), ("srd", "sc"),
    ("srp", "sr"), ("ssw", "ss"), ("sun", "su"), ("swa", "sw"), ("swe", "sv"), ("tah", "ty"), ("tam", "ta"),
    ("tat", "tt"), ("tel", "te"), ("tgk", "tg"), ("tgl", "tl"), ("tha", "th"), ("tir", "ti"), ("ton", "to"),
    ("tsn", "tn"), ("tso", "ts"), ("tuk", "tk"), ("tur", "tr"), ("twi", "tw"), ("uig", "ug"), ("ukr", "uk"),
    ("urd", "ur"), ("uzb", "uz"), ("ven", "ve"), ("vie", "vi"), ("vol", "vo"), ("wln", "wa"), ("wol", "wo"),
    ("xho", "xh"), ("yid", "yi"), ("yor", "yo"), ("zha", "za"), ("zho", "zh"), ("zul", "zu"),
];

/// The tag of a corpus label in the script of a head: `srp` in `Latn` is `sr-Latn` when most of it is in another script.
/// A label may be a BCP-47 tag itself; `xxx-Latn` says its script. `None` for what is no tag.
pub fn tag(label: &str, script: &str, usual_script: &str) -> Option<Tag> {
    let (primary, told) = label.split_once('-').map_or((label, None), |(primary, script)| (primary, Some(script)));
    let primary = SHORTER.binary_search_by_key(&primary, |(long, _)| long).map_or(primary, |at| SHORTER[at].1);
    match told {
        Some(script) => Tag::parse(&format!("{primary}-{script}")),
        // Japanese without kana is Japanese all the same.
        None if script == usual_script || (script, usual_script) == ("Hani", "Jpan") => Tag::parse(primary),
        None => Tag::parse(&format!("{primary}-{script}")),
    }
}

/// The shortest code of an ISO 639-3 code.
pub fn shortest(code: &str) -> &str {
    SHORTER.binary_search_by_key(&code, |(long, _)| long).map_or(code, |at| SHORTER[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: labels of the corpora, and tags of a user's own.
    /// Guarantees: the shortest code, and a script only where it does not go without saying.
    #[test]
    fn labels_to_tags() {
        for (label, script, usual, expected) in [
            ("swa", "Latn", "Latn", "sw"),
            ("srp", "Latn", "Cyrl", "sr-Latn"),
            ("srp", "Cyrl", "Cyrl", "sr"),
            ("hin-Latn", "Latn", "Latn", "hi-Latn"),
            ("ceb", "Latn", "Latn", "ceb"),
            ("gsw", "Latn", "Latn", "gsw"),
            ("pt-BR", "Latn", "Latn", "pt-BR"),
            ("zxx", "Latn", "Latn", "zxx"),
        ] {
            assert_eq!(tag(label, script, usual).map(|tag| tag.to_string()).as_deref(), Some(expected), "{label}");
        }
        assert_eq!(tag("Not a label", "Latn", "Latn"), None);
        assert!(SHORTER.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
