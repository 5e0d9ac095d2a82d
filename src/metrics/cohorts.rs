//! The families that are counted per cohort.

use super::caps::{LabelCaps, LabelKind as L};
use super::family::{Family, Shape};
use super::registry::Registry;
use prometheus::core::{AtomicF64, AtomicU64};
use std::sync::Arc;

/// Values of `outcome` for evaluations, in the order of [`crate::evaluate::Outcome::ALL`].
const OUTCOMES: [&str; 4] = ["pass", "fail", "skipped", "error"];

const TEXTS: Shape<3, 1> = Shape {
    name: "isogloss_texts_total",
    help: "Texts on agent spans, by the language they are in.",
    labels: [L::Service, L::Role, L::Language],
    outcome: "",
    outcomes: [""],
    spread: false,
};

const UNCERTAIN_TEXTS: Shape<3, 2> = Shape {
    name: "isogloss_uncertain_texts_total",
    help: "Texts whose language is not sure, by what the detector says. A text of low certainty counts as `und` everywhere else.",
    labels: [L::Service, L::Role, L::Language],
    outcome: "certainty",
    outcomes: ["medium", "low"],
    spread: false,
};

const LANGUAGE_SOURCES: Shape<2, 5> = Shape {
    name: "isogloss_turn_language_sources_total",
    help: "Complete turns by what told the language of the user: the text, the text with the served languages, other texts of the trace, the session before, or none.",
    labels: [L::Service, L::Language],
    outcome: "source",
    outcomes: ["text", "served", "trace", "session", "none"],
    spread: false,
};

const TURNS: Shape<3, 1> = Shape {
    name: "isogloss_turns_total",
    help: "Complete turns, by the language of the user and of the answer.",
    labels: [L::Service, L::Language, L::TargetLanguage],
    outcome: "",
    outcomes: [""],
    spread: true,
};

const EVALUATIONS: Shape<6, 4> = Shape {
    name: "isogloss_evaluations_total",
    help: "Verdicts of evaluations. Only pass and fail enter a rate.",
    labels: [L::Service, L::Model, L::Step, L::Evaluation, L::Language, L::TargetLanguage],
    outcome: "outcome",
    outcomes: OUTCOMES,
    spread: true,
};

const WEIGHT: Shape<3, 4> = Shape {
    name: "isogloss_evaluation_weight_total",
    help: "Turns that the verdicts stand for: sum of upstream count divided by sampling probability.",
    labels: [L::Service, L::Evaluation, L::Language],
    outcome: "outcome",
    outcomes: OUTCOMES,
    spread: true,
};

const WEIGHT_SQUARED: Shape<3, 4> = Shape {
    name: "isogloss_evaluation_weight_squared_total",
    help: "Sum of the squared weights; with the weights it gives Kish's effective number of verdicts.",
    ..WEIGHT
};

const REFUSALS: Shape<3, 3> = Shape {
    name: "isogloss_refusals_total",
    help: "Answers, by whether they decline. Undetermined: no text, or a language without patterns.",
    labels: [L::Service, L::Model, L::Language],
    outcome: "outcome",
    outcomes: ["refused", "answered", "undetermined"],
    spread: true,
};

const TOKENS: Shape<5, 1> = Shape {
    name: "isogloss_tokens_total",
    help: "Tokens of texts, counted by the tokenizer.",
    labels: [L::Service, L::Model, L::Role, L::Language, L::Tokenizer],
    outcome: "",
    outcomes: [""],
    spread: false,
};

const CHARACTERS: Shape<4, 1> = Shape {
    name: "isogloss_characters_total",
    help: "Characters (Unicode scalar values) of texts.",
    labels: [L::Service, L::Model, L::Role, L::Language],
    outcome: "",
    outcomes: [""],
    spread: false,
};

const BYTES: Shape<4, 1> = Shape { name: "isogloss_bytes_total", help: "Bytes of texts in UTF-8.", ..CHARACTERS };

const SAMPLED: Shape<2, 4> = Shape {
    name: "isogloss_sampled_turns_total",
    help: "Turns by what became of them: kept for the paid evaluations, skipped by the draw, shed by a full queue, or drawn without a judge.",
    labels: [L::Service, L::Language],
    outcome: "decision",
    outcomes: ["kept", "skipped", "shed", "no_judge"],
    spread: false,
};

/// The families that are counted per cohort.
pub struct Cohorts {
    pub texts: Family<AtomicU64, 3, 1>,
    pub uncertain_texts: Family<AtomicU64, 3, 2>,
    pub turns: Family<AtomicU64, 3, 1>,
    pub language_sources: Family<AtomicU64, 2, 5>,
    pub evaluations: Family<AtomicU64, 6, 4>,
    pub weight: Family<AtomicF64, 3, 4>,
    pub weight_squared: Family<AtomicF64, 3, 4>,
    pub refusals: Family<AtomicU64, 3, 3>,
    pub tokens: Family<AtomicU64, 5, 1>,
    pub characters: Family<AtomicU64, 4, 1>,
    pub bytes: Family<AtomicU64, 4, 1>,
    pub sampled: Family<AtomicU64, 2, 4>,
}

impl Cohorts {
    /// Registers all of them, each with at most `max_series` series.
    pub fn new(max_series: usize, caps: &Arc<LabelCaps>, registry: &Registry) -> prometheus::Result<Self> {
        Ok(Cohorts {
            texts: Family::new(TEXTS, max_series, caps, registry)?,
            uncertain_texts: Family::new(UNCERTAIN_TEXTS, max_series, caps, registry)?,
            turns: Family::new(TURNS, max_series, caps, registry)?,
            language_sources: Family::new(LANGUAGE_SOURCES, max_series, caps, registry)?,
            evaluations: Family::new(EVALUATIONS, max_series, caps, registry)?,
            weight: Family::new(WEIGHT, max_series, caps, registry)?,
            weight_squared: Family::new(WEIGHT_SQUARED, max_series, caps, registry)?,
            refusals: Family::new(REFUSALS, max_series, caps, registry)?,
            tokens: Family::new(TOKENS, max_series, caps, registry)?,
            characters: Family::new(CHARACTERS, max_series, caps, registry)?,
            bytes: Family::new(BYTES, max_series, caps, registry)?,
            sampled: Family::new(SAMPLED, max_series, caps, registry)?,
        })
    }
}
