//! Which language a text asks the answer to be in: "always answer in French", "translate this into Swahili".
//!
//! No list of sentences: in one sentence there has to be a word of answering or translating near the name of a language
//! that says "in" ("in French", "auf Deutsch", "日本語で"). A negation beside it takes it back, a condition makes it one
//! of several languages that are right.

use super::Tags;
use super::phrases::{Hit, Phrases, Role, compiled};
use super::{english, label};
use crate::text::fold::fold_into;
use crate::text::{head, mask, segment, tail};
use std::cell::RefCell;

/// What is read of a long text: instructions stand at its beginning or its end.
const HEAD_BYTES: usize = 8 << 10;
const TAIL_BYTES: usize = 4 << 10;

/// Bytes of a folded sentence, and phrases of it, that are looked at.
const SENTENCE_BYTES: usize = 1_000;
const MAX_HITS: usize = 64;

/// Characters between the verb and the name.
const REACH: usize = 80;

/// Bytes between a negation and what it negates: one short word.
const BESIDE: usize = 16;

/// Who says a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The program's instructions.
    System,
    /// The user.
    User,
}

/// The languages that a text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// The answer has to be in one of these.
    pub only: Tags,
    /// These are right, too: asked for under a condition, or asked about.
    pub also: Tags,
}

impl Asked {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.only.is_empty() && self.also.is_empty()
    }

    /// Adds what another text asks. What the user wants and what the instructions want are both no fault.
    pub fn merge(&mut self, other: &Asked) {
        self.only.merge(&other.only);
        self.also.merge(&other.also);
    }
}

#[derive(Default)]
struct Scratch {
    masked: String,
    folded: String,
    hits: Vec<Hit>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// What a text asks for. Linear in what is read, which is bounded.
pub fn asked(text: &str, speaker: Speaker) -> Asked {
    let mut found = Asked::default();
    let pieces = if text.len() <= HEAD_BYTES + TAIL_BYTES {
        [text, ""]
    } else {
        [head(text, HEAD_BYTES), tail(text, TAIL_BYTES)]
    };
    SCRATCH.with_borrow_mut(|Scratch { masked, folded, hits }| {
        for piece in pieces {
            for sentence in segment::sentences(mask(piece, masked)) {
                fold_into(sentence, SENTENCE_BYTES, folded);
                compiled().hits(folded, MAX_HITS, hits);
                if hits.iter().any(|hit| matches!(hit.role, Role::Name(_) | Role::Form(_))) {
                    Sentence { text: folded, hits, phrases: compiled(), speaker }.read(&mut found);
                }
                label::read(sentence, speaker, &mut found);
            }
        }
    });
    found
}

/// One folded sentence with the phrases in it.
struct Sentence<'a> {
    text: &'a str,
    hits: &'a [Hit],
    phrases: &'a Phrases,
    speaker: Speaker,
}

/// A name that says "in"; `from` is where that begins.
#[derive(Clone, Copy)]
struct Named {
    from: usize,
    end: usize,
}

impl Sentence<'_> {
    fn read(&self, found: &mut Asked) {
        let translates = self.hits.iter().any(|hit| hit.role == Role::Translate);
        let mut last: Option<(Named, bool)> = None;
        for hit in self.hits {
            let (Role::Name(tag) | Role::Form(tag)) = hit.role else { continue };
            // A name inside a longer one: "Chinese" of "Traditional Chinese".
            let longer = |other: &Hit| {
                matches!(other.role, Role::Name(_) | Role::Form(_))
                    && other.start <= hit.start
                    && hit.end <= other.end
                    && other.end - other.start > hit.end - hit.start
            };
            if self.hits.iter().any(longer) {
                continue;
            }
            let follows = last.filter(|(before, _)| self.joins(before.end, hit.start));
            let from = match (hit.role, follows) {
                (Role::Form(_), _) => Some(hit.start),
                (_, Some((before, _))) => Some(before.from),
                _ => self.before(hit, translates),
            };
            let Some(from) = from.filter(|_| !self.phrases.is_english(hit.block) || self.ends_well(hit.end)) else {
                continue;
            };
            let named = Named { from, end: hit.end };
            let verb = self.verb(named);
            let asks = match (verb, follows) {
                (_, Some((_, asks))) => asks,
                (Some(verb), None) => !self.negated(named, verb, hit.block),
                (None, None) if self.speaker == Speaker::User => {
                    found.also.add(tag);
                    continue;
                }
                (None, None) => continue,
            };
            last = Some((named, asks));
            if !asks {
                continue;
            }
            if self.hits.iter().any(|other| other.role == Role::When) {
                found.also.add(tag);
            } else {
                found.only.add(tag);
            }
        }
    }

    /// Where the words begin that make a name mean "in" that language.
    fn before(&self, hit: &Hit, translates: bool) -> Option<usize> {
        let block = self.phrases.blocks.get(hit.block)?;
        let mut rest = self.text.get(..hit.start)?;
        for _ in 0..4 {
            rest = rest.trim_end_matches([' ', '"', '\'', '*', '(', '_', '-']);
            let word = |words: &str| rest.strip_suffix(words).filter(|rest| ends_word(rest));
            if let Some(rest) =
                block.before.iter().filter(|(_, into)| translates || !into).find_map(|(words, _)| word(words))
            {
                return Some(rest.len());
            }
            rest = block.fill.iter().find_map(|words| word(words))?;
        }
        None
    }

    /// Whether only "and", "or" or a comma stands between two names.
    fn joins(&self, end: usize, start: usize) -> bool {
        const WORDS: &[&str] = &[
            "", "and", "or", "and in", "or in", "and/or", "/", "&", "und", "oder", "et", "ou", "y", "o", "e", "u", "и",
            "или", "та", "або", "en", "of", "och", "eller", "og", "i", "lub", "a", "nebo", "și", "sau", "ve", "veya",
            "dan", "atau", "na", "au", "và", "hoặc", "și în", "or to", "and to", "va", "και", "ή", "و", "او", "и на",
        ];
        let between = self.text.get(end..start).unwrap_or("?");
        between.len() <= 16 && WORDS.contains(&between.trim_matches([' ', ',']))
    }

    /// Whether an English name means the language, not what is of that country.
    fn ends_well(&self, end: usize) -> bool {
        let rest = self.text.get(end..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix(' ') else { return !rest.starts_with('-') };
        let word = rest.split(|c: char| !(c.is_alphanumeric() || c == '\'')).next().unwrap_or_default();
        let further = self.hits.iter().any(|hit| {
            matches!(hit.role, Role::Name(_) | Role::Form(_)) && hit.start > end && self.joins(end, hit.start)
        });
        word.is_empty() || further || !word.is_ascii() || english::AFTER.contains(&word)
    }

    /// The verb nearest to a name.
    fn verb(&self, named: Named) -> Option<Hit> {
        let gap = |hit: &Hit| {
            let (from, to) =
                if hit.end <= named.from { (hit.end, named.from) } else { (named.end.min(hit.start), hit.start) };
            self.text.get(from..to).unwrap_or_default().chars().count()
        };
        self.hits
            .iter()
            .filter(|hit| matches!(hit.role, Role::Answer | Role::Translate) && self.is_order(hit))
            .map(|hit| (gap(hit), hit))
            .filter(|&(gap, _)| gap <= REACH)
            .min_by_key(|&(gap, _)| gap)
            .map(|(_, hit)| *hit)
    }

    /// Whether an English verb tells the one who answers what to do. Other languages have forms of their own for that.
    fn is_order(&self, verb: &Hit) -> bool {
        // Politeness is said to nobody else.
        let polite =
            self.text.get(verb.start..verb.end).is_some_and(|verb| matches!(verb, "please" | "pls" | "kindly"));
        if polite || !self.phrases.is_english(verb.block) {
            return true;
        }
        let mut before = self.text.get(..verb.start).unwrap_or_default().trim_end_matches([' ', '"', '\'', '*']);
        let mut word = || {
            let at = before
                .rfind(|c: char| !(c.is_alphanumeric() || c == '\''))
                .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
            let (rest, word) = before.split_at(at);
            before = rest.trim_end();
            word
        };
        match word() {
            "" => true,
            "to" => {
                let word = word();
                word.is_empty() || english::TO.contains(&word)
            }
            word => !word.is_ascii() || word.bytes().all(|b| b.is_ascii_digit()) || english::ORDER.contains(&word),
        }
    }

    /// Whether a negation stands beside the verb or before the name, with no mark between.
    fn negated(&self, named: Named, verb: Hit, block: usize) -> bool {
        let whole = |from: usize, to: usize| {
            self.text.get(from..to).is_some_and(|between| !between.contains([',', ';', ':', '，', '、', '،']))
        };
        let near = |end: usize, start: usize| end <= start && start - end <= BESIDE && whole(end, start);
        self.hits.iter().filter(|hit| hit.role == Role::Not && (hit.block == verb.block || hit.block == block)).any(
            |not| {
                let beside_verb = near(not.end, verb.start) || near(verb.end, not.start);
                // "not in English, but in French": the mark ends what is negated.
                let reaches = not.end > named.from || whole(not.end, named.from);
                beside_verb && reaches || near(not.end, named.from)
            },
        )
    }
}

/// Whether a text ends where a word may begin.
fn ends_word(text: &str) -> bool {
    !text.ends_with(crate::text::script::is_word)
        || text.chars().next_back().and_then(crate::text::script::of).is_some_and(|script| {
            matches!(script, crate::text::script::Script::Thai | crate::text::script::Script::Han)
        })
}
