//! Writing messages whose length is known only at their end.

use crate::otlp::wire::{put_varint, varint_len};

/// Protobuf output. An open message has one byte reserved for its length; most messages are shorter than 128 bytes
/// and end up there. The places of longer ones are noted, and [`Writer::finish`] makes room for all of them in one
/// copy: nothing is moved twice, however deep the messages nest.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub out: Vec<u8>,
    /// Reserved byte and true length, in the order of closing.
    long: Vec<(u32, u32)>,
}

/// An open message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    /// Where its reserved byte is.
    at: usize,
    /// Bytes that lengths of messages inside it still need.
    missing: usize,
}

impl Writer {
    /// With room for about as much as the JSON it is made from.
    pub fn with_capacity(capacity: usize) -> Self {
        Writer { out: Vec::with_capacity(capacity), long: Vec::new() }
    }

    /// Opens a message; its tag has been written.
    pub fn open(&mut self) -> Open {
        let at = self.out.len();
        self.out.push(0);
        Open { at, missing: 0 }
    }

    /// Closes a message that is inside `around`. `None` when it is beyond what a protobuf length may say.
    pub fn close(&mut self, open: Open, around: Option<&mut Open>) -> Option<()> {
        let len = self.out.len().checked_sub(open.at + 1)? + open.missing;
        let mut missing = open.missing;
        if let (Ok(short @ 0..0x80), Some(byte)) = (u8::try_from(len), self.out.get_mut(open.at)) {
            *byte = short;
        } else {
            missing += varint_len(len as u64) - 1;
            i32::try_from(len).ok()?;
            self.long.push((u32::try_from(open.at).ok()?, u32::try_from(len).ok()?));
        }
        if let Some(around) = around {
            around.missing += missing;
        }
        Some(())
    }

    /// The messages with their lengths.
    pub fn finish(mut self) -> Vec<u8> {
        if self.long.is_empty() {
            return self.out;
        }
        self.long.sort_unstable();
        let grown: usize = self.long.iter().map(|(_, len)| varint_len(u64::from(*len)) - 1).sum();
        let mut out = Vec::with_capacity(self.out.len() + grown);
        let mut copied = 0;
        for (at, len) in self.long {
            let at = at as usize;
            out.extend_from_slice(self.out.get(copied..at).unwrap_or_default());
            put_varint(&mut out, u64::from(len));
            copied = at + 1;
        }
        out.extend_from_slice(self.out.get(copied..).unwrap_or_default());
        out
    }
}
