//! The report's shape.

use crate::cohort::{Interval, Z_95, wilson};
use serde::Serialize;
use std::collections::BTreeMap;

/// Below this many trials a rate says too little to be read.
pub const MIN_SAMPLE: u64 = 20;

/// Fail and refusal rates, texts and tokens, by service and language.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Turns in all.
    pub turns: u64,
    /// One row a cohort, worst first: by the lower bound of its worst fail ratio.
    pub rows: Vec<Row>,
}

/// One language of one service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The service.
    pub service: String,
    /// The language: of the user's text for turns and rates, of the text itself for texts and tokens.
    pub language: String,
    /// Turns of the cohort; 0 where only texts of other cohorts' turns are in this language.
    pub turns: u64,
    /// Whether there are fewer turns than a rate needs.
    pub insufficient: bool,
    /// Answers that declined.
    pub refusals: Rate,
    /// Answers of which it could not be told whether they declined.
    pub refusals_undetermined: u64,
    /// The evaluations, by name.
    pub evaluations: BTreeMap<String, EvaluationRow>,
    /// Languages of the answers, with the number of turns.
    pub target_languages: BTreeMap<String, u64>,
    /// Texts in this language, by role.
    pub texts: BTreeMap<String, RoleRow>,
    /// Tokens per character over all texts in this language whose tokens are known.
    pub tokens_per_character: Option<f64>,
    /// Tokens per character relative to English texts of the same service; absent where there are none.
    pub token_premium: Option<f64>,
}

impl Row {
    /// The highest lower bound among the fail ratios; `None` when nothing was judged.
    pub fn worst_lower_bound(&self) -> Option<f64> {
        let bounds = self.evaluations.values().filter_map(|row| row.failed.interval.map(|bounds| bounds.lower));
        bounds.max_by(f64::total_cmp)
    }
}

/// Events among trials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Rate {
    /// Events.
    pub x: u64,
    /// Trials.
    pub n: u64,
    /// The ratio, weighted where turns were sampled; absent without trials.
    pub ratio: Option<f64>,
    /// Wilson's bounds at 95 %, on the effective number of trials.
    pub interval: Option<Interval>,
    /// The number of equally weighted trials that would say as much; `n` where all were taken.
    pub effective_n: f64,
    /// Whether there are fewer trials than a rate needs.
    pub insufficient: bool,
}

impl Rate {
    /// A rate of `x` in `n`, whose ratio is `ratio` as if from `effective_n` trials.
    pub fn weighted(x: u64, n: u64, ratio: Option<(f64, f64)>) -> Self {
        let (value, effective_n) = ratio.map_or((None, 0.0), |(value, n)| (Some(value), n));
        let interval = value.and_then(|value| wilson(value * effective_n, effective_n, Z_95));
        Rate { x, n, ratio: value, interval, effective_n, insufficient: effective_n < MIN_SAMPLE as f64 }
    }

    /// A rate of `x` in `n` where all trials were taken.
    pub fn plain(x: u64, n: u64) -> Self {
        Rate::weighted(x, n, (n > 0).then(|| (x as f64 / n as f64, n as f64)))
    }
}

/// One evaluation in one cohort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct EvaluationRow {
    /// Fails among passes and fails.
    pub failed: Rate,
    /// Could not be asked.
    pub skipped: u64,
    /// Could not be answered.
    pub errors: u64,
}

/// The texts of one role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RoleRow {
    /// Texts.
    pub texts: u64,
    /// Their characters.
    pub characters: u64,
    /// Their tokens, as far as they are known.
    pub tokens: u64,
    /// Characters of the texts whose tokens are known.
    #[serde(skip)]
    pub tokenized_characters: u64,
}
