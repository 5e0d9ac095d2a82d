//! Any text through cleaning and language detection.
#![no_main]

use isogloss::language::{LanguageDetector as _, NgramDetector};
use isogloss::text::clean;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut out = String::new();
    let found = clean::clean_into(text, &mut out);
    assert!(out.len() <= clean::KEEP_BYTES && out.trim() == out && !out.contains("  "));
    assert!((0.0..=1.0).contains(&found.removed()));
    let detector = NgramDetector::built_in();
    let verdict = detector.detect(text);
    assert!((0.0..=1.0).contains(&verdict.confidence));
    assert_eq!(verdict, detector.detect(text), "the same every time");
});
