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
use super::vote::Vote;
use super::{Certainty, LanguageDetector, Tag, Verdict, alphabet, alphabet::Group, han};
use crate::text::clean::{Cleaned, Cleaner};
use crate::text::script::{self, Histogram, Script};

/// Fewest letters that say anything.
const MIN_LETTERS: u32 = 3;

/// The same where a letter is a syllable or a word.
const MIN_DENSE_LETTERS: u32 = 2;

/// Letters of each of two scripts in a mixed text, and their share of all.
const MIXED_LETTERS: u32 = 20;
const MIXED_SHARE: f32 = 0.3;

/// What a letter of a dense script counts beside one of an alphabet.
const DENSE_WEIGHT: u32 = 3;

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

/// The scripts that are written together as one.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Family {
    Kana,
    Hangul,
    Han,
    Script(Script),
}

/// The script family that a text is in, and whether it is in two.
fn route(letters: &Histogram, cleaned: &str) -> (Family, bool) {
    let (han, hangul) = (letters.count(Script::Han), letters.count(Script::Hangul));
    let kana = letters.count(Script::Hiragana) + letters.count(Script::Katakana);
    // Kana is in every Japanese sentence; a single one in a Chinese text is a name.
    let east = if kana * 20 > han {
        (Family::Kana, kana + han)
    } else if hangul > 0 && hangul * 2 > han {
        (Family::Hangul, hangul + han)
    } else {
        (Family::Han, han)
    };
    let east = (east.0, east.1, east.1 * DENSE_WEIGHT);
    let mut best = [east; 2];
    best[1].1 = 0;
    best[1].2 = 0;
    for (script, count) in letters.ranked().filter(|(script, _)| !script.is_dense()) {
        let entry = (Family::Script(script), count, count);
        if entry.2 > best[0].2 {
            best = [entry, best[0]];
        } else if entry.2 > best[1].2 {
            best[1] = entry;
        }
    }
    let [first, second] = best;
    let share = second.2 as f32 / (first.2 + second.2).max(1) as f32;
    let both_long = first.1.min(second.1) >= MIXED_LETTERS && share >= MIXED_SHARE;
    let latin = Family::Script(Script::Latin);
    if first.0 != latin && second.0 != latin {
        return (first.0, both_long);
    }
    // Latin words in another script's text are mostly names of products: they have to be a language to count.
    let other = if first.0 == latin { second } else { first };
    let other_share = other.2 as f32 / (first.2 + second.2).max(1) as f32;
    if other.2 < MIN_LETTERS || other_share < 0.2 {
        return (if other.2 == 0 || other_share < 0.2 { latin } else { first.0 }, false);
    }
    let spoken = Vote::of(cleaned).latin_share() >= 0.35;
    match (spoken, both_long) {
        (true, true) => (first.0, true),
        (true, false) => (first.0, false),
        (false, _) => (other.0, false),
    }
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
            letters += word.chars().filter(|c| c.is_alphabetic()).count();
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tag(text: &str) -> String {
        Whatlang::new().detect(text).language.to_string()
    }

    /// Scenario: texts of agent traces in twelve languages, with code, JSON and emoji, also in two that nothing knows.
    /// Guarantees: each language is told; Swahili, Yoruba and emoji are `und`.
    #[test]
    fn agent_texts() {
        let wrong: Vec<_> = include_str!("samples/agent.tsv")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .map(|(expected, text)| (expected, tag(&text.replace("\\n", "\n")), text))
            .filter(|(expected, said, _)| expected != said)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Scenario: texts without a language.
    /// Guarantees: `und` with confidence 0, never a guess.
    #[test]
    fn no_language() {
        for text in [
            "",
            "ok",
            "👍👍 ok",
            "12:30",
            "??",
            "```print(1)```",
            "https://example.com",
            "{}",
            "好",
            "__REDACTED__",
            "x_y z9",
        ] {
            let verdict = Whatlang::new().detect(text);
            assert_eq!((verdict.language, verdict.confidence), (Tag::UND, 0.0), "{text}");
        }
    }

    /// Scenario: scripts of one language, ways of writing Chinese, and mixtures of scripts.
    /// Guarantees: the script decides; product names do not turn a text into English; two long halves are `mul`.
    #[test]
    fn scripts_decide() {
        for (text, expected) in [
            ("สวัสดีครับ", "th"),
            ("안녕하세요", "ko"),
            ("東京はどこですか", "ja"),
            ("请问订单什么时候到", "zh-Hans"),
            ("請問訂單什麼時候到", "zh-Hant"),
            ("你好", "zh"),
            ("Καλημέρα", "el"),
            ("გამარჯობა", "ka"),
            ("ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "pa"),
            ("ދިވެހި ބަސް", "dv"),
            ("ৰাতিপুৱা কেনে আছা", "as"),
            ("কেমন আছেন", "bn"),
            ("почему docker compose up падает с ошибкой", "ru"),
            ("怎么用 Docker Compose 部署 Postgres", "zh-Hans"),
            ("what does the word привет mean in english", "en"),
            (
                "please answer the question in the second half of this: как мне вернуть деньги за этот заказ спасибо",
                "mul",
            ),
        ] {
            assert_eq!(tag(text), expected, "{text}");
        }
    }

    /// Scenario: short requests in the large languages, in capitals too.
    /// Guarantees: they are told.
    #[test]
    fn short_requests() {
        for (text, expected) in [
            ("How do I reset my password?", "en"),
            ("HOW DO I RESET MY PASSWORD?", "en"),
            ("¿Dónde está mi pedido?", "es"),
            ("Où est ma commande ?", "fr"),
            ("Wo ist meine Bestellung?", "de"),
            ("Onde está o meu pedido?", "pt"),
            ("Dove si trova il mio ordine?", "it"),
            ("Di mana pesanan saya?", "id"),
            ("Siparişim nerede, ne zaman gelir?", "tr"),
            ("Đơn hàng của tôi ở đâu?", "vi"),
            ("Где мой заказ?", "ru"),
            ("أين طلبي الذي اشتريته؟", "ar"),
            ("मेरा ऑर्डर कहाँ है?", "hi"),
            ("Gdzie jest moje zamówienie?", "pl"),
        ] {
            assert_eq!(tag(text), expected, "{text}");
        }
    }

    /// Scenario: languages that the profiles do not know.
    /// Guarantees: nothing else is said instead.
    #[test]
    fn unknown_languages() {
        for text in [
            "Tafadhali niambie bei ya hoteli hii kwa usiku mmoja",
            "Báwo ni mo ṣe lè rí owó mi gbà padà lọ́wọ́ wọn",
            "Ina so in san farashin wannan abu don Allah",
            "Waxaan rabaa inaan ogaado qiimaha alaabtan",
            "Ndingathanda ukwazi ukuba le nto ixabisa malini na",
            "Non noiz iritsiko da nire eskaera eta zer egin behar dut",
            "Cá bhfuil mo ordú agus cathain a bheidh sé anseo",
            "Қазақстан туралы айтып беріңізші, өтінемін",
            "زه غواړم چې خپل حساب بند کړم مرسته وکړئ",
        ] {
            assert_eq!(tag(text), "und", "{text}");
        }
    }

    /// Scenario: a megabyte each of hostile input.
    /// Guarantees: a verdict, at once.
    #[test]
    fn hostile_texts() {
        for unit in [" ", "a", "`", "[", "{\"", "👨‍👩‍👧", "\u{301}", "ا\u{64b}", "日", "a日", "я", "a "]
        {
            let verdict = Whatlang::new().detect(&unit.repeat((1 << 20) / unit.len()));
            assert!((0.0..=1.0).contains(&verdict.confidence));
        }
    }

    proptest! {
        /// Scenario: any text.
        /// Guarantees: no panic; confidence and certainty agree; the same text gets the same verdict.
        #[test]
        fn any_text(text in any::<String>()) {
            let verdict = Whatlang::new().detect(&text);
            prop_assert!((0.0..=1.0).contains(&verdict.confidence));
            prop_assert_eq!(verdict.certainty == Certainty::High, verdict.confidence >= 0.9);
            prop_assert_eq!(Whatlang::new().detect(&text), verdict);
        }
    }
}
