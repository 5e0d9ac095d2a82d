//! Results and turns in every order.

use super::*;
use crate::config::{Better, Reported as Config, ReportedEvaluation};
use crate::convention::results::Score;
use crate::evaluate::fixture::turn;
use crate::evaluate::{Observer, Outcome};
use std::sync::Arc;
use std::time::Duration;

/// Keeps what it is told.
#[derive(Default)]
struct Told {
    verdicts: Mutex<Vec<Verdict>>,
    decided: Mutex<Vec<&'static str>>,
    not_counted: Mutex<Vec<(&'static str, u64)>>,
    held: Mutex<(usize, usize)>,
}

impl Observer for Told {
    fn verdict(&self, verdict: &Verdict) {
        self.verdicts.lock().push(verdict.clone());
    }

    fn reported(&self, by: DecidedBy) {
        self.decided.lock().push(by.name());
    }

    fn unattributed(&self, why: Unattributed, n: u64) {
        self.not_counted.lock().push((why.name(), n));
    }

    fn reported_held(&self, waiting: usize, remembered: usize) {
        *self.held.lock() = (waiting, remembered);
    }
}

struct House {
    reports: Reports,
    told: Arc<Told>,
    now: Instant,
}

impl House {
    fn new(config: &Config) -> House {
        let told = Arc::new(Told::default());
        let outlet = Outlet { observer: told.clone(), sink: None };
        let reports = Reports::new(config, vec!["refusal".into()], outlet);
        House { reports, told, now: Instant::now() }
    }

    fn take(&self, results: Vec<ReportedResult>) {
        self.reports.take(ReportedResults { results, skipped: 0 }, self.now);
    }

    /// Evaluation, outcome and language of every verdict.
    fn verdicts(&self) -> Vec<(String, &'static str, String)> {
        let verdicts = self.told.verdicts.lock();
        let line = |v: &Verdict| (v.evaluation.to_string(), v.outcome.name(), v.language.as_str().to_owned());
        verdicts.iter().map(line).collect()
    }

    fn not_counted(&self) -> Vec<(&'static str, u64)> {
        self.told.not_counted.lock().clone()
    }
}

/// A result about the turn of the fixture.
fn result(name: &str, label: &str) -> ReportedResult {
    ReportedResult {
        trace_id: Some([3; 16]),
        span_id: Some([9; 8]),
        name: name.to_owned(),
        score: None,
        label: Some(label.to_owned()),
        failed: false,
        kind: None,
        key: name.bytes().map(u64::from).sum(),
        session: None,
        own: false,
    }
}

fn swahili() -> Turn {
    turn("Habari?", "sw", "Good.", "en")
}

/// Scenario: a result before its turn is complete, one after, and the first sent again both times.
/// Guarantees: each counts once, with the turn's cohort and weight and the span that it names.
#[test]
fn before_and_after_the_turn() {
    let house = House::new(&Config::default());
    house.take(vec![result("relevance", "pass"), result("relevance", "pass")]);
    assert_eq!(house.verdicts(), []);
    house.reports.completed(&swahili());
    house.take(vec![result("tone", "bad"), result("relevance", "pass"), result("tone", "bad")]);
    let sw = || "sw".to_owned();
    assert_eq!(house.verdicts(), [("relevance".to_owned(), "pass", sw()), ("tone".to_owned(), "fail", sw())]);
    assert_eq!(house.not_counted(), [("duplicate", 1); 3]);
    let verdict = &house.told.verdicts.lock()[0];
    assert_eq!(
        (verdict.target_language.as_str(), &*verdict.service, verdict.model.as_deref()),
        ("en", "shop", Some("gpt-4o"))
    );
    assert_eq!((verdict.trace_id, verdict.span_id, verdict.weight, verdict.probability), ([3; 16], [9; 8], 2.0, 1.0));
    assert_eq!((verdict.step, verdict.reason_code), (Step::Answer, "label"));
}

/// Scenario: results without a trace, of our own, of a trace that never comes, and more than may wait.
/// Guarantees: each is counted with its reason and makes no verdict; the oldest give way; nothing is left behind.
#[test]
fn results_without_a_turn() {
    let mut house = House::new(&Config { max_waiting: 2, ..Config::default() });
    let of_trace = |trace: u8| ReportedResult { trace_id: Some([trace; 16]), ..result("relevance", "pass") };
    house.take(vec![
        ReportedResult { trace_id: None, ..result("relevance", "pass") },
        ReportedResult { own: true, ..result("isogloss.refusal", "fail") },
        of_trace(7),
        of_trace(8),
        of_trace(9),
    ]);
    assert_eq!(house.not_counted(), [("no_trace", 1), ("own", 1), ("capacity", 1)]);
    house.reports.sweep(house.now);
    assert_eq!(*house.told.held.lock(), (2, 0));
    house.now += Config::default().wait.get();
    house.reports.sweep(house.now);
    assert_eq!(house.not_counted().last(), Some(&("no_turn", 2)));
    house.take(vec![of_trace(7)]);
    house.reports.flush();
    house.reports.flush();
    assert_eq!(house.not_counted().last(), Some(&("no_turn", 1)));
    assert_eq!((house.not_counted().len(), house.verdicts().len()), (5, 0));
}

/// Scenario: a hundred thousand turns, each with a result, while a second result of the first comes at the end; then
/// what a request says it did not read.
/// Guarantees: memory is bounded by the turns remembered, and a result later than that is counted as without a turn.
#[test]
fn memory_is_bounded() {
    let mut house = House::new(&Config { remember: 100, ..Config::default() });
    for n in 0..100_000_u32 {
        let mut trace_id = [1; 16];
        trace_id[..4].copy_from_slice(&n.to_be_bytes());
        house.reports.completed(&Turn { trace_id, ..swahili() });
    }
    let mut trace_id = [1; 16];
    trace_id[..4].copy_from_slice(&0_u32.to_be_bytes());
    house.take(vec![ReportedResult { trace_id: Some(trace_id), ..result("relevance", "pass") }]);
    house.reports.sweep(house.now);
    assert_eq!(*house.told.held.lock(), (1, 100));
    house.now += Duration::from_secs(3600);
    house.reports.sweep(house.now);
    house.reports.take(ReportedResults { results: Vec::new(), skipped: 4 }, house.now);
    assert_eq!(house.not_counted(), [("no_turn", 1), ("too_many", 4)]);
}

/// Scenario: a result about a session on two of its traces, one complete, one not; and the same evaluation of another
/// session.
/// Guarantees: a session counts once.
#[test]
fn sessions_count_once() {
    let house = House::new(&Config::default());
    let of = |trace: u8, session: u64| ReportedResult {
        trace_id: Some([trace; 16]),
        session: Some(session),
        ..result("solved", "yes")
    };
    house.reports.completed(&Turn { trace_id: [1; 16], ..swahili() });
    house.take(vec![of(1, 5), of(2, 5), of(3, 6)]);
    for trace in [2, 3] {
        house.reports.completed(&Turn { trace_id: [trace; 16], ..swahili() });
    }
    assert_eq!(house.verdicts().len(), 2);
    assert_eq!(house.not_counted(), [("duplicate", 1)]);
}

/// Scenario: results that come with a search, a tool, and nothing; and an evaluation whose step is configured.
/// Guarantees: the step is the configured one, else that of the span.
#[test]
fn steps() {
    let evaluation = ReportedEvaluation {
        name: "Plan Quality".into(),
        better: Better::Auto,
        threshold: None,
        pass: Vec::new(),
        fail: Vec::new(),
        step: Some("planner".into()),
    };
    let house = House::new(&Config { evaluation: vec![evaluation], ..Config::default() });
    house.reports.completed(&swahili());
    house.take(vec![
        ReportedResult { kind: Some(Kind::Retriever), ..result("a", "pass") },
        ReportedResult { kind: Some(Kind::Tool), ..result("b", "pass") },
        ReportedResult { kind: Some(Kind::Llm), ..result("c", "pass") },
        ReportedResult { kind: Some(Kind::Tool), ..result("plan_quality", "pass") },
    ]);
    let steps: Vec<Step> = house.told.verdicts.lock().iter().map(|v| v.step).collect();
    assert_eq!(steps, [Step::Retrieval, Step::ToolArguments, Step::Answer, Step::Planner]);
}

/// Scenario: labels, scores and both, of evaluations where more is better and where less is, with and without a
/// threshold of their own, on scales of 0 to 1 and of 1 to 5.
/// Guarantees: what is configured decides first, then a known label, then a score of 0 to 1; whatever cannot be decided
/// is skipped with its reason and never a fail.
#[test]
fn decisions() {
    let known = |name: &str, threshold: Option<f64>, better: Better| ReportedEvaluation {
        name: name.into(),
        better,
        threshold,
        pass: vec!["On Topic".into()],
        fail: vec!["off topic".into()],
        step: None,
    };
    let config = Config {
        evaluation: vec![
            known("stars", Some(4.0), Better::Auto),
            known("topic", None, Better::Auto),
            known("latency", Some(2.5), Better::Lower),
        ],
        ..Config::default()
    };
    let decider = Decider::new(&config);
    let of = |name: &str, label: Option<&str>, score: Option<Score>, failed: bool| {
        let result = ReportedResult { label: label.map(str::to_owned), score, failed, ..result(name, "") };
        let decided = decider.decide(&result);
        (decided.by.outcome(decided.passes), decided.by.name())
    };
    let number = |n: f64| Some(Score::Number(n));
    use Outcome::{Error, Fail, Pass, Skipped};
    for (name, label, score, expected) in [
        ("relevance", Some("relevant"), number(0.1), (Pass, "label")),
        ("relevance", Some("not_relevant"), number(0.9), (Fail, "label")),
        ("relevance", None, number(0.5), (Pass, "default_threshold")),
        ("relevance", None, number(0.49), (Fail, "default_threshold")),
        ("relevance", Some("a grade of its own"), number(0.9), (Pass, "default_threshold")),
        ("relevance", Some("a grade of its own"), None, (Skipped, "unknown_label")),
        ("relevance", Some("N/A"), number(0.9), (Skipped, "not_applicable")),
        ("relevance", Some("error"), None, (Error, "error")),
        ("relevance", None, None, (Skipped, "no_result")),
        ("Hallucination", None, number(0.9), (Fail, "default_threshold")),
        ("hallucination", None, number(0.5), (Pass, "default_threshold")),
        ("hallucination", Some("yes"), None, (Fail, "label")),
        ("hallucination", Some("pass"), number(0.9), (Pass, "label")),
        ("hallucination", None, Some(Score::Truth(false)), (Pass, "label")),
        ("helpful", None, Some(Score::Truth(false)), (Fail, "label")),
        ("coherence", None, number(4.0), (Skipped, "no_threshold")),
        ("coherence", None, number(1.0), (Skipped, "no_threshold")),
        ("coherence", None, number(-0.1), (Skipped, "no_threshold")),
        ("Stars", None, number(4.0), (Pass, "threshold")),
        ("stars", Some("good"), number(3.9), (Fail, "threshold")),
        ("stars", Some("good"), None, (Pass, "label")),
        ("latency", None, number(2.5), (Pass, "threshold")),
        ("latency", None, number(2.6), (Fail, "threshold")),
        ("topic", Some("on-topic"), number(0.0), (Pass, "label")),
        ("topic", Some("OFF TOPIC"), None, (Fail, "label")),
    ] {
        assert_eq!(of(name, label, score, false), expected, "{name} {label:?} {score:?}");
    }
    assert_eq!(of("relevance", Some("pass"), number(1.0), true), (Error, "error"));
}

/// Scenario: the default threshold is off, and other evaluations have theirs.
/// Guarantees: a score alone is skipped, and epochs differ where the decision would.
#[test]
fn threshold_off_and_epochs() {
    let score = |name: &str| ReportedResult { label: None, score: Some(Score::Number(0.7)), ..result(name, "") };
    let off = Decider::new(&Config { threshold: 0.0, ..Config::default() }).decide(&score("relevance"));
    assert_eq!(off.by, DecidedBy::NoThreshold);
    let epochs: std::collections::HashSet<u64> = [
        Decider::new(&Config::default()).decide(&score("relevance")).epoch,
        Decider::new(&Config { threshold: 0.6, ..Config::default() }).decide(&score("relevance")).epoch,
        Decider::new(&Config::default()).decide(&score("tone")).epoch,
        off.epoch,
    ]
    .into();
    assert_eq!(epochs.len(), 4);
}

/// Scenario: results are switched off.
/// Guarantees: no turn is remembered.
#[test]
fn switched_off() {
    let house = House::new(&Config { enabled: false, ..Config::default() });
    house.reports.completed(&swahili());
    house.reports.sweep(house.now);
    assert_eq!(*house.told.held.lock(), (0, 0));
}
