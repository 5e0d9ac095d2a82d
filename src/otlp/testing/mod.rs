//! What the tests of this room share: generated requests, and requests with fields from the future.

mod future;
mod generate;

pub(super) use future::trace_from_the_future;
pub(super) use generate::{any_value, logs, metrics, traces};
