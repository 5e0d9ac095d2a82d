//! A sentence as the lexicon reads it: words with single blanks, and where each letter of them stands.

use super::alphabet::Alphabet;
use crate::text::folded::Folded;

/// Letters of a line, a power of two.
const LETTERS: usize = 1 << 11;

/// The most characters of a line: each and a blank before it, and the first blank.
const MAX_CHARACTERS: usize = LETTERS / 2 - 1;

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

/// A word, or what follows the apostrophe in one, from the blank before it.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// The blank.
    start: u16,
    place: Place,
}

/// One sentence.
///
/// Its letters begin with a blank and have one blank before every word. Marks are gone: commas and the like live on as
/// clauses. An apostrophe inside a word stays and a blank follows it (`l' aide`, `can' t`), so that words after an
/// elided article are found; the word is counted as one. The letters are an [`Alphabet`]'s numbers.
#[derive(Debug)]
pub(in crate::refusal) struct Line {
    letters: Box<[u16; LETTERS]>,
    length: usize,
    pieces: Vec<Piece>,
    last: Place,
}

impl Default for Line {
    fn default() -> Line {
        Line { letters: Box::new([0; LETTERS]), length: 0, pieces: Vec::new(), last: Place::default() }
    }
}

impl Line {
    /// Reads a folded text in place of what was there.
    pub fn read(&mut self, folded: &[Folded], alphabet: &Alphabet) {
        self.length = 0;
        self.pieces.clear();
        let mut place = Place::default();
        // The last letter before a single blank.
        let mut before = None;
        let mut rest = folded.get(..MAX_CHARACTERS).unwrap_or(folded);
        while let Some((&sign, after)) = rest.split_first() {
            if sign.is_word() {
                if !self.pieces.is_empty() {
                    place.clause += u16::from(before.is_some_and(is_phrasal) && is_phrasal(sign));
                    place.word += 1;
                }
                let word = rest;
                rest = self.word(rest, &mut place, alphabet);
                // What stands right after the word.
                let Some((&mark, after)) = rest.split_first() else { break };
                if mark.code() == u32::from(BLANK) {
                    before = word.get(word.len() - rest.len() - 1).copied();
                } else {
                    // A hyphen inside a word parts words, but no clauses.
                    let hyphen = mark.code() == u32::from(b'-') && begins_word(after);
                    place.clause += u16::from(is_clause_mark(mark.character()) && !hyphen && !after.is_empty());
                    before = None;
                }
                rest = after;
            } else {
                if sign.code() != u32::from(BLANK) {
                    let parts = is_clause_mark(sign.character()) && !self.pieces.is_empty() && !after.is_empty();
                    place.clause += u16::from(parts);
                    before = None;
                }
                rest = after;
            }
        }
        if self.pieces.is_empty() {
            self.push(BLANK, alphabet);
        }
        self.last = place;
    }

    /// Adds a word, and what follows it behind apostrophes; what is left.
    fn word<'t>(&mut self, mut rest: &'t [Folded], place: &mut Place, alphabet: &Alphabet) -> &'t [Folded] {
        loop {
            self.pieces.push(Piece { start: self.length as u16, place: *place });
            self.push(BLANK, alphabet);
            let room = self.letters.get_mut(self.length..).unwrap_or_default();
            let mut length = 0;
            for (place, sign) in room.iter_mut().zip(rest) {
                if !sign.is_word() {
                    break;
                }
                *place = alphabet.number(letter(*sign));
                length += 1;
            }
            self.length += length;
            place.character += length as u16;
            rest = rest.get(length..).unwrap_or_default();
            match rest.split_first() {
                Some((mark, after)) if mark.code() == u32::from(APOSTROPHE) && begins_word(after) => {
                    self.push(APOSTROPHE, alphabet);
                    rest = after;
                }
                _ => return rest,
            }
        }
    }

    fn push(&mut self, letter: u16, alphabet: &Alphabet) {
        // There is room: see MAX_CHARACTERS.
        self.letters[self.length % LETTERS] = alphabet.number(letter);
        self.length += 1;
    }

    /// Where words begin, and what follows an apostrophe in one.
    pub fn starts(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().map(|piece| usize::from(piece.start) + 1)
    }

    /// Behind the last letter of each.
    pub fn ends(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().skip(1).map(|piece| piece.start.into()).chain([self.length])
    }

    /// Letters, apostrophes and blanks, as numbers.
    pub fn letters(&self) -> &[u16] {
        self.letters.get(..self.length).unwrap_or_default()
    }

    /// Letters `from..to` as text; `_` for those that the alphabet has not.
    #[cfg(test)]
    pub fn text(&self, range: std::ops::Range<usize>, alphabet: &Alphabet) -> String {
        let end = range.end.min(self.length);
        let letters = self.letters().get(range.start..end).unwrap_or_default();
        let letters: Vec<u16> = letters.iter().map(|&number| alphabet.letter(number)).collect();
        String::from_utf16_lossy(&letters)
    }

    /// The piece in which a letter stands, looked for from a piece near it.
    #[inline]
    pub fn piece(&self, at: usize, near: usize) -> usize {
        let starts_by = |piece: usize| self.pieces.get(piece).is_some_and(|piece| usize::from(piece.start) <= at);
        let mut piece = if starts_by(near) { near } else { 0 };
        while starts_by(piece + 1) {
            piece += 1;
        }
        piece
    }

    /// Where a letter of a piece stands; the end of the line for one beyond it.
    #[inline]
    pub fn place(&self, at: usize, piece: usize) -> Place {
        match self.pieces.get(piece) {
            // The blank stands where the letter after it does.
            Some(&Piece { start, place }) if at < self.length => {
                Place { character: place.character + (at - usize::from(start)).saturating_sub(1) as u16, ..place }
            }
            _ => self.last,
        }
    }

    /// Behind the last letter.
    pub const fn last(&self) -> Place {
        self.last
    }

    /// Words, or characters, of the whole line.
    pub fn units(&self, spaced: bool) -> u16 {
        if spaced { self.last.word + 1 } else { self.last.character }
    }
}

/// A lexeme in the form of a line, without the blank before it; `None` when it has letters that no line has. In the
/// alphabet every letter is its own number.
pub(super) fn spell(folded: &[Folded], line: &mut Line, alphabet: &Alphabet) -> Option<Box<[u16]>> {
    line.read(folded, alphabet);
    let mut letters: Vec<u16> = line.letters().iter().copied().skip(1).collect();
    // An elided word is a lexeme too: `l'` of `l'aide`.
    if folded.last().is_some_and(|sign| sign.code() == u32::from(APOSTROPHE)) && !letters.is_empty() {
        letters.push(APOSTROPHE);
    }
    (!letters.contains(&BEYOND)).then_some(letters.into())
}

fn begins_word(text: &[Folded]) -> bool {
    text.first().is_some_and(|sign| sign.is_word())
}

fn letter(sign: Folded) -> u16 {
    u16::try_from(sign.code()).unwrap_or(BEYOND)
}

/// Letters of scripts without sentence marks, where a blank between two of them parts clauses: Thai, Lao, Khmer.
const fn is_phrasal(letter: Folded) -> bool {
    matches!(letter.code(), 0xe00..=0xeff | 0x1780..=0x17ff)
}

/// Marks that part clauses in folded text, where wide forms have become ASCII.
fn is_clause_mark(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '(' | ')' | '-' | '、' | '،' | '؛' | '፣' | '፤' | '፥' | '၊' | '·' | '•')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::folded::fold_into;

    fn folded(text: &str) -> Vec<Folded> {
        let mut folded = Vec::new();
        fold_into(text, usize::MAX, &mut folded);
        folded
    }

    fn line(text: &str) -> Line {
        let mut line = Line::default();
        line.read(&folded(text), &Alphabet::of_all());
        line
    }

    fn text(line: &Line) -> String {
        line.text(0..usize::MAX, &Alphabet::of_all())
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
            assert_eq!(super::tests::text(&line(folded)), text);
        }
    }

    /// Scenario: lexemes with apostrophes and hyphens, one elided, one of a script beyond the basic plane.
    /// Guarantees: they are spelled as a line would have them.
    #[test]
    fn lexemes() {
        let spelled = |text: &str| {
            let letters = spell(&folded(text), &mut Line::default(), &Alphabet::of_all());
            letters.map(|letters| String::from_utf16_lossy(&letters))
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
        let all = text(&english);
        let place = |line: &Line, at| line.place(at, line.piece(at, 2));
        let at = |word: &str| place(&english, all.find(word).unwrap());
        assert_eq!(at("no"), Place { word: 0, character: 0, clause: 0 });
        assert_eq!(at("aide"), Place { word: 1, character: 3, clause: 1 });
        assert_eq!(at("time"), Place { word: 3, character: 11, clause: 1 });
        assert_eq!(english.units(true), 4);
        assert_eq!(place(&english, 999).clause, 1);
        assert_eq!(place(&line("ขออภัย ฉัน"), 999).clause, 1);
        assert_eq!(place(&line("ข้อมูล ai ได้"), 999).clause, 0);
        assert_eq!(line("抱歉,我").units(false), 3);
    }
}
