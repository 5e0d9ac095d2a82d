//! Turns as tests need them.

use crate::convention::Usage;
use crate::language::{Certainty, Tag, Verdict};
use crate::turn::{CompletedBy, Turn, TurnText};
use std::sync::Arc;

pub(crate) fn text(words: &str, language: &str) -> TurnText {
    let language = Tag::parse(language).unwrap_or(Tag::UND);
    let verdict = Verdict { language, certainty: Certainty::High, ..Verdict::undetermined("Latn") };
    TurnText {
        text: Arc::from(words),
        language: Arc::new(verdict),
        characters: words.chars().count() as u64,
        bytes: words.len() as u64,
        tokens: crate::tokens::Count { tokenizer: "o200k_base", count: 1, exact: true },
    }
}

/// A turn with a question and an answer.
pub(crate) fn turn(question: &str, asked_in: &str, answer: &str, answered_in: &str) -> Turn {
    Turn {
        trace_id: [3; 16],
        span_id: [4; 8],
        service: Arc::from("shop"),
        session: None,
        model: Some(Arc::from("gpt-4o")),
        input: Some(text(question, asked_in)),
        output: Some(text(answer, answered_in)),
        system: Some(text("Be kind.", "en")),
        retrieval: Vec::new(),
        tool_arguments: Vec::new(),
        tool_results: Vec::new(),
        usage: Usage::default(),
        refusal: None,
        failed: false,
        content_hidden: false,
        has_llm: true,
        ends_in_tool_call: false,
        adjusted_count: 2.0,
        spans: 3,
        completed_by: CompletedBy::Quiet,
    }
}
