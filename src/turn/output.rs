//! Which span answered, and with which text.

use super::reading::Reading;
use super::record::{Record, strength, stronger};
use crate::convention::{Finish, Kind, Role};
use crate::refusal;

/// One call of a model: an LLM span, with those that wrap it or that it wraps for the same call.
pub(super) struct Call {
    /// Outermost first.
    members: Vec<usize>,
    /// The answering span and its text.
    text: Option<(usize, u32)>,
    /// Whether it asked for tools.
    calls_tools: bool,
    /// Whether the client says that it failed.
    failed: bool,
    /// Why it stopped, where the client says so.
    finish: Option<Finish>,
    /// Whether anything is known about its content.
    speaks: bool,
    end: u64,
}

/// The answer of a turn.
pub(super) struct Answer<'a> {
    /// The span that gave the answer, or should have.
    pub record: Option<&'a Record>,
    /// The text.
    pub text: Option<u32>,
    /// The model that answered.
    pub model: Option<&'a Record>,
    /// Whether it declines.
    pub refusal: Option<refusal::Verdict>,
    /// Whether an error is the reason why there is no answer.
    pub failed: bool,
    /// Whether the last model call only asked for tools.
    pub ends_in_tool_call: bool,
    /// Why the answering call stopped.
    pub finish: Option<Finish>,
}

/// Finds the answer: the last model call's text, or what the program around it gave out instead.
pub(super) fn choose<'a>(reading: &Reading<'a>) -> Answer<'a> {
    let calls = calls(reading);
    let last = calls.iter().rev().find(|call| call.speaks).or(calls.last());
    let given_out = given_out(reading);
    let finished = |call: &&Call| call.text.is_some() && !call.calls_tools;
    // A call that asks for tools is not the answer, whatever it says beside it; a call that says nothing leaves the
    // turn without an answer, unless the program put something in its place.
    let chosen = last
        .filter(finished)
        .and_then(|call| call.text)
        .or(given_out)
        .or_else(|| {
            let tools = last.is_some_and(|call| call.calls_tools);
            calls.iter().rev().filter(|_| tools).find(finished).and_then(|call| call.text)
        })
        .or_else(|| last.and_then(|call| call.text));
    let place = chosen.map(|(place, _)| place).or_else(|| last.and_then(|call| call.members.first().copied()));
    let record = place.and_then(|at| reading.record(at)).or_else(|| outermost(reading));
    let call = place.and_then(|at| calls.iter().find(|call| call.members.contains(&at)));
    Answer {
        record,
        text: chosen.map(|(_, text)| text),
        model: model(reading, call.or(last), &calls),
        refusal: refusal_of(reading, record, call, last, chosen.map(|(_, text)| text)),
        failed: chosen.is_none()
            && (last.is_some_and(|call| call.failed) || outermost(reading).is_some_and(|record| record.failed)),
        finish: call.or(last).and_then(|call| call.finish),
        ends_in_tool_call: last.is_some_and(|call| call.calls_tools && call.text.is_none()),
    }
}

/// The model calls that work for the answer, in order of their end.
fn calls(reading: &Reading<'_>) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut by_outermost = ahash::AHashMap::new();
    for (place, record) in reading.working().filter(|(_, record)| record.kind == Kind::Llm) {
        let outermost = reading.tree.outermost_llm(place, reading.records);
        let at = *by_outermost.entry(outermost).or_insert_with(|| {
            calls.push(Call {
                members: Vec::new(),
                text: None,
                calls_tools: false,
                failed: false,
                finish: None,
                speaks: false,
                end: 0,
            });
            calls.len() - 1
        });
        let Some(call) = calls.get_mut(at) else { continue };
        if place == outermost {
            call.members.insert(0, place);
        } else {
            call.members.push(place);
        }
        call.calls_tools |= record.calls_tools;
        call.failed |= record.failed;
        call.finish = call.finish.max(record.finish);
        let signal = record.refusal.is_some_and(|verdict| strength(verdict) >= 4);
        call.speaks |= !record.texts.is_empty() || record.calls_tools || record.failed || signal;
        call.end = call.end.max(record.end);
    }
    for call in &mut calls {
        // The outermost has the whole answer; of those inside the last one does.
        call.text = call.members.iter().take(1).chain(call.members.iter().skip(1).rev()).find_map(|&place| {
            let text = reading.record(place)?.text_of(Role::Output, reading.table)?;
            Some((place, text))
        });
    }
    calls.sort_by_key(|call| call.end);
    calls
}

/// What the root or the outermost agent or chain gave out.
fn given_out(reading: &Reading<'_>) -> Option<(usize, u32)> {
    let of = |wanted: &dyn Fn(&Record) -> bool| {
        reading
            .working()
            .filter(|(_, record)| record.kind != Kind::Llm && wanted(record))
            .find_map(|(place, record)| Some((place, record.text_of(Role::Output, reading.table)?)))
    };
    of(&|record| record.is_root() && matches!(record.kind, Kind::Agent | Kind::Chain))
        .or_else(|| of(&|record| record.kind == Kind::Agent))
        .or_else(|| of(&|record| record.kind == Kind::Chain))
}

/// The root, else the first agent or chain, else the first span.
fn outermost<'a>(reading: &Reading<'a>) -> Option<&'a Record> {
    let find = |wanted: &dyn Fn(&Record) -> bool| reading.all().map(|(_, r)| r).find(|record| wanted(record));
    find(&Record::is_root)
        .or_else(|| find(&|record| matches!(record.kind, Kind::Agent | Kind::Chain)))
        .or_else(|| find(&|_| true))
}

/// The span that names the model: of the answering call, else of the last call that names one.
fn model<'a>(reading: &Reading<'a>, answering: Option<&Call>, calls: &[Call]) -> Option<&'a Record> {
    answering
        .into_iter()
        .chain(calls.iter().rev())
        .flat_map(|call| call.members.iter())
        .filter_map(|&place| reading.record(place))
        .find(|record| record.model.is_some())
}

/// The refusal of the answer: a provider's signal on the last call, else what is known of the answering span, else
/// of any span that repeats the answer.
fn refusal_of(
    reading: &Reading<'_>,
    record: Option<&Record>,
    call: Option<&Call>,
    last: Option<&Call>,
    text: Option<u32>,
) -> Option<refusal::Verdict> {
    let of_call = |call: Option<&Call>| {
        call.into_iter()
            .flat_map(|call| call.members.iter())
            .filter_map(|&place| reading.record(place)?.refusal)
            .fold(None, |best, verdict| stronger(best, Some(verdict)))
    };
    let last_verdict = of_call(last);
    if last_verdict.is_some_and(|verdict| strength(verdict) == 6) {
        return last_verdict;
    }
    let own = stronger(record.and_then(|record| record.refusal), of_call(call));
    let repeated = || {
        let index = text?;
        reading
            .working()
            .filter(|(_, record)| record.texts_of(Role::Output).any(|other| other == index))
            .fold(None, |best, (_, record)| stronger(best, record.refusal))
    };
    let found = if own.is_some_and(|verdict| strength(verdict) >= 3) { own } else { stronger(own, repeated()) };
    // "Paid for but silent" was said of one span; tools asked for by a log record, or an answer from elsewhere,
    // take it back.
    let spoke = text.is_some() || last.is_some_and(|call| call.calls_tools || call.failed);
    let found = found.filter(|verdict| !(spoke && verdict.kind == Some(refusal::Kind::Silent)));
    // Neither a span with the tokens nor a log record with the question says it alone; together they do.
    found.or_else(|| last.filter(|call| !spoke && is_silent(reading, call)).map(|_| SILENT))
}

/// An answer that was paid for and did not reach us.
const SILENT: refusal::Verdict =
    refusal::Verdict::new(refusal::Outcome::Undetermined, Some(refusal::Kind::Silent), Some(refusal::Source::Signal));

/// Whether a call has output tokens and a question, which shows that content is not switched off, and no answer.
fn is_silent(reading: &Reading<'_>, call: &Call) -> bool {
    let records = || call.members.iter().filter_map(|&place| reading.record(place));
    let has = |role| records().any(|record| record.texts_of(role).next().is_some());
    let paid = || records().any(|record| record.usage.as_ref().and_then(|usage| usage.output).is_some_and(|n| n > 0));
    has(Role::Input) && !has(Role::Output) && paid() && !records().any(|record| record.content_hidden)
}
