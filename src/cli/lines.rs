//! Lines of bounded length.

use std::io::{BufRead, BufReader, Read, Result};

/// Bytes read at once.
const CHUNK: usize = 64 << 10;

/// Reads lines one after the other into one buffer.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    limit: usize,
    number: u64,
    line: Vec<u8>,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Its bytes without the line end (`\n` or `\r\n`).
    Whole(&'a [u8]),
    /// Longer than the limit; its bytes were passed over.
    TooLong,
}

impl<R: Read> Lines<R> {
    /// Lines of at most `limit` bytes.
    pub fn new(reader: R, limit: usize) -> Self {
        Lines { reader: BufReader::with_capacity(CHUNK, reader), limit, number: 0, line: Vec::new() }
    }

    /// The number of the line that was read last, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether the next line may have to be waited for, because it is not in the buffer as a whole.
    pub fn may_wait(&self) -> bool {
        memchr::memchr(b'\n', self.reader.buffer()).is_none()
    }

    /// What is left after the lines that were read.
    pub fn into_rest(self) -> BufReader<R> {
        self.reader
    }

    /// The next line; `None` at the end. A line end at the very end does not begin another line.
    pub fn next(&mut self) -> Result<Option<Line<'_>>> {
        self.line.clear();
        let (mut begun, mut too_long) = (false, false);
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            begun = true;
            let (end, taken) = match memchr::memchr(b'\n', chunk) {
                Some(end) => (end, end + 1),
                None => (chunk.len(), chunk.len()),
            };
            // One byte over the limit is room for the `\r` of the line end.
            if self.line.len() + end > self.limit + 1 {
                too_long = true;
                self.line = Vec::new();
            }
            if !too_long {
                self.line.extend_from_slice(chunk.get(..end).unwrap_or_default());
            }
            self.reader.consume(taken);
            if taken > end {
                break;
            }
        }
        if !begun {
            return Ok(None);
        }
        self.number += 1;
        let line = self.line.strip_suffix(b"\r").unwrap_or(&self.line);
        Ok(Some(if too_long || line.len() > self.limit { Line::TooLong } else { Line::Whole(line) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], limit: usize) -> Vec<Option<Vec<u8>>> {
        let mut lines = Lines::new(bytes, limit);
        let mut found = Vec::new();
        while let Some(line) = lines.next().expect("read") {
            found.push(match line {
                Line::Whole(line) => Some(line.to_vec()),
                Line::TooLong => None,
            });
        }
        assert_eq!(lines.number(), found.len() as u64);
        found
    }

    /// Scenario: empty lines, both line ends, with and without one at the end, and no text at all.
    /// Guarantees: as many lines as an editor would show.
    #[test]
    fn line_ends() {
        assert_eq!(all(b"", 9), []);
        assert_eq!(all(b"\n", 9), [Some(b"".to_vec())]);
        assert_eq!(all(b"a\r\n\nb\rc", 9), [Some(b"a".to_vec()), Some(b"".to_vec()), Some(b"b\rc".to_vec())]);
    }

    /// Scenario: lines at the limit, over it, and far over it across many chunks.
    /// Guarantees: those over it are passed over, their bytes not kept, and the next line is read whole.
    #[test]
    fn limits() {
        assert_eq!(all(b"abc\r\nabcd\nx", 3), [Some(b"abc".to_vec()), None, Some(b"x".to_vec())]);
        let long = [vec![b'a'; CHUNK * 5], b"\nx\n".to_vec()].concat();
        let mut lines = Lines::new(long.as_slice(), CHUNK);
        assert_eq!(lines.next().expect("read"), Some(Line::TooLong));
        assert!(lines.line.capacity() <= CHUNK * 2);
        assert_eq!(lines.next().expect("read"), Some(Line::Whole(b"x")));
        assert!(lines.may_wait());
    }
}
