//! Adding attributes to spans without decoding the request: edits are collected in the order of the walk, then
//! one copy of the request is made with the additions in place. What is not ours stays byte for byte.

mod copy;
mod edits;
#[cfg(test)]
mod tests;

pub use copy::splice;
pub use edits::Edits;
