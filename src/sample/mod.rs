//! Which turns are judged, and with which probability.
//!
//! A turn is chosen by a salted hash of its trace id, so that every replica and every evaluation decides alike
//! without talking to each other, and so that the probability of each choice is known.

mod sampler;

pub use sampler::{Decision, Error, Sampler};
