//! What programs put before and between the lines that people write: stack traces, levels of log lines, headers of mail,
//! the labels of prompt templates. Most of it is English, and none of it says what language the person speaks.

use super::head;

/// Bytes of a line that are looked at.
const LINE: usize = 512;

/// Bytes in which a label or a header has its colon.
const NAME: usize = 48;

/// Beginnings of lines of stack traces, besides frames.
const TRACES: [&str; 7] = [
    "Traceback (most recent call last",
    "During handling of the above exception",
    "The above exception was the direct cause",
    "Caused by: ",
    "Exception in thread \"",
    "npm ERR!",
    "npm error",
];

/// Headers of mail and of HTTP that are a machine's with all that follows them, in lower case; besides those whose value
/// must be an address or a time.
const HEADERS: [&str; 7] =
    ["message-id", "content-type", "mime-version", "return-path", "user-agent", "host", "accept"];

/// What mail programs put before a subject, in lower case.
const SUBJECTS: [&str; 9] = ["subject", "re", "fw", "fwd", "aw", "wg", "sv", "rv", "tr"];

/// What programs for mail write under it.
const SIGNATURES: [&str; 2] = ["Sent from my ", "Get Outlook for "];

/// Bytes of the longest signature: a longer line is a person's that begins so.
const SIGNATURE: usize = 40;

/// What templates put before the texts that they hold, in lower case.
const LABELS: [&str; 19] = [
    "user",
    "assistant",
    "system",
    "human",
    "ai",
    "bot",
    "agent",
    "question",
    "answer",
    "context",
    "input",
    "output",
    "instruction",
    "instructions",
    "query",
    "prompt",
    "response",
    "q",
    "a",
];

/// Levels of log lines.
const LEVELS: [&str; 9] = ["DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "TRACE", "FATAL", "CRITICAL"];

/// How many bytes at the beginning of a line, which is where `rest` begins, no person wrote: none, a label, or the line.
pub(super) fn written(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let length = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
    let line = head(rest, length.min(LINE));
    let said = line.trim_ascii();
    // Most lines are a person's, and most of those are known by their first letter and by having no colon near it.
    let Some(&first) = said.as_bytes().first() else { return 0 };
    let has_colon = memchr::memchr(b':', head(said, NAME).as_bytes()).is_some();
    if matches!(
        first,
        b'T' | b'D'
            | b'C'
            | b'E'
            | b'U'
            | b'F'
            | b'S'
            | b'G'
            | b'P'
            | b'H'
            | b'O'
            | b'n'
            | b'a'
            | b'.'
            | b'g'
            | b't'
            | b'p'
    ) {
        if is_python_frame(said) {
            return length + source_line(rest.get(length..).unwrap_or_default());
        }
        if is_trace(said) || is_signature(said) {
            return length;
        }
    }
    if has_colon && is_header(said) {
        return length;
    }
    let labels = if has_colon { labels(line) } else { 0 };
    let may_be_level = first.is_ascii_digit() || first.is_ascii_uppercase() || first == b'[';
    if labels == 0 && may_be_level { level(line) } else { labels }
}

fn is_signature(line: &str) -> bool {
    line.len() <= SIGNATURE && SIGNATURES.iter().any(|known| line.starts_with(known))
}

fn is_python_frame(line: &str) -> bool {
    line.starts_with("File \"") && line.contains("\", line ")
}

/// The line of source below a frame of Python, which is indented further.
fn source_line(rest: &str) -> usize {
    if !rest.starts_with("    ") {
        return 0;
    }
    memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1)
}

fn is_trace(line: &str) -> bool {
    TRACES.iter().any(|known| line.starts_with(known)) || is_frame(line) || is_panic(line) || is_request(line)
}

/// The first line of a request or a response of HTTP, as logs have it too.
fn is_request(line: &str) -> bool {
    let path = line.split(' ').nth(1).unwrap_or_default();
    line.starts_with("HTTP/") || path.starts_with('/') && line.contains(" HTTP/")
}

/// A frame as Java, JavaScript and C# print it: `at com.example.Main.run(Main.java:42)`, `at f (/srv/app.js:1:2)`.
fn is_frame(line: &str) -> bool {
    let Some(place) = line.strip_prefix("at ") else {
        // Java leaves out what two traces share.
        return line.strip_prefix("... ").is_some_and(|rest| rest.ends_with(" more"));
    };
    let numbered = || {
        place.split(':').skip(1).any(|behind| {
            let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0 && matches!(behind.as_bytes().get(digits), None | Some(b')'))
        })
    };
    let native = || place.contains("(Native Method)") || place.contains(":line ");
    place.contains(['(', '/', '\\']) && !place.contains(". ") && (numbered() || native())
}

/// As Go and Rust print it.
fn is_panic(line: &str) -> bool {
    line.starts_with("goroutine ") && line.contains('[')
        || line.starts_with("thread '") && line.contains("panicked at")
        || line.starts_with("panic: ")
}

/// A header of mail or HTTP whose value is an address, a date or a type rather than words.
fn is_header(line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else { return false };
    let name = name.trim_matches('*');
    let own = |headers: &[&str]| headers.iter().any(|header| header.eq_ignore_ascii_case(name));
    let marks: &[char] = match name {
        // "To: everybody in room 12" is a person's.
        _ if own(&["from", "to", "cc", "bcc", "reply-to"]) => &['@'],
        _ if own(&["date", "sent"]) => &[':'],
        _ if own(&HEADERS) => &['@', '/', ';', '.'],
        _ if name.get(..2).is_some_and(|x| x.eq_ignore_ascii_case("x-")) && !name.contains(' ') => {
            &['@', '/', ';', '.']
        }
        _ => return false,
    };
    value.trim_start_matches('*').contains(marks)
}

/// Labels at the beginning, one after the other: `> **User:**`, `Subject: Re: AW:`.
fn labels(line: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let word_at = rest.len() - rest.trim_start_matches([' ', '\t', '#', '>', '*', '-', '"']).len();
        let word = rest.get(word_at..).unwrap_or_default();
        let length = word.bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = word.get(..length).unwrap_or_default();
        let known = LABELS.iter().chain(&SUBJECTS).any(|label| label.eq_ignore_ascii_case(name));
        let behind = word.get(length..).unwrap_or_default();
        let marks = behind.len() - behind.trim_start_matches('*').len();
        if !known || !behind.get(marks..).is_some_and(|behind| behind.starts_with(':')) {
            return at;
        }
        at += word_at + length + marks + 1;
    }
}

/// The level of a log line, with the time before it.
fn level(line: &str) -> usize {
    let mut at = 0;
    for token in line.split_inclusive(' ').take(4) {
        let core = token.trim_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace());
        if LEVELS.contains(&core) {
            return at + token.len();
        }
        if !core.bytes().all(|byte| !byte.is_ascii_alphabetic() || matches!(byte, b'T' | b'Z')) || !core.is_ascii() {
            return 0;
        }
        at += token.len();
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: stack traces of several languages, headers and signatures of mail, each before a line of a person.
    /// Guarantees: they are taken whole, with the source line of a frame, and nothing of the person's.
    #[test]
    fn whole_lines() {
        for line in [
            "Traceback (most recent call last):\n",
            "  File \"app.py\", line 12, in <module>\n    main(x)\n",
            "  File \"app.py\", line 12, in <module>\n",
            "\tat com.example.Main.run(Main.java:42)\n",
            "    at async handler (/srv/app.js:12:7)\n",
            "    at Shop.Cart.Add(Item item) in C:\\shop\\Cart.cs:line 12\n",
            "\t... 23 more\n",
            "Caused by: java.io.IOException: broken pipe\n",
            "goroutine 1 [running]:\n",
            "thread 'main' panicked at src/main.rs:2:5:\n",
            "From: Ana Pop <ana@example.com>\n",
            "**Date:** Mon, 3 Jun 2024 10:12\n",
            "X-Mailer: Mail 3/2\n",
            "Sent from my iPhone\n",
            "GET /api/v1/users HTTP/1.1\n",
            "HTTP/1.1 404 Not Found\n",
        ] {
            assert_eq!(written(&format!("{line}Nu merge")), line.len(), "{line}");
        }
    }

    /// Scenario: labels of prompt templates and subjects of mail, levels of log lines with the time before them.
    /// Guarantees: what follows them stays.
    #[test]
    fn beginnings() {
        for (label, rest) in [
            ("User:", " nu merge"),
            ("### **Question**:", " nu merge"),
            ("> **Context:", "** nu merge"),
            ("Subject: Re: AW:", " nu merge"),
            ("2024-05-01T12:00:00Z [ERROR] ", "nu merge"),
            ("WARN ", "nu merge"),
        ] {
            assert_eq!(written(&format!("{label}{rest}")), label.len(), "{label}");
        }
    }

    /// Scenario: what people write that looks a little like the above.
    /// Guarantees: nothing is taken.
    #[test]
    fn people() {
        for line in [
            "at 5:30 we meet (all of us)",
            "From: Berlin",
            "To: everybody in room 12",
            "Date: 12 June, two people",
            "to: everybody",
            "Bună: ce faci",
            "error la plată",
            "a fost bine",
            "Info: unser Laden ist zu",
            "File \"raport\" nu se deschide",
            "... and much more to see",
            "Sent via courier on Monday, and it is not here",
            "Sent from my sister in Oslo as a present, can I change the size?",
            "Unhandled exception when I open the app",
            "Exception in thread one of the manual is not explained",
            "",
            "\n",
            "é: x",
        ] {
            assert_eq!(written(line), 0, "{line}");
        }
    }
}
