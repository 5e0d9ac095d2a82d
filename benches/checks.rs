//! What the free evaluations cost: on a complete turn, and before it, when its texts are read.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench that cannot be set up has nothing to say")]

use criterion::{Criterion, criterion_group, criterion_main};
use isogloss::annotate::{Shape, Traits};
use isogloss::config::Evaluate;
use isogloss::convention::{Finish, Usage};
use isogloss::evaluate::Free;
use isogloss::language::expected::{Expectation, Speaker, asked};
use isogloss::language::{LanguageDetector, detector};
use isogloss::tokens::Count;
use isogloss::turn::{CompletedBy, Turn, TurnText};
use std::hint::black_box;
use std::sync::Arc;

const QUESTION: &str = "Bitte sagen Sie mir, wann das Geld für meine Bestellung, die ich in der letzten Woche zurückgeschickt habe, auf meinem Konto ankommt, und ob ich dafür noch etwas tun muss.";
const ANSWER: &str = "Das Geld wurde gestern überwiesen und kommt in den nächsten fünf Werktagen auf Ihrem Konto an. Sie müssen dafür nichts weiter tun. Falls es nach dieser Zeit noch nicht da ist, melden Sie sich bitte mit der Nummer Ihrer Bestellung bei uns, damit wir bei der Bank nachfragen können. ";
const ENGLISH: &str = "The money was sent yesterday and will arrive within five working days. There is nothing else that you have to do. If it is not there by then, please come back with the number of your order. ";
const SYSTEM: &str = "You are the assistant of an online shop. Be brief and friendly. Never promise what the policy does not say. Always answer in the language of the customer. Do not give legal advice. If a customer is angry, apologise once and offer a solution. ";

fn text(words: &str, detector: &dyn LanguageDetector) -> TurnText {
    TurnText {
        text: isogloss::text::head(words, 1 << 10).into(),
        language: Arc::new(detector.detect(words)),
        characters: words.chars().count() as u64,
        bytes: words.len() as u64,
        tokens: Count { tokenizer: "o200k_base", count: 1, exact: true },
        traits: Traits { shape: Some(Arc::new(Shape::of(words))), ..Traits::default() },
    }
}

fn turn(answer: &str, detector: &dyn LanguageDetector) -> Turn {
    Turn {
        trace_id: [1; 16],
        span_id: [2; 8],
        service: Arc::from("shop"),
        session: None,
        cohort: None,
        target: None,
        model: Some(Arc::from("gpt-4o-mini")),
        input: Some(text(QUESTION, detector)),
        output: Some(text(answer, detector)),
        system: Some(text(SYSTEM, detector)),
        retrieval: (0..4).map(|_| text(ANSWER, detector)).collect(),
        tool_arguments: vec![text("Rückgabe von Laufschuhen", detector)],
        tool_results: Vec::new(),
        usage: Usage::default(),
        refusal: None,
        failed: false,
        content_hidden: false,
        has_llm: true,
        ends_in_tool_call: false,
        finish: Some(Finish::Complete),
        expectation: Expectation::default(),
        adjusted_count: 1.0,
        spans: 4,
        completed_by: CompletedBy::Quiet,
    }
}

fn checks(c: &mut Criterion) {
    let detector = detector();
    let all = Free::from_config(&Evaluate::default(), &detector).unwrap();
    let mut group = c.benchmark_group("checks/turn");
    let turns =
        [("good", ANSWER.repeat(2)), ("other language", ENGLISH.repeat(3))].map(|(n, a)| (n, turn(&a, &*detector)));
    for (name, turn) in &turns {
        group.bench_function(format!("all, {name}"), |b| {
            b.iter(|| {
                all.iter()
                    .map(|check| check.evaluate(black_box(turn)).outcome)
                    .filter(|o| *o == isogloss::evaluate::Outcome::Fail)
                    .count()
            });
        });
    }
    for check in &all {
        group.bench_function(check.name(), |b| b.iter(|| check.evaluate(black_box(&turns[0].1))));
    }
    group.finish();

    let mut group = c.benchmark_group("checks/text");
    group.bench_function("asked, question", |b| b.iter(|| asked(black_box(QUESTION), Speaker::User)));
    let system = SYSTEM.repeat(8);
    group.bench_function("asked, instructions of 2 KB", |b| b.iter(|| asked(black_box(&system), Speaker::System)));
    let answer = ANSWER.repeat(2);
    group.bench_function("shape, answer", |b| b.iter(|| Shape::of(black_box(&answer))));
    group.bench_function("detect, answer, for comparison", |b| b.iter(|| detector.detect(black_box(&answer))));
    let hostile = "a".repeat(1 << 20);
    group.bench_function("shape, 1 MB of one letter", |b| b.iter(|| Shape::of(black_box(&hostile))));
    let hostile = "answer in french and ".repeat(1 << 16);
    group.bench_function("asked, 1 MB of names", |b| b.iter(|| asked(black_box(&hostile), Speaker::System)));
    group.finish();
}

criterion_group!(benches, checks);
criterion_main!(benches);
