//! Rules as they are written: `^ ~2 i ~3!if cannot ~~6 act $ unless enough`.

/// The most classes in a row.
pub(super) const MAX_STEPS: usize = 8;

/// The widest gap.
const MAX_GAP: u16 = 60;

/// A set of a language's classes, as bits.
pub(in crate::refusal) type Classes = u64;

/// The most classes and phrases of a language.
pub(super) const MAX_CLASSES: usize = Classes::BITS as usize;

/// What may lie between two classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::refusal) struct Gap {
    /// Units: words, or characters in a language without spaces.
    pub max: u16,
    /// Whether it may run over a comma and the like.
    pub crosses: bool,
    /// Classes of which none may lie in it.
    pub without: Classes,
}

/// One class, or one of several, and the gap before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::refusal) struct Step {
    pub gap: Gap,
    pub classes: Classes,
}

/// Classes in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::refusal) struct Sequence {
    /// How far from the beginning of the sentence the first class may stand.
    pub from_start: Option<Gap>,
    /// How far from the end the last one may stand.
    pub to_end: Option<Gap>,
    /// Classes that may not stand so near before the first one.
    pub before: Option<Gap>,
    /// Classes that may not stand so near after the last one.
    pub after: Option<Gap>,
    /// Classes that may stand nowhere in the sentence.
    pub unless: Classes,
    /// At least one, at most [`MAX_STEPS`]; the first one's gap means nothing.
    pub steps: Box<[Step]>,
}

impl Sequence {
    /// Whether there is something for each step, and nothing that may not be there.
    pub fn possible(&self, present: Classes) -> bool {
        present & self.unless == 0 && self.has_all(present)
    }

    /// Whether there is something for each step.
    pub fn has_all(&self, present: Classes) -> bool {
        self.steps.iter().all(|step| step.classes & present != 0)
    }
}

struct Draft {
    step: Step,
    optional: bool,
}

/// Reads a rule. `class` gives the bit of a class's name. A rule with optional classes is several sequences.
pub(in crate::refusal) fn parse(rule: &str, class: &dyn Fn(&str) -> Option<Classes>) -> Result<Vec<Sequence>, String> {
    let (body, unless) = match rule.split_once(" unless ") {
        Some((body, names)) => (body, classes(names.trim(), class)?),
        None => (rule, 0),
    };
    let mut tokens = body.split_whitespace().peekable();
    let mut sequence =
        Sequence { from_start: None, to_end: None, before: None, after: None, unless, steps: Box::default() };
    let anchored = tokens.next_if_eq(&"^").is_some();
    if anchored {
        sequence.from_start = Some(Gap::default());
    }
    let mut drafts: Vec<Draft> = Vec::new();
    let mut gap: Option<Gap> = None;
    while let Some(token) = tokens.next() {
        if token.starts_with('~') {
            if gap.replace(read_gap(token, class)?).is_some() {
                return Err("two gaps in a row".to_owned());
            }
        } else if token == "$" {
            if tokens.peek().is_some() {
                return Err("`$` is the end".to_owned());
            }
            if drafts.is_empty() {
                return Err("no class".to_owned());
            }
            sequence.to_end = Some(gap.take().unwrap_or_default());
        } else {
            let (names, optional) = match token.strip_suffix('?') {
                Some(names) => (names, true),
                None => (token, false),
            };
            let classes = classes(names, class)?;
            if drafts.is_empty() {
                // The gap before the first class belongs to the beginning, or says what may not stand before it.
                match (gap.take(), anchored) {
                    (Some(gap), true) => sequence.from_start = Some(gap),
                    (Some(gap), false) if gap.without != 0 => sequence.before = Some(gap),
                    (Some(_), false) => return Err("a gap at the beginning without `^` or `!` says nothing".to_owned()),
                    (None, _) => {}
                }
            }
            drafts.push(Draft { step: Step { gap: gap.take().unwrap_or_default(), classes }, optional });
        }
    }
    match gap {
        Some(gap) if gap.without != 0 => sequence.after = Some(gap),
        Some(_) => return Err("a gap at the end without `$` or `!` says nothing".to_owned()),
        None => {}
    }
    variants(sequence, &drafts)
}

fn variants(sequence: Sequence, drafts: &[Draft]) -> Result<Vec<Sequence>, String> {
    let Some((first, last)) = drafts.first().zip(drafts.last()) else { return Err("no class".to_owned()) };
    if first.optional || last.optional {
        return Err("the first and the last class cannot be optional".to_owned());
    }
    if drafts.len() > MAX_STEPS {
        return Err(format!("more than {MAX_STEPS} classes"));
    }
    let mut all: Vec<Vec<Step>> = vec![Vec::new()];
    for draft in drafts {
        let with = all.iter().map(|steps| steps.iter().copied().chain([draft.step]).collect());
        let mut next: Vec<Vec<Step>> = with.collect();
        if draft.optional {
            next.append(&mut all);
        }
        if next.len() > 16 {
            return Err("more than four optional classes".to_owned());
        }
        all = next;
    }
    Ok(all.into_iter().map(|steps| Sequence { steps: steps.into(), ..sequence.clone() }).collect())
}

/// `a|b` as bits.
fn classes(names: &str, class: &dyn Fn(&str) -> Option<Classes>) -> Result<Classes, String> {
    names.split('|').try_fold(0, |all, name| match class(name) {
        Some(bit) => Ok(all | bit),
        None => Err(format!("there is no class {name:?}")),
    })
}

/// `~6`, `~~6`, `~6!a|b`.
fn read_gap(token: &str, class: &dyn Fn(&str) -> Option<Classes>) -> Result<Gap, String> {
    let (size, without) = match token.split_once('!') {
        Some((size, names)) => (size, classes(names, class)?),
        None => (token, 0),
    };
    let crosses = size.starts_with("~~");
    let number = size.trim_start_matches('~');
    match number.parse() {
        Ok(max) if max <= MAX_GAP && size.len() - number.len() <= 2 => Ok(Gap { max, crosses, without }),
        _ => Err(format!("{token:?} is no gap: `~` or `~~` and a number up to {MAX_GAP}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rule: &str) -> Result<Vec<Sequence>, String> {
        parse(rule, &|name| ["i", "cannot", "act", "if", "enough"].iter().position(|n| *n == name).map(|at| 1 << at))
    }

    /// Scenario: a rule with everything in it.
    /// Guarantees: each part is where it belongs.
    #[test]
    fn parts() {
        let [rule] = &read("^ ~2 i ~3!if cannot|act ~~6 act ~1 $ unless enough").unwrap()[..] else { panic!() };
        assert_eq!(rule.from_start, Some(Gap { max: 2, ..Gap::default() }));
        assert_eq!(rule.to_end, Some(Gap { max: 1, ..Gap::default() }));
        assert_eq!(rule.unless, 16);
        assert_eq!(rule.steps.len(), 3);
        assert_eq!(rule.steps[1], Step { gap: Gap { max: 3, crosses: false, without: 8 }, classes: 6 });
        assert!(rule.steps[2].gap.crosses);
        let [rule] = &read("~3!if cannot act ~~2!enough").unwrap()[..] else { panic!() };
        assert_eq!(rule.before, Some(Gap { max: 3, crosses: false, without: 8 }));
        assert_eq!(rule.after, Some(Gap { max: 2, crosses: true, without: 16 }));
        assert_eq!(rule.steps[1].gap, Gap::default());
        assert_eq!(read("i if? cannot").unwrap().len(), 2);
    }

    /// Scenario: rules that cannot be read.
    /// Guarantees: an error that says why.
    #[test]
    fn mistakes() {
        for (rule, problem) in [
            ("", "no class"),
            ("^ ~2", "a gap at the end"),
            ("i nobody", "no class \"nobody\""),
            ("i unless nobody", "no class \"nobody\""),
            ("~3 i", "says nothing"),
            ("i ~3", "says nothing"),
            ("i ~2 ~3 act", "two gaps"),
            ("i ~x act", "is no gap"),
            ("i ~~~3 act", "is no gap"),
            ("i ~99 act", "is no gap"),
            ("i $ act", "is the end"),
            ("i? act", "optional"),
            ("i i i i i i i i i", "more than 8"),
        ] {
            let said = read(rule).unwrap_err();
            assert!(said.contains(problem), "{rule}: {said}");
        }
    }
}
