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

/// Nanoseconds that this thread was on a processor; where the system does not say, those since the start, which a busy
/// machine makes longer.
fn now(start: Instant) -> u128 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = said.and_then(|said| said.split(' ').next()?.parse().ok());
    spent.unwrap_or_else(|| start.elapsed().as_nanos())
}

/// Megabytes a second, over at least five runs and a tenth of a second: the system's clock of a thread is coarse.
fn speed(text: &str, mut count: impl FnMut(&str) -> usize) -> f64 {
    let start = Instant::now();
    let before = now(start);
    let mut runs = 0;
    loop {
        black_box(count(black_box(text)));
        runs += 1;
        let spent = now(start).saturating_sub(before);
        if runs >= 5 && spent >= 100_000_000 {
            return (text.len() * runs) as f64 * 1e3 / spent as f64;
        }
    }
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
