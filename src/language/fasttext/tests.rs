//! The reader against what the reference implementation predicts (`tests/fixtures/fasttext`), and against broken files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use proptest::prelude::*;

use super::super::{Certainty, LanguageDetector as _, Tag};
use super::{FastText, FastTextDetector, FastTextError, LabelMap, Scratch};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fasttext")
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn read(file: &[u8]) -> Result<FastText, FastTextError> {
    FastText::read(&Bytes::copy_from_slice(file))
}

fn detector(name: &str, map: &str) -> FastTextDetector {
    let map = LabelMap::parse(map.as_bytes(), Path::new("map")).unwrap();
    FastTextDetector::new(read(&file(name)).unwrap(), &map).unwrap()
}

/// What the reference says for a probability of one against all: the logit is rounded down to a step of its table.
fn stepped(p: f32) -> [f32; 2] {
    let logit = f64::from(p / (1.0 - p)).ln();
    // At the edge of a step either may come out.
    [logit - 1e-4, logit + 1e-4].map(|logit| {
        if logit < -8.0 {
            0.0
        } else if logit > 8.0 {
            1.0
        } else {
            (1.0 / (1.0 + (-(logit * 32.0).floor() / 32.0).exp())) as f32
        }
    })
}

/// Scenario: models of every loss, dense and quantised, pruned and whole, with runs of up to three words, on known and
/// unknown words, other scripts, odd blanks, labels in the text, nothing at all.
/// Guarantees: the reference implementation's three best labels have its probabilities to 0.0001, and its best is ours.
#[test]
fn predictions_are_those_of_the_reference() {
    let golden = std::fs::read_to_string(folder().join("golden.jsonl")).unwrap();
    let mut models: BTreeMap<String, FastText> = BTreeMap::new();
    let mut scratch = Scratch::default();
    for line in golden.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let (name, text) = (row["model"].as_str().unwrap(), row["text"].as_str().unwrap());
        let model = models.entry(name.to_owned()).or_insert_with(|| read(&file(name)).unwrap());
        let ours = model.probabilities(text, &mut scratch).to_vec();
        let of = |label: &str| ours[model.labels().iter().position(|own| own == label).unwrap()];
        let best = row["best"].as_array().unwrap();
        for expected in best {
            let (label, p) = (expected[0].as_str().unwrap(), expected[1].as_f64().unwrap() as f32);
            let own = of(label);
            // The reference adds 0.00001 before it takes the logarithm, and takes it back out after that.
            let candidates = if model.is_distribution() { [own, own] } else { stepped(own) };
            let near = candidates.iter().any(|own| (own + 1e-5 - p).abs() <= 1e-4);
            assert!(near, "{name} {text:?} {label}: {own}, expected {p}");
        }
        let first = model.predict(text, &mut scratch, 1)[0];
        assert!(first.1 - of(best[0][0].as_str().unwrap()) <= 1e-4, "{name} {text:?}: {:?}", model.labels()[first.0]);
    }
    assert_eq!(models.len(), 9);
}

/// Scenario: the same text before and after others, with several bounds on what is wanted.
/// Guarantees: the same result every time, best first, as many as asked for and never more than there are.
#[test]
fn predictions_are_the_same_every_time() {
    let (model, mut scratch) = (read(&file("pruned.ftz")).unwrap(), Scratch::default());
    let text = "der alte Mann kauft frisches Brot";
    let all = model.predict(text, &mut scratch, usize::MAX).to_vec();
    assert!(all.len() <= model.labels().len() && all.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    assert!((all.iter().map(|(_, p)| p).sum::<f32>() - 1.0).abs() < 1e-4);
    for k in [0, 1, 3, 100] {
        model.predict("совсем другое", &mut scratch, 5);
        assert_eq!(model.predict(text, &mut scratch, k), &all[..k.min(all.len())]);
    }
}

/// Scenario: numbers at the places that the format fixes are replaced.
/// Guarantees: the file is refused, and the error says what is wrong.
#[test]
fn what_makes_no_sense_is_refused() {
    let whole = file("softmax.bin");
    let with = |at: usize, value: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + value.len()].copy_from_slice(value);
        read(&changed).map(|_| ()).unwrap_err().to_string()
    };
    let int = |value: i32| value.to_le_bytes();
    for (at, value, expected) in [
        (0, &int(1)[..], "not a fastText model: it does not begin with the format's four bytes"),
        (4, &int(13), "fastText format version 13, expected 11 or 12"),
        (8, &int(0), "the dimension (dim) is 0, expected 1 to 1024"),
        (8, &int(1025), "the dimension (dim) is 1025, expected 1 to 1024"),
        (28, &int(-1), "the length of word n-grams (wordNgrams) is -1, expected 0 to 32"),
        (32, &int(5), "the loss is 5, expected 1 to 4"),
        (36, &int(1), "a fastText model of word vectors, expected a classifier (`fasttext supervised`)"),
        (40, &int(-5), "the number of buckets (bucket) is -5, expected 0 to 2147483647"),
        (40, &int(5000), "the input matrix has fewer rows than there are words and buckets"),
        (48, &int(99), "the longest n-gram (maxn) is 99, expected 0 to 32"),
        (64, &int(3), "the numbers of words and labels do not add up to the entries"),
        (72, &int(0), "the number of labels is 0, expected 1 to 65536"),
        (72, &int(65_537), "the number of labels is 65537, expected 1 to 65536"),
        (84, &(i64::MAX).to_le_bytes(), "the file ends within the kept buckets (byte 4158)"),
        (
            whole.len() - 4,
            &f32::NAN.to_le_bytes(),
            "row 8 of the output matrix has a value that is not a finite number",
        ),
    ] {
        assert_eq!(with(at, value), expected);
    }
    let mut longer = whole.clone();
    longer.extend([0; 3]);
    assert_eq!(read(&longer).unwrap_err().to_string(), "3 bytes after the end of the model");
    // Two billion entries in a file of twenty kilobytes.
    let mut huge = whole;
    for (at, value) in [(64, i32::MAX), (68, i32::MAX - 9)] {
        huge[at..at + 4].copy_from_slice(&int(value));
    }
    assert_eq!(read(&huge).unwrap_err().to_string(), "the file ends within the dictionary (byte 92)");
}

/// Scenario: files that end anywhere.
/// Guarantees: an error, whatever is missing.
#[test]
fn cut_files_are_refused() {
    for name in ["pruned.ftz", "output.ftz", "hierarchical.bin"] {
        let whole = file(name);
        for length in (0..whole.len()).step_by(whole.len() / 600).chain([whole.len() - 1]) {
            assert!(read(&whole[..length]).is_err(), "{name} cut at {length}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// Scenario: a model with some bytes replaced, most of them in its settings and dictionary.
    /// Guarantees: it is refused, or predicts numbers from 0 to 1; never a panic.
    #[test]
    fn broken_files_do_no_harm(
        name in prop::sample::select(&["pruned.ftz", "output.ftz", "hierarchical.bin", "bigrams.bin"][..]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<u8>()), 1..4),
    ) {
        let mut changed = file(name);
        for (at, early, value) in changes {
            let range = if early { 120 } else { changed.len() };
            let at = at.index(range);
            changed[at] = value;
        }
        if let Ok(model) = read(&changed) {
            let mut scratch = Scratch::default();
            for text in ["", "the old man wants bread", "наш сосед", "老师 买"] {
                let probabilities = model.probabilities(text, &mut scratch);
                prop_assert!(probabilities.iter().all(|p| (0.0..=1.00001).contains(p)), "{probabilities:?}");
                prop_assert_eq!(probabilities.len(), model.labels().len());
            }
        }
    }
}

/// Scenario: texts of the model's languages, of scripts that it lacks, of two scripts, and of no words.
/// Guarantees: tags with the script where it is not the usual one; a script of one language is told without the model;
/// what the model has no label for is `und`.
#[test]
fn languages_are_detected() {
    let detector = detector("softmax.bin", "");
    for (text, tag) in [
        ("The old man wants fresh bread today!", "en"),
        ("наш сосед хочет немного воды", "ru"),
        ("моја сестра жели свеж хлеб", "sr"),
        ("moja sestra želi svež hleb", "sr-Latn"),
        ("मेरी बहन ताज़ी रोटी हर सुबह खरीदता है", "hi"),
        ("meri bahan taazi roti khareedta hai", "hi-Latn"),
        ("我们的邻居 带来 一些水", "zh-Hans"),
        ("καλημέρα σε όλους", "el"),
        ("ありがとうございます", "ja"),
        ("مرحبا بالجميع", "und"),
        ("12 + 30 = 42", "und"),
        ("ok", "und"),
    ] {
        assert_eq!(detector.detect(text).language.as_str(), tag, "{text}");
    }
    let said = detector.detect("my sister buys a small house again");
    assert_eq!((said.certainty, said.script), (Certainty::High, "Latn"));
    assert_eq!(detector.detect("").script, "Zyyy");
}

/// Scenario: a label map that gives a label another language, one none, and one none at all.
/// Guarantees: what the map says holds; other labels keep their meaning.
#[test]
fn label_maps_are_heeded() {
    let detector = detector("hierarchical.bin", "eng_Latn\tsco\n__label__deu_Latn\tund\nspa_Latn\tzxx\n");
    let said = |text: &str| detector.detect(text).language;
    assert_eq!(said("the teacher buys fresh bread today").as_str(), "sco");
    assert_eq!(said("der alte Mann kauft frisches Brot noch einmal"), Tag::UND);
    assert_eq!(said("mi hermana quiere un poco de agua"), Tag::ZXX);
    assert_eq!(said("наш сосед хочет немного воды").as_str(), "ru");
}
