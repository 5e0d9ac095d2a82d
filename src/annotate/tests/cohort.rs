//! Languages: of roles, of documents, of the turn.

use super::*;
use crate::annotate::names;
use crate::convention::Role;
use crate::language::{Certainty, Tag, Verdict};

/// Scenario: one request with two traces, their spans mixed; in each a step without texts comes before the call.
/// Guarantees: every span of a trace says the language of its own trace's question and answer, and only the answer
/// in another language than the question is a mismatch.
#[test]
fn two_traces() {
    let step = |trace| span(trace, 1, &[("openinference.span.kind", "CHAIN")]);
    let spans = vec![step(1), step(2), call(1, 2, GERMAN, GERMAN_ANSWER), call(2, 3, FRENCH, ENGLISH)];
    let annotated = annotate(spans);
    assert_eq!((annotated.spans, annotated.unreadable, annotated.facts.len()), (4, 0, 4));
    let spans = decode(&annotated);
    for (at, kind, input, output) in
        [(0, "CHAIN", "de", "de"), (1, "CHAIN", "fr", "en"), (2, "LLM", "de", "de"), (3, "LLM", "fr", "en")]
    {
        assert_eq!(get_text(&spans[at], names::SPAN_KIND), Some(kind));
        assert_eq!(get_text(&spans[at], names::COHORT_LANGUAGE), Some(input), "{at}");
        assert_eq!(get_text(&spans[at], names::COHORT_TARGET_LANGUAGE), Some(output), "{at}");
    }
    for at in [0, 1] {
        assert_eq!(get(&spans[at], names::LANGUAGE_MATCH), None);
        assert_eq!(get(&spans[at], names::DETECTOR_VERSION), None);
        assert_eq!(get(&spans[at], names::role(Role::Input).language), None);
    }
    assert_eq!(get(&spans[2], names::LANGUAGE_MATCH), Some(&Value::BoolValue(true)));
    assert_eq!(get(&spans[3], names::LANGUAGE_MATCH), Some(&Value::BoolValue(false)));
    assert_eq!(get_text(&spans[3], names::role(Role::Input).language), Some("fr"));
    assert_eq!(get_text(&spans[3], names::role(Role::Output).language), Some("en"));
    assert_eq!(get_text(&spans[3], names::DETECTOR_VERSION), Some(NgramDetector::built_in().version()));
    let characters = i64::try_from(FRENCH.chars().count()).unwrap();
    assert_eq!(get_int(&spans[3], names::role(Role::Input).characters), Some(characters));
    let Some(Value::DoubleValue(confidence)) = get(&spans[3], names::role(Role::Input).confidence) else { panic!() };
    assert!((0.0..=1.0).contains(confidence) && *confidence > 0.0);
}

/// Scenario: the question came with an earlier request; this one has the answer of one trace and another trace.
/// Guarantees: the language known from before is the turn's, also against what this request's messages say, and
/// only for the trace of which it is known.
#[test]
fn known_from_before() {
    let answer = span(
        1,
        2,
        &[
            ("openinference.span.kind", "LLM"),
            ("llm.output_messages.0.message.role", "assistant"),
            ("llm.output_messages.0.message.content", ENGLISH),
        ],
    );
    let spans = vec![answer, call(1, 3, GERMAN, GERMAN_ANSWER), call(2, 4, GERMAN, GERMAN_ANSWER)];
    let known = Remembered { trace: [1; 16], question: FRENCH, session: None };
    let spans = decode(&annotator(|_| {}).traces(request(spans), &known).unwrap());
    let cohorts = spans.iter().map(|span| get_text(span, names::COHORT_LANGUAGE).unwrap());
    assert_eq!(cohorts.collect::<Vec<_>>(), ["fr", "fr", "de"]);
    let matches = spans.iter().map(|span| get(span, names::LANGUAGE_MATCH).unwrap());
    assert!(matches.eq([false, false, true].map(Value::BoolValue).iter()));
    // What the span's own question is in is told all the same.
    assert_eq!(get_text(&spans[1], names::role(Role::Input).language), Some("de"));
}

/// Scenario: a question without letters, alone; with an answer that has words.
/// Guarantees: no language is made up for the question: its role is `und`, and no match is claimed. The turn borrows
/// the answer's language, and says so.
#[test]
fn question_without_letters() {
    let spans = decode(&annotate(vec![call(1, 1, "👍👍 42", ""), call(2, 1, "👍👍 42", GERMAN_ANSWER)]));
    for span in &spans {
        assert_eq!(get_text(span, names::role(Role::Input).language), Some("und"));
        assert_eq!(get(span, names::LANGUAGE_MATCH), None);
    }
    assert_eq!([names::COHORT_LANGUAGE, names::COHORT_LANGUAGE_SOURCE].map(|key| get(&spans[0], key)), [None, None]);
    assert_eq!(get_text(&spans[1], names::COHORT_LANGUAGE), Some("de"));
    assert_eq!(get_text(&spans[1], names::COHORT_LANGUAGE_SOURCE), Some("trace"));
}

/// Scenario: "ok" in a session that spoke French before, in one that did not, and on a span without a session; a German
/// question in the French session.
/// Guarantees: only the short text borrows, only from its session; what the detector says stays on the role.
#[test]
fn session_is_borrowed_from() {
    let french = Posterior::from_shares([(Tag::literal("fr"), 0.95)]);
    let known = |session| Remembered { trace: [0; 16], question: "", session };
    let of = |question: &str, session: Option<&str>, known: &Remembered| {
        let mut span = call(1, 1, question, "");
        span.attributes.extend(session.map(|id| text("session.id", id)));
        let spans = decode(&annotator(|_| {}).traces(request(vec![span]), known).unwrap());
        [names::role(Role::Input).language, names::COHORT_LANGUAGE, names::COHORT_LANGUAGE_SOURCE]
            .map(|key| get_text(&spans[0], key).map(str::to_owned))
    };
    let some = |values: [&str; 3]| values.map(|value| Some(value.to_owned()));
    assert_eq!(of("ok", Some("s1"), &known(Some(french))), some(["und", "fr", "session"]));
    assert_eq!(of(GERMAN, Some("s1"), &known(Some(french))), some(["de", "de", "text"]));
    let nothing = [Some("und".to_owned()), None, None];
    assert_eq!(of("ok", Some("s1"), &known(None)), nothing);
    assert_eq!(of("ok", None, &known(Some(french))), nothing);
}

/// Says of every text that it is in two languages.
struct TwoLanguages;

impl LanguageDetector for TwoLanguages {
    fn version(&self) -> &str {
        "two 1"
    }

    fn detect(&self, _text: &str) -> Verdict {
        let found = [(Tag::literal("hi-Latn"), 0.6), (Tag::literal("en"), 0.4)];
        Verdict {
            language: Tag::MUL,
            confidence: 0.8,
            certainty: Certainty::Medium,
            alternatives: found.into_iter().collect(),
            script: "Latn",
        }
    }
}

/// Scenario: a question and its answer, and a document, each in two languages.
/// Guarantees: the languages are listed beside `mul`, the larger first, for documents by name; the turn is `mul`; no
/// match is claimed.
#[test]
fn several_languages_in_one_text() {
    let config = Config::default();
    let tools = (Tokenizers::new(&config.tokens), Detector::new().unwrap());
    let annotator = Annotator::new(&config, std::sync::Arc::new(TwoLanguages), tools.0, tools.1);
    let spans = vec![call(1, 1, "Kal meeting hai kya?", "Yes, kal 10 baje."), retriever(&[ENGLISH])];
    let spans = decode(&annotator.traces(request(spans), &NoContext).unwrap());
    for role in [Role::Input, Role::Output] {
        assert_eq!(get_text(&spans[0], names::role(role).language), Some("mul"));
        assert_eq!(get(&spans[0], names::role(role).languages), Some(&strings(&["hi-Latn", "en"])));
    }
    assert_eq!(get(&spans[1], names::role(Role::Retrieval).languages), Some(&strings(&["en", "hi-Latn"])));
    assert_eq!(get_text(&spans[0], names::COHORT_LANGUAGE), Some("mul"));
    assert_eq!(get(&spans[0], names::LANGUAGE_MATCH), None);
}

/// Scenario: documents in two languages, and documents in one.
/// Guarantees: the languages are listed, each once and in order, only where they differ.
#[test]
fn documents() {
    let mixed = decode(&annotate(vec![retriever(&[ENGLISH, GERMAN, ENGLISH, GERMAN_ANSWER])]));
    assert_eq!(get(&mixed[0], names::role(Role::Retrieval).languages), Some(&strings(&["de", "en"])));
    assert!(get(&mixed[0], names::role(Role::Retrieval).language).is_some());
    let same = decode(&annotate(vec![retriever(&[GERMAN, GERMAN_ANSWER])]));
    assert_eq!(get(&same[0], names::role(Role::Retrieval).languages), None);
    assert_eq!(get_text(&same[0], names::role(Role::Retrieval).language), Some("de"));
}

/// Scenario: more documents than are looked at.
/// Guarantees: the rest is counted and leaves no trace on the span; at the bound nothing is.
#[test]
fn too_many_texts() {
    let annotator = annotator(|config| config.annotate.max_texts_per_role = 2);
    let of = |documents: &[&str]| annotator.traces(request(vec![retriever(documents)]), &NoContext).unwrap();
    let many = of(&[GERMAN, GERMAN_ANSWER, ENGLISH, FRENCH, "x"]);
    assert_eq!((many.texts_skipped, many.facts[0].texts.len()), (3, 2));
    assert_eq!(get(&decode(&many)[0], names::role(Role::Retrieval).languages), None);
    assert_eq!(of(&[GERMAN, ENGLISH]).texts_skipped, 0);
}

/// Scenario: an answer that declines in words, one that answers, and one that a content filter stopped.
/// Guarantees: verdict, kind and source say so.
#[test]
fn refusals() {
    let mut stopped = call(3, 1, GERMAN, "");
    stopped.attributes.push(attribute("gen_ai.response.finish_reasons", strings(&["content_filter"])));
    let declined = call(1, 1, FRENCH, "Je suis désolé, mais je ne peux pas vous aider avec cette demande.");
    let spans = decode(&annotate(vec![declined, call(2, 1, GERMAN, GERMAN_ANSWER), stopped]));
    let of = |at: usize| {
        [names::REFUSAL_VERDICT, names::REFUSAL_KIND, names::REFUSAL_SOURCE].map(|key| get_text(&spans[at], key))
    };
    let [verdict, kind, source] = of(0);
    assert_eq!((verdict, source), (Some("refused"), Some("pattern")));
    assert!(matches!(kind, Some("policy" | "capability")), "{kind:?}");
    assert_eq!(of(1), [Some("answered"), None, Some("pattern")]);
    assert_eq!(of(2), [Some("refused"), Some("filtered"), Some("signal")]);
}

/// Scenario: instructions on the model's span, its answer again on the root, locales as an attribute, as JSON, on the
/// resource and under a name that is not configured.
/// Guarantees: what is asked for or sent decides about a match, on every span that repeats the answer.
#[test]
fn expected_languages() {
    let root = span(1, 1, &[("openinference.span.kind", "AGENT"), ("input.value", GERMAN), ("output.value", ENGLISH)]);
    let mut model = call(1, 2, GERMAN, ENGLISH);
    model.attributes.push(text("llm.input_messages.1.message.role", "system"));
    model.attributes.push(text("llm.input_messages.1.message.content", "Antworte immer auf Englisch."));
    let spans = decode(&annotate(vec![model.clone(), root.clone()]));
    let matches = spans.iter().map(|span| get(span, names::LANGUAGE_MATCH).unwrap());
    assert!(matches.eq([true, true].map(Value::BoolValue).iter()));
    let spans = decode(&annotate(vec![root]));
    assert_eq!(get(&spans[0], names::LANGUAGE_MATCH), Some(&Value::BoolValue(false)));
    for (key, locale, same) in [
        ("user.locale", "en-GB", true),
        ("metadata", r#"{"locale": "en_US", "plan": "pro"}"#, true),
        ("langfuse.trace.metadata.locale", "en", true),
        ("locale", "fr", false),
        ("locale", "C", false),
        ("metadata", "{broken", false),
        ("something.else", "en", false),
    ] {
        let mut asked = call(2, 3, GERMAN, ENGLISH);
        asked.attributes.push(text(key, locale));
        let spans = decode(&annotate(vec![asked]));
        assert_eq!(get(&spans[0], names::LANGUAGE_MATCH), Some(&Value::BoolValue(same)), "{key} {locale}");
    }
}
