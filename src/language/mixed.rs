//! Texts in two languages of one script: which words are in which.
//!
//! Every window of [`WINDOW`] words is read among a few classes: the best of the whole text, and the languages that are
//! mixed into others all over the world. The best sequence of languages is found with a price on each change (Viterbi).
//! A second language counts when it has words enough, when its longest run, read on its own among all classes, is in
//! it for sure and not in the first one, and when the two are no relatives: those are confused, not mixed.

use super::model::head::{Few, best};
use super::model::{Head, Reading};
use super::{Alternatives, Certainty, Tag, Verdict, groups};

/// Fewest words that are looked at.
const MIN_WORDS: usize = 5;
/// Most words; 512 bytes have fewer in nearly all languages.
const MAX_WORDS: usize = 128;
/// A text of fewer words than these whose best class has this probability is not looked at: a fifth of it in another
/// language would have left more doubt. That is most texts, and a seventh of the time of all of detection.
const PLAIN_WORDS: usize = 24;
/// See [`PLAIN_WORDS`].
const PLAIN: f32 = 0.998;
/// Words that are read together.
const WINDOW: usize = 3;
/// Classes that may be in the text.
const CANDIDATES: usize = Few::<'static>::WIDTH;
/// How many of them are the best of the whole text.
const OWN: usize = 6;
/// Logits that a change of language costs.
const CHANGE: f32 = 3.0;
/// Share of the words that a language has at least, and the words of its longest run.
const SHARE: f32 = 0.2;
/// See [`SHARE`].
const MIN_RUN: usize = 2;
/// The same for English words in a text of another language: three in a row are jargon ("heap out of memory").
const MIN_JARGON: usize = 4;
/// Probability from which a run of words is in a language for sure.
const SURE: f32 = 0.7;
/// Probability of the first language up to which the words of the second are not its own.
const RIVAL: f32 = 0.05;

const ENGLISH: Tag = Tag::literal("en");

/// Languages that speakers of others mix in.
const CONTACT: [Tag; 10] = [
    ENGLISH,
    Tag::literal("es"),
    Tag::literal("fr"),
    Tag::literal("pt"),
    Tag::literal("de"),
    Tag::literal("hi-Latn"),
    Tag::literal("id"),
    Tag::literal("tl"),
    Tag::literal("sw"),
    Tag::literal("ru"),
];

/// Words from which two languages that neither of them is a language of contact may be in one text.
const LONG: usize = 16;

fn contact(a: Tag, b: Tag) -> bool {
    CONTACT.contains(&a) || CONTACT.contains(&b)
}

/// The languages of the text that `head` read last, when they are several.
pub(super) fn languages(head: &Head, reading: &Reading, spare: &mut Vec<f32>) -> Option<Verdict> {
    let words = reading.words().min(MAX_WORDS);
    if words < MIN_WORDS || head.classes.len() < 3 {
        return None;
    }
    let plain = reading.probabilities.iter().any(|p| *p >= PLAIN);
    if plain && words < PLAIN_WORDS {
        return None;
    }
    let candidates = candidates(head, reading);
    let path = path(head, reading, words, &candidates);
    let path = path.get(..words)?;
    let mut counts = [0usize; CANDIDATES];
    for &at in path {
        counts[usize::from(at)] += 1;
    }
    let mut order: [usize; CANDIDATES] = std::array::from_fn(|at| at);
    order.sort_unstable_by_key(|&at| (std::cmp::Reverse(counts[at]), at));
    if (counts[order[1]] as f32) < SHARE * words as f32 {
        return None;
    }
    let mut found = [(Tag::UND, 0.0f32); 3];
    let mut used = 0;
    for &at in order.iter().take(found.len()) {
        let share = counts[at] as f32 / words as f32;
        let Some(&tag) = head.classes.get(candidates[at]) else { continue };
        let main = (used > 0).then_some(found[0].0);
        let run = longest_run(path, at);
        let least = if used > 0 && tag == ENGLISH { MIN_JARGON } else { MIN_RUN };
        if share < SHARE || run.len() < least {
            if used == 0 {
                return None;
            }
            continue;
        }
        let apart = main.is_none_or(|main| !groups::related(main, tag) && (words >= LONG || contact(main, tag)));
        if apart && surely(head, reading, run, tag, main, spare) {
            if let Some(free) = found.get_mut(used) {
                *free = (tag, share);
            }
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

/// The best classes of the whole, then the languages of contact; places that are left repeat the first.
fn candidates(head: &Head, reading: &Reading) -> [usize; CANDIDATES] {
    let own = best::<OWN>(&reading.probabilities);
    let named = |class: &usize| head.classes.get(*class).is_some_and(Tag::is_language);
    let own = own.map(|(class, _)| class);
    let mut chosen = [own.iter().copied().find(named).unwrap_or(own[0]); CANDIDATES];
    let mut used = 0;
    let contact = CONTACT.iter().filter_map(|tag| head.classes.iter().position(|class| class == tag));
    for class in own.into_iter().filter(named).chain(contact) {
        if used < CANDIDATES && !chosen[..used].contains(&class) {
            chosen[used] = class;
            used += 1;
        }
    }
    chosen
}

/// The cheapest sequence of candidates.
fn path(head: &Head, reading: &Reading, words: usize, candidates: &[usize; CANDIDATES]) -> [u8; MAX_WORDS] {
    let few = Few::new(head, candidates);
    let mut from = [[0u8; CANDIDATES]; MAX_WORDS];
    let mut score = [0f32; CANDIDATES];
    for (word, from) in from.iter_mut().enumerate().take(words) {
        let window = word.saturating_sub(WINDOW / 2)..(word + WINDOW / 2 + 1).min(words);
        let mut logits = few.logits(reading, window);
        let top = logits.iter().copied().fold(f32::MIN, f32::max);
        let (best, best_score) = argmax(&score);
        let changed = best_score - CHANGE;
        for (at, logit) in logits.iter_mut().enumerate() {
            let stays = score[at] >= changed;
            from[at] = if stays { at as u8 } else { best as u8 };
            // One window must not outvote all others.
            *logit = (*logit - top).max(-CHANGE) + if stays { score[at] } else { changed };
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

/// The longest run of a candidate.
fn longest_run(path: &[u8], at: usize) -> std::ops::Range<usize> {
    let (mut longest, mut start) = (0..0, 0);
    for end in 0..=path.len() {
        if path.get(end).is_none_or(|&of| usize::from(of) != at) {
            if end - start > longest.len() {
                longest = start..end;
            }
            start = end + 1;
        }
    }
    longest
}

/// Whether a run of words, read alone among all classes, is in a language (or a relative of it), and not in the rival.
fn surely(
    head: &Head,
    reading: &Reading,
    run: std::ops::Range<usize>,
    tag: Tag,
    rival: Option<Tag>,
    spare: &mut Vec<f32>,
) -> bool {
    head.read_words(reading, run, spare);
    let (mut own, mut of_rival) = (0.0, 0.0);
    for (&class, &p) in head.classes.iter().zip(spare.iter()).filter(|(_, p)| **p > 0.001) {
        if rival.is_some_and(|rival| groups::related(class, rival)) {
            of_rival += p;
        } else if groups::related(class, tag) {
            own += p;
        }
    }
    own >= SURE && of_rival <= RIVAL
}
