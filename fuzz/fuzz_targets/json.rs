//! JSON to protobuf and back: what is accepted is a valid request, and its canonical form does not change again.
#![no_main]

use isogloss::otlp::Signal;
use isogloss::otlp::check::validate;
use isogloss::otlp::json::{to_json, to_protobuf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
        let Ok(first) = to_protobuf(signal, json) else { continue };
        let items = validate(signal, &first).expect("our own protobuf").items;
        // The sender's order of members and repeated keys end here.
        let canonical = to_json(signal, &first).expect("what was read can be written");
        let second = to_protobuf(signal, canonical.as_bytes()).expect("our own JSON");
        assert_eq!(to_json(signal, &second).expect("our own protobuf"), canonical);
        assert_eq!(to_protobuf(signal, to_json(signal, &second).expect("as before").as_bytes()).as_ref(), Ok(&second));
        // Repeated alternatives of a metric's data count until all but the last are gone.
        assert!(validate(signal, &second).expect("our own protobuf").items <= items);
    }
});
