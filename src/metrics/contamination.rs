//! The contamination gauges, made at each exposition from the turns since the start.

use super::cohorts::Cohorts;
use super::ratio::{labels, values};
use super::registry::Described;
use crate::cohort::contamination;
use crate::language::Tag;
use prometheus::proto::{Gauge, Metric, MetricFamily, MetricType};
use std::collections::BTreeMap;
use std::sync::Arc;

const NAME: &str = "isogloss_cohort_contamination_ratio";

/// The family.
pub fn described() -> Described {
    Described::gauge(NAME.to_owned(), &["language", "service"])
}

/// A gauge for each language that a service had turns in; `None` where there are none.
pub fn family(cohorts: &Cohorts) -> Option<MetricFamily> {
    let mut services: BTreeMap<Arc<str>, BTreeMap<Tag, f64>> = BTreeMap::new();
    for ([service, language, _], turns) in cohorts.turns.totals() {
        if let Some(language) = Tag::parse(&language) {
            *services.entry(service).or_default().entry(language).or_default() += turns;
        }
    }
    let mut metrics = Vec::new();
    for (service, turns) in services {
        for (language, share) in contamination(&turns.into_iter().collect::<Vec<_>>()) {
            let mut gauge = Gauge::default();
            gauge.set_value(share);
            let mut metric = Metric::from_gauge(gauge);
            metric.set_label(labels(&[("language", language.as_str()), ("service", &service)]));
            metrics.push(metric);
        }
    }
    if metrics.is_empty() {
        return None;
    }
    metrics.sort_by(|a, b| values(a).cmp(values(b)));
    let mut family = MetricFamily::default();
    family.set_name(NAME.to_owned());
    family.set_help(
        "Expected share of a cohort's turns that are in a larger cohort's language and were taken for this one."
            .to_owned(),
    );
    family.set_field_type(MetricType::GAUGE);
    family.set_metric(metrics);
    Some(family)
}
