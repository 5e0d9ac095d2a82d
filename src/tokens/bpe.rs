//! Byte-pair encodings of OpenAI's models, made safe for any text.
//!
//! The crate below is exact and takes about linear time on prose, but merges one long run of letters, blanks or signs
//! as one piece. So a text is cut at `max_bytes`, and runs without a place to cut are counted in pieces; a count that
//! this may have changed is not exact.

use std::sync::OnceLock;

use tiktoken::CoreBpe;

use super::{Count, Tokenizer};
use crate::text::floor;

/// Longest run in bytes that goes into the encoder in one piece.
const MAX_RUN: usize = 4096;

/// A vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vocabulary {
    /// GPT-4o and later.
    O200k,
    /// GPT-4, GPT-3.5 and the embedding models.
    Cl100k,
}

impl Vocabulary {
    /// The name in `isogloss.tokens.tokenizer`.
    pub const fn name(self) -> &'static str {
        match self {
            Vocabulary::O200k => "o200k_base",
            Vocabulary::Cl100k => "cl100k_base",
        }
    }

    /// The encoder, loaded at first use by whoever comes first while others wait.
    fn encoder(self) -> Option<&'static CoreBpe> {
        static O200K: OnceLock<Option<&'static CoreBpe>> = OnceLock::new();
        static CL100K: OnceLock<Option<&'static CoreBpe>> = OnceLock::new();
        let slot = match self {
            Vocabulary::O200k => &O200K,
            Vocabulary::Cl100k => &CL100K,
        };
        *slot.get_or_init(|| tiktoken::get_encoding(self.name()))
    }
}

/// A tokenizer over one vocabulary.
#[derive(Debug, Clone, Copy)]
pub struct Bpe {
    vocabulary: Vocabulary,
    max_bytes: usize,
}

impl Bpe {
    /// Counts at most `max_bytes` of a text; the rest is scaled and the count is not exact.
    pub const fn new(vocabulary: Vocabulary, max_bytes: usize) -> Self {
        Bpe { vocabulary, max_bytes }
    }

    /// Loads the vocabulary now.
    pub fn warm(&self) {
        let _ = self.count("warm");
    }
}

impl Tokenizer for Bpe {
    fn name(&self) -> &'static str {
        self.vocabulary.name()
    }

    fn count(&self, text: &str) -> Count {
        let tokenizer = self.name();
        let cut = floor(text, self.max_bytes);
        let head = text.split_at(cut).0;
        let Some(encoder) = self.vocabulary.encoder() else {
            // A build without the vocabulary: four bytes a token, and never called exact.
            return Count { tokenizer, count: (text.len() as u64).div_ceil(4), exact: false };
        };
        let (counted, whole) = in_pieces(head, |piece| encoder.count(piece) as u64);
        if cut == text.len() {
            return Count { tokenizer, count: counted, exact: whole };
        }
        if cut == 0 {
            return Count { tokenizer, count: (text.len() as u64).div_ceil(4), exact: false };
        }
        let scaled = (counted as f64 * text.len() as f64 / cut as f64).round() as u64;
        Count { tokenizer, count: scaled, exact: false }
    }
}

/// Sums `count` over pieces of `text`, and whether cutting cannot have changed the sum.
///
/// Every piece holds whole runs, unless a run alone is longer than [`MAX_RUN`].
fn in_pieces(text: &str, mut count: impl FnMut(&str) -> u64) -> (u64, bool) {
    let (mut sum, mut exact) = (0, true);
    let mut start = 0;
    let mut run = Run::default();
    for (at, c) in text.char_indices() {
        if run.breaks_before(c) {
            run = Run::default();
        }
        if run.bytes + c.len_utf8() > MAX_RUN {
            sum += count(&text[start..at]);
            start = at;
            exact = false;
            run = Run::default();
        }
        run.push(c);
    }
    (sum + count(&text[start..]), exact)
}

/// A stretch of text that the encoder may take as one piece: letters and marks, blanks, or signs.
#[derive(Default)]
struct Run {
    bytes: usize,
    class: Option<Class>,
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Word,
    Blank,
    Sign,
    Digit,
}

impl Run {
    fn breaks_before(&self, c: char) -> bool {
        self.class.is_some_and(|class| class != class_of(c))
    }

    fn push(&mut self, c: char) {
        self.class = Some(class_of(c));
        self.bytes += c.len_utf8();
    }
}

fn class_of(c: char) -> Class {
    if c.is_whitespace() {
        Class::Blank
    } else if c.is_alphabetic() || crate::text::script::is_mark(c) {
        Class::Word
    } else if c.is_numeric() {
        Class::Digit
    } else {
        Class::Sign
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const O200K: Bpe = Bpe::new(Vocabulary::O200k, 64 << 10);
    const CL100K: Bpe = Bpe::new(Vocabulary::Cl100k, 64 << 10);

    /// Text, tokens in o200k_base, tokens in cl100k_base; counted with the npm package `gpt-tokenizer` 4.0.0.
    #[rustfmt::skip]
    const GOLDEN: &[(&str, u64, u64)] = &[
        ("hello world", 2, 2),
        ("", 0, 0),
        ("a", 1, 1),
        ("Hello, world! How are you doing today?", 10, 10),
        ("¿Dónde está mi pedido número 12345?", 10, 12),
        ("Où est passée ma commande d'hier ?", 10, 11),
        ("Wo bleibt meine Bestellung von gestern?", 7, 9),
        ("Onde está o meu pedido?", 6, 7),
        ("Dov'è finito il mio ordine?", 9, 11),
        ("Di mana pesanan saya?", 6, 6),
        ("मेरा ऑर्डर कहाँ है?", 8, 18),
        ("私の注文はどこですか？", 9, 10),
        ("我的订单在哪里？", 4, 7),
        ("أين طلبي؟", 5, 10),
        ("Где мой заказ?", 5, 6),
        ("Agizo langu liko wapi?", 8, 8),
        ("Siparişim nerede?", 6, 9),
        ("Đơn hàng của tôi ở đâu?", 8, 13),
        ("내 주문은 어디에 있나요?", 8, 12),
        ("คำสั่งซื้อของฉันอยู่ที่ไหน", 10, 26),
        ("আমার অর্ডার কোথায়?", 8, 24),
        ("ትዕዛዜ የት ነው?", 19, 25),
        ("<|endoftext|>", 7, 7),
        ("fn main() {\n    println!(\"{}\", x);\n}\n", 10, 10),
        ("👨‍👩‍👧‍👦 😀", 12, 19),
        ("   leading and trailing   \n\n\n", 6, 6),
        ("é", 2, 2),
    ];

    /// Scenario: texts in twenty languages, code, emoji, decomposed letters and special tokens as plain text.
    /// Guarantees: the counts are those of an independent implementation, and are called exact.
    #[test]
    fn golden_counts() {
        for &(text, o200k, cl100k) in GOLDEN {
            assert_eq!(O200K.count(text), Count { tokenizer: "o200k_base", count: o200k, exact: true }, "{text:?}");
            assert_eq!(CL100K.count(text), Count { tokenizer: "cl100k_base", count: cl100k, exact: true }, "{text:?}");
        }
    }

    /// Scenario: a text over the cap, cut in the middle of a character, and a cap of nothing.
    /// Guarantees: the count is near the true one, and is not called exact.
    #[test]
    fn over_the_cap() {
        let text = "Где мой заказ? ".repeat(100);
        let whole = O200K.count(&text);
        let capped = Bpe::new(Vocabulary::O200k, 201).count(&text);
        assert!(whole.exact && !capped.exact);
        assert!(capped.count.abs_diff(whole.count) * 10 < whole.count, "{} {}", capped.count, whole.count);
        assert!(!Bpe::new(Vocabulary::O200k, 0).count("abc").exact);
    }

    /// Scenario: a megabyte each of what makes encoders slow or panic, without a cap.
    /// Guarantees: no piece is longer than the bound on runs, so that work is linear; counts are estimates.
    #[test]
    fn long_runs_are_cut() {
        for unit in [" ", "a", "!", "\n", "é", "ก", "日", "👨‍👩‍👧", "\u{301}", "`", "["] {
            let text = unit.repeat((1 << 20) / unit.len());
            let mut longest = 0;
            let (bytes, exact) = in_pieces(&text, |piece| {
                longest = longest.max(piece.len());
                piece.len() as u64
            });
            assert_eq!(bytes, text.len() as u64);
            assert!(longest <= MAX_RUN && !exact, "{unit:?} {longest}");
        }
        let prose = "one two three ".repeat(10_000);
        assert!(in_pieces(&prose, |_| 0).1);
    }

    /// Scenario: the hostile texts through the encoder, at the default cap.
    /// Guarantees: a count, no panic.
    #[test]
    fn hostile_texts_are_counted() {
        for unit in [" ", "a", "!", "\n", "ก", "👨‍👩‍👧", "\u{301}", "a1", "\r\n\t "] {
            let text = unit.repeat((1 << 20) / unit.len());
            assert!(O200K.count(&text).count > 0 && CL100K.count(&text).count > 0, "{unit:?}");
        }
    }

    proptest! {
        /// Scenario: any text.
        /// Guarantees: no panic, at most a token a byte.
        #[test]
        fn any_text(text in any::<String>()) {
            let count = O200K.count(&text);
            prop_assert!(count.exact && count.count <= text.len() as u64);
        }
    }
}
