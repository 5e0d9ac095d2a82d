//! Any bytes as a model file: refused, or a model that reads texts. A right checksum is put behind half of them, or the
//! fuzzer would never get beyond it.
#![no_main]

use bytes::Bytes;
use isogloss::language::model::Model;
use isogloss::language::{LanguageDetector as _, NgramDetector};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let mut whole = file.to_vec();
    if file.first().is_some_and(|byte| byte % 2 == 1) {
        whole[..1].copy_from_slice(b"I");
        whole.extend(xxhash_rust::xxh3::xxh3_64(&whole).to_le_bytes());
    }
    if let Ok(model) = Model::read(&Bytes::from(whole)) {
        let detector = NgramDetector::new(model);
        for text in ["hello world, how are you", "привет как дела", "नमस्ते दुनिया", "你好世界"] {
            let verdict = detector.detect(text);
            assert!((0.0..=1.0).contains(&verdict.confidence), "{verdict:?}");
        }
    }
});
