//! Are the arguments of tools in the language that the tool wants.

use super::Evaluation;
use crate::config::ToolArgumentsLanguage as Options;
use crate::evaluate::{Finding, Step, epoch};
use crate::language::expected::{Expected, Tags};
use crate::language::{Certainty, Tag, scripts};
use crate::text::prose;
use crate::text::script::Histogram;
use crate::turn::{Turn, TurnText};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Letters that words of an argument have; fewer may be a name or a code.
const MIN_LETTERS: u32 = 12;

/// Arguments of one turn that are looked at.
const MAX_ARGUMENTS: usize = 64;

/// What a tool wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Any,
    User,
    Language(Tag),
}

impl Rule {
    fn of(text: &str) -> Rule {
        match text {
            "user" => Rule::User,
            // The configuration was checked: what is no rule is a tag.
            other => Tag::parse(other).filter(|_| other != "any").map_or(Rule::Any, Rule::Language),
        }
    }
}

/// Fails a turn that asked a tool in another language than it wants, or in its language transliterated: a search over
/// English documents that is asked in Swahili finds nothing. What each tool wants is configured; most do not care.
#[derive(Debug, Clone)]
pub struct ToolArgumentsLanguage {
    default: Rule,
    tools: BTreeMap<String, Rule>,
    epoch: u64,
}

/// What was found of one argument.
enum Argument {
    Right,
    Wrong(&'static str),
    Unknown,
}

thread_local! {
    static SPARE: RefCell<(String, String)> = RefCell::default();
}

impl ToolArgumentsLanguage {
    /// With these rules.
    pub fn new(options: &Options) -> Self {
        let mut parts = vec!["tool_arguments_language", "1", &options.default];
        parts.extend(options.tools.iter().flat_map(|(name, rule)| [name.as_str(), rule.as_str()]));
        ToolArgumentsLanguage {
            default: Rule::of(&options.default),
            tools: options.tools.iter().map(|(name, rule)| (name.clone(), Rule::of(rule))).collect(),
            epoch: epoch(&parts),
        }
    }

    fn rule(&self, text: &TurnText) -> Rule {
        text.traits.tool.as_deref().and_then(|tool| self.tools.get(tool)).copied().unwrap_or(self.default)
    }
}

fn argument(text: &TurnText, wanted: &Expected) -> Argument {
    let letters = SPARE.with_borrow_mut(|(spare, out)| prose::scripts(&text.text, spare, out));
    let weight =
        |(script, count): (crate::text::script::Script, u32)| if script.is_dense() { count * 3 } else { count };
    if letters.ranked().map(weight).sum::<u32>() < MIN_LETTERS {
        return Argument::Unknown;
    }
    let said = &text.language;
    let same = if said.certainty == Certainty::Low { None } else { wanted.allows(said.language) };
    if same == Some(false) {
        return Argument::Wrong("other_language");
    }
    // The right words in the wrong letters, or words that nobody can tell for that reason.
    let mut known = wanted.tags().flat_map(|tag| scripts(tag, wanted.named)).peekable();
    if known.peek().is_some() && !known.any(|script| letters.count(*script) > 0) && has_words(&letters, &text.text) {
        return Argument::Wrong("other_script");
    }
    if same == Some(true) { Argument::Right } else { Argument::Unknown }
}

/// Whether a text is words rather than one code or name.
fn has_words(letters: &Histogram, text: &str) -> bool {
    letters.ranked().any(|(script, _)| script.is_dense())
        || text
            .split_whitespace()
            .filter(|word| word.chars().filter(|c| c.is_alphabetic()).nth(2).is_some())
            .nth(1)
            .is_some()
}

impl Evaluation for ToolArgumentsLanguage {
    fn name(&self) -> &'static str {
        "tool_arguments_language"
    }

    fn step(&self) -> Step {
        Step::ToolArguments
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn evaluate(&self, turn: &Turn) -> Finding {
        if turn.tool_arguments.is_empty() {
            return Finding::skipped("no_tool_arguments");
        }
        let user = turn.input.as_ref().map(|text| &text.language);
        let user = user.filter(|said| said.certainty >= Certainty::Medium && said.language.is_language());
        let (mut right, mut wrong, mut unknown, mut code) = (0u32, 0u32, 0u32, "");
        for text in turn.tool_arguments.iter().take(MAX_ARGUMENTS) {
            let wanted = match self.rule(text) {
                Rule::Any => continue,
                Rule::Language(tag) => Some(Expected { any_of: Tags::one(tag), also: Tags::default(), named: true }),
                Rule::User => {
                    user.map(|said| Expected { any_of: Tags::one(said.language), also: Tags::default(), named: false })
                }
            };
            match wanted.map_or(Argument::Unknown, |wanted| argument(text, &wanted)) {
                Argument::Right => right += 1,
                Argument::Wrong(why) => {
                    wrong += 1;
                    code = why;
                }
                Argument::Unknown => unknown += 1,
            }
        }
        let score = Some(f64::from(right) / f64::from((right + wrong).max(1)));
        match (right, wrong, unknown) {
            (0, 0, 0) => Finding::skipped("any_language"),
            (0, 0, _) => Finding::skipped("undetermined_language"),
            (_, 0, _) => Finding::pass("wanted_language"),
            _ => Finding { score, ..Finding::fail(code, format!("{wrong} of {} arguments", right + wrong)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Outcome;
    use crate::evaluate::fixture::{text, turn};
    use std::sync::Arc;

    fn check(default: &str, tools: &[(&str, &str)]) -> ToolArgumentsLanguage {
        let tools = tools.iter().map(|&(name, rule)| (name.to_owned(), rule.to_owned())).collect();
        ToolArgumentsLanguage::new(&Options { default: default.to_owned(), tools })
    }

    fn asked(tool: &str, words: &str, language: &str) -> TurnText {
        let mut text = text(words, language);
        text.traits.tool = Some(Arc::from(tool));
        text
    }

    fn found(check: &ToolArgumentsLanguage, user: &str, arguments: Vec<TurnText>) -> (Outcome, &'static str) {
        let mut turn = turn("?", user, "x", user);
        turn.tool_arguments = arguments;
        let finding = check.evaluate(&turn);
        (finding.outcome, finding.reason_code)
    }

    /// Words for one search in nine languages.
    const WORDS: &[(&str, &str)] = &[
        ("en", "bus fare from Nairobi to Mombasa"),
        ("sw", "nauli ya basi kutoka Nairobi hadi Mombasa"),
        ("ru", "стоимость билета на автобус"),
        ("el", "τιμή εισιτηρίου λεωφορείου"),
        ("ar", "سعر تذكرة الحافلة إلى القاهرة"),
        ("hi", "मुंबई जाने वाली बस का किराया"),
        ("th", "ค่าโดยสารรถบัสไปเชียงใหม่"),
        ("ja", "札幌までのバスの料金"),
        ("ko", "부산까지 가는 버스 요금"),
    ];

    /// Scenario: a tool that wants each of nine languages, asked in each.
    /// Guarantees: only the wanted one passes; a tool that wants the user's language is asked in it.
    #[test]
    fn languages() {
        for (wanted, _) in WORDS {
            let by_tag = check("any", &[("search", wanted)]);
            let users = check("user", &[]);
            for (said, words) in WORDS {
                let outcome = if said == wanted { Outcome::Pass } else { Outcome::Fail };
                assert_eq!(found(&by_tag, "en", vec![asked("search", words, said)]).0, outcome, "{wanted} {said}");
                assert_eq!(found(&users, wanted, vec![asked("any_tool", words, said)]).0, outcome, "{wanted} {said}");
            }
        }
    }

    /// Scenario: words in the wrong letters, names and codes, guesses, tools that do not care, several arguments.
    /// Guarantees: a transliteration fails, what cannot be told is skipped, the share is the score.
    #[test]
    fn details() {
        let russian = check("any", &[("search", "ru")]);
        let of = |words: &str, said: &str| found(&russian, "ru", vec![asked("search", words, said)]);
        assert_eq!(of("stoimost bileta na avtobus", "und"), (Outcome::Fail, "other_script"));
        assert_eq!(of("SKU-1234 X", "und"), (Outcome::Skipped, "undetermined_language"));
        assert_eq!(of("ProductNumberABCDEFGH", "und"), (Outcome::Skipped, "undetermined_language"));
        assert_eq!(found(&russian, "ru", vec![asked("weather", "Moscow today at noon", "en")]).1, "any_language");
        assert_eq!(found(&russian, "ru", Vec::new()), (Outcome::Skipped, "no_tool_arguments"));
        assert_eq!(found(&check("user", &[]), "und", vec![asked("s", WORDS[1].1, "sw")]).1, "undetermined_language");
        let mut turn = turn("?", "ru", "x", "ru");
        turn.tool_arguments = vec![asked("search", WORDS[2].1, "ru"), asked("search", WORDS[0].1, "en")];
        let finding = russian.evaluate(&turn);
        assert_eq!((finding.outcome, finding.reason_code, finding.score), (Outcome::Fail, "other_language", Some(0.5)));
        let named = check("any", &[("search", "zh-Hant")]);
        assert_eq!(found(&named, "zh", vec![asked("search", "公共汽车票价多少钱", "zh-Hans")]).0, Outcome::Fail);
        assert_ne!(russian.epoch(), named.epoch());
    }
}
