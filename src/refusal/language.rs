//! The language files, and which of them an answer is held against.

/// Every language file. Adding a language is adding its file: the build gathers them.
pub(super) const FILES: &[&str] = include!(concat!(env!("OUT_DIR"), "/refusal_languages.rs"));

/// Languages that detectors take for one another in short texts, by their primary subtags, the macrolanguage among them.
/// An answer in one of them is held against the files of all: their refusals hardly differ.
const GROUPS: &[&[&str]] = &[
    &["sh", "bs", "hr", "sr", "cnr"],
    &["no", "nb", "nn", "da"],
    &["ms", "id", "zlm", "zsm"],
    &["cs", "sk"],
    &["pt", "gl"],
    &["hi", "ur"],
    &["bg", "mk"],
    &["fil", "tl"],
    &["fa", "prs", "pes"],
    &["zu", "xh"],
    &["az", "tr"],
    &["zh", "yue", "wuu"],
    &["sw", "swh", "swc"],
    &["et", "ekk"],
    &["lv", "lvs"],
    &["sq", "als"],
    &["uz", "uzn"],
    &["mn", "khk"],
    &["ne", "npi"],
    &["ar", "arb", "arz", "ary", "apc"],
];

/// Whether a file of one language is held against an answer in another, both by their primary subtags.
pub(super) fn concerns(file: &str, answer: &str) -> bool {
    file == answer || GROUPS.iter().any(|group| group.contains(&file) && group.contains(&answer))
}

/// Every language that has a relative.
pub(super) fn related() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().copied().flatten().copied()
}
