//! The values of one label: cleaned, numbered, and bounded in number.

use dashmap::DashMap;
use parking_lot::RwLock;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Longest label value, in characters.
const MAX_CHARS: usize = 128;

/// A label value by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sym(u32);

impl Sym {
    /// The value `other`, in every set.
    pub const OTHER: Sym = Sym(0);
    /// The value `unknown`, in every set.
    pub const UNKNOWN: Sym = Sym(1);
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It has a number of its own.
    Admitted(Sym),
    /// There was no room: it is counted as `other`.
    Overflow,
}

/// The values of one label. A value keeps its number as long as the program runs.
pub struct LabelSet {
    numbers: DashMap<Arc<str>, Sym, ahash::RandomState>,
    names: RwLock<Vec<Arc<str>>>,
    full: AtomicBool,
    max: usize,
}

impl LabelSet {
    /// A set for `max` values beside `other` and `unknown`. Those in `fixed` are there from the start, also
    /// when they are more.
    pub fn new<'a>(max: usize, fixed: impl IntoIterator<Item = &'a str>) -> Self {
        let set = LabelSet {
            numbers: DashMap::with_hasher(ahash::RandomState::new()),
            names: RwLock::new(Vec::new()),
            full: AtomicBool::new(false),
            max: max.saturating_add(2),
        };
        for value in ["other", "unknown"].into_iter().chain(fixed) {
            set.insert(value, usize::MAX);
        }
        set
    }

    /// The number of `value`. Allocates only when the value is new or has to be cleaned.
    pub fn admit(&self, value: &str) -> Admission {
        if let Some(sym) = self.numbers.get(value) {
            return Admission::Admitted(*sym);
        }
        let clean = clean(value);
        if let Some(sym) = self.numbers.get(clean.as_ref()) {
            return Admission::Admitted(*sym);
        }
        if self.full.load(Ordering::Acquire) {
            return Admission::Overflow;
        }
        self.insert(&clean, self.max).map_or(Admission::Overflow, Admission::Admitted)
    }

    fn insert(&self, value: &str, max: usize) -> Option<Sym> {
        // The names' lock is the one that orders insertions; `numbers` follows under it.
        let mut names = self.names.write();
        if let Some(sym) = self.numbers.get(value) {
            return Some(*sym);
        }
        if names.len() >= max {
            self.full.store(true, Ordering::Release);
            return None;
        }
        let sym = Sym(u32::try_from(names.len()).ok()?);
        let name: Arc<str> = Arc::from(value);
        names.push(Arc::clone(&name));
        self.numbers.insert(name, sym);
        Some(sym)
    }

    /// The text of a number.
    pub fn name(&self, sym: Sym) -> Arc<str> {
        let names = self.names.read();
        usize::try_from(sym.0).ok().and_then(|at| names.get(at)).map_or_else(|| Arc::from("other"), Arc::clone)
    }
}

/// A value as it may stand in a label: not empty, not long, nothing that a terminal or a log would obey.
fn clean(value: &str) -> Cow<'_, str> {
    let bad = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    // Only as much of a hostile value is looked at as could be kept.
    let window = value.char_indices().nth(MAX_CHARS * 4).map_or(value, |(end, _)| &value[..end]);
    let trimmed = window.trim();
    let cleaned: Cow<'_, str> = if trimmed.chars().any(bad) {
        Cow::Owned(trimmed.chars().filter(|c| !bad(*c)).collect())
    } else {
        Cow::Borrowed(trimmed)
    };
    if cleaned.is_empty() {
        return Cow::Borrowed("unknown");
    }
    match cleaned.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => Cow::Owned(cleaned[..end].to_owned()),
        None => cleaned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: values that are empty, padded, long, or hold control and direction characters.
    /// Guarantees: each becomes a label value that can be shown.
    #[test]
    fn cleaning() {
        assert_eq!(clean("chat"), "chat");
        assert_eq!(clean(" \t\n"), "unknown");
        assert_eq!(clean(""), "unknown");
        assert_eq!(clean("\u{0}\u{202e}"), "unknown");
        assert_eq!(clean("a\nb\u{1b}[0m"), "ab[0m");
        assert_eq!(clean(&"é".repeat(5_000)).chars().count(), MAX_CHARS);
        assert_eq!(clean("客服"), "客服");
    }

    /// Scenario: more values than there is room for, then one of the first again.
    /// Guarantees: first come first served; the surplus overflows; those admitted keep their number and name.
    #[test]
    fn first_come_first_served() {
        let set = LabelSet::new(2, []);
        let first = set.admit("a");
        assert!(matches!(first, Admission::Admitted(_)));
        assert!(matches!(set.admit("b"), Admission::Admitted(_)));
        assert_eq!(set.admit("c"), Admission::Overflow);
        assert_eq!(set.admit("a"), first);
        assert_eq!(set.admit("\ta "), first);
        assert_eq!(set.admit("other"), Admission::Admitted(Sym::OTHER));
        assert_eq!(set.admit(""), Admission::Admitted(Sym::UNKNOWN));
        let Admission::Admitted(sym) = first else { panic!() };
        assert_eq!(&*set.name(sym), "a");
    }

    /// Scenario: more fixed values than the cap, as with a long list of served languages.
    /// Guarantees: all of them are there, and nothing else gets in.
    #[test]
    fn fixed_values_are_always_there() {
        let set = LabelSet::new(1, ["ro", "sw", "ta"]);
        for value in ["ro", "sw", "ta"] {
            assert!(matches!(set.admit(value), Admission::Admitted(_)));
        }
        assert_eq!(set.admit("en"), Admission::Overflow);
    }

    /// Scenario: several threads bring the same hundred new values to a set for fifty.
    /// Guarantees: exactly fifty get in, each under one number.
    #[test]
    fn bounded_under_threads() {
        let set = LabelSet::new(50, []);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|i| _ = set.admit(&format!("value-{i}"))));
            }
        });
        let admitted = (0..100).filter(|i| matches!(set.admit(&format!("value-{i}")), Admission::Admitted(_)));
        assert_eq!(admitted.count(), 50);
        assert_eq!(set.names.read().len(), 52);
    }
}
