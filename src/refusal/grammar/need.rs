//! What a language's rules cannot do without: told from the classes that were found alone, before anything is put in order.

use super::sequence::{Classes, MAX_CLASSES, Sequence};
use std::collections::{BTreeMap, BTreeSet};

/// Classes of which one each must be there, all of them.
type Together = Box<[Classes]>;

/// What must be found in a sentence for any rule of a language to match.
#[derive(Debug, Default)]
pub(super) struct Need {
    /// By phrase, in an order in which each needs only those before it.
    phrases: Box<[(Classes, Choices)]>,
    rules: Choices,
    /// By rule, in their order: its rarest mask.
    each: Box<[Classes]>,
}

/// Several [`Together`], of which one is enough: those with the same rarest mask together.
#[derive(Debug, Default)]
struct Choices {
    rarest: Box<[Classes]>,
    /// Of each of these where its numbers begin; one more than there are.
    first: Box<[u32]>,
    /// Of each choice how many further masks it has, and the masks.
    numbers: Box<[Classes]>,
}

impl Choices {
    fn new(all: &[Together], common: &[f32; MAX_CLASSES]) -> Choices {
        let mut by_rarest: BTreeMap<Classes, BTreeSet<Vec<Classes>>> = BTreeMap::new();
        for masks in all {
            let (rarest, _) = rarest(masks, common);
            let others: BTreeSet<Classes> = masks.iter().copied().filter(|mask| *mask != rarest).collect();
            by_rarest.entry(rarest).or_default().insert(others.into_iter().collect());
        }
        let (mut first, mut numbers) = (vec![0], Vec::new());
        for others in by_rarest.values() {
            for masks in others {
                numbers.push(masks.len() as Classes);
                numbers.extend(masks);
            }
            first.push(numbers.len() as u32);
        }
        Choices { rarest: by_rarest.into_keys().collect(), first: first.into(), numbers: numbers.into() }
    }

    fn is_met(&self, found: Classes) -> bool {
        self.rarest
            .iter()
            .zip(self.first.windows(2))
            .any(|(mask, range)| mask & found != 0 && self.one_is(range, found))
    }

    fn one_is(&self, range: &[u32], found: Classes) -> bool {
        let &[from, to] = range else { return false };
        let mut own = self.numbers.get(from as usize..to as usize).unwrap_or_default();
        while let [length, after @ ..] = own {
            let (masks, next) = after.split_at_checked(*length as usize).unwrap_or_default();
            if masks.iter().all(|mask| mask & found != 0) {
                return true;
            }
            own = next;
        }
        false
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.rarest) + size_of_val(&*self.first) + size_of_val(&*self.numbers)
    }
}

impl Need {
    /// The needs of rules, and the key to them: classes of which every rule needs one. `common` says of each class how
    /// often one of its words must be expected in any text; the key is made of each rule's rarest.
    pub fn new<'r>(
        phrases: &[(u8, Vec<Sequence>)],
        rules: impl Iterator<Item = &'r Sequence>,
        common: &[f32; MAX_CLASSES],
    ) -> (Classes, Need) {
        let words = common;
        // A phrase's class is as common as its words and its sequences together.
        let mut common = *common;
        let phrases: Box<[(Classes, Box<[Together]>)]> = phrases
            .iter()
            .map(|(class, sequences)| {
                let all: Box<[Together]> = sequences.iter().map(together).collect();
                let rarest = all.iter().map(|masks| rarest(masks, &common).1).sum::<f32>();
                if let Some(class) = common.get_mut(usize::from(*class)) {
                    *class += rarest;
                }
                (1 << class, all)
            })
            .collect();
        let mut rules: Vec<Together> = rules.map(together).collect();
        let each = rules.iter().map(|masks| rarest(masks, &common).0).collect();
        rules.sort_unstable();
        rules.dedup();
        let expanded = |masks: &Together| masks.iter().map(|&mask| words_of(mask, &phrases, &common)).collect();
        let key = key(rules.iter().map(expanded).collect(), words);
        let choices = |all: &[Together]| Choices::new(all, &common);
        let rules = choices(&rules);
        (key, Need { phrases: phrases.iter().map(|(class, all)| (*class, choices(all))).collect(), rules, each })
    }

    /// Whether some rule may match where these classes were found.
    pub fn is_met(&self, mut found: Classes) -> bool {
        for (class, sequences) in &self.phrases {
            if sequences.is_met(found) {
                found |= class;
            }
        }
        self.rules.is_met(found)
    }

    /// Those of the rules, all of them in their order, of which the rarest class is there; phrases are among what was found.
    #[inline]
    pub fn rules<'r, R>(&self, rules: &'r [R], found: Classes) -> impl Iterator<Item = &'r R> {
        self.each.iter().zip(rules).filter(move |(mask, _)| **mask & found != 0).map(|(_, rule)| rule)
    }

    /// Bytes on the heap.
    pub fn memory(&self) -> usize {
        let phrases = self.phrases.iter().map(|(_, sequences)| sequences.memory()).sum::<usize>();
        phrases + size_of_val(&*self.phrases) + self.rules.memory() + size_of_val(&*self.each)
    }
}

fn together(sequence: &Sequence) -> Together {
    sequence.steps.iter().map(|step| step.classes).collect()
}

/// Classes, as rare as may be, that hold one whole mask of every rule: again and again the mask is added that costs
/// least for each rule it settles.
fn key(mut waiting: Vec<Vec<Classes>>, common: &[f32; MAX_CLASSES]) -> Classes {
    let mut masks: Vec<Classes> = waiting.iter().flatten().copied().collect();
    masks.sort_unstable();
    masks.dedup();
    let mut key = 0;
    let within = |masks: &[Classes], key: Classes| masks.iter().any(|mask| mask & !key == 0);
    while !waiting.is_empty() {
        let costs = masks.iter().filter_map(|&mask| {
            let settled = waiting.iter().filter(|masks| within(masks, key | mask)).count();
            (settled > 0).then(|| (mask, sum(mask & !key, common) / settled as f32))
        });
        key |= costs.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(Classes::MAX, |(mask, _)| mask);
        waiting.retain(|masks| !within(masks, key));
    }
    key
}

/// How common the classes of a mask are together.
fn sum(mut mask: Classes, common: &[f32; MAX_CLASSES]) -> f32 {
    let mut sum = 0.0;
    while mask != 0 {
        sum += common.get(mask.trailing_zeros() as usize).copied().unwrap_or(0.0);
        mask &= mask - 1;
    }
    sum
}

/// The rarest of a rule's masks, and how common it is.
fn rarest(masks: &[Classes], common: &[f32; MAX_CLASSES]) -> (Classes, f32) {
    let all = masks.iter().map(|&mask| (mask, sum(mask, common)));
    all.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((Classes::MAX, f32::MAX))
}

/// The classes themselves, and for phrases among them what those cannot do without.
fn words_of(mask: Classes, phrases: &[(Classes, Box<[Together]>)], common: &[f32; MAX_CLASSES]) -> Classes {
    // Later phrases use earlier ones.
    phrases.iter().rev().fold(mask, |mask, (class, sequences)| {
        if mask & class == 0 {
            return mask;
        }
        sequences.iter().fold(mask, |mask, masks| mask | rarest(masks, common).0)
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
        let (key, need) = Need::new(&phrases, rules.iter(), &common);
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
            assert!(key & classes != 0 || !met, "{found:?}");
        }
    }
}
