//! The detector that the configuration asks for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use thiserror::Error;

use super::model::{FileError, Model};
use super::{LanguageDetector, NgramDetector};
use crate::config;

/// Bytes of the largest model file that is read.
const MAX_FILE: u64 = 2 << 30;

/// A configured model that cannot be used.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("language.model_path: {path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is larger than any model.
    #[error("language.model_path: {path}: larger than {MAX_FILE} bytes")]
    TooLarge {
        /// Which one.
        path: PathBuf,
    },
    /// The file is no model of ours.
    #[error("language.model_path: {path}: {source}")]
    Model {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        source: FileError,
    },
}

/// The detector with the model at `language.model_path`, or with the one that is built in.
///
/// # Errors
/// The file cannot be read or is no model.
pub fn load(config: &config::Language) -> Result<Arc<dyn LanguageDetector>, LoadError> {
    let Some(path) = &config.model_path else { return Ok(super::detector()) };
    let file = Bytes::from(read(path)?);
    let model = Model::read(&file).map_err(|source| LoadError::Model { path: path.clone(), source })?;
    Ok(Arc::new(NgramDetector::new(model)))
}

fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let failed = |source| LoadError::Io { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(failed)?.len() > MAX_FILE {
        return Err(LoadError::TooLarge { path: path.to_owned() });
    }
    std::fs::read(path).map_err(failed)
}
