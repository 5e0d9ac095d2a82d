//! The configuration of a verb: `--config`, the environment, and what to do when they are wrong.

use super::exit::Failure;
use crate::config::Config;
use std::ffi::OsString;
use std::path::Path;

/// Loads and checks the configuration.
pub(super) fn load(path: Option<&Path>) -> Result<Config, Failure> {
    let environment = environment(std::env::vars_os())?;
    Config::load(path, environment.into_iter()).map_err(Failure::wrong)
}

/// The environment as text. A variable of ours that is not text is an error, others are left out.
fn environment(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Vec<(String, String)>, Failure> {
    let mut known = Vec::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => known.push((name, value)),
            Err(_) if name.to_ascii_uppercase().starts_with("ISOGLOSS_") => {
                return Err(Failure::wrong(anyhow::anyhow!("{name}: not UTF-8")));
            }
            Err(_) => {}
        }
    }
    Ok(known)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    /// Scenario: variables that are not UTF-8, one of them ours.
    /// Guarantees: ours is an error that names it, a foreign one is no matter of ours.
    #[test]
    fn bytes_that_are_no_text() {
        let pair = |name: &str| (OsString::from(name), OsString::from_vec(vec![0xff]));
        assert_eq!(environment([pair("PATH")].into_iter()).expect("left out"), []);
        let Err(Failure::Wrong(error)) = environment([pair("ISOGLOSS_TURN__QUIET")].into_iter()) else {
            panic!("accepted")
        };
        assert_eq!(error.to_string(), "ISOGLOSS_TURN__QUIET: not UTF-8");
    }
}
