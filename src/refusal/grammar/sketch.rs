//! Where the hits of one language lie in a sentence, in outline: told before anything is put in order.

use super::board::Hit;
use super::sequence::{Classes, MAX_CLASSES, Sequence};

/// Of each class of which there is a hit where one ends at the earliest, and begins at the latest.
#[derive(Debug)]
pub(super) struct Sketch {
    present: Classes,
    spans: [(u16, u16); MAX_CLASSES],
}

const NOWHERE: (u16, u16) = (u16::MAX, 0);

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch { present: 0, spans: [NOWHERE; MAX_CLASSES] }
    }
}

impl Sketch {
    pub fn clear(&mut self) {
        let mut classes = std::mem::take(&mut self.present);
        while classes != 0 {
            self.spans[classes.trailing_zeros() as usize % MAX_CLASSES] = NOWHERE;
            classes &= classes - 1;
        }
    }

    pub fn add(&mut self, hit: &Hit) {
        self.add_span(hit.class, (hit.end, hit.start));
    }

    /// Adds what hits of a phrase may be, where one of its sequences may match.
    pub fn add_phrase(&mut self, class: u8, sequences: &[Sequence]) {
        for sequence in sequences {
            if let [first, .., last] | [first @ last] = &*sequence.steps
                && sequence.has_all(self.present)
                && self.in_order(sequence)
            {
                self.add_span(class, (self.of(last.classes).0, self.of(first.classes).1));
            }
        }
    }

    fn add_span(&mut self, class: u8, (end, start): (u16, u16)) {
        let class = usize::from(class) % MAX_CLASSES;
        self.present |= 1 << class;
        let (earliest, latest) = &mut self.spans[class];
        (*earliest, *latest) = (end.min(*earliest), start.max(*latest));
    }

    /// The classes of which there is a hit.
    pub const fn present(&self) -> Classes {
        self.present
    }

    /// Of several classes together.
    fn of(&self, classes: Classes) -> (u16, u16) {
        let mut classes = classes & self.present;
        let mut all = NOWHERE;
        while classes != 0 {
            let (end, start) = self.spans[classes.trailing_zeros() as usize % MAX_CLASSES];
            all = (end.min(all.0), start.max(all.1));
            classes &= classes - 1;
        }
        all
    }

    /// Whether hits for the steps, of which there are some, may stand one after the other; `false` is certain.
    pub fn in_order(&self, sequence: &Sequence) -> bool {
        let mut reached = 0;
        sequence.steps.iter().all(|step| {
            let (end, start) = self.of(step.classes);
            let may = start >= reached;
            reached = reached.max(end);
            may
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sequence::parse;
    use super::*;

    /// Scenario: hits in an order, rules that want them so and otherwise, a phrase made of two of them; then another sentence.
    /// Guarantees: what may stand in order is not ruled out, by the hits of a phrase neither, and what cannot is.
    #[test]
    fn order() {
        let names = ["i", "cannot", "act", "phrase"];
        let read = |rule: &str| {
            parse(rule, &|name| names.iter().position(|n| *n == name).map(|at| 1 << at)).unwrap().remove(0)
        };
        let mut sketch = Sketch::default();
        let hit = |class, start| Hit { start, end: start + 1, class, excluded: false };
        [hit(0, 0), hit(1, 2), hit(2, 4), hit(0, 6)].iter().for_each(|hit| sketch.add(hit));
        let may = |sketch: &Sketch, rule: &str| {
            let sequence = read(rule);
            sequence.has_all(sketch.present()) && sketch.in_order(&sequence)
        };
        assert!(may(&sketch, "i cannot act") && may(&sketch, "cannot ~~9 i") && may(&sketch, "i ~~9 i"));
        assert!(!may(&sketch, "act cannot") && !may(&sketch, "cannot cannot") && !may(&sketch, "phrase"));
        sketch.add_phrase(3, &[read("act ~9 cannot"), read("i cannot")]);
        assert!(may(&sketch, "phrase act") && may(&sketch, "phrase ~~9 i"));
        sketch.clear();
        assert!(!may(&sketch, "i") && sketch.present() == 0);
    }
}
