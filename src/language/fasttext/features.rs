//! From a text to the rows of the input matrix: its words, their character n-grams, and runs of words.
//!
//! What is hashed is hashed with FNV-1a of 32 bits as the format has it, where a byte is a signed number: one of 128
//! or more is spread over all bits before it is mixed in.

use super::dictionary::{Dictionary, END_OF_LINE, Token};
use super::file::Settings;

/// FNV-1a.
const OFFSET: u32 = 2_166_136_261;
const PRIME: u32 = 16_777_619;

/// By what the hash of a run of words is multiplied before the next word is added.
const RUN: u64 = 116_049_371;

/// Buffers for one text after the other.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// A word between its brackets.
    word: Vec<u8>,
    /// Hashes of the runs of words that the next word may lengthen, the oldest first.
    runs: Vec<u64>,
}

/// Calls `take` with the row of every feature of a text; a row may come more than once.
///
/// Line breaks are blanks: a text is one line, and its end is a word. A word `</s>` in it ends it.
pub(super) fn visit(
    text: &str,
    settings: &Settings,
    dictionary: &Dictionary,
    buffers: &mut Buffers,
    mut take: impl FnMut(usize),
) {
    let Buffers { word: bracketed, runs } = buffers;
    runs.clear();
    let words = text.as_bytes().split(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t' | 0x0b | 0x0c | 0));
    for word in words.filter(|word| !word.is_empty()).chain([END_OF_LINE]) {
        let known = dictionary.token(word);
        if known != Token::Label {
            if let Token::Known(row) = known {
                take(row);
            }
            if word != END_OF_LINE && settings.max_chars > 0 {
                bracketed.clear();
                bracketed.push(b'<');
                bracketed.extend_from_slice(word);
                bracketed.push(b'>');
                ngrams(bracketed, settings, |hash| bucket(u64::from(hash), settings, dictionary, &mut take));
            }
            lengthen(runs, word, settings, |hash| bucket(hash, settings, dictionary, &mut take));
        }
        if word == END_OF_LINE {
            break;
        }
    }
}

/// The row of a hash, unless it was pruned.
fn bucket(hash: u64, settings: &Settings, dictionary: &Dictionary, take: &mut impl FnMut(usize)) {
    if settings.buckets > 0
        && let Some(row) = dictionary.bucket_row((hash % u64::from(settings.buckets)) as u32)
    {
        take(dictionary.words() + row);
    }
}

/// The hash of each n-gram of a bracketed word. A bracket alone is none.
fn ngrams(word: &[u8], settings: &Settings, mut take: impl FnMut(u32)) {
    let starts_character = |at: usize| word.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
    for from in (0..word.len()).filter(|&at| starts_character(at)) {
        let (mut hash, mut chars) = (OFFSET, 0);
        for (at, &byte) in word.iter().enumerate().skip(from) {
            hash = mix(hash, byte);
            if !starts_character(at + 1) {
                continue;
            }
            chars += 1;
            let bracket = chars == 1 && (from == 0 || at + 1 == word.len());
            if chars >= settings.min_chars && !bracket {
                take(hash);
            }
            if chars >= settings.max_chars {
                break;
            }
        }
    }
}

/// Adds a word to the runs before it, and gives their hashes.
fn lengthen(runs: &mut Vec<u64>, word: &[u8], settings: &Settings, mut take: impl FnMut(u64)) {
    if settings.word_ngrams < 2 {
        return;
    }
    // Hashes of words are signed numbers of 32 bits in the format.
    let hash = i64::from(word.iter().fold(OFFSET, |hash, &byte| mix(hash, byte)) as i32) as u64;
    for run in runs.iter_mut() {
        *run = run.wrapping_mul(RUN).wrapping_add(hash);
        take(*run);
    }
    if runs.len() + 1 >= settings.word_ngrams {
        runs.remove(0);
    }
    runs.push(hash);
}

fn mix(hash: u32, byte: u8) -> u32 {
    (hash ^ i32::from(byte as i8) as u32).wrapping_mul(PRIME)
}
