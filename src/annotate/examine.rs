//! One agent span's texts examined: language, tokens, refusal.

use super::facts::{Shape, TextFacts, TokenSource, Traits};
use super::memo::{Counts, Known, Memo};
use crate::config;
use crate::convention::{AgentSpan, Kind, RefusalSignal, Role, RoleText};
use crate::language::expected::{Speaker, asked};
use crate::language::{Certainty, LanguageDetector, Tag, matching};
use crate::refusal::{self, Detector, Signals};
use crate::text;
use crate::tokens::{Choice, Tokenizers};
use std::sync::{Arc, OnceLock};

/// What it takes to examine a text.
pub(super) struct Examiner {
    pub detector: Arc<dyn LanguageDetector>,
    pub tokenizers: Tokenizers,
    pub refusals: Detector,
    pub memo: Memo,
    max_texts_per_role: usize,
    max_text_bytes: usize,
    /// Whether somebody will read more of a text than the free evaluations do.
    has_judge: bool,
    /// Nobody outside knows it, so nobody can make two texts look like one.
    hash_key: u64,
}

/// Bytes of a text that are kept when no judge will read it: enough to see whether one text holds another.
const KEPT_WITHOUT_JUDGE: usize = 256;

/// The same of questions and answers, which the free evaluations read.
const KEPT_FOR_CHECKS: usize = matching::READ_BYTES;

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
        detector: Arc<dyn LanguageDetector>,
        tokenizers: Tokenizers,
        refusals: Detector,
    ) -> Self {
        Examiner {
            detector,
            tokenizers,
            refusals,
            memo: Memo::new(config.annotate.cache_entries),
            max_texts_per_role: config.annotate.max_texts_per_role,
            max_text_bytes: config.turn.max_text_bytes,
            has_judge: !config.judge.endpoint.is_empty(),
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
            let known = self.memo.get_or(hash, || Known {
                characters: text.chars().count() as u64,
                language: Arc::new(self.detector.detect(text)),
                counts: Counts::default(),
                wording: OnceLock::new(),
                asked: Default::default(),
                shape: OnceLock::new(),
            });
            let counted = known.counts.get_or(tokenizer.id(), || tokenizer.count(text));
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
                text: text::head(text, self.kept_bytes(role)).into(),
                hash,
                characters: known.characters,
                bytes: text.len() as u64,
                language: Arc::clone(&known.language),
                // What was learned about a closed model changes, so it is not remembered with the text.
                tokens: tokenizer.adjust(counted, known.language.language, known.characters),
                traits: traits(span, role, text, &known),
            });
        }
        believe_reported_output(span, tokenizer, &mut texts);
        Examined { refusal: self.refusal(span, wording), tokens_source: source(span, &texts), texts, skipped }
    }

    /// Texts are kept for the judge. Without one their beginnings do, and the memory is there for more traces.
    fn kept_bytes(&self, role: Role) -> usize {
        match role {
            _ if self.has_judge => self.max_text_bytes,
            Role::Input | Role::Output => self.max_text_bytes.min(KEPT_FOR_CHECKS),
            _ => self.max_text_bytes.min(KEPT_WITHOUT_JUDGE),
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

/// What the role makes worth knowing of a text.
fn traits(span: &AgentSpan<'_>, role: Role, text: &str, known: &Known) -> Traits {
    let asks = |at: usize, speaker| {
        let found = || Some(asked(text, speaker)).filter(|asked| !asked.is_empty()).map(Arc::new);
        known.asked.get(at).and_then(|once| once.get_or_init(found).clone())
    };
    match role {
        Role::System => Traits { asked: asks(0, Speaker::System), ..Traits::default() },
        Role::Input => Traits { asked: asks(1, Speaker::User), ..Traits::default() },
        Role::Output => {
            Traits { shape: Some(known.shape.get_or_init(|| Arc::new(Shape::of(text))).clone()), ..Traits::default() }
        }
        Role::ToolArguments => Traits { tool: span.tool_name.as_deref().map(Into::into), ..Traits::default() },
        Role::Retrieval | Role::ToolResult => Traits::default(),
    }
}

/// The provider's own count of the answer is taken where it can only mean the answer's text.
fn believe_reported_output(span: &AgentSpan<'_>, tokenizer: Choice<'_>, texts: &mut [TextFacts]) {
    let (Kind::Llm, Some(reported), false) = (span.kind, span.usage.output, span.calls_tools) else { return };
    let mut answers = texts.iter_mut().filter(|text| text.role == Role::Output);
    if let (Some(answer), None) = (answers.next(), answers.next()) {
        let spoken = reported.saturating_sub(span.usage.reasoning_output.unwrap_or(0));
        let (language, characters) = (answer.language.language, answer.characters);
        if let Some(count) = tokenizer.believe(spoken, answer.tokens, language, characters) {
            answer.tokens = count;
        }
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
