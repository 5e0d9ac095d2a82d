//! Any text as an answer, in any language with a grammar or in none.
#![no_main]

use isogloss::language::{Certainty, Tag};
use isogloss::refusal::{Detector, Outcome, Signals};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new().unwrap());

static LANGUAGES: LazyLock<Vec<Tag>> = LazyLock::new(|| DETECTOR.covered_languages().chain([Tag::UND]).collect());

fuzz_target!(|input: (u8, &str)| {
    let (number, answer) = input;
    let language = LANGUAGES[usize::from(number) % LANGUAGES.len()];
    let judge = || DETECTOR.check(answer, language, Certainty::High, &Signals::default());
    let verdict = judge();
    assert_eq!(verdict, judge(), "the same every time");
    match verdict.evidence {
        Some(evidence) => {
            assert_eq!(verdict.outcome, Outcome::Refused);
            let sentence = answer.get(evidence.start as usize..evidence.end as usize);
            assert!(sentence.is_some_and(|sentence| !sentence.trim().is_empty()), "a sentence of the answer");
        }
        None => assert_ne!(verdict.outcome, Outcome::Refused),
    }
});
