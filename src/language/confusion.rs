//! How often texts of one language are given another, as measured with the detector that is built in.
//!
//! `confusion.tsv` has a row for each pair that was seen: the language of the texts, the language that they were given
//! with certainty `medium` or `high`, how many were, and how many texts of the language there were. Training writes it:
//! the texts are lines that the model was not trained on, whole and in pieces, so short ones are many and real traffic is
//! confused less. A pair below one in two thousand is not there. Read what is made of it as an order of magnitude.

use super::Tag;
use ahash::AHashMap;
use std::sync::LazyLock;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("confusion.tsv")));

/// One language that is taken for another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confusion {
    /// The language of the texts.
    pub from: Tag,
    /// The language that they are given.
    pub to: Tag,
    /// The share of the texts that are, 0 to 1.
    pub rate: f32,
}

/// The share of texts in `from` that are said to be in `to`, 0 to 1; 0 where none was seen.
pub fn rate(from: Tag, to: Tag) -> f32 {
    TABLE.by_pair.get(&(from, to)).copied().unwrap_or(0.0)
}

/// Every pair that was seen.
pub fn all() -> &'static [Confusion] {
    &TABLE.rows
}

struct Table {
    rows: Vec<Confusion>,
    by_pair: AHashMap<(Tag, Tag), f32>,
}

impl Table {
    /// Reads the rows after the header. The file is our own and a test reads it strictly; what is no row is left out here.
    fn read(text: &str) -> Table {
        let rows: Vec<Confusion> = text.lines().skip(1).filter_map(row).collect();
        let by_pair = rows.iter().map(|row| ((row.from, row.to), row.rate)).collect();
        Table { rows, by_pair }
    }
}

fn row(line: &str) -> Option<Confusion> {
    let mut cells = line.split('\t');
    let (from, to) = (Tag::parse(cells.next()?)?, Tag::parse(cells.next()?)?);
    let (wrong, texts): (u32, u32) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    let sane = from != to && to.is_language() && (1..=texts).contains(&wrong) && cells.next().is_none();
    sane.then(|| Confusion { from, to, rate: wrong as f32 / texts as f32 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Scenario: the table that is built in.
    /// Guarantees: every line is a row, no pair is there twice, and no language is given away whole.
    #[test]
    fn table_is_sound() {
        let lines: Vec<&str> = include_str!("confusion.tsv").lines().collect();
        assert_eq!(lines[0], "from\tto\twrong\ttexts");
        for line in &lines[1..] {
            assert!(row(line).is_some(), "{line}");
        }
        assert_eq!((TABLE.rows.len(), TABLE.by_pair.len()), (lines.len() - 1, lines.len() - 1));
        let mut given: BTreeMap<Tag, f32> = BTreeMap::new();
        all().iter().for_each(|row| *given.entry(row.from).or_default() += row.rate);
        assert!(given.values().all(|rate| *rate < 1.0), "{given:?}");
        for Confusion { from, to, rate: expected } in all() {
            assert_eq!(rate(*from, *to), *expected);
            assert_eq!(rate(*from, *from), 0.0);
        }
    }

    /// Scenario: lines that are no row.
    /// Guarantees: they are left out, and the others are read.
    #[test]
    fn odd_lines() {
        for line in [
            "",
            "ro",
            "ro\tit\t1",
            "ro\tit\t0\t10",
            "ro\tit\t11\t10",
            "ro\tro\t1\t10",
            "ro\tund\t1\t10",
            "ro\tit\t1\t10\tx",
        ] {
            assert_eq!(row(line), None, "{line}");
        }
        let table = Table::read("from\tto\twrong\ttexts\nnonsense\nro\tit\t1\t10\n");
        assert_eq!(table.rows, [Confusion { from: Tag::literal("ro"), to: Tag::literal("it"), rate: 0.1 }]);
    }
}
