use super::super::detector;
use super::super::expected::{Expectation, Expected};
use super::*;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

const TOLERATED: f64 = 0.3;

fn expected(tag: &str) -> Expected {
    let question = Some((Tag::literal(tag), Certainty::High));
    Expectation::default().languages(question).unwrap()
}

fn judged(tag: &str, text: &str) -> Match {
    given(tag, text, "")
}

fn given(tag: &str, text: &str, given: &str) -> Match {
    let detector = detector();
    let answer = Answer { text, verdict: &detector.detect(text) };
    judge(&expected(tag), &answer, &*detector, &|part| given.contains(part), TOLERATED)
}

/// One sentence in each of ten languages and eight scripts.
const SAID: &[(&str, &str)] = &[
    ("en", "The bus to the city leaves from the market at nine in the morning and costs one hundred shillings."),
    ("de", "Der Bus in die Stadt fährt morgens um neun Uhr vom Markt ab und kostet einhundert Schilling."),
    ("ru", "Автобус в город отправляется с рынка в девять часов утра и стоит сто шиллингов."),
    ("el", "Το λεωφορείο για την πόλη φεύγει από την αγορά στις εννέα το πρωί και κοστίζει εκατό σελίνια."),
    ("ar", "تغادر الحافلة إلى المدينة من السوق في الساعة التاسعة صباحا وتكلف مائة شلن."),
    ("hi", "शहर जाने वाली बस सुबह नौ बजे बाज़ार से निकलती है और उसका किराया सौ शिलिंग है।"),
    ("th", "รถบัสเข้าเมืองออกจากตลาดเวลาเก้าโมงเช้าและมีค่าโดยสารหนึ่งร้อยชิลลิง"),
    ("ja", "町へ行くバスは朝九時に市場から出て、料金は百シリングです。"),
    ("ko", "시내로 가는 버스는 아침 아홉 시에 시장에서 출발하며 요금은 백 실링입니다."),
    ("ka", "ქალაქში მიმავალი ავტობუსი ბაზრიდან დილის ცხრა საათზე გადის და ასი შილინგი ღირს."),
];

/// Scenario: a sentence of each language, expected in each.
/// Guarantees: it matches where it is expected and nowhere else.
#[test]
fn every_pair() {
    for (tag, text) in SAID {
        for (wanted, _) in SAID {
            assert_eq!(judged(wanted, text).is_match(), Some(tag == wanted), "{wanted}: {text}");
        }
    }
}

/// Scenario: answers that quote, hold code, are a name, a word, a number, or stand in a document.
/// Guarantees: what is not the answer's own words is no mismatch.
#[test]
fn does_not_count() {
    let english = SAID[0].1;
    assert_eq!(judged("ru", &format!("«{english}»")), Match::Unknown("quoted"));
    assert_eq!(judged("ru", &format!("```\n{english}\n```")).is_match(), None);
    assert_eq!(given("ru", english, english), Match::Unknown("quoted"));
    assert_eq!(judged("ru", "Ngũgĩ wa"), Match::Unknown("short_answer"));
    assert_eq!(judged("ru", "100 %").is_match(), None);
    assert_eq!(judged("ru", "OK").is_match(), None);
    assert!(is_name("The New York Times") && !is_name("The bus leaves now") && !is_name(""));
    let verdict = Verdict { certainty: Certainty::High, language: Tag::literal("en"), ..Verdict::undetermined("Latn") };
    let name = Answer { text: "The New York Times", verdict: &verdict };
    assert_eq!(judge(&expected("ru"), &name, &*detector(), &|_| false, 0.3), Match::Unknown("name"));
    let low = Verdict { certainty: Certainty::Low, ..verdict };
    let guess = Answer { text: english, verdict: &low };
    assert_eq!(judge(&expected("ru"), &guess, &*detector(), &|_| false, 0.3), Match::Unknown("low_certainty"));
}

/// Scenario: answers that begin in the expected language and go on in another, by growing parts.
/// Guarantees: a lesser part is tolerated, a greater one is a mismatch with its share.
#[test]
fn parts() {
    let (english, russian) = (SAID[0].1, SAID[2].1);
    let with = |right: usize, wrong: usize| {
        format!("{}{}", format!("{russian} ").repeat(right), format!("{english} ").repeat(wrong))
    };
    // The whole is told to be mixed, or one of the two.
    assert_eq!(judged("ru", &with(3, 1)).is_match(), Some(true));
    assert_eq!(judged("ru", &with(1, 1)).is_match(), Some(false));
    assert!(matches!(judged("ru", &with(1, 1)), Match::Mixed(share) if (0.4..0.7).contains(&share)));
    assert_eq!(judged("ru", &with(0, 2)), Match::Other(Tag::literal("en")));
    let quoting = format!("{russian} На табло написано: «{english}» Вот и всё, что там было написано вчера.");
    assert_eq!(judged("ru", &quoting).is_match(), Some(true));
}

proptest! {
    /// Scenario: any text, and every sample in both normal forms and repeated.
    /// Guarantees: no panic, the same every time and in both forms.
    #[test]
    fn any_text(text in "\\PC{0,200}", at in 0..SAID.len(), wanted in 0..SAID.len()) {
        let _ = judged("sw", &text);
        let (said, wanted) = (SAID[at].1, SAID[wanted].0);
        let first = judged(wanted, said);
        prop_assert_eq!(first, judged(wanted, said));
        prop_assert_eq!(first, judged(wanted, &said.nfc().collect::<String>()));
        prop_assert_eq!(first, judged(wanted, &said.nfd().collect::<String>()));
    }
}
