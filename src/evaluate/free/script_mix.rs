//! Does the answer stay in the script of its language.

use super::{Evaluation, threshold};
use crate::config::ScriptMix as Options;
use crate::evaluate::{Finding, Step, epoch};
use crate::language::expected::{Expected, of_question};
use crate::language::scripts;
use crate::text::script::{Histogram, Script};
use crate::turn::Turn;

/// Letters of an answer, and of Han characters that a Japanese text has kana among. A letter of a script that writes a
/// syllable or a word with one counts as three.
const MIN_LETTERS: u32 = 12;
const MIN_HAN: u32 = 12;

/// Share of Han characters that Korean texts have at most.
const HANJA_SHARE: f64 = 0.3;

/// Fails a turn whose answer is in other scripts than its language is written in: wholly (a transliteration, an answer in
/// another language) or in parts (a model that falls into Chinese). Quotations, code, addresses and names in brackets do
/// not count, nor does a script that the question or the documents are in. Latin is expected everywhere to some extent.
#[derive(Debug, Clone)]
pub struct ScriptMix {
    options: Options,
}

impl ScriptMix {
    /// With these thresholds.
    pub fn new(options: &Options) -> Self {
        ScriptMix { options: options.clone() }
    }

    fn judge(&self, turn: &Turn, expected: &Expected, letters: &[(Script, u32)]) -> Finding {
        let mut allowed: Vec<Script> = Vec::new();
        for tag in expected.tags() {
            match scripts(tag, expected.named) {
                [] => return Finding::skipped("unknown_script"),
                known => allowed.extend(known),
            }
        }
        let weight = |wanted: &dyn Fn(Script) -> bool| -> u32 {
            letters.iter().filter(|(script, _)| wanted(*script)).map(|&(script, count)| weighted(script, count)).sum()
        };
        let total = weight(&|_| true);
        if total < MIN_LETTERS {
            return Finding::skipped("short_answer");
        }
        let share = |part: u32| f64::from(part) / f64::from(total);
        let fail = |code, part| {
            let reason = format!("{:.0} % of the letters are in other scripts", share(part) * 100.0);
            Finding { score: Some(1.0 - share(part)), ..Finding::fail(code, reason) }
        };
        let is = |code: &str| expected.tags().all(|tag| tag.primary() == code);
        let count = |wanted| letters.iter().find(|(script, _)| *script == wanted).map_or(0, |&(_, count)| count);
        let (han, kana) = (count(Script::Han), count(Script::Hiragana) + count(Script::Katakana));
        if is("ja") && kana == 0 && han >= MIN_HAN {
            return fail("no_kana", weighted(Script::Han, han));
        }
        let hanja = is("ko") && share(weighted(Script::Han, han)) > HANJA_SHARE;
        let latin = if allowed.contains(&Script::Latin) { 0 } else { weight(&|script| script == Script::Latin) };
        let is_foreign = |script: Script| {
            script != Script::Latin && (!allowed.contains(&script) || (script == Script::Han && hanja))
        };
        let mut foreign = weight(&is_foreign);
        if share(foreign) > self.options.share {
            let given = given(turn);
            foreign =
                weight(&|script| is_foreign(script) && (given.count(script) == 0 || (hanja && script == Script::Han)));
        }
        if share(foreign) > self.options.share {
            fail("other_script", foreign)
        } else if share(latin) > self.options.latin_share {
            fail("latin", latin)
        } else {
            Finding { score: Some(1.0 - share(foreign)), ..Finding::pass("expected_script") }
        }
    }
}

/// The letters of what the agent was given: their scripts may be repeated.
fn given(turn: &Turn) -> Histogram {
    let mut all = String::new();
    for text in turn.input.iter().chain(&turn.retrieval).chain(&turn.tool_results).take(32) {
        all.push_str(crate::text::head(&text.text, 1 << 10));
    }
    Histogram::of(&all)
}

fn weighted(script: Script, count: u32) -> u32 {
    if script.is_dense() { count.saturating_mul(3) } else { count }
}

impl Evaluation for ScriptMix {
    fn name(&self) -> &'static str {
        "script_mix"
    }

    fn step(&self) -> Step {
        Step::Answer
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn epoch(&self) -> u64 {
        epoch(&[self.name(), self.version(), &threshold(self.options.share), &threshold(self.options.latin_share)])
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        if turn.failed {
            return Finding::skipped("failed");
        }
        let Some(answer) = &turn.output else { return Finding::skipped("no_answer") };
        let Some(shape) = &answer.traits.shape else { return Finding::skipped("no_answer") };
        let question = turn.input.as_ref().map(|text| of_question(&text.language));
        match turn.expectation.languages(question) {
            Err(unknown) => Finding::skipped(unknown.name()),
            Ok(expected) => self.judge(turn, &expected, &shape.scripts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome;
    use crate::evaluate::fixture::{text, turn};
    use crate::language::Tag;
    use crate::language::expected::Expectation;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn checked(turn: &Turn) -> (Outcome, &'static str) {
        let finding = ScriptMix::new(&Options::default()).evaluate(turn);
        (finding.outcome, finding.reason_code)
    }

    fn found(asked_in: &str, answer: &str) -> (Outcome, &'static str) {
        checked(&turn("?", asked_in, answer, "und"))
    }

    const GOOD: &[(&str, &str)] = &[
        ("ru", "Автобус отправляется с рынка в девять, билет в приложении Uber Pass."),
        ("el", "Το λεωφορείο φεύγει από την αγορά στις εννέα."),
        ("ar", "تغادر الحافلة من السوق في التاسعة صباحا."),
        ("hi", "बस सुबह नौ बजे बाज़ार से निकलती है, टिकट Paytm पर लें।"),
        ("th", "รถบัสออกจากตลาดเวลาเก้าโมงเช้า"),
        ("ja", "バスは朝九時に市場から出ます。Google Mapsで確認できます。"),
        ("zh-Hans", "公共汽车早上九点从市场出发，可用 Alipay 付款。"),
        ("ko", "버스는 아침 아홉 시에 시장에서 출발합니다 (出發)."),
        ("am", "አውቶቡሱ ከገበያ በሦስት ሰዓት ይነሳል።"),
        ("sw", "Basi linaondoka sokoni saa tatu asubuhi."),
        ("sr-Cyrl", "Autobus polazi sa pijace u devet ujutru."),
        ("hi-Latn", "बस सुबह नौ बजे बाज़ार से निकलती है।"),
        ("pa", "بس سویرے نو وجے بازار توں نکلدی اے۔"),
    ];

    /// Scenario: answers in the scripts of their languages, with Latin names, kana beside Han, Hanja in brackets.
    /// Guarantees: all pass; each in a script that another language is not written in fails there.
    #[test]
    fn scripts_of_languages() {
        for (tag, answer) in GOOD {
            assert_eq!(found(tag, answer), (Outcome::Pass, "expected_script"), "{tag}");
        }
        for (tag, answer) in &GOOD[..9] {
            for (other, _) in &GOOD[..9] {
                let fails = found(other, answer).0 == Outcome::Fail;
                // Chinese characters are Japanese ones too, but a text of them alone is not Japanese.
                assert_eq!(fails, tag != other, "{other}: {answer}");
            }
        }
    }

    /// Scenario: a model that falls into another script in the middle, writes Latin letters throughout, answers Japanese
    /// without kana, or Korean in Hanja.
    /// Guarantees: each fails with its own code and the share as score.
    #[test]
    fn mixes() {
        assert_eq!(
            found("en", "The fare is 一百先令，可以用手机付款 and it leaves at nine."),
            (Outcome::Fail, "other_script")
        );
        assert_eq!(found("sw", "Basi linaondoka в девять утра с рынка kila siku."), (Outcome::Fail, "other_script"));
        assert_eq!(found("ru", "Avtobus otpravlyaetsya s rynka v devyat utra."), (Outcome::Fail, "latin"));
        assert_eq!(found("ja", "公共汽车早上九点从市场出发，票价一百先令。"), (Outcome::Fail, "no_kana"));
        assert_eq!(found("zh", "バスは朝九時に市場から出ます。"), (Outcome::Fail, "other_script"));
        assert_eq!(
            found("ko", "버스는 公共汽車早上九點從市場出發票價一百先令 입니다"),
            (Outcome::Fail, "other_script")
        );
        let finding = ScriptMix::new(&Options::default()).evaluate(&turn("?", "ru", "Avtobus otpravlyaetsya", "und"));
        assert_eq!(finding.score, Some(0.0));
    }

    /// Scenario: other scripts in quotations, code, brackets and addresses, from the question or a document; a language
    /// that was asked for; what cannot be asked.
    /// Guarantees: none of them fails.
    #[test]
    fn does_not_count() {
        assert_eq!(found("en", "The sign says «公共汽车早上九点从市场出发» in red letters.").0, Outcome::Pass);
        assert_eq!(found("en", "Run `печать(\"автобус\")` to see the list of buses.").0, Outcome::Pass);
        assert_eq!(found("en", "The capital is Tokyo (東京都庁), which was once called Edo (江戸).").0, Outcome::Pass);
        let mut given = turn("What does 公共汽车 mean?", "en", "The word 公共汽车 means bus, 公共 is public.", "en");
        assert_eq!(checked(&given), (Outcome::Pass, "expected_script"));
        given.input = Some(text("What does it mean?", "en"));
        assert_eq!(checked(&given), (Outcome::Fail, "other_script"));
        given.retrieval = vec![text("公共汽车: bus", "zh")];
        assert_eq!(checked(&given), (Outcome::Pass, "expected_script"));
        let mut asked = turn("Where is the bus?", "en", "Автобус отправляется с рынка.", "ru");
        asked.expectation = Expectation { locale: Some(Tag::literal("ru")), ..Expectation::default() };
        assert_eq!(checked(&asked), (Outcome::Pass, "expected_script"));
        asked.expectation.locale = Some(Tag::literal("sr-Latn"));
        assert_eq!(checked(&asked), (Outcome::Fail, "other_script"));
        assert_eq!(found("und", "Basi linaondoka"), (Outcome::Skipped, "undetermined_language"));
        assert_eq!(found("qqq", "Basi linaondoka sokoni"), (Outcome::Skipped, "unknown_script"));
        assert_eq!(found("en", "OK, 100"), (Outcome::Skipped, "short_answer"));
        asked.output = None;
        assert_eq!(checked(&asked), (Outcome::Skipped, "no_answer"));
    }

    proptest! {
        /// Scenario: any answer; every good one in both normal forms and quoted.
        /// Guarantees: no panic, the same every time and in both forms, a score between 0 and 1; a quotation counts nothing.
        #[test]
        fn any_text(answer in "\\PC{0,200}", at in 0..GOOD.len()) {
            let finding = ScriptMix::new(&Options::default()).evaluate(&turn("?", "ru", &answer, "und"));
            prop_assert!(finding.score.is_none_or(|score| (0.0..=1.0).contains(&score)));
            let (tag, good) = GOOD[at];
            prop_assert_eq!(found(tag, good), found(tag, &good.nfc().collect::<String>()));
            prop_assert_eq!(found(tag, good), found(tag, &good.nfd().collect::<String>()));
            let plain = good.replace(['(', ')'], "");
            let quoted = format!("{good} «{plain}»");
            prop_assert_eq!(found(tag, &quoted), found(tag, good));
        }
    }
}
