//! Our own model: linear over hashed character n-grams, a head a script.

pub mod file;
pub mod head;
pub mod math;
pub mod ngrams;
pub mod table;

use bytes::Bytes;

pub use file::FileError;
pub use head::{Head, Reading};

/// A model that was read from its file.
#[derive(Debug)]
pub struct Model {
    heads: Vec<Head>,
    version: String,
}

impl Model {
    /// Reads a model. The rows stay in the file's bytes.
    ///
    /// # Errors
    /// The bytes are no model, or not whole.
    pub fn read(file: &Bytes) -> Result<Model, FileError> {
        let heads = file::read(file)?;
        let sum = xxhash_rust::xxh3::xxh3_64(file);
        Ok(Model { heads, version: format!("{:08x}", sum >> 32) })
    }

    /// The head of a script, by its ISO 15924 code.
    pub fn head(&self, script: &str) -> Option<&Head> {
        self.heads.iter().find(|head| head.script == script)
    }

    /// All heads.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Eight hexadecimal digits of the file's hash.
    pub fn version(&self) -> &str {
        &self.version
    }
}
