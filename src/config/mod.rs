//! Configuration: one typed tree, strict.
//!
//! The file is TOML; an unknown key is an error. `${env:VAR}` and `${env:VAR:-default}` are replaced
//! before parsing, and `ISOGLOSS_SECTION__KEY` in the environment overrides the file. Everything that is wrong is
//! reported at once, with file, line, column and key; a value that may be a secret is never repeated.

mod address;
mod checks;
mod document;
mod duration;
mod error;
mod forward;
mod judging;
mod load;
pub mod named_file;
mod overrides;
mod receive;
mod reported;
mod schema;
mod secret;
mod show;
mod substitute;
mod tokens;
mod tree;
mod validate;
mod validate_reported;
mod validate_tokens;
mod warnings;

pub use checks::{
    CopiedQuestion, LanguageMatch, RepetitionOptions, RetrievalLanguage, ScriptMix, ToolArgumentsLanguage,
};
pub use duration::Duration;
pub use error::{ConfigError, Place, Problem};
pub use forward::{Compression, Forward, Protocol, Retry};
pub use judging::{Evaluate, Judge, Label, Metrics, Sample};
pub use load::FILE_VARIABLE;
pub use receive::{Admin, Grpc, Http, Receive};
pub use reported::{Better, Reported, ReportedEvaluation, plain_name};
pub use secret::Secret;
pub use tokens::{BUILT_IN_TOKENIZERS, OwnTokenizer, Tokens};
pub use tree::{Annotate, Config, Embedding, Language, Log, LogFormat, Store, TurnOptions};
