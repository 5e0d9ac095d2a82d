//! Examples drawn from the corpus: whole lines and pieces of them, as users type them.

use super::corpus::{Class, Source};
use super::random::Random;
use unicode_normalization::UnicodeNormalization;

/// Lines of one source beyond which it is not drawn from more often.
const SOURCE_CAP: [(Class, f32); 3] = [(Class::Sentences, 3000.0), (Class::Interface, 1500.0), (Class::Words, 1500.0)];

/// How often each class is drawn from when a label has all three.
const CLASS_SHARE: [(Class, f32); 3] = [(Class::Sentences, 0.62), (Class::Interface, 0.32), (Class::Words, 0.06)];

/// The texts of one label, ready to be drawn from.
#[derive(Debug)]
pub struct Pool<'c> {
    sources: Vec<(&'c [String], f32)>,
    /// Lines in all.
    pub lines: usize,
}

impl<'c> Pool<'c> {
    /// A pool of some sources.
    pub fn new<'s>(sources: impl Iterator<Item = &'s Source> + Clone) -> Pool<'s> {
        let lines = sources.clone().map(|source| source.lines.len()).sum();
        let mut weighted = Vec::new();
        for (class, share) in CLASS_SHARE {
            let cap = SOURCE_CAP.iter().find(|(of, _)| *of == class).map_or(0.0, |(_, cap)| *cap);
            let of_class = sources.clone().filter(|source| source.class == class && !source.lines.is_empty());
            let weight = |source: &Source| (source.lines.len() as f32).min(cap);
            let total: f32 = of_class.clone().map(weight).sum();
            // A handful of sentences must not be said again and again.
            let share = share * (total / 400.0).min(1.0);
            weighted.extend(of_class.map(|source| (source.lines.as_slice(), share * weight(source) / total)));
        }
        Pool { sources: weighted, lines }
    }

    fn line(&self, random: &mut Random) -> &'c str {
        let total: f32 = self.sources.iter().map(|(_, weight)| weight).sum();
        let mut at = random.unit() * total;
        let mut chosen = self.sources.first();
        for source in &self.sources {
            chosen = Some(source);
            at -= source.1;
            if at < 0.0 {
                break;
            }
        }
        chosen.and_then(|(lines, _)| lines.get(random.below(lines.len()))).map_or("", String::as_str)
    }
}

/// How examples are varied in one script.
#[derive(Debug, Clone, Copy)]
pub struct Variation<'c> {
    /// Words are written with blanks between them.
    pub spaced: bool,
    /// Accents that people leave out can be left out.
    pub accents: bool,
    /// Words of another language that are put into texts now and then (product names, jargon).
    pub foreign: Option<&'c Pool<'c>>,
}

/// Writes an example of `pool` into `out`.
pub fn example(pool: &Pool<'_>, variation: Variation<'_>, random: &mut Random, out: &mut String) {
    out.clear();
    let line = pool.line(random);
    if variation.spaced {
        some_words(line, random, out);
    } else {
        some_letters(line, random, out);
    }
    if variation.accents && random.unit() < 0.10 {
        *out = out.nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).collect();
    }
    if random.unit() < 0.08 {
        mistype(random, out);
    }
    if let Some(foreign) = variation.foreign
        && random.unit() < 0.05
        && out.split(' ').count() >= 4
    {
        let word = foreign.line(random).split(' ').next().unwrap_or_default();
        if random.unit() < 0.5 {
            out.push(' ');
            out.push_str(word);
        } else {
            out.insert(0, ' ');
            out.insert_str(0, word);
        }
    }
}

fn some_words(line: &str, random: &mut Random, out: &mut String) {
    let words = line.split(' ').count();
    let wanted = match random.unit() {
        u if u < 0.30 => words,
        u if u < 0.55 => 1 + random.below(3),
        u if u < 0.82 => 2 + random.below(5),
        _ => 5 + random.below(8),
    };
    if wanted >= words {
        out.push_str(line);
        return;
    }
    let from = random.below(words - wanted + 1);
    for (at, word) in line.split(' ').skip(from).take(wanted).enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}

fn some_letters(line: &str, random: &mut Random, out: &mut String) {
    let letters = line.chars().count();
    let wanted = match random.unit() {
        u if u < 0.3 => letters,
        u if u < 0.6 => 2 + random.below(8),
        _ => 5 + random.below(30),
    };
    let from = random.below(letters.saturating_sub(wanted) + 1);
    out.extend(line.chars().skip(from).take(wanted));
    let kept = out.trim().len();
    if kept < out.len() {
        *out = out.trim().to_owned();
    }
}

/// One slip of the fingers, or a letter held down.
fn mistype(random: &mut Random, out: &mut String) {
    let mut letters: Vec<char> = out.chars().collect();
    if letters.len() < 4 {
        return;
    }
    let at = 1 + random.below(letters.len() - 2);
    match random.below(4) {
        0 => letters.swap(at, at - 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letters[at]),
        _ => {
            let held = letters[at];
            for _ in 0..1 + random.below(2) {
                letters.insert(at, held);
            }
        }
    }
    *out = letters.iter().collect();
    if out.contains("  ") || out.trim().len() < out.len() {
        *out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}
