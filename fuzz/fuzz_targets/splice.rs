//! Additions to some spans: the result has as many spans, those begin as they did, the others are the same.
#![no_main]

use isogloss::otlp::Signal;
use isogloss::otlp::check::validate;
use isogloss::otlp::splice::{Edits, splice};
use isogloss::otlp::view::{AnyValue, Span, resource_spans};
use libfuzzer_sys::fuzz_target;

fn spans(request: &[u8]) -> Vec<&[u8]> {
    let mut spans = Vec::new();
    for resource in resource_spans(request).flatten() {
        for scope in resource.scope_spans().flatten() {
            spans.extend(scope.spans().flatten());
        }
    }
    spans
}

fuzz_target!(|data: &[u8]| {
    // The last eight bytes choose the additions, so that captured requests serve as a corpus.
    let Some((request, seed)) = data.split_last_chunk::<8>() else { return };
    let seed = u64::from_le_bytes(*seed);
    if validate(Signal::Traces, request).is_err() {
        let mut edits = Edits::new();
        edits.begin((seed % 4) as usize).attribute_int("k", 1);
        let _ = splice(request, &edits);
        return;
    }
    let before = spans(request);
    let mut edits = Edits::new();
    let mut added = vec![0usize; before.len()];
    let mut order: Vec<usize> = (0..before.len()).collect();
    if seed & 1 == 1 {
        order.reverse();
    }
    for ordinal in order {
        let choice = seed.rotate_right(ordinal as u32 * 5) >> 1;
        if choice & 3 == 0 || Span::read(before[ordinal]).is_err() {
            continue;
        }
        edits.begin(ordinal);
        let text = "é".repeat((choice >> 4 & 255) as usize);
        let bytes = edits.len();
        match choice >> 2 & 3 {
            0 => edits.attribute_str("k", &text),
            1 => edits.attribute_int("k", choice as i64).attribute_bool("b", true),
            2 => edits.attribute_double("k", 0.5),
            _ => edits.attribute_strings("k", [text.as_str(), "", "z"]),
        };
        added[ordinal] = edits.len() - bytes;
    }
    let spliced = splice(request, &edits).expect("a valid request and edits of its spans");
    let after = spans(&spliced);
    assert_eq!(before.len(), after.len());
    for ((before, after), added) in before.iter().zip(&after).zip(&added) {
        assert_eq!(after.len(), before.len() + added);
        assert!(after.starts_with(before));
        if *added > 0 {
            let span = Span::read(after).expect("a span that was read before");
            assert!(span.attributes.iter().any(|attribute| {
                attribute.key == b"k" && !matches!(attribute.value(), Ok(AnyValue::Empty) | Err(_))
            }));
        }
    }
    if edits.is_empty() {
        assert_eq!(spliced, request);
    }
});
