//! Configuration: one typed tree, strict.
//!
//! The file is TOML; an unknown key is an error. `${env:VAR}` and `${env:VAR:-default}` are replaced
//! before parsing, and `ISOGLOSS_SECTION__KEY` in the environment overrides the file.

mod duration;
mod tree;

pub use duration::Duration;
pub use tree::{
    Admin, Annotate, Compression, Config, Evaluate, Forward, Grpc, Http, Judge, Label, Language, Log, LogFormat,
    Metrics, Protocol, Receive, Retry, Sample, Secret, Store, Tokens, TurnOptions,
};
