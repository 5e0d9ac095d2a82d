//! Escapes of every kind, whole, cut and broken.

use crate::text::quoted::quoted;
use proptest::prelude::*;

/// Scenario: strings with escapes of every kind, halves of pairs alone, escapes that are none, and ends inside escapes.
/// Guarantees: what stands before the cut is read, and what is no JSON is refused.
#[test]
fn escapes() {
    let cut = |text| Some((text, false));
    for (raw, read) in [
        (r#"a\"\\\/\b\f\n\r\tz""#, Some(("a\"\\/\u{8}\u{c}\n\r\tz", true))),
        (r#"\u0928\u092E é \u0061""#, Some(("नम é a", true))),
        (r#"\ud83d\ude00""#, Some(("😀", true))),
        (r#"\ud83dx""#, Some(("\u{fffd}x", true))),
        (r#"\ud83d\u0061""#, Some(("\u{fffd}a", true))),
        (r#"\ude00""#, Some(("\u{fffd}", true))),
        (r#"\n\q""#, None),
        (r#"\u00g0""#, None),
        (r#"\u0g"#, None),
        (r#"\ud83d\u00g0""#, None),
        (r"é\", cut("é")),
        (r"\n\u09", cut("\n")),
        (r"\n\ud83d", cut("\n")),
        (r"\n\ud83d\", cut("\n")),
        (r"\n\ud83d\ude", cut("\n")),
        (r"\nplain words", cut("\nplain words")),
        (r#"\nplain words""#, Some(("\nplain words", true))),
    ] {
        let found = quoted(raw, 0);
        assert_eq!(found.as_ref().map(|found| (&*found.text, found.closed)), read, "{raw}");
        assert!(found.is_none_or(|found| found.end == raw.len()), "{raw}");
    }
}

/// Scenario: every code that four digits can spell, in small and large digits, between letters and signs; every byte in
/// the place of each digit.
/// Guarantees: it reads as the character that it is, half of a pair as U+FFFD, and what is no digit is refused.
#[test]
fn every_code() {
    let mut whole = (String::new(), String::new());
    for code in 0..=0xffff_u32 {
        let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        for raw in [format!("\\u{code:04x}"), format!("\\u{code:04X}")] {
            let json = format!("{raw}z\"");
            assert_eq!(&*quoted(&json, 0).unwrap().text, format!("{c}z"), "{raw}");
            whole.0.push_str(&raw);
            whole.0.push_str([" ", "", "ab, ", "é"][code as usize % 4]);
        }
        for _ in 0..2 {
            whole.1.push(c);
            whole.1.push_str([" ", "", "ab, ", "é"][code as usize % 4]);
        }
    }
    whole.0.push('"');
    assert!(quoted(&whole.0, 0).unwrap().text == whole.1);
    for byte in (0..128_u8).filter(|byte| !byte.is_ascii_hexdigit()) {
        for at in 0..4 {
            let mut json = br#"\u0928 ""#.to_vec();
            json[2 + at] = byte;
            // The quote ends the string inside the escape, anything else is none of its digits.
            assert_eq!(quoted(std::str::from_utf8(&json).unwrap(), 0), None, "{byte} at {at}");
        }
    }
}

/// Scenario: texts of every length around that of a block, of letters of one, two, three and four bytes, all escaped.
/// Guarantees: nothing is lost where a block is full.
#[test]
fn longer_than_a_block() {
    for unit in ["é", "न", "😀", "é, न", "\n😀a"] {
        for count in (1..40).chain(super::BLOCK / unit.len() - 9..super::BLOCK / unit.len() + 9) {
            let text = unit.repeat(count);
            let mut json: String = text
                .encode_utf16()
                .map(|unit| match unit {
                    0x20..0x80 => char::from(unit as u8).to_string(),
                    _ => format!("\\u{unit:04x}"),
                })
                .collect();
            json.push('"');
            assert!(quoted(&json, 0).unwrap().text == text, "{count} of {unit}");
        }
    }
}

proptest! {
    /// Scenario: any text, written as JSON with and without escapes for what is not ASCII, and something after it.
    /// Guarantees: it comes out as it was, and its end is found.
    #[test]
    fn any_text(text in "(\\PC|[\"\\\\\n\t]|[a-z ]{0,30}){0,40}", ascii: bool) {
        let mut json = serde_json::to_string(&text).unwrap();
        if ascii {
            let mut units = [0; 2];
            json = json.chars().map(|c| match c.is_ascii() {
                true => c.to_string(),
                false => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            }).collect();
        }
        let end = json.len();
        json.push_str(",\"x\"");
        let read = quoted(&json, 1).unwrap();
        prop_assert_eq!((&*read.text, read.end, read.closed), (&*text, end, true));
    }
}
