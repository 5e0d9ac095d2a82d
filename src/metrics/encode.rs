//! Metric families as text, in both formats.
//!
//! One encoder for both, so that a series has the same name and the same `le` whoever scrapes it.

use super::format::Format;
use prometheus::proto::{Metric, MetricFamily, MetricType};
use std::fmt::Write;

/// Encodes families, which are in the order of their names.
pub fn encode(families: &[MetricFamily], format: Format) -> String {
    let series: usize = families.iter().map(|family| family.get_metric().len()).sum();
    let mut out = String::with_capacity(series * 128);
    for family in families.iter().filter(|family| !family.get_metric().is_empty()) {
        encode_family(&mut out, family, format);
    }
    if format == Format::OpenMetrics {
        // Without it Prometheus takes the whole target for down.
        out.push_str("# EOF\n");
    }
    out
}

fn encode_family(out: &mut String, family: &MetricFamily, format: Format) {
    let name = family.name();
    let kind = match family.get_field_type() {
        MetricType::COUNTER => "counter",
        MetricType::GAUGE => "gauge",
        MetricType::HISTOGRAM => "histogram",
        // Neither is made in this room; a summary without quantiles is what they would amount to.
        MetricType::SUMMARY | MetricType::UNTYPED => return,
    };
    // OpenMetrics names the family of a counter without the suffix of its samples.
    let title = match (format, kind) {
        (Format::OpenMetrics, "counter") => name.strip_suffix("_total").unwrap_or(name),
        _ => name,
    };
    out.push_str("# HELP ");
    out.push_str(title);
    out.push(' ');
    escape(out, family.help(), format == Format::OpenMetrics);
    out.push_str("\n# TYPE ");
    out.push_str(title);
    out.push(' ');
    out.push_str(kind);
    out.push('\n');
    for metric in family.get_metric() {
        match family.get_field_type() {
            MetricType::COUNTER => sample(out, name, "", metric, None, metric.get_counter().get_value()),
            MetricType::GAUGE => sample(out, name, "", metric, None, metric.get_gauge().get_value()),
            _ => histogram(out, name, metric),
        }
    }
}

fn histogram(out: &mut String, name: &str, metric: &Metric) {
    let histogram = metric.get_histogram();
    for bucket in histogram.get_bucket().iter().filter(|bucket| bucket.upper_bound().is_finite()) {
        let bound = bucket.upper_bound().to_string();
        sample(out, name, "_bucket", metric, Some(&bound), bucket.cumulative_count() as f64);
    }
    let count = histogram.get_sample_count() as f64;
    sample(out, name, "_bucket", metric, Some("+Inf"), count);
    sample(out, name, "_sum", metric, None, histogram.get_sample_sum());
    sample(out, name, "_count", metric, None, count);
}

fn sample(out: &mut String, name: &str, suffix: &str, metric: &Metric, le: Option<&str>, value: f64) {
    out.push_str(name);
    out.push_str(suffix);
    let labels = metric.get_label().iter().map(|label| (label.name(), label.value()));
    let mut separator = '{';
    for (name, value) in labels.chain(le.map(|bound| ("le", bound))) {
        out.push(separator);
        separator = ',';
        out.push_str(name);
        out.push_str("=\"");
        escape(out, value, true);
        out.push('"');
    }
    if separator == ',' {
        out.push('}');
    }
    out.push(' ');
    number(out, value);
    out.push('\n');
}

fn number(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    } else {
        // Writing into a string does not fail.
        let _ = write!(out, "{value}");
    }
}

/// Escapes what the formats escape: backslash and newline, and the quote in label values and in the help of
/// OpenMetrics.
fn escape(out: &mut String, text: &str, quotes: bool) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quotes => out.push_str("\\\""),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus::{Encoder, Gauge, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

    fn registry() -> Registry {
        let registry = Registry::new();
        let counter = IntCounterVec::new(Opts::new("b_total", "Says \"b\",\nwith \\ in it."), &["name"]).unwrap();
        counter.with_label_values(&["a\"b\\c\nd"]).inc_by(3);
        registry.register(Box::new(counter)).unwrap();
        let gauge = Gauge::new("a_ratio", "A ratio.").unwrap();
        gauge.set(0.125);
        registry.register(Box::new(gauge)).unwrap();
        let options = HistogramOpts::new("c_seconds", "Time.").buckets(vec![0.25, 1.5]);
        let histogram = HistogramVec::new(options, &["to"]).unwrap();
        histogram.with_label_values(&["x"]).observe(0.5);
        registry.register(Box::new(histogram)).unwrap();
        registry
    }

    /// Scenario: a gauge, a counter with every character that is escaped, and a histogram, as OpenMetrics.
    /// Guarantees: the text to the byte: family names without `_total`, buckets with `+Inf`, `# EOF` at the end.
    #[test]
    fn openmetrics_golden() {
        let expected = "# HELP a_ratio A ratio.\n\
            # TYPE a_ratio gauge\n\
            a_ratio 0.125\n\
            # HELP b Says \\\"b\\\",\\nwith \\\\ in it.\n\
            # TYPE b counter\n\
            b_total{name=\"a\\\"b\\\\c\\nd\"} 3\n\
            # HELP c_seconds Time.\n\
            # TYPE c_seconds histogram\n\
            c_seconds_bucket{to=\"x\",le=\"0.25\"} 0\n\
            c_seconds_bucket{to=\"x\",le=\"1.5\"} 1\n\
            c_seconds_bucket{to=\"x\",le=\"+Inf\"} 1\n\
            c_seconds_sum{to=\"x\"} 0.5\n\
            c_seconds_count{to=\"x\"} 1\n\
            # EOF\n";
        assert_eq!(encode(&registry().gather(), Format::OpenMetrics), expected);
    }

    /// Scenario: the same families as text.
    /// Guarantees: the same bytes as the `prometheus` crate's own encoder.
    #[test]
    fn text_is_that_of_the_crate() {
        let families = registry().gather();
        let mut theirs = Vec::new();
        TextEncoder::new().encode(&families, &mut theirs).unwrap();
        assert_eq!(encode(&families, Format::Text), String::from_utf8(theirs).unwrap());
    }

    /// Scenario: numbers that need care.
    /// Guarantees: they are written as the formats spell them.
    #[test]
    fn numbers() {
        for (value, text) in [
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (0.000_5, "0.0005"),
            (12.0, "12"),
            (4_503_599_627_370_497.0, "4503599627370497"),
        ] {
            let mut out = String::new();
            number(&mut out, value);
            assert_eq!(out, text);
        }
    }
}
