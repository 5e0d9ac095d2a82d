//! Refusals told by their words, with the grammars of all languages at hand, on answers of some 300 characters.
//!
//! `cargo bench --bench refusal` prints times; `memchr` over the same bytes is there to compare with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a bench that cannot be set up has nothing to say")]

use criterion::{Criterion, criterion_group, criterion_main};
use isogloss::language::{Certainty, Tag};
use isogloss::refusal::{Detector, Outcome, Signals};
use std::hint::black_box;

/// A language, `answer` or `refusal`, and the text. All sentences of an answer are looked at, as none of them declines; of
/// a refusal those up to the one that does.
const ANSWERS: &str = include_str!("refusal_answers.tsv");

fn check(c: &mut Criterion) {
    let detector = Detector::new().unwrap();
    let signals = Signals::default();
    for (number, line) in ANSWERS.lines().enumerate() {
        let [language, kind, text] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("line {}", number + 1) };
        let judge =
            |tag, certainty| detector.check(black_box(text), black_box(tag), black_box(certainty), black_box(&signals));
        let tag = Tag::literal(language);
        let refused = judge(tag, Certainty::High).outcome == Outcome::Refused;
        assert_eq!(refused, kind == "refusal", "{language}: {text}");
        let mut group = c.benchmark_group(format!("{language} {kind}, {} characters", text.chars().count()));
        group.bench_function("language known", |b| b.iter(|| judge(tag, Certainty::High)));
        group.bench_function("language unknown", |b| b.iter(|| judge(Tag::UND, Certainty::Low)));
        group.bench_function("memchr", |b| b.iter(|| memchr::memchr(b'\0', black_box(text.as_bytes()))));
        group.finish();
    }
    let mut group = c.benchmark_group("a megabyte");
    for unit in ["I can't ", "can't cannot won't help ", "no sorry en ne ", "お手伝いできません", "\"", "a"] {
        let text = unit.repeat((1 << 20) / unit.len());
        group.bench_function(format!("{unit:?}"), |b| {
            b.iter(|| detector.check(black_box(&text), Tag::UND, Certainty::Low, &signals));
        });
    }
    group.finish();
}

fn start(c: &mut Criterion) {
    c.bench_function("start: compiling the grammars", |b| b.iter(|| Detector::new().unwrap()));
}

criterion_group!(benches, check, start);
criterion_main!(benches);
