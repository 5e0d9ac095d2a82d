//! Mandarin as it is typed with Latin letters, made from Chinese lines: no corpus that may be redistributed has any.

use std::collections::HashMap;

use super::random::Random;

/// Syllables and the characters that are read so.
const READINGS: &str = include_str!("pinyin.txt");

/// Lines of Mandarin in pinyin without tones, from those lines that are written with common characters only. Syllables of
/// a word are typed together or apart as people like.
pub fn mandarin<'l>(lines: impl Iterator<Item = &'l str>, random: &mut Random) -> Vec<String> {
    let readings: HashMap<char, &str> = READINGS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .flat_map(|(syllable, characters)| characters.chars().map(move |c| (c, syllable)))
        .collect();
    let mut found = Vec::new();
    for line in lines {
        let read: Vec<&str> = line.chars().map_while(|c| readings.get(&c).copied()).collect();
        if read.len() < 3 {
            continue;
        }
        let mut out = String::new();
        let mut joined = 0;
        for syllable in read {
            // Mostly words of one or two syllables.
            if !out.is_empty() && (joined == 2 || random.unit() < 0.55) {
                out.push(' ');
                joined = 0;
            }
            out.push_str(syllable);
            joined += 1;
        }
        found.push(out);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: a common sentence, and one that begins with a rare character.
    /// Guarantees: the one is spelled in syllables, the other is left out.
    #[test]
    fn spelled() {
        let lines = mandarin(["我的钱在哪里", "魑魅魍魉"].into_iter(), &mut Random::new(1));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].replace(' ', ""), "wodeqianzainali");
    }
}
