//! Texts on which tokenizers are slow, or break.
#![allow(dead_code, reason = "each user takes its own part")]

/// A name and about so many bytes of text.
pub type Case = (&'static str, String);

/// Every worst case, each about `bytes` long. The random ones are the same each time.
pub fn cases(bytes: usize) -> Vec<Case> {
    let of = |unit: &str| unit.repeat(bytes.div_ceil(unit.len()));
    let mut state = 0x1234_5678_9abc_def1_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut mixed = |alphabet: &str| -> String {
        let characters: Vec<char> = alphabet.chars().collect();
        let mut text = String::new();
        while text.len() < bytes {
            text.push(characters[random(characters.len())]);
        }
        text
    };
    let small = "abcdefghijklmnopqrstuvwxyz";
    let large = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let base64 = format!("{large}{small}0123456789+/");
    let han: String = ('\u{4e00}'..'\u{9fa5}').collect();
    let all: String = ('\0'..'\u{30000}').filter(|c| !('\u{ac00}'..'\u{d7ff}').contains(c)).collect();
    vec![
        ("a", of("a")),
        ("A", of("A")),
        ("ab", of("ab")),
        // Found by fuzzing: no two of Tekken's windows had a token in common near their ends.
        ("an odd rhythm", of("laaaaaaaaaaaaaaaaaaaaaaab")),
        ("digits", of("7")),
        ("spaces", of(" ")),
        ("spaces and x", of("         x")),
        ("newlines", of("\n")),
        ("newline and spaces", of("\n   ")),
        ("tabs", of("\t")),
        ("exclamation marks", of("!")),
        ("NUL", of("\0")),
        ("combining marks", of("\u{301}")),
        ("two marks out of order", of("a\u{301}\u{323}")),
        ("zero width joiners", of("\u{200d}")),
        ("emoji with joiners", of("👩‍👩‍👧‍👦")),
        ("flags", of("🇩🇪")),
        ("base64", mixed(&base64)),
        ("hex", mixed("0123456789abcdef")),
        ("random small letters", mixed(small)),
        ("random capitals", mixed(large)),
        ("random punctuation", mixed("!\"#$%&()*+,-./:;<=>?@[]^_`{|}~")),
        ("random Han", mixed(&han)),
        ("random Unicode", mixed(&all)),
        (
            "Thai without spaces",
            of("การประชุมเริ่มเวลาสิบสองนาฬิกาและเลิกเมื่อทุกคนเห็นว่าพอแล้วลูกค้าต้องรอจนกว่าพัสดุจะมาถึงก่อนจึงส่งคืนได้"),
        ),
        ("Khmer without spaces", of("ការប្រជុំចាប់ផ្តើមនៅម៉ោងដប់ពីរថ្ងៃត្រង់អតិថិជនត្រូវរង់ចាំរហូតដល់កញ្ចប់មកដល់")),
        ("Burmese", of("အစည်းအဝေးသည်နေ့လယ်တွင်စတင်သည်ဖောက်သည်သည်ပစ္စည်းရောက်သည်အထိစောင့်ရမည်")),
        ("English", of("Orders can be changed free of charge until the parcel leaves the warehouse. ")),
    ]
}
