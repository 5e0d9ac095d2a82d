//! From a file and the environment to the typed tree.

use super::document::{self, Entry, Reader};
use super::substitute::{Environment, Fault, Substituted, substitute};
use super::{Config, ConfigError, Place, Problem, overrides, validate};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The variable that names the file when no path is given.
pub const FILE_VARIABLE: &str = "ISOGLOSS_CONFIG";

/// No configuration is larger, in bytes.
const MAX_FILE: usize = 1 << 20;

impl Config {
    /// Loads the file at `path` (else the one that `ISOGLOSS_CONFIG` names, else none: defaults), with the
    /// environment over it, and checks it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or with everything that is wrong in it and in the environment's overrides.
    pub fn load(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Config, ConfigError> {
        let environment: Environment = env.collect();
        let named = environment.get(FILE_VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
        let mut root = match path.map(Path::to_owned).or(named) {
            Some(path) => read(&path, &environment)?,
            None => Entry::table(Place::Nowhere),
        };
        let mut problems = Vec::new();
        overrides::apply(&mut root, &environment, &mut problems);
        document::check(&root, &mut problems);
        if problems.is_empty() {
            let config: Config = root.to_value().try_into().map_err(|error: toml::de::Error| {
                // The check above has seen every value, so this can only be about the whole.
                let message = error.message().to_owned();
                ConfigError::Invalid(vec![Problem { place: Place::Nowhere, key: String::new(), message }])
            })?;
            problems = validate::problems(&config)
                .into_iter()
                .map(|(key, message)| Problem { place: root.place(&key), key, message })
                .collect();
            if problems.is_empty() {
                return Ok(config);
            }
        }
        problems.sort_by(|a, b| a.place.cmp(&b.place));
        Err(ConfigError::Invalid(problems))
    }
}

/// Reads and parses one file. What cannot be replaced or parsed is reported alone: it would cause further errors.
fn read(path: &Path, environment: &Environment) -> Result<Entry, ConfigError> {
    let failed = |source| ConfigError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > MAX_FILE {
        return Err(ConfigError::TooLarge { path: path.to_owned(), limit: MAX_FILE });
    }
    let source = String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        ConfigError::NotUtf8 { path: path.to_owned(), line }
    })?;
    // A byte order mark, as some editors write it, is not part of the text.
    let source = source.strip_prefix('\u{feff}').unwrap_or(&source);
    let text = substitute(source, environment).map_err(|faults| {
        let reader = Reader { path, source, text: &Substituted::default() };
        let problem =
            |fault: Fault| Problem { place: reader.place(fault.at), key: String::new(), message: fault.message };
        ConfigError::Invalid(faults.into_iter().map(problem).collect())
    })?;
    Reader { path, source, text: &text }.read().map_err(ConfigError::Invalid)
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
