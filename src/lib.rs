//! isogloss: the OpenTelemetry trace processor that makes language a cohort.
//!
//! The map of the house, top floor first. A room may use the rooms below it, never those above.
//!
//! | room | what it holds |
//! | --- | --- |
//! | [`cli`] | one file a verb |
//! | [`server`] | puts the running processor together: start, drain |
//! | [`web`] | the admin port: metrics, health |
//! | [`metrics`] | Prometheus families, exposition, label caps |
//! | [`cohort`] | counts per cohort, intervals, the report |
//! | [`evaluate`] | evaluations, verdicts, judge, queue |
//! | [`sample`] | which turns are judged, with which probability |
//! | [`turn`] | the trace book: spans of one trace become one turn |
//! | [`annotate`] | agent span to attributes |
//! | [`refusal`] | did the answer decline |
//! | [`tokens`] | how many tokens a text costs |
//! | [`language`] | which language a text is in |
//! | [`convention`] | any instrumentation's span to one [`convention::AgentSpan`] |
//! | [`text`] | cleaning, segmentation, tolerant JSON |
//! | [`otlp`] | the wire: views, splice, JSON transcoding, receive, forward; knows no language |
//! | [`store`] | what survives a restart |
//! | [`config`] | one typed tree, strict |
#![forbid(unsafe_code)]

pub mod annotate;
pub mod cli;
pub mod cohort;
pub mod config;
pub mod convention;
pub mod evaluate;
pub mod language;
pub mod metrics;
pub mod otlp;
pub mod refusal;
pub mod sample;
pub mod server;
pub mod store;
pub mod text;
pub mod tokens;
pub mod turn;
pub mod web;
