//! What survives a restart.
//!
//! So far the list of cohorts that were seen: their counters are created at 0 when the program starts, so that the
//! first failure of a rare language after a restart is not lost to `increase()`.

mod cohorts;
mod file;

pub use cohorts::{Cohorts, Entry};
pub use file::{Error, FILE_NAME, Loaded, check_writable, load, save};
