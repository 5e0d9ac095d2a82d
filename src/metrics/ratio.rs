//! The ratio gauges, made at each exposition from the windows of the cohort book.

use super::registry::Described;
use crate::cohort::{CohortBook, Interval};
use prometheus::proto::{Gauge, LabelPair, Metric, MetricFamily, MetricType};

/// What a family of gauges shows of a ratio.
const FACETS: [(&str, &str); 3] = [
    ("", "over the window"),
    ("_lower", "over the window: lower bound of Wilson's 95 % interval"),
    ("_upper", "over the window: upper bound of Wilson's 95 % interval"),
];

const FAIL: &str = "isogloss_eval_fail_ratio";
const REFUSAL: &str = "isogloss_refusal_ratio";

/// The families that there may be.
pub fn described() -> Vec<Described> {
    let all = |name: &'static str, labels: &'static [&'static str]| {
        FACETS.iter().map(move |(suffix, _)| Described::gauge(format!("{name}{suffix}"), labels))
    };
    all(FAIL, &["evaluation", "language", "service"]).chain(all(REFUSAL, &["language", "service"])).collect()
}

/// The three families of both ratios. A family without a cohort is left out, as is a cohort without data.
pub fn families(book: &CohortBook) -> Vec<MetricFamily> {
    let mut fails = FACETS.map(|facet| family(FAIL, "Share of verdicts that are a fail", facet));
    for cohort in book.fail_ratios() {
        let labels = labels(&[
            ("evaluation", &cohort.evaluation),
            ("language", cohort.language.as_str()),
            ("service", &cohort.service),
        ]);
        push(&mut fails, &labels, cohort.ratio, cohort.interval);
    }
    let mut refusals = FACETS.map(|facet| family(REFUSAL, "Share of answers that decline", facet));
    for cohort in book.refusal_ratios() {
        let labels = labels(&[("language", cohort.language.as_str()), ("service", &cohort.service)]);
        push(&mut refusals, &labels, cohort.ratio, cohort.interval);
    }
    let mut families: Vec<MetricFamily> =
        fails.into_iter().chain(refusals).filter(|family| !family.get_metric().is_empty()).collect();
    for family in &mut families {
        family.mut_metric().sort_by(|a, b| values(a).cmp(values(b)));
    }
    families
}

pub(super) fn values(metric: &Metric) -> impl Iterator<Item = &str> {
    metric.get_label().iter().map(LabelPair::value)
}

fn family(name: &str, what: &str, (suffix, facet): (&str, &str)) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(format!("{name}{suffix}"));
    family.set_help(format!("{what}, {facet}."));
    family.set_field_type(MetricType::GAUGE);
    family
}

pub(super) fn labels(pairs: &[(&str, &str)]) -> Vec<LabelPair> {
    let pair = |(name, value): &(&str, &str)| {
        let mut label = LabelPair::default();
        label.set_name((*name).to_owned());
        label.set_value((*value).to_owned());
        label
    };
    pairs.iter().map(pair).collect()
}

fn push(families: &mut [MetricFamily; 3], labels: &[LabelPair], ratio: f64, interval: Interval) {
    for (family, value) in families.iter_mut().zip([ratio, interval.lower, interval.upper]) {
        let mut gauge = Gauge::default();
        gauge.set_value(value);
        let mut metric = Metric::from_gauge(gauge);
        metric.set_label(labels.to_vec());
        family.mut_metric().push(metric);
    }
}
