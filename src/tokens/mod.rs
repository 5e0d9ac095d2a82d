//! How many tokens a text costs.
//!
//! [`Tokenizers`] chooses by model name: OpenAI's models have public vocabularies (`o200k_base`, `cl100k_base`)
//! and are counted exactly; for every other model `o200k_base` stands in and the count says that it is an estimate.

mod bpe;
mod count;
mod model;

pub use bpe::Bpe;
pub use count::{Count, Tokenizer};
pub use model::{Choice, Tokenizers};
