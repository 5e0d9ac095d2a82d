//! How much two short texts are the same words.

use super::fold::fold_into;
use super::script;
use ahash::AHashMap;

/// Bytes of each text that are compared.
const READ_BYTES: usize = 4 << 10;

/// Writes the letters and digits of `text` into `out`, folded, words with one space between; at most 4 KB.
pub fn words_into(text: &str, folded: &mut String, out: &mut String) {
    fold_into(text, READ_BYTES, folded);
    out.clear();
    for c in folded.chars() {
        if script::is_word(c) || c.is_numeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
}

/// Dice's coefficient of the multisets of three characters: 1 for the same text, 0 for texts with nothing in common.
/// Both as [`words_into`] writes them. Linear.
pub fn dice(a: &str, b: &str) -> f64 {
    if a == b {
        return if a.is_empty() { 0.0 } else { 1.0 };
    }
    let grams = |text: &str| text.chars().count().saturating_sub(2);
    let (in_a, in_b) = (grams(a), grams(b));
    // The most that they can have in common; most pairs are far apart.
    let bound = 2.0 * in_a.min(in_b) as f64 / (in_a + in_b).max(1) as f64;
    if bound < 0.5 {
        return bound.min(0.5);
    }
    let mut counts: AHashMap<[char; 3], i32> = AHashMap::with_capacity(in_a);
    triples(a, |gram| *counts.entry(gram).or_default() += 1);
    let mut common = 0usize;
    triples(b, |gram| {
        if let Some(left) = counts.get_mut(&gram).filter(|left| **left > 0) {
            *left -= 1;
            common += 1;
        }
    });
    2.0 * common as f64 / (in_a + in_b).max(1) as f64
}

fn triples(text: &str, mut each: impl FnMut([char; 3])) {
    let mut last = ['\0'; 3];
    for (at, c) in text.chars().enumerate() {
        last = [last[1], last[2], c];
        if at >= 2 {
            each(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> String {
        let (mut folded, mut out) = (String::new(), String::new());
        words_into(text, &mut folded, &mut out);
        out
    }

    /// Scenario: the same words in other marks and cases, nearly the same words, and other words.
    /// Guarantees: 1, nearly 1, little.
    #[test]
    fn pairs() {
        assert_eq!(words("  ¿Dónde está -- el baño?"), "dónde está el baño");
        let near = |a, b| dice(&words(a), &words(b));
        assert_eq!(near("Where is the bus?", "where is the bus"), 1.0);
        assert_eq!(near("バスはどこですか？", "バスはどこですか"), 1.0);
        assert!(near("Where is the bus to town?", "Where is the bus to my town?") > 0.85);
        assert!(near("Where is the bus to town?", "It leaves from the market at noon.") < 0.5);
        assert_eq!(near("", ""), 0.0);
    }

    proptest! {
        /// Scenario: any two texts.
        /// Guarantees: between 0 and 1, and nearly the same in both directions.
        #[test]
        fn symmetric(a in "\\PC{0,60}", b in "\\PC{0,60}") {
            let (a, b) = (words(&a), words(&b));
            let (there, back) = (dice(&a, &b), dice(&b, &a));
            prop_assert!((0.0..=1.0).contains(&there));
            prop_assert!((there - back).abs() < 1e-9);
        }
    }
}
