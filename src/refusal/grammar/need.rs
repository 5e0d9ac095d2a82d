//! What a language's rules cannot do without: told from the classes that were found alone, before anything is put in order.

use super::sequence::{Classes, MAX_CLASSES, Sequence};

/// Classes of which one each must be there, all of them.
type Together = Box<[Classes]>;

/// Told at a glance: every rule of a language needs one of each of these.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::refusal) struct Keys([Classes; 2]);

impl Keys {
    /// Whether all are among the classes that were found.
    pub const fn fit(self, found: Classes) -> bool {
        self.0[0] & found != 0 && self.0[1] & found != 0
    }
}

/// What must be found in a sentence for any rule of a language to match.
#[derive(Debug, Default)]
pub(super) struct Need {
    /// By phrase, in an order in which each needs only those before it.
    phrases: Box<[(Classes, Box<[Together]>)]>,
    rules: Box<[Together]>,
}

impl Need {
    /// The needs of rules, and the keys to them. `common` says of each class how often one of its words must be expected in any text: the
    /// rarest classes of each rule are looked at first.
    pub fn new<'r>(
        phrases: &[(u8, Vec<Sequence>)],
        rules: impl Iterator<Item = &'r Sequence>,
        common: &[f32; MAX_CLASSES],
    ) -> (Keys, Need) {
        // A phrase's class is as common as its words and its sequences together.
        let mut common = *common;
        let phrases: Box<[(Classes, Box<[Together]>)]> = phrases
            .iter()
            .map(|(class, sequences)| {
                let all: Box<[Together]> = sequences.iter().map(together).collect();
                let rarest = all.iter().map(|masks| rarest(masks, 0, &common).1).sum::<f32>();
                if let Some(class) = common.get_mut(usize::from(*class)) {
                    *class += rarest;
                }
                (1 << class, all)
            })
            .collect();
        let mut rules: Vec<Together> = rules.map(together).collect();
        let mut keys = [0; 2];
        for masks in &rules {
            for (key, rank) in keys.iter_mut().zip(0..) {
                *key |= words_of(rarest(masks, rank, &common).0, rank, &phrases, &common);
            }
        }
        rules.sort_unstable();
        rules.dedup();
        (Keys(keys), Need { phrases, rules: rules.into() })
    }

    /// Whether some rule may match where these classes were found.
    pub fn is_met(&self, mut found: Classes) -> bool {
        let together = |masks: &Together, found| masks.iter().all(|mask| mask & found != 0);
        for (class, sequences) in &self.phrases {
            if sequences.iter().any(|masks| together(masks, found)) {
                found |= class;
            }
        }
        self.rules.iter().any(|masks| together(masks, found))
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        let of =
            |all: &[Together]| all.iter().map(|masks| size_of_val(&**masks) + size_of::<Together>()).sum::<usize>();
        self.phrases.iter().map(|(_, all)| of(all)).sum::<usize>() + size_of_val(&*self.phrases) + of(&self.rules)
    }
}

fn together(sequence: &Sequence) -> Together {
    sequence.steps.iter().map(|step| step.classes).collect()
}

/// The rarest of a rule's masks, or the second, and how common it is.
fn rarest(masks: &[Classes], rank: usize, common: &[f32; MAX_CLASSES]) -> (Classes, f32) {
    let of = |mask: Classes| {
        common.iter().enumerate().filter(|(class, _)| mask >> class & 1 == 1).map(|(_, common)| common).sum::<f32>()
    };
    let mut ranked: Vec<(Classes, f32)> = masks.iter().map(|&mask| (mask, of(mask))).collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
    ranked.get(rank).or(ranked.last()).copied().unwrap_or((Classes::MAX, f32::MAX))
}

/// The classes themselves, and for phrases among them what those cannot do without.
fn words_of(
    mask: Classes,
    rank: usize,
    phrases: &[(Classes, Box<[Together]>)],
    common: &[f32; MAX_CLASSES],
) -> Classes {
    // Later phrases use earlier ones.
    phrases.iter().rev().fold(mask, |mask, (class, sequences)| {
        if mask & class == 0 {
            return mask;
        }
        sequences.iter().fold(mask, |mask, masks| mask | rarest(masks, rank.min(masks.len() - 1), common).0)
    })
}

#[cfg(test)]
mod tests {
    use super::super::sequence::parse;
    use super::*;

    /// Scenario: rules over classes and a phrase; sentences with some of the classes.
    /// Guarantees: met where some rule has something for each step, by words or by a phrase; not where none has.
    #[test]
    fn needs() {
        let names = ["i", "cannot", "act", "no", "can", "phrase"];
        let read = |rule: &str| parse(rule, &|name| names.iter().position(|n| *n == name).map(|at| 1 << at)).unwrap();
        let phrases = [(5, read("no ~1 can"))];
        let rules = [read("i ~3 cannot|phrase ~3 act"), read("cannot $")].concat();
        let mut common = [0.0; MAX_CLASSES];
        (common[0], common[2]) = (3.0, 2.0);
        let (keys, need) = Need::new(&phrases, rules.iter(), &common);
        for (found, met) in [
            (&["i", "cannot", "act"][..], true),
            (&["i", "no", "can", "act"], true),
            (&["cannot"], true),
            (&["phrase", "i", "act"], true),
            (&["i", "no", "act"], false),
            (&["i", "act"], false),
            (&["i", "no", "can"], false),
            (&[], false),
        ] {
            let classes = found.iter().map(|name| 1 << names.iter().position(|n| n == name).unwrap()).sum();
            assert_eq!(need.is_met(classes), met, "{found:?}");
            assert!(keys.fit(classes) || !met, "{found:?}");
        }
    }
}
