//! What an evaluation finds, and the verdict that is made of it.

use super::verdict::{Outcome, Step, Verdict};
use crate::turn::Turn;
use xxhash_rust::xxh3::Xxh3;

/// What an evaluation says about one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Pass, fail, or neither.
    pub outcome: Outcome,
    /// 0 to 1, where the evaluation has a score.
    pub score: Option<f64>,
    /// A code from the evaluation's closed set; fit for a label.
    pub reason_code: &'static str,
    /// The reason in words; may hold text of users.
    pub reason: String,
}

impl Finding {
    /// The step is good.
    pub fn pass(reason_code: &'static str) -> Self {
        Finding { outcome: Outcome::Pass, score: Some(1.0), reason_code, reason: String::new() }
    }

    /// The step is bad.
    pub fn fail(reason_code: &'static str, reason: impl Into<String>) -> Self {
        Finding { outcome: Outcome::Fail, score: Some(0.0), reason_code, reason: reason.into() }
    }

    /// The question cannot be asked of this turn.
    pub fn skipped(reason_code: &'static str) -> Self {
        Finding { outcome: Outcome::Skipped, score: None, reason_code, reason: String::new() }
    }

    /// The question could not be answered.
    pub fn error(reason_code: &'static str, reason: impl Into<String>) -> Self {
        Finding { outcome: Outcome::Error, score: None, reason_code, reason: reason.into() }
    }
}

/// Which evaluation, of which epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: &'static str,
    /// The step that it judges.
    pub step: Step,
    /// Its epoch; see [`epoch`].
    pub epoch: u64,
}

/// Hash of all that changes what an evaluation says: its version, and where it has them its prompt, judge model and
/// threshold. Rates of different epochs are not compared.
pub fn epoch(parts: &[&str]) -> u64 {
    let mut hash = Xxh3::new();
    for part in parts {
        // The length keeps "ab", "c" apart from "a", "bc".
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.digest()
}

/// The verdict on a turn that was chosen with this probability.
pub fn verdict(turn: &Turn, identity: Identity, finding: Finding, probability: f64) -> Verdict {
    Verdict {
        evaluation: identity.name.into(),
        step: identity.step,
        outcome: finding.outcome,
        score: finding.score,
        reason_code: finding.reason_code,
        reason: finding.reason,
        epoch: identity.epoch,
        trace_id: turn.trace_id,
        span_id: turn.span_id,
        service: turn.service.clone(),
        model: turn.model.clone(),
        language: turn.language(),
        target_language: turn.target_language(),
        probability,
        weight: turn.adjusted_count / probability,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: parts that run together to the same text.
    /// Guarantees: each split has its own epoch, and an epoch is the same in every process.
    #[test]
    fn epochs() {
        assert_ne!(epoch(&["ab", "c"]), epoch(&["a", "bc"]));
        assert_ne!(epoch(&["a"]), epoch(&["a", ""]));
        assert_eq!(epoch(&["refusal", "1"]), epoch(&["refusal", "1"]));
    }
}
