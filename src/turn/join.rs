//! One turn from the spans of one trace.

use super::reading::Reading;
use super::record::{Record, TextTable};
use super::turn::{CompletedBy, Turn, TurnText};
use super::{input, output};
use crate::convention::{Kind, Role, Usage};
use ahash::AHashSet;
use std::sync::Arc;

/// Joins the records. `None` when there are none.
pub(super) fn join(
    trace_id: [u8; 16],
    records: &[Record],
    table: &TextTable,
    completed_by: CompletedBy,
) -> Option<Turn> {
    let reading = Reading::new(records, table);
    let answer = output::choose(&reading);
    let answering = answer.record?;
    let root = reading.all().map(|(_, record)| record).find(|record| record.is_root());
    let text = |index: u32| table.turn_text(index);
    Some(Turn {
        trace_id,
        span_id: answering.span_id,
        service: root.map_or_else(|| answering.service.clone(), |root| root.service.clone()),
        session: session(&reading, root),
        model: answer.model.and_then(|record| record.model.clone()).or_else(|| answering.model.clone()),
        input: input::choose(&reading).and_then(text),
        output: answer.text.and_then(text),
        system: system(&reading, answering),
        retrieval: first_of(&reading, Role::Retrieval, &[Some(Kind::Retriever), Some(Kind::Reranker), None]),
        tool_arguments: first_of(&reading, Role::ToolArguments, &[Some(Kind::Tool), Some(Kind::Llm), None]),
        tool_results: first_of(&reading, Role::ToolResult, &[Some(Kind::Tool), Some(Kind::Llm), None]),
        usage: usage(&reading),
        refusal: answer.refusal,
        failed: answer.failed,
        content_hidden: answering.content_hidden,
        has_llm: records.iter().any(|record| record.kind == Kind::Llm),
        ends_in_tool_call: answer.ends_in_tool_call,
        adjusted_count: adjusted_count(root, records),
        spans: records.len(),
        completed_by,
    })
}

/// The user's language as far as the records tell.
pub(super) fn input_language(records: &[Record], table: &TextTable) -> Option<crate::language::Tag> {
    let index = input::choose(&Reading::new(records, table))?;
    table.get(index).map(|stored| stored.language.language)
}

/// The instructions of the answering span, else of the first model call, else of any span.
fn system(reading: &Reading<'_>, answering: &Record) -> Option<TurnText> {
    let of = |record: &Record| record.text_of(Role::System, reading.table);
    let llm = || reading.working().filter(|(_, record)| record.kind == Kind::Llm).find_map(|(_, record)| of(record));
    let any = || reading.working().find_map(|(_, record)| of(record));
    of(answering).or_else(llm).or_else(any).and_then(|index| reading.table.turn_text(index))
}

/// The role's texts, each once, from the first kind of span that has any; `None` stands for every kind.
fn first_of(reading: &Reading<'_>, role: Role, kinds: &[Option<Kind>]) -> Vec<TurnText> {
    for kind in kinds {
        let mut seen = AHashSet::new();
        let texts: Vec<TurnText> = reading
            .all()
            .filter(|(_, record)| kind.is_none_or(|kind| record.kind == kind))
            .flat_map(|(_, record)| record.texts_of(role))
            .filter(|index| seen.insert(*index))
            .filter_map(|index| reading.table.turn_text(index))
            .collect();
        if !texts.is_empty() {
            return texts;
        }
    }
    Vec::new()
}

/// Tokens of every model call once. Where LLM spans wrap each other for one call, the innermost that reports counts.
fn usage(reading: &Reading<'_>) -> Usage {
    let mut wraps = vec![false; reading.records.len()];
    for (place, _) in reading.all().filter(|(_, record)| record.usage.is_some()) {
        for above in reading.tree.ancestors(place) {
            if let Some(flag) = wraps.get_mut(above) {
                *flag = true;
            }
        }
    }
    let counted: Vec<&Usage> = reading
        .all()
        .filter(|(place, _)| !wraps.get(*place).copied().unwrap_or(false))
        .filter_map(|(_, record)| record.usage.as_deref())
        .collect();
    let sum = |field: fn(&Usage) -> Option<u64>| {
        counted.iter().filter_map(|usage| field(usage)).reduce(|a, b| a.saturating_add(b))
    };
    Usage {
        input: sum(|usage| usage.input),
        output: sum(|usage| usage.output),
        // The total of only some of the calls would look like the total of all.
        total: if counted.iter().all(|usage| usage.total.is_some()) { sum(|usage| usage.total) } else { None },
        cached_input: sum(|usage| usage.cached_input),
        reasoning_output: sum(|usage| usage.reasoning_output),
    }
}

/// The session as the root names it, else as the first span does that names one.
fn session(reading: &Reading<'_>, root: Option<&Record>) -> Option<Arc<str>> {
    let records = || root.into_iter().chain(reading.all().map(|(_, record)| record));
    records().find_map(|record| record.session.clone())
}

/// The root's count: sampling upstream decides about whole traces. Without a root the largest that was seen.
fn adjusted_count(root: Option<&Record>, records: &[Record]) -> f64 {
    let valid = |count: f64| if count.is_finite() && count >= 1.0 { count } else { 1.0 };
    match root {
        Some(root) => valid(root.adjusted_count),
        None => records.iter().map(|record| valid(record.adjusted_count)).fold(1.0, f64::max),
    }
}

#[cfg(test)]
mod tests;
