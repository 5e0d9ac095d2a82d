//! The answer to a scrape.

use super::record::Metrics;
use super::{Client, Format, contamination, encode, ratio};
use prometheus::proto::MetricFamily;

/// A page of metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposition {
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its text.
    pub body: String,
}

impl Metrics {
    /// All families, ordered by name, with the true value of every series.
    pub(super) fn gather(&self) -> Vec<MetricFamily> {
        let mut families = {
            let _turns_wait = self.between_turns();
            self.before_gather();
            let mut families = self.registry().gather();
            families.extend(ratio::families(self.book()));
            families.extend(contamination::family(self.families_by_cohort()));
            families
        };
        families.sort_by(|a, b| a.name().cmp(b.name()));
        families
    }

    /// What `client` is to see, in the format that its `Accept` header (may be empty) prefers.
    ///
    /// This walks all series (some ten thousand at most): call it where blocking for some milliseconds is fine.
    pub fn expose(&self, accept: &str, client: Client) -> Exposition {
        let format = Format::of(accept);
        let mut families = self.gather();
        self.births().hold(&mut families, client, self.now());
        Exposition { content_type: format.content_type(), body: encode::encode(&families, format) }
    }
}
