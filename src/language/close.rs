//! The decision among languages of one script: trigrams propose, words and letters confirm, amend or veto.

use super::alphabet::{self, Group};
use super::vote::Vote;

/// What tips the scales. Tuned on labelled short texts; the results are in the documentation of `whatlang`.
mod weight {
    /// A letter that few languages have.
    pub const SIGNATURE: f32 = 0.6;
    /// Being the proposal, and its confidence.
    pub const PROPOSED: f32 = 0.25;
    pub const PROPOSED_CONFIDENCE: f32 = 0.8;
    /// By how much the first has to lead the second.
    pub const LEAD: f32 = 0.35;
    /// Evidence that is enough: share of known words, plus these.
    pub const ENOUGH: f32 = 0.36;
    pub const SIGNATURE_EVIDENCE: f32 = 0.2;
    pub const CONFIDENCE_EVIDENCE: f32 = 0.35;
    /// From this many words on, so large a share of them has to be known.
    pub const LONG: f32 = 8.0;
    pub const LONG_SHARE: f32 = 0.2;
    pub const LONG_SHARE_INFLECTED: f32 = 0.08;
    /// Known words that overrule the proposal.
    pub const OVERRULE_HITS: f32 = 1.5;
    /// Evidence and lead of a sure verdict.
    pub const SURE_EVIDENCE: f32 = 0.6;
    pub const SURE_LEAD: f32 = 0.8;
}

/// Languages with few short words: they inflect, or write words together.
const INFLECTED: &[&str] =
    &["fi", "hu", "tr", "et", "lt", "lv", "zu", "sn", "az", "uz", "tk", "pl", "cs", "sk", "la", "jv", "id"];

/// Pairs that short texts do not tell apart: rather one of them with low certainty than nothing.
const PAIRS: &[(&str, &str)] = &[("da", "no"), ("cs", "sk"), ("sh", "sl"), ("af", "nl"), ("bg", "mk"), ("ru", "uk")];

/// A proposal of the trigram profiles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proposal {
    pub tag: &'static str,
    pub confidence: f32,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Decision {
    pub tag: &'static str,
    /// 0 to 1; from 0.9 sure, below 0.5 a guess.
    pub confidence: f32,
    /// The language that came second, if any.
    pub second: Option<&'static str>,
}

/// Decides for one of the group's languages, or for none.
pub(super) fn decide(text: &str, letters: usize, group: &Group, proposal: Option<Proposal>) -> Option<Decision> {
    let vote = Vote::of(text);
    let tolerated = letters / 60;
    let beyond_ascii = alphabet::Letters::of(text);
    let mut ranked: [Option<Candidate>; 2] = [None, None];
    for &(tag, alphabet, signature) in group.languages {
        // A letter that the language does not have excludes it, but for the odd name in a longer text.
        let plain = alphabet.is_empty() && !matches!(tag, "zu" | "sn");
        if !plain && beyond_ascii.foreign_to(alphabet) > tolerated {
            continue;
        }
        let share = vote.share(tag);
        let signed = !signature.is_empty() && text.contains(|c| signature.contains(c));
        let confidence = proposal.filter(|p| p.tag == tag).map(|p| p.confidence.clamp(0.0, 1.0));
        let score = share.score
            + if signed { weight::SIGNATURE } else { 0.0 }
            + confidence.map_or(0.0, |c| weight::PROPOSED + weight::PROPOSED_CONFIDENCE * c);
        let candidate = Candidate { tag, score, hits: share.hits, signed, confidence };
        if ranked[0].is_none_or(|first| score > first.score) {
            ranked = [Some(candidate), ranked[0]];
        } else if ranked[1].is_none_or(|second| score > second.score) {
            ranked[1] = Some(candidate);
        }
    }
    let [Some(first), second] = ranked else { return None };
    if first.score <= 0.0 || vote.veto() > first.score || !plausible(first.tag, text, letters) {
        return None;
    }
    let lead = first.score - second.map_or(0.0, |second| second.score);
    let share = first.hits / vote.words.max(1.0);
    let long =
        if !group.wordy || INFLECTED.contains(&first.tag) { weight::LONG_SHARE_INFLECTED } else { weight::LONG_SHARE };
    let unfamiliar = vote.words >= weight::LONG && share < long;
    let overruled = first.confidence.is_none() && first.hits < weight::OVERRULE_HITS;
    let evidence = share
        + group.prior
        + if first.signed { weight::SIGNATURE_EVIDENCE } else { 0.0 }
        + first.confidence.map_or(0.0, |c| weight::CONFIDENCE_EVIDENCE * c);
    if unfamiliar || evidence < weight::ENOUGH {
        return None;
    }
    let second = second.filter(|second| second.score > 0.0).map(|second| second.tag);
    if lead < weight::LEAD || overruled {
        let close = second.is_some_and(|second| {
            PAIRS.iter().any(|&(a, b)| (a, b) == (first.tag, second) || (b, a) == (first.tag, second))
        });
        return close.then_some(Decision { tag: first.tag, confidence: 0.4, second });
    }
    let sure = evidence >= weight::SURE_EVIDENCE && lead >= weight::SURE_LEAD && first.confidence.is_some();
    let above = ((evidence - weight::ENOUGH) / (1.0 - weight::ENOUGH)).clamp(0.0, 1.0);
    let confidence = if sure { 0.9 + 0.09 * above } else { 0.5 + 0.39 * above };
    Some(Decision { tag: first.tag, confidence, second })
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    tag: &'static str,
    score: f32,
    hits: f32,
    signed: bool,
    /// Of the trigram profiles, when they propose it.
    confidence: Option<f32>,
}

/// What a language cannot do without. Yoruba and Igbo share the dotted vowels of Vietnamese, but not its other letters.
fn plausible(tag: &str, text: &str, letters: usize) -> bool {
    const VIETNAMESE: &str = "ơưđạảấầẩẫậắằẳẵặẻẽếềểễệỉĩỏốồổỗộớờởỡợủũứừửữựăâêô";
    tag != "vi" || letters < 12 || text.chars().filter(|&c| VIETNAMESE.contains(c)).count() * 20 >= letters
}
