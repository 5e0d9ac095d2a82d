//! What is believed about a language: a few candidates with their shares, and the rest.

use super::compare::is_part_of;
use super::{Tag, Verdict};

/// Candidates that are kept apart. A fifth one has less than a fifth in any case, and is hardly ever the language.
const KEPT: usize = 4;

/// Most candidates that are weighed at once; a further one goes to the rest.
const MAX_CANDIDATES: usize = 24;

/// Languages that could be said: the labels of a detector, in round numbers.
const LANGUAGES: f32 = 200.0;

/// A distribution over languages: the best candidates, best first, and what is left for all others together.
///
/// Small and without a heap, because one is kept for each session.
#[derive(Clone, Copy, PartialEq)]
pub struct Posterior {
    shares: [(Tag, f32); KEPT],
    len: u8,
}

impl Posterior {
    /// Nothing is known: no candidate, and all is left for the rest.
    pub const UNKNOWN: Posterior = Posterior { shares: [(Tag::UND, 0.0); KEPT], len: 0 };

    /// What a verdict says. Labels that are no language (`und`, `mul`, `zxx`, `other`) are no candidates: their share
    /// is left for the rest. An alternative cannot have more than the language that was chosen before it.
    pub fn of(verdict: &Verdict) -> Posterior {
        let chosen = (verdict.language, verdict.confidence);
        let most = if verdict.language.is_language() { chosen.1 } else { 1.0 };
        let others = verdict.alternatives.iter().map(|(tag, share)| (*tag, share.min(most)));
        Posterior::from_shares(std::iter::once(chosen).chain(others))
    }

    /// From candidates in any order. What is no language, no number or not above 0 is left out, as is a tag that was
    /// there before; shares that come to more than 1 are scaled down.
    pub fn from_shares(candidates: impl IntoIterator<Item = (Tag, f32)>) -> Posterior {
        let mut found = Posterior::UNKNOWN;
        for (tag, share) in candidates {
            if tag.is_language() && share > 0.0 && !found.candidates().iter().any(|(known, _)| *known == tag) {
                found.insert(tag, share.min(1.0));
            }
        }
        let sum: f32 = found.candidates().iter().map(|(_, share)| share).sum();
        if sum > 1.0 {
            found.shares.iter_mut().for_each(|(_, share)| *share /= sum);
        }
        found
    }

    /// Puts a candidate in its place; the last one goes when there is no room.
    fn insert(&mut self, tag: Tag, share: f32) {
        let mut candidate = (tag, share);
        let len = usize::from(self.len);
        for kept in self.shares.iter_mut().take(len) {
            if candidate.1 > kept.1 {
                std::mem::swap(kept, &mut candidate);
            }
        }
        if let Some(free) = self.shares.get_mut(len) {
            *free = candidate;
            self.len += 1;
        }
    }

    /// The candidates, best first, each with its share.
    pub fn candidates(&self) -> &[(Tag, f32)] {
        self.shares.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The best candidate.
    pub fn best(&self) -> Option<(Tag, f32)> {
        self.candidates().first().copied()
    }

    /// The share of all languages that are no candidate.
    pub fn rest(&self) -> f32 {
        (1.0 - self.candidates().iter().map(|(_, share)| share).sum::<f32>()).max(0.0)
    }

    /// The share of a candidate: its own, else that of the wider tag that it belongs to (`zh-Hans` to `zh`, `hr` to
    /// `sh`).
    fn named(&self, tag: Tag) -> Option<f32> {
        let find = |wanted: &dyn Fn(Tag) -> bool| self.candidates().iter().find(|(known, _)| wanted(*known));
        find(&|known| known == tag).or_else(|| find(&|known| is_part_of(tag, known))).map(|(_, share)| *share)
    }

    /// The share of each language that is no candidate.
    fn unnamed(&self) -> f32 {
        self.rest() / (LANGUAGES - f32::from(self.len))
    }

    /// What several views of the same language come to together, by Bayes' rule: for each candidate of any of them
    /// the product of its shares times `weight`, and for all other languages likewise. `weight` is asked with `None`
    /// for the latter.
    pub(super) fn product<'a>(
        views: impl Iterator<Item = &'a View> + Clone,
        weight: impl Fn(Option<Tag>) -> f32,
    ) -> Posterior {
        let mut candidates = [(Tag::UND, 0.0f32); MAX_CANDIDATES];
        let mut count = 0;
        for (tag, _) in views.clone().flat_map(|view| view.shares.candidates()) {
            let known = candidates.iter().take(count).any(|(known, _)| known == tag);
            if let (false, Some(free)) = (known, candidates.get_mut(count)) {
                free.0 = *tag;
                count += 1;
            }
        }
        let mut sum = 0.0;
        for (tag, share) in candidates.iter_mut().take(count) {
            *share = weight(Some(*tag)) * views.clone().map(|view| view.of(*tag)).product::<f32>();
            sum += *share;
        }
        let other = views.map(|view| view.relied_on(view.shares.unnamed())).product::<f32>();
        sum += weight(None) * other * (LANGUAGES - count as f32);
        if sum > 0.0 && sum.is_finite() {
            Posterior::from_shares(candidates.into_iter().take(count).map(|(tag, share)| (tag, share / sum)))
        } else {
            Posterior::UNKNOWN
        }
    }
}

/// One view of which language it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// What it says.
    pub shares: Posterior,
    /// How far it can be relied on, 0 to 1: the rest is spread over all languages alike.
    pub reliance: f32,
    /// Whether it excludes what it does not name, so far as others name it.
    pub closed: bool,
}

impl View {
    fn of(&self, tag: Tag) -> f32 {
        match self.shares.named(tag) {
            Some(share) => self.relied_on(share),
            None if self.closed => 0.0,
            None => self.relied_on(self.shares.unnamed()),
        }
    }

    fn relied_on(&self, share: f32) -> f32 {
        self.reliance * share + (1.0 - self.reliance) / LANGUAGES
    }
}

impl std::fmt::Debug for Posterior {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.candidates().iter().map(|(tag, share)| (tag, share))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Certainty;

    fn tag(text: &str) -> Tag {
        Tag::literal(text)
    }

    /// Scenario: candidates out of order, more than are kept, one twice, labels that are no language, no numbers.
    /// Guarantees: the best stay, in order, each once, and together with the rest they come to 1.
    #[test]
    fn best_first() {
        let shares = [
            ("es", 0.1),
            ("pt", 0.4),
            ("und", 0.9),
            ("gl", 0.2),
            ("pt", 0.3),
            ("ca", 0.05),
            ("it", 0.06),
            ("fr", f32::NAN),
            ("ro", -1.0),
        ];
        let found = Posterior::from_shares(shares.map(|(text, share)| (tag(text), share)));
        assert_eq!(found.candidates(), [("pt", 0.4), ("gl", 0.2), ("es", 0.1), ("it", 0.06)].map(|(t, s)| (tag(t), s)));
        assert!((found.rest() - 0.24).abs() < 1e-6);
        assert_eq!((Posterior::UNKNOWN.best(), Posterior::UNKNOWN.rest()), (None, 1.0));
    }

    /// Scenario: verdicts: a language with an alternative that claims more than it, `und` with guesses, `mul`.
    /// Guarantees: the chosen language stays first; guesses beside `und` are candidates; shares come to 1 at most.
    #[test]
    fn of_verdicts() {
        let verdict = |language: &str, confidence, others: &[(&str, f32)]| {
            let alternatives = others.iter().map(|(text, share)| (tag(text), *share)).collect();
            Verdict { language: tag(language), confidence, certainty: Certainty::Low, alternatives, script: "Latn" }
        };
        let close = Posterior::of(&verdict("da", 0.6, &[("no", 0.9)]));
        assert_eq!(close.best().unwrap().0, tag("da"));
        assert!(close.rest() < 1e-6, "{close:?}");
        let guess = Posterior::of(&verdict("und", 0.0, &[("gl", 0.3), ("pt", 0.2)]));
        assert_eq!(guess.best(), Some((tag("gl"), 0.3)));
        assert_eq!(Posterior::of(&verdict("mul", 0.8, &[])), Posterior::UNKNOWN);
    }
}
