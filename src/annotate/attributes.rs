//! What is written onto a span.

use super::cohorts::CohortLanguages;
use super::facts::{SpanFacts, TextFacts, TokenSource};
use super::names;
use crate::convention::{Kind, Role};
use crate::language::expected::Expectation;
use crate::language::matching::{self, Answer};
use crate::language::{Certainty, LanguageDetector, Tag, Verdict};
use crate::otlp::splice::Edits;
use crate::otlp::view::Attributes;
use std::collections::BTreeSet;

/// The texts of one role taken together.
struct Summary<'a> {
    /// On the longest text that has a language.
    verdict: &'a Verdict,
    tokens: u64,
    characters: u64,
}

fn summary<'a>(texts: impl Iterator<Item = &'a TextFacts>) -> Option<Summary<'a>> {
    let mut sum: Option<Summary<'a>> = None;
    let mut longest = 0;
    for text in texts {
        let verdict = text.language.as_ref();
        let weight = (u64::from(verdict.language.is_language()) << 60) | text.characters;
        let sum = sum.get_or_insert(Summary { verdict, tokens: 0, characters: 0 });
        sum.tokens += text.tokens.count;
        sum.characters += text.characters;
        if weight > longest {
            longest = weight;
            sum.verdict = verdict;
        }
    }
    sum
}

/// The languages that were found in a text in several, best first.
fn found_in(verdict: &Verdict) -> impl Iterator<Item = Tag> {
    let several = verdict.language == Tag::MUL;
    verdict.alternatives.iter().filter(move |_| several).map(|(tag, _)| *tag)
}

/// Writes onto one span, leaving alone what the client sent.
pub(super) struct Writer<'a, 'b> {
    pub edits: &'a mut Edits,
    pub sent: &'a Attributes<'b>,
    pub detector: &'a dyn LanguageDetector,
    /// Share of an answer in other languages that is no mismatch.
    pub tolerated: f64,
}

impl Writer<'_, '_> {
    fn is_free(&self, key: &str) -> bool {
        !self.sent.contains(key)
    }

    fn str(&mut self, key: &str, value: &str) {
        if self.is_free(key) {
            self.edits.attribute_str(key, value);
        }
    }

    fn int(&mut self, key: &str, value: u64) {
        if self.is_free(key) {
            self.edits.attribute_int(key, i64::try_from(value).unwrap_or(i64::MAX));
        }
    }

    /// All attributes of one span.
    pub fn write(&mut self, facts: &SpanFacts, cohort: &CohortLanguages, expectation: &Expectation) {
        self.str(names::SPAN_KIND, facts.kind.name());
        for role in Role::ALL {
            let Some(sum) = summary(facts.texts.iter().filter(|text| text.role == role)) else { continue };
            let keys = names::role(role);
            self.str(keys.language, sum.verdict.language.as_str());
            if self.is_free(keys.confidence) {
                // Three places: more is noise, and equal bytes compress.
                self.edits.attribute_double(keys.confidence, (f64::from(sum.verdict.confidence) * 1e3).round() / 1e3);
            }
            self.int(keys.tokens, sum.tokens);
            self.int(keys.characters, sum.characters);
            if role != Role::Retrieval && found_in(sum.verdict).next().is_some() {
                self.strings(keys.languages, found_in(sum.verdict));
            }
        }
        self.retrieval_languages(facts);
        if let Some(input) = cohort.input {
            // Whoever sets the cohort's language knows best where it comes from.
            if self.is_free(names::COHORT_LANGUAGE) {
                self.str(names::COHORT_LANGUAGE_SOURCE, input.source.name());
            }
            self.str(names::COHORT_LANGUAGE, input.language.as_str());
        }
        if let Some(output) = cohort.output {
            self.str(names::COHORT_TARGET_LANGUAGE, output.language.as_str());
        }
        self.language_match(facts, cohort, expectation);
        if let Some(verdict) = facts.refusal {
            self.str(names::REFUSAL_VERDICT, verdict.outcome.name());
            if let Some(kind) = verdict.kind {
                self.str(names::REFUSAL_KIND, kind.name());
            }
            if let Some(source) = verdict.source {
                self.str(names::REFUSAL_SOURCE, source.name());
            }
        }
        self.tokens(facts);
        if !facts.texts.is_empty() {
            let version = self.detector.version();
            self.str(names::DETECTOR_VERSION, version);
        }
    }

    /// The languages of the documents, where there are several: in several documents, or in one.
    fn retrieval_languages(&mut self, facts: &SpanFacts) {
        let mut languages: BTreeSet<Tag> = BTreeSet::new();
        for text in facts.texts.iter().filter(|text| text.role == Role::Retrieval) {
            if found_in(&text.language).next().is_none() {
                languages.insert(text.language.language);
            }
            languages.extend(found_in(&text.language));
        }
        if languages.len() > 1 {
            self.strings(names::role(Role::Retrieval).languages, languages.into_iter());
        }
    }

    fn strings(&mut self, key: &str, languages: impl Iterator<Item = Tag>) {
        if self.is_free(key) {
            let languages: Vec<Tag> = languages.collect();
            self.edits.attribute_strings(key, languages.iter().map(Tag::as_str));
        }
    }

    /// As the evaluation of the same name judges the turn, by what is known on this span; the question by its own text, since
    /// a borrowed language would match what it was borrowed from.
    fn language_match(&mut self, facts: &SpanFacts, cohort: &CohortLanguages, expectation: &Expectation) {
        if !self.is_free(names::LANGUAGE_MATCH) {
            return;
        }
        let answer = facts.longest(Role::Output);
        let asked = cohort.asked.map(|language| (language, Certainty::Medium));
        let (Some(answer), Ok(expected)) = (answer, expectation.languages(asked)) else { return };
        let given = |text: &str| {
            let roles = [Role::Input, Role::Retrieval, Role::ToolResult];
            facts.texts.iter().any(|known| roles.contains(&known.role) && known.text.contains(text))
        };
        let answer = Answer { text: &answer.text, verdict: &answer.language };
        if let Some(same) = matching::judge(&expected, &answer, self.detector, &given, self.tolerated).is_match() {
            self.edits.attribute_bool(names::LANGUAGE_MATCH, same);
        }
    }

    fn tokens(&mut self, facts: &SpanFacts) {
        let Some(source) = facts.tokens_source else { return };
        self.str(names::TOKENS_SOURCE, source.name());
        if let Some(text) = facts.texts.first() {
            self.str(names::TOKENS_TOKENIZER, text.tokens.tokenizer);
        }
        if facts.kind != Kind::Llm || source == TokenSource::Reported {
            return;
        }
        let of = |output: bool| -> u64 {
            facts.texts.iter().filter(|text| (text.role == Role::Output) == output).map(|text| text.tokens.count).sum()
        };
        let (input, output) = (of(false), of(true));
        for key in names::INPUT_TOKENS {
            self.int(key, input);
        }
        for key in names::OUTPUT_TOKENS {
            self.int(key, output);
        }
        self.int(names::TOTAL_TOKENS, input + output);
    }
}
