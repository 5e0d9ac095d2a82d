//! The second vote: the trigram profiles of the crate `whatlang`, asked between two languages only.
//!
//! Alone they know 69 languages and are sure of texts in others, so they are never asked first, and only when the model
//! is not sure and both of its best languages are among theirs. Asked between two they cost a fraction of a detection.

use super::Tag;
use whatlang::{Detector, Lang};

/// From this probability of the model on, its own order stands.
const OVERRULED_BELOW: f32 = 0.7;

/// What the profiles say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vote {
    language: Tag,
    reliable: bool,
}

/// The vote between two languages; nothing when the profiles lack one of them.
pub(super) fn between(words: &str, first: Tag, second: Tag) -> Option<Vote> {
    let (a, b) = (lang(first)?, lang(second)?);
    let info = Detector::with_allowlist(vec![a, b]).detect(words)?;
    let language = if info.lang() == a { first } else { second };
    Some(Vote { language, reliable: info.is_reliable() })
}

impl Vote {
    /// The language and how far to trust it, after the vote: agreement counts for the first, and reliable disagreement
    /// turns them round where the model itself was in doubt.
    pub fn apply(self, first: Tag, second: (Tag, f32), p: f32, trust: f32) -> (Tag, f32) {
        if self.language == first {
            (first, if self.reliable { trust.max((trust + 1.0) / 2.0) } else { trust })
        } else if self.reliable && p < OVERRULED_BELOW && second.1 > p / 3.0 {
            (second.0, trust)
        } else {
            (first, trust)
        }
    }
}

/// The profile of a language, where it tells the two apart.
fn lang(tag: Tag) -> Option<Lang> {
    Some(match tag.as_str() {
        "eo" => Lang::Epo,
        "en" => Lang::Eng,
        "ru" => Lang::Rus,
        "es" => Lang::Spa,
        "pt" => Lang::Por,
        "it" => Lang::Ita,
        "fr" => Lang::Fra,
        "de" => Lang::Deu,
        "uk" => Lang::Ukr,
        "ar" => Lang::Ara,
        "hi" => Lang::Hin,
        "he" => Lang::Heb,
        "yi" => Lang::Yid,
        "pl" => Lang::Pol,
        "jv" => Lang::Jav,
        "nb" | "no" => Lang::Nob,
        "da" => Lang::Dan,
        "sv" => Lang::Swe,
        "fi" => Lang::Fin,
        "tr" => Lang::Tur,
        "nl" => Lang::Nld,
        "hu" => Lang::Hun,
        "cs" => Lang::Ces,
        "bg" => Lang::Bul,
        "be" => Lang::Bel,
        "mr" => Lang::Mar,
        "ro" => Lang::Ron,
        "sl" => Lang::Slv,
        "hr" | "sh" => Lang::Hrv,
        "sr" => Lang::Srp,
        "mk" => Lang::Mkd,
        "lt" => Lang::Lit,
        "lv" => Lang::Lav,
        "et" => Lang::Est,
        "vi" => Lang::Vie,
        "ur" => Lang::Urd,
        "uz" => Lang::Uzb,
        "az" => Lang::Aze,
        "id" => Lang::Ind,
        "fa" => Lang::Pes,
        "ne" => Lang::Nep,
        "tk" => Lang::Tuk,
        "ak" => Lang::Aka,
        "zu" => Lang::Zul,
        "sn" => Lang::Sna,
        "af" => Lang::Afr,
        "la" => Lang::Lat,
        "sk" => Lang::Slk,
        "ca" => Lang::Cat,
        "tl" => Lang::Tgl,
        "cy" => Lang::Cym,
        _ => return None,
    })
}
