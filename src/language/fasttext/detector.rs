//! The detector over a fastText model: our cleaning and routing by script, the model's labels among those that fit.
//!
//! The probability is the trust. Of `lid.176.ftz` on 67,000 labelled texts, 83 % of what it said with 0.5 and more was
//! right, and 94 % of what it said with 0.9 and more; so `medium` begins at 0.5 and `high` at 0.9. A model that was not
//! trained on short texts is too sure of them: calibrate one of your own with fragments in its training text.

use std::cell::RefCell;
use std::sync::Arc;

use super::super::route::{Part, Router};
use super::super::{Alternatives, Certainty, LanguageDetector, Tag, Verdict, groups, han, two_scripts};
use super::label_map::{LabelMap, LabelMapError};
use super::labels::{self, Meaning};
use super::{FastText, Scratch, writing};
use crate::text::script;

/// Below this the language is `und`: more often wrong than right by far.
const LEAST: f32 = 0.2;

/// Labels of other scripts are left out and the rest share what is theirs, but this much at most: a model that sees
/// hardly any language of the text's script does not know the text.
const LEAST_FITTING: f32 = 0.5;

/// How sure a script of one language is.
const OWN_SCRIPT: f32 = 0.99;

/// Best labels that are looked at.
const BEST: usize = 8;

/// A model and what its labels mean.
#[derive(Debug, Clone)]
pub struct FastTextDetector {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    model: FastText,
    /// By script the labels that fit, with their tags in it.
    fitting: Vec<(&'static str, Vec<(u32, Tag)>)>,
    version: String,
}

/// A model whose labels say no languages.
#[derive(Debug, thiserror::Error)]
pub enum FastTextDetectorError {
    /// The label map cannot be used.
    #[error(transparent)]
    Map(#[from] LabelMapError),
    /// Labels that are neither tags nor in the label map.
    #[error("{count} labels say no language ({first}): give them one in language.label_map")]
    Labels {
        /// How many.
        count: usize,
        /// The first few.
        first: String,
    },
}

impl FastTextDetector {
    /// A detector with a model; labels that are not in `map` have to be tags.
    ///
    /// # Errors
    /// A label of the map that the model has not, or one of the model that says no language.
    pub fn new(model: FastText, map: &LabelMap) -> Result<FastTextDetector, FastTextDetectorError> {
        map.check(model.labels())?;
        let by_name = labels::meanings(model.labels());
        let (mut meanings, mut unclear) = (Vec::with_capacity(by_name.len()), Vec::new());
        for (label, by_name) in model.labels().iter().zip(by_name) {
            match map.tag(label).map(Meaning::of_tag).or(by_name) {
                Some(meaning) => meanings.push(meaning),
                None => unclear.push(label.as_str()),
            }
        }
        if !unclear.is_empty() {
            let first: Vec<String> =
                unclear.iter().take(3).map(|label| format!("`{}`", label.escape_debug())).collect();
            return Err(FastTextDetectorError::Labels { count: unclear.len(), first: first.join(", ") });
        }
        let fits = |script| {
            let fitting = meanings.iter().enumerate().filter(move |(_, meaning)| meaning.fits(script));
            (script, fitting.map(|(label, meaning)| (label as u32, meaning.tag_in(script))).collect())
        };
        let fitting = script::codes().map(fits).collect();
        // Another map is another detector.
        let said = meanings.iter().map(|meaning| meaning.tag.to_string()).collect::<Vec<_>>().join(" ");
        let sum = crate::text::hash(&said, model.fingerprint());
        let version = format!("fasttext-{:08x}", sum >> 32);
        Ok(FastTextDetector { inner: Arc::new(Inner { model, fitting, version }) })
    }
}

/// Buffers of a thread.
#[derive(Default)]
struct Buffers {
    router: Router,
    scratch: Scratch,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::new(Buffers::default());
}

impl LanguageDetector for FastTextDetector {
    fn version(&self) -> &str {
        &self.inner.version
    }

    fn detect(&self, text: &str) -> Verdict {
        BUFFERS.with_borrow_mut(|Buffers { router, scratch }| {
            let Some(routed) = router.route(text) else { return Verdict::undetermined("Zyyy") };
            let first = routed.first;
            if !first.is_enough() {
                return Verdict::undetermined(first.script);
            }
            let second = routed.second.filter(|second| second.share_beside(&first) >= two_scripts::ASIDE_SHARE);
            let said = match second {
                Some(second) => two_scripts::judge(first, second, |part| self.inner.of_part(part, scratch)),
                None => self.inner.of_part(first, scratch),
            };
            routed.temper(said)
        })
    }
}

impl Inner {
    /// The language of the words of one script.
    fn of_part(&self, part: Part<'_>, scratch: &mut Scratch) -> Verdict {
        let fitting = self.fitting.iter().find(|(script, _)| *script == part.script);
        let fitting = fitting.map(|(_, labels)| labels.as_slice()).unwrap_or_default();
        if let Some(own) = writing::language_of(part.script) {
            let mut languages = fitting.iter().map(|(_, tag)| *tag).filter(Tag::is_language);
            let only = languages.next().unwrap_or(Tag::literal(own));
            if languages.all(|other| other == only) {
                return verdict(only, OWN_SCRIPT, Alternatives::NONE, part.script);
            }
        }
        let probabilities = self.model.probabilities(part.words, scratch);
        let (best, total) = best(fitting, probabilities);
        let share = if self.model.is_distribution() { 1.0 / total.max(LEAST_FITTING) } else { 1.0 };
        let mut tags = [Tag::UND; BEST];
        let mut summed = [(0usize, 0.0f32); BEST];
        let mut used = 0;
        for (tag, p) in best.into_iter().filter(|(_, p)| *p > 0.0) {
            // Which way of writing Chinese it is, its characters say better.
            let is = |other: &Tag| *other == tag || (tag.primary() == "zh" && other.primary() == "zh");
            let at = tags.iter().take(used).position(is).unwrap_or(used);
            if let (Some(sum), Some(known)) = (summed.get_mut(at), tags.get_mut(at)) {
                *sum = (at, sum.1 + p * share);
                if at == used {
                    *known = tag;
                    used += 1;
                }
            }
        }
        summed.sort_by(|a, b| b.1.total_cmp(&a.1));
        let [(language, p), second, third, fourth, ..] = groups::merge(&tags, &summed);
        let others = Alternatives::of(&[second, third, fourth]);
        if language == Tag::UND || p < LEAST {
            return Verdict { alternatives: others, ..Verdict::undetermined(part.script) };
        }
        let language = if part.script == "Hani" { han::variant(language, part.words) } else { language };
        verdict(language, p.min(1.0), others, part.script)
    }
}

fn verdict(language: Tag, trust: f32, alternatives: Alternatives, script: &'static str) -> Verdict {
    Verdict { language, confidence: trust, certainty: Certainty::of(trust), alternatives, script }
}

/// The tags of the best of some labels with their probabilities, best first, and the sum of all of theirs.
fn best(labels: &[(u32, Tag)], probabilities: &[f32]) -> ([(Tag, f32); BEST], f32) {
    let mut best = [(Tag::UND, 0.0f32); BEST];
    let mut total = 0.0;
    for &(label, tag) in labels {
        let p = probabilities.get(label as usize).copied().unwrap_or(0.0);
        total += p;
        let at = best.iter().position(|(_, other)| p > *other);
        if let Some(better) = at.and_then(|at| best.get_mut(at..)) {
            better.rotate_right(1);
            if let Some(free) = better.first_mut() {
                *free = (tag, p);
            }
        }
    }
    (best, total)
}
