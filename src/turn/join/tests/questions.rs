//! Which text is the question where several could be.

use super::*;

/// Scenario: a conversation whose messages each came as a log record of one span, in every order of arrival; the
/// question is the shortest of them, and the same as an earlier one.
/// Guarantees: the question is the one that was said last, and the user's language is its language.
#[test]
fn history_in_log_records() {
    let said = |at: u64, words: &str| span(Kind::Llm, 2, 0).log().times(at, at).input(words);
    let mut last = span(Kind::Llm, 2, 0).log().times(5_000, 5_000);
    last.texts.push(text(Role::Input, "Ja?", "de"));
    let turn = turn(vec![
        span(Kind::Llm, 2, 0).times(9_000, 9_900).tokens(50, 3),
        said(1_000, "Ninahitaji msaada na akaunti yangu"),
        said(2_000, "Ja?"),
        said(3_000, "Siwezi kuingia tangu jana asubuhi"),
        said(6_000, "Ja?"),
        span(Kind::Llm, 2, 0).log().times(7_000, 7_000).output("Ndiyo, tunaweza."),
    ]);
    assert_eq!(input(&turn), Some("Ja?"));
    let now = Instant::now();
    let mut trace = OpenTrace::new(0, now);
    for facts in [said(4_000, "Ninahitaji msaada na akaunti yangu"), last, said(4_500, "Siwezi kuingia")] {
        trace.add(facts, now);
    }
    assert_eq!(trace.question().unwrap().verdict.language.as_str(), "de");
}

/// Scenario: messages that came as log records without times or with one time for all.
/// Guarantees: the one that arrived last is the question.
#[test]
fn history_at_one_time() {
    let now = Instant::now();
    let mut trace = OpenTrace::new(0, now);
    for words in ["Na kesho?", "Habari za asubuhi, rafiki yangu", "Bei?", "Na kesho?"] {
        trace.add(span(Kind::Llm, 2, 0).log().times(0, 0).input(words), now);
    }
    let turn = trace.complete([7; 16], CompletedBy::Quiet).unwrap();
    assert_eq!(input(&turn), Some("Na kesho?"));
}

/// Scenario: a span tells its question itself, and log records repeat the conversation.
/// Guarantees: what was read from the span stands.
#[test]
fn span_and_log_records() {
    let turn = turn(vec![
        span(Kind::Llm, 2, 0).input("Bei?").output("Tano."),
        span(Kind::Llm, 2, 0).log().times(3_000, 3_000).input("Habari za asubuhi"),
        span(Kind::Llm, 2, 0).log().times(4_000, 4_000).input("Bei?"),
        span(Kind::Llm, 2, 0).log().times(5_000, 5_000).input("Context: x. Bei?"),
    ]);
    assert_eq!(input(&turn), Some("Bei?"));
}

/// Scenario: texts are made vectors of beside a retriever, a chain or a model call, as a child, a root and the first.
/// Guarantees: they are the user's only where no other span was given anything.
#[test]
fn embedded_texts() {
    let embedded = |id, parent| span(Kind::Embedding, id, parent).input("Kitabu kizima cha sheria za nchi");
    let asked = "Sheria ipi?";
    for other in [Kind::Llm, Kind::Agent, Kind::Chain, Kind::Retriever] {
        assert_eq!(input(&turn(vec![embedded(1, 0), span(other, 2, 1).input(asked)])), Some(asked));
        assert_eq!(input(&turn(vec![embedded(1, 5), span(other, 2, 0).input(asked)])), Some(asked));
    }
    let message = span(Kind::Llm, 2, 1).input("Kitabu kizima cha sheria za nchi: Sheria ipi?");
    let pasted = turn(vec![span(Kind::Chain, 1, 0), message, embedded(3, 1)]);
    assert_eq!(input(&pasted), Some("Kitabu kizima cha sheria za nchi: Sheria ipi?"));
    assert_eq!(input(&turn(vec![embedded(1, 0)])), Some("Kitabu kizima cha sheria za nchi"));
    assert_eq!(input(&turn(vec![span(Kind::Tool, 1, 0), embedded(2, 1)])), Some("Kitabu kizima cha sheria za nchi"));
}
