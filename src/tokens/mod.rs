//! How many tokens a text costs.
//!
//! [`Tokenizers`] chooses by model name. The tokenizers of OpenAI, Llama 3, Qwen, DeepSeek and Mistral are built in and
//! count exactly; others can be configured as files. For a closed model (Claude, Gemini) the usage that its own spans
//! report teaches how many tokens a character costs in each language, and until there is enough of that, `o200k_base`
//! stands in, corrected by a table. All that is not exact says so.
//!
//! Texts are untrusted. Counting takes time in proportion to their length, whatever they are made of.

mod bpe;
mod class;
mod count;
mod density;
mod family;
mod huggingface;
mod known;
mod learned;
mod merge;
mod pattern;
mod slot;
mod split;
mod tokenizers;
mod vocabulary;

pub use count::{Count, Tokenizer, Uncut};
pub use huggingface::LoadError;
pub use tokenizers::{Choice, Tokenizers, Unusable, built_in};

#[cfg(test)]
mod tests;
