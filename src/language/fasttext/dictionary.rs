//! The words, labels and kept n-grams of a model.

use ahash::{AHashMap, RandomState};
use bytes::Bytes;

use super::FastTextError;
use super::file::{Source, within};

/// What the trainer puts before a label unless told otherwise; the file does not say.
pub(super) const LABEL_PREFIX: &str = "__label__";

/// The end of a line, which is a word of its own.
pub(super) const END_OF_LINE: &[u8] = b"</s>";

/// Most labels: eight thousand languages with all their scripts.
const MAX_LABELS: i64 = 65_536;

/// Longest label in bytes.
const MAX_LABEL_BYTES: usize = 256;

/// Bytes of the shortest entry: an empty text with its zero, a count, a kind.
const ENTRY_BYTES: usize = 1 + 8 + 1;

/// Occurrences of a label, below the number that stands for "none yet" where the Huffman tree is built.
const MAX_COUNT: i64 = 1_000_000_000_000_000 - 1;

/// A free place in the index.
const FREE: u32 = u32::MAX;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A word with a row of its own.
    Known(usize),
    /// A word without.
    Unknown,
    /// A label, which says nothing.
    Label,
}

/// Words, labels, kept n-grams.
pub(super) struct Dictionary {
    /// Words come first, then labels; each is a stretch of `bytes`.
    entries: Vec<(u32, u32)>,
    bytes: Bytes,
    words: usize,
    labels: Vec<String>,
    counts: Vec<i64>,
    /// Open addressing over `entries`, at most half full. The key is the process's own, so that no file can be made
    /// whose words all fall on one place.
    index: Vec<u32>,
    hasher: RandomState,
    /// Rows of the buckets that were kept, when not all were.
    kept: Option<AHashMap<u32, u32>>,
}

impl Dictionary {
    pub fn read(source: &mut Source) -> Result<Dictionary, FastTextError> {
        const WHAT: &str = "the dictionary";
        let size = source.count("the number of entries", 0, i64::from(i32::MAX))?;
        let words = source.count("the number of words", 0, i64::from(i32::MAX))?;
        let labels = source.count("the number of labels", 1, MAX_LABELS)?;
        if words + labels != size {
            return Err(FastTextError::Inconsistent("the numbers of words and labels do not add up to the entries"));
        }
        // Tokens of the training text.
        source.i64(WHAT)?;
        let kept = source.i64("the number of kept buckets")?;
        if size.saturating_mul(ENTRY_BYTES) > source.left() {
            return Err(FastTextError::Truncated { what: WHAT, at: source.at() });
        }
        let mut found = Dictionary {
            entries: Vec::with_capacity(size),
            bytes: source.rest().clone(),
            words,
            labels: Vec::with_capacity(labels),
            counts: Vec::with_capacity(labels),
            index: vec![FREE; (size * 2).next_power_of_two()],
            hasher: RandomState::new(),
            kept: None,
        };
        let from = source.left();
        for index in 0..size {
            found.entry(source, from, index)?;
        }
        found.kept = if kept < 0 { None } else { Some(kept_buckets(source, kept)?) };
        Ok(found)
    }

    /// Reads one entry; `from` is how much was left at the first.
    fn entry(&mut self, source: &mut Source, from: usize, index: usize) -> Result<(), FastTextError> {
        const WHAT: &str = "an entry of the dictionary";
        let wrong = |fault| FastTextError::Entry { index, fault };
        let at = from - source.left();
        let text = source.text(WHAT)?;
        let count = source.i64(WHAT)?;
        let is_label = source.bool("the kind of an entry of the dictionary")?;
        if is_label != (index >= self.words) {
            return Err(wrong("a label among the words, or a word among the labels"));
        }
        if is_label {
            if text.is_empty() || text.len() > MAX_LABEL_BYTES {
                return Err(wrong("a label that is empty or longer than 256 bytes"));
            }
            let label = std::str::from_utf8(&text).map_err(|_| wrong("a label that is not UTF-8"))?;
            self.labels.push(label.to_owned());
            self.counts.push(within("how often a label occurs", count, 0, MAX_COUNT)?);
        }
        let place = u32::try_from(at).map_err(|_| wrong("beyond four gigabytes"))?;
        self.entries.push((place, text.len() as u32));
        let slot = self.slot(&text);
        if let Some(slot) = self.index.get_mut(slot) {
            *slot = index as u32;
        }
        Ok(())
    }

    /// Where a text is in the index, or would be.
    fn slot(&self, text: &[u8]) -> usize {
        let mask = self.index.len() - 1;
        let mut slot = self.hasher.hash_one(text) as usize & mask;
        while let Some(&entry) = self.index.get(slot) {
            if entry == FREE || self.text(entry as usize) == Some(text) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn text(&self, entry: usize) -> Option<&[u8]> {
        let &(at, len) = self.entries.get(entry)?;
        self.bytes.get(at as usize..at as usize + len as usize)
    }

    /// What a token is. One that looks like a label is a label, also when the model has it not.
    pub fn token(&self, token: &[u8]) -> Token {
        match self.index.get(self.slot(token)) {
            Some(&entry) if entry != FREE && (entry as usize) < self.words => Token::Known(entry as usize),
            Some(&FREE) | None if !token.starts_with(LABEL_PREFIX.as_bytes()) => Token::Unknown,
            _ => Token::Label,
        }
    }

    /// The row of a bucket among those of the buckets; `None` when it was pruned.
    pub fn bucket_row(&self, bucket: u32) -> Option<usize> {
        match &self.kept {
            None => Some(bucket as usize),
            Some(kept) => kept.get(&bucket).map(|&row| row as usize),
        }
    }

    /// How many words have a row.
    pub fn words(&self) -> usize {
        self.words
    }

    /// The labels as they are written in the file.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How often each label was in the training text.
    pub fn counts(&self) -> &[i64] {
        &self.counts
    }

    /// Whether only some of the words and buckets were kept.
    pub fn is_pruned(&self) -> bool {
        self.kept.is_some()
    }

    /// How many rows the buckets need, when only some were kept.
    pub fn kept_rows(&self) -> Option<usize> {
        self.kept.as_ref().map(|kept| kept.values().max().map_or(0, |&row| row as usize + 1))
    }
}

/// Which row each kept bucket has.
fn kept_buckets(source: &mut Source, count: i64) -> Result<AHashMap<u32, u32>, FastTextError> {
    const WHAT: &str = "the kept buckets";
    let pairs = source.take(count.unsigned_abs(), 8, WHAT)?;
    let mut kept = AHashMap::with_capacity(pairs.len() / 8);
    for pair in pairs.as_chunks::<8>().0 {
        let [a, b, c, d, e, f, g, h] = *pair;
        let (bucket, row) = (i32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h]));
        let (Ok(bucket), Ok(row)) = (u32::try_from(bucket), u32::try_from(row)) else {
            return Err(FastTextError::Inconsistent("a kept bucket or its row is negative"));
        };
        kept.insert(bucket, row);
    }
    Ok(kept)
}
