//! The words of a class: `(can't|cannot)`, `(really )?want`, `help*`, `*amam`.

use super::alphabet::Alphabet;
use super::line::{Line, spell};
use crate::text::folded::{Folded, fold_into};

/// The most words that one entry of a class may stand for.
const MAX_SPELLINGS: usize = 256;

/// One word or short phrase to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::refusal) struct Lexeme {
    /// In the form of a line.
    pub letters: Box<[u16]>,
    /// Whether it may stand inside a word.
    pub open_start: bool,
    /// Whether the word may go on after it.
    pub open_end: bool,
    /// Marked with `!`: hits of its class inside it do not count.
    pub excluded: bool,
}

/// Buffers for spelling entries.
#[derive(Debug)]
pub(in crate::refusal) struct Speller {
    line: Line,
    folded: Vec<Folded>,
    alphabet: Alphabet,
}

impl Default for Speller {
    fn default() -> Speller {
        Speller { line: Line::default(), folded: Vec::new(), alphabet: Alphabet::of_all() }
    }
}

/// All spellings of an entry, or what is wrong with it.
pub(in crate::refusal) fn spellings(entry: &str, spaced: bool, speller: &mut Speller) -> Result<Vec<Lexeme>, String> {
    let Speller { line, folded, alphabet } = speller;
    let (excluded, pattern) = match entry.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, entry),
    };
    let (open_start, pattern) = match pattern.strip_prefix('*') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let (open_end, pattern) = match pattern.strip_suffix('*') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    if !spaced && (open_start || open_end) {
        return Err("in a language without spaces all words are open; no `*`".to_owned());
    }
    fold_into(pattern, usize::MAX, folded);
    let pattern: String = folded.iter().map(|sign| sign.character()).collect();
    let mut reader = Reader { rest: &pattern };
    let texts = reader.sequence()?;
    if !reader.rest.is_empty() {
        return Err(format!("unexpected {:?}", reader.rest));
    }
    let mut found: Vec<Lexeme> = Vec::with_capacity(texts.len());
    for text in texts {
        fold_into(&text, usize::MAX, folded);
        let letters = spell(folded, line, alphabet).ok_or("letters beyond the basic plane of Unicode")?;
        if letters.is_empty() {
            return Err("one of its spellings has no letters".to_owned());
        }
        found.push(Lexeme { letters, open_start: open_start || !spaced, open_end: open_end || !spaced, excluded });
    }
    found.sort_unstable_by(|a, b| a.letters.cmp(&b.letters));
    found.dedup();
    Ok(found)
}

/// What does not stand for itself, or has no place in an entry.
const MARKS: [char; 12] = ['(', ')', '|', '*', '?', '!', '~', '^', '$', '[', ']', '.'];

/// Reads an entry in folded spelling.
struct Reader<'p> {
    rest: &'p str,
}

impl<'p> Reader<'p> {
    /// Pieces one after the other, up to `|`, `)` or the end.
    fn sequence(&mut self) -> Result<Vec<String>, String> {
        let mut all = vec![String::new()];
        while let Some(c) = self.rest.chars().next() {
            match c {
                '|' | ')' => break,
                '*' | '?' | '!' | '~' | '^' | '$' | '[' | ']' | '.' => return Err(format!("misplaced {c:?}")),
                _ => {}
            }
            let run = self.run();
            if !run.is_empty() {
                all.iter_mut().for_each(|text| text.push_str(run));
                continue;
            }
            let mut choices = if c == '(' {
                self.group()?
            } else {
                self.rest = &self.rest[c.len_utf8()..];
                vec![c.to_string()]
            };
            if let Some(rest) = self.rest.strip_prefix('?') {
                self.rest = rest;
                choices.push(String::new());
            }
            if all.len() * choices.len() > MAX_SPELLINGS {
                return Err(format!("more than {MAX_SPELLINGS} spellings"));
            }
            all = all.iter().flat_map(|head| choices.iter().map(move |tail| [&head[..], tail].concat())).collect();
        }
        Ok(all)
    }

    /// Reads letters that stand for themselves.
    fn run(&mut self) -> &'p str {
        let mut end = self.rest.find(MARKS).unwrap_or(self.rest.len());
        if self.rest[end..].starts_with('?') {
            // The last letter may be missing.
            end = self.rest[..end].char_indices().next_back().map_or(0, |(at, _)| at);
        }
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    fn group(&mut self) -> Result<Vec<String>, String> {
        self.rest = self.rest.strip_prefix('(').unwrap_or(self.rest);
        let mut choices = Vec::new();
        loop {
            choices.extend(self.sequence()?);
            if let Some(rest) = self.rest.strip_prefix('|') {
                self.rest = rest;
            } else if let Some(rest) = self.rest.strip_prefix(')') {
                self.rest = rest;
                return Ok(choices);
            } else {
                return Err("a `(` without its `)`".to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(entry: &str) -> Vec<String> {
        let lexemes = spellings(entry, true, &mut Speller::default()).unwrap().into_iter();
        lexemes.map(|lexeme| String::from_utf16(&lexeme.letters).unwrap()).collect()
    }

    /// Scenario: alternatives, optional parts, nesting, open edges, apostrophes and hyphens.
    /// Guarantees: every spelling once, in the form of a line.
    #[test]
    fn every_spelling() {
        assert_eq!(
            texts("(can't|cannot)( really)? help"),
            ["can' t help", "can' t really help", "cannot help", "cannot really help"]
        );
        assert_eq!(texts("a(b(c|d)|e)"), ["abc", "abd", "ae"]);
        assert_eq!(texts("polic(y|ies) rules?"), ["policies rule", "policies rules", "policy rule", "policy rules"]);
        assert_eq!(texts("*amam"), ["amam"]);
        assert_eq!(texts("(Real-time|real time)"), ["real time"]);
        assert_eq!(texts("l'"), ["l'"]);
        let stem = spellings("!help*", true, &mut Speller::default()).unwrap().remove(0);
        assert!(stem.open_end && stem.excluded && !stem.open_start);
        let chinese = spellings("无法", false, &mut Speller::default()).unwrap().remove(0);
        assert!(chinese.open_end && chinese.open_start && chinese.letters.len() == 2);
    }

    /// Scenario: entries that cannot be read.
    /// Guarantees: an error that says why.
    #[test]
    fn mistakes() {
        for (entry, problem) in [
            ("(a|b", "without its `)`"),
            ("a)b", "unexpected"),
            ("a*b", "misplaced"),
            ("a.*", "misplaced"),
            ("", "no letters"),
            ("(a)?", "no letters"),
            ("(a|b|c|d)(a|b|c|d)(a|b|c|d)(a|b|c|d)(a|b)", "more than 256"),
        ] {
            let said = spellings(entry, true, &mut Speller::default()).unwrap_err();
            assert!(said.contains(problem), "{entry}: {said}");
        }
        assert!(spellings("无*", false, &mut Speller::default()).is_err());
        assert!(spellings("𞤢", true, &mut Speller::default()).is_err());
    }
}
