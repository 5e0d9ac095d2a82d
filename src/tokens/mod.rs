//! How many tokens a text costs.
//!
//! [`Tokenizers`] picks the tokenizer of a model and says whether it is the model's own. Vocabularies take 110 to
//! 330 ms to load: call [`Tokenizers::warm`] before traffic. Counting keeps a cache of about 1.2 MB per thread, built on
//! that thread's stack: threads that count need 2 MiB of stack or more.

mod bpe;
mod count;
mod model;

pub use bpe::{Bpe, Vocabulary};
pub use count::{Count, Tokenizer};
pub use model::{Choice, Tokenizers, choose};
