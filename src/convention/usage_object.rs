//! Tokens in one object, under the names of the provider or the framework that reports them: the `usage` of a response,
//! Langfuse's `usage_details`, MLflow's `tokenUsage`.

use super::span::Usage;
use crate::text::json::Value;

/// Where each count may be, the surest name first; a dot steps into an object.
const INPUT: &[&str] =
    &["prompt_tokens", "input_tokens", "inputTokens", "prompt_token_count", "promptTokenCount", "input"];
const OUTPUT: &[&str] =
    &["completion_tokens", "output_tokens", "outputTokens", "candidates_token_count", "candidatesTokenCount", "output"];
const TOTAL: &[&str] = &["total_tokens", "totalTokens", "total_token_count", "totalTokenCount", "total"];
const CACHED: &[&str] = &[
    "prompt_tokens_details.cached_tokens",
    "input_tokens_details.cached_tokens",
    "input_token_details.cache_read",
    "cache_read_input_tokens",
    "cacheReadInputTokens",
    "cached_content_token_count",
    "cachedContentTokenCount",
    "input_cached_tokens",
    "input_cache_read",
];
const REASONING: &[&str] = &[
    "completion_tokens_details.reasoning_tokens",
    "output_tokens_details.reasoning_tokens",
    "output_token_details.reasoning",
    "reasoning_tokens",
    "thoughts_token_count",
    "thoughtsTokenCount",
    "output_reasoning_tokens",
    "output_reasoning",
];

/// Names of a response's member that holds its usage.
const MEMBERS: [&str; 3] = ["usage", "usage_metadata", "usageMetadata"];

/// The counts of a usage object.
pub(super) fn counts(usage: &Value<'_>) -> Usage {
    let find = |names: &[&str]| names.iter().find_map(|name| count(usage, name));
    let mut counts = Usage {
        input: find(INPUT),
        output: find(OUTPUT),
        total: find(TOTAL),
        cached_input: find(CACHED),
        reasoning_output: find(REASONING),
    };
    // Gemini counts its thoughts apart from the answer; everybody else's output includes them.
    if find(&["candidates_token_count", "candidatesTokenCount", "thoughts_token_count", "thoughtsTokenCount"]).is_some()
    {
        let thoughts = find(&["thoughts_token_count", "thoughtsTokenCount"]).unwrap_or(0);
        counts.output = Some(counts.output.unwrap_or(0).saturating_add(thoughts));
    }
    counts
}

/// The counts in a provider's response.
pub(super) fn of_response(response: &Value<'_>) -> Usage {
    let Some(usage) = MEMBERS.iter().find_map(|name| response.get(name)) else { return Usage::default() };
    let mut counts = counts(usage);
    if is_anthropic(response) {
        // Anthropic's input leaves out what was read from a cache or written to one, and it gives no total.
        let aside = ["cache_read_input_tokens", "cache_creation_input_tokens"];
        let aside: u64 = aside.iter().filter_map(|name| count(usage, name)).fold(0, u64::saturating_add);
        counts.input = counts.input.map(|input| input.saturating_add(aside));
        counts.total = counts.input.zip(counts.output).map(|(input, output)| input.saturating_add(output));
    }
    counts
}

/// Fills in what the span's attributes leave out. Where they hold Anthropic's count without the cache, the response's
/// own tells the whole.
pub(super) fn complete(reported: &mut Usage, response: &Value<'_>) {
    let told = of_response(response);
    let bare = MEMBERS.iter().find_map(|name| count(response.get(name)?, "input_tokens"));
    if is_anthropic(response) && reported.input.is_some() && reported.input == bare && told.input != bare {
        reported.input = told.input;
        reported.total = told.total;
    }
    *reported = reported.or(told);
}

/// The response of Anthropic's messages API.
fn is_anthropic(response: &Value<'_>) -> bool {
    response.get("type").and_then(Value::as_str) == Some("message") && response.get("content").is_some()
}

fn count(value: &Value<'_>, path: &str) -> Option<u64> {
    path.split('.').try_fold(value, |value, name| value.get(name))?.as_count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::json::parse;

    fn of(json: &str) -> Usage {
        counts(&parse(json).unwrap().value)
    }

    fn usage(input: u64, output: u64, total: Option<u64>, cached: Option<u64>, reasoning: Option<u64>) -> Usage {
        Usage { input: Some(input), output: Some(output), total, cached_input: cached, reasoning_output: reasoning }
    }

    /// Scenario: the same call's usage as several providers and frameworks report it.
    /// Guarantees: cached tokens are part of the input and thoughts of the output; nothing is added that is already in.
    #[test]
    fn shapes() {
        let whole = usage(10, 7, Some(17), Some(4), Some(5));
        assert_eq!(
            of(
                r#"{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":5}}"#
            ),
            whole
        );
        assert_eq!(
            of(
                r#"{"input_tokens":10,"output_tokens":7,"total_tokens":17,"input_tokens_details":{"cached_tokens":4},"output_tokens_details":{"reasoning_tokens":5}}"#
            ),
            whole
        );
        assert_eq!(
            of(
                r#"{"input_tokens":10,"output_tokens":7,"total_tokens":17,"input_token_details":{"cache_read":4},"output_token_details":{"reasoning":5}}"#
            ),
            whole
        );
        assert_eq!(
            of(
                r#"{"promptTokenCount":10,"candidatesTokenCount":2,"thoughtsTokenCount":5,"totalTokenCount":17,"cachedContentTokenCount":4}"#
            ),
            whole
        );
        assert_eq!(
            of(r#"{"inputTokens":10,"outputTokens":7,"totalTokens":17,"cacheReadInputTokens":4}"#),
            usage(10, 7, Some(17), Some(4), None)
        );
        assert_eq!(of(r#"{"input":10,"output":"7"}"#), usage(10, 7, None, None, None));
        assert_eq!(of(r#"{"cost":1}"#), Usage::default());
    }

    /// Scenario: Anthropic's response beside attributes that copy its bare count, beside whole ones, and beside none.
    /// Guarantees: the cache is counted once.
    #[test]
    fn anthropic() {
        let body = parse(
            r#"{"type":"message","content":[],"usage":{"input_tokens":6,"cache_read_input_tokens":3,"cache_creation_input_tokens":1,"output_tokens":7}}"#,
        );
        let body = body.unwrap().value;
        for (input, total) in [(Some(6), Some(13)), (Some(10), Some(17)), (None, None)] {
            let mut reported = Usage { input, output: input.map(|_| 7), total, ..Usage::default() };
            complete(&mut reported, &body);
            assert_eq!(reported, usage(10, 7, Some(17), Some(3), None), "{input:?}");
        }
    }
}
