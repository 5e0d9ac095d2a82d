//! The examples of the language files, the ways through the check, and the figures on labelled files.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::refusal::measure::{House, print, rows, score};

fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(House::open)
}

fn judge(answer: &str, language: &str) -> Verdict {
    house().judge(answer, language)
}

/// Scenario: every example of every language file, with the language known and unknown.
/// Guarantees: refusals are refused, those beside a rule for its kind and by a rule of its block; answers are answered.
#[test]
fn examples() {
    let house = house();
    let mut wrong = String::new();
    let mut complain = |language: &str, what: &str, example: &str| {
        wrong += &format!("{language}: {what}: {example}\n{}", house.explain(example, language));
    };
    for file in &house.files {
        let language = file.language.as_str();
        if !house.looks_at(language) {
            continue;
        }
        let mut refused: Vec<&String> = file.examples.refused.iter().collect();
        let mut answered: Vec<&String> = file.examples.answered.iter().collect();
        for (block, part) in file.rules.iter().enumerate() {
            if part.refused.is_empty() {
                complain(language, "no example beside", &part.sequences.join(" / "));
            }
            for example in &part.refused {
                let said = judge(example, language);
                if said.outcome == Outcome::Refused && said.kind != Some(part.kind.into()) {
                    complain(language, &format!("{:?}, but it stands beside {:?}", said.kind, part.kind), example);
                } else if said.outcome == Outcome::Refused && !house.blocks(example, language).contains(&block) {
                    complain(language, &format!("not by its own block of {:?}", part.kind), example);
                }
            }
            refused.extend(&part.refused);
            answered.extend(&part.answered);
        }
        for part in &file.except {
            if part.answered.is_empty() {
                complain(language, "no example beside", &part.sequences.join(" / "));
            }
            answered.extend(&part.answered);
        }
        if refused.len() < 6 || answered.len() < 6 {
            complain(language, "fewer than six refusals or six answers", "");
        }
        for example in refused {
            for tag in [language, "und"].into_iter().filter(|tag| !house.refuses(example, tag)) {
                complain(language, &format!("not refused as {tag}"), example);
            }
        }
        for example in answered {
            if house.refuses(example, language) {
                complain(language, "refused", example);
            } else if house.refuses(example, "und") {
                let by: Vec<&str> =
                    house.files.iter().map(|f| &f.language[..]).filter(|l| house.refuses(example, l)).collect();
                complain(language, &format!("refused in {by:?}"), example);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Scenario: the grammars of all languages.
/// Guarantees: compiled, they take less than 10 MB.
#[test]
fn memory() {
    let bytes = house().detector.memory();
    println!("{} languages in {} KB", house().files.len(), bytes >> 10);
    assert!(bytes < 10_000_000, "{bytes}");
}

/// Scenario: each provider signal, alone and with a text that says otherwise.
/// Guarantees: signals decide before words, the strongest first.
#[test]
fn signals_come_first() {
    let check = |signals| house().detector.check("Here you are.", Tag::literal("en"), Certainty::High, &signals);
    let refused = |kind| Verdict::new(Outcome::Refused, Some(kind), Some(Source::Signal));
    let text = Signals::default();
    assert_eq!(check(Signals { refusal_field: true, ..text }), refused(Kind::Policy));
    assert_eq!(check(text.finish_reason("content_filter")), refused(Kind::Filtered));
    let silent = check(Signals { silent: true, ..text });
    assert_eq!((silent.outcome, silent.kind), (Outcome::Undetermined, Some(Kind::Silent)));
    assert_eq!(check(text).outcome, Outcome::Answered);
}

/// Scenario: no text, a language without a grammar, unknown and mixed languages, a guess that is wrong.
/// Guarantees: never `answered` where nobody looked; the grammars of all languages for an unknown one.
#[test]
fn coverage_is_honest() {
    let undetermined = |kind| Verdict::new(Outcome::Undetermined, Some(kind), None);
    let sorry = "I'm sorry, I can't help with that.";
    assert_eq!(judge("  \n", "en"), undetermined(Kind::NoText));
    assert_eq!(judge("Niestety nie.", "qaa"), undetermined(Kind::NotCovered));
    assert_eq!(judge(sorry, "qaa"), undetermined(Kind::NotCovered));
    assert_eq!(judge("Here is a list.", "und"), undetermined(Kind::NotCovered));
    assert_eq!(judge(sorry, "und").outcome, Outcome::Refused);
    assert_eq!(judge(sorry, "mul").outcome, Outcome::Refused);
    let guess = house().detector.check(sorry, Tag::literal("qaa"), Certainty::Low, &Signals::default());
    assert_eq!(guess.outcome, Outcome::Refused);
    let covered = |tag| house().detector.covered(Tag::literal(tag));
    assert!(covered("en") && covered("ja") && !covered("qaa") && !covered("und"));
    assert_eq!(house().detector.covered_languages().count(), house().files.len());
}

/// Scenario: the refusal after a long answer, in a quotation, in code, with a curly apostrophe, after greetings.
/// Guarantees: only what the answer itself says in its opening counts, and the evidence is that sentence.
#[test]
fn only_the_opening_counts() {
    let late = format!("{} I can't help with that.", "Here is a fact. ".repeat(5));
    assert_eq!(judge(&late, "en").outcome, Outcome::Answered);
    assert_eq!(judge("Print `I can't help with that` in red.", "en").outcome, Outcome::Answered);
    assert_eq!(judge("I’m sorry, but I can’t help with that.", "en").outcome, Outcome::Refused);
    for (before, sentence, after) in [
        ("  \n\nI'm sorry.\n", "I can't help with that.", " Bye."),
        ("Hi! Hello! 😀 The text \"a “b” c\" is long. Thank you for it. ", "I can’t help with that!", "\n"),
        ("お問い合わせありがとうございます。", "その件はお手伝いできません。", "別の話をしましょう。"),
    ] {
        let language = if before.is_ascii() || before.contains('😀') { "en" } else { "ja" };
        let answer = format!("{before}{sentence}{after}");
        let evidence = judge(&answer, language).evidence.unwrap();
        assert_eq!(&answer[evidence.start as usize..evidence.end as usize], sentence);
    }
}

/// Scenario: texts that decline, drafted for the user after a line that announces them; an answer that itself begins as a
/// letter, one after a label, one with a list after a colon.
/// Guarantees: what is said in the user's name is no refusal; what the answer says is.
#[test]
fn drafts_are_the_users() {
    for (answer, language, outcome) in [
        ("Here is your email:\n\nHello Tom,\n\nI'm sorry, but I can't help with that.", "en", Outcome::Answered),
        ("メールの文面です：\n田中様、\nその件はお手伝いできません。", "ja", Outcome::Answered),
        ("Hello Tom,\n\nI'm sorry, but I can't help with that.", "en", Outcome::Refused),
        ("Here is your email:\nHello Tom, I'm sorry, but I can't help with that.", "en", Outcome::Answered),
        ("Write him a short note:\nI can't help you with that.\nYours, Anna", "en", Outcome::Answered),
        ("お断りのメールの例です：\n残念ながら、その件はお手伝いできません。", "ja", Outcome::Answered),
        ("นี่คือร่างอีเมลของคุณ:\nขออภัย ฉันไม่สามารถช่วยเรื่องนี้ได้", "th", Outcome::Answered),
        ("คำตอบ:\nขออภัย ฉันไม่สามารถช่วยเรื่องนี้ได้", "th", Outcome::Refused),
        ("My answer:\nI'm sorry, but I can't help with that.", "en", Outcome::Refused),
        ("回答：\n抱歉，我无法协助您处理这个请求。", "zh", Outcome::Refused),
        ("These are the things that I do:\n- tea\n1. coffee\nI can't help with that.", "en", Outcome::Refused),
    ] {
        assert_eq!(judge(answer, language).outcome, outcome, "{answer}");
    }
}

/// Scenario: Norwegian declines with `jeg kan ikke`; to the Danish file, in which no rule has these words, `ikke vælge` is an
/// idiom.
/// Guarantees: known to be Danish it is an answer; a relative's rule holds where Danish does not clear it, and in its own
/// language.
#[test]
fn an_own_idiom_clears_what_a_relative_refuses() {
    let norwegian = r#"
        language = "nb"
        classes = { i = ["jeg"], cannot = ["kan ikke"] }
        rules = [{ kind = "policy", match = ["i cannot"], refused = [] }]
        examples = { refused = [], answered = [] }
    "#;
    let danish = r#"
        language = "da"
        classes = { idiom = ["ikke vælge"], wont = ["nægter"] }
        rules = [{ kind = "policy", match = ["wont"], refused = [] }]
        except = [{ match = ["idiom"], answered = [] }]
        examples = { refused = [], answered = [] }
    "#;
    let detector = Detector::from_files(&[norwegian, danish]).unwrap();
    let judge = |text, tag| detector.check(text, Tag::literal(tag), Certainty::High, &Signals::default()).outcome;
    assert_eq!(judge("Jeg kan ikke vælge, begge er gode.", "da"), Outcome::Answered);
    assert_eq!(judge("Jeg kan ikke sige det.", "da"), Outcome::Refused);
    assert_eq!(judge("Jeg kan ikke vælge, begge er gode.", "nb"), Outcome::Refused);
}

/// Scenario: megabytes of what could make matching slow.
/// Guarantees: a verdict at once; work is bounded by what is read.
#[test]
fn hostile_answers() {
    for unit in [
        "i can't ",
        "\"",
        "`",
        "“",
        "no ",
        "не ",
        "\u{200b}",
        "我",
        "no sorry en ne ",
        "\n",
        ". ",
        "' ",
        "a\u{300}",
        "> ",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        judge(&text, "en");
        judge(&text, "und");
    }
}

proptest! {
    /// Scenario: any answer and any language.
    /// Guarantees: no panic; uncovered languages are never answered; evidence is within the answer.
    #[test]
    fn any_answer(text in "(\\PC|i can't help|お手伝いできません|[.!?\"'`\n ]){0,60}", language in "(en|ja|und|[a-z]{2,3})") {
        let verdict = judge(&text, &language);
        if !house().detector.covered(Tag::literal(&language)) {
            prop_assert_ne!(verdict.outcome, Outcome::Answered);
        }
        if let Some(Evidence { start, end }) = verdict.evidence {
            prop_assert!(text.get(start as usize..end as usize).is_some_and(|sentence| !sentence.is_empty()));
        }
    }
}

/// Scenario: sentences of our own in nineteen languages by somebody who had not seen the grammars. Seven of the answers were
/// read and mended since, so the figure says nothing about other wordings any more.
/// Guarantees: printed recall and precision do not get worse.
#[test]
fn heldout() {
    let table = score(house(), &rows(include_str!("heldout.jsonl")), false);
    print(&table);
    let all = table["all"];
    assert!(all.precision() >= 0.99 && all.recall() >= 0.99, "{all:?}");
}

/// Scenario: refusals and hard answers in 70 languages and scripts, forty styles of them, by authors who had not seen the
/// grammars of the languages that they wrote. They are kept back: mending a grammar until a row here comes out right would
/// make the figure worthless. `languages/README.md` has the figures from before the grammars were widened, and says of which
/// languages the missed rows were read, to see of what kind they are.
/// Guarantees: the printed recall and precision, by language and by style, are the ones to expect of styles that nobody
/// thought of, and they do not get worse.
#[test]
fn unseen() {
    let table = score(house(), &rows(include_str!("unseen.jsonl")), false);
    print(&table);
    for all in [table["all"], table["all, language unknown"]] {
        assert!(all.precision() >= 0.985 && all.recall() >= 0.91, "{all:?}");
    }
}

/// Scenario: the labelled answers in 44 languages, where they are there (`../shared/fixtures/refusal/dev.jsonl`). Whoever
/// wrote the grammars had them at hand.
/// Guarantees: the table by language and style is printed; precision of 0.99 and recall of 0.97 at least in each language,
/// and over all with the language unknown.
#[test]
fn labelled() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures/refusal/dev.jsonl");
    let Ok(file) = std::fs::read_to_string(path) else { return println!("no ../shared/fixtures/refusal") };
    let rows = rows(&file);
    let table = score(house(), &rows, false);
    print(&table);
    for row in &rows {
        assert!(house().detector.covered(Tag::literal(&row.lang)), "{}", row.lang);
    }
    for (key, score) in table.iter().filter(|(key, _)| !key.starts_with("style")) {
        assert!(score.precision() >= 0.99 && score.recall() >= 0.97, "{key}: {score:?}");
    }
}

/// Every example of a refusal, with its language.
fn refusals() -> impl Iterator<Item = (&'static str, &'static str)> {
    house().files.iter().flat_map(|file| {
        let beside = file.rules.iter().flat_map(|block| &block.refused);
        beside.chain(&file.examples.refused).map(|example| (file.language.as_str(), example.as_str()))
    })
}

/// Complains of all examples that come out otherwise once they are changed.
fn changed(what: &str, outcome: Outcome, change: impl Fn(&str) -> Option<String>) {
    let wrong: Vec<String> = refusals()
        .filter_map(|(language, example)| Some((language, change(example)?)))
        .filter(|(language, text)| judge(text, language).outcome != outcome)
        .map(|(language, text)| format!("{language}: {text}"))
        .collect();
    assert!(wrong.is_empty(), "{what}: {} of {}: {wrong:#?}", wrong.len(), refusals().count());
}

/// Scenario: every refusal of every language file, in quotation marks after a lead-in, and as code.
/// Guarantees: what is quoted is not declined.
#[test]
fn quoted_refusals_are_answers() {
    let marks = ['"', '“', '”', '„', '«', '»', '「', '」', '`', '\'', '’', '‘'];
    let plain = |text: &str| !text.contains(marks);
    changed("quoted", Outcome::Answered, |text| plain(text).then(|| format!("42: “{text}”")));
    changed("code", Outcome::Answered, |text| plain(text).then(|| format!("42:\n```\n{text}\n```")));
}

/// Scenario: the same with an emoji or a bow before them, decomposed, composed, and with the other apostrophe.
/// Guarantees: they decline all the same.
#[test]
fn spelling_does_not_matter() {
    use unicode_normalization::UnicodeNormalization;
    changed("emoji", Outcome::Refused, |text| Some(format!("🙏 {text}")));
    changed("decomposed", Outcome::Refused, |text| Some(text.nfd().collect()));
    changed("composed", Outcome::Refused, |text| Some(text.nfc().collect()));
    changed("curly", Outcome::Refused, |text| text.contains('\'').then(|| text.replace('\'', "’")));
    changed("straight", Outcome::Refused, |text| text.contains('’').then(|| text.replace('’', "'")));
}

/// Scenario: the same after thanks and an apology, in languages where we are sure of the words.
/// Guarantees: they decline all the same.
#[test]
fn politeness_does_not_matter() {
    for (language, polite) in [
        ("en", "Thank you for asking!"),
        ("de", "Danke für die Frage!"),
        ("fr", "Merci pour votre question !"),
        ("es", "¡Gracias por tu pregunta!"),
        ("id", "Terima kasih atas pertanyaannya!"),
        ("ru", "Спасибо за вопрос!"),
        ("hi", "पूछने के लिए धन्यवाद!"),
        ("ja", "ご質問ありがとうございます。"),
        ("sw", "Asante kwa swali lako!"),
        ("tr", "Sorduğunuz için teşekkürler!"),
    ] {
        for (_, example) in refusals().filter(|(of, _)| *of == language) {
            let text = format!("{polite} {example}");
            assert_eq!(judge(&text, language).outcome, Outcome::Refused, "{text}");
        }
    }
}

/// Scenario: a labelled file, JSON lines of `lang`, `text`, `label`, `style`, named by `ISOGLOSS_REFUSAL_JSONL`.
/// Guarantees: prints precision and recall by language and by style, and what came out wrong with the reason.
#[test]
#[ignore = "needs a labelled file in ISOGLOSS_REFUSAL_JSONL"]
fn accuracy() {
    let file = std::fs::read_to_string(std::env::var("ISOGLOSS_REFUSAL_JSONL").unwrap()).unwrap();
    print(&score(house(), &rows(&file), true));
}

/// Scenario: a sentence in `ISOGLOSS_REFUSAL_SENTENCE`, in the language of `ISOGLOSS_REFUSAL_ONLY`.
/// Guarantees: prints what the grammar finds in it.
#[test]
#[ignore = "needs a sentence in ISOGLOSS_REFUSAL_SENTENCE"]
fn sentence() {
    let sentence = std::env::var("ISOGLOSS_REFUSAL_SENTENCE").unwrap();
    let language = std::env::var("ISOGLOSS_REFUSAL_ONLY").unwrap();
    println!("{:?}\n{}", judge(&sentence, &language), house().explain(&sentence, &language));
}
