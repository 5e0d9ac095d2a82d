//! How a family of counters shows itself to the registry.
//!
//! The vectors of the `prometheus` crate find a series by a hash over its label values with nothing between them:
//! service `shop` with model `gpt-4o` and service `shopg` with model `pt-4o` are one series there. Clients choose
//! those values, so a family keeps its own map, by the numbers of the values, and is its own collector.

use super::caps::LabelCaps;
use super::family::Shape;
use super::label::Sym;
use dashmap::DashMap;
use prometheus::core::{Atomic, Collector, Desc, Number};
use prometheus::proto::{Counter, LabelPair, Metric, MetricFamily, MetricType};
use std::collections::HashMap;
use std::sync::Arc;

/// The counters of each cohort, in the order of the outcomes.
pub type Counters<P, const N: usize, const M: usize> = DashMap<[Sym; N], [P; M], ahash::RandomState>;

/// The collector of a family, with which it shares its counters.
pub struct Exposed<P: Atomic, const N: usize, const M: usize> {
    desc: Desc,
    shape: Shape<N, M>,
    counters: Arc<Counters<P, N, M>>,
    caps: Arc<LabelCaps>,
}

impl<P: Atomic, const N: usize, const M: usize> Exposed<P, N, M> {
    /// A collector for `counters`.
    ///
    /// # Errors
    /// When a name in the shape is not valid or is there twice, or there is no help.
    pub fn new(
        shape: Shape<N, M>,
        counters: &Arc<Counters<P, N, M>>,
        caps: &Arc<LabelCaps>,
    ) -> prometheus::Result<Self> {
        let outcome = Some(shape.outcome).filter(|name| !name.is_empty());
        let labels = shape.labels.iter().map(|kind| kind.name()).chain(outcome).map(str::to_owned).collect();
        let desc = Desc::new(shape.name.to_owned(), shape.help.to_owned(), labels, HashMap::new())?;
        Ok(Exposed { desc, shape, counters: Arc::clone(counters), caps: Arc::clone(caps) })
    }

    /// The labels of one series, ordered by name as everywhere on the page.
    fn labels(&self, names: &[Arc<str>; N], outcome: &str) -> Vec<LabelPair> {
        let own = Some((self.shape.outcome, outcome)).filter(|(name, _)| !name.is_empty());
        let capped = self.shape.labels.iter().zip(names).map(|(kind, value)| (kind.name(), value.as_ref()));
        let mut labels: Vec<LabelPair> = capped
            .chain(own)
            .map(|(name, value)| {
                let mut label = LabelPair::default();
                label.set_name(name.to_owned());
                label.set_value(value.to_owned());
                label
            })
            .collect();
        labels.sort_by(|a, b| a.name().cmp(b.name()));
        labels
    }
}

impl<P: Atomic, const N: usize, const M: usize> Collector for Exposed<P, N, M> {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.desc]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // Numbers first, so that nobody who counts waits for the making of labels.
        let read = |counters: &[P; M]| std::array::from_fn(|at| counters.get(at).map_or(0.0, |c| c.get().into_f64()));
        let cohorts: Vec<([Sym; N], [f64; M])> =
            self.counters.iter().map(|cohort| (*cohort.key(), read(cohort.value()))).collect();
        let mut metrics = Vec::with_capacity(cohorts.len().saturating_mul(M));
        for (key, values) in &cohorts {
            let names = self.shape.values(key, &self.caps);
            for (outcome, value) in self.shape.outcomes.iter().zip(values) {
                let mut counter = Counter::default();
                counter.set_value(*value);
                let mut metric = Metric::from_label(self.labels(&names, outcome));
                metric.set_counter(counter);
                metrics.push(metric);
            }
        }
        let mut family = MetricFamily::default();
        family.set_name(self.shape.name.to_owned());
        family.set_help(self.shape.help.to_owned());
        family.set_field_type(MetricType::COUNTER);
        family.set_metric(metrics);
        vec![family]
    }
}
