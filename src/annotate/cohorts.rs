//! The languages of the turns that a request has spans of, as known when these pass.

use super::context::{Context, Question};
use super::facts::SpanFacts;
use crate::convention::Role;
use crate::language::{Certainty, CohortLanguage, Known, Prior, Source, Tag, Verdict};
use ahash::AHashMap;
use std::sync::Arc;

/// The languages of a turn as known when its span passes.
#[derive(Debug, Clone, Default)]
pub(super) struct CohortLanguages {
    /// The cohort; `None` while nothing tells it.
    pub input: Option<CohortLanguage>,
    /// The language of the answer.
    pub output: Option<CohortLanguage>,
    /// The question's own language, where the detector was sure enough of it.
    pub asked: Option<Tag>,
}

/// What the spans of one trace say.
#[derive(Default)]
struct Trace<'a> {
    question: Option<Question>,
    answer: Option<&'a Arc<Verdict>>,
    session: Option<(&'a str, &'a str)>,
}

/// The languages of each trace in the request.
pub(super) fn cohorts<'a>(
    facts: impl Iterator<Item = &'a SpanFacts>,
    prior: &Prior,
    context: &dyn Context,
) -> AHashMap<[u8; 16], CohortLanguages> {
    let mut traces: AHashMap<[u8; 16], Trace<'a>> = AHashMap::new();
    for span in facts {
        let trace = traces
            .entry(span.trace_id)
            .or_insert_with(|| Trace { question: context.question(&span.trace_id), ..Trace::default() });
        // What was known before counts, then what comes first; a text that was told replaces one that was not.
        if trace.question.as_ref().is_none_or(|question| !is_told(&question.verdict))
            && let Some(text) = span.longest(Role::Input)
            && (trace.question.is_none() || is_told(&text.language))
        {
            trace.question = Some(Question::of(text));
        }
        if let Some(text) = span.longest(Role::Output)
            && (trace.answer.is_none() || is_told(&text.language))
        {
            trace.answer = Some(&text.language);
        }
        if let (None, Some(session)) = (trace.session, &span.session_id) {
            trace.session = Some((&span.service, session));
        }
    }
    traces.into_iter().map(|(id, trace)| (id, trace.decide(prior, context))).collect()
}

impl Trace<'_> {
    fn decide(self, prior: &Prior, context: &dyn Context) -> CohortLanguages {
        let told = |language: CohortLanguage| Some(language).filter(|language| language.source != Source::None);
        let answer = self.answer.map(|verdict| prior.decide(&Known::alone(verdict)));
        let Some(Question { verdict, short }) = self.question else {
            return CohortLanguages { output: answer.and_then(told), ..CohortLanguages::default() };
        };
        // Most questions speak for themselves; the sessions are not asked about them.
        let session = self.session.filter(|_| verdict.certainty < Certainty::High);
        let session = session.and_then(|(service, session)| context.session(service, session));
        let beside: Option<&Verdict> = self.answer.map(Arc::as_ref);
        let known = Known { verdict: &verdict, short, beside: beside.as_slice(), session };
        CohortLanguages {
            input: told(prior.decide(&known)),
            output: answer.and_then(told),
            asked: Some(verdict.cohort()).filter(Tag::is_language),
        }
    }
}

fn is_told(verdict: &Verdict) -> bool {
    verdict.cohort().is_language()
}
