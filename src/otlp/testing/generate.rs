//! Strategies that make OTLP requests of the generated types.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint, Metric,
    NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint, exemplar, metric,
    number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use proptest::collection::vec;
use proptest::prelude::*;

/// Texts with what a JSON writer must escape and what UTF-8 makes long.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z.]{0,12}",
        "\\PC{0,10}",
        proptest::string::string_regex("[\\x00-\\x1f\"\\\\/\u{2028}😀]{0,6}").expect("a regex"),
        Just("x".repeat(200)),
    ]
}

/// Doubles that compare equal to themselves.
fn double() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("NaN is unequal to itself", |d| !d.is_nan()),
        Just(0.0),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(f64::MIN_POSITIVE),
        Just(1e300),
    ]
}

/// Values of every kind, nested a few levels.
pub(in crate::otlp) fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        Just(None),
        text().prop_map(|s| Some(Value::StringValue(s))),
        any::<bool>().prop_map(|b| Some(Value::BoolValue(b))),
        any::<i64>().prop_map(|i| Some(Value::IntValue(i))),
        double().prop_map(|d| Some(Value::DoubleValue(d))),
        vec(any::<u8>(), 0..20).prop_map(|b| Some(Value::BytesValue(b))),
    ]
    .prop_map(|value| AnyValue { value });
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| Value::ArrayValue(ArrayValue { values })),
            vec((text(), inner), 0..4).prop_map(|entries| {
                let values = entries
                    .into_iter()
                    .map(|(key, value)| KeyValue { key, value: Some(value), ..KeyValue::default() })
                    .collect();
                Value::KvlistValue(KeyValueList { values })
            }),
        ]
        .prop_map(|value| AnyValue { value: Some(value) })
    })
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec((text(), proptest::option::of(any_value())), 0..4).prop_map(|entries| {
        entries.into_iter().map(|(key, value)| KeyValue { key, value, ..KeyValue::default() }).collect()
    })
}

fn trace_id() -> impl Strategy<Value = Vec<u8>> {
    any::<[u8; 16]>().prop_map(Vec::from)
}

fn span_id() -> impl Strategy<Value = Vec<u8>> {
    any::<[u8; 8]>().prop_map(Vec::from)
}

fn resource() -> impl Strategy<Value = Option<Resource>> {
    let entity = (text(), text(), vec(text(), 0..3), vec(text(), 0..3)).prop_map(
        |(schema_url, r#type, id_keys, description_keys)| EntityRef { schema_url, r#type, id_keys, description_keys },
    );
    proptest::option::of((attributes(), any::<u32>(), vec(entity, 0..2)).prop_map(
        |(attributes, dropped_attributes_count, entity_refs)| Resource {
            attributes,
            dropped_attributes_count,
            entity_refs,
        },
    ))
}

fn scope() -> impl Strategy<Value = Option<InstrumentationScope>> {
    proptest::option::of((text(), text(), attributes(), any::<u32>()).prop_map(
        |(name, version, attributes, dropped_attributes_count)| InstrumentationScope {
            name,
            version,
            attributes,
            dropped_attributes_count,
        },
    ))
}

fn span() -> impl Strategy<Value = Span> {
    let event = (any::<u64>(), text(), attributes(), any::<u32>()).prop_map(
        |(time_unix_nano, name, attributes, dropped_attributes_count)| Event {
            time_unix_nano,
            name,
            attributes,
            dropped_attributes_count,
        },
    );
    let link = (trace_id(), span_id(), text(), attributes(), any::<u32>()).prop_map(
        |(trace_id, span_id, trace_state, attributes, flags)| Link {
            trace_id,
            span_id,
            trace_state,
            attributes,
            flags,
            dropped_attributes_count: flags / 2,
        },
    );
    let status = (text(), 0..3).prop_map(|(message, code)| Status { message, code });
    let parts = (vec(event, 0..3), vec(link, 0..2), proptest::option::of(status), attributes());
    let parent = prop_oneof![Just(Vec::new()), span_id()];
    (trace_id(), span_id(), parent, text(), any::<u64>(), any::<u32>(), 0..6, parts).prop_map(
        |(trace_id, span_id, parent_span_id, name, time, flags, kind, (events, links, status, attributes))| Span {
            trace_id,
            span_id,
            trace_state: name.clone(),
            parent_span_id,
            flags,
            name,
            kind,
            start_time_unix_nano: time,
            end_time_unix_nano: time.wrapping_add(1),
            attributes,
            dropped_attributes_count: flags,
            events,
            dropped_events_count: flags / 3,
            links,
            dropped_links_count: 0,
            status,
        },
    )
}

/// Trace requests.
pub(in crate::otlp) fn traces() -> impl Strategy<Value = ExportTraceServiceRequest> {
    let scope_spans = (scope(), vec(span(), 0..4), text()).prop_map(|(scope, spans, schema_url)| ScopeSpans {
        scope,
        spans,
        schema_url,
    });
    let resource_spans = (resource(), vec(scope_spans, 0..3), text())
        .prop_map(|(resource, scope_spans, schema_url)| ResourceSpans { resource, scope_spans, schema_url });
    vec(resource_spans, 0..3).prop_map(|resource_spans| ExportTraceServiceRequest { resource_spans })
}

/// Log requests.
pub(in crate::otlp) fn logs() -> impl Strategy<Value = ExportLogsServiceRequest> {
    let ids = prop_oneof![Just((Vec::new(), Vec::new())), (trace_id(), span_id())];
    let record = (any::<u64>(), 0..25, text(), proptest::option::of(any_value()), attributes(), any::<u32>(), ids)
        .prop_map(|(time, severity_number, text, body, attributes, flags, (trace_id, span_id))| LogRecord {
            time_unix_nano: time,
            observed_time_unix_nano: time / 2,
            severity_number,
            severity_text: text.clone(),
            body,
            attributes,
            dropped_attributes_count: flags / 2,
            flags,
            trace_id,
            span_id,
            event_name: text,
        });
    let scope_logs = (scope(), vec(record, 0..4), text()).prop_map(|(scope, log_records, schema_url)| ScopeLogs {
        scope,
        log_records,
        schema_url,
    });
    let resource_logs = (resource(), vec(scope_logs, 0..3), text())
        .prop_map(|(resource, scope_logs, schema_url)| ResourceLogs { resource, scope_logs, schema_url });
    vec(resource_logs, 0..3).prop_map(|resource_logs| ExportLogsServiceRequest { resource_logs })
}

fn exemplar() -> impl Strategy<Value = Exemplar> {
    let value =
        prop_oneof![double().prop_map(exemplar::Value::AsDouble), any::<i64>().prop_map(exemplar::Value::AsInt)];
    (attributes(), any::<u64>(), proptest::option::of(value), span_id(), trace_id()).prop_map(
        |(filtered_attributes, time_unix_nano, value, span_id, trace_id)| Exemplar {
            filtered_attributes,
            time_unix_nano,
            value,
            span_id,
            trace_id,
        },
    )
}

fn number_point() -> impl Strategy<Value = NumberDataPoint> {
    let value = prop_oneof![
        double().prop_map(number_data_point::Value::AsDouble),
        any::<i64>().prop_map(number_data_point::Value::AsInt)
    ];
    (attributes(), any::<u64>(), vec(exemplar(), 0..2), any::<u32>(), proptest::option::of(value)).prop_map(
        |(attributes, time, exemplars, flags, value)| NumberDataPoint {
            attributes,
            start_time_unix_nano: time,
            time_unix_nano: time / 3,
            exemplars,
            flags,
            value,
        },
    )
}

fn histogram_point() -> impl Strategy<Value = HistogramDataPoint> {
    let sums = proptest::option::of(double());
    (attributes(), any::<u64>(), sums, vec(any::<u64>(), 0..5), vec(double(), 0..4), vec(exemplar(), 0..2)).prop_map(
        |(attributes, count, sum, bucket_counts, explicit_bounds, exemplars)| HistogramDataPoint {
            attributes,
            start_time_unix_nano: count,
            time_unix_nano: 1,
            count,
            sum,
            bucket_counts,
            explicit_bounds,
            exemplars,
            flags: 1,
            min: sum,
            max: None,
        },
    )
}

fn exponential_point() -> impl Strategy<Value = ExponentialHistogramDataPoint> {
    let buckets = proptest::option::of(
        (any::<i32>(), vec(any::<u64>(), 0..5)).prop_map(|(offset, bucket_counts)| Buckets { offset, bucket_counts }),
    );
    (attributes(), any::<u64>(), any::<i32>(), buckets.clone(), buckets, double()).prop_map(
        |(attributes, count, scale, positive, negative, zero_threshold)| ExponentialHistogramDataPoint {
            attributes,
            start_time_unix_nano: 0,
            time_unix_nano: count,
            count,
            sum: None,
            scale,
            zero_count: count / 7,
            positive,
            negative,
            flags: 0,
            exemplars: Vec::new(),
            min: Some(zero_threshold),
            max: Some(0.0),
            zero_threshold,
        },
    )
}

fn summary_point() -> impl Strategy<Value = SummaryDataPoint> {
    let quantile = (double(), double()).prop_map(|(quantile, value)| ValueAtQuantile { quantile, value });
    (attributes(), any::<u64>(), double(), vec(quantile, 0..3)).prop_map(|(attributes, count, sum, quantile_values)| {
        SummaryDataPoint {
            attributes,
            start_time_unix_nano: count,
            time_unix_nano: count,
            count,
            sum,
            quantile_values,
            flags: 3,
        }
    })
}

/// Metric requests.
pub(in crate::otlp) fn metrics() -> impl Strategy<Value = ExportMetricsServiceRequest> {
    let data = prop_oneof![
        vec(number_point(), 0..3).prop_map(|data_points| metric::Data::Gauge(Gauge { data_points })),
        (vec(number_point(), 0..3), 0..3, any::<bool>()).prop_map(
            |(data_points, aggregation_temporality, is_monotonic)| metric::Data::Sum(Sum {
                data_points,
                aggregation_temporality,
                is_monotonic
            })
        ),
        (vec(histogram_point(), 0..3), 0..3).prop_map(|(data_points, aggregation_temporality)| {
            metric::Data::Histogram(Histogram { data_points, aggregation_temporality })
        }),
        (vec(exponential_point(), 0..3), 0..3).prop_map(|(data_points, aggregation_temporality)| {
            metric::Data::ExponentialHistogram(ExponentialHistogram { data_points, aggregation_temporality })
        }),
        vec(summary_point(), 0..3).prop_map(|data_points| metric::Data::Summary(Summary { data_points })),
    ];
    let metric = (text(), attributes(), proptest::option::of(data)).prop_map(|(name, metadata, data)| Metric {
        description: name.clone(),
        unit: "ms".to_owned(),
        name,
        metadata,
        data,
    });
    let scope_metrics = (scope(), vec(metric, 0..3), text()).prop_map(|(scope, metrics, schema_url)| ScopeMetrics {
        scope,
        metrics,
        schema_url,
    });
    let resource_metrics = (resource(), vec(scope_metrics, 0..2), text())
        .prop_map(|(resource, scope_metrics, schema_url)| ResourceMetrics { resource, scope_metrics, schema_url });
    vec(resource_metrics, 0..3).prop_map(|resource_metrics| ExportMetricsServiceRequest { resource_metrics })
}
