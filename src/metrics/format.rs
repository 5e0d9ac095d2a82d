//! Which exposition format a client wants.

/// A format in which metrics can be exposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Prometheus' text format 0.0.4: for people, `promtool` and older agents.
    Text,
    /// OpenMetrics 1.0: what Prometheus asks for first.
    OpenMetrics,
}

impl Format {
    /// Picks a format by the `Accept` header: the one with the higher quality, OpenMetrics when they are equal
    /// and it is asked for by name. A client that accepts neither gets text, as it always did of Prometheus
    /// targets.
    pub fn of(accept: &str) -> Self {
        let mut best = (Format::Text, 0);
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_ascii_lowercase();
            let mut quality = 1_000;
            let mut version = None;
            for parameter in parts {
                match parameter.split_once('=').map(|(name, value)| (name.trim(), value.trim().trim_matches('"'))) {
                    Some((name, value)) if name.eq_ignore_ascii_case("q") => quality = thousandths(value),
                    Some((name, value)) if name.eq_ignore_ascii_case("version") => version = Some(value),
                    _ => {}
                }
            }
            let format = match media.as_str() {
                "application/openmetrics-text" if matches!(version, None | Some("1.0.0" | "0.0.1")) => {
                    Format::OpenMetrics
                }
                "text/plain" if matches!(version, None | Some("0.0.4")) => Format::Text,
                "*/*" | "text/*" => Format::Text,
                _ => continue,
            };
            let preferred = quality > best.1 || (quality == best.1 && quality > 0 && format == Format::OpenMetrics);
            if preferred {
                best = (format, quality);
            }
        }
        best.0
    }

    /// The `Content-Type` of the answer.
    pub const fn content_type(self) -> &'static str {
        match self {
            Format::Text => "text/plain; version=0.0.4; charset=utf-8",
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// A quality in thousandths; what is none counts as not wanted.
fn thousandths(value: &str) -> u32 {
    let quality: f64 = value.parse().unwrap_or(0.0);
    // The cast of a value within bounds is exact; NaN becomes 0.
    (quality.clamp(0.0, 1.0) * 1_000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the Accept headers of Prometheus 2.42, 2.53 and 3, of promtool, curl and a browser, and broken ones.
    /// Guarantees: each gets the format it prefers, and nobody gets an error.
    #[test]
    fn negotiation() {
        let cases = [
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
                 text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                Format::OpenMetrics,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                 application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
                 text/plain;version=0.0.4;q=0.2,/;q=0.1",
                Format::OpenMetrics,
            ),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,\
                 application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5",
                Format::OpenMetrics,
            ),
            ("*/*", Format::Text),
            ("", Format::Text),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Format::Text),
            ("text/plain;version=0.0.4;q=0.5, application/openmetrics-text; version=1.0.0 ; q=0.4", Format::Text),
            ("text/plain, application/openmetrics-text", Format::OpenMetrics),
            ("application/openmetrics-text;version=2.0.0", Format::Text),
            ("application/openmetrics-text;q=0", Format::Text),
            ("application/json", Format::Text),
            (";;q=,,=;q=NaN,\"", Format::Text),
        ];
        for (accept, format) in cases {
            assert_eq!(Format::of(accept), format, "{accept}");
        }
    }
}
