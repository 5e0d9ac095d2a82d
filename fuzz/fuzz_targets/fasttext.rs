//! A fastText model from any bytes: refused, or it predicts numbers from 0 to 1, the same every time, for any text.
#![no_main]

use bytes::Bytes;
use isogloss::language::LanguageDetector as _;
use isogloss::language::fasttext::{FastText, FastTextDetector, LabelMap, Scratch};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The end of a model is numbers that may be anything: it serves as the text too.
    let model = FastText::read(&Bytes::copy_from_slice(data));
    let text = String::from_utf8_lossy(&data[data.len().saturating_sub(200)..]);
    let Ok(model) = model else { return };
    let mut scratch = Scratch::default();
    for text in ["", "the old man wants fresh bread", "наш сосед хочет </s> воды", &text] {
        let first = model.probabilities(text, &mut scratch).to_vec();
        assert_eq!(first.len(), model.labels().len());
        assert!(first.iter().all(|p| (0.0..=1.001).contains(p)));
        let best = model.predict(text, &mut scratch, 3).to_vec();
        assert!(best.len() <= 3 && best.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        assert_eq!(model.probabilities(text, &mut Scratch::default()), first);
    }
    if let Ok(detector) = FastTextDetector::new(model, &LabelMap::default()) {
        let said = detector.detect(&text);
        assert!((0.0..=1.0).contains(&said.confidence));
    }
});
