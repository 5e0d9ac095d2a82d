//! Walks everything in a trace and a log request by the views; what passes the check can be walked without error.
#![no_main]

use isogloss::otlp::Signal;
use isogloss::otlp::check::validate;
use isogloss::otlp::json::to_json;
use isogloss::otlp::view::{AnyValue, Attributes, LogRecord, Span, resource_logs, resource_spans};
use libfuzzer_sys::fuzz_target;

/// Visits a value and all that is nested in it, with a stack of its own.
fn value(root: AnyValue<'_>) {
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        let _ = (value.as_str(), value.as_count());
        match value {
            AnyValue::List(list) => open.extend(list.values().flatten()),
            AnyValue::Map(map) => {
                let _ = map.get("key");
                open.extend(map.entries().flatten().filter_map(|entry| entry.value().ok()));
            }
            _ => {}
        }
    }
}

fn attributes(attributes: &Attributes<'_>) {
    for attribute in attributes.iter() {
        let _ = attribute.str();
        if let Ok(read) = attribute.value() {
            value(read);
        }
    }
}

/// Spans, or the first error of the envelopes.
fn traces(request: &[u8]) -> Result<u64, isogloss::otlp::wire::WireError> {
    let mut spans = 0;
    let mut span = Span::default();
    for resource in resource_spans(request) {
        let resource = resource?;
        attributes(&resource.resource()?.attributes);
        for scope in resource.scope_spans() {
            let scope = scope?;
            let _ = scope.scope()?.name.len();
            for bytes in scope.spans() {
                spans += 1;
                if span.read_into(bytes?).is_err() {
                    continue;
                }
                attributes(&span.attributes);
                let _ = (span.is_root(), span.status.is_error());
                for event in span.events().flatten() {
                    attributes(&event.attributes);
                }
            }
        }
    }
    Ok(spans)
}

fn logs(request: &[u8]) -> Result<u64, isogloss::otlp::wire::WireError> {
    let mut records = 0;
    for resource in resource_logs(request) {
        let resource = resource?;
        attributes(&resource.resource()?.attributes);
        for scope in resource.scope_logs() {
            let scope = scope?;
            let _ = scope.scope()?.version.len();
            for bytes in scope.records() {
                records += 1;
                if let Ok(record) = LogRecord::read(bytes?) {
                    value(record.body);
                    attributes(&record.attributes);
                }
            }
        }
    }
    Ok(records)
}

fuzz_target!(|request: &[u8]| {
    let (spans, records) = (traces(request), logs(request));
    if let Ok(summary) = validate(Signal::Traces, request) {
        assert_eq!(spans, Ok(summary.items));
    }
    if let Ok(summary) = validate(Signal::Logs, request) {
        assert_eq!(records, Ok(summary.items));
    }
    let _ = validate(Signal::Metrics, request);
    for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
        let _ = to_json(signal, request);
    }
});
