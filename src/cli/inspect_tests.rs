use super::*;
use language::{Alternatives, Certainty, Tag};
use std::cell::RefCell;
use std::rc::Rc;

/// Tools with fixed answers: Swahili, a token a character, and a refusal of what begins with "no".
struct Fixed;

impl Tools for Fixed {
    fn language(&self, text: &str) -> language::Verdict {
        if text.is_empty() {
            return language::Verdict::undetermined("Zyyy");
        }
        language::Verdict {
            language: Tag::literal("sw"),
            confidence: 0.9,
            certainty: Certainty::High,
            alternatives: Alternatives::of(&[(Tag::literal("en"), 0.1)]),
            script: "Latn",
        }
    }

    fn tokens(&self, text: &str) -> tokens::Count {
        tokens::Count { tokenizer: "fixed", count: text.chars().count() as u64, exact: true }
    }

    fn refusal(&self, text: &str, _: &language::Verdict) -> refusal::Verdict {
        let (outcome, kind, source) = if text.starts_with("no") {
            (refusal::Outcome::Refused, Some(refusal::Kind::Policy), Some(refusal::Source::Pattern))
        } else {
            (refusal::Outcome::Answered, None, None)
        };
        let evidence = kind.map(|_| refusal::Evidence { start: 0, end: text.len() as u32 });
        refusal::Verdict { outcome, kind, source, evidence }
    }
}

fn options(jsonl: bool, only: &[Part]) -> Options {
    Options { jsonl, model: None, only: only.to_vec(), config: None, file: None }
}

/// The lines out, and the lines that were malformed.
fn inspected(options: &Options, input: &[u8]) -> (Vec<String>, Vec<u64>) {
    let (mut out, mut malformed) = (Vec::new(), Vec::new());
    inspect(options, &Fixed, input, &mut out, |line, _| malformed.push(line)).expect("inspected");
    (String::from_utf8(out).expect("UTF-8").lines().map(str::to_owned).collect(), malformed)
}

/// Scenario: a text a line, among them an empty one, with Windows line ends and none at the end.
/// Guarantees: each gets one line, in order, with the keys of the contract in their order.
#[test]
fn texts() {
    let (out, malformed) = inspected(&options(false, &[]), "habari é\r\n\nno".as_bytes());
    let expected = [
        r#"{"language":"sw","confidence":0.9,"certainty":"high","alternatives":[["en",0.1]],"script":"Latn","characters":8,"tokens":{"tokenizer":"fixed","count":8,"exact":true},"refusal":{"verdict":"answered","kind":null,"source":null,"evidence":null}}"#,
        r#"{"language":"und","confidence":0.0,"certainty":"low","alternatives":[],"script":"Zyyy","characters":0,"tokens":{"tokenizer":"fixed","count":0,"exact":true},"refusal":{"verdict":"answered","kind":null,"source":null,"evidence":null}}"#,
        r#"{"language":"sw","confidence":0.9,"certainty":"high","alternatives":[["en",0.1]],"script":"Latn","characters":2,"tokens":{"tokenizer":"fixed","count":2,"exact":true},"refusal":{"verdict":"refused","kind":"policy","source":"pattern","evidence":[0,2]}}"#,
    ];
    assert_eq!(out, expected);
    assert_eq!(malformed, Vec::<u64>::new());
}

/// Scenario: JSON lines, some malformed in different ways, with escapes and an empty text.
/// Guarantees: the malformed ones are named by their line, the others answered.
#[test]
fn json_lines() {
    let input = "{\"text\":\"a\\nb\",\"id\":1}\n{\"text\":}\n{\"txt\":\"a\"}\n{\"text\":null}\n\n[]\n{\"text\":\"\"}\n";
    let (out, malformed) = inspected(&options(true, &[Part::Tokens]), input.as_bytes());
    assert_eq!(
        out,
        [
            r#"{"characters":3,"tokens":{"tokenizer":"fixed","count":3,"exact":true}}"#,
            r#"{"characters":0,"tokens":{"tokenizer":"fixed","count":0,"exact":true}}"#
        ]
    );
    assert_eq!(malformed, [2, 3, 4, 6]);
}

/// Scenario: parts of the answer.
/// Guarantees: only what was asked for is there.
#[test]
fn parts() {
    let keys = |only: &[Part]| -> Vec<String> {
        let answer = examine(&Fixed, only, "no");
        answer.as_object().expect("object").keys().cloned().collect()
    };
    assert_eq!(keys(&[Part::Refusal]), ["characters", "refusal"]);
    assert_eq!(
        keys(&[Part::Language]),
        ["language", "confidence", "certainty", "alternatives", "script", "characters"]
    );
    assert_eq!(keys(&[Part::Refusal, Part::Tokens]), ["characters", "tokens", "refusal"]);
}

/// Scenario: bytes that are not UTF-8 on one line.
/// Guarantees: that line is malformed, its neighbours are answered.
#[test]
fn not_utf8() {
    let (out, malformed) = inspected(&options(false, &[]), b"a\n\xff\nb\n");
    assert_eq!((out.len(), malformed), (2, vec![2]));
}

/// Scenario: another program writes a line and waits for the answer before it writes the next.
/// Guarantees: the answer is there before the next line is read.
#[test]
fn line_by_line() {
    struct Talk {
        said: u8,
        heard: Rc<RefCell<Vec<u8>>>,
    }
    impl Read for Talk {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let answers = self.heard.borrow().iter().filter(|b| **b == b'\n').count();
            assert_eq!(answers, usize::from(self.said), "asked for more before answering");
            self.said += 1;
            if self.said > 3 {
                return Ok(0);
            }
            buffer[..2].copy_from_slice(b"a\n");
            Ok(2)
        }
    }
    struct Shared(Rc<RefCell<Vec<u8>>>);
    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let heard = Rc::new(RefCell::new(Vec::new()));
    let talk = Talk { said: 0, heard: Rc::clone(&heard) };
    inspect(&options(false, &[]), &Fixed, talk, BufWriter::new(Shared(heard)), |_, _| {}).expect("inspected");
}

/// Scenario: the reader of our output went away.
/// Guarantees: inspection stops with that error, which ends the program quietly.
#[test]
fn broken_pipe() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let stopped = inspect(&options(false, &[]), &Fixed, b"a\n".as_slice(), Closed, |_, _| {});
    let Err(Stopped::Writing(error)) = stopped else { panic!("{stopped:?}") };
    assert_eq!(Failure::from(error).report(), ExitCode::SUCCESS);
}
