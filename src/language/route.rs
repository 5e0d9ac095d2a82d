//! Which script of a text decides about its language, and whether it is in two languages at once.

use super::vote::Vote;
use crate::text::script::{Histogram, Script};

/// Letters of each of two scripts in a mixed text, and the share of the lesser.
const MIXED_LETTERS: u32 = 20;
const MIXED_SHARE: f32 = 0.3;

/// Least letters and share of a script beside Latin, below which it is a name or a quotation.
const ASIDE_LETTERS: u32 = 3;
const ASIDE_SHARE: f32 = 0.2;

/// What a letter of a dense script counts beside one of an alphabet.
const DENSE_WEIGHT: u32 = 3;

/// Share of common words that makes Latin words beside another script a language of their own.
const SPOKEN_SHARE: f32 = 0.35;

/// The scripts that are written together as one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Family {
    Kana,
    Hangul,
    Han,
    Script(Script),
}

/// The script family that a text is in, and whether it is in two.
pub(super) fn route(letters: &Histogram, cleaned: &str) -> (Family, bool) {
    let (han, hangul) = (letters.count(Script::Han), letters.count(Script::Hangul));
    let kana = letters.count(Script::Hiragana) + letters.count(Script::Katakana);
    // Kana is in every Japanese sentence; a single one in a Chinese text is a name.
    let east = if kana * 20 > han {
        (Family::Kana, kana + han)
    } else if hangul > 0 && hangul * 2 > han {
        (Family::Hangul, hangul + han)
    } else {
        (Family::Han, han)
    };
    let east = (east.0, east.1, east.1 * DENSE_WEIGHT);
    let mut best = [east; 2];
    best[1].1 = 0;
    best[1].2 = 0;
    for (script, count) in letters.ranked().filter(|(script, _)| !script.is_dense()) {
        let entry = (Family::Script(script), count, count);
        if entry.2 > best[0].2 {
            best = [entry, best[0]];
        } else if entry.2 > best[1].2 {
            best[1] = entry;
        }
    }
    let [first, second] = best;
    let share = second.2 as f32 / (first.2 + second.2).max(1) as f32;
    let both_long = first.1.min(second.1) >= MIXED_LETTERS && share >= MIXED_SHARE;
    let latin = Family::Script(Script::Latin);
    if first.0 != latin && second.0 != latin {
        return (first.0, both_long);
    }
    // Latin words in another script's text are mostly names of products: they have to be a language to count.
    let other = if first.0 == latin { second } else { first };
    let other_share = other.2 as f32 / (first.2 + second.2).max(1) as f32;
    if other.2 < ASIDE_LETTERS || other_share < ASIDE_SHARE {
        return (if other.2 == 0 || other_share < ASIDE_SHARE { latin } else { first.0 }, false);
    }
    let spoken = Vote::of(cleaned).latin_share() >= SPOKEN_SHARE;
    match (spoken, both_long) {
        (true, true) => (first.0, true),
        (true, false) => (first.0, false),
        (false, _) => (other.0, false),
    }
}
