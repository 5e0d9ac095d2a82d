//! One downstream: where requests go on to and how.

use super::{Duration, Secret, tree::empty_as_none};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One downstream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forward {
    /// Name in metrics and logs; the endpoint's host and port when left out.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub name: Option<String>,
    /// `http://` or `https://` URL. For protocol `http` the signal's path (`/v1/traces`) is appended. Required.
    #[serde(default)]
    pub endpoint: String,
    /// OTLP/gRPC or OTLP/HTTP.
    #[serde(default)]
    pub protocol: Protocol,
    /// Compression of what we send: gzip is level 1, zstd is level 1.
    #[serde(default)]
    pub compression: Compression,
    /// Headers (gRPC metadata) sent with every request.
    #[serde(default)]
    pub headers: BTreeMap<String, Secret>,
    /// Requests on their way at once.
    #[serde(default = "default_concurrency")]
    pub concurrency: usize,
    /// How long one attempt may take.
    #[serde(default = "default_forward_timeout")]
    pub timeout: Duration,
    /// What happens after a retryable failure.
    #[serde(default)]
    pub retry: Retry,
    /// File with PEM certificates to trust beside the public ones.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub ca_file: Option<PathBuf>,
}

impl Forward {
    /// The name in metrics and logs: as configured, else host and port of the endpoint.
    pub fn label(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let uri = self.endpoint.parse::<http::Uri>().unwrap_or_default();
        match (uri.host(), uri.port_u16()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => String::from("unnamed"),
        }
    }
}

fn default_concurrency() -> usize {
    64
}

fn default_forward_timeout() -> Duration {
    Duration::from_secs(10)
}

/// Exponential backoff with jitter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// First pause.
    pub initial: Duration,
    /// Longest pause, also when the server asks for more.
    pub max: Duration,
    /// After this the sender gets a retryable answer.
    pub max_elapsed: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { initial: Duration::from_millis(250), max: Duration::from_secs(5), max_elapsed: Duration::from_secs(30) }
    }
}

/// OTLP's transports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// gRPC over HTTP/2.
    #[default]
    Grpc,
    /// POST with a protobuf body.
    Http,
}

/// Compression of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// As it is.
    #[default]
    None,
    /// gzip, level 1.
    Gzip,
    /// zstd, level 1.
    Zstd,
}
