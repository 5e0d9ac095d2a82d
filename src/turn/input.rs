//! Which of a trace's input texts is the user's.
//!
//! The message that a model gets often holds more than the question: documents are pasted around it. The root, an
//! agent, a chain or a retriever's query then has the question alone, so it is preferred where the model's message
//! holds it. It is not preferred otherwise: a root may carry something else, such as a session's state.

use super::reading::Reading;
use super::record::{Record, StoredText};
use crate::convention::{Kind, Role};

/// Letters that a chain's input or a query needs before finding it inside a message means anything.
const MIN_LETTERS: usize = 3;

/// The place of the user's text in the table.
pub(super) fn choose(reading: &Reading<'_>) -> Option<u32> {
    let message = reading
        .working()
        .filter(|(_, record)| record.kind == Kind::Llm)
        .find_map(|(_, record)| record.text_of(Role::Input, reading.table));
    let Some(message) = message else { return without_message(reading) };
    let Some(stored) = reading.text(message) else { return Some(message) };
    let holds = |index: &u32| reading.text(*index).is_some_and(|text| contains(stored, text));
    // What came from outside is the user's, whether the model got it alone or among other text.
    let outside = |record: &Record| record.is_root() && matches!(record.kind, Kind::Agent | Kind::Chain);
    if let Some(index) = of(reading, outside).find(holds) {
        return Some(index);
    }
    if let Some(index) = of(reading, |record| record.kind == Kind::Agent).find(holds) {
        return Some(index);
    }
    // A step inside may have been given the whole message, so only a true part of it says more.
    let part = |index: &u32| *index != message && holds(index) && has_letters(reading.text(*index));
    of(reading, |record| record.kind == Kind::Chain)
        .find(part)
        .or_else(|| of(reading, |record| record.kind == Kind::Retriever).find(part))
        .or(Some(message))
}

/// No model was given a text: what the outermost span was given. What was made a vector of comes last: it may be
/// anything, the documents of a whole library too.
fn without_message(reading: &Reading<'_>) -> Option<u32> {
    const ORDER: [Kind; 6] =
        [Kind::Agent, Kind::Chain, Kind::Retriever, Kind::Reranker, Kind::Guardrail, Kind::Embedding];
    of(reading, |record| record.is_root() && !matches!(record.kind, Kind::Evaluator | Kind::Embedding)).next().or_else(
        || {
            ORDER.iter().find_map(|kind| {
                reading
                    .all()
                    .filter(|(_, record)| record.kind == *kind)
                    .find_map(|(_, record)| record.text_of(Role::Input, reading.table))
            })
        },
    )
}

/// Input texts of the records for which `wanted` holds, in time order.
fn of<'r>(reading: &'r Reading<'_>, wanted: impl Fn(&Record) -> bool + 'r) -> impl Iterator<Item = u32> + 'r {
    reading
        .working()
        .filter(move |(_, record)| wanted(record))
        .filter_map(|(_, record)| record.text_of(Role::Input, reading.table))
}

/// Whether the message holds the text. Of a message that was cut the rest may hold it: then the text only has to be
/// the smaller.
fn contains(message: &StoredText, text: &StoredText) -> bool {
    let part = text.text.trim();
    !part.is_empty() && (message.text.contains(part) || message.cut && text.bytes < message.bytes)
}

fn has_letters(text: Option<&StoredText>) -> bool {
    text.is_some_and(|text| text.text.chars().filter(|c| c.is_alphabetic()).take(MIN_LETTERS).count() == MIN_LETTERS)
}
