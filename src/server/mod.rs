//! The running processor: put together, started, watched and drained.
//!
//! A request is read by the receiver, prepared on the [`workers`], sent on by the forwarder and only then absorbed into
//! the trace book and acknowledged. Complete turns are swept out of the book several times a second and judged.

mod handler;
mod known;
mod observers;
mod processor;
mod running;
mod sweeper;
mod workers;

pub use processor::{Prepared, ProcessError, Processor};
pub use running::{Server, StartError};
pub use workers::{Panicked, Workers};
