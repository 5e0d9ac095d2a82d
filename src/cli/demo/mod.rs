//! `isogloss run --demo`: an agent that talks to customers in fourteen languages, traced with the
//! OpenTelemetry SDK and exported to ourselves over OTLP/gRPC, as any user's agent would be.

mod script;

use anyhow::Context as _;
use opentelemetry::trace::{Span as _, SpanKind, TraceContextExt as _, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use script::{DOCUMENTS, ENGLISH_ANSWER, LANGUAGES, Language, SYSTEM};
use std::net::SocketAddr;
use std::time::Duration;

/// Turns a second.
const RATE: u32 = 20;

/// The model that the demo's agent claims to use.
const MODEL: &str = "gpt-4o-mini";

/// Says on stderr where the demo can be looked at.
pub fn say_where(target: SocketAddr, admin: Option<SocketAddr>) {
    let mut lines = format!(
        "\nThe demo sends agent traces in {} languages to grpc://{target}, {RATE} a second.\n\
         Indonesian (id) is the language that does badly.\n",
        LANGUAGES.len()
    );
    if let Some(admin) = admin {
        lines.push_str(&format!(
            "  metrics   http://{admin}/metrics\n  health    http://{admin}/readyz\n  look at   \
             curl -s http://{admin}/metrics | grep -E 'isogloss_(refusal|eval_fail)_ratio'\n"
        ));
    }
    eprintln!("{lines}");
}

/// Sends turns to `target` until it is dropped. The first turns go through every language once, so that all
/// are there to be looked at within seconds.
pub async fn feed(target: SocketAddr) -> anyhow::Result<()> {
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(format!("http://{target}"))
        .with_timeout(Duration::from_secs(5))
        .build()
        .context("cannot make the demo's exporter")?;
    let batches = BatchSpanProcessor::builder(exporter)
        .with_batch_config(BatchConfigBuilder::default().with_scheduled_delay(Duration::from_millis(500)).build())
        .build();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(batches)
        .with_resource(Resource::builder().with_service_name("demo-shop-agent").build())
        .build();
    let tracer = provider.tracer("isogloss.demo");
    let mut random = SmallRng::seed_from_u64(1);
    let mut tick = tokio::time::interval(Duration::from_secs(1) / RATE);
    let mut first = LANGUAGES.iter().cycle().take(2 * LANGUAGES.len());
    loop {
        tick.tick().await;
        let language = first.next().unwrap_or_else(|| pick(&mut random));
        turn(&tracer, &mut random, language);
    }
}

fn pick(random: &mut SmallRng) -> &'static Language {
    let mut place = random.random_range(0..1000);
    for language in &LANGUAGES {
        if place < language.share {
            return language;
        }
        place -= language.share;
    }
    &LANGUAGES[0]
}

/// What the agent says this time; `None` for nothing at all.
fn answer(random: &mut SmallRng, language: &Language, good: String) -> Option<String> {
    let luck = random.random_range(0..100);
    if luck < language.refused {
        Some(language.refusal.to_owned())
    } else if luck < language.refused + language.in_english && language.tag != "en" {
        Some(ENGLISH_ANSWER.to_owned())
    } else if luck < language.refused + language.in_english + language.empty {
        None
    } else {
        Some(good)
    }
}

/// One trace: the agent's run with a search for documents and a call of the model.
fn turn(tracer: &SdkTracer, random: &mut SmallRng, language: &Language) {
    let order = random.random_range(10_000..100_000).to_string();
    let (question, good) = language.turns[random.random_range(0..language.turns.len())];
    let question = question.replace("{n}", &order);
    let said = answer(random, language, good.replace("{n}", &order));

    let agent = tracer
        .span_builder("invoke_agent shop")
        .with_attributes([
            KeyValue::new("openinference.span.kind", "AGENT"),
            KeyValue::new("input.value", question.clone()),
            KeyValue::new("output.value", said.clone().unwrap_or_default()),
            KeyValue::new("session.id", format!("demo-{order}")),
        ])
        .start(tracer);
    let inside = Context::new().with_span(agent);

    let mut retrieval = tracer
        .span_builder("search knowledge base")
        .with_attributes([
            KeyValue::new("openinference.span.kind", "RETRIEVER"),
            KeyValue::new("input.value", question.clone()),
            KeyValue::new("retrieval.documents.0.document.content", DOCUMENTS[0]),
            KeyValue::new("retrieval.documents.1.document.content", DOCUMENTS[1]),
        ])
        .start_with_context(tracer, &inside);
    retrieval.end();

    let output = match &said {
        Some(text) => {
            serde_json::json!([{"role": "assistant", "parts": [{"type": "text", "content": text}], "finish_reason": "stop"}])
        }
        None => serde_json::json!([{"role": "assistant", "parts": [], "finish_reason": "stop"}]),
    };
    let input = serde_json::json!([{"role": "user", "parts": [{"type": "text", "content": question}]}]);
    let mut attributes = vec![
        KeyValue::new("gen_ai.operation.name", "chat"),
        KeyValue::new("gen_ai.provider.name", "openai"),
        KeyValue::new("gen_ai.request.model", MODEL),
        KeyValue::new(
            "gen_ai.system_instructions",
            serde_json::json!([{"type": "text", "content": SYSTEM}]).to_string(),
        ),
        KeyValue::new("gen_ai.input.messages", input.to_string()),
        KeyValue::new("gen_ai.output.messages", output.to_string()),
    ];
    // Every other call reports its usage; the others have to be counted.
    if random.random_bool(0.5) {
        attributes.push(KeyValue::new("gen_ai.usage.input_tokens", 40 + question.len() as i64 / 4));
        attributes
            .push(KeyValue::new("gen_ai.usage.output_tokens", 1 + said.as_ref().map_or(0, String::len) as i64 / 4));
    }
    let mut call = tracer
        .span_builder(format!("chat {MODEL}"))
        .with_kind(SpanKind::Client)
        .with_attributes(attributes)
        .start_with_context(tracer, &inside);
    call.end();
    inside.span().end();
}
