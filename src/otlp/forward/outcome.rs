//! How a request fared at each destination, and what its sender is told.

use crate::otlp::receive::{Accepted, Answer, Refused, RefusedKind};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;
use tonic::Code;

/// How a request fared at one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It was taken.
    Delivered,
    /// It was taken but for some items, or with a warning (0 items).
    Partial {
        /// Items that were not taken.
        rejected: u64,
        /// What the destination says.
        message: String,
    },
    /// It was refused, and would be again.
    Rejected {
        /// The code, for HTTP the one that is nearest.
        code: Code,
        /// What the destination says.
        message: String,
    },
    /// It could not be delivered for as long as we try.
    GaveUp {
        /// The last fault.
        reason: &'static str,
        /// When the destination wants to be tried again, where it says so.
        retry_after: Option<Duration>,
    },
}

/// How a request fared at all destinations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Items in the request.
    pub items: u64,
    /// By destination, in the order of the configuration.
    pub deliveries: Vec<(Arc<str>, Delivery)>,
}

impl Outcome {
    /// What the sender is told.
    ///
    /// - Any destination that gave up: come back later. Destinations that have it already get it twice; OTLP is at
    ///   least once.
    /// - All refused: refused, with the first one's code.
    /// - Otherwise accepted; a destination that did not take everything is named in a partial success. Its count is
    ///   the number of items that may have reached nobody: the smallest of all destinations' counts.
    pub fn answer(&self) -> Answer {
        let mut gave_up = None;
        let mut rejected_with = None;
        let mut anyone = self.deliveries.is_empty();
        let mut lost = u64::MAX;
        let mut message = String::new();
        for (name, delivery) in &self.deliveries {
            let said = match delivery {
                Delivery::Delivered => {
                    anyone = true;
                    lost = 0;
                    continue;
                }
                Delivery::Partial { rejected, message } => {
                    anyone = true;
                    lost = lost.min(*rejected);
                    message
                }
                Delivery::Rejected { code, message } => {
                    rejected_with.get_or_insert(*code);
                    lost = lost.min(self.items);
                    message
                }
                Delivery::GaveUp { reason, retry_after } => {
                    gave_up.get_or_insert((name, *reason, *retry_after));
                    continue;
                }
            };
            let separator = if message.is_empty() { "" } else { "; " };
            // Writing to a string does not fail.
            let _ = write!(message, "{separator}{name}: {}", if said.is_empty() { "rejected" } else { said });
        }
        if let Some((name, reason, retry_after)) = gave_up {
            let message = format!("{name} cannot be reached now: {reason}");
            return Err(Refused { retry_after, ..Refused::new(RefusedKind::Unavailable, message) });
        }
        match rejected_with {
            Some(code) if !anyone => Err(Refused::new(RefusedKind::Rejected(code), message)),
            _ if message.is_empty() => Ok(Accepted::default()),
            _ => Ok(Accepted { partial: Some((lost, message)) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(deliveries: Vec<Delivery>) -> Answer {
        let names = ["a", "b", "c"].map(Arc::from);
        Outcome { items: 10, deliveries: names.into_iter().zip(deliveries).collect() }.answer()
    }

    fn rejected(code: Code) -> Delivery {
        Delivery::Rejected { code, message: "no".into() }
    }

    fn partial(rejected: u64, message: &str) -> Delivery {
        Delivery::Partial { rejected, message: message.into() }
    }

    /// Scenario: no destination, and two that took everything.
    /// Guarantees: accepted without a partial success.
    #[test]
    fn all_delivered() {
        assert_eq!(answer(vec![]), Ok(Accepted::default()));
        assert_eq!(answer(vec![Delivery::Delivered, Delivery::Delivered]), Ok(Accepted::default()));
    }

    /// Scenario: one destination gave up, beside one that delivered and one that refused for good.
    /// Guarantees: the sender keeps the data and comes back when the destination said.
    #[test]
    fn anyone_out_of_reach_is_retryable() {
        let retry_after = Some(Duration::from_secs(3));
        let gave_up = Delivery::GaveUp { reason: "unavailable", retry_after };
        let refused = answer(vec![Delivery::Delivered, rejected(Code::InvalidArgument), gave_up]).unwrap_err();
        assert_eq!((refused.kind, refused.retry_after), (RefusedKind::Unavailable, retry_after));
        assert!(refused.message.contains('c'), "{}", refused.message);
    }

    /// Scenario: every destination refuses for good.
    /// Guarantees: the sender learns it with the first code and does not try again.
    #[test]
    fn all_rejected() {
        let refused = answer(vec![rejected(Code::Unauthenticated), rejected(Code::Internal)]).unwrap_err();
        assert_eq!(refused.kind, RefusedKind::Rejected(Code::Unauthenticated));
        assert_eq!(refused.message, "a: no; b: no");
    }

    /// Scenario: mixtures of taken, partly taken and refused.
    /// Guarantees: accepted, with the items that nobody took counted and the destination named.
    #[test]
    fn mixtures() {
        let partial_of = |deliveries| answer(deliveries).unwrap().partial.unwrap();
        assert_eq!(partial_of(vec![Delivery::Delivered, rejected(Code::Internal)]), (0, "b: no".into()));
        assert_eq!(partial_of(vec![partial(4, "old")]), (4, "a: old".into()));
        assert_eq!(partial_of(vec![partial(4, "old"), rejected(Code::Internal)]), (4, "a: old; b: no".into()));
        assert_eq!(partial_of(vec![partial(0, "slow"), Delivery::Delivered]), (0, "a: slow".into()));
    }
}
