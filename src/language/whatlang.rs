//! The detector that needs no model file: script first, then trigrams that have to be confirmed.
//!
//! A text is cleaned ([`crate::text::clean`]); scripts of one language decide at once; in the others the trigram
//! profiles of the crate `whatlang` propose a language. Those profiles are a closed set of 69 languages: alone they
//! are "reliable" on two fifths of the texts of languages they do not know. So a proposal stands only with evidence
//! that is not relative to the set: common words (our lists), letters that the language has, and no better hits in
//! the lists of languages that the profiles lack. What is not confirmed is `und`.
//!
//! Measured with `ISOGLOSS_LID_TSV=... cargo test --lib language::measure -- --ignored --nocapture` on 3,358 labelled
//! texts (short prompts, Tatoeba, NTREX sentences and fragments of 3 to 8 words, UDHR). The weights were set on the
//! same texts: read the table as optimistic. Percent:
//!
//! | texts | right | `und` | low certainty, wrong | wrong |
//! | --- | --- | --- | --- | --- |
//! | short prompts, known languages (156) | 90.4 | 7.1 | 0 | 2.6 |
//! | prompts with code and names (22) | 95.5 | 4.5 | 0 | 0 |
//! | NTREX sentences (284) | 91.2 | 7.7 | 0 | 1.1 |
//! | NTREX fragments (568) | 76.4 | 21.0 | 0.4 | 2.3 |
//! | Tatoeba (755) | 76.0 | 21.2 | 1.3 | 1.5 |
//! | all, known languages (1,931) | 80.8 | 16.9 | 0.6 | 1.7 |
//! | all, languages not known here (1,427) | | 89.7 | 1.1 | 9.2 |
//!
//! By certainty, wrong and right: high 9 and 1,147, medium 23 and 380, low 12 and 34. Most of what is still taken for
//! something else is next of kin: Malay for Indonesian, Galician for Portuguese, Chavacano for Spanish, Cantonese
//! without its own characters for Chinese, Tigrinya for Amharic.

use std::cell::RefCell;

use super::close::{self, Proposal};
use super::route::{Family, route};
use super::{Certainty, LanguageDetector, Tag, Verdict, alphabet, alphabet::Group, han};
use crate::text::clean::{Cleaned, Cleaner};
use crate::text::script::{self, Histogram, Script};

/// Fewest letters that say anything.
const MIN_LETTERS: u32 = 3;

/// The same where a letter is a syllable or a word.
const MIN_DENSE_LETTERS: u32 = 2;

/// Detects by script, trigrams and common words. Stateless; buffers belong to the thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct Whatlang;

impl Whatlang {
    /// The detector.
    pub const fn new() -> Self {
        Whatlang
    }
}

#[derive(Default)]
struct Scratch {
    cleaner: Cleaner,
    cleaned: String,
    routed: String,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

impl LanguageDetector for Whatlang {
    fn version(&self) -> &str {
        "whatlang-0.18+isogloss-1"
    }

    fn detect(&self, text: &str) -> Verdict {
        SCRATCH.with_borrow_mut(|scratch| {
            let Scratch { cleaner, cleaned, routed } = scratch;
            let found = cleaner.clean_into(text, cleaned);
            verdict(cleaned, found, routed)
        })
    }
}

fn verdict(cleaned: &str, found: Cleaned, routed: &mut String) -> Verdict {
    let letters = Histogram::of(cleaned);
    let code = letters.dominant_code();
    let dense = [Script::Han, Script::Hiragana, Script::Katakana, Script::Hangul].map(|s| letters.count(s));
    let dense: u32 = dense.iter().sum();
    if letters.total() < MIN_LETTERS && dense < MIN_DENSE_LETTERS {
        return Verdict::undetermined(code);
    }
    let (family, mixed) = route(&letters, cleaned);
    if mixed {
        return Verdict {
            language: Tag::MUL,
            confidence: 0.8,
            certainty: Certainty::Medium,
            alternatives: Vec::new(),
            script: code,
        };
    }
    let mut said = match family {
        Family::Kana => sure("ja", "Jpan"),
        Family::Hangul => sure("ko", "Kore"),
        Family::Han => {
            let (tag, told) = han::writing(cleaned);
            let confidence = if told && tag.len() > 2 {
                0.95
            } else if told {
                0.8
            } else {
                0.4
            };
            told_by(tag, confidence, "Hani")
        }
        Family::Script(script) => by_script(script, cleaned, routed),
    };
    // What little is left of a text that was nearly all code says less.
    if found.removed() > 0.8 && found.letters < 20 && said.certainty == Certainty::High {
        said.certainty = Certainty::Medium;
    }
    said
}

fn by_script(script: Script, cleaned: &str, routed: &mut String) -> Verdict {
    let code = script.code();
    let one = |tag| sure(tag, code);
    match script {
        Script::Greek => one("el"),
        Script::Armenian => one("hy"),
        Script::Georgian => one("ka"),
        Script::Thaana => one("dv"),
        Script::Nko => one("nqo"),
        Script::Gurmukhi => one("pa"),
        Script::Gujarati => one("gu"),
        Script::Oriya => one("or"),
        Script::Tamil => one("ta"),
        Script::Telugu => one("te"),
        Script::Kannada => one("kn"),
        Script::Malayalam => one("ml"),
        Script::Sinhala => one("si"),
        Script::Thai => one("th"),
        Script::Lao => one("lo"),
        Script::Khmer => one("km"),
        Script::Cherokee => one("chr"),
        Script::OlChiki => one("sat"),
        // Or Dzongkha.
        Script::Tibetan => told_by("bo", 0.4, code),
        Script::MeeteiMayek => one("mni-Mtei"),
        Script::Bengali if cleaned.contains(['ৰ', 'ৱ']) => told_by("as", 0.85, code),
        Script::Bengali => told_by("bn", 0.9, code),
        Script::Ethiopic => ethiopic(cleaned),
        Script::Myanmar => burmese(cleaned),
        Script::Latin => among(&alphabet::LATIN, script, cleaned, routed),
        Script::Cyrillic => among(&alphabet::CYRILLIC, script, cleaned, routed),
        Script::Arabic => among(&alphabet::ARABIC, script, cleaned, routed),
        Script::Devanagari => among(&alphabet::DEVANAGARI, script, cleaned, routed),
        Script::Hebrew => among(&alphabet::HEBREW, script, cleaned, routed),
        _ => Verdict::undetermined(code),
    }
}

/// Shan, Mon and Karen have letters that Burmese has not, but the older Zawgyi encoding of Burmese uses their places;
/// it shows itself by a stacking sign with nothing to stack.
fn burmese(cleaned: &str) -> Verdict {
    let extended =
        cleaned.contains(|c| matches!(c, '\u{1022}' | '\u{1028}' | '\u{1033}'..='\u{1035}' | '\u{105a}'..='\u{109f}'));
    let unstacked =
        cleaned.split('\u{1039}').skip(1).any(|after| !after.starts_with(|c| matches!(c, '\u{1000}'..='\u{1021}')));
    match (extended, unstacked) {
        (false, false) => told_by("my", 0.9, "Mymr"),
        (_, true) => told_by("my", 0.6, "Mymr"),
        (true, false) => Verdict::undetermined("Mymr"),
    }
}

/// Tigrinya writes its glottal stop with letters that Amharic hardly uses.
fn ethiopic(cleaned: &str) -> Verdict {
    let count = |letters: std::ops::RangeInclusive<char>| cleaned.chars().filter(|c| letters.contains(c)).count();
    let (tigrinya, amharic) = (count('ኣ'..='ኣ') + count('ቐ'..='ቝ') + count('ዀ'..='ዅ'), count('አ'..='አ'));
    if tigrinya > amharic { told_by("ti", 0.8, "Ethi") } else { told_by("am", 0.85, "Ethi") }
}

/// One of the languages of a script that many are written in.
fn among(group: &'static Group, script: Script, cleaned: &str, routed: &mut String) -> Verdict {
    routed.clear();
    let mut letters = 0;
    for word in cleaned.split(' ') {
        if word.chars().find_map(script::of) == Some(script) {
            if !routed.is_empty() {
                routed.push(' ');
            }
            routed.push_str(word);
            letters += word.chars().filter(|&c| script::is_letter(c)).count();
        }
    }
    let proposal = ::whatlang::detect(routed)
        .and_then(|info| Some(Proposal { tag: shortest(info.lang())?, confidence: info.confidence() as f32 }));
    // Croatian and Serbian in Latin letters are one here, Serbian in Cyrillic letters another.
    let proposal = proposal.map(|p| match (p.tag, script) {
        ("sr", Script::Latin) => Proposal { tag: "sh", ..p },
        _ => p,
    });
    match close::decide(routed, letters, group, proposal) {
        Some(decision) => {
            let mut said = told_by(decision.tag, decision.confidence, script.code());
            said.alternatives.extend(decision.second.map(|tag| (Tag::literal(tag), 1.0 - decision.confidence)));
            said
        }
        None => Verdict::undetermined(script.code()),
    }
}

fn sure(tag: &'static str, script: &'static str) -> Verdict {
    told_by(tag, 0.99, script)
}

fn told_by(tag: &'static str, confidence: f32, script: &'static str) -> Verdict {
    let certainty = match confidence {
        c if c >= 0.9 => Certainty::High,
        c if c >= 0.5 => Certainty::Medium,
        _ => Certainty::Low,
    };
    Verdict { language: Tag::literal(tag), confidence, certainty, alternatives: Vec::new(), script }
}

/// Shortest code of a language of the profiles that is not told by its script alone.
fn shortest(lang: ::whatlang::Lang) -> Option<&'static str> {
    use ::whatlang::Lang as L;
    Some(match lang {
        L::Epo => "eo",
        L::Eng => "en",
        L::Rus => "ru",
        L::Spa => "es",
        L::Por => "pt",
        L::Ita => "it",
        L::Fra => "fr",
        L::Deu => "de",
        L::Ukr => "uk",
        L::Ara => "ar",
        L::Hin => "hi",
        L::Heb => "he",
        L::Yid => "yi",
        L::Pol => "pl",
        L::Jav => "jv",
        L::Nob => "no",
        L::Dan => "da",
        L::Swe => "sv",
        L::Fin => "fi",
        L::Tur => "tr",
        L::Nld => "nl",
        L::Hun => "hu",
        L::Ces => "cs",
        L::Bul => "bg",
        L::Bel => "be",
        L::Mar => "mr",
        L::Ron => "ro",
        L::Slv => "sl",
        L::Hrv => "sh",
        L::Srp => "sr",
        L::Mkd => "mk",
        L::Lit => "lt",
        L::Lav => "lv",
        L::Est => "et",
        L::Vie => "vi",
        L::Urd => "ur",
        L::Uzb => "uz",
        L::Aze => "az",
        L::Ind => "id",
        L::Pes => "fa",
        L::Nep => "ne",
        L::Tuk => "tk",
        L::Aka => "ak",
        L::Zul => "zu",
        L::Sna => "sn",
        L::Afr => "af",
        L::Lat => "la",
        L::Slk => "sk",
        L::Cat => "ca",
        L::Tgl => "tl",
        L::Cym => "cy",
        _ => return None,
    })
}
