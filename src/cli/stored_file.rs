//! A file that stores requests: what its name says, and how it is read.

use crate::otlp::Signal;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One request may be this long after decompression, in bytes.
pub(super) const MAX_REQUEST: usize = 128 << 20;

/// What the name of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    /// How requests are written in it.
    pub layout: Layout,
    /// How it is packed.
    pub pack: Pack,
    /// What it carries, where the content does not tell.
    pub signal: Signal,
}

/// How requests are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One request.
    Protobuf,
    /// One request over many lines, or one a line.
    Json,
    /// One request a line.
    Lines,
}

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pack {
    /// Not at all.
    Plain,
    /// gzip, also several members.
    Gzip,
    /// zstd.
    Zstd,
}

/// What a name says; `None` for a file that is not ours.
pub(super) fn name(path: &Path) -> Option<Name> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let (stem, pack) = if let Some(stem) = name.strip_suffix(".gz") {
        (stem, Pack::Gzip)
    } else if let Some(stem) = name.strip_suffix(".zst") {
        (stem, Pack::Zstd)
    } else {
        (name.as_str(), Pack::Plain)
    };
    let layout = match stem.rsplit_once('.')?.1 {
        "binpb" => Layout::Protobuf,
        "json" => Layout::Json,
        "jsonl" | "ndjson" => Layout::Lines,
        _ => return None,
    };
    let signal = if stem.contains(".logs.") {
        Signal::Logs
    } else if stem.contains(".metrics.") {
        Signal::Metrics
    } else {
        Signal::Traces
    };
    Some(Name { layout, pack, signal })
}

/// Counts what is read of the files, for the progress bar.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Opens a file and unpacks it on the way.
pub(super) fn unpacked(path: &Path, pack: Pack, read: Arc<AtomicU64>) -> std::io::Result<Box<dyn Read>> {
    let file = Counted { inner: File::open(path)?, read };
    Ok(match pack {
        Pack::Plain => Box::new(file),
        Pack::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
        Pack::Zstd => Box::new(zstd::stream::read::Decoder::new(file)?),
    })
}

/// Reads to the end, after what is there already, unless it is too long.
pub(super) fn read_all(reader: impl Read, mut bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
    reader.take(MAX_REQUEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_REQUEST { Err(std::io::Error::other(too_long())) } else { Ok(bytes) }
}

/// What is said of a request over the limit.
pub(super) fn too_long() -> String {
    format!("longer than {MAX_REQUEST} bytes")
}
