//! Room for children in the array of nodes.

/// Gaps that are tried before children go behind all others.
const TRIES: usize = 64;

/// Which places are taken, and which bases.
#[derive(Debug, Default)]
pub(super) struct Space {
    taken: Bits,
    bases: Bits,
    /// No gap before this one is tried any more.
    from: usize,
    /// Behind the last place that is taken.
    end: usize,
}

impl Space {
    /// Takes places for children by these letters, in order and at least one; the base from which their letters count.
    pub fn place(&mut self, letters: &[u16]) -> usize {
        let base = self.in_gaps(letters).unwrap_or_else(|| self.behind(letters));
        self.bases.set(base);
        for &letter in letters {
            self.taken.set(base + usize::from(letter));
            self.end = self.end.max(base + usize::from(letter) + 1);
        }
        base
    }

    /// How many places there are, gaps included.
    pub const fn length(&self) -> usize {
        self.end
    }

    fn in_gaps(&mut self, letters: &[u16]) -> Option<usize> {
        let lowest = usize::from(*letters.first()?);
        let mut gap = self.taken.next_clear(self.from);
        self.from = gap;
        for tried in 0..TRIES {
            if gap >= self.end {
                return None;
            }
            if let Some(base) = gap.checked_sub(lowest)
                && self.fits(base, letters)
            {
                return Some(base);
            }
            gap = self.taken.next_clear(gap + 1);
            if tried == TRIES / 2 && letters.len() == 1 {
                // One child fits everywhere but for its base: the gaps before are of no use.
                self.from = gap;
            }
        }
        None
    }

    fn fits(&self, base: usize, letters: &[u16]) -> bool {
        !self.bases.has(base) && letters.iter().all(|&letter| !self.taken.has(base + usize::from(letter)))
    }

    fn behind(&self, letters: &[u16]) -> usize {
        let lowest = letters.first().copied().map_or(0, usize::from);
        (self.end.saturating_sub(lowest)..).find(|&base| self.fits(base, letters)).unwrap_or(self.end)
    }
}

/// A set of numbers.
#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    fn set(&mut self, at: usize) {
        if at / 64 >= self.0.len() {
            self.0.resize(at / 64 + 1, 0);
        }
        self.0[at / 64] |= 1 << (at % 64);
    }

    /// The first number from `at` on that is not in the set.
    fn next_clear(&self, at: usize) -> usize {
        let mut word = at / 64;
        let mut clear = self.0.get(word).map_or(u64::MAX, |bits| !bits) & u64::MAX << (at % 64);
        while clear == 0 {
            word += 1;
            clear = self.0.get(word).map_or(u64::MAX, |bits| !bits);
        }
        word * 64 + clear.trailing_zeros() as usize
    }
}
