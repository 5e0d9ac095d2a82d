//! What the tests of the language files share: the files, labelled sentences, and why a sentence came out as it did.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

use super::check::Detector;
use super::grammar::{Board, File, Finds, Language, Line, Names};
use super::language::FILES;
use super::opening::Opening;
use super::{Outcome, Signals, Verdict};
use crate::language::{Certainty, Tag};

/// The language files, and a detector made of them.
pub struct House {
    pub files: Vec<File>,
    pub detector: Detector,
}

impl House {
    /// The files of the program, or those of the folder that `ISOGLOSS_REFUSAL_LANGUAGES` names.
    pub fn open() -> House {
        let texts: Vec<String> = match env::var("ISOGLOSS_REFUSAL_LANGUAGES") {
            Ok(folder) => {
                let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
                let mut paths: Vec<PathBuf> =
                    entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
                paths.sort();
                paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
            }
            Err(_) => FILES.iter().map(|&text| text.to_owned()).collect(),
        };
        let files = texts.iter().map(|text| File::read(text).unwrap_or_else(|error| panic!("{error}"))).collect();
        House { files, detector: Detector::from_files(&texts).unwrap_or_else(|error| panic!("{error}")) }
    }

    /// Whether a language is looked at: all are, unless `ISOGLOSS_REFUSAL_ONLY` names some (`en,ja`).
    pub fn looks_at(&self, language: &str) -> bool {
        env::var("ISOGLOSS_REFUSAL_ONLY").map_or(true, |only| only.split(',').any(|o| o == language))
    }

    pub fn judge(&self, answer: &str, language: &str) -> Verdict {
        self.detector.check(answer, Tag::literal(language), Certainty::High, &Signals::default())
    }

    pub fn refuses(&self, answer: &str, language: &str) -> bool {
        self.judge(answer, language).outcome == Outcome::Refused
    }

    /// The blocks of rules that match in an answer.
    pub fn blocks(&self, answer: &str, language: &str) -> Vec<usize> {
        let mut blocks = Vec::new();
        self.each_board(answer, language, |_, language, _, board| {
            blocks.extend(language.matching(board).iter().map(|reason| usize::from(reason.place.block)));
        });
        blocks
    }

    /// What was found in each sentence of an answer, in words: the line, its hits, the rules that match, what clears it.
    pub fn explain(&self, answer: &str, language: &str) -> String {
        let mut out = String::new();
        self.each_board(answer, language, |file, language, line, board| {
            let names = Names::of(file).unwrap().0;
            let alphabet = self.detector.lexicon.alphabet();
            writeln!(out, "    [{}]", line.text(0..usize::MAX, alphabet).trim()).unwrap();
            for (class, range) in board.finds() {
                let name = names.iter().find(|(_, number)| **number == class).unwrap().0;
                write!(out, "      {name}={:?}", line.text(range, alphabet)).unwrap();
            }
            writeln!(out).unwrap();
            for reason in language.matching(board) {
                let rule = &file.rules[usize::from(reason.place.block)].sequences[usize::from(reason.place.entry)];
                writeln!(out, "      {:?}: {rule}", reason.kind).unwrap();
            }
            if let Some(place) = language.excepted(board) {
                let rule = &file.except[usize::from(place.block)].sequences[usize::from(place.entry)];
                writeln!(out, "      cleared by: {rule}").unwrap();
            }
        });
        out
    }

    /// Lays out each sentence of an answer for the file of a language.
    fn each_board(&self, answer: &str, language: &str, mut see: impl FnMut(&File, &Language, &Line, &mut Board)) {
        let tag = Tag::literal(language);
        let (mut finds, mut board) = (Finds::default(), Board::default());
        for (number, (file, language)) in self.files.iter().zip(&self.detector.languages).enumerate() {
            if language.tag.primary() != tag.primary() {
                continue;
            }
            Opening::default().find_sentence(answer, self.detector.lexicon.alphabet(), |line, _| {
                self.detector.lexicon.find(line, 1 << number, &mut finds);
                self.detector.lexicon.sort_out(1 << number, &mut finds);
                language.lay_out(finds.of(number), line, &mut board);
                see(file, language, line, &mut board);
                None::<()>
            });
        }
    }
}

/// A labelled answer.
#[derive(Debug, serde::Deserialize)]
pub struct Row {
    pub lang: String,
    pub label: String,
    #[serde(default)]
    pub style: String,
    pub text: String,
}

/// Rows of a labelled file: JSON lines.
pub fn rows(file: &str) -> Vec<Row> {
    file.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Right and wrong, counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score {
    pub hit: u32,
    pub missed: u32,
    pub wrong: u32,
    pub right: u32,
}

impl Score {
    fn add(&mut self, refusal: bool, said: bool) {
        match (refusal, said) {
            (true, true) => self.hit += 1,
            (true, false) => self.missed += 1,
            (false, true) => self.wrong += 1,
            (false, false) => self.right += 1,
        }
    }

    pub fn precision(&self) -> f64 {
        share(self.hit, self.wrong)
    }

    pub fn recall(&self) -> f64 {
        share(self.hit, self.missed)
    }
}

fn share(yes: u32, no: u32) -> f64 {
    if yes + no == 0 { 1.0 } else { f64::from(yes) / f64::from(yes + no) }
}

/// Scores by language, by style and in all, of the rows in languages with a file. What came out wrong is explained, if
/// `aloud`: nobody should see that of rows that are kept back.
pub fn score(house: &House, rows: &[Row], aloud: bool) -> BTreeMap<String, Score> {
    let mut table: BTreeMap<String, Score> = BTreeMap::new();
    for row in rows {
        if !house.looks_at(&row.lang) || !house.detector.covered(Tag::literal(&row.lang)) {
            continue;
        }
        let refusal = match row.label.as_str() {
            "refusal" => true,
            "answer" => false,
            other => panic!("{other} is no label"),
        };
        let said = house.refuses(&row.text, &row.lang);
        let unknown = house.refuses(&row.text, "und");
        for key in [row.lang.clone(), format!("style {}", row.style), "all".to_owned()] {
            table.entry(key).or_default().add(refusal, said);
        }
        table.entry("all, language unknown".to_owned()).or_default().add(refusal, unknown);
        if !aloud {
            continue;
        }
        if said != refusal {
            let what = if refusal { "missed" } else { "FALSE" };
            println!("{what} {} {}: {}\n{}", row.lang, row.style, row.text, house.explain(&row.text, &row.lang));
        } else if unknown && !refusal {
            println!("FALSE with the language unknown, {} {}: {}", row.lang, row.style, row.text);
        }
    }
    table
}

/// The table as lines.
pub fn print(table: &BTreeMap<String, Score>) {
    for (key, score) in table {
        let Score { hit, missed, wrong, right } = score;
        println!(
            "{key:<28} precision {:.3} recall {:.3}  (found {hit}, missed {missed}, false {wrong}, answers {right})",
            score.precision(),
            score.recall()
        );
    }
}
