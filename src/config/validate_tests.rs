use super::*;
use crate::config::Secret;

/// The keys that are found wrong in a tree of this TOML.
fn wrong(text: &str) -> Vec<String> {
    let config: Config = toml::from_str(text).expect("types are right");
    problems(&config).into_iter().map(|(key, _)| key).collect()
}

/// Scenario: the default.
/// Guarantees: nothing is wrong with it.
#[test]
fn the_default_is_right() {
    assert_eq!(problems(&Config::default()), []);
}

/// Scenario: one value without meaning at a time, in every section.
/// Guarantees: it is found, under its own key, and nothing else is.
#[test]
fn each_value_is_checked() {
    let cases = [
        ("log.level = 'a=b=c'", "log.level"),
        ("receive.grpc.listen = '4317'", "receive.grpc.listen"),
        ("receive.http.listen = '127.0.0.1:4317'", "receive.http.listen"),
        ("admin.listen = 'http://localhost:1'", "admin.listen"),
        ("receive.max_request_bytes = 0", "receive.max_request_bytes"),
        ("receive.max_in_flight_bytes = 1000000", "receive.max_in_flight_bytes"),
        ("receive.max_connections = 0", "receive.max_connections"),
        ("receive.read_timeout = '0s'", "receive.read_timeout"),
        ("receive.drain_timeout = '31days'", "receive.drain_timeout"),
        ("forward = [{}]", "forward.0.endpoint"),
        ("forward = [{endpoint = 'a:4317'}]", "forward.0.endpoint"),
        ("forward = [{endpoint = 'http://a/x'}]", "forward.0.endpoint"),
        ("forward = [{endpoint = 'http://a'}, {endpoint = 'https://a'}]", "forward.1.name"),
        ("forward = [{endpoint = 'http://a', name = \"a\\n\"}]", "forward.0.name"),
        ("forward = [{endpoint = 'http://a', headers = {Host = 'x'}}]", "forward.0.headers.Host"),
        ("forward = [{endpoint = 'http://a', headers = {grpc-timeout = 'x'}}]", "forward.0.headers.grpc-timeout"),
        ("forward = [{endpoint = 'http://a', headers = {x-bin = 'x'}}]", "forward.0.headers.x-bin"),
        ("forward = [{endpoint = 'http://a', headers = {'x y' = 'x'}}]", "forward.0.headers.x y"),
        ("forward = [{endpoint = 'http://a', headers = {x = \"x\\ny: z\"}}]", "forward.0.headers.x"),
        ("forward = [{endpoint = 'http://a', headers = {A = 'x', a = 'x'}}]", "forward.0.headers.a"),
        ("forward = [{endpoint = 'http://a', concurrency = 0}]", "forward.0.concurrency"),
        ("forward = [{endpoint = 'http://a', timeout = '0s'}]", "forward.0.timeout"),
        ("forward = [{endpoint = 'http://a', retry.max = '1ms'}]", "forward.0.retry.initial"),
        ("annotate.threads = 2000", "annotate.threads"),
        ("annotate.max_texts_per_role = 0", "annotate.max_texts_per_role"),
        ("tokens.max_count_bytes = 0", "tokens.max_count_bytes"),
        ("language.served = ['en', 'EN']", "language.served.1"),
        ("language.served = ['en', 'en']", "language.served.1"),
        ("language.label_map = 'x'", "language.label_map"),
        ("language.served = ['und']", "language.served.0"),
        ("language.served = ['en', 'de']\nmetrics.label.language = 1", "language.served"),
        ("embedding.endpoint = 'http://a/v1'", "embedding.endpoint"),
        ("embedding.model = 'x'", "embedding.model"),
        ("embedding.model_dir = 'x'", "embedding.model_dir"),
        ("turn.quiet = '31s'", "turn.quiet"),
        ("turn.max_age = '20s'", "turn.idle"),
        ("turn.max_traces = 0", "turn.max_traces"),
        ("turn.max_bytes = 100", "turn.max_bytes"),
        ("turn.session_idle = '0s'", "turn.session_idle"),
        ("sample.rate = nan", "sample.rate"),
        ("sample.rate = -0.1", "sample.rate"),
        ("sample.rates = {sw = 2.0}", "sample.rates.sw"),
        ("sample.rates = {swahili = 0.5}", "sample.rates.swahili"),
        ("evaluate.free = ['Refusal']", "evaluate.free.0"),
        ("evaluate.free = ['a']\nevaluate.paid = ['a']", "evaluate.paid.0"),
        ("evaluate.queue_capacity = 0", "evaluate.queue_capacity"),
        ("evaluate.reported.threshold = 1.5", "evaluate.reported.threshold"),
        ("evaluate.reported.wait = '1m'", "evaluate.reported.wait"),
        ("evaluate.reported.max_waiting = 0", "evaluate.reported.max_waiting"),
        ("evaluate.reported.evaluation = [{threshold = 1.0}]", "evaluate.reported.evaluation.0.name"),
        (
            "evaluate.reported.evaluation = [{name = 'Tone of it'}, {name = 'tone_of-it'}]",
            "evaluate.reported.evaluation.1.name",
        ),
        ("evaluate.reported.evaluation = [{name = 'a', threshold = nan}]", "evaluate.reported.evaluation.0.threshold"),
        ("evaluate.reported.evaluation = [{name = 'a', step = 'b'}]", "evaluate.reported.evaluation.0.step"),
        ("evaluate.reported.evaluation = [{name = 'a', pass = ['!']}]", "evaluate.reported.evaluation.0.pass"),
        (
            "evaluate.reported.evaluation = [{name = 'a', pass = ['On-Topic'], fail = ['on topic']}]",
            "evaluate.reported.evaluation.0.fail",
        ),
        ("metrics.label.evaluation = 0", "metrics.label.evaluation"),
        ("evaluate.language_match.other_share = 1.1", "evaluate.language_match.other_share"),
        ("evaluate.copied_question.similarity = 0.2", "evaluate.copied_question.similarity"),
        ("evaluate.repetition.share = 0.0", "evaluate.repetition.share"),
        ("evaluate.repetition.repeats = 1", "evaluate.repetition.repeats"),
        ("evaluate.script_mix.share = nan", "evaluate.script_mix.share"),
        ("evaluate.script_mix.latin_share = -1.0", "evaluate.script_mix.latin_share"),
        ("evaluate.tool_arguments_language.default = 'x'", "evaluate.tool_arguments_language.default"),
        ("evaluate.tool_arguments_language.tools = {a_b = 'und'}", "evaluate.tool_arguments_language.tools.a_b"),
        ("evaluate.tool_arguments_language.tools = {'' = 'en'}", "evaluate.tool_arguments_language.tools"),
        ("evaluate.retrieval_language.min_share = 2.0", "evaluate.retrieval_language.min_share"),
        ("language.locale_attributes = ['']", "language.locale_attributes"),
        ("judge.endpoint = 'http://a'", "judge.endpoint"),
        ("judge.endpoint = 'http://a/v1/'", "judge.endpoint"),
        ("judge.endpoint = 'http://u:p@a/v1'", "judge.endpoint"),
        ("judge.endpoint = 'http://a/v1'\njudge.model = ''", "judge.model"),
        ("judge.api_key = \"a\\nb\"", "judge.api_key"),
        ("judge.concurrency = 0", "judge.concurrency"),
        ("judge.max_retries = 100", "judge.max_retries"),
        ("metrics.window = '59s'", "metrics.window"),
        ("metrics.label.model = 0", "metrics.label.model"),
        ("metrics.max_series_per_family = 0", "metrics.max_series_per_family"),
    ];
    for (text, key) in cases {
        assert_eq!(wrong(text), [key], "{text}");
    }
}

/// Scenario: values at the edge of what is allowed.
/// Guarantees: they pass; an empty text is the same as a key that is left out.
#[test]
fn edges_pass() {
    let text = "receive.grpc.listen = ''\nreceive.http.listen = '127.0.0.1:0'\nadmin.listen = '127.0.0.1:0'\n\
                turn.quiet = '30s'\nturn.max_age = '30s'\nsample.rate = 0.0\nsample.rates = {und = 1, other = 1, zh-Hans = 0}\n\
                judge.endpoint = 'http://127.0.0.1:1/openai/v1'\nmetrics.window = '1m'\nembedding.model = ''\n\
                language.served = ['en', 'zh-Hans']\nturn.remember = 0\nturn.sessions = 0\n\
                evaluate.reported.threshold = 0.0\n\
                evaluate.reported.evaluation = [{name = 'x', better = 'lower', threshold = -4.5, step = ''}]\n\
                forward = [{endpoint = 'http://a', name = 'x'}, {endpoint = 'http://a/otlp', protocol = 'http'}]";
    assert_eq!(wrong(text), Vec::<String>::new());
}

/// Scenario: secrets in values that are wrong.
/// Guarantees: no message repeats them.
#[test]
fn messages_repeat_nothing() {
    let mut config: Config = toml::from_str("forward = [{endpoint = 'http://u:hidden@a'}]").expect("TOML");
    config.forward[0].headers.insert("x".into(), Secret("hidden\n".into()));
    config.judge.api_key = Secret("hidden\n".into());
    config.judge.endpoint = "https://hidden@a/v1".into();
    let found = problems(&config);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|(_, message)| !message.contains("hidden")), "{found:?}");
}
