use super::*;
use crate::config::Duration;
use crate::convention::Kind;
use crate::turn::fixture::{TRACE, With, span};
use std::time::Duration as Time;

fn options() -> TurnOptions {
    TurnOptions { max_bytes: 64 << 20, ..TurnOptions::default() }
}

fn second(number: u64) -> Time {
    Time::from_secs(number)
}

/// Scenario: a question on a child, then the root; the trace is quiet; a span comes late and once again.
/// Guarantees: complete after `quiet` and not before, the late spans counted and never a second turn.
#[test]
fn quiet_then_late() {
    let book = TraceBook::new(&options());
    let (start, mut done) = (Instant::now(), Vec::new());
    assert!(book.at(start).question(&TRACE).is_none());
    let child = span(Kind::Llm, 2, 1).input("Habari?").output("Nzuri.");
    assert_eq!(book.observe(child.clone(), start, &mut done), Observed::Joined);
    assert_eq!(book.at(start).question(&TRACE).unwrap().verdict.language.as_str(), "sw");
    assert_eq!(book.observe(child.clone(), start, &mut done), Observed::Duplicate);
    assert_eq!(book.observe(span(Kind::Agent, 1, 0), start + second(5), &mut done), Observed::Joined);
    assert!(book.sweep(start + Time::from_millis(6_999)).is_empty());
    let turns = book.sweep(start + second(7));
    assert_eq!((turns.len(), turns[0].spans, turns[0].completed_by), (1, 2, CompletedBy::Quiet));
    assert_eq!(book.observe(child.clone(), start + second(8), &mut done), Observed::Late);
    assert_eq!(book.observe(span(Kind::Llm, 9, 1).log(), start + second(8), &mut done), Observed::Late);
    assert!(book.flush().is_empty() && done.is_empty());
    let stats = book.stats();
    assert_eq!((stats.joined, stats.duplicates, stats.late, stats.open_traces, stats.bytes_held), (2, 1, 2, 0, 0));
    assert_eq!((stats.completed_by(CompletedBy::Quiet), stats.remembered), (1, 1));
}

/// Scenario: a trace without a root; one whose root is no agent span; one that never rests.
/// Guarantees: `idle`, `quiet` and `max_age` complete them, each at its time.
#[test]
fn idle_foreign_root_and_age() {
    let book = TraceBook::new(&options());
    let (start, mut done) = (Instant::now(), Vec::new());
    let rootless = span(Kind::Llm, 2, 1).trace(1);
    let foreign = span(Kind::Llm, 2, 1).trace(2);
    let foreign_id = foreign.trace_id;
    book.observe(rootless, start, &mut done);
    book.observe(foreign, start, &mut done);
    book.root_seen(&foreign_id, start + second(1));
    for at in 0..300 {
        let mut busy = span(Kind::Llm, 2, 1).trace(3);
        busy.span_id = u64::to_be_bytes(at + 1);
        book.observe(busy, start + second(at), &mut done);
    }
    assert_eq!(book.sweep(start + second(3))[0].completed_by, CompletedBy::Quiet);
    assert!(book.sweep(start + second(29)).is_empty());
    assert_eq!(book.sweep(start + second(30))[0].completed_by, CompletedBy::Idle);
    assert!(book.sweep(start + second(299)).is_empty());
    let old = book.sweep(start + second(300));
    assert_eq!((old.len(), old[0].completed_by, old[0].spans), (1, CompletedBy::Age, 300));
}

/// Scenario: traces one more than may be open; a trace with as many spans as are read; the program stops.
/// Guarantees: the oldest goes first, for room; the full one goes at once; the rest goes on flush, oldest first.
#[test]
fn caps_and_flush() {
    let book = TraceBook::new(&TurnOptions { max_traces: 3, max_spans: 2, ..options() });
    let (now, mut done) = (Instant::now(), Vec::new());
    for number in 1..=4 {
        book.observe(span(Kind::Llm, 1, 9).trace(number), now, &mut done);
    }
    assert_eq!(done.len(), 1);
    assert_eq!(
        (done[0].trace_id, done[0].completed_by),
        (span(Kind::Llm, 1, 1).trace(1).trace_id, CompletedBy::Capacity)
    );
    book.observe(span(Kind::Llm, 2, 9).trace(3), now, &mut done);
    assert_eq!((done.len(), done[1].completed_by), (2, CompletedBy::Spans));
    let rest = book.flush();
    let expected: Vec<_> = [2, 4].map(|n| span(Kind::Llm, 1, 1).trace(n).trace_id).into();
    assert_eq!(rest.iter().map(|turn| turn.trace_id).collect::<Vec<_>>(), expected);
    assert_eq!(
        (book.stats().completed_by(CompletedBy::Capacity), book.stats().completed_by(CompletedBy::Flush)),
        (1, 2)
    );
}

/// Scenario: many traces with distinct texts, more than the bytes allow, and one trace that alone would take all.
/// Guarantees: the book never holds more than its bytes, nothing is lost, and the greedy trace goes before others.
#[test]
fn bytes_are_bounded() {
    let limit = 1 << 20;
    let book = TraceBook::new(&TurnOptions { max_bytes: limit, ..options() });
    let (now, mut done) = (Instant::now(), Vec::new());
    for number in 1..=2_000 {
        let long = format!("{number} {}", "x".repeat(2_000));
        book.observe(span(Kind::Llm, 1, 9).input(&long).trace(number), now, &mut done);
        assert!(book.stats().bytes_held <= limit);
    }
    assert_eq!(done.len() + book.stats().open_traces, 2_000);
    assert!(book.stats().open_traces > 300);
    let quiet = book.stats().completed_by(CompletedBy::Capacity);
    for id in 1..=200 {
        let long = format!("greedy {id} {}", "x".repeat(4_000));
        if book.observe(span(Kind::Llm, id, 250).input(&long).trace(9_999), now, &mut done) == Observed::Late {
            break;
        }
    }
    assert_eq!(done.last().unwrap().trace_id, span(Kind::Llm, 1, 1).trace(9_999).trace_id);
    assert!(book.stats().completed_by(CompletedBy::Capacity) - quiet < 150, "{:?}", book.stats());
    book.flush();
    assert_eq!((book.stats().bytes_held, book.stats().open_traces), (0, 0));
}

/// Scenario: a span without a trace id; bounds of 0.
/// Guarantees: it is refused; the book still works.
#[test]
fn invalid_and_zero_bounds() {
    let book = TraceBook::new(&TurnOptions {
        quiet: Duration::from_secs(u64::MAX),
        idle: Duration::from_secs(u64::MAX),
        max_age: Duration::from_secs(u64::MAX),
        max_traces: 0,
        max_spans: 0,
        max_bytes: 0,
        max_text_bytes: 0,
        remember: 0,
        sessions: 0,
        session_idle: Duration::from_secs(0),
    });
    let mut done = Vec::new();
    let mut nameless = span(Kind::Llm, 1, 0);
    nameless.trace_id = [0; 16];
    assert_eq!(book.observe(nameless, Instant::now(), &mut done), Observed::Invalid);
    assert_eq!(book.observe(span(Kind::Llm, 1, 0), Instant::now(), &mut done), Observed::Joined);
    assert_eq!((done.len(), book.stats().open_traces, book.stats().bytes_held), (1, 0, 0));
}

/// Scenario: 50,000 traces are open and the clock ticks 200 times, with a few traces due at each tick.
/// Guarantees: every trace is completed once, and a tick looks at those that are due, not at all of them.
#[test]
fn fifty_thousand_open() {
    let book = TraceBook::new(&options());
    let (start, mut done) = (Instant::now(), Vec::new());
    for number in 1..=50_000_u64 {
        book.observe(span(Kind::Llm, 1, 0).trace(number), start + Time::from_millis(number / 10), &mut done);
    }
    assert_eq!((book.stats().open_traces, done.len()), (50_000, 0));
    assert!(book.schedule.lock().due(start + Time::from_millis(2_025)).len() < 300);
    let mut seen = std::collections::HashSet::new();
    for tick in 0..=200 {
        for turn in book.sweep(start + second(2) + Time::from_millis(tick * 25)) {
            assert!(seen.insert(turn.trace_id));
        }
    }
    assert_eq!((seen.len(), book.stats().open_traces, book.stats().bytes_held), (50_000, 0, 0));
}

/// Scenario: four threads send the spans of the same traces while a fifth sweeps, with little room.
/// Guarantees: no trace is completed twice, and every span is accounted for.
#[test]
fn threads() {
    let book = TraceBook::new(&TurnOptions { max_traces: 40, max_spans: 30, ..options() });
    let turns = Mutex::new(Vec::new());
    let now = Instant::now();
    std::thread::scope(|scope| {
        for worker in 0..4_u8 {
            let (book, turns) = (&book, &turns);
            scope.spawn(move || {
                let mut done = Vec::new();
                for number in 1..=500_u64 {
                    for id in 0..10 {
                        book.observe(span(Kind::Llm, worker * 10 + id + 1, 250).trace(number), now, &mut done);
                    }
                }
                turns.lock().append(&mut done);
            });
        }
        scope.spawn(|| {
            for _ in 0..100 {
                turns.lock().append(&mut book.sweep(now + second(40)));
            }
        });
    });
    let mut turns = turns.into_inner();
    turns.append(&mut book.flush());
    let ids: std::collections::HashSet<_> = turns.iter().map(|turn| turn.trace_id).collect();
    assert_eq!((ids.len(), turns.len()), (500, 500));
    let stats = book.stats();
    assert_eq!(stats.joined + stats.late, 4 * 500 * 10);
    assert_eq!(turns.iter().map(|turn| turn.spans as u64).sum::<u64>(), stats.joined);
    assert_eq!((stats.bytes_held, stats.open_traces), (0, 0));
}
