//! The whole annotate path over 512 LLM spans, beside what it could not do without: copying the bytes.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench that cannot be set up has nothing to say")]

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use isogloss::annotate::{Annotator, NoContext};
use isogloss::config::Config;
use isogloss::refusal::Detector;
use isogloss::tokens::Tokenizers;
use std::hint::black_box;

#[path = "../tests/support/spans.rs"]
mod spans;

const WORDS: [&str; 4] = [
    "Bitte sagen Sie mir, wie ich die Lieferadresse meiner Bestellung noch ändern kann. ",
    "Pouvez-vous me dire comment modifier l'adresse de livraison de ma commande ? ",
    "Подскажите, пожалуйста, как изменить адрес доставки моего заказа. ",
    "กรุณาบอกฉันว่าจะเปลี่ยนที่อยู่จัดส่งของคำสั่งซื้อได้อย่างไร ",
];

fn agent_request() -> Bytes {
    use prost::Message as _;
    let spans = (0..512)
        .map(|i| {
            // Each text is its own, as in fresh traffic.
            let question = format!("{i} {}", WORDS[i % 4].repeat(20));
            spans::chat(&question, &format!("{i} {}", WORDS[i % 4].repeat(10)))
        })
        .collect();
    spans::request("bench", spans).encode_to_vec().into()
}

fn plain_request() -> Bytes {
    use prost::Message as _;
    spans::request("bench", (0..512).map(|_| spans::plain()).collect()).encode_to_vec().into()
}

fn annotator(cache_entries: usize) -> Annotator {
    let mut config = Config::default();
    config.annotate.cache_entries = cache_entries;
    Annotator::new(&config, isogloss::language::detector(), Tokenizers::new(&config.tokens), Detector::new().unwrap())
}

fn annotate(c: &mut Criterion) {
    for (name, request) in [("agent", agent_request()), ("plain", plain_request())] {
        let mut group = c.benchmark_group(format!("annotate/512 {name} spans"));
        group.throughput(Throughput::Elements(512)).sample_size(10);
        group.bench_function("copy", |b| b.iter(|| black_box(request.to_vec())));
        for (how, cache) in [("remembered texts", 65_536), ("fresh texts", 0)] {
            let annotator = annotator(cache);
            group.bench_function(how, |b| {
                b.iter(|| black_box(annotator.traces(request.clone(), &NoContext).map(|annotated| annotated.body)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, annotate);
criterion_main!(benches);
