//! Checks of meaning: each value has its type by now, here is whether it makes sense.
//!
//! No message repeats a value. The key and its place in the file say which value it is.

use super::address::{endpoint, is_tag, listen_fault};
use super::validate_tokens as tokens;
use super::{Config, Duration, Evaluate, Forward, Protocol};
use http::{HeaderName, HeaderValue};
use std::collections::BTreeSet;

/// A key with dots, and what is wrong with its value.
pub(super) type Finding = (String, String);

/// Longest time that any key may say: far beyond use, far below what clocks can add.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// Most attributes that may hold a locale, most tools with a language of their own, longest name of either.
const MAX_LOCALES: usize = 32;
const MAX_TOOLS: usize = 1_000;
const MAX_NAME: usize = 128;

/// Headers that the transport sets itself.
const RESERVED: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Everything that makes no sense.
pub(super) fn problems(config: &Config) -> Vec<Finding> {
    let mut found = Findings(Vec::new());
    found.log(config);
    found.receive(config);
    for (index, forward) in config.forward.iter().enumerate() {
        found.forward(&format!("forward.{index}"), forward);
    }
    found.forward_names(config);
    found.annotate(config);
    found.0.extend(tokens::problems(&config.tokens));
    found.turn(config);
    found.judging(config);
    found.reported(config);
    found.metrics(config);
    found.reserved(config);
    found.0
}

/// What was found so far.
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Notes a fault.
    pub(super) fn add(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.0.push((key.into(), message.into()));
    }

    /// The value has to lie between two others, or be one of them.
    pub(super) fn range<T: PartialOrd + std::fmt::Display>(
        &mut self,
        key: impl Into<String>,
        value: T,
        low: T,
        high: T,
    ) {
        // Written so that a float that is not a number is out of range.
        if !(value >= low && value <= high) {
            self.add(key, format!("out of range, expected {low} to {high}"));
        }
    }

    /// The time has to be at least so long, and not absurd.
    pub(super) fn duration(&mut self, key: impl Into<String>, value: Duration, low: Duration) {
        if value < low || value.get().is_zero() {
            let low = if low.get().is_zero() { "more than 0s".into() } else { format!("at least {}", human(low)) };
            self.add(key, format!("too short, expected {low}"));
        } else if value > LONGEST {
            self.add(key, format!("too long, expected at most {}", human(LONGEST)));
        }
    }

    fn log(&mut self, config: &Config) {
        if tracing_subscriber::EnvFilter::builder().parse(&config.log.level).is_err() {
            self.add("log.level", "not a log filter, expected such as `info` or `isogloss=debug,warn`");
        }
    }

    fn receive(&mut self, config: &Config) {
        let receive = &config.receive;
        let addresses = [
            ("receive.grpc.listen", &receive.grpc.listen),
            ("receive.http.listen", &receive.http.listen),
            ("admin.listen", &config.admin.listen),
        ];
        for (index, (key, address)) in addresses.iter().enumerate() {
            if address.is_empty() {
                continue;
            }
            if let Some(fault) = listen_fault(address) {
                self.add(*key, fault);
            }
            let taken = addresses.iter().take(index).find(|(_, other)| other == address && !address.ends_with(":0"));
            if let Some((other, _)) = taken {
                self.add(*key, format!("the same address as {other}"));
            }
        }
        self.range("receive.max_request_bytes", receive.max_request_bytes, 1 << 10, 1 << 30);
        self.range("receive.max_in_flight_bytes", receive.max_in_flight_bytes, 1 << 10, 1 << 40);
        if receive.max_in_flight_bytes < receive.max_request_bytes {
            self.add("receive.max_in_flight_bytes", "less than receive.max_request_bytes, expected at least as much");
        }
        self.range("receive.max_connections", receive.max_connections, 1, 1_000_000);
        self.duration("receive.read_timeout", receive.read_timeout, Duration::from_secs(0));
        self.duration("receive.drain_timeout", receive.drain_timeout, Duration::from_secs(0));
    }

    fn forward(&mut self, key: &str, forward: &Forward) {
        if forward.endpoint.is_empty() {
            self.add(format!("{key}.endpoint"), "missing, expected http://host:port or https://host:port");
        } else {
            match endpoint(&forward.endpoint) {
                Err(fault) => self.add(format!("{key}.endpoint"), fault),
                Ok(uri) if forward.protocol == Protocol::Grpc && !matches!(uri.path(), "" | "/") => {
                    self.add(
                        format!("{key}.endpoint"),
                        "a URL with a path, which gRPC has not; is protocol `http` meant?",
                    );
                }
                Ok(_) => {}
            }
        }
        if forward.name.as_ref().is_some_and(|name| name.len() > 100 || name.chars().any(char::is_control)) {
            self.add(format!("{key}.name"), "expected at most 100 bytes without control characters");
        }
        let mut seen = BTreeSet::new();
        for (name, value) in &forward.headers {
            if !seen.insert(name.to_ascii_lowercase()) {
                self.add(format!("{key}.headers.{name}"), "said twice, in different case");
            }
            if let Some(fault) = header_fault(name, &value.0, forward.protocol) {
                self.add(format!("{key}.headers.{name}"), fault);
            }
        }
        self.range(format!("{key}.concurrency"), forward.concurrency, 1, 10_000);
        self.duration(format!("{key}.timeout"), forward.timeout, Duration::from_secs(0));
        let retry = &forward.retry;
        for (name, value) in [("initial", retry.initial), ("max", retry.max), ("max_elapsed", retry.max_elapsed)] {
            self.duration(format!("{key}.retry.{name}"), value, Duration::from_secs(0));
        }
        if retry.initial > retry.max {
            self.add(format!("{key}.retry.initial"), "longer than retry.max");
        }
    }

    fn forward_names(&mut self, config: &Config) {
        let mut seen = BTreeSet::new();
        for (index, forward) in config.forward.iter().enumerate() {
            if !forward.endpoint.is_empty() && !seen.insert(forward.label()) {
                self.add(
                    format!("forward.{index}.name"),
                    "another [[forward]] has this name; give each its own `name`",
                );
            }
        }
    }

    fn annotate(&mut self, config: &Config) {
        self.range("annotate.threads", config.annotate.threads, 0, 1_024);
        self.range("annotate.cache_entries", config.annotate.cache_entries, 0, 100_000_000);
        self.range("annotate.max_texts_per_role", config.annotate.max_texts_per_role, 1, 100_000);
        let mut seen = BTreeSet::new();
        for (index, tag) in config.language.served.iter().enumerate() {
            let key = format!("language.served.{index}");
            if !is_tag(tag) || matches!(tag.as_str(), "und" | "mul" | "zxx") {
                self.add(key, "not the tag of a language, expected such as `sw`, `zh-Hans` or `pt-BR`");
            } else if !seen.insert(tag) {
                self.add(key, "listed twice");
            }
        }
        let locales = &config.language.locale_attributes;
        if locales.len() > MAX_LOCALES || locales.iter().any(|name| name.is_empty() || name.len() > MAX_NAME) {
            let expected = format!("expected at most {MAX_LOCALES} names of 1 to {MAX_NAME} bytes");
            self.add("language.locale_attributes", expected);
        }
        if config.language.label_map.is_some() && config.language.model_path.is_none() {
            self.add("language.label_map", "of no use without language.model_path");
        }
        if config.language.served.len() > config.metrics.label.language {
            self.add("language.served", "more languages than metrics.label.language allows");
        }
    }

    fn turn(&mut self, config: &Config) {
        let turn = &config.turn;
        for (name, value) in [("quiet", turn.quiet), ("idle", turn.idle), ("max_age", turn.max_age)] {
            self.duration(format!("turn.{name}"), value, Duration::from_secs(0));
        }
        if turn.quiet > turn.idle {
            self.add("turn.quiet", "longer than turn.idle, expected at most as long");
        }
        if turn.idle > turn.max_age {
            self.add("turn.idle", "longer than turn.max_age, expected at most as long");
        }
        self.range("turn.max_traces", turn.max_traces, 1, 100_000_000);
        self.range("turn.max_spans", turn.max_spans, 1, 1_000_000);
        self.range("turn.max_text_bytes", turn.max_text_bytes, 1, 1 << 30);
        self.range("turn.max_bytes", turn.max_bytes, 1, 1 << 40);
        if turn.max_bytes < turn.max_text_bytes {
            self.add("turn.max_bytes", "less than turn.max_text_bytes, expected at least as much");
        }
        self.range("turn.remember", turn.remember, 0, 100_000_000);
        self.range("turn.sessions", turn.sessions, 0, 100_000_000);
        self.duration("turn.session_idle", turn.session_idle, Duration::from_secs(0));
    }

    fn judging(&mut self, config: &Config) {
        self.range("sample.rate", config.sample.rate, 0.0, 1.0);
        for (tag, rate) in &config.sample.rates {
            let key = format!("sample.rates.{tag}");
            if !is_tag(tag) && tag != "other" {
                self.add(key.clone(), "the key is not a language tag, expected such as `sw`, `zh-Hans` or `und`");
            }
            self.range(key, *rate, 0.0, 1.0);
        }
        let evaluate = &config.evaluate;
        let mut seen = BTreeSet::new();
        for (list, names) in [("free", &evaluate.free), ("paid", &evaluate.paid)] {
            for (index, name) in names.iter().enumerate() {
                let key = format!("evaluate.{list}.{index}");
                let plain = !name.is_empty()
                    && name.len() <= 64
                    && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                if !plain {
                    self.add(key, "not a name, expected lower-case letters, digits and `_`");
                } else if !seen.insert(name) {
                    self.add(key, "listed twice");
                }
            }
        }
        self.checks(evaluate);
        self.range("evaluate.queue_capacity", evaluate.queue_capacity, 1, 10_000_000);
        let judge = &config.judge;
        if !judge.endpoint.is_empty() {
            match endpoint(&judge.endpoint) {
                Err(fault) => self.add("judge.endpoint", fault),
                Ok(uri) if !uri.path().ends_with("/v1") => {
                    self.add("judge.endpoint", "expected a base URL that ends in /v1");
                }
                Ok(_) => {}
            }
            if judge.model.is_empty() {
                self.add("judge.model", "missing, expected the name of a model");
            }
        }
        if HeaderValue::from_str(&judge.api_key.0).is_err() {
            self.add("judge.api_key", "has characters that a header cannot hold (a line break?)");
        }
        self.range("judge.concurrency", judge.concurrency, 1, 10_000);
        self.duration("judge.timeout", judge.timeout, Duration::from_secs(0));
        self.range("judge.max_retries", judge.max_retries, 0, 20);
        self.range("judge.max_tokens", judge.max_tokens, 1, 1_000_000);
    }

    fn checks(&mut self, evaluate: &Evaluate) {
        let shares = [
            ("language_match.other_share", evaluate.language_match.other_share),
            ("script_mix.share", evaluate.script_mix.share),
            ("script_mix.latin_share", evaluate.script_mix.latin_share),
            ("retrieval_language.min_share", evaluate.retrieval_language.min_share),
        ];
        for (key, share) in shares {
            self.range(format!("evaluate.{key}"), share, 0.0, 1.0);
        }
        // Below these the check would fail what every good answer does.
        self.range("evaluate.copied_question.similarity", evaluate.copied_question.similarity, 0.5, 1.0);
        self.range("evaluate.repetition.share", evaluate.repetition.share, 0.05, 1.0);
        self.range("evaluate.repetition.repeats", evaluate.repetition.repeats, 3, 1_000);
        let tools = &evaluate.tool_arguments_language;
        let key = "evaluate.tool_arguments_language";
        let rules = tools.tools.iter().map(|(name, rule)| (format!("{key}.tools.{name}"), rule));
        for (key, rule) in std::iter::once((format!("{key}.default"), &tools.default)).chain(rules) {
            let is_language = is_tag(rule) && !matches!(rule.as_str(), "und" | "mul" | "zxx");
            if !matches!(rule.as_str(), "any" | "user") && !is_language {
                self.add(key, "expected `any`, `user` or the tag of a language, such as `sw` or `zh-Hans`");
            }
        }
        if tools.tools.len() > MAX_TOOLS || tools.tools.keys().any(|name| name.is_empty() || name.len() > MAX_NAME) {
            self.add(format!("{key}.tools"), format!("expected at most {MAX_TOOLS} names of 1 to {MAX_NAME} bytes"));
        }
    }

    fn metrics(&mut self, config: &Config) {
        let metrics = &config.metrics;
        self.duration("metrics.window", metrics.window, Duration::from_secs(60));
        let label = &metrics.label;
        let labels = [
            ("service", label.service),
            ("model", label.model),
            ("language", label.language),
            ("evaluation", label.evaluation),
        ];
        for (name, value) in labels {
            self.range(format!("metrics.label.{name}"), value, 1, 100_000);
        }
        self.range("metrics.max_series_per_family", metrics.max_series_per_family, 100, 10_000_000);
    }

    /// Keys that have a name already and no use yet: to ignore them would be to lie.
    fn reserved(&mut self, config: &Config) {
        let embedding = &config.embedding;
        let keys = [
            ("embedding.endpoint", embedding.endpoint.is_some()),
            ("embedding.model", embedding.model.is_some()),
            ("embedding.model_dir", embedding.model_dir.is_some()),
        ];
        for (key, _) in keys.iter().filter(|(_, set)| *set) {
            self.add(*key, "not supported yet by this version; leave it out");
        }
    }
}

/// What is wrong with a header to send, if anything.
fn header_fault(name: &str, value: &str, protocol: Protocol) -> Option<&'static str> {
    if HeaderName::from_bytes(name.as_bytes()).is_err() {
        return Some("not the name of a header");
    }
    let lower = name.to_ascii_lowercase();
    if RESERVED.contains(&lower.as_str()) || lower.starts_with("grpc-") {
        return Some("this header is set by the transport and cannot be configured");
    }
    if protocol == Protocol::Grpc && lower.ends_with("-bin") {
        return Some("binary metadata (`-bin`) cannot be configured");
    }
    let visible = value.bytes().all(|b| (0x20..0x7f).contains(&b));
    (!visible).then_some("the value has characters that a header cannot hold (a line break?)")
}

fn human(duration: Duration) -> String {
    humantime::format_duration(duration.get()).to_string()
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
