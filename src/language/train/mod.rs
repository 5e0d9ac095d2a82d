//! Trains the model: corpus in, model file out, the same bytes on every machine.
//!
//! For each script: the n-grams that say most are chosen ([`select`]), a row of numbers is learned for each ([`sgd`])
//! on examples drawn from the corpus ([`draw`]), the rows become bytes ([`quantise`]), and held-out lines tell what the
//! model's probabilities are worth ([`calibrate`]) and which languages it takes for which ([`confuse`]).

mod calibrate;
mod confuse;
mod corpus;
mod draw;
mod plan;
mod quantise;
mod random;
mod romanise;
mod select;
mod sgd;

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use thiserror::Error;

use crate::language::Tag;
use crate::language::model::Head;
use crate::language::model::file;
use crate::language::model::head::{Calibration, Pooling};
use crate::language::model::table::Table;
use corpus::{Class, Corpus, REST, Source};
use draw::Pool;
use plan::HeadPlan;
use random::Random;

pub use confuse::Confused;
pub use corpus::CorpusError;

/// One line in so many is held out.
const HELD_OUT: u64 = 50;

/// One language of the class of other languages in so many is held out whole.
const HELD_OUT_LANGUAGES: u64 = 8;

/// Why there is no model.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The corpus cannot be used.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// No script has a language with enough lines.
    #[error("no label has enough lines: at least {0} are needed")]
    TooLittle(usize),
}

/// What is trained.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Rows of the Latin head; it has most classes.
    pub latin_rows: usize,
    /// Numbers in a row of the Latin head.
    pub latin_dimensions: usize,
    /// Rows for each class of every other head.
    pub rows_per_class: usize,
    /// Numbers in their rows.
    pub dimensions: usize,
    /// Examples for each class.
    pub examples_per_class: usize,
    /// Learning rate at the beginning.
    pub rate: f32,
    /// See [`sgd::Settings::calm`].
    pub calm: f32,
    /// See [`sgd::Settings::pooling`].
    pub pooling: f32,
    /// Threads; the result does not depend on them.
    pub threads: usize,
    /// Of all random numbers.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            latin_rows: 200_000,
            latin_dimensions: 32,
            rows_per_class: 1500,
            dimensions: 24,
            examples_per_class: 40_000,
            rate: 0.3,
            calm: 1e-4,
            pooling: 0.7,
            threads: 2,
            seed: 1,
        }
    }
}

/// A trained model.
#[derive(Debug)]
pub struct Trained {
    /// The model file.
    pub file: Vec<u8>,
    /// Lines by tag and script.
    pub lines: Vec<(Tag, &'static str, usize)>,
    /// Languages that are taken for others: see [`confuse`].
    pub confused: Vec<Confused>,
    /// Labels that make no tag.
    pub refused: Vec<String>,
}

/// Trains on the corpus in `folder`; `progress` gets lines for people.
///
/// # Errors
/// The folder cannot be read, or has too little in it.
pub fn train(folder: &Path, settings: Settings, progress: &(dyn Fn(&str) + Sync)) -> Result<Trained, TrainError> {
    let mut whole = corpus::read(folder)?;
    add_pinyin(&mut whole, settings.seed);
    let (shown, held) = hold_out(whole);
    let (plans, refused) = plan::plan(&shown);
    if plans.is_empty() {
        return Err(TrainError::TooLittle(plan::MIN_LINES));
    }
    let english = shown.get("Latn").and_then(|labels| labels.get("eng")).map(|sources| Pool::new(sources.iter()));
    let mut heads = Vec::new();
    let (mut lines, mut confused) = (Vec::new(), Vec::new());
    for plan in &plans {
        lines.extend(plan.classes.iter().map(|class| (class.tag, plan.script, class.pool.lines)));
        let (head, of_head) = head(plan, held.get(plan.script), english.as_ref(), settings, progress);
        heads.push(head);
        confused.extend(of_head);
    }
    Ok(Trained { file: file::write(&heads), lines, confused, refused })
}

fn head(
    plan: &HeadPlan<'_>,
    held: Option<&BTreeMap<String, Vec<Source>>>,
    english: Option<&Pool<'_>>,
    settings: Settings,
    progress: &(dyn Fn(&str) + Sync),
) -> (Head, Vec<Confused>) {
    let classes: Vec<Tag> = plan.classes.iter().map(|class| class.tag).collect();
    let latin = plan.script == "Latn";
    let mut head = Head {
        script: plan.script,
        table: Table::lay_out(&[]).0,
        dimensions: if latin { settings.latin_dimensions } else { settings.dimensions },
        rows: Bytes::new(),
        scale: 1.0,
        pooling: Pooling::new(settings.pooling),
        output: Vec::new(),
        bias: vec![0.0; classes.len()],
        calibration: Calibration::default(),
        classes,
    };
    head.output = vec![0.0; head.dimensions * head.classes.len()];
    if head.classes.len() < 2 {
        return (head, Vec::new());
    }
    let variation = plan.variation(english);
    let pools: Vec<&Pool<'_>> = plan.classes.iter().map(|class| &class.pool).collect();
    let shares: Vec<usize> = plan.classes.iter().map(|class| class.share).collect();
    let rows = if latin { settings.latin_rows } else { settings.rows_per_class * head.classes.len() };
    let seed = xxhash_rust::xxh3::xxh3_64_with_seed(plan.script.as_bytes(), settings.seed);
    let examples = settings.examples_per_class * head.classes.len();
    let chosen = select::select(&pools, &shares, variation, rows, examples, Random::new(seed));
    (head.table, _) = Table::lay_out(&chosen);
    progress(&format!("{}: {} classes, {} n-grams", plan.script, head.classes.len(), head.table.len()));
    let told = sgd::Settings {
        dimensions: head.dimensions,
        examples,
        rate: settings.rate,
        batch: 256,
        pooling: settings.pooling,
        calm: settings.calm,
        threads: settings.threads,
        seed,
    };
    let trained = sgd::train(&head.table, &pools, &shares, variation, told, &|examples, loss| {
        progress(&format!("{}: {examples} of {} examples, loss {loss:.3}", plan.script, told.examples));
    });
    head.rows = Bytes::from(quantise::pack(&trained.rows, head.dimensions, trained.step));
    (head.scale, head.bias) = (trained.step, trained.bias);
    for (class, row) in trained.output.chunks_exact(head.dimensions).enumerate() {
        for (dimension, value) in row.iter().enumerate() {
            head.output[dimension * head.classes.len() + class] = *value;
        }
    }
    let none = BTreeMap::new();
    let held = held.unwrap_or(&none);
    let known: Vec<(Tag, Pool<'_>, usize)> = plan
        .classes
        .iter()
        .filter(|class| class.tag.is_language())
        .map(|class| {
            let sources = class.labels.iter().filter_map(|label| held.get(*label)).flatten();
            (class.tag, Pool::new(sources), class.share)
        })
        .collect();
    let unknown: Vec<Pool<'_>> = held
        .iter()
        .filter(|(label, _)| label.starts_with(REST))
        .map(|(_, sources)| Pool::new(sources.iter()))
        .filter(|pool| pool.lines > 0)
        .collect();
    head.calibration = calibrate::calibrate(&head, &known, &unknown, variation, examples, Random::new(seed ^ 1));
    progress(&format!("{}: {:?}", plan.script, head.calibration));
    let confused = confuse::confuse(&head, &known, variation, examples, Random::new(seed ^ 2));
    (head, confused)
}

/// Pinyin from the Chinese lines, where the corpus has none of its own.
fn add_pinyin(corpus: &mut Corpus, seed: u64) {
    const LABEL: &str = "zho-Latn";
    let chinese = corpus.get("Hani").and_then(|labels| labels.get("zho"));
    let lines = chinese.into_iter().flatten().flat_map(|source| &source.lines).map(String::as_str);
    let lines = romanise::mandarin(lines, &mut Random::new(seed));
    let Some(latin) = corpus.get_mut("Latn").filter(|latin| !latin.contains_key(LABEL) && !lines.is_empty()) else {
        return;
    };
    latin.insert(LABEL.to_owned(), vec![Source { class: Class::Sentences, lines }]);
}

/// What is shown, and what is held out: some lines of each label, and some languages whole.
fn hold_out(whole: Corpus) -> (Corpus, Corpus) {
    let (mut shown, mut held) = (Corpus::new(), Corpus::new());
    for (script, labels) in whole {
        for (label, sources) in labels {
            let rest = label.starts_with(REST);
            let all = rest && xxhash_rust::xxh3::xxh3_64(label.as_bytes()).is_multiple_of(HELD_OUT_LANGUAGES);
            for Source { class, lines } in sources {
                let (out, kept): (Vec<String>, Vec<String>) = lines.into_iter().partition(|line| {
                    all || (!rest && xxhash_rust::xxh3::xxh3_64(line.as_bytes()).is_multiple_of(HELD_OUT))
                });
                for (corpus, lines) in [(&mut shown, kept), (&mut held, out)] {
                    if !lines.is_empty() {
                        let entry = corpus.entry(script).or_default().entry(label.clone()).or_default();
                        entry.push(Source { class, lines });
                    }
                }
            }
        }
    }
    (shown, held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::model::Model;
    use crate::language::{LanguageDetector as _, NgramDetector};

    /// A corpus of invented languages: words of each have endings of their own.
    fn corpus(folder: &Path) {
        let mut random = Random::new(3);
        let source = folder.join("invented");
        std::fs::create_dir(&source).unwrap();
        for (label, endings) in
            [("swa", ["amu", "ika", "eni"]), ("fin", ["ssa", "lla", "oin"]), ("pt-BR", ["ção", "inho", "ões"])]
        {
            let mut text = String::new();
            for _ in 0..400 {
                for _ in 0..6 {
                    let stem: String =
                        (0..3).map(|_| char::from(b"bdfgklmnprst"[random.below(12)])).flat_map(|c| [c, 'a']).collect();
                    text.push_str(&stem);
                    text.push_str(endings[random.below(3)]);
                    text.push(' ');
                }
                text.push('\n');
            }
            std::fs::write(source.join(format!("{label}.txt")), text).unwrap();
        }
    }

    fn small(threads: usize) -> Settings {
        Settings { latin_rows: 500, examples_per_class: 3000, threads, ..Settings::default() }
    }

    /// Scenario: three invented languages, trained on with one thread and with three.
    /// Guarantees: the same file, which tells new words of the three apart and names them by their shortest codes.
    #[test]
    fn the_same_model_on_any_number_of_threads() {
        let folder = tempfile::tempdir().unwrap();
        corpus(folder.path());
        let one = train(folder.path(), small(1), &|_| ()).unwrap();
        let three = train(folder.path(), small(3), &|_| ()).unwrap();
        assert!(one.file == three.file);
        let detector = NgramDetector::new(Model::read(&Bytes::from(one.file)).unwrap());
        for (text, expected) in
            [("zavaamu zuvaeni hizoika", "sw"), ("zavassa huvoin jizolla", "fi"), ("zavação huvões jizinho", "pt-BR")]
        {
            assert_eq!(detector.detect(text).language.as_str(), expected, "{text}");
        }
    }

    /// Scenario: a folder that is not there, one that is empty, and one with two lines.
    /// Guarantees: an error that says so.
    #[test]
    fn too_little_text() {
        let folder = tempfile::tempdir().unwrap();
        let error = |path: &Path| train(path, small(1), &|_| ()).unwrap_err().to_string();
        assert!(error(&folder.path().join("nowhere")).contains("nowhere"));
        assert!(error(folder.path()).contains("no training text"));
        std::fs::create_dir(folder.path().join("source")).unwrap();
        std::fs::write(folder.path().join("source/swa.txt"), "habari yako\nasante sana\n").unwrap();
        assert!(error(folder.path()).contains("enough lines"));
    }
}
