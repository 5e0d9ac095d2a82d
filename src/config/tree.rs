//! The tree itself: every key, its type and its default.

use super::{Admin, Duration, Evaluate, Forward, Judge, Metrics, Receive, Sample, Tokens};
use serde::{Deserialize, Deserializer, Serialize};
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
    /// Embeddings of texts. Not supported yet: setting any key is an error.
    pub embedding: Embedding,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Language {
    /// Languages (BCP-47) that the product serves; their series exist from the start, and they are preferred where the
    /// detector is not sure.
    pub served: Vec<String>,
    /// Attributes of spans and resources that hold the user's locale, the surest first.
    pub locale_attributes: Vec<String>,
    /// A language model of the user's own, instead of the one that is built in.
    #[serde(deserialize_with = "empty_as_none")]
    pub model_path: Option<PathBuf>,
    /// What the labels of a fastText model mean: lines of `label<TAB>tag`. Only with `model_path`.
    #[serde(deserialize_with = "empty_as_none")]
    pub label_map: Option<PathBuf>,
}

impl Default for Language {
    fn default() -> Self {
        Language {
            served: Vec::new(),
            locale_attributes: [
                "user.locale",
                "locale",
                "user.language",
                "enduser.locale",
                "langfuse.trace.metadata.locale",
                "langfuse.observation.metadata.locale",
                "traceloop.association.properties.locale",
                "ai.telemetry.metadata.locale",
                "metadata.locale",
            ]
            .map(str::to_owned)
            .into(),
            model_path: None,
            label_map: None,
        }
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
    /// Bytes kept for all open traces together: texts, and what is known about their spans.
    pub max_bytes: usize,
    /// Bytes of one text kept for the judge; without a judge only its beginning is kept.
    pub max_text_bytes: usize,
    /// How many completed traces are remembered, so that late spans are told from new traces.
    pub remember: usize,
    /// Sessions whose language is remembered for their short texts; 0 remembers none.
    pub sessions: usize,
    /// A session's language is forgotten after this much silence.
    pub session_idle: Duration,
}

impl Default for TurnOptions {
    fn default() -> Self {
        TurnOptions {
            quiet: Duration::from_secs(2),
            idle: Duration::from_secs(30),
            max_age: Duration::from_secs(300),
            max_traces: 50_000,
            max_spans: 1_000,
            max_bytes: 16 << 20,
            max_text_bytes: 4 << 10,
            remember: 100_000,
            sessions: 20_000,
            session_idle: Duration::from_secs(3_600),
        }
    }
}

/// Embeddings of texts. The keys are reserved; this version has no evaluation that uses them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Embedding {
    /// Base URL of an embeddings endpoint. Not supported yet.
    #[serde(deserialize_with = "empty_as_none")]
    pub endpoint: Option<String>,
    /// Model name sent to the endpoint. Not supported yet.
    #[serde(deserialize_with = "empty_as_none")]
    pub model: Option<String>,
    /// Folder with a model to run in this process. Not supported yet.
    #[serde(deserialize_with = "empty_as_none")]
    pub model_dir: Option<PathBuf>,
}

/// What survives a restart.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Folder for the list of known cohorts; left out or empty means that nothing is kept.
    #[serde(deserialize_with = "empty_as_none")]
    pub path: Option<PathBuf>,
}

/// An empty string means that the key is not set: an environment variable can be emptied, not removed.
pub(super) fn empty_as_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    let text = String::deserialize(deserializer)?;
    Ok((!text.is_empty()).then(|| T::from(text)))
}
