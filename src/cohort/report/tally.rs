//! Adds up turns, verdicts and texts into a report.

use super::row::{EvaluationRow, MIN_SAMPLE, Rate, Report, RoleRow, Row};
use crate::cohort::window::{Sums, Window};
use crate::convention::Role;
use crate::evaluate::{Outcome, Verdict};
use crate::language::Tag;
use crate::refusal;
use crate::turn::Turn;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cohorts that a tally keeps apart; further ones are added up as `other`.
const MAX_COHORTS: usize = 10_000;

/// Languages of answers that a cohort keeps apart.
const MAX_TARGETS: usize = 300;

/// Evaluations that a cohort keeps apart: names may come from outside.
const MAX_EVALUATIONS: usize = 100;

/// What is known about one cohort so far.
#[derive(Debug, Default)]
struct Cohort {
    turns: u64,
    refused: u64,
    answered: u64,
    undetermined: u64,
    targets: BTreeMap<Tag, u64>,
    evaluations: BTreeMap<Cow<'static, str>, Evaluation>,
    roles: BTreeMap<Role, RoleRow>,
}

#[derive(Debug, Default)]
struct Evaluation {
    judged: Window,
    skipped: u64,
    errors: u64,
}

/// Collects the events of a run; [`Tally::report`] says what they come to.
#[derive(Debug, Default)]
pub struct Tally {
    turns: u64,
    cohorts: BTreeMap<(Arc<str>, Tag), Cohort>,
}

impl Tally {
    /// An empty tally.
    pub fn new() -> Self {
        Tally::default()
    }

    fn cohort(&mut self, service: &Arc<str>, language: Tag) -> &mut Cohort {
        let key = (Arc::clone(service), language);
        let key = if self.cohorts.len() < MAX_COHORTS || self.cohorts.contains_key(&key) {
            key
        } else {
            (Arc::from("other"), Tag::OTHER)
        };
        self.cohorts.entry(key).or_default()
    }

    /// Records a complete turn: its languages and whether its answer declined.
    pub fn turn(&mut self, turn: &Turn) {
        self.turns += 1;
        let cohort = self.cohort(&turn.service, turn.language());
        cohort.turns += 1;
        let target = turn.target_language();
        let room = cohort.targets.len() < MAX_TARGETS || cohort.targets.contains_key(&target);
        *cohort.targets.entry(if room { target } else { Tag::OTHER }).or_default() += 1;
        match turn.refusal.map(|verdict| verdict.outcome) {
            Some(refusal::Outcome::Refused) => cohort.refused += 1,
            Some(refusal::Outcome::Answered) => cohort.answered += 1,
            Some(refusal::Outcome::Undetermined) => cohort.undetermined += 1,
            None => {}
        }
    }

    /// Records a verdict.
    pub fn verdict(&mut self, verdict: &Verdict) {
        let cohort = self.cohort(&verdict.service, verdict.language);
        let name = verdict.evaluation.clone();
        let room = cohort.evaluations.len() < MAX_EVALUATIONS || cohort.evaluations.contains_key(&name);
        let evaluation = cohort.evaluations.entry(if room { name } else { Cow::Borrowed("other") }).or_default();
        let failed = match verdict.outcome {
            Outcome::Pass => false,
            Outcome::Fail => true,
            Outcome::Skipped => {
                evaluation.skipped += 1;
                return;
            }
            Outcome::Error => {
                evaluation.errors += 1;
                return;
            }
        };
        // One bucket for the whole run: a report has no window.
        evaluation.judged.record(0, failed, verdict.weight, verdict.probability < 1.0);
    }

    /// Records a text in `language`. `tokens` is `None` where they were not counted.
    pub fn text(&mut self, service: &Arc<str>, role: Role, language: Tag, characters: u64, tokens: Option<u64>) {
        let row = self.cohort(service, language).roles.entry(role).or_default();
        row.texts += 1;
        row.characters = row.characters.saturating_add(characters);
        if let Some(tokens) = tokens {
            row.tokens = row.tokens.saturating_add(tokens);
            row.tokenized_characters = row.tokenized_characters.saturating_add(characters);
        }
    }

    /// The report over all that was recorded so far.
    pub fn report(&self) -> Report {
        let density: BTreeMap<_, _> =
            self.cohorts.iter().filter_map(|(key, cohort)| Some((key.clone(), cohort.density()?))).collect();
        let mut rows: Vec<Row> = self
            .cohorts
            .iter()
            .map(|((service, language), cohort)| {
                let own = density.get(&(Arc::clone(service), *language)).copied();
                let english = density.get(&(Arc::clone(service), Tag::literal("en"))).copied();
                cohort.row(service, *language, own, english)
            })
            .collect();
        // Worst first; among equals the larger cohort, then the name (the map's order, kept by a stable sort).
        rows.sort_by(|a, b| {
            let bound = |row: &Row| row.worst_lower_bound().unwrap_or(-1.0);
            bound(b).total_cmp(&bound(a)).then(b.turns.cmp(&a.turns))
        });
        Report { turns: self.turns, rows }
    }
}

impl Cohort {
    /// Tokens per character over all roles.
    fn density(&self) -> Option<f64> {
        let characters: u64 = self.roles.values().map(|row| row.tokenized_characters).sum();
        let tokens: u64 = self.roles.values().map(|row| row.tokens).sum();
        (characters > 0).then(|| tokens as f64 / characters as f64)
    }

    fn row(&self, service: &str, language: Tag, own: Option<f64>, english: Option<f64>) -> Row {
        let evaluations =
            self.evaluations.iter().map(|(name, evaluation)| (name.clone().into_owned(), evaluation.row()));
        Row {
            service: service.to_owned(),
            language: language.to_string(),
            turns: self.turns,
            insufficient: self.turns < MIN_SAMPLE,
            refusals: Rate::plain(self.refused, self.refused + self.answered),
            refusals_undetermined: self.undetermined,
            evaluations: evaluations.collect(),
            target_languages: self.targets.iter().map(|(tag, n)| (tag.to_string(), *n)).collect(),
            texts: self.roles.iter().map(|(role, row)| (role.name().to_owned(), *row)).collect(),
            tokens_per_character: own,
            token_premium: own.zip(english).filter(|(_, english)| *english > 0.0).map(|(own, english)| own / english),
        }
    }
}

impl Evaluation {
    fn row(&self) -> EvaluationRow {
        let sums: Sums = self.judged.sums();
        EvaluationRow {
            failed: Rate::weighted(sums.x, sums.n, sums.ratio()),
            skipped: self.skipped,
            errors: self.errors,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::evaluate::{Step, fixture};

    /// A turn of the service `bot`.
    pub fn turn(language: &str, target: &str, refusal: Option<refusal::Outcome>) -> Turn {
        Turn {
            service: Arc::from("bot"),
            refusal: refusal.map(|outcome| refusal::Verdict::new(outcome, None, None)),
            ..fixture::turn("text", language, "text", target)
        }
    }

    /// A verdict on a turn of the service `bot`.
    pub fn verdict(evaluation: &'static str, language: &str, outcome: Outcome) -> Verdict {
        Verdict {
            evaluation: evaluation.into(),
            step: Step::Answer,
            outcome,
            score: None,
            reason_code: "",
            reason: String::new(),
            epoch: 0,
            trace_id: [1; 16],
            span_id: [1; 8],
            service: Arc::from("bot"),
            model: None,
            language: Tag::parse(language).unwrap(),
            target_language: Tag::parse(language).unwrap(),
            probability: 1.0,
            weight: 1.0,
        }
    }

    /// Scenario: a good English cohort and a small Romanian one that fails often.
    /// Guarantees: the worse one comes first, each figure is right, and the small one is marked.
    #[test]
    fn adds_up() {
        let mut tally = Tally::new();
        for i in 0..40 {
            tally.turn(&turn("en", "en", Some(refusal::Outcome::Answered)));
            tally.verdict(&verdict("refusal", "en", if i == 0 { Outcome::Fail } else { Outcome::Pass }));
        }
        for i in 0..10 {
            let refused = if i < 5 { refusal::Outcome::Refused } else { refusal::Outcome::Undetermined };
            tally.turn(&turn("ro", if i < 3 { "en" } else { "ro" }, Some(refused)));
            tally.verdict(&verdict("refusal", "ro", if i < 5 { Outcome::Fail } else { Outcome::Skipped }));
        }
        let report = tally.report();
        assert_eq!(report.turns, 50);
        let [ro, en] = &report.rows[..] else { panic!("two rows, got {report:?}") };
        assert_eq!((ro.language.as_str(), ro.turns, ro.insufficient), ("ro", 10, true));
        assert_eq!((ro.refusals.x, ro.refusals.n, ro.refusals_undetermined), (5, 5, 5));
        assert_eq!(ro.evaluations["refusal"].skipped, 5);
        assert_eq!(ro.target_languages, BTreeMap::from([("en".into(), 3), ("ro".into(), 7)]));
        assert!(!en.insufficient && !en.refusals.insufficient);
        assert_eq!(en.evaluations["refusal"].failed.ratio, Some(0.025));
    }

    /// Scenario: more evaluations than a cohort keeps apart, as a grader with names of its own may send.
    /// Guarantees: the surplus is added up as `other`, and nothing is lost.
    #[test]
    fn names_are_bounded() {
        let mut tally = Tally::new();
        for n in 0..MAX_EVALUATIONS + 20 {
            let named = Verdict { evaluation: format!("check {n}").into(), ..verdict("", "ro", Outcome::Skipped) };
            tally.verdict(&named);
        }
        let evaluations = &tally.report().rows[0].evaluations;
        assert_eq!((evaluations.len(), evaluations["other"].skipped), (MAX_EVALUATIONS + 1, 20));
    }

    /// Scenario: English at 4 characters a token, Tamil at 2, Swahili without counted tokens, no text in French.
    /// Guarantees: the premium of Tamil is 2, Swahili has none, and a role is counted apart.
    #[test]
    fn token_premium() {
        let service: Arc<str> = Arc::from("bot");
        let mut tally = Tally::new();
        tally.text(&service, Role::Input, Tag::literal("en"), 300, Some(75));
        tally.text(&service, Role::Output, Tag::literal("en"), 100, Some(25));
        tally.text(&service, Role::Output, Tag::literal("ta"), 100, Some(50));
        tally.text(&service, Role::Output, Tag::literal("sw"), 100, None);
        let report = tally.report();
        let row = |language: &str| report.rows.iter().find(|row| row.language == language).unwrap();
        assert_eq!(row("ta").token_premium, Some(2.0));
        assert_eq!(row("en").token_premium, Some(1.0));
        assert_eq!((row("sw").tokens_per_character, row("sw").token_premium), (None, None));
        assert_eq!(row("en").texts["output"].texts, 1);
        let other: Arc<str> = Arc::from("no-english-here");
        tally.text(&other, Role::Output, Tag::literal("ta"), 100, Some(50));
        let report = tally.report();
        assert_eq!(report.rows.iter().find(|row| row.service == "no-english-here").unwrap().token_premium, None);
    }

    /// Scenario: the report as JSON.
    /// Guarantees: an unknown number is null, never 0.
    #[test]
    fn json_says_null() {
        let mut tally = Tally::new();
        tally.turn(&turn("ro", "ro", None));
        let json = serde_json::to_value(tally.report()).unwrap();
        assert!(json["rows"][0]["refusals"]["ratio"].is_null());
        assert!(json["rows"][0]["token_premium"].is_null());
        assert_eq!(json["rows"][0]["refusals"]["insufficient"], true);
    }
}
