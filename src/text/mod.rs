//! Text work that knows no language: tolerant JSON, cleaning, segmentation.
//!
//! [`json`] is also what the conventions read attribute values with; the rest serves the language rooms.

pub mod json;
