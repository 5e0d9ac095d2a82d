//! The hits of one language in one sentence, and sequences run over them.

use super::line::{Line, Place};
use super::sequence::{Classes, Gap, MAX_STEPS, Sequence};
use super::sketch::Sketch;

/// Hits of one language in a sentence that are looked at: more than any sentence has that somebody wrote for reading.
const MAX_HITS: usize = 128;

/// A lexeme found, or a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::refusal) struct Hit {
    /// Letters of the line.
    pub start: u16,
    pub end: u16,
    pub class: u8,
    /// It is one of the class's exclusions.
    pub excluded: bool,
}

/// A hit with its places.
#[derive(Debug, Clone, Copy)]
struct Placed {
    hit: Hit,
    from: u16,
    /// Behind the last unit.
    to: u16,
    from_clause: u16,
    to_clause: u16,
}

impl Placed {
    /// By start, then by end, then by class, in one number.
    const fn order(&self) -> u64 {
        let Hit { start, end, class, .. } = self.hit;
        (start as u64) << 32 | (end as u64) << 16 | class as u64
    }
}

/// Hits in order, and what was reached with them. Kept between sentences for its buffers.
#[derive(Debug, Default)]
pub(in crate::refusal) struct Board {
    /// By start.
    hits: Vec<Placed>,
    /// What was said not to count.
    exclusions: Vec<Hit>,
    /// Those of the sequence that is run.
    relevant: Vec<Placed>,
    /// These by end.
    by_end: Vec<u16>,
    /// Of each of these and each step: the first hit of the sequence that came to it there.
    reached: Vec<[Option<u16>; MAX_STEPS]>,
    sketch: Sketch,
    units: u16,
    clause: u16,
    spaced: bool,
}

impl Board {
    /// Puts a sentence's hits in order; those inside an exclusion of their class are dropped.
    pub fn set(&mut self, hits: &[Hit], line: &Line, spaced: bool) {
        self.spaced = spaced;
        self.units = line.units(spaced);
        self.clause = line.last().clause;
        self.hits.clear();
        self.exclusions.clear();
        self.exclusions.extend(hits.iter().filter(|hit| hit.excluded));
        let mut piece = 0;
        for &hit in hits.iter().take(MAX_HITS) {
            let inside = |by: &Hit| by.class == hit.class && by.start <= hit.start && hit.end <= by.end;
            if !(hit.excluded || self.exclusions.iter().any(inside)) {
                // Most stand in their order.
                let (start, last) = (usize::from(hit.start), usize::from(hit.end).saturating_sub(1));
                piece = line.piece(start, piece);
                let (first, last) = (line.place(start, piece), line.place(last, line.piece(last, piece)));
                self.hits.push(self.placed(hit, first, last));
            }
        }
        self.order();
    }

    const fn placed(&self, hit: Hit, first: Place, last: Place) -> Placed {
        let (from, to) = if self.spaced { (first.word, last.word) } else { (first.character, last.character) };
        Placed { hit, from, to: to + 1, from_clause: first.clause, to_clause: last.clause }
    }

    fn order(&mut self) {
        self.hits.sort_unstable_by_key(Placed::order);
        self.hits.dedup_by_key(|placed| placed.hit);
        self.sketch.clear();
        self.hits.iter().for_each(|placed| self.sketch.add(&placed.hit));
    }

    /// An outline to be filled, before anything is put in order.
    pub(super) const fn outline(&mut self) -> &mut Sketch {
        &mut self.sketch
    }

    /// The classes of which there is a hit.
    pub const fn present(&self) -> Classes {
        self.sketch.present()
    }

    /// Class and letters of every hit.
    #[cfg(test)]
    pub fn finds(&self) -> impl Iterator<Item = (u8, std::ops::Range<usize>)> {
        self.hits.iter().map(|Placed { hit, .. }| (hit.class, hit.start.into()..hit.end.into()))
    }

    /// Adds a phrase's finds as hits of its class.
    pub fn add_phrase(&mut self, class: u8, sequences: &[Sequence]) {
        let mut found = Vec::new();
        for sequence in sequences {
            self.run(sequence, |first, last| {
                found.push(Placed {
                    hit: Hit { start: first.hit.start, end: last.hit.end, class, excluded: false },
                    from: first.from,
                    to: last.to,
                    from_clause: first.from_clause,
                    to_clause: last.to_clause,
                });
                false
            });
        }
        found.truncate(MAX_HITS.saturating_sub(self.hits.len()));
        for placed in found {
            let at = self.hits.partition_point(|other| other.order() < placed.order());
            if self.hits.get(at).is_none_or(|other| other.hit != placed.hit) {
                self.hits.insert(at, placed);
                self.sketch.add(&placed.hit);
            }
        }
    }

    /// Whether a sequence is in the sentence.
    pub fn matches(&mut self, sequence: &Sequence) -> bool {
        let mut any = false;
        self.run(sequence, |_, _| {
            any = true;
            true
        });
        any
    }

    /// Runs a sequence over the hits in one pass, by start; `found` gets first and last hit of each find and says
    /// whether that is enough.
    ///
    /// For a step only the find that ended last before it counts: no other is nearer, and none has less in the gap.
    fn run(&mut self, sequence: &Sequence, mut found: impl FnMut(&Placed, &Placed) -> bool) {
        if !sequence.possible(self.present()) || !self.sketch.in_order(sequence) {
            return;
        }
        let (units, clause) = (self.units, self.clause);
        let Board { hits, relevant, by_end, reached, .. } = self;
        let wanted = sequence.steps.iter().fold(0, |all, step| all | step.classes);
        relevant.clear();
        relevant.extend(hits.iter().filter(|placed| bit(placed.hit.class) & wanted != 0));
        by_end.clear();
        by_end.extend(0..relevant.len() as u16);
        by_end.sort_unstable_by_key(|&at| (relevant[usize::from(at)].hit.end, at));
        reached.clear();
        reached.resize(relevant.len(), [None; MAX_STEPS]);
        let mut nearest: [Option<u16>; MAX_STEPS] = [None; MAX_STEPS];
        let mut ended = by_end.iter().copied().peekable();
        let last_step = sequence.steps.len() - 1;
        for (at, here) in relevant.iter().enumerate() {
            while let Some(other) = ended.next_if(|&at| relevant[usize::from(at)].hit.end <= here.hit.start) {
                for (nearest, first) in nearest.iter_mut().zip(&reached[usize::from(other)]) {
                    if first.is_some() {
                        *nearest = Some(other);
                    }
                }
            }
            for (step, wanted) in sequence.steps.iter().enumerate() {
                if wanted.classes & bit(here.hit.class) == 0 {
                    continue;
                }
                let first = if step == 0 {
                    opens(hits, sequence, here).then_some(at as u16)
                } else {
                    nearest[step - 1]
                        .filter(|&other| within(hits, &relevant[usize::from(other)], here, &wanted.gap))
                        .and_then(|other| reached[usize::from(other)][step - 1])
                };
                let Some(first) = first else { continue };
                reached[at][step] = Some(first);
                if step == last_step
                    && closes(hits, sequence, here, units, clause)
                    && found(&relevant[usize::from(first)], here)
                {
                    return;
                }
            }
        }
    }
}

const fn bit(class: u8) -> Classes {
    1 << (class as usize % Classes::BITS as usize)
}

/// Whether the gap from one hit to a later one is as wanted.
fn within(hits: &[Placed], before: &Placed, after: &Placed, gap: &Gap) -> bool {
    let near =
        after.from.saturating_sub(before.to) <= gap.max && (gap.crosses || before.to_clause == after.from_clause);
    near && (gap.without == 0
        || !hits.iter().any(|between| {
            bit(between.hit.class) & gap.without != 0
                && between.hit.start >= before.hit.end
                && between.hit.end <= after.hit.start
        }))
}

/// Whether a sequence may begin with this hit.
fn opens(hits: &[Placed], sequence: &Sequence, here: &Placed) -> bool {
    let from_start = sequence.from_start.is_none_or(|gap| {
        here.from <= gap.max
            && (gap.crosses || here.from_clause == 0)
            && !hits.iter().any(|other| bit(other.hit.class) & gap.without != 0 && other.hit.end <= here.hit.start)
    });
    from_start
        && sequence.before.is_none_or(|gap| {
            !hits.iter().any(|other| {
                bit(other.hit.class) & gap.without != 0
                    && other.hit.end <= here.hit.start
                    && here.from.saturating_sub(other.to) < gap.max
                    && (gap.crosses || other.to_clause == here.from_clause)
            })
        })
}

/// Whether a sequence may end with this hit.
fn closes(hits: &[Placed], sequence: &Sequence, here: &Placed, units: u16, clause: u16) -> bool {
    let to_end = sequence.to_end.is_none_or(|gap| {
        units.saturating_sub(here.to) <= gap.max
            && (gap.crosses || here.to_clause == clause)
            && !hits.iter().any(|other| bit(other.hit.class) & gap.without != 0 && other.hit.start >= here.hit.end)
    });
    to_end
        && sequence.after.is_none_or(|gap| {
            !hits.iter().any(|other| {
                bit(other.hit.class) & gap.without != 0
                    && other.hit.start >= here.hit.end
                    && other.from.saturating_sub(here.to) < gap.max
                    && (gap.crosses || other.from_clause == here.to_clause)
            })
        })
}
