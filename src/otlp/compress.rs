//! gzip and zstd, in and out, in small steps: between two steps other connections get their turn, so neither a
//! large body nor a bomb holds a thread for longer than a fraction of a millisecond.

use super::admission::{OverBudget, Permit};
use bytes::{Buf, Bytes};
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use thiserror::Error;

/// A compression of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// RFC 1952, one or more members.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Codec {
    /// The token of `content-encoding` and `grpc-encoding`.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Gzip => "gzip",
            Codec::Zstd => "zstd",
        }
    }

    /// The codec of a header's token, in any case.
    pub fn from_name(name: &str) -> Option<Codec> {
        [Codec::Gzip, Codec::Zstd].into_iter().find(|codec| name.eq_ignore_ascii_case(codec.name()))
    }
}

/// Why a body could not be decompressed.
#[derive(Debug, Error)]
pub enum DecompressError {
    /// It grows beyond the limit.
    #[error("larger than the limit after decompression")]
    TooLarge,
    /// It is not what its encoding says.
    #[error("broken {}: {error}", codec.name())]
    Broken {
        /// What it claims to be.
        codec: Codec,
        /// What the decoder says.
        error: io::Error,
    },
    /// There is no room for it now.
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
}

/// Input read in one step.
const STEP_IN: usize = 64 << 10;
/// Output written in one step.
const STEP_OUT: usize = 256 << 10;
/// Largest zstd window, as a power of two: 8 MiB is what RFC 8878 asks decoders to support; levels up to 19 stay below.
const MAX_WINDOW_LOG: u32 = 23;

/// Decompresses `body` to at most `limit` bytes. What the output takes is charged to the permit on top of what
/// the caller has charged for `body`, and stays charged. An empty body stays empty.
pub async fn decompress(codec: Codec, body: Bytes, limit: usize, permit: &Permit) -> Result<Bytes, DecompressError> {
    if body.is_empty() {
        return Ok(body);
    }
    let broken = |error| DecompressError::Broken { codec, error };
    let first_guess = body.len().saturating_mul(4).min(limit);
    match codec {
        Codec::Gzip => {
            let decoder = MultiGzDecoder::new(Paced::new(body));
            let output = Output { decoder, pace: |d: &mut MultiGzDecoder<Paced>| d.get_mut().refill(), limit };
            output.read(codec, first_guess, permit).await
        }
        Codec::Zstd => {
            // The window is memory too: what the first frame asks for is charged, and no later frame may ask for more.
            let log = zstd_window_log(&body).min(MAX_WINDOW_LOG);
            permit.grow(1 << log)?;
            let decoder = zstd::Decoder::with_buffer(Paced::new(body)).and_then(|mut decoder| {
                decoder.window_log_max(log)?;
                Ok(decoder)
            });
            let decoder = decoder.map_err(broken)?;
            let output = Output { decoder, pace: |d: &mut zstd::Decoder<'static, Paced>| d.get_mut().refill(), limit };
            let read = output.read(codec, first_guess, permit).await;
            permit.shrink(1 << log);
            read
        }
    }
}

/// The window that a zstd frame's header asks for, as a power of two, rounded up; the maximum where it cannot be told.
fn zstd_window_log(frame: &[u8]) -> u32 {
    const SMALLEST: u32 = 10;
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, rest @ ..] = frame else { return MAX_WINDOW_LOG };
    if descriptor & 0x20 == 0 {
        // A window descriptor: exponent and eighths of a mantissa.
        return rest.first().map_or(MAX_WINDOW_LOG, |&window| {
            let log = SMALLEST + u32::from(window >> 3);
            if window & 7 == 0 { log } else { log + 1 }
        });
    }
    // A single segment: the window is the content, whose size follows the dictionary id.
    let skip = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let width = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let Some(size) = rest.get(skip..skip + width) else { return MAX_WINDOW_LOG };
    let size = size.iter().rev().fold(0u64, |all, &byte| all << 8 | u64::from(byte));
    let size = if width == 2 { size + 256 } else { size };
    size.checked_next_power_of_two().map_or(MAX_WINDOW_LOG, u64::trailing_zeros).max(SMALLEST)
}

/// Input that stops with `WouldBlock` when a step's share is read, so that no amount of input that yields no output
/// (empty members, empty frames) keeps the decoder busy within one call.
struct Paced {
    input: Bytes,
    share: usize,
}

impl Paced {
    const fn new(input: Bytes) -> Self {
        Paced { input, share: STEP_IN }
    }

    const fn refill(&mut self) {
        self.share = STEP_IN;
    }
}

impl Read for Paced {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let len = available.len().min(out.len());
        out[..len].copy_from_slice(&available[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl BufRead for Paced {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.share == 0 && !self.input.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(&self.input[..self.input.len().min(self.share)])
    }

    fn consume(&mut self, amount: usize) {
        let amount = amount.min(self.input.len());
        self.input.advance(amount);
        self.share = self.share.saturating_sub(amount);
    }
}

struct Output<D> {
    decoder: D,
    pace: fn(&mut D),
    limit: usize,
}

impl<D: Read> Output<D> {
    async fn read(mut self, codec: Codec, first_guess: usize, permit: &Permit) -> Result<Bytes, DecompressError> {
        let mut out = Vec::new();
        self.reserve(&mut out, first_guess.max(1024).min(self.limit), permit)?;
        let mut step = 0;
        loop {
            if out.len() == out.capacity() {
                if out.len() >= self.limit {
                    return if self.at_end(codec).await? { Ok(out.into()) } else { Err(DecompressError::TooLarge) };
                }
                let more = out.capacity().min(self.limit - out.capacity());
                self.reserve(&mut out, more, permit)?;
            }
            let start = out.len();
            let room = (out.capacity() - start).min(STEP_OUT);
            out.resize(start + room, 0);
            let read = self.decoder.read(&mut out[start..]);
            out.truncate(start + read.as_ref().map_or(0, |&n| n.min(room)));
            match read {
                Ok(0) => return Ok(out.into()),
                Ok(n) => {
                    step += n;
                    if step < STEP_OUT {
                        continue;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(DecompressError::Broken { codec, error }),
            }
            step = 0;
            (self.pace)(&mut self.decoder);
            tokio::task::yield_now().await;
        }
    }

    fn reserve(&self, out: &mut Vec<u8>, more: usize, permit: &Permit) -> Result<(), OverBudget> {
        permit.grow(more)?;
        out.reserve_exact(more);
        Ok(())
    }

    /// Whether nothing comes after exactly `limit` bytes.
    async fn at_end(&mut self, codec: Codec) -> Result<bool, DecompressError> {
        loop {
            (self.pace)(&mut self.decoder);
            match self.decoder.read(&mut [0]) {
                Ok(n) => return Ok(n == 0),
                Err(error) if error.kind() == ErrorKind::WouldBlock => tokio::task::yield_now().await,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(DecompressError::Broken { codec, error }),
            }
        }
    }
}

/// Compresses `body` at level 1: higher levels cost several times the rest of the program's work on a span.
pub async fn compress(codec: Codec, body: &[u8]) -> io::Result<Bytes> {
    let room = body.len() / 4 + 64;
    match codec {
        Codec::Gzip => {
            let mut encoder = GzEncoder::new(Vec::with_capacity(room), flate2::Compression::new(1));
            feed(&mut encoder, body).await?;
            Ok(encoder.finish()?.into())
        }
        Codec::Zstd => {
            let mut encoder = zstd::Encoder::new(Vec::with_capacity(room), 1)?;
            encoder.set_pledged_src_size(Some(body.len() as u64))?;
            feed(&mut encoder, body).await?;
            Ok(encoder.finish()?.into())
        }
    }
}

async fn feed(encoder: &mut impl Write, body: &[u8]) -> io::Result<()> {
    for (i, part) in body.chunks(STEP_OUT).enumerate() {
        if i > 0 {
            tokio::task::yield_now().await;
        }
        encoder.write_all(part)?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "compress_tests.rs"]
mod tests;
