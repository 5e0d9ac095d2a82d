//! A text whose words are in two scripts: one language with names and jargon in the other's letters, or two languages.

use super::route::Part;
use super::{Alternatives, Certainty, Tag, Verdict};

/// Share of the weight from which a second script is more than a name or a quoted word.
pub(super) const ASIDE_SHARE: f32 = 0.15;

/// Share from which two scripts other than Latin make a text mixed, and the letters that the lesser has then.
const MIXED_SHARE: f32 = 0.25;
/// See [`MIXED_SHARE`].
const MIXED_LETTERS: u32 = 8;

/// Latin words in another script's text are mostly names of products and jargon: to be a language they have to be so
/// many, and known so surely.
const SPOKEN_WORDS: usize = 4;
/// See [`SPOKEN_WORDS`].
const SPOKEN_TRUST: f32 = 0.9;
/// The same where most of the text is in Latin letters.
const SPOKEN_TRUST_OF_MOST: f32 = 0.6;

/// The verdict on both parts; `of_part` tells the language of one.
pub(super) fn judge(first: Part<'_>, second: Part<'_>, mut of_part: impl FnMut(Part<'_>) -> Verdict) -> Verdict {
    let said = of_part(first);
    let share = second.share_beside(&first);
    let latin = |part: Part<'_>| part.script == "Latn";
    if !latin(first) && !latin(second) {
        let both = share >= MIXED_SHARE && second.letters.min(first.letters) >= MIXED_LETTERS;
        let other = if both { of_part(second) } else { said };
        return if both && other.language.is_language() { several(&said, &other, share) } else { said };
    }
    let beside = of_part(second);
    let ((latin_said, latin_part), (other_said, other_part)) =
        if latin(first) { ((&said, first), (&beside, second)) } else { ((&beside, second), (&said, first)) };
    let least = if latin(first) { SPOKEN_TRUST_OF_MOST } else { SPOKEN_TRUST };
    let spoken = latin_said.language.is_language()
        && latin_said.confidence >= least
        && latin_part.words.split(' ').count() >= SPOKEN_WORDS;
    // Two words, or what is two words where no blanks are written.
    let phrase = if other_part.is_dense() {
        other_part.letters >= 4
    } else {
        other_part.letters >= 6 && other_part.words.contains(' ')
    };
    match (spoken, phrase) {
        (true, true) => several(&said, &beside, share),
        (true, false) => *latin_said,
        (false, _) => *other_said,
    }
}

/// A text in two languages.
fn several(first: &Verdict, second: &Verdict, share: f32) -> Verdict {
    Verdict {
        language: Tag::MUL,
        confidence: 0.8,
        certainty: Certainty::Medium,
        alternatives: Alternatives::of(&[(first.language, 1.0 - share), (second.language, share)]),
        script: first.script,
    }
}
