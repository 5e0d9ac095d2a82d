//! A sentence as the lexicon reads it: words with single blanks, and where each letter of them stands.

use crate::text::folded::Folded;

/// The most characters that a place can count.
pub(in crate::refusal) const MAX_CHARACTERS: usize = 1000;

/// What parts words.
pub(super) const BLANK: u16 = b' ' as u16;

const APOSTROPHE: u16 = b'\'' as u16;

/// Letters beyond the basic plane are all one to us: no language that we know the words of is written with them.
const BEYOND: u16 = 0xfffd;

/// Where a letter stands: in which word, at which character, in which clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::refusal) struct Place {
    pub word: u16,
    pub character: u16,
    pub clause: u16,
}

/// One sentence.
///
/// Its letters begin with a blank and have one blank before every word. Marks are gone: commas and the like live on as
/// clauses. An apostrophe inside a word stays and a blank follows it (`l' aide`, `can' t`), so that words after an
/// elided article are found; the word is counted as one.
#[derive(Debug, Default)]
pub(in crate::refusal) struct Line {
    letters: Vec<u16>,
    places: Vec<Place>,
    last: Place,
}

impl Line {
    /// Reads a folded text in place of what was there.
    pub fn read(&mut self, folded: &[Folded]) {
        self.letters.clear();
        self.places.clear();
        let text = folded.get(..MAX_CHARACTERS).unwrap_or(folded);
        // Each character and a blank before it, at most.
        self.letters.reserve(2 * text.len() + 1);
        self.places.reserve(2 * text.len() + 1);
        let mut place = Place::default();
        self.push(BLANK, place);
        let mut inside = false;
        // The letter before a single blank.
        let mut before = None;
        for (at, &sign) in text.iter().enumerate() {
            if sign.is_word() {
                let letter = letter(sign);
                if !inside && self.letters.len() > 1 {
                    place.clause += u16::from(is_phrasal(letter) && before.is_some_and(is_phrasal));
                    place.word += 1;
                    self.push(BLANK, place);
                }
                inside = true;
                before = Some(letter);
                self.push(letter, place);
                place.character += 1;
                continue;
            }
            if sign.code() == u32::from(BLANK) {
                inside = false;
                continue;
            }
            let next = text.get(at + 1);
            let c = sign.character();
            let before_word = inside && next.is_some_and(|next| next.is_word());
            if c == '\'' && before_word {
                self.push(APOSTROPHE, place);
                self.push(BLANK, place);
                continue;
            }
            // A hyphen inside a word parts words, but no clauses.
            let hyphen = c == '-' && before_word;
            if is_clause_mark(c) && !hyphen && self.letters.len() > 1 && next.is_some() {
                place.clause += 1;
            }
            inside = false;
            before = None;
        }
        self.last = place;
    }

    fn push(&mut self, letter: u16, place: Place) {
        self.letters.push(letter);
        self.places.push(place);
    }

    /// Letters, apostrophes and blanks.
    pub fn letters(&self) -> &[u16] {
        &self.letters
    }

    /// Letters `from..to` as text.
    #[cfg(test)]
    pub fn text(&self, range: std::ops::Range<usize>) -> String {
        let end = range.end.min(self.letters.len());
        String::from_utf16_lossy(self.letters.get(range.start..end).unwrap_or_default())
    }

    /// Where a letter stands; the end of the line for one beyond it.
    pub fn place(&self, at: usize) -> Place {
        self.places.get(at).copied().unwrap_or(self.last)
    }

    /// Words, or characters, of the whole line.
    pub fn units(&self, spaced: bool) -> u16 {
        if spaced { self.last.word + 1 } else { self.last.character }
    }
}

/// A lexeme in the form of a line, without the blank before it; `None` when it has letters that no line has.
pub(super) fn spell(folded: &[Folded], line: &mut Line) -> Option<Box<[u16]>> {
    line.read(folded);
    let mut letters: Vec<u16> = line.letters.iter().copied().skip(1).collect();
    // An elided word is a lexeme too: `l'` of `l'aide`.
    if folded.last().is_some_and(|sign| sign.code() == u32::from(APOSTROPHE)) && !letters.is_empty() {
        letters.push(APOSTROPHE);
    }
    (!letters.contains(&BEYOND)).then_some(letters.into())
}

fn letter(sign: Folded) -> u16 {
    u16::try_from(sign.code()).unwrap_or(BEYOND)
}

/// Letters of scripts without sentence marks, where a blank between two of them parts clauses: Thai, Lao, Khmer.
fn is_phrasal(letter: u16) -> bool {
    matches!(letter, 0xe00..=0xeff | 0x1780..=0x17ff)
}

/// Marks that part clauses in folded text, where wide forms have become ASCII.
fn is_clause_mark(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '(' | ')' | '-' | '、' | '،' | '؛' | '፣' | '፤' | '፥' | '၊' | '·' | '•')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::folded::fold_into;

    fn line(text: &str) -> Line {
        let (mut line, mut folded) = (Line::default(), Vec::new());
        fold_into(text, usize::MAX, &mut folded);
        line.read(&folded);
        line
    }

    /// Scenario: marks, apostrophes, hyphens, numbers, marks at the ends.
    /// Guarantees: single blanks, one before every word, none after the last.
    #[test]
    fn words() {
        for (folded, text) in [
            ("sorry, i can't!", " sorry i can' t"),
            ("l'aide d'un 'ami'", " l' aide d' un ami"),
            ("- real-time (3.5) ", " real time 3 5"),
            ("抱歉,我无法", " 抱歉 我无法"),
            ("", " "),
            ("?!", " "),
        ] {
            assert_eq!(line(folded).text(0..usize::MAX), text);
        }
    }

    /// Scenario: lexemes with apostrophes and hyphens, one elided, one of a script beyond the basic plane.
    /// Guarantees: they are spelled as a line would have them.
    #[test]
    fn lexemes() {
        let spelled = |text: &str| {
            let mut folded = Vec::new();
            fold_into(text, usize::MAX, &mut folded);
            spell(&folded, &mut Line::default()).map(|letters| String::from_utf16_lossy(&letters))
        };
        for (lexeme, letters) in [("l'", "l'"), ("can't", "can' t"), (" Real-time ", "real time"), ("'", "")] {
            assert_eq!(spelled(lexeme).as_deref(), Some(letters));
        }
        assert_eq!(spelled("𞤢"), None);
    }

    /// Scenario: the places of words in a sentence of two clauses, of an elided word, of Thai with a blank.
    /// Guarantees: words, characters and clauses are counted as the README says.
    #[test]
    fn places() {
        let english = line("no, l'aide real-time");
        let all = english.text(0..english.letters.len());
        let at = |word: &str| english.place(all.find(word).unwrap());
        assert_eq!(at("no"), Place { word: 0, character: 0, clause: 0 });
        assert_eq!(at("aide"), Place { word: 1, character: 3, clause: 1 });
        assert_eq!(at("time"), Place { word: 3, character: 11, clause: 1 });
        assert_eq!(english.units(true), 4);
        assert_eq!(english.place(999).clause, 1);
        assert_eq!(line("ขออภัย ฉัน").place(999).clause, 1);
        assert_eq!(line("ข้อมูล ai ได้").place(999).clause, 0);
        assert_eq!(line("抱歉,我").units(false), 3);
    }
}
