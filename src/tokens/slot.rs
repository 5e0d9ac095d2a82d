//! A tokenizer that is loaded when it is first needed.

use super::bpe::Bpe;
use super::count::{Count, Tokenizer, bounded};
use super::family::Family;
use super::huggingface::{HuggingFace, LoadError, MAX_BYTES};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Where a tokenizer comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// It is built in.
    BuiltIn(Family),
    /// It is a file.
    File(PathBuf),
}

/// A place for a tokenizer.
pub(super) struct Slot {
    pub name: &'static str,
    source: Source,
    max_bytes: usize,
    /// Empty until it is loaded; nothing in it when that failed.
    loaded: OnceLock<Option<Box<dyn Tokenizer>>>,
    started: AtomicBool,
}

impl Slot {
    pub fn new(name: &'static str, source: Source, max_bytes: usize) -> Self {
        let max_bytes = match source {
            Source::BuiltIn(_) => max_bytes,
            Source::File(_) => max_bytes.min(MAX_BYTES),
        };
        Slot { name, source, max_bytes, loaded: OnceLock::new(), started: AtomicBool::new(false) }
    }

    /// Loads it now, if it is not loaded yet; everybody who asks meanwhile waits. Whether it can be used.
    pub fn load(&self) -> bool {
        self.loaded
            .get_or_init(|| match self.open() {
                Ok(tokenizer) => Some(tokenizer),
                Err(error) => {
                    tracing::error!(tokenizer = self.name, %error, "tokenizer cannot be loaded; its models' tokens are estimated");
                    None
                }
            })
            .is_some()
    }

    /// Reads the tokenizer, and does not keep it.
    pub fn open(&self) -> Result<Box<dyn Tokenizer>, LoadError> {
        Ok(match &self.source {
            Source::BuiltIn(family) => Box::new(Bpe::load(*family)),
            Source::File(path) => Box::new(HuggingFace::load(path)?),
        })
    }

    /// Whether it is loaded. If not, a thread of its own begins to: whoever asks need not wait.
    pub fn ready_or_begin(self: &Arc<Self>) -> bool {
        if let Some(loaded) = self.loaded.get() {
            return loaded.is_some();
        }
        if !self.started.swap(true, Ordering::Relaxed) {
            let slot = Arc::clone(self);
            let begun = std::thread::Builder::new().name("tokenizer".into()).spawn(move || {
                if slot.load() {
                    tracing::info!(tokenizer = slot.name, "tokenizer loaded");
                }
            });
            if let Err(error) = begun {
                tracing::warn!(tokenizer = self.name, %error, "no thread to load a tokenizer; trying again with the next text");
                self.started.store(false, Ordering::Relaxed);
            }
        }
        false
    }

    /// Counts, if it is loaded.
    pub fn count(&self, text: &str) -> Option<Count> {
        let tokenizer = self.loaded.get()?.as_deref()?;
        Some(bounded(tokenizer, self.name, text, self.max_bytes))
    }
}
