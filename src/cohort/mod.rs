//! Counts per cohort: all turns of one language within one service.
//!
//! Counters (the room `metrics`) are what alert rules should be built on: they sum over replicas and survive
//! restarts in PromQL. What is here is the convenience on top: [`CohortBook`] keeps a window of verdicts and
//! says the ratio with its Wilson bounds, and [`Tally`] adds up a whole run into a [`Report`].

mod book;
mod clock;
mod contamination;
mod interval;
mod report;
mod window;

pub use book::{CohortBook, FailRatio, Limits, RefusalRatio};
pub use clock::{Clock, ManualClock};
pub use contamination::contamination;
pub use interval::{Interval, Z_95, wilson};
pub use report::{EvaluationRow, MIN_SAMPLE, Rate, Report, RoleRow, Row, Tally};
pub use window::sane_weight;
