//! The detector on texts as agents send them.

use super::{Certainty, LanguageDetector, NgramDetector, Tag};
use proptest::prelude::*;

fn tag(text: &str) -> String {
    NgramDetector::built_in().detect(text).language.to_string()
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
        let verdict = NgramDetector::built_in().detect(text);
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
        ("please answer the question in the second half of this: как мне вернуть деньги за этот заказ спасибо", "mul"),
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

/// Scenario: everyday sentences in languages with little text.
/// Guarantees: they are told, for sure.
#[test]
fn tail_languages() {
    for (text, expected) in [
        ("Tafadhali niambie bei ya hoteli hii kwa usiku mmoja", "sw"),
        ("Báwo ni mo ṣe lè rí owó mi gbà padà lọ́wọ́ wọn", "yo"),
        ("Ina so in san farashin wannan abu don Allah", "ha"),
        ("Waxaan rabaa inaan ogaado qiimaha alaabtan", "so"),
        ("Ndingathanda ukwazi ukuba le nto ixabisa malini na", "xh"),
        ("Non noiz iritsiko da nire eskaera eta zer egin behar dut", "eu"),
        ("Cá bhfuil mo ordú agus cathain a bheidh sé anseo", "ga"),
        ("Қазақстан туралы айтып беріңізші, өтінемін", "kk"),
        ("زه غواړم چې خپل حساب بند کړم مرسته وکړئ", "ps"),
    ] {
        let verdict = NgramDetector::built_in().detect(text);
        assert_eq!((verdict.language.to_string().as_str(), verdict.certainty), (expected, Certainty::High), "{text}");
    }
}

/// Scenario: languages written with Latin letters by people without another keyboard.
/// Guarantees: the language and the script are told.
#[test]
fn romanised() {
    for (text, expected) in [
        ("mera order kahan hai bhai, abhi tak nahi aaya", "hi-Latn"),
        ("kam el se3r law sama7t", "ar-Latn"),
        ("gde moy zakaz, ya zhdu uzhe tri dnya", "ru-Latn"),
        ("wo de dingdan zai nali", "zh-Latn"),
    ] {
        assert_eq!(tag(text), expected, "{text}");
    }
}

/// Scenario: sentences in two languages, and sentences with jargon and names of another.
/// Guarantees: the first are `mul` with the languages found, the second are what they are.
#[test]
fn mixed() {
    let verdict =
        NgramDetector::built_in().detect("Ich habe das Meeting verpasst, can you summarize what they said yesterday");
    assert_eq!(verdict.language, Tag::MUL);
    let found: Vec<_> = verdict.alternatives.iter().map(|(tag, _)| tag.to_string()).collect();
    assert_eq!(found, ["en", "de"]);
    for (text, expected) in [
        ("Tại sao npm run build bị lỗi heap out of memory?", "vi"),
        ("Warum startet mein Kubernetes Deployment nach dem Update nicht mehr?", "de"),
        ("¿Cómo arreglo este error? TypeError: Cannot read properties of undefined (reading 'map')", "es"),
    ] {
        assert_eq!(tag(text), expected, "{text}");
    }
}

/// Scenario: a megabyte each of hostile input.
/// Guarantees: a verdict, at once.
#[test]
fn hostile_texts() {
    for unit in [" ", "a", "`", "[", "{\"", "👨‍👩‍👧", "\u{301}", "ا\u{64b}", "日", "a日", "я", "a "] {
        let verdict = NgramDetector::built_in().detect(&unit.repeat((1 << 20) / unit.len()));
        assert!((0.0..=1.0).contains(&verdict.confidence));
    }
}

proptest! {
    /// Scenario: any text.
    /// Guarantees: no panic; confidence and certainty agree; the same text gets the same verdict.
    #[test]
    fn any_text(text in any::<String>()) {
        let verdict = NgramDetector::built_in().detect(&text);
        prop_assert!((0.0..=1.0).contains(&verdict.confidence));
        prop_assert_eq!(verdict.certainty == Certainty::High, verdict.confidence >= 0.9);
        prop_assert_eq!(NgramDetector::built_in().detect(&text), verdict);
    }
}
