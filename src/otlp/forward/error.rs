//! What can be wrong with a configured destination.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// A destination that cannot be used as it is configured.
#[derive(Debug, Error)]
pub enum ForwardError {
    /// The endpoint is no `http://` or `https://` URL with a host.
    #[error("forward endpoint \"{0}\" is not an http or https URL")]
    Endpoint(String),
    /// gRPC has no place for a path.
    #[error("forward endpoint \"{0}\" has a path, which protocol \"grpc\" has no use for")]
    Path(String),
    /// Two destinations would be one in metrics and logs.
    #[error("two forward destinations are called \"{0}\"; give them different names")]
    Name(String),
    /// A header that cannot be sent. Its value may be a secret and is not shown.
    #[error("forward destination \"{destination}\": header \"{header}\" cannot be sent")]
    Header {
        /// Which destination.
        destination: String,
        /// Which header.
        header: String,
    },
    /// Nothing could ever be sent.
    #[error("forward destination \"{0}\": concurrency must be at least 1")]
    Concurrency(String),
    /// The file of certificates cannot be read.
    #[error("forward destination \"{destination}\": cannot read ca_file {path}: {source}")]
    CaFile {
        /// Which destination.
        destination: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// TLS or the client cannot be set up.
    #[error("forward destination \"{destination}\": {message}")]
    Client {
        /// Which destination.
        destination: String,
        /// Why.
        message: String,
    },
}
