//! Loops: a text that says the same over and over, as a model does that has lost its way.
//!
//! Two looks, both linear in a bounded window. Runs: the place where the same [`GRAM`] characters stood last says how
//! long a period may be; the run lasts as long as each character equals the one a period before. Sentences: the same
//! one many times, whatever stands between. Both know no words, so scripts without spaces are no special case.

use super::fold::fold_into;
use super::script::weight;
use super::{mask, segment, tail};
use ahash::AHashMap;
use std::cell::RefCell;

/// The window: loops last until the end of a text.
const WINDOW_BYTES: usize = 8 << 10;

/// Characters by which a period is proposed.
const GRAM: usize = 4;

/// Repeats below which nothing is told.
const MIN_REPEATS: u32 = 3;

/// Letters below which nothing is told: laughter, stretched vowels, "very, very, very".
const MIN_LETTERS: u32 = 40;

/// Letters of a sentence that is worth being looked for again.
const SENTENCE_LETTERS: u32 = 12;

/// Characters of the repeated words that are kept.
const KEEP: usize = 64;

/// The largest loop of a text. Letters are weighted: one that is a syllable or a word counts as three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repetition {
    /// How often the words stand there.
    pub repeats: u32,
    /// Letters in the loop.
    pub letters: u32,
    /// Letters in all of the window.
    pub total: u32,
    /// The beginning of the repeated words, folded.
    pub unit: Box<str>,
    /// Whether `unit` is all of them.
    pub whole: bool,
}

impl Repetition {
    /// The share of the text that is the loop, 0 to 1.
    pub fn share(&self) -> f64 {
        f64::from(self.letters) / f64::from(self.total.max(1))
    }
}

#[derive(Default)]
struct Scratch {
    masked: String,
    prose: String,
    folded: String,
    chars: Vec<char>,
    /// Letters before each place.
    letters: Vec<u32>,
    last: AHashMap<[char; GRAM], usize>,
    sentences: AHashMap<u64, (u32, u32)>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// The largest loop in the last part of `text`; `None` where there is none worth telling.
pub fn find(text: &str) -> Option<Repetition> {
    SCRATCH.with_borrow_mut(|scratch| {
        let Scratch { masked, prose, folded, .. } = scratch;
        mask::code(tail(text, WINDOW_BYTES), masked);
        prose.clear();
        for line in masked.lines() {
            prose.push_str(item(line));
            prose.push('\n');
        }
        fold_into(prose, WINDOW_BYTES, folded);
        scratch.measure();
        let run = scratch.run();
        let sentence = scratch.sentence();
        let larger = match (run, sentence) {
            (Some(run), Some(sentence)) => Some(if sentence.letters > run.letters { sentence } else { run }),
            (run, sentence) => run.or(sentence),
        };
        larger.filter(|found| found.letters >= MIN_LETTERS)
    })
}

/// A line without the mark of a list; nothing of a table's row, whose cells are often alike.
fn item(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('|') || line.matches(['|', '\t']).nth(1).is_some() {
        return "";
    }
    let unnumbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let unmarked = match unnumbered.strip_prefix(['.', ')', ':']) {
        Some(rest) if unnumbered.len() < line.len() => rest,
        _ => line.trim_start_matches(['-', '*', '•', '#', '>']),
    };
    unmarked.trim_start()
}

/// Repeats in a run; the last may have been cut off.
fn rounded(length: usize, period: usize) -> usize {
    (length + period / 2) / period.max(1)
}

impl Scratch {
    fn measure(&mut self) {
        self.chars.clear();
        self.chars.extend(self.folded.chars());
        self.letters.clear();
        let mut sum = 0;
        self.letters.push(0);
        for &c in &self.chars {
            sum += weight(c);
            self.letters.push(sum);
        }
    }

    fn letters_in(&self, from: usize, to: usize) -> u32 {
        let at = |place: usize| self.letters.get(place).or(self.letters.last()).copied().unwrap_or(0);
        at(to) - at(from.min(to))
    }

    /// The run of one period with most letters.
    fn run(&mut self) -> Option<Repetition> {
        self.last.clear();
        let mut best: Option<(usize, usize, usize)> = None;
        let mut best_letters = 0;
        // Start of the first of the repeats, and their period.
        let mut current: Option<(usize, usize)> = None;
        for at in 0..=self.chars.len() {
            let here = self.chars.get(at);
            if let Some((start, period)) = current {
                if here.is_some() && at.checked_sub(period).and_then(|before| self.chars.get(before)) == here {
                    // A gram's place is remembered all the same.
                    self.remember(at);
                    continue;
                }
                let repeats = rounded(at - start, period);
                let letters = self.letters_in(start, at);
                if repeats >= MIN_REPEATS as usize
                    && letters > best_letters
                    && self.letters_in(start, start + period) > 0
                {
                    best = Some((start, at, period));
                    best_letters = letters;
                }
                current = None;
            }
            if let Some(before) = self.remember(at) {
                let period = at - before;
                current = (before + 1).checked_sub(GRAM).map(|start| (start, period));
            }
        }
        let (start, end, period) = best?;
        let unit: String = self.chars.get(start..start + period)?.iter().collect();
        Some(self.told(unit.trim(), rounded(end - start, period), self.letters_in(start, end)))
    }

    /// Notes that the gram which ends at `at` is here; where it ended last.
    fn remember(&mut self, at: usize) -> Option<usize> {
        let from = (at + 1).checked_sub(GRAM)?;
        let gram: [char; GRAM] = self.chars.get(from..=at)?.try_into().ok()?;
        self.last.insert(gram, at)
    }

    /// The sentence with most letters in all its repeats.
    fn sentence(&mut self) -> Option<Repetition> {
        self.sentences.clear();
        let mut best: Option<(u64, u32, u32)> = None;
        for sentence in segment::sentences(&self.folded) {
            let letters: u32 = sentence.chars().map(weight).sum();
            if letters < SENTENCE_LETTERS {
                continue;
            }
            let hash = super::hash(sentence, 0);
            let (count, sum) = self.sentences.entry(hash).or_default();
            *count += 1;
            *sum += letters;
            if *count >= MIN_REPEATS && best.is_none_or(|(_, _, most)| *sum > most) {
                best = Some((hash, *count, *sum));
            }
        }
        let (hash, count, letters) = best?;
        let unit = segment::sentences(&self.folded).find(|sentence| super::hash(sentence, 0) == hash)?;
        Some(self.told(unit, count as usize, letters))
    }

    fn told(&self, unit: &str, repeats: usize, letters: u32) -> Repetition {
        let kept: String = unit.chars().take(KEEP).collect();
        Repetition {
            repeats: u32::try_from(repeats).unwrap_or(u32::MAX),
            letters,
            total: self.letters.last().copied().unwrap_or(0),
            whole: kept.len() == unit.len(),
            unit: kept.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    /// Scenario: loops of words, sentences and characters in many scripts, with and without spaces, after a good
    /// beginning, cut off in the middle, numbered as a list, and with other words between.
    /// Guarantees: each is found with its number of repeats and the greater part of its letters.
    #[test]
    fn loops() {
        for (text, least, share) in [
            ("I am sorry. ".repeat(10), 10, 0.95),
            (format!("Nauli ni shilingi mia. {}", "Tafadhali subiri kidogo, ".repeat(9)), 8, 0.8),
            ("お待ちください。".repeat(12), 11, 0.9),
            ("请稍等一下".repeat(20), 19, 0.95),
            ("กรุณารอสักครู่".repeat(12), 11, 0.9),
            ("잠시만 기다려 주세요. ".repeat(8), 7, 0.85),
            ("कृपया प्रतीक्षा करें। ".repeat(8), 7, 0.85),
            ("من فضلك انتظر قليلا. ".repeat(8), 7, 0.85),
            ("Пожалуйста, подождите. ".repeat(8), 7, 0.85),
            ("እባክዎ ይጠብቁ። ".repeat(12), 11, 0.85),
            ("သင်ခန်းစာ".repeat(20), 18, 0.9),
            ("no ".repeat(60), 59, 0.9),
            ("哈".repeat(200), 190, 0.9),
            ((1..20).map(|n| format!("{n}. Call the support team\n")).collect(), 18, 0.9),
            (
                (1..8)
                    .map(|n| format!("Please hold the line. Item {} is {}.\n", n * 7, "abcdefgh".split_at(n).0))
                    .collect(),
                7,
                0.5,
            ),
            (format!("{}Please wait for the n", "Please wait for the next agent. ".repeat(6)), 6, 0.9),
        ] {
            let found = find(&text).unwrap_or_else(|| panic!("{text}"));
            assert!(found.repeats >= least && found.share() >= share, "{text}: {found:?} {}", found.share());
        }
    }

    /// Scenario: lists, tables, code, refrains, laughter, stretched words, separators, and plain text in many scripts.
    /// Guarantees: none is a loop of as much as a fifth of the text in four repeats.
    #[test]
    fn no_loops() {
        let table: String = (0..30).map(|n| format!("| bus {n} | on time | on time |\n")).collect();
        let list: String =
            ["Nairobi", "Mombasa", "Kisumu", "Nakuru", "Eldoret"].map(|c| format!("- The bus to {c}\n")).concat();
        for text in [
            table.as_str(),
            list.as_str(),
            "```\nx = 1\nx = 1\nx = 1\nx = 1\nx = 1\nx = 1\nx = 1\nx = 1\nx = 1\nx = 1\n```",
            "Hahahahahaha! That is very, very, very good.",
            "Nooooooooooooooooo way, the bus has left already.",
            "--------------------------------------------------------",
            "Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream.",
            "The fare is one hundred shillings. You can pay by phone or in cash. Children travel for half of it.",
            "Деньги отправлены вчера и поступят на ваш счёт в течение пяти рабочих дней, если банк не задержит их.",
            "返金は昨日行われました。五営業日以内に口座に入金されます。ご不明な点があればお知らせください。",
            "เงินถูกส่งเมื่อวานนี้และจะเข้าบัญชีของคุณภายในห้าวันทำการ หากมีคำถามโปรดแจ้งให้เราทราบ",
            "",
        ] {
            let found = find(text);
            assert!(found.as_ref().is_none_or(|f| f.share() < 0.2 || f.repeats < 4), "{text}: {found:?}");
        }
    }

    /// Scenario: a megabyte of each of several hostile texts.
    /// Guarantees: the window alone is read, so all end at once.
    #[test]
    fn hostile() {
        for unit in ["a", "ab ", "\u{301}", "`", "|", "\u{200b}", "a\n", "日", " ", "abcabd"] {
            let _ = find(&unit.repeat((1 << 20) / unit.len()));
        }
    }

    proptest! {
        /// Scenario: any words, repeated any number of times, in both normal forms.
        /// Guarantees: no panic; no share above 1; the same in both forms and every time.
        #[test]
        fn any_text(unit in "\\PC{1,30}", times in 1usize..30) {
            let text = unit.repeat(times);
            let found = find(&text);
            prop_assert!(found.as_ref().is_none_or(|f| f.share() <= 1.0 && f.repeats >= MIN_REPEATS));
            prop_assert_eq!(&found, &find(&text));
        }

        /// Scenario: words of letters with accents.
        /// Guarantees: composed and decomposed they are judged alike.
        #[test]
        fn normal_forms(unit in "[a-zéüñčạ ]{1,20}", times in 1usize..20) {
            let text = unit.repeat(times);
            prop_assert_eq!(find(&text.nfc().collect::<String>()), find(&text.nfd().collect::<String>()));
        }
    }
}
