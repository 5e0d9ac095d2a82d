//! Sections about judging: sampling, evaluations, the judge, and the metrics of the outcome.

use super::{
    CopiedQuestion, Duration, LanguageMatch, RepetitionOptions, Reported, RetrievalLanguage, ScriptMix, Secret,
    ToolArgumentsLanguage,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Evaluations that somebody else runs.
    pub reported: Reported,
    /// Of the evaluation of this name, as are the following.
    pub language_match: LanguageMatch,
    /// See [`CopiedQuestion`].
    pub copied_question: CopiedQuestion,
    /// See [`RepetitionOptions`].
    pub repetition: RepetitionOptions,
    /// See [`ScriptMix`].
    pub script_mix: ScriptMix,
    /// See [`ToolArgumentsLanguage`].
    pub tool_arguments_language: ToolArgumentsLanguage,
    /// See [`RetrievalLanguage`].
    pub retrieval_language: RetrievalLanguage,
}

impl Default for Evaluate {
    fn default() -> Self {
        Evaluate {
            free: [
                "refusal",
                "language_match",
                "empty_answer",
                "truncated_answer",
                "copied_question",
                "repetition",
                "script_mix",
                "tool_arguments_language",
                "retrieval_language",
            ]
            .map(str::to_owned)
            .into(),
            paid: vec!["answer_relevancy".into()],
            queue_capacity: 1_000,
            reported: Reported::default(),
            language_match: LanguageMatch::default(),
            copied_question: CopiedQuestion::default(),
            repetition: RepetitionOptions::default(),
            script_mix: ScriptMix::default(),
            tool_arguments_language: ToolArgumentsLanguage::default(),
            retrieval_language: RetrievalLanguage::default(),
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
    /// Evaluations that somebody else runs; isogloss's own have their place beside them.
    pub evaluation: usize,
}

impl Default for Label {
    fn default() -> Self {
        Label { service: 50, model: 50, language: 250, evaluation: 32 }
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
