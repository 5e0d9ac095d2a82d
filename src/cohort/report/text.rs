//! The report as a table for a terminal.

use super::row::{MIN_SAMPLE, Rate, Report, Row};
use std::collections::BTreeSet;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Widest cell, so that one long service name does not push the figures off the screen.
const MAX_CELL: usize = 32;

/// Languages of answers that are listed in a cell.
const TARGETS: usize = 3;

impl Report {
    /// The report as an aligned table, worst cohort first. Names from outside are shown without control
    /// characters.
    pub fn to_text(&self) -> String {
        if self.rows.is_empty() {
            return "no turns\n".to_owned();
        }
        let evaluations: BTreeSet<&str> =
            self.rows.iter().flat_map(|row| row.evaluations.keys().map(String::as_str)).collect();
        let mut table = vec![heading(&evaluations)];
        table.extend(self.rows.iter().map(|row| cells(row, &evaluations)));
        let mut text = align(&table);
        let _ = write!(
            text,
            "\n{} turns in {} cohorts. Rates are x/n with Wilson's 95 % interval; below n = {MIN_SAMPLE} they are \
             insufficient.\n",
            self.turns,
            self.rows.iter().filter(|row| row.turns > 0).count(),
        );
        text
    }
}

fn heading(evaluations: &BTreeSet<&str>) -> Vec<String> {
    let mut row: Vec<String> = ["service", "language", "turns", "refused"].map(str::to_owned).to_vec();
    row.extend(evaluations.iter().map(|name| format!("{} fail", printable(name))));
    row.extend(["tok/char", "premium", "texts", "answers in"].map(str::to_owned));
    row
}

fn cells(row: &Row, evaluations: &BTreeSet<&str>) -> Vec<String> {
    let mut cells = vec![printable(&row.service), printable(&row.language), row.turns.to_string()];
    let undetermined = match row.refusals_undetermined {
        0 => String::new(),
        n => format!(" ({n}?)"),
    };
    cells.push(rate(&row.refusals) + &undetermined);
    for name in evaluations {
        cells.push(row.evaluations.get(*name).map_or_else(dash, |evaluation| rate(&evaluation.failed)));
    }
    cells.push(row.tokens_per_character.map_or_else(dash, |value| format!("{value:.3}")));
    cells.push(row.token_premium.map_or_else(dash, |value| format!("{value:.2}x")));
    cells.push(row.texts.values().map(|role| role.texts).sum::<u64>().to_string());
    cells.push(targets(row));
    cells
}

fn dash() -> String {
    "-".to_owned()
}

/// `12.5% [6-23] 8/64`, or that it is not enough.
fn rate(rate: &Rate) -> String {
    match (rate.ratio, rate.interval) {
        (Some(_), Some(_)) if rate.insufficient => format!("insufficient {}/{}", rate.x, rate.n),
        (Some(ratio), Some(bounds)) => format!(
            "{:.1}% [{:.0}-{:.0}] {}/{}",
            ratio * 100.0,
            bounds.lower * 100.0,
            bounds.upper * 100.0,
            rate.x,
            rate.n
        ),
        _ => dash(),
    }
}

/// The most frequent languages of the answers.
fn targets(row: &Row) -> String {
    let mut languages: Vec<_> = row.target_languages.iter().collect();
    languages.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let mut names: Vec<String> =
        languages.iter().take(TARGETS).map(|(name, n)| format!("{}:{n}", printable(name))).collect();
    if languages.len() > TARGETS {
        names.push(format!("+{}", languages.len() - TARGETS));
    }
    if names.is_empty() { dash() } else { names.join(" ") }
}

/// A name from outside: no control or format characters that a terminal would obey, cut to the cell.
fn printable(name: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut clean: String = name.chars().filter(|c| !hidden(*c)).take(MAX_CELL * 2).collect();
    if clean.width() > MAX_CELL {
        while clean.width() > MAX_CELL - 1 {
            clean.pop();
        }
        clean.push('…');
    }
    clean
}

/// Columns of equal width as a terminal shows them; the first two are text, the others stand right.
fn align(table: &[Vec<String>]) -> String {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| table.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in table {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(width.saturating_sub(cell.width()));
            let left = column < 2 || column + 1 == columns;
            line.push_str(if column == 0 { "" } else { "  " });
            line.push_str(if left { "" } else { &pad });
            line.push_str(cell);
            line.push_str(if left { &pad } else { "" });
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tally::tests::{turn, verdict};
    use crate::cohort::Tally;
    use crate::evaluate::Outcome;
    use std::sync::Arc;
    use unicode_width::UnicodeWidthStr;

    /// Scenario: a cohort of 40 turns, one of 3, and a service with a wide name.
    /// Guarantees: the columns line up as a terminal shows them, n stands beside the rate, and little is called
    /// insufficient.
    #[test]
    fn table() {
        let mut tally = Tally::new();
        for i in 0..40 {
            tally.turn(&turn("en", "en", None));
            tally.verdict(&verdict("refusal", "en", if i < 10 { Outcome::Fail } else { Outcome::Pass }));
        }
        for _ in 0..3 {
            let mut other = turn("ro", "en", None);
            other.service = Arc::from("客服\u{1b}[31m");
            tally.turn(&other);
            let mut failed = verdict("refusal", "ro", Outcome::Fail);
            failed.service = other.service;
            tally.verdict(&failed);
        }
        let text = tally.report().to_text();
        assert!(text.contains("25.0% [14-40] 10/40"), "{text}");
        assert!(text.contains("insufficient 3/3"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        let column = |line: &str, cell: &str| line.find(cell).map(|at| line[..at + cell.len()].width()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(column(lines[0], "refusal fail"), column(lines[1], "insufficient 3/3"));
        assert_eq!(column(lines[0], "refusal fail"), column(lines[2], "10/40"));
    }

    /// Scenario: nothing was read.
    /// Guarantees: the report says so.
    #[test]
    fn empty() {
        assert_eq!(Tally::new().report().to_text(), "no turns\n");
    }
}
