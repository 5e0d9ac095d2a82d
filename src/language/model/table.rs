//! Which n-grams a model knows: buckets of 16-bit fingerprints.

/// N-grams a bucket has on average.
const PER_BUCKET: usize = 4;

/// Finds the row of an n-gram by its hash.
#[derive(Debug, Default)]
pub struct Table {
    /// Where each bucket begins, and the end of the last.
    starts: Vec<u32>,
    fingerprints: Vec<u16>,
}

impl Table {
    /// Buckets that `rows` n-grams are spread over.
    pub fn buckets(rows: usize) -> usize {
        rows.div_ceil(PER_BUCKET).max(1)
    }

    /// Lays out hashes; the order in which they stand in the table comes with it. Hashes that the table cannot tell
    /// apart are kept once.
    pub fn lay_out(hashes: &[u64]) -> (Table, Vec<u64>) {
        let buckets = Self::buckets(hashes.len());
        let mut placed: Vec<(usize, u16, u64)> =
            hashes.iter().map(|&hash| (bucket(hash, buckets), fingerprint(hash), hash)).collect();
        placed.sort_unstable();
        placed.dedup_by_key(|&mut (bucket, print, _)| (bucket, print));
        let mut starts = Vec::with_capacity(buckets + 1);
        let mut at = 0;
        for b in 0..buckets {
            starts.push(at as u32);
            at += placed[at..].iter().take_while(|(of, _, _)| *of == b).count();
        }
        starts.push(at as u32);
        let fingerprints = placed.iter().map(|&(_, print, _)| print).collect();
        (Table { starts, fingerprints }, placed.into_iter().map(|(_, _, hash)| hash).collect())
    }

    /// A table as it was written: the number of rows in each bucket, and their fingerprints.
    pub fn from_parts(counts: &[u8], fingerprints: Vec<u16>) -> Option<Table> {
        let mut starts = Vec::with_capacity(counts.len() + 1);
        let mut at = 0u32;
        for &count in counts {
            starts.push(at);
            at += u32::from(count);
        }
        starts.push(at);
        (at as usize == fingerprints.len() && !counts.is_empty()).then_some(Table { starts, fingerprints })
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.fingerprints.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.fingerprints.is_empty()
    }

    /// The row of a hash.
    #[inline]
    pub fn find(&self, hash: u64) -> Option<usize> {
        let bucket = bucket(hash, self.starts.len() - 1);
        let (from, to) = (*self.starts.get(bucket)? as usize, *self.starts.get(bucket + 1)? as usize);
        let print = fingerprint(hash);
        let within = self.fingerprints.get(from..to)?.iter().position(|&known| known == print)?;
        Some(from + within)
    }

    /// Rows in each bucket.
    pub fn counts(&self) -> impl Iterator<Item = u32> {
        self.starts.windows(2).map(|pair| pair[1] - pair[0])
    }

    /// All fingerprints, in the order of rows.
    pub fn fingerprints(&self) -> &[u16] {
        &self.fingerprints
    }
}

fn bucket(hash: u64, buckets: usize) -> usize {
    (((hash >> 32) * buckets as u64) >> 32) as usize
}

fn fingerprint(hash: u64) -> u16 {
    // The lowest twelve bits are left to whoever counts n-grams by label.
    (hash >> 12) as u16
}
