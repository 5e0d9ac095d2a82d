//! What is allowed but deserves a word.

use super::address::{endpoint, host_is_loopback, is_loopback};
use super::{Config, Protocol};

impl Config {
    /// Things in this configuration that work but may not be meant; one sentence each, never a secret in one.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let listeners = [
            ("receive.grpc.listen", &self.receive.grpc.listen),
            ("receive.http.listen", &self.receive.http.listen),
            ("admin.listen", &self.admin.listen),
        ];
        for (key, address) in listeners {
            if !address.is_empty() && !is_loopback(address) {
                warnings.push(format!(
                    "{key}: {address} can be reached from other machines, and this version has neither TLS nor \
                     authentication on it"
                ));
            }
        }
        if self.receive.grpc.listen.is_empty() && self.receive.http.listen.is_empty() {
            warnings.push("receive: both ports are switched off, nothing will come in".into());
        }
        for (index, forward) in self.forward.iter().enumerate() {
            let path = forward.endpoint.trim_end_matches('/');
            let signal = ["/v1/traces", "/v1/logs", "/v1/metrics"].iter().any(|suffix| path.ends_with(suffix));
            if forward.protocol == Protocol::Http && signal {
                warnings.push(format!(
                    "forward.{index}.endpoint: ends in a signal's path, which will be appended once more"
                ));
            }
            if !forward.headers.is_empty() && in_the_clear(&forward.endpoint) {
                warnings.push(format!("forward.{index}.headers: sent over http:// without encryption"));
            }
        }
        if !self.judge.api_key.0.is_empty() && in_the_clear(&self.judge.endpoint) {
            warnings.push("judge.api_key: sent over http:// without encryption".into());
        }
        warnings
    }
}

/// Whether what is sent to a URL can be read on its way.
fn in_the_clear(url: &str) -> bool {
    endpoint(url).is_ok_and(|uri| uri.scheme_str() == Some("http") && !host_is_loopback(&uri))
}

#[cfg(test)]
mod tests {
    use super::super::{Forward, Secret};
    use super::*;

    /// Scenario: the default, and a configuration open to the network with secrets in the clear.
    /// Guarantees: the default is silent; each risk is named once with its key and without the secret.
    #[test]
    fn risks_are_named() {
        assert_eq!(Config::default().warnings(), Vec::<String>::new());
        let mut config = Config::default();
        config.receive.grpc.listen = "0.0.0.0:4317".into();
        config.receive.http.listen = String::new();
        config.judge.endpoint = "http://judge.example/v1".into();
        config.judge.api_key = Secret("hidden".into());
        let mut forward: Forward = toml::from_str("endpoint = 'http://h/v1/traces'\nprotocol = 'http'").unwrap();
        forward.headers.insert("authorization".into(), Secret("hidden".into()));
        config.forward.push(forward);
        let warnings = config.warnings();
        let keys: Vec<&str> = warnings.iter().filter_map(|warning| warning.split(": ").next()).collect();
        assert_eq!(keys, ["receive.grpc.listen", "forward.0.endpoint", "forward.0.headers", "judge.api_key"]);
        assert!(!warnings.concat().contains("hidden"));
    }
}
