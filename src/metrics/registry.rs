//! The registry, and what it knows of its families before anything is counted.

use parking_lot::Mutex;
use prometheus::core::Collector;
use prometheus::proto::{MetricFamily, MetricType};

/// One family as it is exposed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Described {
    /// Its full name.
    pub name: String,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// Its labels; those of a histogram's buckets include `le`.
    pub labels: Vec<String>,
}

impl Described {
    /// A family of gauges that is not in the registry.
    pub(super) fn gauge(name: String, labels: &[&str]) -> Self {
        Described { name, kind: "gauge", labels: labels.iter().map(|label| (*label).to_owned()).collect() }
    }
}

/// A registry of families. Prometheus' own shows a family with labels only once it has a series, so the families are
/// noted when they are registered.
#[derive(Default)]
pub struct Registry {
    inner: prometheus::Registry,
    described: Mutex<Vec<Described>>,
}

impl Registry {
    /// An empty one.
    pub fn new() -> Self {
        Registry::default()
    }

    /// Adds a collector's families.
    ///
    /// # Errors
    /// When a name is taken.
    pub fn register(&self, collector: Box<dyn Collector>) -> prometheus::Result<()> {
        let histogram = collector.collect().iter().any(|family| family.get_field_type() == MetricType::HISTOGRAM);
        let described: Vec<Described> = collector
            .desc()
            .into_iter()
            .map(|desc| {
                let mut labels = desc.variable_labels.clone();
                let kind = match (histogram, desc.fq_name.ends_with("_total")) {
                    (true, _) => {
                        labels.push("le".to_owned());
                        "histogram"
                    }
                    (false, true) => "counter",
                    (false, false) => "gauge",
                };
                Described { name: desc.fq_name.clone(), kind, labels }
            })
            .collect();
        self.inner.register(collector)?;
        self.described.lock().extend(described);
        Ok(())
    }

    /// All families that have a series.
    pub fn gather(&self) -> Vec<MetricFamily> {
        self.inner.gather()
    }

    /// All families that were registered, also those without a series.
    pub fn described(&self) -> Vec<Described> {
        self.described.lock().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts};

    /// Scenario: a counter, a gauge and a histogram, none of which has counted anything; a name that is taken.
    /// Guarantees: each is described with its labels, and the refused one is not.
    #[test]
    fn described_before_the_first_series() {
        let registry = Registry::new();
        let counter = || Box::new(IntCounterVec::new(Opts::new("a_total", "A."), &["language"]).unwrap());
        registry.register(counter()).unwrap();
        registry.register(Box::new(IntGauge::new("b", "B.").unwrap())).unwrap();
        let histogram = HistogramVec::new(HistogramOpts::new("c_seconds", "C."), &["transport"]).unwrap();
        registry.register(Box::new(histogram)).unwrap();
        assert!(registry.register(counter()).is_err());
        let found: Vec<String> = registry
            .described()
            .into_iter()
            .map(|family| format!("{} {} {}", family.name, family.kind, family.labels.join(",")))
            .collect();
        assert_eq!(found, ["a_total counter language", "b gauge ", "c_seconds histogram transport,le"]);
    }
}
