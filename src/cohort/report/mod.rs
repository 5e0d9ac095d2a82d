//! The cohort report: what `replay` prints and what the admin port says as JSON.

mod row;
mod tally;
mod text;

pub use row::{EvaluationRow, MIN_SAMPLE, Rate, Report, RoleRow, Row};
pub use tally::Tally;
