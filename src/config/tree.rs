//! The tree itself: every key, its type and its default.

use super::Duration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Logging of the program itself.
    pub log: Log,
    /// Where OTLP comes in.
    pub receive: Receive,
    /// Where OTLP goes on to; none means that spans end here.
    pub forward: Vec<Forward>,
    /// The port for metrics and health.
    pub admin: Admin,
    /// How agent spans are annotated.
    pub annotate: Annotate,
    /// Language detection.
    pub language: Language,
    /// Token counting.
    pub tokens: Tokens,
    /// How spans become turns.
    pub turn: TurnOptions,
    /// Which turns the paid evaluations see.
    pub sample: Sample,
    /// Evaluations and their queue.
    pub evaluate: Evaluate,
    /// The model that judges; off when `endpoint` is empty.
    pub judge: Judge,
    /// Metric families and their bounds.
    pub metrics: Metrics,
    /// What survives a restart.
    pub store: Store,
}

/// Logging.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// A filter in the syntax of `tracing`: `info`, `isogloss=debug,warn`.
    pub level: String,
    /// How a line looks.
    pub format: LogFormat,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Log { level: "info".into(), format: LogFormat::Text }
    }
}

/// Receivers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Receive {
    /// OTLP/gRPC.
    pub grpc: Grpc,
    /// OTLP/HTTP, protobuf and JSON.
    pub http: Http,
    /// Largest request in bytes, compressed or not, before and after decompression (OTLP recommends 64 MiB).
    pub max_request_bytes: usize,
    /// Bytes of requests in flight over all connections; above it new requests are told to come back later.
    pub max_in_flight_bytes: usize,
    /// Connections open at once.
    pub max_connections: usize,
    /// How long a client may take to send its headers or its body.
    pub read_timeout: Duration,
    /// How long accepted requests may take to finish after SIGTERM.
    pub drain_timeout: Duration,
}

impl Default for Receive {
    fn default() -> Self {
        Receive {
            grpc: Grpc::default(),
            http: Http::default(),
            max_request_bytes: 64 << 20,
            max_in_flight_bytes: 256 << 20,
            max_connections: 4096,
            read_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(15),
        }
    }
}

/// The gRPC port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grpc {
    /// host:port; empty to switch it off.
    pub listen: String,
}

/// The HTTP port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// host:port; empty to switch it off.
    pub listen: String,
}

fn loopback(port: u16) -> String {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string()
}

impl Default for Grpc {
    fn default() -> Self {
        Grpc { listen: loopback(4317) }
    }
}

impl Default for Http {
    fn default() -> Self {
        Http { listen: loopback(4318) }
    }
}

/// One downstream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forward {
    /// Name in metrics and logs; the endpoint's host and port when left out.
    #[serde(default)]
    pub name: Option<String>,
    /// `http://` or `https://` URL. For protocol `http` the signal's path (`/v1/traces`) is appended.
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
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
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

/// Text that is never shown.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "****" })
    }
}

/// The admin port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// host:port; empty to switch it off.
    pub listen: String,
}

impl Default for Admin {
    fn default() -> Self {
        Admin { listen: loopback(9464) }
    }
}

/// Annotation of agent spans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Annotate {
    /// Add attributes to the spans that are passed on. Off: only metrics and evaluations.
    pub spans: bool,
    /// Threads for text work; 0 means one a core.
    pub threads: usize,
    /// Texts whose language and tokens are remembered by hash; 0 switches the memory off.
    pub cache_entries: usize,
    /// Texts of one role on one span that are looked at; further ones are counted as skipped.
    pub max_texts_per_role: usize,
}

impl Default for Annotate {
    fn default() -> Self {
        Annotate { spans: true, threads: 0, cache_entries: 65_536, max_texts_per_role: 32 }
    }
}

/// Language detection.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Language {
    /// Languages (BCP-47) that the product serves; their series exist from the start.
    pub served: Vec<String>,
    /// A language model of the user's own. Not supported yet: setting it is an error.
    pub model_path: Option<PathBuf>,
}

/// Token counting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// Bytes of a text that are counted exactly; a longer one is scaled up and marked `estimated`.
    pub max_count_bytes: usize,
}

impl Default for Tokens {
    fn default() -> Self {
        Tokens { max_count_bytes: 64 << 10 }
    }
}

/// How spans become turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TurnOptions {
    /// A trace whose root was seen is complete after this much silence.
    pub quiet: Duration,
    /// A trace without a root is complete after this much silence.
    pub idle: Duration,
    /// A trace is complete after this long in any case.
    pub max_age: Duration,
    /// Traces open at once; the oldest is completed when one more arrives.
    pub max_traces: usize,
    /// Spans of one trace that are read; a trace is complete when it has them.
    pub max_spans: usize,
    /// Bytes of text kept for all open traces together.
    pub max_bytes: usize,
    /// Bytes of one text kept for the evaluations.
    pub max_text_bytes: usize,
    /// How many completed traces are remembered, so that late spans are told from new traces.
    pub remember: usize,
}

impl Default for TurnOptions {
    fn default() -> Self {
        TurnOptions {
            quiet: Duration::from_secs(2),
            idle: Duration::from_secs(30),
            max_age: Duration::from_secs(300),
            max_traces: 50_000,
            max_spans: 1_000,
            max_bytes: 32 << 20,
            max_text_bytes: 4 << 10,
            remember: 100_000,
        }
    }
}

/// Sampling of turns for paid evaluations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sample {
    /// Share of turns (0 to 1) of a language without a rate of its own.
    pub rate: f64,
    /// Share of turns by language tag.
    pub rates: BTreeMap<String, f64>,
    /// Mixed into the hash of the trace id. Replicas share it, so that they decide alike.
    pub salt: String,
}

impl Default for Sample {
    fn default() -> Self {
        Sample { rate: 0.05, rates: BTreeMap::new(), salt: "isogloss".into() }
    }
}

/// Evaluations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evaluate {
    /// Free evaluations that run on every turn.
    pub free: Vec<String>,
    /// Paid evaluations that run on sampled turns, when there is a judge.
    pub paid: Vec<String>,
    /// Turns that wait for the judge; a full queue sheds new ones and counts them.
    pub queue_capacity: usize,
}

impl Default for Evaluate {
    fn default() -> Self {
        Evaluate {
            free: vec!["refusal".into(), "language_match".into(), "empty_answer".into()],
            paid: vec!["answer_relevancy".into()],
            queue_capacity: 1_000,
        }
    }
}

/// The judge: any endpoint that speaks OpenAI's chat completions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Judge {
    /// Base URL ending in `/v1`; empty means no judge.
    pub endpoint: String,
    /// Model name sent with each request.
    pub model: String,
    /// Bearer token; better `"${env:...}"` than in the file.
    pub api_key: Secret,
    /// Requests on their way at once.
    pub concurrency: usize,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// Further attempts after a retryable failure.
    pub max_retries: u32,
    /// Upper bound on the tokens of one answer.
    pub max_tokens: u32,
}

impl Default for Judge {
    fn default() -> Self {
        Judge {
            endpoint: String::new(),
            model: "gpt-4o-mini".into(),
            api_key: Secret::default(),
            concurrency: 4,
            timeout: Duration::from_secs(30),
            max_retries: 2,
            max_tokens: 1_024,
        }
    }
}

/// Metric families and their bounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Window of the ratio gauges.
    pub window: Duration,
    /// How many distinct values each label may have before further ones become `other`.
    pub label: Label,
    /// Series of one family; a cohort over it is counted under `other` labels.
    pub max_series_per_family: usize,
    /// A new counter series is exposed as 0 until every scraper that came within this time has seen it so, since
    /// `increase()` misses the first step of a series born at 1. Keep it above the longest scrape interval.
    pub birth_hold: Duration,
}

/// Distinct values per label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Label {
    /// Services.
    pub service: usize,
    /// Models.
    pub model: usize,
    /// Languages.
    pub language: usize,
}

impl Default for Label {
    fn default() -> Self {
        Label { service: 50, model: 50, language: 250 }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics {
            window: Duration::from_secs(3600),
            label: Label::default(),
            max_series_per_family: 20_000,
            birth_hold: Duration::from_secs(120),
        }
    }
}

/// What survives a restart.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Folder for the list of known cohorts; empty means that nothing is kept.
    pub path: Option<PathBuf>,
}
