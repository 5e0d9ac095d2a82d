//! Megabytes a second of every built-in tokenizer on the texts that are worst for tokenizers, beside `bpe-openai`:
//! `cargo bench --bench tokens [-- NAME]`. The second implementation has OpenAI's vocabularies only.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench that cannot be set up has nothing to say"
)]

use isogloss::config::BUILT_IN_TOKENIZERS;
use isogloss::tokens::{Tokenizer as _, built_in};
use std::hint::black_box;
use std::time::Instant;

#[path = "../tests/support/worst.rs"]
mod worst;

const BYTES: usize = 1_000_000;

/// The best of a few runs: what the machine does besides only makes them longer.
fn speed(text: &str, mut count: impl FnMut(&str) -> usize) -> f64 {
    let best = (0..5)
        .map(|_| {
            let start = Instant::now();
            black_box(count(black_box(text)));
            start.elapsed()
        })
        .min()
        .unwrap();
    text.len() as f64 / best.as_secs_f64() / 1e6
}

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let cases = worst::cases(BYTES);
    for name in BUILT_IN_TOKENIZERS {
        if wanted.as_ref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let tokenizer = built_in(name).unwrap();
        let second = match name {
            "o200k_base" => Some(bpe_openai::o200k_base()),
            "cl100k_base" => Some(bpe_openai::cl100k_base()),
            _ => None,
        };
        let mut slowest = (f64::MAX, "");
        for (case, text) in &cases {
            let ours = speed(text, |text| tokenizer.count(text).tokens as usize);
            let beside = second.map(|second| speed(text, |text| second.count(text)));
            let beside = beside.map_or(String::new(), |speed| format!("   bpe-openai {speed:7.1} MB/s"));
            println!("{name:12} {case:24} {ours:7.1} MB/s{beside}");
            if ours < slowest.0 {
                slowest = (ours, case);
            }
        }
        println!("{name:12} slowest: {} at {:.1} MB/s", slowest.1, slowest.0);
    }
}
