//! Tokenizers of the user's own: any `tokenizer.json` as Hugging Face writes it.
//!
//! The `kitoken` crate runs them: pure Rust, twice to four times as fast as Hugging Face's own, and it counted alike
//! wherever both were compared. It is still some ten times slower than what is built in, so less of a text is read.

use super::count::{Tokenizer, Uncut};
use crate::config::named_file;
use kitoken::Kitoken;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Bytes of one text that are counted: the slowest text known takes less than a tenth of a second.
pub(super) const MAX_BYTES: usize = 32 << 10;

/// A file may be this large; the largest in use have some 40 MB.
const MAX_FILE: u64 = 256 << 20;

/// Why a tokenizer of the user's own cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read, is no file, or is far larger than any tokenizer.
    #[error("{path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no tokenizer that we can run.
    #[error("{path}: not a tokenizer.json that can be read: {why}", path = path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// A loaded file.
pub(super) struct HuggingFace(Kitoken);

impl HuggingFace {
    /// Reads the file: seconds for the largest.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let unreadable = |source| LoadError::Unreadable { path: path.to_owned(), source };
        let unusable = |why: String| LoadError::Unusable { path: path.to_owned(), why };
        let data = named_file::read(path, MAX_FILE).map_err(unreadable)?;
        // A file of somebody else's: should the reader stumble over it, that is an error like any other.
        let loaded = catch_unwind(|| Kitoken::from_tokenizers_slice(&data).map_err(|error| error.to_string()));
        Ok(HuggingFace(loaded.map_err(|_| unusable("the reader gave up".into()))?.map_err(unusable)?))
    }
}

/// Whether there is such a file, of a size that can be.
pub(super) fn present(path: &Path) -> Result<(), LoadError> {
    named_file::look_at(path, MAX_FILE).map_err(|source| LoadError::Unreadable { path: path.to_owned(), source })
}

impl Tokenizer for HuggingFace {
    fn count(&self, text: &str) -> Uncut {
        // Special tokens are only what they are spelled with: nobody outside can make them in a text.
        let counted = catch_unwind(AssertUnwindSafe(|| self.0.encode(text, false)));
        match counted {
            Ok(Ok(tokens)) => Uncut { tokens: tokens.len() as u64, certain: true },
            // A text that it cannot encode is rare and still has a length: four bytes are a common token.
            Ok(Err(_)) | Err(_) => Uncut { tokens: (text.len() as u64).div_ceil(4), certain: false },
        }
    }
}
