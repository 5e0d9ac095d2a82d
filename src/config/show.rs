//! The effective tree as TOML, with everything masked that may be a secret.

use super::{Config, ConfigError};
use toml::Value;

impl Config {
    /// The tree as TOML. Keys and header values read `****`, and so does what stands before the `@` of a URL.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Show`] when TOML cannot hold a value.
    pub fn show(&self) -> Result<String, ConfigError> {
        let mut tree = Value::try_from(self)?;
        mask(&mut tree);
        Ok(toml::to_string(&tree)?)
    }
}

/// Masks the user information of every URL. The tree is as deep as our own types, so recursion is bounded.
fn mask(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((scheme, rest)) = text.split_once("://") {
                let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                if let Some(at) = rest[..authority].rfind('@') {
                    *text = format!("{scheme}://****{}", &rest[at..]);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Table(table) => table.iter_mut().for_each(|(_, below)| mask(below)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Forward, Secret};
    use super::*;

    /// Scenario: a tree with an API key, a header and a URL with a password.
    /// Guarantees: none of them is shown, neither by `show` nor by `Debug` of a secret; what is shown can be read back.
    #[test]
    fn secrets_are_masked() {
        let mut config = Config::default();
        config.judge.api_key = Secret("sk-hidden".into());
        config.judge.endpoint = "https://user:hidden@judge.example/v1".into();
        let mut forward: Forward = toml::from_str("endpoint = 'http://127.0.0.1:4317'").unwrap();
        forward.headers.insert("x-api-key".into(), Secret("hidden".into()));
        config.forward.push(forward);
        let shown = config.show().unwrap();
        assert!(!shown.contains("hidden"), "{shown}");
        assert!(shown.contains("https://****@judge.example/v1"), "{shown}");
        assert!(shown.contains("api_key = \"****\""), "{shown}");
        assert!(!format!("{:?}", config.judge.api_key).contains("hidden"));
        let back: Config = toml::from_str(&shown).unwrap();
        assert_eq!(back.turn, config.turn);
    }
}
