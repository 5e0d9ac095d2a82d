//! Reading a request's body: frame by frame, within the limit, within the budget, and never announced memory that
//! has not come.

use super::{Refused, RefusedKind};
use crate::otlp::admission::{OverBudget, Permit};
use crate::otlp::compress::{Codec, DecompressError, decompress};
use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;
use std::time::Duration;

/// Room made for an announced body before its bytes have come.
const FIRST_ROOM: usize = 1 << 20;

/// Once that much has come, room for an announced body up to this size is made in one step.
const USUAL_SIZE: usize = 16 << 20;

/// A chunk up to this size is copied, so that it does not keep the connection's much larger read buffer alive.
const SMALL: usize = 16 << 10;

/// What the client is asked to wait when the budget is used up.
const OVERLOAD_PAUSE: Duration = Duration::from_secs(1);

impl From<OverBudget> for Refused {
    fn from(error: OverBudget) -> Self {
        Refused { retry_after: Some(OVERLOAD_PAUSE), ..Refused::new(RefusedKind::Overloaded, error.to_string()) }
    }
}

impl From<DecompressError> for Refused {
    fn from(error: DecompressError) -> Self {
        match &error {
            DecompressError::TooLarge => Refused::new(RefusedKind::TooLarge, error.to_string()),
            DecompressError::Broken { .. } => Refused::new(RefusedKind::Malformed, error.to_string()),
            DecompressError::OverBudget(over) => (*over).into(),
        }
    }
}

pub(super) fn too_large(limit: usize) -> Refused {
    Refused::new(RefusedKind::TooLarge, format!("request is larger than the limit of {limit} bytes"))
}

fn malformed(message: &'static str) -> Refused {
    Refused::new(RefusedKind::Malformed, message)
}

/// What a body is read under.
pub(super) struct Reading<'a> {
    /// Largest message in bytes, before and after decompression.
    pub limit: usize,
    /// Charged with what is kept.
    pub permit: &'a Permit,
    /// Counts what came over the wire.
    pub wire: &'a mut u64,
}

impl Reading<'_> {
    /// Checks an announced length before anything is read.
    fn announce(&self, length: u64) -> Result<usize, Refused> {
        let length = usize::try_from(length).ok().filter(|&length| length <= self.limit);
        let length = length.ok_or_else(|| too_large(self.limit))?;
        self.permit.check(length)?;
        Ok(length)
    }

    /// The whole of an HTTP body.
    pub async fn http<B>(&mut self, body: &mut B, codec: Option<Codec>) -> Result<Bytes, Refused>
    where
        B: Body<Data = Bytes, Error = hyper::Error> + Unpin,
    {
        let announced = body.size_hint().exact().map(|length| self.announce(length)).transpose()?;
        let mut kept = Kept::new(announced.unwrap_or(0));
        while let Some(chunk) = self.chunk(body).await? {
            if chunk.len() > self.limit.saturating_sub(kept.len()) {
                return Err(too_large(self.limit));
            }
            self.permit.grow(chunk.len())?;
            kept.push(chunk);
        }
        self.plain(kept.finish(), codec).await
    }

    /// The one message of a unary gRPC call: a flag, a length, and that many bytes.
    pub async fn grpc<B>(&mut self, body: &mut B, codec: Option<Codec>) -> Result<Bytes, Refused>
    where
        B: Body<Data = Bytes, Error = hyper::Error> + Unpin,
    {
        let mut prefix = [0u8; 5];
        let mut prefixed = 0;
        let mut length = 0;
        let mut kept = Kept::new(0);
        while let Some(mut chunk) = self.chunk(body).await? {
            if prefixed < prefix.len() {
                let part = chunk.split_to(chunk.len().min(prefix.len() - prefixed));
                for byte in part {
                    prefix[prefixed] = byte;
                    prefixed += 1;
                }
                if prefixed < prefix.len() {
                    continue;
                }
                if prefix[0] > 1 {
                    return Err(malformed("illegal flag before the gRPC message"));
                }
                length = self.announce(u64::from(u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]])))?;
                kept = Kept::new(length);
            }
            if chunk.len() > length - kept.len() {
                return Err(malformed("more than one message in a unary call"));
            }
            self.permit.grow(chunk.len())?;
            kept.push(chunk);
        }
        if prefixed < prefix.len() || kept.len() < length {
            return Err(malformed("the call ends before its message does"));
        }
        if prefix[0] == 0 {
            return Ok(kept.finish());
        }
        let codec = codec.ok_or_else(|| malformed("compressed message without grpc-encoding"))?;
        self.plain(kept.finish(), Some(codec)).await
    }

    async fn chunk<B>(&mut self, body: &mut B) -> Result<Option<Bytes>, Refused>
    where
        B: Body<Data = Bytes, Error = hyper::Error> + Unpin,
    {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| {
                tracing::debug!(%error, "request body broke off");
                Refused::new(RefusedKind::Disconnected, "request body broke off")
            })?;
            if let Ok(data) = frame.into_data() {
                *self.wire += data.len() as u64;
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    async fn plain(&mut self, body: Bytes, codec: Option<Codec>) -> Result<Bytes, Refused> {
        let Some(codec) = codec else { return Ok(body) };
        let compressed = body.len();
        let plain = decompress(codec, body, self.limit, self.permit).await?;
        self.permit.shrink(compressed);
        Ok(plain)
    }
}

/// Chunks joined: a message that came in one piece is not copied, unless it is small.
struct Kept {
    announced: usize,
    single: Bytes,
    joined: BytesMut,
}

impl Kept {
    fn new(announced: usize) -> Self {
        Kept { announced, single: Bytes::new(), joined: BytesMut::new() }
    }

    fn len(&self) -> usize {
        self.single.len() + self.joined.len()
    }

    fn push(&mut self, chunk: Bytes) {
        if self.len() == 0 && chunk.len() >= self.announced && chunk.len() > SMALL {
            self.single = chunk;
            return;
        }
        if self.joined.capacity() == 0 {
            self.joined.reserve(self.announced.min(FIRST_ROOM).max(self.single.len() + chunk.len()));
        }
        // From then on, all of it where that is a usual size, else at most eight times of what has really come.
        let (len, room) = (self.len(), self.joined.capacity());
        if len + chunk.len() > room && self.announced > room {
            self.joined
                .reserve(self.announced.min(len.saturating_mul(8).max(USUAL_SIZE)).saturating_sub(self.joined.len()));
        }
        if !self.single.is_empty() {
            self.joined.extend_from_slice(&std::mem::take(&mut self.single));
        }
        self.joined.extend_from_slice(&chunk);
    }

    fn finish(self) -> Bytes {
        if self.single.is_empty() { self.joined.freeze() } else { self.single }
    }
}

/// Reads on and throws away, so that a client that is still sending gets to read its answer: closing a TCP connection
/// with unread data in it may take the answer with it, and HTTP/2 streams that are reset while their data is on the way
/// add up to what looks like an attack and costs the whole connection.
pub(super) async fn drain<B>(mut body: B, mut bytes: usize, time: Duration)
where
    B: Body<Data = Bytes> + Unpin,
{
    let read = async {
        while let Some(Ok(frame)) = body.frame().await {
            let len = frame.data_ref().map_or(0, Bytes::len);
            match bytes.checked_sub(len) {
                Some(left) => bytes = left,
                None => return,
            }
        }
    };
    // Over time is as good as over size: the connection is closed either way.
    let _ = tokio::time::timeout(time, read).await;
}

/// Bodies of requests that are not looked at: this much, and this long.
const IGNORED_BYTES: usize = 1 << 20;
const IGNORED_TIME: Duration = Duration::from_secs(5);

/// Reads a body that is not looked at, before the answer.
pub(super) async fn skip(body: hyper::body::Incoming) {
    drain(body, IGNORED_BYTES, IGNORED_TIME).await;
}

/// Reads a body that is not looked at, beside the answer. A client that waits for "100 continue" has sent nothing.
pub(super) fn ignore(request: http::Request<hyper::body::Incoming>) {
    if !request.headers().contains_key(http::header::EXPECT) {
        tokio::spawn(skip(request.into_body()));
    }
}
