//! Checks of what is said about evaluations from outside.

use super::reported::plain_name;
use super::validate::Findings;
use super::{Config, Duration};
use std::collections::BTreeSet;

/// The steps of a turn, as `evaluate::Step` names them.
const STEPS: [&str; 4] = ["planner", "retrieval", "tool_arguments", "answer"];

impl Findings {
    pub(super) fn reported(&mut self, config: &Config) {
        let reported = &config.evaluate.reported;
        self.range("evaluate.reported.threshold", reported.threshold, 0.0, 1.0);
        self.duration("evaluate.reported.wait", reported.wait, Duration::from_secs(0));
        if reported.wait < config.turn.max_age {
            self.add("evaluate.reported.wait", "shorter than turn.max_age, expected at least as long");
        }
        self.range("evaluate.reported.max_waiting", reported.max_waiting, 1, 10_000_000);
        self.range("evaluate.reported.remember", reported.remember, 0, 10_000_000);
        let mut seen = BTreeSet::new();
        for (index, evaluation) in reported.evaluation.iter().enumerate() {
            let key = format!("evaluate.reported.evaluation.{index}");
            let name = plain_name(&evaluation.name);
            if name.is_empty() || evaluation.name.chars().count() > 64 {
                self.add(format!("{key}.name"), "expected 1 to 64 characters");
            } else if !seen.insert(name) {
                self.add(format!("{key}.name"), "listed twice");
            }
            if evaluation.threshold.is_some_and(|threshold| !threshold.is_finite()) {
                self.add(format!("{key}.threshold"), "not a number");
            }
            if evaluation.step.as_ref().is_some_and(|step| !STEPS.contains(&step.as_str())) {
                self.add(format!("{key}.step"), "expected planner, retrieval, tool_arguments or answer");
            }
            let words = |labels: &[String]| labels.iter().map(|label| plain_name(label)).collect::<BTreeSet<_>>();
            let (pass, fail) = (words(&evaluation.pass), words(&evaluation.fail));
            for (list, labels) in [("pass", &pass), ("fail", &fail)] {
                if labels.contains("") {
                    self.add(format!("{key}.{list}"), "an empty label");
                }
            }
            if !pass.is_disjoint(&fail) {
                self.add(format!("{key}.fail"), "a label that is in `pass`, too");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the steps of this list and those of the evaluations.
    /// Guarantees: they are the same.
    #[test]
    fn steps_are_known() {
        assert_eq!(STEPS, crate::evaluate::Step::ALL.map(|step| step.name()));
    }
}
