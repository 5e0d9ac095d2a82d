//! Results of evaluations that somebody else runs and sends with the telemetry.

use super::Duration;
use serde::{Deserialize, Serialize};

/// How results from outside are read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reported {
    /// Whether they are read at all.
    pub enabled: bool,
    /// From this score on (of 0 to 1) a result without a label passes, for evaluations without a threshold of their
    /// own; 0 means that such results are skipped.
    pub threshold: f64,
    /// How long a result waits for its turn to be complete.
    pub wait: Duration,
    /// Results that wait at once.
    pub max_waiting: usize,
    /// Completed turns whose cohort is remembered for results that come later.
    pub remember: usize,
    /// What is known about single evaluations.
    pub evaluation: Vec<ReportedEvaluation>,
}

impl Default for Reported {
    fn default() -> Self {
        Reported {
            enabled: true,
            threshold: 0.5,
            wait: Duration::from_secs(600),
            max_waiting: 20_000,
            remember: 50_000,
            evaluation: Vec::new(),
        }
    }
}

/// What is known about one evaluation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportedEvaluation {
    /// Its name, as it is sent; upper and lower case, spaces, `-` and `_` are the same. Must be there.
    pub name: String,
    /// Which scores are good; told by the name when left out.
    pub better: Better,
    /// The score at which it passes, in the scale of its grader.
    pub threshold: Option<f64>,
    /// Labels that pass, beside the known ones.
    pub pass: Vec<String>,
    /// Labels that fail, beside the known ones.
    pub fail: Vec<String>,
    /// The step that it judges; told by the span when left out.
    #[serde(deserialize_with = "super::tree::empty_as_none")]
    pub step: Option<String>,
}

/// Which scores are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// As the evaluation's name says: of `toxicity` less is better.
    #[default]
    Auto,
    /// High ones.
    Higher,
    /// Low ones.
    Lower,
}

/// A name or a label as it is compared: lower case, words joined by `_`, the words of `camelCase` apart.
pub fn plain_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut before: Option<char> = None;
    for c in name.trim().chars() {
        if !c.is_alphanumeric() {
            if !plain.is_empty() && !plain.ends_with('_') {
                plain.push('_');
            }
        } else {
            if c.is_uppercase() && before.is_some_and(|before| before.is_lowercase()) {
                plain.push('_');
            }
            plain.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    plain.truncate(plain.trim_end_matches('_').len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: the same names as people and programs write them.
    /// Guarantees: one form each, also of those in other scripts and those of signs alone.
    #[test]
    fn plain_names() {
        for name in
            ["Answer Relevancy", "answer-relevancy", "AnswerRelevancy", " answer_relevancy ", "answer.relevancy"]
        {
            assert_eq!(plain_name(name), "answer_relevancy");
        }
        assert_eq!(plain_name("PII"), "pii");
        assert_eq!(plain_name("N/A"), "n_a");
        assert_eq!(plain_name("Точность ответа"), "точность_ответа");
        assert_eq!(plain_name("--"), "");
        assert_eq!(plain_name("👍"), "");
    }
}
