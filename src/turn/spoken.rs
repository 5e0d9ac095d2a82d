//! The languages of a turn: its texts, with the trace and the session around them.

use super::open::OpenTrace;
use super::sessions::Sessions;
use super::turn::Turn;
use crate::language::{Certainty, Known, Posterior, Prior, Tag, Verdict, is_short};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What decides about the languages of turns, and what it remembers of sessions.
#[derive(Debug)]
pub(super) struct Spoken {
    pub prior: Prior,
    sessions: Sessions,
}

impl Spoken {
    /// With a memory of so many sessions, for so long, that prefers no language.
    pub fn new(sessions: usize, idle: Duration) -> Self {
        Spoken { prior: Prior::default(), sessions: Sessions::new(sessions, idle) }
    }

    /// What a session spoke before.
    pub fn session(&self, service: &str, session: &str, now: Instant) -> Option<Posterior> {
        self.sessions.get(service, session, now)
    }

    /// Sessions that are remembered.
    pub fn remembered(&self) -> usize {
        self.sessions.len()
    }

    /// Decides about a turn whose trace is complete, and lets its session learn from the question.
    pub fn settle(&self, turn: &mut Turn, trace: &OpenTrace) {
        turn.target = turn.output.as_ref().map(|answer| self.prior.decide(&Known::alone(&answer.language)));
        let Some(question) = &turn.input else { return };
        let (verdict, now) = (&question.language, trace.last_seen());
        let sure = verdict.certainty == Certainty::High;
        let short = !sure && is_short(&question.text);
        let named = turn.session.as_deref();
        let before = named.and_then(|session| self.sessions.get(&turn.service, session, now));
        let others = if verdict.cohort() == Tag::UND { trace.beside() } else { Vec::new() };
        let answer = turn.output.as_ref().map(|answer| answer.language.as_ref());
        let beside: Vec<&Verdict> = answer.into_iter().chain(others.iter().map(Arc::as_ref)).collect();
        turn.cohort = Some(self.prior.decide(&Known { verdict, short, beside: &beside, session: before }));
        if let Some(session) = named {
            let learned = self.prior.remember(verdict, short, before);
            if learned.is_some() || before.is_some() {
                self.sessions.put(&turn.service, session, learned, now);
            }
        }
    }
}
