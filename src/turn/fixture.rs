//! Spans as tests write them.

use crate::annotate::{SpanFacts, TextFacts, Traits};
use crate::convention::{Kind, Role, Usage};
use crate::language::{Alternatives, Certainty, Tag, Verdict};
use crate::refusal;
use crate::tokens::Count;
use std::sync::Arc;

pub(super) const TRACE: [u8; 16] = [7; 16];

/// A span with the id `id`, below `parent` unless that is 0, which starts at `id` and ends at `id` + 1 microseconds.
pub(super) fn span(kind: Kind, id: u8, parent: u8) -> SpanFacts {
    SpanFacts {
        trace_id: TRACE,
        span_id: [id; 8],
        parent_id: (parent != 0).then_some([parent; 8]),
        from_log: false,
        service: Arc::from("shop"),
        kind,
        model: None,
        start_unix_nano: u64::from(id) * 1_000,
        end_unix_nano: u64::from(id) * 1_000 + 1_000,
        failed: false,
        texts: Vec::new(),
        usage: Usage::default(),
        refusal: None,
        calls_tools: false,
        finish: None,
        locale: None,
        adjusted_count: 1.0,
        tokens_source: None,
        content_hidden: false,
        session_id: None,
    }
}

/// A text in a language, whole.
pub(super) fn text(role: Role, text: &str, language: &str) -> TextFacts {
    TextFacts {
        role,
        text: Arc::from(text),
        hash: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
        characters: text.chars().count() as u64,
        bytes: text.len() as u64,
        language: Arc::new(Verdict {
            language: Tag::parse(language).unwrap_or(Tag::UND),
            confidence: 0.9,
            certainty: Certainty::High,
            alternatives: Alternatives::NONE,
            script: "Latn",
        }),
        tokens: Count { tokenizer: "o200k_base", count: 1, exact: true },
        traits: Traits::default(),
    }
}

/// Changes to a span, in the order in which they read well.
pub(super) trait With: Sized {
    fn input(self, text: &str) -> Self;
    fn output(self, text: &str) -> Self;
    fn role(self, role: Role, text: &str) -> Self;
    fn tokens(self, input: u64, output: u64) -> Self;
    fn times(self, start: u64, end: u64) -> Self;
    fn model(self, model: &str) -> Self;
    fn log(self) -> Self;
    fn tools(self) -> Self;
    fn failed(self) -> Self;
    fn refusal(self, outcome: refusal::Outcome, kind: Option<refusal::Kind>, source: Option<refusal::Source>) -> Self;
    fn trace(self, number: u64) -> Self;
}

impl With for SpanFacts {
    fn input(self, text: &str) -> Self {
        self.role(Role::Input, text)
    }
    fn output(self, text: &str) -> Self {
        self.role(Role::Output, text)
    }
    fn role(mut self, role: Role, words: &str) -> Self {
        self.texts.push(text(role, words, "sw"));
        self
    }
    fn tokens(mut self, input: u64, output: u64) -> Self {
        self.usage = Usage { input: Some(input), output: Some(output), ..Usage::default() };
        self
    }
    fn times(mut self, start: u64, end: u64) -> Self {
        (self.start_unix_nano, self.end_unix_nano) = (start, end);
        self
    }
    fn model(mut self, model: &str) -> Self {
        self.model = Some(Arc::from(model));
        self
    }
    fn log(mut self) -> Self {
        self.from_log = true;
        self
    }
    fn tools(mut self) -> Self {
        self.calls_tools = true;
        self
    }
    fn failed(mut self) -> Self {
        self.failed = true;
        self
    }
    fn refusal(
        mut self,
        outcome: refusal::Outcome,
        kind: Option<refusal::Kind>,
        source: Option<refusal::Source>,
    ) -> Self {
        self.refusal = Some(refusal::Verdict::new(outcome, kind, source));
        self
    }
    fn trace(mut self, number: u64) -> Self {
        self.trace_id = [0xab; 16];
        self.trace_id[..8].copy_from_slice(&number.to_be_bytes());
        self
    }
}
