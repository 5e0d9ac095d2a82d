//! All tokenizers at hand, and the choice among them by a model's name.

use super::bpe::Bpe;
use super::count::Count;
use super::density::{self, Vendor};
use super::family::Family;
use super::huggingface::{self, HuggingFace, LoadError};
use super::known;
use super::learned::Learned;
use super::pattern::{Pattern, normal};
use super::slot::{Slot, Source};
use crate::config;
use crate::language::Tag;
use ahash::AHashMap;
use parking_lot::{Mutex, RwLock};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Names of models whose choice is remembered; when there are more, all are forgotten.
const MAX_NAMES: usize = 4_096;

/// What counts for models without a public tokenizer, once enough was reported about them.
const LEARNED: &str = "learned";
/// What counted where the provider did.
const REPORTED: &str = "reported";

/// A tokenizer of the configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("tokens.tokenizer.{index}.path: {source}")]
pub struct Unusable {
    index: usize,
    source: LoadError,
}

/// The tokenizers at hand. Shared by all threads.
pub struct Tokenizers {
    /// The built-in ones in the order of [`Family::ALL`], then those of the configuration in its order.
    slots: Vec<Arc<Slot>>,
    /// The configuration's patterns, which come before the built-in ones.
    patterns: Vec<(Pattern, usize)>,
    names: RwLock<AHashMap<Box<str>, Model>>,
    learned: Learned,
    hasher: ahash::RandomState,
    waits: bool,
}

/// What a model's name says.
#[derive(Debug, Clone, Copy)]
struct Model {
    /// The tokenizer, if there is one.
    slot: Option<usize>,
    vendor: Vendor,
    /// The name in a word.
    hash: u64,
}

/// The tokenizer for one model, now.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    all: &'a Tokenizers,
    slot: usize,
    model: Model,
}

impl Tokenizers {
    /// Nothing is loaded yet. A text whose tokenizer is not loaded waits for it: for commands that end.
    pub fn new(config: &config::Tokens) -> Self {
        let mut slots: Vec<Arc<Slot>> = Family::ALL
            .iter()
            .map(|family| Arc::new(Slot::new(family.name(), Source::BuiltIn(*family), config.max_count_bytes)))
            .collect();
        let mut patterns = Vec::new();
        for own in &config.tokenizer {
            // A name of ours without a file is one of the built-in tokenizers, for other models.
            let index = match &own.path {
                Some(path) => {
                    slots.push(Arc::new(Slot::new(
                        interned(&own.name),
                        Source::File(path.clone()),
                        config.max_count_bytes,
                    )));
                    slots.len() - 1
                }
                None => Family::ALL.iter().position(|family| family.name() == own.name).unwrap_or(0),
            };
            patterns.extend(own.models.iter().map(|pattern| (Pattern::new(pattern), index)));
        }
        Tokenizers {
            slots,
            patterns,
            names: RwLock::default(),
            learned: Learned::default(),
            hasher: ahash::RandomState::new(),
            waits: true,
        }
    }

    /// The same for a processor: a text whose tokenizer is not loaded is estimated meanwhile, and a thread of its own
    /// loads. Only `o200k_base`, from which all is estimated, is waited for; [`warm`](Self::warm) comes before.
    ///
    /// # Errors
    /// When a file of the configuration is not there; what is in it is seen when it is loaded, and logged.
    pub fn in_background(config: &config::Tokens) -> Result<Self, Unusable> {
        for (index, path) in files(config) {
            huggingface::present(path).map_err(|source| Unusable { index, source })?;
        }
        Ok(Tokenizers { waits: false, ..Self::new(config) })
    }

    /// Loads the vocabulary that nearly every text needs, and then those of the configuration.
    pub fn warm(&self) {
        for slot in self.slots.iter().take(1).chain(self.slots.iter().skip(Family::ALL.len())) {
            slot.load();
        }
    }

    /// Reads every tokenizer of the configuration, and keeps none.
    ///
    /// # Errors
    /// When one cannot be read; its key and file are said.
    pub fn check(config: &config::Tokens) -> Result<(), Unusable> {
        for (index, path) in files(config) {
            HuggingFace::load(path).map_err(|source| Unusable { index, source })?;
        }
        Ok(())
    }

    /// The tokenizer of a model, or the stand-in for one that has none or whose tokenizer is not loaded yet.
    pub fn choice(&self, model: Option<&str>) -> Choice<'_> {
        let model = self.model(model.unwrap_or_default());
        let usable = |index: &usize| {
            self.slots
                .get(*index)
                .is_some_and(|slot| if self.waits || *index == 0 { slot.load() } else { slot.ready_or_begin() })
        };
        match model.slot.filter(usable) {
            Some(slot) => Choice { all: self, slot, model },
            None => Choice { all: self, slot: 0, model: Model { slot: None, ..model } },
        }
    }

    /// Tokens of `text` for `model`, without knowing its language.
    pub fn count(&self, model: Option<&str>, text: &str) -> Count {
        let choice = self.choice(model);
        choice.adjust(choice.count(text), Tag::UND, text.chars().count() as u64)
    }

    /// Models and languages about whose tokens something was learned, and those with enough of it to be used.
    pub fn learned(&self) -> (usize, usize) {
        self.learned.known()
    }

    fn model(&self, name: &str) -> Model {
        // A name of a megabyte is looked at by its head, and is no key.
        let name = crate::text::head(name, 256);
        if let Some(model) = self.names.read().get(name) {
            return *model;
        }
        let normal = normal(name);
        let own = self.patterns.iter().find(|(pattern, _)| {
            // The user may mean the name as it is sent, path and all.
            pattern.matches(&normal) || pattern.matches(&name.to_ascii_lowercase())
        });
        let built_in = || {
            let family = known::family(&normal)?;
            Family::ALL.iter().position(|other| *other == family)
        };
        let google = normal.starts_with("gemini") || normal.starts_with("gemma");
        let model = Model {
            slot: own.map(|(_, slot)| *slot).or_else(built_in),
            vendor: if google { Vendor::Google } else { Vendor::Other },
            hash: self.hasher.hash_one(&normal),
        };
        let mut names = self.names.write();
        if names.len() >= MAX_NAMES {
            names.clear();
        }
        names.insert(name.into(), model);
        model
    }
}

impl Choice<'_> {
    /// Which tokenizer counts; counts of one text by different tokenizers are remembered apart.
    pub fn id(&self) -> usize {
        self.slot
    }

    /// Whether this is the model's own tokenizer.
    pub fn is_own(&self) -> bool {
        self.model.slot.is_some()
    }

    /// Tokens of `text` by the tokenizer, whatever the model.
    pub fn count(&self, text: &str) -> Count {
        let slot = self.all.slots.get(self.slot);
        let counted = slot.and_then(|slot| {
            slot.load();
            slot.count(text)
        });
        // Only a file can fail to load, and a choice is never a file that failed.
        counted.unwrap_or(Count { tokenizer: "", count: 0, exact: false })
    }

    /// What a count of the tokenizer means for the model: itself where it is the model's own, else an estimate.
    pub fn adjust(&self, counted: Count, language: Tag, characters: u64) -> Count {
        if self.is_own() {
            return counted;
        }
        if let Some(density) = self.all.learned.density(self.model.hash, language) {
            let count = (characters as f64 * f64::from(density)).round() as u64;
            return Count { tokenizer: LEARNED, count, exact: false };
        }
        Count { count: density::estimate(counted.count, language, self.model.vendor), exact: false, ..counted }
    }

    /// The provider's own count of a text, if that can be: hidden reasoning and made-up numbers are not. Where the
    /// model's tokenizer is not public, this is learned from.
    pub fn believe(&self, reported: u64, counted: Count, language: Tag, characters: u64) -> Option<Count> {
        // The ends of a message cost some tokens. Estimates may be far off, a count with the right tokenizer may not.
        const ENDS: u64 = 16;
        let factor = if counted.exact { 2 } else { 8 };
        let most = counted.count.saturating_mul(factor).saturating_add(ENDS);
        let least = counted.count.saturating_sub(ENDS) / factor;
        if reported == 0 || reported > most || reported < least {
            return None;
        }
        if !self.is_own() {
            self.all.learned.learn(self.model.hash, language, characters, reported);
        }
        Some(Count { tokenizer: REPORTED, count: reported, exact: true })
    }
}

/// The files that the configuration names, and where it does.
fn files(config: &config::Tokens) -> impl Iterator<Item = (usize, &Path)> {
    config.tokenizer.iter().enumerate().filter_map(|(index, own)| Some((index, own.path.as_deref()?)))
}

/// A name for good. Names come from the configuration alone, and each is kept once.
fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock();
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(kept);
    kept
}

/// One built-in tokenizer by its name, loaded; for tests and measurements.
pub fn built_in(name: &str) -> Option<impl super::count::Tokenizer + use<>> {
    Family::ALL.into_iter().find(|family| family.name() == name).map(Bpe::load)
}

#[cfg(test)]
#[path = "tokenizers_tests.rs"]
mod tests;
