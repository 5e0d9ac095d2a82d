mod questions;

use crate::annotate::SpanFacts;
use crate::convention::{Kind, Role, Usage};
use crate::refusal::{Kind as Why, Outcome, Source};
use crate::turn::fixture::{With, span, text};
use crate::turn::open::OpenTrace;
use crate::turn::{CompletedBy, Turn};
use std::time::Instant;

/// The turn, whatever the order of arrival: all rotations, forwards and backwards, give the same.
fn turn(spans: Vec<SpanFacts>) -> Turn {
    let mut turns: Vec<Turn> = Vec::new();
    for shift in 0..spans.len() {
        for backwards in [false, true] {
            let mut order = spans.clone();
            order.rotate_left(shift);
            if backwards {
                order.reverse();
            }
            let now = Instant::now();
            let mut trace = OpenTrace::new(0, now);
            for facts in order {
                trace.add(facts, now);
            }
            turns.push(trace.complete([7; 16], CompletedBy::Quiet).unwrap());
        }
    }
    let first = turns.remove(0);
    for other in turns {
        assert_eq!(input(&first), input(&other));
        assert_eq!(output(&first), output(&other));
        assert_eq!(first.refusal, other.refusal);
        assert_eq!(first.usage, other.usage);
        assert_eq!(first.span_id, other.span_id);
        assert_eq!(first.model, other.model);
        assert_eq!(first.session, other.session);
        assert_eq!(first.failed, other.failed);
    }
    first
}

fn input(turn: &Turn) -> Option<&str> {
    turn.input.as_ref().map(|text| text.text.as_ref())
}

fn output(turn: &Turn) -> Option<&str> {
    turn.output.as_ref().map(|text| text.text.as_ref())
}

fn words(texts: &[crate::turn::TurnText]) -> Vec<&str> {
    texts.iter().map(|text| text.text.as_ref()).collect()
}

/// Scenario: the session is named by a model call only, by the root and otherwise by a call, and by nobody.
/// Guarantees: the root's name counts, else the first that there is, in whatever order the spans arrive.
#[test]
fn session() {
    let mut call = span(Kind::Llm, 2, 1).input("Bei?").output("Tano.");
    call.session_id = Some("call".into());
    let mut root = span(Kind::Agent, 1, 0);
    assert_eq!(turn(vec![root.clone(), call.clone()]).session.as_deref(), Some("call"));
    root.session_id = Some("root".into());
    assert_eq!(turn(vec![root, call]).session.as_deref(), Some("root"));
    assert_eq!(turn(vec![span(Kind::Agent, 1, 0)]).session, None);
}

/// Scenario: a retrieval chain: root, retriever, and a model call that gets documents and question in one message.
/// Guarantees: the question alone is the input, each text and the call's tokens count once, the call answers.
#[test]
fn retrieval_chain() {
    let turn = turn(vec![
        span(Kind::Chain, 1, 0).input("Bei ni gani?").output("Shilingi tano.").tokens(100, 10).times(1, 90),
        span(Kind::Retriever, 2, 1).input("Bei ni gani?").role(Role::Retrieval, "Price: 5").role(Role::Retrieval, "x"),
        span(Kind::Llm, 3, 1)
            .input("Context: Price: 5\nQuestion: Bei ni gani?")
            .role(Role::System, "Be kind.")
            .output("Shilingi tano.")
            .tokens(40, 4)
            .model("gpt-4o"),
    ]);
    assert_eq!(input(&turn), Some("Bei ni gani?"));
    assert_eq!(output(&turn), Some("Shilingi tano."));
    assert_eq!(turn.language().as_str(), "sw");
    assert_eq!(words(&turn.retrieval), ["Price: 5", "x"]);
    assert_eq!(turn.system.as_ref().unwrap().text.as_ref(), "Be kind.");
    assert_eq!((turn.usage.input, turn.usage.output), (Some(40), Some(4)));
    assert_eq!(turn.model.as_deref(), Some("gpt-4o"));
    assert_eq!(turn.span_id, [3; 8]);
    assert_eq!(turn.spans, 3);
    assert!(turn.has_llm && !turn.failed && !turn.ends_in_tool_call);
}

/// Scenario: no root input; a retriever was asked with the question, and elsewhere with words of its own.
/// Guarantees: a query is the user's text only where the model's message holds it.
#[test]
fn query_as_input() {
    let pasted = span(Kind::Llm, 3, 1).input("Docs: a b c. Question: Où est la gare ?").output("Là.");
    let asked = |query: &str| turn(vec![span(Kind::Retriever, 2, 1).input(query), pasted.clone()]);
    assert_eq!(input(&asked("Où est la gare ?")), Some("Où est la gare ?"));
    assert_eq!(input(&asked("station location")), Some("Docs: a b c. Question: Où est la gare ?"));
    assert_eq!(input(&asked("a")), Some("Docs: a b c. Question: Où est la gare ?"));
    // A model call that is the root itself is still a message with documents in it.
    let root = span(Kind::Llm, 3, 0).input("Docs: a b c. Question: Où est la gare ?").output("Là.");
    let turn = turn(vec![span(Kind::Retriever, 4, 3).input("Où est la gare ?"), root]);
    assert_eq!(input(&turn), Some("Où est la gare ?"));
}

/// Scenario: the root was given a session's state, and a step inside repeats the model's whole message.
/// Guarantees: neither is taken for the user's text.
#[test]
fn root_with_something_else() {
    let turn = turn(vec![
        span(Kind::Chain, 1, 0).input("session 4711, cart 12"),
        span(Kind::Chain, 2, 1).input("Unaweza kunisaidia leo?"),
        span(Kind::Llm, 3, 2).input("Unaweza kunisaidia leo?").output("Ndiyo."),
    ]);
    assert_eq!(input(&turn), Some("Unaweza kunisaidia leo?"));
}

/// Scenario: the model's message was cut before the question that stands at its end.
/// Guarantees: the root's text is the user's, though it cannot be found in what was kept.
#[test]
fn cut_message() {
    let mut message = text(Role::Input, "Context: very long", "en");
    message.bytes = 90_000;
    let mut llm = span(Kind::Llm, 2, 1).output("Ndiyo.");
    llm.texts.push(message);
    let turn = turn(vec![span(Kind::Agent, 1, 0).input("Je, mko wazi leo?"), llm]);
    assert_eq!(input(&turn), Some("Je, mko wazi leo?"));
}

/// Scenario: a tool loop: question, tool call, tool result, answer; later messages carry other input texts.
/// Guarantees: the first message is the input, the last text the output, arguments and results come from the tool's
/// span, and both calls' tokens add up.
#[test]
fn tool_loop() {
    let turn = turn(vec![
        span(Kind::Agent, 1, 0).times(1_000, 9_000).tokens(70, 7),
        span(Kind::Llm, 2, 1).input("Hali ya hewa?").tools().role(Role::ToolArguments, "{Nairobi}").tokens(30, 3),
        span(Kind::Tool, 3, 1).role(Role::ToolArguments, "Nairobi").role(Role::ToolResult, "22 C"),
        span(Kind::Llm, 4, 1).input("Continue.").role(Role::ToolResult, "22 C!").output("Digrii 22.").tokens(40, 4),
    ]);
    assert_eq!(input(&turn), Some("Hali ya hewa?"));
    assert_eq!(output(&turn), Some("Digrii 22."));
    assert_eq!(words(&turn.tool_arguments), ["Nairobi"]);
    assert_eq!(words(&turn.tool_results), ["22 C"]);
    assert_eq!((turn.usage.input, turn.usage.output, turn.usage.total), (Some(70), Some(7), None));
    assert!(!turn.ends_in_tool_call);
}

/// Scenario: the last call asks for a tool and says something beside it, with and without an answer from the agent.
/// Guarantees: the agent's answer is the answer; without one no answer is due.
#[test]
fn ends_with_tools() {
    let call = span(Kind::Llm, 2, 1).input("Agiza pizza").tools();
    let agent = span(Kind::Agent, 1, 0).output("Imeagizwa.");
    let with_answer = turn(vec![agent, call.clone().output("Let me see.")]);
    assert_eq!(output(&with_answer), Some("Imeagizwa."));
    let without = turn(vec![span(Kind::Agent, 1, 0), call]);
    assert_eq!(output(&without), None);
    assert!(without.ends_in_tool_call && !without.failed);
}

/// Scenario: one model call as three LLM spans inside each other, tokens on the innermost, as one library sends it.
/// Guarantees: one call: tokens once, the innermost's model, the outermost's text.
#[test]
fn nested_llm_spans() {
    let turn = turn(vec![
        span(Kind::Llm, 1, 0).input("Habari?").output("Nzuri sana").times(1, 100),
        span(Kind::Llm, 2, 1).input("Habari?").times(2, 99),
        span(Kind::Llm, 3, 2).input("Habari?").output("Nzuri").times(3, 98).tokens(9, 2).model("m"),
    ]);
    assert_eq!(output(&turn), Some("Nzuri sana"));
    assert_eq!(turn.usage, Usage { input: Some(9), output: Some(2), ..Usage::default() });
    assert_eq!(turn.model.as_deref(), Some("m"));
}

/// Scenario: the agent grades its own answer: an LLM span under an EVALUATOR ends last and declines.
/// Guarantees: neither its text nor its refusal is the turn's; its tokens are.
#[test]
fn grader_inside() {
    let turn = turn(vec![
        span(Kind::Agent, 1, 0).times(1, 100),
        span(Kind::Llm, 2, 1).input("Swali langu").output("Jibu").tokens(5, 1).refusal(
            Outcome::Answered,
            None,
            Some(Source::Pattern),
        ),
        span(Kind::Evaluator, 3, 1),
        span(Kind::Llm, 4, 3).input("Is this good? Jibu").output("I cannot say.").tokens(7, 1).refusal(
            Outcome::Refused,
            Some(Why::Policy),
            Some(Source::Signal),
        ),
    ]);
    assert_eq!((input(&turn), output(&turn)), (Some("Swali langu"), Some("Jibu")));
    assert_eq!(turn.refusal.unwrap().outcome, Outcome::Answered);
    assert_eq!(turn.usage.input, Some(12));
}

/// Scenario: an earlier call was refused and a second one answered; then the other way round.
/// Guarantees: only the refusal of the final answer counts.
#[test]
fn nested_refusal() {
    let refused = |id| {
        span(Kind::Llm, id, 1).input("Swali").output("Siwezi.").refusal(
            Outcome::Refused,
            Some(Why::Policy),
            Some(Source::Pattern),
        )
    };
    let answered = |id| {
        span(Kind::Llm, id, 1).input("Swali").output("Jibu.").refusal(Outcome::Answered, None, Some(Source::Pattern))
    };
    assert_eq!(turn(vec![refused(2), answered(3)]).refusal.unwrap().outcome, Outcome::Answered);
    assert_eq!(turn(vec![answered(2), refused(3)]).refusal.unwrap().outcome, Outcome::Refused);
}

/// Scenario: a filter stopped the last call, and the program gave out words of its own.
/// Guarantees: the words are the answer, the provider's signal is the verdict.
#[test]
fn filtered_with_fallback() {
    let turn = turn(vec![
        span(Kind::Agent, 1, 0).input("Swali").output("Samahani.").refusal(Outcome::Answered, None, None),
        span(Kind::Llm, 2, 1).input("Swali").failed().refusal(
            Outcome::Refused,
            Some(Why::Filtered),
            Some(Source::Signal),
        ),
    ]);
    assert_eq!(output(&turn), Some("Samahani."));
    assert_eq!(turn.refusal.unwrap().kind, Some(Why::Filtered));
    assert!(!turn.failed);
}

/// Scenario: a rewriting call speaks, then the answering call says nothing, in error and without.
/// Guarantees: the rewritten question is not the answer; only the error makes the turn a failed one.
#[test]
fn silent_last_call() {
    let rewrite = span(Kind::Llm, 2, 1).input("Bei?").output("What is the price?");
    let silent =
        span(Kind::Llm, 3, 1).input("What is the price?").refusal(Outcome::Undetermined, Some(Why::Silent), None);
    let quiet = turn(vec![rewrite.clone(), silent.clone()]);
    assert_eq!((output(&quiet), quiet.failed), (None, false));
    assert_eq!(quiet.refusal.unwrap().kind, Some(Why::Silent));
    let broken = turn(vec![rewrite, silent.failed()]);
    assert_eq!((output(&broken), broken.failed), (None, true));
}

/// Scenario: OpenTelemetry's own client: the span has no text, log records of the same span bring it.
/// Guarantees: they are one span; the answer takes back that the span was silent.
#[test]
fn texts_in_log_records() {
    let turn = turn(vec![
        span(Kind::Llm, 2, 0).tokens(5, 3).model("gpt-4o").refusal(Outcome::Undetermined, Some(Why::Silent), None),
        span(Kind::Llm, 2, 0).log().input("Habari?"),
        span(Kind::Llm, 2, 0).log().output("Nzuri.").refusal(Outcome::Undetermined, Some(Why::NotCovered), None),
    ]);
    assert_eq!((input(&turn), output(&turn)), (Some("Habari?"), Some("Nzuri.")));
    assert_eq!(turn.spans, 1);
    assert_eq!(turn.refusal.unwrap().kind, Some(Why::NotCovered));
    assert_eq!(turn.usage.input, Some(5));
}

/// Scenario: parents form a circle, a span is its own parent, and counts are not numbers.
/// Guarantees: the turn is joined all the same, with a count of 1.
#[test]
fn hostile_tree() {
    let mut spans = vec![
        span(Kind::Llm, 1, 2).input("a question").output("x").tokens(1, 1),
        span(Kind::Llm, 2, 1).output("y").tokens(u64::MAX, 1),
        span(Kind::Evaluator, 3, 3),
        span(Kind::Llm, 4, 4).tokens(u64::MAX, 1),
    ];
    spans[0].adjusted_count = f64::NAN;
    spans[1].adjusted_count = f64::INFINITY;
    spans[2].adjusted_count = -4.0;
    let now = Instant::now();
    let mut trace = OpenTrace::new(0, now);
    for facts in spans {
        trace.add(facts, now);
    }
    let turn = trace.complete([7; 16], CompletedBy::Age).unwrap();
    assert_eq!(turn.spans, 4);
    assert_eq!(turn.adjusted_count, 1.0);
}

/// Scenario: spans were sampled upstream, with and without a root.
/// Guarantees: the root's count stands, else the largest.
#[test]
fn upstream_sampling() {
    let mut llm = span(Kind::Llm, 2, 1).input("q");
    llm.adjusted_count = 4.0;
    assert_eq!(turn(vec![llm.clone()]).adjusted_count, 4.0);
    let mut root = span(Kind::Agent, 1, 0);
    root.adjusted_count = 2.0;
    assert_eq!(turn(vec![llm, root]).adjusted_count, 2.0);
}
