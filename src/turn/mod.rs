//! The trace book: the spans of one trace become one turn.

mod turn;

pub use turn::{CompletedBy, Turn, TurnText};
