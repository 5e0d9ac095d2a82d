//! Languages: of roles, of documents, of the turn.

use super::*;
use crate::annotate::names;
use crate::convention::Role;
use crate::language::Tag;

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
    assert_eq!(get_text(&spans[3], names::DETECTOR_VERSION), Some(Whatlang::new().version()));
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
    let known = |trace: &[u8; 16]| (trace == &[1; 16]).then(|| Tag::literal("fr"));
    let spans = decode(&annotator(|_| {}).traces(request(spans), known).unwrap());
    let cohorts = spans.iter().map(|span| get_text(span, names::COHORT_LANGUAGE).unwrap());
    assert_eq!(cohorts.collect::<Vec<_>>(), ["fr", "fr", "de"]);
    let matches = spans.iter().map(|span| get(span, names::LANGUAGE_MATCH).unwrap());
    assert!(matches.eq([false, false, true].map(Value::BoolValue).iter()));
    // What the span's own question is in is told all the same.
    assert_eq!(get_text(&spans[1], names::role(Role::Input).language), Some("de"));
}

/// Scenario: a question without letters, and one that is not known from before either.
/// Guarantees: no language is made up: the role is `und`, and nothing is said about the turn or a match.
#[test]
fn no_language() {
    let spans = decode(&annotate(vec![call(1, 1, "👍👍 42", ENGLISH)]));
    assert_eq!(get_text(&spans[0], names::role(Role::Input).language), Some("und"));
    assert_eq!(get(&spans[0], names::COHORT_LANGUAGE), None);
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
