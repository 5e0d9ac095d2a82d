//! The languages of a turn: its texts, with the trace and the session around them.

use super::open::OpenTrace;
use super::sessions::Sessions;
use super::turn::Turn;
use crate::language::{Known, Posterior, Prior, Tag, Verdict, is_short};
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
        let short = is_short(&question.text);
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

#[cfg(test)]
mod tests {
    use crate::annotate::{SpanFacts, TextFacts};
    use crate::config::TurnOptions;
    use crate::convention::{Kind, Role};
    use crate::language::{Certainty, Prior, Source, Tag, Verdict};
    use crate::turn::fixture::{With, span, text};
    use crate::turn::{TraceBook, Turn};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    /// A text with a verdict of the test's choice.
    fn told(role: Role, words: &str, language: &str, confidence: f32, others: &[(&str, f32)]) -> TextFacts {
        let certainty = match confidence {
            c if c >= 0.9 => Certainty::High,
            c if c >= 0.5 => Certainty::Medium,
            _ => Certainty::Low,
        };
        let alternatives = others.iter().map(|(tag, share)| (Tag::literal(tag), *share)).collect();
        let language = Tag::literal(language);
        let verdict = Verdict { language, confidence, certainty, alternatives, script: "Latn" };
        TextFacts { language: Arc::new(verdict), ..text(role, words, "und") }
    }

    fn question(words: &str, language: &str, confidence: f32, others: &[(&str, f32)]) -> TextFacts {
        told(Role::Input, words, language, confidence, others)
    }

    /// A model call of a trace of its own.
    fn call(trace: u64, session: Option<&str>, texts: Vec<TextFacts>) -> SpanFacts {
        let session_id = session.map(Arc::from);
        SpanFacts { texts, session_id, ..span(Kind::Llm, 1, 0).trace(trace) }
    }

    /// The turn of one trace, complete at `now`.
    fn turn(book: &TraceBook, facts: Vec<SpanFacts>, now: Instant) -> Turn {
        let mut done = Vec::new();
        facts.into_iter().for_each(|facts| _ = book.observe(facts, now, &mut done));
        done.extend(book.sweep(now + Duration::from_secs(2)));
        assert_eq!(done.len(), 1);
        done.remove(0)
    }

    fn language(turn: &Turn) -> (String, Source) {
        (turn.language().to_string(), turn.language_source())
    }

    fn expect(language: &str, source: Source) -> (String, Source) {
        (language.to_owned(), source)
    }

    /// Scenario: two turns of one session in Romanian, the second of one word; the same word in another session, in
    /// another service's session of the same name, without a session, and in the first session after a long silence.
    /// Guarantees: only the second turn borrows; what the detector said stays with the text.
    #[test]
    fn two_traces_of_one_session() {
        let book = TraceBook::new(&TurnOptions::default());
        let start = Instant::now();
        let first = question("Unde este comanda mea, vă rog frumos?", "ro", 0.98, &[]);
        assert_eq!(language(&turn(&book, vec![call(1, Some("s"), vec![first])], start)), expect("ro", Source::Text));
        let word = || vec![question("Ok?", "und", 0.0, &[])];
        let second = turn(&book, vec![call(2, Some("s"), word())], start + Duration::from_secs(60));
        assert_eq!(language(&second), expect("ro", Source::Session));
        let raw = &second.input.as_ref().unwrap().language;
        assert_eq!((raw.language, raw.certainty), (Tag::UND, Certainty::Low));
        let other = SpanFacts { service: Arc::from("help"), ..call(3, Some("s"), word()) };
        let nothing = expect("und", Source::None);
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(language(&turn(&book, vec![other], at(70))), nothing);
        assert_eq!(language(&turn(&book, vec![call(4, Some("t"), word())], at(80))), nothing);
        assert_eq!(language(&turn(&book, vec![call(5, None, word())], at(90))), nothing);
        assert_eq!(book.stats().sessions, 1);
        assert_eq!(language(&turn(&book, vec![call(6, Some("s"), word())], at(4_000))), nothing);
    }

    /// Scenario: a session that spoke Romanian is not remembered, because no session is.
    /// Guarantees: nothing is borrowed.
    #[test]
    fn without_sessions() {
        let book = TraceBook::new(&TurnOptions { sessions: 0, ..TurnOptions::default() });
        let now = Instant::now();
        turn(&book, vec![call(1, Some("s"), vec![question("Unde este comanda mea?", "ro", 0.98, &[])])], now);
        let second = turn(&book, vec![call(2, Some("s"), vec![question("Ok?", "und", 0.0, &[])])], now);
        assert_eq!((language(&second), book.stats().sessions), (expect("und", Source::None), 0));
    }

    /// Scenario: a question of one word with an answer; with an earlier message of the user's in the same trace; pasted
    /// into an English prompt.
    /// Guarantees: the trace tells the language, but not the frame that the question was pasted into; the agent's
    /// answer does not teach the session.
    #[test]
    fn other_texts_of_the_trace() {
        let book = TraceBook::new(&TurnOptions::default());
        let now = Instant::now();
        let word = || question("Ok?", "und", 0.0, &[]);
        let answer = told(Role::Output, "Comanda a fost trimisă ieri.", "ro", 0.97, &[]);
        let answered = turn(&book, vec![call(1, Some("s"), vec![word(), answer])], now);
        assert_eq!(language(&answered), expect("ro", Source::Trace));
        assert_eq!(book.stats().sessions, 0);
        let said = |at: u64, text| SpanFacts { texts: vec![text], ..call(2, None, Vec::new()).log().times(at, at) };
        let before = question("Unde este comanda mea, vă rog?", "ro", 0.97, &[]);
        let history = vec![said(1, before), said(2, word()), call(2, None, Vec::new())];
        assert_eq!(language(&turn(&book, history, now)), expect("ro", Source::Trace));
        let root = SpanFacts { kind: Kind::Agent, ..call(3, None, vec![word()]) };
        let framed = question("Classify the message of a customer: Ok?", "en", 0.97, &[]);
        let inner = SpanFacts { span_id: [2; 8], parent_id: Some([1; 8]), ..call(3, None, vec![framed]) };
        assert_eq!(language(&turn(&book, vec![root, inner], now)), expect("und", Source::None));
    }

    /// Scenario: guesses at question and answer, in a product that serves Spanish, and in one that serves anything.
    /// Guarantees: the list decides between what the detector names; without it a guess is `und` for the cohort.
    #[test]
    fn served_languages() {
        let texts = || {
            let others = [("es", 0.3)];
            let answer = told(Role::Output, "Claro que si", "gl", 0.45, &others);
            vec![question("Hola amigo, ¿cuando llega mi pedido?", "gl", 0.45, &others), answer]
        };
        let now = Instant::now();
        let any = turn(&TraceBook::new(&TurnOptions::default()), vec![call(1, None, texts())], now);
        assert_eq!((language(&any), any.target_language()), (expect("und", Source::None), Tag::UND));
        let prior = Prior::new(&["es".to_owned()]);
        let spanish = TraceBook::new(&TurnOptions::default()).serving(prior);
        let served = turn(&spanish, vec![call(1, None, texts())], now);
        assert_eq!((language(&served), served.target_language()), (expect("es", Source::Served), Tag::literal("es")));
        assert_eq!(served.input.as_ref().unwrap().language.language, Tag::literal("gl"));
    }
}
