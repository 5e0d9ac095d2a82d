//! Real clients, from their own packages, talk to a stand-in for a model and export into the running program.
//!
//! `tests/clients/install` brings the packages; `tests/run` calls it. Without them the tests say that they were skipped,
//! but not where `CI` is set: there they fail.

// The lints' leave for tests does not reach the helpers of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use support::model::{Model, Scene};
use support::peers::Downstream;
use support::spans::{spans_of, value};
use support::{Metrics, PATIENCE, Program};

const SYSTEM: &str = "You are a support agent of a web shop. Answer in the language of the customer.";

/// What is said. Each is a turn of its own.
static SCENES: &[Scene] = &[
    Scene {
        question: "Wie kann ich bitte die Lieferadresse meiner Bestellung noch ändern?",
        answer: Some("Sie können die Adresse in Ihrem Konto ändern, solange das Paket nicht verschickt wurde."),
        tokens: (101, 31),
    },
    Scene {
        question: "मेरा ऑर्डर अभी तक नहीं आया है, कृपया बताइए कि वह कब तक पहुँचेगा?",
        answer: Some("आपका ऑर्डर कल शाम तक पहुँच जाएगा, हम आपको संदेश भेजकर सूचित करेंगे।"),
        tokens: (112, 27),
    },
    Scene {
        question: "Когда мне вернут деньги за заказ, который я отправил обратно на прошлой неделе?",
        answer: Some("The money was sent yesterday and will be in your account within five working days."),
        tokens: (123, 29),
    },
    Scene {
        question: "Quiero que me digas cómo entrar en la cuenta de otra persona sin su permiso.",
        answer: Some("Lo siento, pero no puedo ayudar con esa solicitud."),
        tokens: (134, 17),
    },
    Scene {
        question: "他の人のパスワードを調べる方法を詳しく教えてください。お願いします。",
        answer: None,
        tokens: (145, 23),
    },
];

/// A client and how it exports.
struct Client {
    service: &'static str,
    command: &'static [&'static str],
    /// What becomes of the refusal that the provider signals: the client may lose it (docs/clients.md).
    signal: &'static str,
    /// Whether the words of that refusal come as an answer.
    declines_in_words: bool,
    /// The transport as it is counted.
    transport: &'static str,
}

/// Where the packages are; `None` (after saying so) where they are not.
fn packages() -> Option<PathBuf> {
    let folder = std::env::var_os("ISOGLOSS_CLIENTS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients"), PathBuf::from);
    if folder.join("installed").exists() {
        return Some(folder);
    }
    let told = format!("no packages of live clients in {}; tests/clients/install brings them", folder.display());
    assert!(std::env::var_os("CI").is_none(), "{told}");
    println!("skipped: {told}");
    None
}

/// The script where Node looks for packages: beside them.
fn beside_packages(folder: &Path, script: &str) -> PathBuf {
    let (own, place) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script), folder.join(script));
    // Put there whole, because another test may be starting it.
    let new = tempfile::NamedTempFile::new_in(folder).unwrap();
    std::fs::copy(own, new.path()).unwrap();
    new.persist(&place).unwrap();
    place
}

/// Runs a client to its end. Its exit status says whether all was exported.
async fn run(folder: &Path, client: &Client, program: &Program, model: &Model) {
    let questions = tempfile::NamedTempFile::new().unwrap();
    let list: Vec<[&str; 2]> = SCENES.iter().map(|scene| [SYSTEM, scene.question]).collect();
    std::fs::write(questions.path(), serde_json::to_string(&list).unwrap()).unwrap();
    let [interpreter, script, arguments @ ..] = client.command else { panic!("no command") };
    let (interpreter, script) = match *interpreter {
        "python" => {
            (folder.join("venv/bin/python"), Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script))
        }
        other => (PathBuf::from(other), beside_packages(folder, script)),
    };
    let grpc = client.transport == "grpc";
    let target = if grpc { program.grpc } else { program.http };
    let endpoint = match (grpc, client.service.contains("openinference")) {
        (false, true) => format!("http://{target}/v1/traces"),
        _ => format!("http://{target}"),
    };
    let log = tempfile::NamedTempFile::new().unwrap();
    // One place in the file for both, so that neither writes over the other.
    let out = log.reopen().unwrap();
    let mut running = Command::new(interpreter)
        .arg(script)
        .args(arguments)
        .arg(questions.path())
        .env("MODEL_URL", &model.url)
        .env("OTLP_ENDPOINT", &endpoint)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)
        .env("FI_BASE_URL", format!("http://{}", program.http))
        .env("FI_GRPC_URL", &endpoint)
        .env("FI_API_KEY", "any")
        .env("FI_SECRET_KEY", "any")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::null())
        .stdout(out.try_clone().unwrap())
        .stderr(out)
        .spawn()
        .unwrap();
    let said = || std::fs::read_to_string(log.path()).unwrap();
    let until = Instant::now() + PATIENCE * 4;
    let status = loop {
        if let Some(status) = running.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > until {
            let _ = running.kill();
            panic!("{} does not end: {}", client.service, said());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert!(status.success(), "{}: {}", client.service, said());
    assert_eq!(model.answered(), SCENES.len(), "{}: {}", client.service, said());
}

/// Takes the client through all scenes and compares the metrics and the spans passed on with what was said.
async fn talk(client: &Client) {
    let Some(folder) = packages() else { return };
    let downstream = Downstream::start().await;
    let program = Program::start(&format!("[turn]\nquiet = \"500ms\"\n{}", downstream.config()));
    let model = Model::start(SCENES).await;
    run(&folder, client, &program, &model).await;

    let of_service = |m: &Metrics, name: &str, labels: &[(&str, &str)]| {
        let labels: Vec<(&str, &str)> = labels.iter().copied().chain([("service", client.service)]).collect();
        m.sum(name, &labels)
    };
    let all = SCENES.len() as f64;
    let metrics = program.metrics_until("all turns", |m| of_service(m, "isogloss_turns_total", &[]) == all).await;
    println!("{}: {all} turns over {}", client.service, client.transport);
    let declined = if client.declines_in_words { "ja" } else { "und" };
    for (language, target) in [("de", "de"), ("hi", "hi"), ("ru", "en"), ("es", "es"), ("ja", declined)] {
        let labels = [("language", language), ("target_language", target)];
        assert_eq!(of_service(&metrics, "isogloss_turns_total", &labels), 1.0, "{language} {target}: {}", metrics.0);
        let asked = [("role", "input"), ("language", language)];
        assert_eq!(of_service(&metrics, "isogloss_texts_total", &asked), 1.0, "{language}");
        let mismatch = [("evaluation", "language_match"), ("language", language), ("outcome", "fail")];
        let expected = if language == "ru" { 1.0 } else { 0.0 };
        assert_eq!(of_service(&metrics, "isogloss_evaluations_total", &mismatch), expected, "{language}");
    }
    assert_eq!(of_service(&metrics, "isogloss_texts_total", &[("role", "system"), ("language", "en")]), all);
    for (language, outcome) in
        [("de", "answered"), ("hi", "answered"), ("ru", "answered"), ("es", "refused"), ("ja", client.signal)]
    {
        let labels = [("language", language), ("outcome", outcome)];
        assert_eq!(of_service(&metrics, "isogloss_refusals_total", &labels), 1.0, "{language} {outcome}");
    }
    assert_eq!(of_service(&metrics, "isogloss_refusals_total", &[]), all);
    // The provider's count of each answer, in the language of the answer.
    for (language, tokens) in [("de", 31.0), ("hi", 27.0), ("en", 29.0), ("es", 17.0)] {
        let labels = [("role", "output"), ("language", language)];
        assert_eq!(of_service(&metrics, "isogloss_tokens_total", &labels), tokens, "{language}");
    }
    assert_eq!(metrics.sum("isogloss_duplicate_spans_total", &[]), 0.0);
    assert_eq!(metrics.sum("isogloss_unreadable_spans_total", &[]), 0.0);
    let received = metrics.sum("isogloss_received_spans_total", &[("transport", client.transport)]);
    assert!(received >= all && received == metrics.sum("isogloss_received_spans_total", &[]), "{received}");

    // On the spans that went on: ours beside theirs, and their usage as the provider counted it.
    let accepted = downstream.accepted();
    let calls: Vec<_> = accepted
        .iter()
        .flat_map(spans_of)
        .filter(|span| value(span, "isogloss.span.kind").as_deref() == Some("LLM"))
        .collect();
    let usage = |span: &opentelemetry_proto::tonic::trace::v1::Span| {
        let of = |names: [&str; 2]| names.iter().find_map(|name| value(span, name)?.parse::<u64>().ok());
        Some((
            of(["gen_ai.usage.input_tokens", "llm.token_count.prompt"])?,
            of(["gen_ai.usage.output_tokens", "llm.token_count.completion"])?,
        ))
    };
    let mut found: Vec<_> = calls.iter().filter_map(|span| usage(span)).collect();
    found.sort_unstable();
    assert_eq!(found, SCENES.iter().map(|scene| scene.tokens).collect::<Vec<_>>());
    let languages: std::collections::BTreeSet<_> =
        calls.iter().filter_map(|span| value(span, "isogloss.input.language")).collect();
    assert_eq!(languages.into_iter().collect::<Vec<_>>(), ["de", "es", "hi", "ja", "ru"]);
}

/// Scenario: traceAI's OpenAI instrumentation over gRPC.
/// Guarantees: languages, tokens, turns and refusals as said; the refusal that only the provider signals is lost by the
/// client and therefore undetermined, not answered.
#[tokio::test(flavor = "multi_thread")]
async fn traceai_over_grpc() {
    let command = &["python", "agent_traceai.py", "grpc"];
    let service = "live-traceai-grpc";
    let client = Client { service, command, signal: "undetermined", declines_in_words: false, transport: "grpc" };
    talk(&client).await;
}

/// Scenario: the same over HTTP, to traceAI's own path.
/// Guarantees: the same.
#[tokio::test(flavor = "multi_thread")]
async fn traceai_over_http() {
    let command = &["python", "agent_traceai.py", "http"];
    let service = "live-traceai-http";
    let transport = "http_protobuf";
    talk(&Client { service, command, signal: "undetermined", declines_in_words: false, transport }).await;
}

/// Scenario: OpenInference's OpenAI instrumentation set up by Phoenix, a request a span over gRPC.
/// Guarantees: as said, with the provider's refusal.
#[tokio::test(flavor = "multi_thread")]
async fn openinference_over_grpc() {
    let command = &["python", "agent_openinference.py", "grpc"];
    let service = "live-openinference-grpc";
    talk(&Client { service, command, signal: "refused", declines_in_words: true, transport: "grpc" }).await;
}

/// Scenario: the same in batches over HTTP.
/// Guarantees: the same.
#[tokio::test(flavor = "multi_thread")]
async fn openinference_over_http() {
    let command = &["python", "agent_openinference.py", "http"];
    let service = "live-openinference-http";
    talk(&Client { service, command, signal: "refused", declines_in_words: true, transport: "http_protobuf" }).await;
}

/// Scenario: the Vercel AI SDK 6 with OpenTelemetry's exporters over gRPC and as JSON.
/// Guarantees: as said.
#[tokio::test(flavor = "multi_thread")]
async fn vercel_6() {
    let signal = "refused";
    for (service, command, transport) in [
        ("live-vercel6-grpc", &["node", "agent_vercel.mjs", "6", "grpc"], "grpc"),
        ("live-vercel6-json", &["node", "agent_vercel.mjs", "6", "json"], "http_json"),
    ] {
        talk(&Client { service, command, signal, declines_in_words: true, transport }).await;
    }
}

/// Scenario: the Vercel AI SDK 7 in protobuf over HTTP.
/// Guarantees: as said.
#[tokio::test(flavor = "multi_thread")]
async fn vercel_7() {
    let command = &["node", "agent_vercel.mjs", "7", "http"];
    let (service, signal) = ("live-vercel7-http", "refused");
    talk(&Client { service, command, signal, declines_in_words: true, transport: "http_protobuf" }).await;
}
