//! Text work that knows no language: tolerant JSON, cleaning, scripts, folding, segmentation.
//!
//! [`json`] is also what the conventions read attribute values with; the rest serves the language rooms. Everything
//! here takes text of any size and content: what is read is bounded, and time is linear in what is read.

pub mod clean;
pub(crate) mod effort;
pub mod fold;
pub mod folded;
pub mod json;
mod machine;
mod mask;
pub mod prose;
mod quoted;
pub mod repetition;
pub mod script;
mod search;
pub mod segment;
pub mod similarity;
mod sql;
mod token;
mod unescape;

pub use mask::mask;

/// A 64-bit hash (XXH3) by which equal texts are recognised. With a `key` that nobody outside knows, nobody can make two
/// texts look like one.
pub fn hash(text: &str, key: u64) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(text.as_bytes(), key)
}

/// The longest head of `text` with at most `max` bytes that ends between characters.
pub fn head(text: &str, max: usize) -> &str {
    text.split_at(floor(text, max)).0
}

/// The longest tail of `text` with at most `max` bytes that begins between characters.
pub fn tail(text: &str, max: usize) -> &str {
    let mut at = text.len().saturating_sub(max);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    text.split_at(at).1
}

/// The last place at or before `at` that is between characters.
pub fn floor(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: cuts in the middle of characters of several widths, and beyond the end.
    /// Guarantees: the longest piece that is not longer than asked, never a panic.
    #[test]
    fn cuts_between_characters() {
        let text = "aé日😀";
        assert_eq!((head(text, 2), head(text, 3), head(text, 9), head(text, 99)), ("a", "aé", "aé日", text));
        assert_eq!((tail(text, 3), tail(text, 4), tail(text, 0), tail(text, 99)), ("", "😀", "", text));
    }

    /// Scenario: equal and different texts.
    /// Guarantees: equal texts have equal hashes, and an edit or another key shows.
    #[test]
    fn hashes() {
        assert_eq!(hash("नमस्ते", 1), hash(&String::from("नमस्ते"), 1));
        assert_ne!(hash("a", 1), hash("b", 1));
        assert_ne!(hash("a", 1), hash("a", 2));
    }
}
