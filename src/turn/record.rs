//! What is kept of one span, and the texts that the spans of a trace share.

use super::turn::TurnText;
use crate::annotate::{Said, SpanFacts, TextFacts, Traits};
use crate::convention::{Finish, Kind, Role, Usage};
use crate::language::{Tag, Verdict};
use crate::refusal;
use crate::tokens::Count;
use ahash::AHashMap;
use std::sync::Arc;

/// A text of one role, by its place in the [`TextTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextRef {
    pub role: Role,
    pub index: u32,
    /// When it was said, in nanoseconds since 1970, where a log record brought it: such a record is one message of a
    /// conversation. A span's own texts were chosen when the span was read.
    said: Option<u64>,
}

/// One text of a trace, kept once however many spans repeat it.
#[derive(Debug, Clone)]
pub(super) struct StoredText {
    pub text: Arc<str>,
    pub hash: u64,
    pub language: Arc<Verdict>,
    /// Characters of the whole text, also when `text` was cut.
    pub characters: u64,
    /// Whether `text` is only the beginning.
    pub cut: bool,
    /// Bytes of the whole text.
    pub bytes: u64,
    pub tokens: Count,
    pub traits: Traits,
}

/// The distinct texts of one trace.
#[derive(Debug, Default)]
pub(super) struct TextTable {
    texts: Vec<StoredText>,
    by_hash: AHashMap<u64, u32>,
}

impl TextTable {
    /// The text's place, and the bytes that keeping it costs: 0 when it was there already.
    pub fn add(&mut self, facts: TextFacts) -> (u32, usize) {
        if let Some(&index) = self.by_hash.get(&facts.hash) {
            let mut cost = 0;
            if let Some(known) = self.texts.get_mut(index as usize) {
                known.traits.merge(&facts.traits);
                // A role of which more is kept.
                if facts.text.len() > known.text.len() {
                    cost = facts.text.len() - known.text.len();
                    known.cut = facts.bytes > facts.text.len() as u64;
                    known.text = facts.text;
                }
            }
            return (index, cost);
        }
        // A trace is completed long before it has four billion texts: each costs bytes of the bounded total.
        let index = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let cost = facts.text.len() + std::mem::size_of::<StoredText>() + std::mem::size_of::<Verdict>() + 32;
        self.by_hash.insert(facts.hash, index);
        self.texts.push(StoredText {
            cut: facts.bytes > facts.text.len() as u64,
            text: facts.text,
            hash: facts.hash,
            language: facts.language,
            characters: facts.characters,
            bytes: facts.bytes,
            tokens: facts.tokens,
            traits: facts.traits,
        });
        (index, cost)
    }

    pub fn get(&self, index: u32) -> Option<&StoredText> {
        self.texts.get(index as usize)
    }

    /// The text as it goes into a turn.
    pub fn turn_text(&self, index: u32) -> Option<TurnText> {
        self.get(index).map(|stored| TurnText {
            text: stored.text.clone(),
            language: stored.language.clone(),
            characters: stored.characters,
            bytes: stored.bytes,
            tokens: stored.tokens,
            traits: stored.traits.clone(),
        })
    }
}

/// What is kept of one span.
#[derive(Debug)]
pub(super) struct Record {
    pub span_id: [u8; 8],
    pub parent_id: Option<[u8; 8]>,
    /// Whether the span itself came, or only log records that belong to it.
    pub span_seen: bool,
    pub service: Arc<str>,
    pub session: Option<Arc<str>>,
    pub kind: Kind,
    pub model: Option<Arc<str>>,
    pub start: u64,
    pub end: u64,
    pub failed: bool,
    pub calls_tools: bool,
    pub finish: Option<Finish>,
    pub locale: Option<Tag>,
    pub refusal: Option<refusal::Verdict>,
    pub content_hidden: bool,
    pub adjusted_count: f64,
    /// Only of spans that call a model: sums on agents would count calls twice.
    pub usage: Option<Box<Usage>>,
    pub texts: Vec<TextRef>,
}

impl Record {
    /// A record of `facts`, and the bytes that it and its new texts cost.
    pub fn new(facts: SpanFacts, table: &mut TextTable) -> (Record, usize) {
        let mut record = Record {
            span_id: facts.span_id,
            parent_id: facts.parent_id.filter(|id| *id != [0; 8] && !facts.from_log),
            span_seen: !facts.from_log,
            service: facts.service,
            session: facts.session_id,
            kind: facts.kind,
            model: facts.model,
            start: facts.start_unix_nano,
            end: facts.end_unix_nano.max(facts.start_unix_nano),
            failed: facts.failed,
            calls_tools: facts.calls_tools,
            finish: facts.finish,
            locale: facts.locale,
            refusal: facts.refusal,
            content_hidden: facts.content_hidden,
            adjusted_count: facts.adjusted_count,
            usage: None,
            texts: Vec::with_capacity(facts.texts.len()),
        };
        let named = record.session.as_ref().map_or(0, |session| session.len());
        let cost = std::mem::size_of::<Record>() + named + record.add_usage(facts.usage);
        let said = facts.from_log.then_some(facts.start_unix_nano);
        let cost = cost + record.add_texts(facts.texts, said, table);
        (record, cost)
    }

    /// Adds what another message says about the same span; the bytes that this costs.
    pub fn merge(&mut self, facts: SpanFacts, table: &mut TextTable) -> usize {
        if !facts.from_log {
            self.span_seen = true;
            self.parent_id = facts.parent_id.filter(|id| *id != [0; 8]);
            self.service = facts.service;
            self.kind = facts.kind;
            self.start = facts.start_unix_nano;
            self.end = facts.end_unix_nano.max(facts.start_unix_nano);
            self.adjusted_count = facts.adjusted_count;
            self.model = facts.model.or(self.model.take());
            if self.kind != Kind::Llm {
                self.usage = None;
            }
        } else if self.model.is_none() {
            self.model = facts.model;
        }
        self.session = self.session.take().or(facts.session_id);
        self.failed |= facts.failed;
        self.calls_tools |= facts.calls_tools;
        self.finish = self.finish.max(facts.finish);
        self.locale = self.locale.or(facts.locale);
        self.content_hidden |= facts.content_hidden;
        self.refusal = stronger(self.refusal, facts.refusal);
        let said = facts.from_log.then_some(facts.start_unix_nano);
        self.add_usage(facts.usage) + self.add_texts(facts.texts, said, table)
    }

    fn add_usage(&mut self, usage: Usage) -> usize {
        if self.kind != Kind::Llm || usage.is_empty() || self.usage.is_some() {
            return 0;
        }
        self.usage = Some(Box::new(usage));
        std::mem::size_of::<Usage>()
    }

    fn add_texts(&mut self, texts: Vec<TextFacts>, said: Option<u64>, table: &mut TextTable) -> usize {
        let mut cost = 0;
        for facts in texts {
            let role = facts.role;
            let (index, bytes) = table.add(facts);
            let text = TextRef { role, index, said };
            cost += bytes;
            // A record grows by one text at a time, so looking at its last few finds what a client repeats.
            let recent = self.texts.len().saturating_sub(64);
            let same = |known: &TextRef| known.role == role && known.index == index;
            let Some(at) = self.texts.iter().skip(recent).position(same).map(|at| recent + at) else {
                self.texts.push(text);
                cost += std::mem::size_of::<TextRef>();
                continue;
            };
            let Some(known) = self.texts.get_mut(at) else { continue };
            match (known.said, said) {
                // Said again: of messages the last time counts.
                (Some(before), Some(again)) if again >= before && role == Role::Input => {
                    self.texts.remove(at);
                    self.texts.push(text);
                }
                (Some(_), Some(_)) => {}
                // What the span itself says stands.
                _ => known.said = None,
            }
        }
        cost
    }

    /// Whether this is the trace's root: a span that says that it has no parent.
    pub fn is_root(&self) -> bool {
        self.span_seen && self.parent_id.is_none()
    }

    /// The role's text that says most: the longest of those with a language, else the longest. Of a user's messages
    /// that came as log records the last is the question; those before it are the history.
    pub fn text_of(&self, role: Role, table: &TextTable) -> Option<u32> {
        let of_role = || self.texts.iter().filter(move |text| text.role == role);
        if role == Role::Input && of_role().all(|text| text.said.is_some()) {
            // Of equal times the one that arrived last.
            return of_role().max_by_key(|text| text.said).map(|text| text.index);
        }
        of_role()
            .filter(|text| role != Role::Input || text.said.is_none())
            .filter_map(|text| table.get(text.index).map(|stored| (text.index, stored)))
            .max_by_key(|(_, text)| (text.language.language.is_language(), text.characters))
            .map(|(index, _)| index)
    }

    /// What log records said about a span that has not come yet.
    pub fn said(&self, table: &TextTable) -> Option<Said> {
        if self.span_seen {
            return None;
        }
        let question = self.text_of(Role::Input, table);
        let heard = self.texts.iter().filter(|text| text.role != Role::Input || Some(text.index) == question);
        let texts = heard.filter_map(|text| {
            let stored = table.get(text.index)?;
            Some(TextFacts {
                role: text.role,
                text: stored.text.clone(),
                hash: stored.hash,
                characters: stored.characters,
                bytes: stored.bytes,
                language: stored.language.clone(),
                tokens: stored.tokens,
                traits: stored.traits.clone(),
            })
        });
        Some(Said { texts: texts.collect(), refusal: self.refusal, calls_tools: self.calls_tools })
    }

    /// All texts of the role.
    pub fn texts_of(&self, role: Role) -> impl Iterator<Item = u32> {
        self.texts.iter().filter(move |text| text.role == role).map(|text| text.index)
    }
}

/// How much a refusal verdict says. What a provider signals outweighs what words suggest; that nothing could be
/// read on a span weighs nothing once a log record brings the answer.
pub(super) fn strength(verdict: refusal::Verdict) -> u8 {
    match (verdict.outcome, verdict.kind, verdict.source) {
        (refusal::Outcome::Refused, _, Some(refusal::Source::Signal)) => 6,
        (refusal::Outcome::Refused, _, _) => 5,
        (refusal::Outcome::Answered, _, _) => 4,
        (refusal::Outcome::Undetermined, Some(refusal::Kind::NotCovered), _) => 3,
        (refusal::Outcome::Undetermined, Some(refusal::Kind::Silent), _) => 2,
        (refusal::Outcome::Undetermined, _, _) => 1,
    }
}

/// The verdict that says more.
pub(super) fn stronger(a: Option<refusal::Verdict>, b: Option<refusal::Verdict>) -> Option<refusal::Verdict> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if strength(b) > strength(a) { b } else { a }),
        (a, b) => a.or(b),
    }
}
