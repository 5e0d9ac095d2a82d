//! The whole of language detection (cleaning included) beside `whatlang` on the same texts, cut to 512 bytes.
//!
//! `cargo bench --bench language` prints times; the ratio of the two lines of a group is what counts.
#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use isogloss::language::model::Model;
use isogloss::language::{LanguageDetector as _, NgramDetector};
use isogloss::text::head;
use std::collections::BTreeMap;
use std::hint::black_box;

const PROMPTS: &str = include_str!("../tests/fixtures/language/prompts.tsv");

/// For each language of the labelled prompts a text of so many characters, made of its prompts.
fn texts(characters: usize) -> Vec<String> {
    let mut by_language: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in PROMPTS.lines().skip(1) {
        let mut columns = line.split('\t');
        let (language, bucket, text) = (columns.next().unwrap(), columns.next().unwrap(), columns.next().unwrap());
        if bucket == "prompt-short" {
            by_language.entry(language).or_default().push(text);
        }
    }
    by_language
        .values()
        .map(|prompts| {
            let text: String = prompts
                .iter()
                .cycle()
                .take(characters)
                .copied()
                .collect::<Vec<_>>()
                .join(" ")
                .chars()
                .take(characters)
                .collect();
            head(&text, 512).to_owned()
        })
        .collect()
}

fn detect(c: &mut Criterion) {
    let detector = NgramDetector::built_in();
    for characters in [20, 100, 1000] {
        let texts = texts(characters);
        let mut group = c.benchmark_group(format!("{characters} characters, {} languages", texts.len()));
        group.throughput(criterion::Throughput::Elements(texts.len() as u64));
        group.bench_function("isogloss", |b| {
            b.iter(|| {
                for text in &texts {
                    black_box(detector.detect(black_box(text)));
                }
            });
        });
        group.bench_function("whatlang", |b| {
            b.iter(|| {
                for text in &texts {
                    black_box(whatlang::detect(black_box(text)));
                }
            });
        });
        group.finish();
    }
}

fn load(c: &mut Criterion) {
    let file = Bytes::from_static(include_bytes!("../models/language/isogloss-lid.bin"));
    c.bench_function("start: reading the model", |b| {
        b.iter_batched(|| (), |()| black_box(Model::read(&file).unwrap()), BatchSize::PerIteration);
    });
}

criterion_group!(benches, detect, load);
criterion_main!(benches);
