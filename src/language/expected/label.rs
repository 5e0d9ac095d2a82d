//! Lines that name a language under a label: "Language: French", "response language = pt-BR".

use super::{Asked, Speaker, parse_locale};
use crate::text::fold::fold_into;

/// Longest label and value, in bytes.
const LABEL_BYTES: usize = 48;
const VALUE_BYTES: usize = 64;

/// Labels of the language of the answer.
const ANSWER: &[&str] = &[
    "output language",
    "response language",
    "reply language",
    "answer language",
    "target language",
    "translate to",
    "translate into",
    "language of the response",
    "language of response",
    "language of the answer",
    "ausgabesprache",
    "antwortsprache",
    "zielsprache",
    "langue de reponse",
    "langue cible",
    "idioma de respuesta",
    "idioma de destino",
    "idioma da resposta",
    "lingua di risposta",
    "язык ответа",
    "мова відповіді",
    "输出语言",
    "回答语言",
    "回覆語言",
    "目标语言",
    "出力言語",
    "回答言語",
    "출력 언어",
    "응답 언어",
];

/// Labels of the language of the conversation; only the instructions mean ours by them.
const PLAIN: &[&str] = &[
    "language",
    "lang",
    "locale",
    "user language",
    "user locale",
    "user's language",
    "customer language",
    "conversation language",
    "sprache",
    "langue",
    "idioma",
    "lingua",
    "taal",
    "jezyk",
    "język",
    "limba",
    "sprak",
    "språk",
    "sprog",
    "kieli",
    "nyelv",
    "jazyk",
    "dil",
    "язык",
    "мова",
    "език",
    "језик",
    "γλωσσα",
    "语言",
    "語言",
    "言語",
    "언어",
    "ngon ngu",
    "ngôn ngữ",
    "bahasa",
    "lugha",
    "भाषा",
    "ভাষা",
    "மொழி",
    "ภาษา",
    "اللغه",
    "زبان",
    "שפה",
];

/// Adds the language that a line names.
pub(super) fn read(line: &str, speaker: Speaker, found: &mut Asked) {
    let Some(at) = line.find([':', '=', '：']).filter(|&at| at <= LABEL_BYTES * 2) else { return };
    let (label, value) = line.split_at(at);
    let label = label.trim_matches(|c: char| !c.is_alphanumeric() && !crate::text::script::is_word(c));
    if label.is_empty() || label.len() > LABEL_BYTES {
        return;
    }
    let mut folded = String::new();
    fold_into(label, LABEL_BYTES, &mut folded);
    let folded = folded.replace('_', " ");
    let own = ANSWER.contains(&folded.as_str());
    let plain = PLAIN.contains(&folded.as_str());
    if !(own || plain && speaker == Speaker::System) {
        return;
    }
    let value = value.trim_start_matches([':', '=', '：', ' ', '*', '"', '\'', '`', '<', '[']);
    let value = value.split(['.', '\n', '*', '"', '`', '>', ']', '(', '。']).next().unwrap_or_default().trim();
    // Under a plain label two letters may be a programming language's.
    let short = value.len() == 2 && matches!(value.to_ascii_lowercase().as_str(), "cs" | "ts" | "sh" | "rs" | "go");
    if value.len() > VALUE_BYTES || (plain && short) {
        return;
    }
    if let Some(tag) = parse_locale(value) {
        found.only.add(tag);
    }
}
