//! Reads an endpoint's responses, leniently: only what is needed, whatever else they hold.

use super::prompt::head;
use serde_json::Value;

/// Bytes of an error's words that are looked at.
const MAX_ERROR: usize = 1_000;

/// What came back with success.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Completion {
    /// The model wrote this.
    Text(String),
    /// The model or its provider declined.
    Declined,
}

/// A completion and what it cost.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub completion: Result<Completion, &'static str>,
    /// Prompt and completion tokens, where the endpoint says.
    pub tokens: Option<(u64, u64)>,
}

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Read {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Read { completion: Err("the response is not JSON"), tokens: None };
    };
    let count = |key: &str| body.pointer(&format!("/usage/{key}")).and_then(Value::as_u64);
    let tokens = match (count("prompt_tokens"), count("completion_tokens")) {
        (None, None) => None,
        (input, output) => Some((input.unwrap_or(0), output.unwrap_or(0))),
    };
    Read { completion: completion(&body), tokens }
}

fn completion(body: &Value) -> Result<Completion, &'static str> {
    let choice = body.pointer("/choices/0").ok_or("the response has no choices")?;
    let filtered = choice.get("finish_reason").and_then(Value::as_str).is_some_and(|reason| {
        matches!(reason.replace(['_', '-'], "").as_str(), "contentfilter" | "contentfiltered" | "safety" | "refusal")
    });
    let message = choice.get("message").ok_or("the response has no message")?;
    let declined = message.get("refusal").and_then(Value::as_str).is_some_and(|words| !words.trim().is_empty());
    if filtered || declined {
        return Ok(Completion::Declined);
    }
    let text = match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    };
    if text.trim().is_empty() { Err("the response has no text") } else { Ok(Completion::Text(text)) }
}

/// What an endpoint says when it refuses a request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Refused {
    param: String,
    message: String,
    code: String,
}

impl Refused {
    /// Reads the body of a refusal, whatever its form.
    pub fn read(body: &str) -> Self {
        let Ok(body) = serde_json::from_str::<Value>(body) else { return Refused::default() };
        let error = body.get("error").unwrap_or(&body);
        let text = |value: Option<&Value>| match value {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => String::new(),
            Some(other) => other.to_string(),
        };
        let message = match error {
            Value::String(message) => message.clone(),
            error => text(error.get("message").or(error.get("detail"))),
        };
        let short = |text: String| head(&text, MAX_ERROR).0.to_lowercase();
        Refused {
            param: short(text(error.get("param"))),
            message: short(message),
            code: short(text(error.get("code").or(error.get("type")))),
        }
    }

    /// Whether it refuses a parameter with one of these names. The message may repeat what a user wrote, so a name in
    /// it counts only beside words that refuse a parameter.
    pub fn names(&self, names: &[&str]) -> bool {
        const WORDS: [&str; 8] =
            ["support", "unrecognized", "unknown", "not permitted", "not allowed", "extra ", "unexpected", "invalid"];
        if !self.param.is_empty() {
            return names.iter().any(|name| self.param.starts_with(name));
        }
        WORDS.iter().any(|word| self.message.contains(word)) && names.iter().any(|name| self.message.contains(name))
    }

    /// Whether a filter of the provider stopped the request.
    pub fn is_filter(&self) -> bool {
        ["content_filter", "content_policy", "responsibleai"].iter().any(|word| self.code.contains(word))
            || self.message.contains("content management policy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Result<Completion, &'static str> {
        read(body.as_bytes()).completion
    }

    /// Scenario: completions of several providers: a string, parts, a refusal, a filter; then damaged ones.
    /// Guarantees: text is text, declining is declining, anything else is an error; tokens are read where given.
    #[test]
    fn completions() {
        let text = |text: &str| Ok(Completion::Text(text.into()));
        assert_eq!(of(r#"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}"#), text("a"));
        let parts = r#"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"x"},{"text":"b"}]}}]}"#;
        assert_eq!(of(parts), text("a\nb"));
        let refusal = r#"{"choices":[{"message":{"content":null,"refusal":"I cannot"}}]}"#;
        assert_eq!(of(refusal), Ok(Completion::Declined));
        let filter = r#"{"choices":[{"message":{"content":"{"},"finish_reason":"content_filter"}]}"#;
        assert_eq!(of(filter), Ok(Completion::Declined));
        for body in ["", "{}", "[]", r#"{"choices":[]}"#, r#"{"choices":[{"message":{"content":" "}}]}"#, "\u{1}"] {
            assert!(of(body).is_err(), "{body}");
        }
        let usage = r#"{"usage":{"prompt_tokens":9,"completion_tokens":2}}"#;
        assert_eq!(read(usage.as_bytes()).tokens, Some((9, 2)));
        assert_eq!(read(br#"{"usage":{"prompt_tokens":-1}}"#).tokens, None);
    }

    /// Scenario: refusals by a filter and others.
    /// Guarantees: a filter is told by its code or its fixed words.
    #[test]
    fn filters() {
        assert!(Refused::read(r#"{"error":{"code":"content_filter","message":"x"}}"#).is_filter());
        assert!(!Refused::read(r#"{"error":{"code":"invalid_api_key","message":"x"}}"#).is_filter());
        assert!(!Refused::read("content_filter").is_filter());
    }
}
