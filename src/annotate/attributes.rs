//! What is written onto a span.

use super::facts::{SpanFacts, TextFacts, TokenSource};
use super::names;
use crate::convention::{Kind, Role};
use crate::language::{Certainty, Tag, same_language};
use crate::otlp::splice::Edits;
use crate::otlp::view::Attributes;
use std::collections::BTreeSet;

/// The languages of a turn as known when its span passes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CohortLanguages {
    pub input: Option<Tag>,
    pub output: Option<Tag>,
}

/// The texts of one role taken together.
struct Summary {
    language: Tag,
    confidence: f32,
    certainty: Certainty,
    tokens: u64,
    characters: u64,
}

fn summary<'a>(texts: impl Iterator<Item = &'a TextFacts>) -> Option<Summary> {
    let mut sum: Option<Summary> = None;
    let mut longest = 0;
    for text in texts {
        let verdict = &text.language;
        let weight = (u64::from(verdict.language.is_language()) << 60) | text.characters;
        let sum = sum.get_or_insert(Summary {
            language: verdict.language,
            confidence: verdict.confidence,
            certainty: verdict.certainty,
            tokens: 0,
            characters: 0,
        });
        sum.tokens += text.tokens.count;
        sum.characters += text.characters;
        if weight > longest {
            longest = weight;
            (sum.language, sum.confidence, sum.certainty) = (verdict.language, verdict.confidence, verdict.certainty);
        }
    }
    sum
}

/// Writes onto one span, leaving alone what the client sent.
pub(super) struct Writer<'a, 'b> {
    pub edits: &'a mut Edits,
    pub sent: &'a Attributes<'b>,
    pub detector_version: &'a str,
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
    pub fn write(&mut self, facts: &SpanFacts, cohort: CohortLanguages) {
        self.str(names::SPAN_KIND, facts.kind.name());
        for role in Role::ALL {
            let Some(sum) = summary(facts.texts.iter().filter(|text| text.role == role)) else { continue };
            let keys = names::role(role);
            self.str(keys.language, sum.language.as_str());
            if self.is_free(keys.confidence) {
                // Three places: more is noise, and equal bytes compress.
                self.edits.attribute_double(keys.confidence, (f64::from(sum.confidence) * 1e3).round() / 1e3);
            }
            self.int(keys.tokens, sum.tokens);
            self.int(keys.characters, sum.characters);
        }
        self.retrieval_languages(facts);
        if let Some(input) = cohort.input {
            self.str(names::COHORT_LANGUAGE, input.as_str());
        }
        if let Some(output) = cohort.output {
            self.str(names::COHORT_TARGET_LANGUAGE, output.as_str());
        }
        self.language_match(facts, cohort);
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
            let version = self.detector_version;
            self.str(names::DETECTOR_VERSION, version);
        }
    }

    fn retrieval_languages(&mut self, facts: &SpanFacts) {
        let languages: BTreeSet<Tag> =
            facts.texts.iter().filter(|text| text.role == Role::Retrieval).map(|text| text.language.language).collect();
        if languages.len() > 1 && self.is_free(names::RETRIEVAL_LANGUAGES) {
            self.edits.attribute_strings(names::RETRIEVAL_LANGUAGES, languages.iter().map(Tag::as_str));
        }
    }

    fn language_match(&mut self, facts: &SpanFacts, cohort: CohortLanguages) {
        let (Some(input), Some(answer)) =
            (cohort.input, summary(facts.texts.iter().filter(|text| text.role == Role::Output)))
        else {
            return;
        };
        if answer.certainty == Certainty::Low || !self.is_free(names::LANGUAGE_MATCH) {
            return;
        }
        if let Some(same) = same_language(input, answer.language) {
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
