//! All labels with their caps, and the count of what did not fit.

use super::label::{Admission, LabelSet, Sym};
use super::registry::Registry;
use crate::config;
use crate::convention::Role;
use crate::evaluate::{Free, Paid};
use crate::language::Tag;
use prometheus::{IntCounter, IntCounterVec, Opts};
use std::sync::Arc;

/// Distinct values of a label that our own source writes: transports, reasons, evaluations.
const MAX_OWN_VALUES: usize = 64;

/// The labels of all families, but for those with a handful of values fixed in a family (`outcome`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelKind {
    /// The service that sent the span.
    Service,
    /// The model that answered.
    Model,
    /// The language of a text or of a cohort.
    Language,
    /// The language of the answer; shares its values with `language`.
    TargetLanguage,
    /// Whose text.
    Role,
    /// The judged part of a turn.
    Step,
    /// The evaluation: one of ours, or one that somebody else runs.
    Evaluation,
    /// What counted the tokens.
    Tokenizer,
    /// How a request came in.
    Transport,
    /// A downstream, by its name in the configuration.
    Destination,
    /// Why something was refused, dropped, completed or switched off.
    Reason,
    /// What an HTTP or gRPC exchange came to.
    Status,
    /// A queue.
    Queue,
    /// Input or output.
    Direction,
    /// Traces, logs or metrics.
    Signal,
}

impl LabelKind {
    /// All of them.
    pub const ALL: [LabelKind; 15] = [
        LabelKind::Service,
        LabelKind::Model,
        LabelKind::Language,
        LabelKind::TargetLanguage,
        LabelKind::Role,
        LabelKind::Step,
        LabelKind::Evaluation,
        LabelKind::Tokenizer,
        LabelKind::Transport,
        LabelKind::Destination,
        LabelKind::Reason,
        LabelKind::Status,
        LabelKind::Queue,
        LabelKind::Direction,
        LabelKind::Signal,
    ];

    /// The label's name.
    pub const fn name(self) -> &'static str {
        match self {
            LabelKind::Service => "service",
            LabelKind::Model => "model",
            LabelKind::Language => "language",
            LabelKind::TargetLanguage => "target_language",
            LabelKind::Role => "role",
            LabelKind::Step => "step",
            LabelKind::Evaluation => "evaluation",
            LabelKind::Tokenizer => "tokenizer",
            LabelKind::Transport => "transport",
            LabelKind::Destination => "destination",
            LabelKind::Reason => "reason",
            LabelKind::Status => "status",
            LabelKind::Queue => "queue",
            LabelKind::Direction => "direction",
            LabelKind::Signal => "signal",
        }
    }

    /// Whether clients choose its values, so that it becomes `other` when a family is full.
    pub const fn from_outside(self) -> bool {
        matches!(self, LabelKind::Service | LabelKind::Model | LabelKind::Language | LabelKind::TargetLanguage)
    }
}

/// A label's values and its overflow counter.
struct Capped {
    values: LabelSet,
    overflow: IntCounter,
}

/// The caps of all labels.
///
/// Values are admitted first come first served; a value over the cap is counted as `other`, and each such count
/// as one overflow of that label. The served languages are admitted from the start, beside `und`, `mul`, `zxx`.
pub struct LabelCaps {
    service: Capped,
    model: Capped,
    language: Capped,
    /// One set for each label whose values we write ourselves, in the order of [`LabelKind::ALL`].
    own: Vec<Capped>,
    /// Cohorts that were counted as `other` because their family was full.
    series: IntCounter,
    served: Vec<Tag>,
}

impl LabelCaps {
    /// Empty sets with the caps of the configuration; registers the overflow counter.
    ///
    /// # Errors
    /// When the counter is registered already.
    pub fn new(caps: &config::Label, served: &[Tag], registry: &Registry) -> prometheus::Result<Self> {
        let help = "Values that were counted as `other`: more distinct values of the label than its cap, or \
                    (label=\"series\") a family with as many series as it may have.";
        let overflow = IntCounterVec::new(Opts::new("isogloss_label_overflow_total", help), &["label"])?;
        registry.register(Box::new(overflow.clone()))?;
        let capped = |kind: LabelKind, values: LabelSet| -> prometheus::Result<Capped> {
            Ok(Capped { values, overflow: overflow.get_metric_with_label_values(&[kind.name()])? })
        };
        let languages: Vec<&str> =
            [&Tag::UND, &Tag::MUL, &Tag::ZXX].into_iter().chain(served).map(Tag::as_str).collect();
        let mut own = Vec::new();
        for kind in LabelKind::ALL.into_iter().filter(|kind| !kind.from_outside()) {
            let known = own_values(kind);
            let max = match kind {
                // Ours are there from the start, so that names from outside cannot take their places.
                LabelKind::Evaluation => known.len().saturating_add(caps.evaluation),
                _ => MAX_OWN_VALUES,
            };
            own.push(capped(kind, LabelSet::new(max, known))?);
        }
        Ok(LabelCaps {
            service: capped(LabelKind::Service, LabelSet::new(caps.service, []))?,
            model: capped(LabelKind::Model, LabelSet::new(caps.model, []))?,
            // The three that are no languages do not take room from those that are.
            language: capped(LabelKind::Language, LabelSet::new(caps.language.saturating_add(3), languages))?,
            own,
            series: overflow.get_metric_with_label_values(&["series"])?,
            served: served.to_vec(),
        })
    }

    fn capped(&self, kind: LabelKind) -> &Capped {
        match kind {
            LabelKind::Service => &self.service,
            LabelKind::Model => &self.model,
            LabelKind::Language | LabelKind::TargetLanguage => &self.language,
            own => {
                let place = LabelKind::ALL.iter().filter(|kind| !kind.from_outside()).position(|kind| *kind == own);
                place.and_then(|place| self.own.get(place)).unwrap_or(&self.service)
            }
        }
    }

    /// The number of a value; `other` (and one more overflow) when there is no room.
    pub(super) fn admit(&self, kind: LabelKind, value: &str) -> Sym {
        self.try_admit(kind, value).unwrap_or_else(|| {
            self.capped(kind).overflow.inc();
            Sym::OTHER
        })
    }

    /// The number of a value, when there is room for it.
    pub(super) fn try_admit(&self, kind: LabelKind, value: &str) -> Option<Sym> {
        match self.capped(kind).values.admit(value) {
            Admission::Admitted(sym) => Some(sym),
            Admission::Overflow => None,
        }
    }

    /// The number of a language; its tag when admitted, else [`Tag::OTHER`].
    pub(super) fn language(&self, tag: Tag) -> (Sym, Tag) {
        let sym = self.admit(LabelKind::Language, tag.as_str());
        (sym, if sym == Sym::OTHER { Tag::OTHER } else { tag })
    }

    /// The number of a model, `unknown` when there is none.
    pub(super) fn model(&self, model: Option<&str>) -> Sym {
        model.map_or(Sym::UNKNOWN, |model| self.admit(LabelKind::Model, model))
    }

    /// The text of a number.
    pub(super) fn name(&self, kind: LabelKind, sym: Sym) -> Arc<str> {
        self.capped(kind).values.name(sym)
    }

    /// The languages that the product serves.
    pub(super) fn served(&self) -> &[Tag] {
        &self.served
    }

    /// Counts a cohort that its family has no room for.
    pub(super) fn series_overflow(&self) {
        self.series.inc();
    }
}

/// Values that are known beforehand.
fn own_values(kind: LabelKind) -> Vec<&'static str> {
    match kind {
        LabelKind::Role => Role::ALL.iter().map(|role| role.name()).collect(),
        LabelKind::Evaluation => Free::NAMES.into_iter().chain(Paid::NAMES).collect(),
        LabelKind::Transport => vec!["grpc", "http_protobuf", "http_json"],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(service: usize, language: usize, served: &[&str]) -> LabelCaps {
        let served: Vec<Tag> = served.iter().map(|tag| Tag::parse(tag).unwrap()).collect();
        let label = config::Label { service, model: 1, language, evaluation: 2 };
        LabelCaps::new(&label, &served, &Registry::new()).unwrap()
    }

    /// Scenario: a second service where one is allowed.
    /// Guarantees: it is `other`, and only its label's overflow counts, once for each time.
    #[test]
    fn overflow_is_counted_by_label() {
        let caps = caps(1, 5, &[]);
        let first = caps.admit(LabelKind::Service, "chat");
        assert_eq!(&*caps.name(LabelKind::Service, first), "chat");
        assert_eq!(caps.admit(LabelKind::Service, "mail"), Sym::OTHER);
        assert_eq!(caps.admit(LabelKind::Service, "mail"), Sym::OTHER);
        assert_eq!(caps.service.overflow.get(), 2);
        assert_eq!(caps.model.overflow.get(), 0);
    }

    /// Scenario: a flood of other languages after the served ones were configured.
    /// Guarantees: a served language, `und`, `mul` and `zxx` keep their own value; the flood is `other`.
    #[test]
    fn served_languages_have_their_place() {
        let caps = caps(1, 2, &["ro", "sw"]);
        for tag in ["aa", "bb", "cc"] {
            assert_eq!(caps.language(Tag::parse(tag).unwrap()).1, Tag::OTHER);
        }
        for tag in ["ro", "sw", "und", "mul", "zxx"] {
            assert_eq!(caps.language(Tag::parse(tag).unwrap()).1.as_str(), tag);
        }
    }

    /// Scenario: each kind of label is asked for a value of its own.
    /// Guarantees: no two labels but the two languages share a set.
    #[test]
    fn each_label_has_its_set() {
        let caps = caps(5, 5, &[]);
        for kind in LabelKind::ALL {
            let value = format!("v-{}", kind.name());
            let sym = caps.admit(kind, &value);
            assert_eq!(*caps.name(kind, sym), *value);
            for other in LabelKind::ALL.into_iter().filter(|other| *other != kind && !is_language(*other)) {
                assert_ne!(*caps.name(other, sym), *value, "{} and {}", kind.name(), other.name());
            }
        }
        fn is_language(kind: LabelKind) -> bool {
            matches!(kind, LabelKind::Language | LabelKind::TargetLanguage)
        }
    }

    /// Scenario: an answer without a model.
    /// Guarantees: the model is `unknown`, without taking a place.
    #[test]
    fn absent_model_is_unknown() {
        let caps = caps(1, 1, &[]);
        assert_eq!(&*caps.name(LabelKind::Model, caps.model(None)), "unknown");
        assert_eq!(&*caps.name(LabelKind::Model, caps.model(Some("gpt"))), "gpt");
    }
}
