//! The detector: cleaning, script, model, second vote, certainty.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::model::head::best;
use super::model::{Head, Model, Reading};
use super::route::{Part, Routed, Router};
use super::{Alternatives, Certainty, LanguageDetector, Tag, Verdict, groups, han, mixed, second_vote, two_scripts};

/// Below this the language is `und`: more often wrong than right by far.
const LEAST: f32 = 0.2;

/// The model that the program carries; see the card beside it.
static BUILT_IN: &[u8] = include_bytes!("../../models/language/isogloss-lid.bin");

/// Fewest words that are said to be no language rather than undetermined.
const NOISE_WORDS: usize = 3;

/// Detects with a model.
#[derive(Debug, Clone)]
pub struct NgramDetector {
    model: Arc<Model>,
    version: String,
}

/// Buffers of a thread.
#[derive(Default)]
struct Scratch {
    router: Router,
    reading: Reading,
    probabilities: Vec<f32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

impl NgramDetector {
    /// A detector with a model of the user's own.
    pub fn new(model: Model) -> Self {
        let version = format!("isogloss-lid-{}", model.version());
        NgramDetector { model: Arc::new(model), version }
    }

    /// The detector with the model that the program carries, which is read once.
    pub fn built_in() -> Self {
        static READ: OnceLock<NgramDetector> = OnceLock::new();
        let read = || match Model::read(&Bytes::from_static(BUILT_IN)) {
            Ok(model) => NgramDetector::new(model),
            // Every test would have failed before this was ever shipped.
            Err(error) => unreachable!("the model that is built in: {error}"),
        };
        READ.get_or_init(read).clone()
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }
}

impl LanguageDetector for NgramDetector {
    fn version(&self) -> &str {
        &self.version
    }

    fn detect(&self, text: &str) -> Verdict {
        SCRATCH.with_borrow_mut(|scratch| {
            let Scratch { router, reading, probabilities } = scratch;
            match router.route(text) {
                Some(routed) => self.judge(&routed, reading, probabilities),
                None => Verdict::undetermined("Zyyy"),
            }
        })
    }
}

impl NgramDetector {
    fn judge(&self, routed: &Routed<'_>, reading: &mut Reading, spare: &mut Vec<f32>) -> Verdict {
        let first = routed.first;
        if !first.is_enough() {
            return Verdict::undetermined(first.script);
        }
        let said = match routed.second.filter(|second| second.share_beside(&first) >= two_scripts::ASIDE_SHARE) {
            Some(second) => two_scripts::judge(first, second, |part| self.of_part(part, reading)),
            None => {
                let alone = self.of_part(first, reading);
                let head = self.model.head(first.script);
                head.and_then(|head| mixed::languages(head, reading, spare)).unwrap_or(alone)
            }
        };
        routed.temper(said)
    }

    /// The language of the words of one script.
    fn of_part(&self, part: Part<'_>, reading: &mut Reading) -> Verdict {
        let Some(head) = self.model.head(part.script) else { return Verdict::undetermined(part.script) };
        head.read(part.words, reading);
        of_reading(head, part, reading)
    }
}

/// The verdict on a text that a head has read.
fn of_reading(head: &Head, part: Part<'_>, reading: &Reading) -> Verdict {
    let mut merged = groups::merge(&head.classes, &best::<8>(&reading.probabilities));
    groups::prefer_larger(&mut merged);
    let [(mut language, p), mut second, third, fourth, ..] = merged;
    let mut trust = if head.classes.len() < 2 { 0.99 } else { head.trust(p, part.letters as usize, reading.known()) };
    if Certainty::of(trust) != Certainty::High
        && let Some(vote) = second_vote::between(part.words, language, second.0)
    {
        let (winner, changed) = vote.apply(language, second, p, trust);
        if winner != language {
            second = (language, p);
        }
        (language, trust) = (winner, changed);
    }
    let others = Alternatives::of(&[second, third, fourth]);
    // A word or two of code might be anything.
    let scrap = language == Tag::ZXX && reading.words() < NOISE_WORDS;
    if language == Tag::UND || trust < LEAST || scrap {
        return Verdict { alternatives: others, ..Verdict::undetermined(part.script) };
    }
    if part.script == "Hani" {
        language = han::variant(language, part.words);
    }
    Verdict { language, confidence: trust, certainty: Certainty::of(trust), alternatives: others, script: part.script }
}
