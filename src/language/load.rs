//! The detector that the configuration asks for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use thiserror::Error;

use super::fasttext::{FastText, FastTextDetector, FastTextDetectorError, FastTextError, LabelMap, LabelMapError};
use super::model::{FileError, Model};
use super::{LanguageDetector, NgramDetector};
use crate::config::{self, named_file};

/// Bytes of the largest model file that is read.
const MAX_FILE: u64 = 2 << 30;

/// A configured model that cannot be used.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file cannot be read, is no file, or is larger than any model.
    #[error("language.model_path: {path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no model of ours.
    #[error("language.model_path: {path}: {source}")]
    Model {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        source: FileError,
    },
    /// The file is a fastText model that cannot be used.
    #[error("language.model_path: {path}: {source}")]
    FastText {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        source: FastTextError,
    },
    /// The labels of a fastText model say no languages.
    #[error("language.model_path: {path}: {source}")]
    Labels {
        /// Which one.
        path: PathBuf,
        /// Which labels.
        source: FastTextDetectorError,
    },
    /// The label map cannot be used.
    #[error("language.label_map: {0}")]
    LabelMap(LabelMapError),
    /// A label map for a model that says languages by itself.
    #[error("language.label_map: {path} is no fastText model and has no labels to map")]
    NoLabels {
        /// The model.
        path: PathBuf,
    },
}

/// The detector with the model at `language.model_path`, ours or fastText's, or with the one that is built in.
///
/// # Errors
/// The file cannot be read or is no model.
pub fn load(config: &config::Language) -> Result<Arc<dyn LanguageDetector>, LoadError> {
    let Some(path) = &config.model_path else { return Ok(super::detector()) };
    let file = named_file::read(path, MAX_FILE).map_err(|source| LoadError::Io { path: path.clone(), source })?;
    let file = Bytes::from(file);
    if FastText::recognises(&file) {
        return fasttext(path, &file, config.label_map.as_deref());
    }
    if config.label_map.is_some() {
        return Err(LoadError::NoLabels { path: path.clone() });
    }
    let model = Model::read(&file).map_err(|source| LoadError::Model { path: path.clone(), source })?;
    Ok(Arc::new(NgramDetector::new(model)))
}

fn fasttext(path: &Path, file: &Bytes, map: Option<&Path>) -> Result<Arc<dyn LanguageDetector>, LoadError> {
    let map = map.map(LabelMap::open).transpose().map_err(LoadError::LabelMap)?.unwrap_or_default();
    let model = FastText::read(file).map_err(|source| LoadError::FastText { path: path.to_owned(), source })?;
    let detector = FastTextDetector::new(model, &map).map_err(|error| match error {
        FastTextDetectorError::Map(source) => LoadError::LabelMap(source),
        source => LoadError::Labels { path: path.to_owned(), source },
    })?;
    Ok(Arc::new(detector))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fasttext").join(name)
    }

    fn with(model: &Path, map: Option<&Path>) -> Result<Arc<dyn LanguageDetector>, String> {
        let config = config::Language {
            model_path: Some(model.to_owned()),
            label_map: map.map(Path::to_owned),
            ..config::Language::default()
        };
        load(&config).map_err(|error| error.to_string())
    }

    /// Scenario: a fastText model without a label map, and with one that gives a label another meaning.
    /// Guarantees: both detect; the map is heeded, and makes another version.
    #[test]
    fn fasttext_models_load() {
        let folder = tempfile::tempdir().unwrap();
        let map = folder.path().join("map.tsv");
        std::fs::write(&map, "eng_Latn\ten-GB\n").unwrap();
        let plain = with(&fixture("softmax.bin"), None).unwrap();
        let mapped = with(&fixture("softmax.bin"), Some(&map)).unwrap();
        let language = |detector: &dyn LanguageDetector| detector.detect("my sister wants fresh bread").language;
        assert_eq!(language(plain.as_ref()).as_str(), "en");
        assert_eq!(language(mapped.as_ref()).as_str(), "en-GB");
        assert!(plain.version().starts_with("fasttext-") && plain.version() != mapped.version());
    }

    /// Scenario: files that are no models, labels that are no languages, and maps that do not fit.
    /// Guarantees: each error names the key, the file and what is wrong with it.
    #[test]
    fn faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        let map = write("map.tsv", b"eng_Latn\ten\nfra_Latn\tfr\n");
        let whole = std::fs::read(fixture("softmax.bin")).unwrap();
        let cut = write("cut.bin", whole.get(..5000).unwrap());
        let fault = |model: &Path, map: Option<&Path>| with(model, map).err().unwrap();
        let named = |path: &Path| format!("language.model_path: {}: ", path.display());
        assert!(fault(&cut, None).starts_with(&(named(&cut) + "the file ends within ")), "{}", fault(&cut, None));
        let unclear = fixture("output.ftz");
        assert_eq!(
            fault(&unclear, None),
            named(&unclear)
                + "260 labels say no language (`__label__l147`, `__label__l186`, `__label__l203`): \
                   give them one in language.label_map"
        );
        assert_eq!(
            fault(&fixture("softmax.bin"), Some(&map)),
            format!("language.label_map: {}:2: the model has no such label", map.display())
        );
        let missing = folder.path().join("missing");
        assert!(fault(&missing, None).starts_with(&named(&missing)));
        assert!(fault(Path::new("/dev/zero"), None).ends_with("not a regular file"));
        let text = write("text.bin", b"no model");
        assert_eq!(
            fault(&text, Some(&map)),
            format!("language.label_map: {} is no fastText model and has no labels to map", text.display())
        );
    }
}
