//! In which scripts a language is written, as far as a label does not say.

/// A language whose label names no script, and the scripts that it is for; the first goes without saying in its tag.
#[rustfmt::skip]
const SCRIPTS: &[(&str, &[&str])] = &[
    ("ab", CYRILLIC), ("ady", CYRILLIC), ("alt", CYRILLIC), ("av", CYRILLIC), ("ba", CYRILLIC), ("be", CYRILLIC),
    ("bg", CYRILLIC), ("bua", CYRILLIC), ("bxr", CYRILLIC), ("ce", CYRILLIC), ("ckt", CYRILLIC), ("cu", CYRILLIC),
    ("cv", CYRILLIC), ("dar", CYRILLIC), ("evn", CYRILLIC), ("inh", CYRILLIC), ("kbd", CYRILLIC), ("kca", CYRILLIC),
    ("kjh", CYRILLIC), ("koi", CYRILLIC), ("kpv", CYRILLIC), ("krc", CYRILLIC), ("kum", CYRILLIC), ("kv", CYRILLIC),
    ("ky", &["Cyrl", "Arab"]), ("kk", &["Cyrl", "Latn", "Arab"]), ("lbe", CYRILLIC), ("lez", CYRILLIC),
    ("mdf", CYRILLIC), ("mhr", CYRILLIC), ("mk", CYRILLIC), ("mn", &["Cyrl", "Mong"]), ("mrj", CYRILLIC),
    ("myv", CYRILLIC), ("nog", CYRILLIC), ("os", CYRILLIC), ("ru", CYRILLIC), ("rue", CYRILLIC), ("sah", CYRILLIC),
    ("tab", CYRILLIC), ("tg", CYRILLIC), ("tt", &["Cyrl", "Latn"]), ("tyv", CYRILLIC), ("udm", CYRILLIC),
    ("uk", CYRILLIC), ("xal", CYRILLIC), ("sr", &["Cyrl", "Latn"]),
    ("az", &["Latn", "Cyrl", "Arab"]), ("bs", &["Latn", "Cyrl"]), ("crh", &["Latn", "Cyrl"]), ("ha", &["Latn", "Arab"]),
    ("jv", &["Latn", "Java"]), ("ku", &["Latn", "Arab", "Cyrl"]), ("lad", &["Latn", "Hebr"]), ("ms", &["Latn", "Arab"]),
    ("sh", &["Latn", "Cyrl"]), ("tk", &["Latn", "Cyrl", "Arab"]), ("uz", &["Latn", "Cyrl", "Arab"]),
    ("acm", ARABIC), ("aeb", ARABIC), ("apc", ARABIC), ("ar", ARABIC), ("arq", ARABIC), ("ars", ARABIC), ("ary", ARABIC),
    ("arz", ARABIC), ("azb", ARABIC), ("bal", ARABIC), ("bqi", ARABIC), ("brh", ARABIC), ("ckb", ARABIC),
    ("fa", ARABIC), ("glk", ARABIC), ("hno", ARABIC), ("khw", ARABIC), ("ks", &["Arab", "Deva"]), ("lrc", ARABIC),
    ("mzn", ARABIC), ("ota", ARABIC), ("pnb", ARABIC), ("prs", ARABIC), ("ps", ARABIC), ("sd", &["Arab", "Deva"]),
    ("sdh", ARABIC), ("skr", ARABIC), ("trw", ARABIC), ("ug", &["Arab", "Cyrl", "Latn"]), ("ur", ARABIC),
    ("anp", DEVANAGARI), ("awa", DEVANAGARI), ("bgc", DEVANAGARI), ("bho", DEVANAGARI), ("bra", DEVANAGARI),
    ("brx", DEVANAGARI), ("doi", DEVANAGARI), ("dty", DEVANAGARI), ("gbm", DEVANAGARI), ("gom", &["Deva", "Latn"]),
    ("hi", DEVANAGARI), ("hne", DEVANAGARI), ("kok", &["Deva", "Latn"]), ("mag", DEVANAGARI), ("mai", DEVANAGARI),
    ("mr", DEVANAGARI), ("mwr", DEVANAGARI), ("ne", DEVANAGARI), ("new", DEVANAGARI), ("raj", DEVANAGARI),
    ("sa", DEVANAGARI), ("xnr", DEVANAGARI),
    ("as", &["Beng"]), ("bn", &["Beng"]), ("bpy", &["Beng"]), ("ctg", &["Beng"]), ("mni", &["Beng", "Mtei"]),
    ("sat", &["Olck", "Beng", "Deva", "Latn"]),
    ("he", &["Hebr"]), ("yi", &["Hebr"]),
    ("am", &["Ethi"]), ("gez", &["Ethi"]), ("ti", &["Ethi"]), ("tig", &["Ethi"]),
    ("blk", &["Mymr"]), ("kjg", &["Mymr"]), ("ksw", &["Mymr"]), ("mnw", &["Mymr"]), ("my", &["Mymr"]), ("shn", &["Mymr"]),
    ("bo", &["Tibt"]), ("dz", &["Tibt"]),
    ("cdo", HAN), ("gan", HAN), ("hak", HAN), ("hsn", HAN), ("lzh", HAN), ("wuu", HAN), ("yue", HAN), ("zh", HAN),
    ("nan", &["Latn", "Hani"]),
    ("ber", &["Latn", "Tfng"]), ("taq", &["Latn", "Tfng"]), ("tmh", &["Latn", "Tfng"]), ("tzm", &["Tfng", "Latn"]),
    ("zgh", &["Tfng"]),
    ("cr", &["Cans", "Latn"]), ("iu", &["Cans", "Latn"]), ("oj", &["Cans", "Latn"]),
    ("grc", &["Grek"]), ("pnt", &["Grek"]), ("hyw", &["Armn"]), ("xmf", &["Geor"]), ("tcy", &["Knda"]),
    ("arc", &["Syrc"]), ("aii", &["Syrc"]), ("syc", &["Syrc"]),
    ("chr", &["Cher"]), ("dv", &["Thaa"]), ("el", &["Grek"]), ("gu", &["Gujr"]), ("hy", &["Armn"]), ("ja", &["Jpan"]),
    ("ka", &["Geor"]), ("km", &["Khmr"]), ("kn", &["Knda"]), ("ko", &["Kore"]), ("lo", &["Laoo"]), ("ml", &["Mlym"]),
    ("nqo", &["Nkoo"]), ("or", &["Orya"]), ("pa", &["Guru", "Arab"]), ("si", &["Sinh"]), ("ta", &["Taml"]),
    ("te", &["Telu"]), ("th", &["Thai"]),
];

const CYRILLIC: &[&str] = &["Cyrl"];
const ARABIC: &[&str] = &["Arab"];
const DEVANAGARI: &[&str] = &["Deva"];
const HAN: &[&str] = &["Hani"];
const LATIN: &[&str] = &["Latn"];

/// Scripts that one language in use today is written in, and that language.
#[rustfmt::skip]
const OWN: &[(&str, &str)] = &[
    ("Armn", "hy"), ("Cher", "chr"), ("Geor", "ka"), ("Grek", "el"), ("Gujr", "gu"), ("Guru", "pa"), ("Jpan", "ja"),
    ("Khmr", "km"), ("Knda", "kn"), ("Kore", "ko"), ("Laoo", "lo"), ("Mlym", "ml"), ("Nkoo", "nqo"), ("Olck", "sat"),
    ("Orya", "or"), ("Sinh", "si"), ("Taml", "ta"), ("Telu", "te"), ("Thaa", "dv"), ("Thai", "th"),
];

/// The scripts of a language, its usual one first; `None` when that is not known here. All languages with a code of
/// two letters that are not in the table are written in Latin letters.
pub(super) fn scripts(language: &str) -> Option<&'static [&'static str]> {
    let known = SCRIPTS.iter().find(|(code, _)| *code == language).map(|(_, scripts)| *scripts);
    known.or((language.len() == 2).then_some(LATIN))
}

/// The language of a script that has one only.
pub(super) fn language_of(script: &str) -> Option<&'static str> {
    OWN.iter().find(|(code, _)| *code == script).map(|(_, language)| *language)
}

/// The script as texts are routed: ways of writing Chinese are one, and so are the signs that Japanese is written with.
pub(super) fn routed(script: &str) -> Option<&'static str> {
    match script {
        "Hans" | "Hant" => Some("Hani"),
        "Hira" | "Kana" | "Hrkt" => Some("Jpan"),
        "Hang" => Some("Kore"),
        "Aran" => Some("Arab"),
        other => crate::text::script::code_of(other),
    }
}
