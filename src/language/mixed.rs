//! Texts in two languages of one script: which words are in which.
//!
//! Every window of [`WINDOW`] words is read among the few classes that the whole text and its parts may be; the best
//! sequence of languages is found with a price on each change (Viterbi), and a second language counts when its words
//! are many enough and, read on their own among all classes, are in it for sure.

use super::model::head::best;
use super::model::{Head, Reading};
use super::{Alternatives, Certainty, Tag, Verdict};

/// Fewest words that are looked at.
const MIN_WORDS: usize = 5;
/// Most words; 512 bytes have fewer in nearly all languages.
const MAX_WORDS: usize = 128;
/// Words that are read together.
const WINDOW: usize = 3;
/// Classes that may be in the text.
const CANDIDATES: usize = 8;
/// Logits that a change of language costs.
const CHANGE: f32 = 4.0;
/// Share of the words that a second language has at least, and their number.
const SHARE: f32 = 0.2;
/// See [`SHARE`].
const MIN_OWN: usize = 3;
/// Probability from which a run of words is in a language for sure.
const SURE: f32 = 0.8;
/// Probability of the first language up to which the words of the second are not its own.
const RIVAL: f32 = 0.05;

/// The languages of the text that `head` read last, when they are several.
pub(super) fn languages(head: &Head, reading: &Reading, spare: &mut Vec<f32>) -> Option<Verdict> {
    let words = reading.words().min(MAX_WORDS);
    if words < MIN_WORDS || head.classes.len() < 3 {
        return None;
    }
    let candidates = candidates(head, reading, words, spare)?;
    let path = path(head, reading, words, &candidates);
    let mut counts = [0usize; CANDIDATES];
    path.iter().take(words).for_each(|&at| counts[usize::from(at)] += 1);
    // Most words first.
    let mut order: [usize; CANDIDATES] = std::array::from_fn(|at| at);
    order.sort_by_key(|&at| std::cmp::Reverse(counts[at]));
    let mut found = [(Tag::UND, 0.0f32); 3];
    let (mut used, mut main) = (0, 0);
    for &at in order.iter().take(found.len()) {
        let share = counts[at] as f32 / words as f32;
        if counts[at] < MIN_OWN || share < SHARE {
            break;
        }
        let Some(&tag) = head.classes.get(candidates[at]) else { continue };
        // What the first language's words might as well be is no second language.
        let rival = if used > 0 { Some(main) } else { None };
        if tag.is_language() && surely(head, reading, &path[..words], at, candidates[at], rival, spare) {
            if used == 0 {
                main = candidates[at];
            }
            found[used] = (tag, share);
            used += 1;
        } else if used == 0 {
            return None;
        }
    }
    (used >= 2).then(|| Verdict {
        language: Tag::MUL,
        confidence: 0.8,
        certainty: Certainty::Medium,
        alternatives: Alternatives::of(&found[..used]),
        script: head.script,
    })
}

/// The best classes of the whole and of its thirds, each once.
fn candidates(head: &Head, reading: &Reading, words: usize, spare: &mut Vec<f32>) -> Option<[usize; CANDIDATES]> {
    let mut chosen = [usize::MAX; CANDIDATES];
    let mut used = 0;
    let mut add = |class: usize| {
        if used < CANDIDATES && !chosen[..used].contains(&class) {
            chosen[used] = class;
            used += 1;
        }
    };
    let whole = best::<3>(&reading.probabilities);
    if whole[0].1 > 0.995 && words < 12 {
        return None;
    }
    whole.iter().for_each(|&(class, _)| add(class));
    for third in 0..3 {
        let range = words * third / 3..words * (third + 1) / 3;
        head.read_words(reading, range, spare);
        best::<2>(spare).iter().for_each(|&(class, _)| add(class));
    }
    let first = chosen[0];
    chosen.iter_mut().skip(used).for_each(|class| *class = first);
    Some(chosen)
}

/// The cheapest sequence of candidates.
fn path(head: &Head, reading: &Reading, words: usize, candidates: &[usize; CANDIDATES]) -> [u8; MAX_WORDS] {
    let mut from = [[0u8; CANDIDATES]; MAX_WORDS];
    let mut score = [0f32; CANDIDATES];
    for word in 0..words {
        let window = word.saturating_sub(WINDOW / 2)..(word + WINDOW / 2 + 1).min(words);
        let mut logits = [0f32; CANDIDATES];
        head.logits_of(reading, window, candidates, &mut logits);
        let top = logits.iter().copied().fold(f32::MIN, f32::max);
        let (best, best_score) = argmax(&score);
        for at in 0..CANDIDATES {
            let changed = best_score - CHANGE;
            let stays = score[at] >= changed;
            from[word][at] = if stays { at as u8 } else { best as u8 };
            // One window must not outvote all others.
            logits[at] = (logits[at] - top).max(-CHANGE);
            logits[at] += if stays { score[at] } else { changed };
        }
        score = logits;
    }
    let mut path = [0u8; MAX_WORDS];
    let mut at = argmax(&score).0 as u8;
    for word in (0..words).rev() {
        path[word] = at;
        at = from[word][usize::from(at)];
    }
    path
}

fn argmax(scores: &[f32; CANDIDATES]) -> (usize, f32) {
    let mut best = (0, scores[0]);
    for (at, &score) in scores.iter().enumerate() {
        if score > best.1 {
            best = (at, score);
        }
    }
    best
}

/// Whether the longest run of a candidate is in its language, read alone among all classes, and not in the rival.
fn surely(
    head: &Head,
    reading: &Reading,
    path: &[u8],
    at: usize,
    class: usize,
    rival: Option<usize>,
    spare: &mut Vec<f32>,
) -> bool {
    let (mut longest, mut start) = (0..0, 0);
    for end in 0..=path.len() {
        if path.get(end).is_none_or(|&of| usize::from(of) != at) {
            if end - start > longest.len() {
                longest = start..end;
            }
            start = end + 1;
        }
    }
    if longest.len() < 2 {
        return false;
    }
    head.read_words(reading, longest, spare);
    let p = |class: usize| spare.get(class).copied().unwrap_or(0.0);
    p(class) >= SURE && rival.is_none_or(|rival| p(rival) <= RIVAL)
}
