//! Decisions, one by one and at random.

use super::*;
use proptest::prelude::*;

fn verdict(language: &str, confidence: f32, others: &[(&str, f32)]) -> Verdict {
    let certainty = match confidence {
        c if c >= 0.9 => Certainty::High,
        c if c >= 0.5 => Certainty::Medium,
        _ => Certainty::Low,
    };
    let alternatives = others.iter().map(|(tag, share)| (Tag::literal(tag), *share)).collect();
    Verdict { language: Tag::literal(language), confidence, certainty, alternatives, script: "Latn" }
}

fn silent() -> Verdict {
    Verdict::undetermined("Latn")
}

fn session(language: &str, share: f32) -> Option<Posterior> {
    Some(Posterior::from_shares([(Tag::literal(language), share)]))
}

fn said(prior: &Prior, known: &Known<'_>) -> (String, Source) {
    let said = prior.decide(known);
    (said.language.to_string(), said.source)
}

fn alone(verdict: &Verdict) -> Known<'_> {
    Known { verdict, short: true, beside: &[], session: None }
}

fn expect(language: &str, source: Source) -> (String, Source) {
    (language.to_owned(), source)
}

/// Scenario: texts that nothing else is known about.
/// Guarantees: `high` and `medium` say their language, a guess and silence say none.
#[test]
fn text_alone() {
    let prior = Prior::new(&[]);
    for (verdict, language, source) in [
        (verdict("ro", 0.97, &[]), "ro", Source::Text),
        (verdict("ro", 0.6, &[("it", 0.3)]), "ro", Source::Text),
        (verdict("mul", 0.8, &[]), "mul", Source::Text),
        (verdict("ro", 0.4, &[("it", 0.3)]), "und", Source::None),
        (verdict("zxx", 0.3, &[]), "und", Source::None),
        (silent(), "und", Source::None),
    ] {
        assert_eq!(said(&prior, &alone(&verdict)), expect(language, source), "{verdict:?}");
    }
}

/// Scenario: a session in Portuguese, and then a sure Spanish text, an unsure one that may be Portuguese, one that
/// names neither, a short silence, a long one, code, and a text in two languages.
/// Guarantees: what is sure stays; what may be Portuguese is; a long text in no known language stays unknown.
#[test]
fn session_helps_the_unsure() {
    let prior = Prior::new(&[]);
    let of = |verdict: &Verdict, short| said(&prior, &Known { short, session: session("pt", 0.97), ..alone(verdict) });
    assert_eq!(of(&verdict("es", 0.95, &[("pt", 0.04)]), true), expect("es", Source::Text));
    assert_eq!(of(&verdict("es", 0.6, &[("pt", 0.3)]), false), expect("pt", Source::Session));
    assert_eq!(of(&verdict("es", 0.6, &[("gl", 0.3)]), true), expect("es", Source::Text));
    assert_eq!(of(&verdict("gl", 0.4, &[("pt", 0.3)]), false), expect("pt", Source::Session));
    assert_eq!(of(&verdict("pt", 0.4, &[("gl", 0.3)]), false), expect("pt", Source::Session));
    assert_eq!(of(&silent(), true), expect("pt", Source::Session));
    assert_eq!(of(&silent(), false), expect("und", Source::None));
    assert_eq!(of(&verdict("zxx", 0.95, &[]), true), expect("zxx", Source::Text));
    assert_eq!(of(&verdict("mul", 0.8, &[("es", 0.5), ("pt", 0.5)]), true), expect("mul", Source::Text));
}

/// Scenario: a Chinese session that is known to be in traditional characters; a text that could be in either; and
/// a Croatian session with a text that only shows the group.
/// Guarantees: the session says which; the wider tag does not hide the narrower one.
#[test]
fn session_narrows_a_group() {
    let prior = Prior::new(&[]);
    for (wide, narrow) in [("zh", "zh-Hant"), ("sh", "hr")] {
        let text = verdict(wide, 0.8, &[]);
        let known = Known { short: false, session: session(narrow, 0.97), ..alone(&text) };
        assert_eq!(said(&prior, &known), expect(narrow, Source::Session));
    }
}

/// Scenario: a question of one word; the answer is Romanian; the session was Romanian, Italian or unknown; the
/// question was told, though not surely; the answer was not.
/// Guarantees: the answer tells what nobody contradicts; the user's own words before count more; a `medium`
/// question does not follow the answer.
#[test]
fn answer_helps_a_guess() {
    let prior = Prior::new(&[]);
    let answer = verdict("ro", 0.98, &[]);
    let of = |question: &Verdict, answer: &Verdict, session| {
        said(&prior, &Known { beside: &[answer], session, ..alone(question) })
    };
    assert_eq!(of(&silent(), &answer, None), expect("ro", Source::Trace));
    assert_eq!(of(&silent(), &answer, session("ro", 0.97)), expect("ro", Source::Trace));
    assert_eq!(of(&silent(), &answer, session("it", 0.97)), expect("it", Source::Session));
    assert_eq!(of(&verdict("it", 0.45, &[("ro", 0.4)]), &answer, None), expect("ro", Source::Trace));
    assert_eq!(of(&verdict("it", 0.6, &[("ro", 0.3)]), &answer, None), expect("it", Source::Text));
    assert_eq!(of(&silent(), &verdict("ro", 0.45, &[]), None), expect("und", Source::None));
    assert_eq!(of(&silent(), &verdict("mul", 0.8, &[]), None), expect("und", Source::None));
}

/// Scenario: Spanish and Brazilian Portuguese are served; texts in them and in Galician, sure and unsure.
/// Guarantees: a guess becomes the served language that it may be; Galician is said where the text says it with some
/// certainty, also beside a served candidate.
#[test]
fn served_languages() {
    let prior = Prior::new(&["es".to_owned(), "pt-BR".to_owned(), "no tag".to_owned()]);
    for (verdict, language, source) in [
        (verdict("gl", 0.95, &[("es", 0.05)]), "gl", Source::Text),
        (verdict("gl", 0.6, &[]), "gl", Source::Text),
        (verdict("gl", 0.6, &[("ca", 0.2)]), "gl", Source::Text),
        (verdict("gl", 0.6, &[("pt", 0.3)]), "gl", Source::Text),
        (verdict("gl", 0.4, &[("pt", 0.3)]), "pt", Source::Served),
        (verdict("es", 0.4, &[("gl", 0.3)]), "es", Source::Served),
        (verdict("es", 0.4, &[("pt", 0.35)]), "es", Source::Served),
        (verdict("gl", 0.4, &[("ca", 0.3)]), "und", Source::None),
        (silent(), "und", Source::None),
    ] {
        assert_eq!(said(&prior, &alone(&verdict)), expect(language, source), "{verdict:?}");
    }
}

/// Scenario: a sure Romanian text, then silence ten times; a long text in a language that is not known; a sure
/// Italian text.
/// Guarantees: a session is believed for some silent turns and less with each; an unknown language and a sure text
/// end the belief; mixed text and code leave it alone.
#[test]
fn memory_fades() {
    let prior = Prior::new(&[]);
    let romanian = prior.remember(&verdict("ro", 0.98, &[]), true, None);
    let (mut belief, mut shares) = (romanian, Vec::new());
    for _ in 0..10 {
        belief = prior.remember(&silent(), true, belief);
        shares.push(belief.unwrap().best().unwrap().1);
    }
    assert!(shares.windows(2).all(|pair| pair[1] < pair[0]), "{shares:?}");
    assert!(shares[3] > SAID && shares[9] < SAID, "{shares:?}");
    assert_eq!(prior.remember(&silent(), false, romanian), None);
    assert_eq!(prior.remember(&silent(), true, None), None);
    for settled in ["mul", "zxx"] {
        assert_eq!(prior.remember(&verdict(settled, 0.95, &[]), true, romanian), romanian);
    }
    let italian = prior.remember(&verdict("it", 0.95, &[]), true, romanian);
    assert_eq!(italian.unwrap().best(), Some((Tag::literal("it"), 0.95)));
}

/// Scenario: texts of known length in several scripts.
/// Guarantees: digits and emoji are no letters; letters of dense scripts count as three.
#[test]
fn short_texts() {
    for (text, short) in [
        ("", true),
        ("👍 12345 67890 12345 67890", true),
        ("abcdefghijklmno", true),
        ("abcdefghijklmnop", false),
        ("一二三四五", true),
        ("一二三四五六", false),
    ] {
        assert_eq!(is_short(text), short, "{text}");
    }
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    let tag =
        prop::sample::select(vec!["en", "es", "pt", "gl", "zh", "zh-Hans", "hr", "sh", "und", "mul", "zxx", "other"]);
    let share = prop_oneof![9 => 0.0f32..=1.0, 1 => Just(f32::NAN), 1 => Just(f32::INFINITY), 1 => Just(-1.0f32)];
    let certainty = prop::sample::select(vec![Certainty::Low, Certainty::Medium, Certainty::High]);
    (tag.clone(), share.clone(), certainty, prop::collection::vec((tag, share), 0..4)).prop_map(
        |(language, confidence, certainty, others)| Verdict { certainty, ..verdict(language, confidence, &others) },
    )
}

fn any_session() -> impl Strategy<Value = Option<Posterior>> {
    prop::option::of(prop::collection::vec(any_verdict(), 1..6)).prop_map(|texts| {
        let prior = Prior::new(&[]);
        texts?.iter().fold(None, |session, verdict| prior.remember(verdict, true, session))
    })
}

proptest! {
    /// Scenario: any verdicts, with shares that are none, beside each other, in any session.
    /// Guarantees: shares are shares; what is sure is never changed; what is said has half of the belief at least
    /// and was named by somebody; `und` comes from nowhere and nothing else does.
    #[test]
    fn sane(text in any_verdict(), answer in any_verdict(), session in any_session(), short: bool, served: bool) {
        let prior = Prior::new(&if served { vec!["pt".to_owned(), "hr".to_owned()] } else { Vec::new() });
        let beside = [&answer];
        let known = Known { verdict: &text, short, beside: &beside, session };
        let said = prior.decide(&known);
        let weighed = prior.weigh(&known);
        let sum: f32 = weighed.candidates().iter().map(|(_, share)| share).sum::<f32>() + weighed.rest();
        prop_assert!((sum - 1.0).abs() < 1e-3, "{weighed:?}");
        prop_assert!(weighed.candidates().iter().all(|(tag, share)| tag.is_language() && (0.0..=1.0).contains(share)));
        prop_assert_eq!(said.language == Tag::UND, said.source == Source::None);
        if text.certainty == Certainty::High && text.language != Tag::UND {
            prop_assert_eq!((said.language, said.source), (text.language, Source::Text));
        }
        if said.source != Source::None && said.language != text.cohort() {
            prop_assert!(said.confidence >= SAID);
            let views = [Some(Posterior::of(&text)), Some(Posterior::of(&answer)), session];
            prop_assert!(views.iter().flatten().any(|view| view.candidates().iter().any(|(tag, _)| *tag == said.language)));
        }
    }

    /// Scenario: any uncertain text in a session that is known better and better.
    /// Guarantees: the more a session is believed to be in a language, the larger is that language's share.
    #[test]
    fn monotonous(text in any_verdict(), low in 0.05f32..0.5, more in 0.0f32..0.45) {
        let prior = Prior::new(&[]);
        let share = |belief: f32| {
            let known = Known { verdict: &text, short: true, beside: &[], session: session("pt", belief) };
            let weighed = prior.weigh(&known);
            weighed.candidates().iter().find(|(tag, _)| tag.as_str() == "pt").map_or(0.0, |(_, share)| *share)
        };
        prop_assert!(share(low + more) >= share(low) - 1e-4);
    }
}
