//! Prometheus families, their bounds, and how they are exposed.
//!
//! [`Metrics`] is a cheap handle with one typed method for each thing that is counted; nobody outside this room
//! writes a label. Four promises are kept here, because every alert rule stands on them:
//!
//! - **Bounded.** Every label has a cap ([`LabelCaps`]), first come first served, with `other` as the overflow and
//!   `isogloss_label_overflow_total` to say so; every cohort family has a cap on its series.
//! - **Born at 0.** All outcomes of a cohort are created together, and those of the served languages with them.
//! - **Seen at 0.** A new counter series is exposed as 0 until each scraper has seen the 0 ([`Client`] says who
//!   that is), since `increase()` does not see the first step of a series that is born at 1.
//! - **Whole.** A scrape sees all that is counted when a turn is complete, or nothing of it ([`Metrics::whole_turn`]).

mod birth;
mod caps;
mod client;
mod cohorts;
mod collect;
mod contamination;
mod encode;
mod expose;
mod family;
mod format;
mod known;
mod label;
mod operate;
mod pipeline;
mod ratio;
mod record;
mod registry;

#[cfg(test)]
mod tests;

pub use caps::{LabelCaps, LabelKind};
pub use client::Client;
pub use expose::Exposition;
pub use format::Format;
pub use record::{Error, Metrics, WholeTurn};
pub use registry::{Described, Registry};
