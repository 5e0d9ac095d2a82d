use super::*;
use std::io::Write;
use tempfile::TempDir;

const SPANS: &str = r#"{"resourceSpans":[]}"#;
const LOGS: &str = r#"{"resourceLogs":[]}"#;

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
    folder
}

/// What is read of a path in the folder: the source without the folder, and signal and body or the error.
fn read(folder: &TempDir, path: &str) -> Vec<String> {
    let short = |text: String| text.replace(&format!("{}/", folder.path().display()), "");
    requests(&[folder.path().join(path)])
        .map(|result| match result {
            Ok(request) => short(format!(
                "{} {:?} {} {}",
                request.source,
                request.encoding,
                request.signal.name(),
                String::from_utf8_lossy(&request.body)
            )),
            Err(error) => short(error.to_string()),
        })
        .collect()
}

/// Scenario: a folder with folders, files of every layout and files that are not ours.
/// Guarantees: ours are read in the order of their names, protobuf by the name's signal, JSON by its content.
#[test]
fn folders() {
    let folder = folder(&[
        ("b/x.logs.binpb", b"\x0a\x00"),
        ("b/x.metrics.binpb", b""),
        ("b/x.binpb", b""),
        ("a.json", LOGS.as_bytes()),
        ("a.logs.json", SPANS.as_bytes()),
        ("c.logs.jsonl", b"{}\n"),
        ("d.NDJSON", SPANS.as_bytes()),
        ("README.md", b"#"),
    ]);
    assert_eq!(
        read(&folder, ""),
        [
            format!("a.json:1 Json logs {LOGS}"),
            format!("a.logs.json:1 Json traces {SPANS}"),
            "b/x.binpb:1 Protobuf traces ".into(),
            "b/x.logs.binpb:1 Protobuf logs \n\0".into(),
            "b/x.metrics.binpb:1 Protobuf metrics ".into(),
            "c.logs.jsonl:1 Json logs {}".into(),
            format!("d.NDJSON:1 Json traces {SPANS}"),
        ]
    );
}

/// Scenario: a `.json` file with one request over many lines, several of them, and one a line (as the Collector writes).
/// Guarantees: each request is found, with the line where it begins.
#[test]
fn json_files() {
    let pretty = "\n{\n  \"resourceSpans\": [\n  ]\n}\n";
    let folder = folder(&[
        ("one.json", pretty.as_bytes()),
        ("two.json", [pretty, pretty].concat().as_bytes()),
        ("lines.json", format!("\n{SPANS}\r\n\n{LOGS}\n").as_bytes()),
    ]);
    let whole = pretty.trim();
    assert_eq!(read(&folder, "one.json"), [format!("one.json:2 Json traces {whole}")]);
    assert_eq!(
        read(&folder, "two.json"),
        [format!("two.json:2 Json traces {whole}"), format!("two.json:7 Json traces {whole}")]
    );
    assert_eq!(
        read(&folder, "lines.json"),
        [format!("lines.json:2 Json traces {SPANS}"), format!("lines.json:4 Json logs {LOGS}")]
    );
}

/// Scenario: broken lines between good ones, also as the first line, and a broken file over many lines.
/// Guarantees: each is named by its line, and what comes after a broken line is read.
#[test]
fn malformed_input() {
    let lines = format!(
        "{{\"resourceSpans\":]}}\n{SPANS}\n[1]\n{{\"a\":1}}\n{{\"resourceSpans\":[],\"resourceLogs\":[]}}\n{SPANS} x\n{LOGS}"
    );
    let folder = folder(&[
        ("l.jsonl", lines.as_bytes()),
        ("l.json", lines.as_bytes()),
        ("p.json", b"{\n  \"resourceSpans\": [\n    oops\n  ]\n}"),
        ("cut.json", b"{\n  \"resourceSpans\": ["),
        ("empty.json", b""),
        ("x.bin", b""),
    ]);
    for file in ["l.jsonl", "l.json"] {
        let found = read(&folder, file);
        let starts = [
            ":1: not an OTLP/JSON",
            ":2 Json traces",
            ":3: not an",
            ":4: not an",
            ":5: not an",
            ":6: not an",
            ":7 Json logs",
        ];
        assert_eq!(found.len(), starts.len(), "{found:#?}");
        for (line, start) in found.iter().zip(starts) {
            assert!(line.starts_with(&format!("{file}{start}")), "{line}");
        }
        assert!(found[3].contains("neither resourceSpans nor"), "{}", found[3]);
        assert!(found[4].contains("more than one of"), "{}", found[4]);
    }
    assert!(read(&folder, "p.json")[0].starts_with("p.json:3: not an OTLP/JSON request: expected value at column 5"));
    assert!(read(&folder, "cut.json")[0].starts_with("cut.json:2: not an OTLP/JSON request: EOF"));
    assert_eq!(read(&folder, "empty.json"), ["empty.json: empty, expected a request"]);
    assert!(read(&folder, "x.bin")[0].starts_with("x.bin: expected a name ending in"));
    assert!(read(&folder, "none.json")[0].starts_with("none.json: No such file"));
}

/// Scenario: packed files, one of them cut short, one that says gzip and is not, and a folder without files of ours.
/// Guarantees: they are unpacked; what cannot be is an error, and progress counts the packed bytes.
#[test]
fn packed_files() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(format!("{SPANS}\n{LOGS}\n").as_bytes()).expect("packed");
    let gzip = gzip.finish().expect("packed");
    let zstd = zstd::encode_all(SPANS.as_bytes(), 1).expect("packed");
    let folder = folder(&[
        ("a.jsonl.gz", &gzip),
        ("b.json.zst", &zstd),
        ("c.jsonl.gz", &gzip[..gzip.len() / 2]),
        ("d.binpb.gz", b"plain"),
        ("e/README.md", b""),
    ]);
    assert_eq!(
        read(&folder, "a.jsonl.gz"),
        [format!("a.jsonl.gz:1 Json traces {SPANS}"), format!("a.jsonl.gz:2 Json logs {LOGS}")]
    );
    assert_eq!(read(&folder, "b.json.zst"), [format!("b.json.zst:1 Json traces {SPANS}")]);
    assert!(read(&folder, "c.jsonl.gz").last().expect("error").starts_with("c.jsonl.gz:1: "));
    assert!(read(&folder, "d.binpb.gz")[0].starts_with("d.binpb.gz: "));
    assert!(read(&folder, "e")[0].starts_with("e: no file here is named"));
    let mut all = requests(&[folder.path().join("a.jsonl.gz")]);
    assert_eq!((all.bytes_total(), all.bytes_read()), (gzip.len() as u64, 0));
    assert_eq!(all.by_ref().count(), 2);
    assert_eq!(all.bytes_read(), gzip.len() as u64);
}

/// Scenario: JSON a hundred thousand levels deep.
/// Guarantees: it is read or refused, and nothing overflows.
#[test]
fn deep_json() {
    let deep = format!("{{\"resourceSpans\":{}", "[".repeat(100_000));
    let whole = format!("{deep}{}}}", "]".repeat(100_000));
    let folder = folder(&[("a.jsonl", deep.as_bytes()), ("b.jsonl", whole.as_bytes())]);
    assert_eq!(read(&folder, "a.jsonl").len(), 1);
    assert_eq!(read(&folder, "b.jsonl").len(), 1);
}

/// Scenario: a folder that links to itself, and a link to a file.
/// Guarantees: the walk ends, and the file is read.
#[cfg(unix)]
#[test]
fn links() {
    let folder = folder(&[("a.jsonl", SPANS.as_bytes())]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("linked");
    std::os::unix::fs::symlink(folder.path().join("a.jsonl"), folder.path().join("b.jsonl")).expect("linked");
    assert_eq!(read(&folder, "").len(), 2);
}
