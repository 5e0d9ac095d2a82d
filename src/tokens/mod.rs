//! How many tokens a text costs.

mod count;

pub use count::{Count, Tokenizer};
