//! One agent span's texts examined: language, tokens, refusal.

use super::facts::{TextFacts, TokenSource};
use super::memo::{Known, Memo};
use crate::config;
use crate::convention::{AgentSpan, Kind, RefusalSignal, Role, RoleText};
use crate::language::{Certainty, LanguageDetector, Tag};
use crate::refusal::{self, Detector, Signals};
use crate::text;
use crate::tokens::Tokenizers;
use std::sync::{Arc, OnceLock};

/// What it takes to examine a text.
pub(super) struct Examiner {
    pub detector: Box<dyn LanguageDetector>,
    pub tokenizers: Tokenizers,
    pub refusals: Detector,
    pub memo: Memo,
    max_texts_per_role: usize,
    max_text_bytes: usize,
    /// Nobody outside knows it, so nobody can make two texts look like one.
    hash_key: u64,
}

/// Bytes of a text that are kept when nobody will read it again: enough to see whether one text holds another.
const KEPT_WITHOUT_JUDGE: usize = 256;

/// Texts are kept for the judge. Without one their beginnings do, and the memory is there for more traces.
fn kept_bytes(config: &config::Config) -> usize {
    let wanted = config.turn.max_text_bytes;
    if config.judge.endpoint.is_empty() { wanted.min(KEPT_WITHOUT_JUDGE) } else { wanted }
}

/// What was found out about one span.
pub(super) struct Examined {
    pub texts: Vec<TextFacts>,
    pub refusal: Option<refusal::Verdict>,
    pub tokens_source: Option<TokenSource>,
    /// Texts over the bound, which nobody looked at.
    pub skipped: usize,
}

impl Examiner {
    pub fn new(
        config: &config::Config,
        detector: Box<dyn LanguageDetector>,
        tokenizers: Tokenizers,
        refusals: Detector,
    ) -> Self {
        Examiner {
            detector,
            tokenizers,
            refusals,
            memo: Memo::new(config.annotate.cache_entries),
            max_texts_per_role: config.annotate.max_texts_per_role,
            max_text_bytes: kept_bytes(config),
            hash_key: ahash::RandomState::new().hash_one(0),
        }
    }

    /// Finds out about every text of a span.
    pub fn examine(&self, span: &AgentSpan<'_>) -> Examined {
        let model = span.model.as_deref();
        let tokenizer = self.tokenizers.choice(model);
        let mut taken = [0usize; Role::ALL.len()];
        let mut skipped = 0;
        let mut texts = Vec::with_capacity(span.texts.len());
        let mut wording = None;
        for RoleText { role, text } in &span.texts {
            let (role, text) = (*role, text.as_ref());
            let count = &mut taken[role as usize];
            *count += 1;
            if *count > self.max_texts_per_role {
                skipped += 1;
                continue;
            }
            let hash = text::hash(text, self.hash_key);
            let known = self.memo.get_or(hash ^ tokenizer.key(), || Known {
                characters: text.chars().count() as u64,
                language: Arc::new(self.detector.detect(text)),
                tokens: tokenizer.count(text),
                wording: OnceLock::new(),
            });
            if role == Role::Output && matches!(span.kind, Kind::Llm | Kind::Agent | Kind::Chain) {
                let words = *known.wording.get_or_init(|| {
                    self.refusals.check(text, known.language.language, known.language.certainty, &Signals::default())
                });
                // Of several choices the one that declines is told.
                if wording.is_none_or(|before: refusal::Verdict| before.outcome != refusal::Outcome::Refused) {
                    wording = Some(words);
                }
            }
            texts.push(TextFacts {
                role,
                text: text::head(text, self.max_text_bytes).into(),
                hash,
                characters: known.characters,
                bytes: text.len() as u64,
                language: Arc::clone(&known.language),
                tokens: known.tokens,
            });
        }
        self.believe_reported_output(span, &mut texts);
        Examined { refusal: self.refusal(span, wording), tokens_source: source(span, &texts), texts, skipped }
    }

    /// The provider's own count of the answer is taken where it can only mean the answer's text.
    fn believe_reported_output(&self, span: &AgentSpan<'_>, texts: &mut [TextFacts]) {
        let (Kind::Llm, Some(reported), false) = (span.kind, span.usage.output, span.calls_tools) else { return };
        let mut answers = texts.iter_mut().filter(|text| text.role == Role::Output);
        if let (Some(answer), None) = (answers.next(), answers.next()) {
            let spoken = reported.saturating_sub(span.usage.reasoning_output.unwrap_or(0));
            if spoken > 0 {
                answer.tokens.count = spoken;
                answer.tokens.exact = true;
            }
        }
    }

    fn refusal(&self, span: &AgentSpan<'_>, wording: Option<refusal::Verdict>) -> Option<refusal::Verdict> {
        if !matches!(span.kind, Kind::Llm | Kind::Agent | Kind::Chain) {
            return None;
        }
        let has_answer = span.has(Role::Output);
        let signals = Signals {
            refusal_field: matches!(span.refusal, Some(RefusalSignal::Refused(_))),
            filtered: matches!(span.refusal, Some(RefusalSignal::Filtered))
                || span.finish_reasons.iter().any(|reason| refusal::is_filter_reason(reason)),
            // Content that is switched off looks the same, so some text of the span must have been sent.
            silent: span.kind == Kind::Llm
                && !has_answer
                && !span.status.is_error()
                && !span.calls_tools
                && !span.content_hidden
                && span.has(Role::Input)
                && span.usage.output.is_some_and(|tokens| tokens > 0),
        };
        if signals.any() {
            return Some(self.refusals.check("", Tag::UND, Certainty::Low, &signals));
        }
        wording
    }
}

fn source(span: &AgentSpan<'_>, texts: &[TextFacts]) -> Option<TokenSource> {
    if span.kind != Kind::Llm {
        return None;
    }
    if span.usage.input.is_some() || span.usage.output.is_some() {
        return Some(TokenSource::Reported);
    }
    match texts.iter().all(|text| text.tokens.exact) {
        _ if texts.is_empty() => None,
        true => Some(TokenSource::Counted),
        false => Some(TokenSource::Estimated),
    }
}
