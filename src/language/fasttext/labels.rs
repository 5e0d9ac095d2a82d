//! From a model's labels to language tags, and to the scripts that each label is for.
//!
//! Read by themselves are ISO 639 codes and BCP-47 tags with `-` or `_` between their parts, after `__label__` or not:
//! `en`, `eng`, `eng_Latn`, `zho_Hans`, `pt-BR`. A member that stands for its macrolanguage in general use is said as
//! that (`arb` is `ar`, `cmn` is `zh`), as CLDR has it, unless our own model has a class for it (`diq`, `fuc`).

use super::super::Tag;
use super::super::iso::shortest;
use super::dictionary::LABEL_PREFIX;
use super::writing;

/// Members of macrolanguages that go by its name, and codes of Wikipedia that mean something else in ISO 639.
#[rustfmt::skip]
const PREFERRED: &[(&str, &str)] = &[
    ("als", "sq"), ("arb", "ar"), ("ayr", "ay"), ("azj", "az"), ("bcc", "bal"), ("bcl", "bik"), ("bh", "bho"),
    ("bxk", "luy"), ("cmn", "zh"), ("cwd", "cr"), ("dgo", "doi"), ("dhd", "mwr"), ("dik", "din"),
    ("ekk", "et"), ("eml", "egl"), ("fat", "ak"), ("fil", "tl"), ("gaz", "om"), ("gbo", "grb"),
    ("gno", "gon"), ("gug", "gn"), ("gya", "gba"), ("hea", "hmn"), ("ike", "iu"), ("iw", "he"), ("kmr", "ku"),
    ("knc", "kr"), ("kng", "kg"), ("knn", "kok"), ("kpv", "kv"), ("khk", "mn"), ("lvs", "lv"), ("mup", "raj"),
    ("npi", "ne"), ("ojg", "oj"), ("ory", "or"), ("pbu", "ps"), ("pbt", "ps"), ("pes", "fa"), ("plt", "mg"),
    ("prs", "fa"), ("quz", "qu"), ("rmy", "rom"), ("spy", "kln"), ("src", "sc"), ("swh", "sw"), ("twi", "ak"),
    ("tw", "ak"), ("umu", "del"), ("uzn", "uz"), ("xpe", "kpe"), ("xsl", "den"), ("ydd", "yi"), ("zai", "zap"),
    ("zsm", "ms"), ("zyb", "za"),
];

/// What a label stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Meaning {
    /// The tag, without a script that goes without saying.
    pub tag: Tag,
    /// The scripts that the label is for, as texts are routed; `None` for any.
    scripts: Option<&'static [&'static str]>,
    /// The one script that its name says.
    script: Option<&'static str>,
}

impl Meaning {
    /// Whether a text in a script may be in it. Japanese is written without kana too, when it is short.
    pub fn fits(&self, script: &str) -> bool {
        let is = |own: &str| own == script || (own == "Jpan" && script == "Hani");
        match (self.script, self.scripts) {
            (Some(own), _) => is(own),
            (None, Some(scripts)) => scripts.iter().any(|own| is(own)),
            (None, None) => true,
        }
    }

    /// The tag for a text in a script: with it, when the language is more often written in another.
    pub fn tag_in(&self, script: &str) -> Tag {
        let usual = self.scripts.and_then(|scripts| scripts.first());
        if self.script.is_some() || usual.is_none_or(|usual| *usual == script || !self.fits(script)) {
            return self.tag;
        }
        let japanese = script == "Hani" && usual == Some(&"Jpan");
        let written = Tag::parse(&format!("{}-{script}", self.tag));
        written.filter(|_| !japanese && !self.tag.as_str().contains('-')).unwrap_or(self.tag)
    }

    /// What a tag means that a user gave.
    pub fn of_tag(tag: Tag) -> Meaning {
        let script = tag.as_str().split('-').nth(1).and_then(writing::routed);
        let scripts = if tag.is_language() { writing::scripts(tag.primary()) } else { None };
        Meaning { tag, scripts, script }
    }
}

/// What the labels of a model mean; `None` for one that is no tag.
pub(super) fn meanings(labels: &[String]) -> Vec<Option<Meaning>> {
    let parts: Vec<Option<Parts<'_>>> = labels.iter().map(|label| Parts::of(label)).collect();
    // Codes of two letters, and none says its script: those of Wikipedia, where `als` is Alemannic and not Albanian.
    let read = || parts.iter().flatten();
    let wikipedia = read().any(|parts| parts.primary.len() == 2) && read().all(|parts| parts.script.is_none());
    let mut spoken: Vec<(&str, &str)> = read().filter_map(|parts| Some((parts.primary, parts.script?))).collect();
    spoken.sort_unstable();
    spoken.dedup();
    let alone = |primary| {
        let first = spoken.partition_point(|(other, _)| *other < primary);
        spoken.get(first + 1).is_none_or(|(other, _)| *other != primary)
    };
    parts.iter().map(|parts| parts.as_ref().and_then(|parts| parts.meaning(wikipedia, alone(parts.primary)))).collect()
}

/// A label taken apart.
struct Parts<'l> {
    primary: &'l str,
    script: Option<&'l str>,
    region: Option<&'l str>,
}

impl<'l> Parts<'l> {
    fn of(label: &'l str) -> Option<Parts<'l>> {
        let mut rest = label.strip_prefix(LABEL_PREFIX).unwrap_or(label).split(['-', '_']).peekable();
        let primary =
            rest.next().filter(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase()))?;
        let script = rest.next_if(|part| {
            part.len() == 4
                && part
                    .bytes()
                    .enumerate()
                    .all(|(at, b)| if at == 0 { b.is_ascii_uppercase() } else { b.is_ascii_lowercase() })
        });
        let region = rest.next_if(|part| match part.len() {
            2 => part.bytes().all(|b| b.is_ascii_alphabetic()),
            3 => part.bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        });
        rest.next().is_none().then_some(Parts { primary, script, region })
    }

    fn meaning(&self, wikipedia: bool, alone: bool) -> Option<Meaning> {
        let primary = match self.primary {
            "als" if wikipedia => "gsw",
            primary => PREFERRED.iter().find(|(code, _)| *code == primary).map_or(primary, |(_, preferred)| preferred),
        };
        let primary = shortest(primary);
        if matches!(primary, "und" | "zxx") {
            return Tag::parse(primary).map(Meaning::of_tag);
        }
        let region = self.region.map(str::to_ascii_uppercase);
        let chinese = match (primary, region.as_deref()) {
            ("zh", Some("CN" | "SG")) => Some("Hans"),
            ("zh", Some("TW" | "HK" | "MO")) => Some("Hant"),
            _ => None,
        };
        let said = self.script.or(chinese);
        let script = said.map(|script| writing::routed(script).unwrap_or("Zzzz"));
        let scripts = writing::scripts(primary);
        // A language that is not in the table goes without its script when the model knows it in one only.
        let usual = scripts.and_then(|scripts| scripts.first().copied()).or(if alone { script } else { Some("Latn") });
        let shown = said.filter(|said| primary == "zh" && *said != "Hani" || script.is_some() && script != usual);
        let tag = match (shown, region.filter(|_| chinese.is_none())) {
            (None, None) => Tag::parse(primary),
            (Some(script), None) => Tag::parse(&format!("{primary}-{script}")),
            (None, Some(region)) => Tag::parse(&format!("{primary}-{region}")),
            (Some(script), Some(region)) => Tag::parse(&format!("{primary}-{script}-{region}")),
        }?;
        Some(Meaning { tag, scripts, script })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(labels: &[&str]) -> Vec<String> {
        let labels: Vec<String> = labels.iter().map(|label| format!("__label__{label}")).collect();
        let shown = |meaning: Option<Meaning>| meaning.map_or("-".to_owned(), |meaning| meaning.tag.to_string());
        meanings(&labels).into_iter().map(shown).collect()
    }

    /// Scenario: labels as the models in use write them, and some that are no codes.
    /// Guarantees: the shortest code, the macrolanguage where CLDR has it so, a script only where it does not go
    /// without saying.
    #[test]
    fn labels_become_tags() {
        for (label, tag) in [
            ("eng", "en"),
            ("eng_Latn", "en"),
            ("en", "en"),
            ("zho_Hans", "zh-Hans"),
            ("zho_Hant", "zh-Hant"),
            ("cmn_Hani", "zh"),
            ("zh-TW", "zh-Hant"),
            ("yue_Hant", "yue"),
            ("jpn_Jpan", "ja"),
            ("kor_Hang", "ko"),
            ("srp_Cyrl", "sr"),
            ("srp_Latn", "sr-Latn"),
            ("arb_Arab", "ar"),
            ("arb_Latn", "ar-Latn"),
            ("hin_Latn", "hi-Latn"),
            ("als_Latn", "sq"),
            ("prs_Arab", "fa"),
            ("mni_Beng", "mni"),
            ("mni_Mtei", "mni-Mtei"),
            ("pt-BR", "pt-BR"),
            ("pt_br", "pt-BR"),
            ("und_Latn", "und"),
            ("zxx_Zzzz", "zxx"),
            ("ceb", "ceb"),
            ("english", "-"),
            ("EN", "-"),
            ("en_US_x", "-"),
            ("", "-"),
        ] {
            assert_eq!(tags(&[label]), [tag], "{label}");
        }
    }

    /// Scenario: a language that is not in the table of scripts, in one and in two; codes of Wikipedia.
    /// Guarantees: a script is said only to tell labels apart; `als` among codes of two letters is Alemannic.
    #[test]
    fn labels_beside_others() {
        assert_eq!(tags(&["gld_Cyrl"]), ["gld"]);
        assert_eq!(tags(&["ace_Latn", "ace_Arab"]), ["ace", "ace-Arab"]);
        assert_eq!(tags(&["als", "sq", "bh", "eml"]), ["gsw", "sq", "bho", "egl"]);
        assert_eq!(tags(&["als", "eng"]), ["sq", "en"]);
    }

    /// Scenario: labels with and without a script against texts in several.
    /// Guarantees: a label is for the script that it says, or for those of its language, and the verdict's tag says a
    /// script that is not the usual one.
    #[test]
    fn labels_fit_scripts() {
        let meaning = |label: &str| meanings(&[label.to_owned()]).remove(0).unwrap();
        for (label, script, fits, tag) in [
            ("srp_Latn", "Latn", true, "sr-Latn"),
            ("srp_Latn", "Cyrl", false, "sr-Latn"),
            ("sr", "Latn", true, "sr-Latn"),
            ("sr", "Cyrl", true, "sr"),
            ("ru", "Latn", false, "ru"),
            ("en", "Cyrl", false, "en"),
            ("ja", "Hani", true, "ja"),
            ("zho_Hans", "Hani", true, "zh-Hans"),
            ("qqq", "Cyrl", true, "qqq"),
            ("zxx", "Thai", true, "zxx"),
        ] {
            let meaning = meaning(label);
            assert_eq!((meaning.fits(script), meaning.tag_in(script).as_str()), (fits, tag), "{label} {script}");
        }
        assert_eq!(Meaning::of_tag(Tag::literal("hi-Latn")).tag_in("Latn").as_str(), "hi-Latn");
        assert!(Meaning::of_tag(Tag::literal("pt-BR")).fits("Latn"));
    }
}
