//! What each head has to tell apart, and how often each class is shown to it.

use std::collections::BTreeMap;

use super::corpus::{Corpus, NOISE, REST, Source};
use super::draw::{Pool, Variation};
use crate::language::model::file::MAX_CLASSES;
use crate::language::model::math::{exp, ln};
use crate::language::{Tag, iso};

/// Lines below which a label is material for the class of other languages.
pub const MIN_LINES: usize = 45;

/// A label's lines in Latin script below this share of all of it are untranslated English, not the language.
const MIN_LATIN_SHARE: f64 = 0.1;

/// Share of its examples that the class of other languages gets, were each of its languages a class.
const OTHERS_SHARE: f64 = 0.4;

/// A class of a head.
#[derive(Debug)]
pub struct ClassPlan<'c> {
    /// What it says.
    pub tag: Tag,
    /// The labels that it is made of.
    pub labels: Vec<&'c str>,
    /// Its texts.
    pub pool: Pool<'c>,
    /// How often it is shown, beside the others.
    pub share: usize,
}

/// A head to be trained.
#[derive(Debug)]
pub struct HeadPlan<'c> {
    /// ISO 15924 code.
    pub script: &'static str,
    /// The classes, languages first, in the order of their labels.
    pub classes: Vec<ClassPlan<'c>>,
}

/// Plans every head of a corpus. Labels that make no tag are named in the second part.
pub fn plan(corpus: &Corpus) -> (Vec<HeadPlan<'_>>, Vec<String>) {
    let usual = usual_scripts(corpus);
    let mut refused = Vec::new();
    let mut heads = Vec::new();
    for (&script, labels) in corpus {
        let mut classes = Vec::new();
        let mut others: Vec<(&str, &[Source])> = Vec::new();
        for (label, sources) in labels {
            let lines = count(sources);
            let (all, usual) = usual.get(label.as_str()).copied().unwrap_or((lines, script));
            if script == "Latn" && usual != script && (lines as f64) < MIN_LATIN_SHARE * all as f64 {
                continue;
            }
            if label.starts_with(REST) || lines < MIN_LINES {
                others.push((label, sources));
                continue;
            }
            let Some(tag) = iso::tag(label, script, usual).filter(|_| classes.len() + 1 < MAX_CLASSES) else {
                refused.push(label.clone());
                continue;
            };
            classes.push(ClassPlan {
                tag,
                labels: vec![label],
                pool: Pool::new(sources.iter()),
                share: share(label, lines),
            });
        }
        if classes.len() > 1 && !others.is_empty() {
            let shares: usize = others.iter().map(|(label, sources)| share(label, count(sources))).sum();
            classes.push(ClassPlan {
                tag: Tag::UND,
                labels: others.iter().map(|(label, _)| *label).collect(),
                pool: Pool::new(others.iter().flat_map(|(_, sources)| sources.iter())),
                share: (shares as f64 * OTHERS_SHARE) as usize,
            });
        }
        // A script that only noise or unnamed languages use decides nothing.
        if classes.iter().any(|class| class.tag.is_language()) {
            heads.push(HeadPlan { script, classes });
        }
    }
    (heads, refused)
}

impl HeadPlan<'_> {
    /// How examples are varied.
    pub fn variation<'a>(&self, english: Option<&'a Pool<'a>>) -> Variation<'a> {
        let latin = self.script == "Latn";
        let unspaced = matches!(self.script, "Hani" | "Jpan" | "Mymr" | "Tibt" | "Thai" | "Laoo" | "Khmr");
        Variation { spaced: !unspaced, accents: latin, foreign: english.filter(|_| latin) }
    }
}

/// Between an equal share for each label and one by size: a label with a hundred times the text is shown some twenty times
/// as often. How much software is translated into a language says how often it will be asked about, and a tail language
/// must not take the texts of a large one. Romanised writing is rarer than its text here.
fn share(label: &str, lines: usize) -> usize {
    let size = ln((lines.min(40_000) + 300) as f64) as f32;
    let romanised = if label.ends_with("-Latn") { 0.6 } else { 1.0 };
    (romanised * exp(0.65 * size)) as usize
}

fn count(sources: &[Source]) -> usize {
    sources.iter().map(|source| source.lines.len()).sum()
}

/// Of each label its lines in all scripts, and the script that most of them are in.
fn usual_scripts(corpus: &Corpus) -> BTreeMap<&str, (usize, &'static str)> {
    let mut found: BTreeMap<&str, (usize, &'static str, usize)> = BTreeMap::new();
    for (&script, labels) in corpus {
        for (label, sources) in labels.iter().filter(|(label, _)| *label != NOISE) {
            let lines = count(sources);
            let entry = found.entry(label).or_insert((0, script, 0));
            entry.0 += lines;
            if lines > entry.2 {
                (entry.1, entry.2) = (script, lines);
            }
        }
    }
    found.into_iter().map(|(label, (all, usual, _))| (label, (all, usual))).collect()
}
