//! The examples of the pattern files, the ways through the check, and the figures on a labelled file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;

fn detector() -> &'static Detector {
    static DETECTOR: OnceLock<Detector> = OnceLock::new();
    DETECTOR.get_or_init(|| Detector::new().unwrap())
}

fn judge(answer: &str, language: &str) -> Verdict {
    detector().check(answer, Tag::literal(language), &Signals::default())
}

/// Scenario: every example of every pattern file.
/// Guarantees: refusals are refused, answers are answered, and with an unknown language answers are still no refusals.
#[test]
fn examples() {
    let mut wrong = Vec::new();
    for text in FILES {
        let file = File::read(text).unwrap();
        assert!(file.examples.refused.len() >= 4 && file.examples.answered.len() >= 4, "{}", file.language);
        for (examples, expected) in
            [(&file.examples.refused, Outcome::Refused), (&file.examples.answered, Outcome::Answered)]
        {
            for example in examples {
                let said = judge(example, &file.language).outcome;
                if said != expected {
                    wrong.push((file.language.clone(), said, example.clone()));
                }
                let unknown = judge(example, "und").outcome;
                if (unknown == Outcome::Refused) != (expected == Outcome::Refused) {
                    wrong.push((format!("{} as und", file.language), unknown, example.clone()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Scenario: each provider signal, alone and with a text that says otherwise.
/// Guarantees: signals decide before words, the strongest first.
#[test]
fn signals_come_first() {
    let check = |signals| detector().check("Here you are.", Tag::literal("en"), &signals);
    let refused = |kind| Verdict { outcome: Outcome::Refused, kind: Some(kind), source: Some(Source::Signal) };
    let text = Signals::default();
    assert_eq!(check(Signals { refusal_field: true, ..text }), refused(Kind::Policy));
    assert_eq!(check(text.finish_reason("content_filter")), refused(Kind::Filtered));
    let silent = check(Signals { silent: true, ..text });
    assert_eq!((silent.outcome, silent.kind), (Outcome::Undetermined, Some(Kind::Silent)));
    assert_eq!(check(text).outcome, Outcome::Answered);
}

/// Scenario: no text, a language without patterns, unknown and mixed languages, scripts of a language.
/// Guarantees: never `answered` where nobody looked; patterns of all languages for an unknown one.
#[test]
fn coverage_is_honest() {
    let undetermined = |kind| Verdict { outcome: Outcome::Undetermined, kind: Some(kind), source: None };
    assert_eq!(judge("  \n", "en"), undetermined(Kind::NoText));
    assert_eq!(judge("Niestety nie.", "fi"), undetermined(Kind::NotCovered));
    assert_eq!(judge("En voi auttaa siinä.", "fi"), undetermined(Kind::NotCovered));
    assert_eq!(judge("Hii hapa orodha ya bidhaa zetu.", "und"), undetermined(Kind::NotCovered));
    assert_eq!(judge("Samahani, siwezi kukusaidia na hilo.", "und").outcome, Outcome::Refused);
    assert_eq!(judge("I'm sorry, I can't help with that.", "mul").outcome, Outcome::Refused);
    assert_eq!(judge("抱歉，我無法協助您。", "zh-Hant").outcome, Outcome::Refused);
    assert!(detector().covered(Tag::literal("zh-Hans")) && !detector().covered(Tag::literal("fi")));
    assert!(!detector().covered(Tag::UND));
    assert_eq!(detector().covered_languages().count(), FILES.len());
}

/// Scenario: a refusal that says it will not, and one that says it is not able to.
/// Guarantees: the kinds are told apart, by pattern.
#[test]
fn kinds() {
    for (text, kind) in [
        ("I can't help with that request.", Kind::Policy),
        ("I don't have access to real-time data, so I can't tell you.", Kind::Capability),
    ] {
        let expected = Verdict { outcome: Outcome::Refused, kind: Some(kind), source: Some(Source::Pattern) };
        assert_eq!(judge(text, "en"), expected);
    }
}

/// Scenario: the refusal after a long answer, in a quotation, in code, with a curly apostrophe.
/// Guarantees: only what the answer itself says in its opening counts.
#[test]
fn only_the_opening_counts() {
    let late = format!("{} I can't help with that.", "Here is a fact. ".repeat(5));
    assert_eq!(judge(&late, "en").outcome, Outcome::Answered);
    assert_eq!(judge("Print `I can't help with that` in red.", "en").outcome, Outcome::Answered);
    assert_eq!(judge("I’m sorry, but I can’t help with that.", "en").outcome, Outcome::Refused);
    assert_eq!(judge("  \n\nI'm sorry.\nI can't help with that.", "en").outcome, Outcome::Refused);
}

/// Scenario: megabytes of what could make matching slow.
/// Guarantees: a verdict at once; work is bounded by what is read.
#[test]
fn hostile_answers() {
    for unit in ["i can't ", "\"", "`", "“", "no ", "не ", "\u{200b}", "我", "\n", ". "] {
        let text = unit.repeat((1 << 20) / unit.len());
        judge(&text, "en");
        judge(&text, "und");
    }
}

proptest! {
    /// Scenario: any answer and any language.
    /// Guarantees: no panic; uncovered languages are never answered.
    #[test]
    fn any_answer(text in any::<String>(), language in "[a-z]{2,3}") {
        let verdict = judge(&text, &language);
        if !detector().covered(Tag::literal(&language)) {
            prop_assert_ne!(verdict.outcome, Outcome::Answered);
        }
    }
}

/// Scenario: a labelled file, JSON lines of `lang`, `text`, `label`, `style`, named by `ISOGLOSS_REFUSAL_JSONL`.
/// Guarantees: precision of at least 0.98 and recall of at least 0.85 over the covered languages.
#[test]
#[ignore = "needs a labelled file in ISOGLOSS_REFUSAL_JSONL"]
fn accuracy() {
    let file = std::fs::read_to_string(std::env::var("ISOGLOSS_REFUSAL_JSONL").unwrap()).unwrap();
    let mut table: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    let mut falsely_und = 0;
    for line in file.lines().filter(|line| !line.is_empty()) {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| row[name].as_str().unwrap().to_owned();
        let (lang, text, refusal) = (field("lang"), field("text"), field("label") == "refusal");
        falsely_und += u32::from(!refusal && judge(&text, "und").outcome == Outcome::Refused);
        if !refusal && judge(&text, "und").outcome == Outcome::Refused {
            println!("und false {lang} {text}");
        }
        if !detector().covered(Tag::literal(&lang)) {
            continue;
        }
        let said = judge(&text, &lang).outcome == Outcome::Refused;
        let at = match (refusal, said) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        for key in [lang.clone(), format!("style {}", field("style")), "ALL".to_owned()] {
            table.entry(key).or_default()[at] += 1;
        }
        if refusal != said {
            println!("{} {lang} {} {text}", if refusal { "missed" } else { "FALSE" }, field("style"));
        }
    }
    for (key, [hit, missed, wrong, right]) in &table {
        println!("{key:28} refused {hit}/{} false {wrong}/{}", hit + missed, wrong + right);
    }
    println!("answers refused as und: {falsely_und}");
    let [hit, missed, wrong, _] = table["ALL"].map(f64::from);
    assert!(hit / (hit + wrong) >= 0.98 && hit / (hit + missed) >= 0.85);
}

/// Scenario: sentences of our own in nineteen languages by somebody who had not seen the patterns. They are kept back:
/// mending a pattern until a row here comes out right would make the figure worthless.
/// Guarantees: the printed recall and precision are the ones to expect of other wordings, and they do not get worse.
#[test]
fn heldout() {
    #[derive(serde::Deserialize)]
    struct Row {
        lang: String,
        label: String,
        text: String,
    }
    let (mut hit, mut missed, mut wrong, mut answers) = (0, 0, 0, 0);
    for line in include_str!("heldout.jsonl").lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let refused = judge(&row.text, &row.lang).outcome == Outcome::Refused;
        match (row.label.as_str(), refused) {
            ("refusal", true) => hit += 1,
            ("refusal", false) => missed += 1,
            ("answer", true) => wrong += 1,
            ("answer", false) => answers += 1,
            (other, _) => panic!("{other} is no label"),
        }
    }
    let recall = f64::from(hit) / f64::from(hit + missed);
    let precision = f64::from(hit) / f64::from(hit + wrong);
    println!("{} refusals, {} answers: recall {recall:.3}, precision {precision:.3}", hit + missed, answers + wrong);
    assert!(recall >= 0.60 && precision >= 0.95, "recall {recall}, precision {precision}");
}
