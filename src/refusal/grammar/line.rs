//! A sentence as the automaton reads it: words with single blanks, and where each byte of them stands.

use crate::text::script;

/// The most characters that a place can count.
pub(in crate::refusal) const MAX_CHARACTERS: usize = 1000;

/// Where a byte stands: in which word, at which character, in which clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::refusal) struct Place {
    pub word: u16,
    pub character: u16,
    pub clause: u16,
}

/// One sentence.
///
/// Its text begins with a blank and has one blank before every word, so that a lexeme with a blank in front is found at
/// the beginning of words alone. Marks are gone: commas and the like live on as clauses. An apostrophe inside a word
/// stays and a blank follows it (`l' aide`, `can' t`), so that words after an elided article are found; the word is
/// counted as one.
#[derive(Debug, Default)]
pub(in crate::refusal) struct Line {
    pub text: String,
    places: Vec<Place>,
    last: Place,
}

impl Line {
    /// Reads a folded text (`text::fold`) in place of what was there.
    pub fn read(&mut self, folded: &str) {
        self.text.clear();
        self.places.clear();
        let mut place = Place::default();
        self.push(' ', place);
        let mut inside = false;
        // The letter before a single blank.
        let mut before = None;
        let mut chars = folded.chars().peekable();
        while let Some(c) = chars.next() {
            if usize::from(place.character) >= MAX_CHARACTERS {
                break;
            }
            if is_word(c) {
                if !inside && self.text.len() > 1 {
                    place.clause += u16::from(is_phrasal(c) && before.is_some_and(is_phrasal));
                    place.word += 1;
                    self.push(' ', place);
                }
                inside = true;
                before = Some(c);
                self.push(c, place);
                place.character += 1;
                continue;
            }
            let next = chars.peek().copied();
            if c == '\'' && inside && next.is_some_and(is_word) {
                self.push('\'', place);
                self.push(' ', place);
                continue;
            }
            // A hyphen inside a word parts words, but no clauses.
            let hyphen = c == '-' && inside && next.is_some_and(is_word);
            if is_clause_mark(c) && !hyphen && self.text.len() > 1 && next.is_some() {
                place.clause += 1;
            }
            inside = false;
            before = before.filter(|_| c == ' ');
        }
        self.last = place;
    }

    fn push(&mut self, c: char, place: Place) {
        self.text.push(c);
        self.places.extend(std::iter::repeat_n(place, c.len_utf8()));
    }

    /// Where a byte stands; the end of the line for one beyond it.
    pub fn place(&self, at: usize) -> Place {
        self.places.get(at).copied().unwrap_or(self.last)
    }

    /// Words, or characters, of the whole line.
    pub fn units(&self, spaced: bool) -> u16 {
        if spaced { self.last.word + 1 } else { self.last.character }
    }
}

/// A lexeme in the form of a line, without the blank before it.
pub(in crate::refusal) fn spell(folded: &str) -> String {
    let mut line = Line::default();
    line.read(folded);
    let mut text = line.text.trim_start().to_owned();
    // An elided word is a lexeme too: `l'` of `l'aide`.
    if folded.ends_with('\'') && text.ends_with(is_word) {
        text.push('\'');
    }
    text
}

fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { script::is_word(c) || c.is_numeric() }
}

/// Letters of scripts without sentence marks, where a blank between two of them parts clauses: Thai, Lao, Khmer.
fn is_phrasal(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}')
}

/// Marks that part clauses in folded text, where wide forms have become ASCII.
fn is_clause_mark(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '(' | ')' | '-' | '、' | '،' | '؛' | '፣' | '፤' | '፥' | '၊' | '·' | '•')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(folded: &str) -> Line {
        let mut line = Line::default();
        line.read(folded);
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
            assert_eq!(line(folded).text, text);
        }
        assert_eq!(
            (spell("l'"), spell("can't"), spell(" real-time ")),
            ("l'".into(), "can' t".into(), "real time".into())
        );
    }

    /// Scenario: the places of words in a sentence of two clauses, of an elided word, of Thai with a blank.
    /// Guarantees: words, characters and clauses are counted as the README says.
    #[test]
    fn places() {
        let english = line("no, l'aide real-time");
        let at = |line: &Line, word: &str| line.place(line.text.find(word).unwrap());
        assert_eq!(at(&english, "no"), Place { word: 0, character: 0, clause: 0 });
        assert_eq!(at(&english, "aide"), Place { word: 1, character: 3, clause: 1 });
        assert_eq!(at(&english, "time"), Place { word: 3, character: 11, clause: 1 });
        assert_eq!(english.units(true), 4);
        assert_eq!(english.place(999).clause, 1);
        assert_eq!(line("ขออภัย ฉัน").place(999).clause, 1);
        assert_eq!(line("ข้อมูล ai ได้").place(999).clause, 0);
        assert_eq!(line("抱歉,我").units(false), 3);
    }
}
