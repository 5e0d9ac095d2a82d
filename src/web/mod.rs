//! The admin port: metrics, health, the cohort report.
//!
//! | path | answer |
//! | --- | --- |
//! | `/metrics` | all families, as text or OpenMetrics |
//! | `/livez` | 200 unless a component made no progress for longer than it may |
//! | `/readyz` | 200 when traffic is welcome, else 503 with the reasons, one a line |
//! | `/api/v1/report` | the cohort report as JSON |
//! | `/` | a page that lists these |
//!
//! It only answers: GET and HEAD, no request bodies, nothing that changes anything.

mod admin;
mod encoding;
mod health;
mod respond;

#[cfg(test)]
mod tests;

pub use admin::Admin;
pub use health::{Health, Heartbeat};
pub use respond::{ReportProvider, State};
