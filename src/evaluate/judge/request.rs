//! The request's body, and how it is adapted to what an endpoint does not know.

use super::prompt::{Question, head};
use super::response::Refused;
use serde_json::{Value, json};

/// How the form of the answer is asked for, the strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Schema,
    Object,
    Text,
}

/// Under which name the bound on the answer's tokens is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    MaxTokens,
    MaxCompletionTokens,
    Unsaid,
}

/// What an endpoint is known to take. It starts with all and only loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    format: Format,
    limit: Limit,
    temperature: bool,
}

/// An answer that could not be read, sent back once.
pub(super) struct Repair {
    pub written: String,
    pub problem: &'static str,
}

impl Default for Shape {
    fn default() -> Self {
        Shape { format: Format::Schema, limit: Limit::MaxTokens, temperature: true }
    }
}

impl Shape {
    /// How often an endpoint's refusal can change the shape.
    pub const MAX_CHANGES: u32 = 5;

    /// The body as JSON.
    pub fn body(self, model: &str, max_tokens: u32, question: &Question, repair: Option<&Repair>) -> Value {
        let mut messages = vec![
            json!({"role": "system", "content": question.system}),
            json!({"role": "user", "content": question.user}),
        ];
        if let Some(repair) = repair {
            messages.push(json!({"role": "assistant", "content": head(&repair.written, 2_000).0}));
            let again = format!("This could not be read: {}. Answer again, with the JSON object only.", repair.problem);
            messages.push(json!({"role": "user", "content": again}));
        }
        let mut body = json!({"model": model, "messages": messages});
        let mut set = |key: &str, value: Value| {
            if let Some(body) = body.as_object_mut() {
                body.insert(key.to_string(), value);
            }
        };
        if self.temperature {
            set("temperature", json!(0));
        }
        match self.limit {
            Limit::MaxTokens => set("max_tokens", json!(max_tokens)),
            Limit::MaxCompletionTokens => set("max_completion_tokens", json!(max_tokens)),
            Limit::Unsaid => {}
        }
        match self.format {
            Format::Schema => set("response_format", schema(question.labels)),
            Format::Object => set("response_format", json!({"type": "json_object"})),
            Format::Text => {}
        }
        body
    }

    /// Without what the endpoint refused. `None` when it did not name anything that can be left out.
    pub fn without(self, refused: &Refused) -> Option<Shape> {
        let format = match self.format {
            Format::Schema => Some(Format::Object),
            Format::Object => Some(Format::Text),
            Format::Text => None,
        };
        let limit = match self.limit {
            Limit::MaxTokens => Some(Limit::MaxCompletionTokens),
            Limit::MaxCompletionTokens => Some(Limit::Unsaid),
            Limit::Unsaid => None,
        };
        if refused.names(&["response_format", "json_schema", "json_object"]) {
            format.map(|format| Shape { format, ..self })
        } else if refused.names(&["max_tokens", "max_completion_tokens"]) {
            limit.map(|limit| Shape { limit, ..self })
        } else if refused.names(&["temperature"]) && self.temperature {
            Some(Shape { temperature: false, ..self })
        } else {
            None
        }
    }
}

/// The schema of an answer. The reason comes first, so that the label follows from it.
fn schema(labels: &[&str]) -> Value {
    json!({
        "type": "json_schema",
        "json_schema": {
            "name": "verdict",
            "strict": true,
            "schema": {
                "type": "object",
                "properties": {
                    "reason": {"type": "string"},
                    "evidence": {"type": "string"},
                    "label": {"type": "string", "enum": labels},
                },
                "required": ["reason", "evidence", "label"],
                "additionalProperties": false,
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> Refused {
        Refused::read(body)
    }

    /// Scenario: an endpoint refuses one field after the other, in the words of several providers.
    /// Guarantees: each is replaced or left out, and at the end nothing more is changed.
    #[test]
    fn adapts() {
        let question = Question::new("r", &["a"], &[]);
        let mut shape = Shape::default();
        let mut keys = Vec::new();
        for body in [
            r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens"}}"#,
            r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0","param":"temperature"}}"#,
            r#"{"error":"response_format json_schema is unsupported"}"#,
            r#"{"detail":[{"loc":["body","response_format"],"msg":"extra fields not permitted"}]}"#,
            r#"{"message":"max_completion_tokens: unknown field"}"#,
        ] {
            shape = shape.without(&refused(body)).unwrap();
            let body = shape.body("m", 9, &question, None);
            let format = body.pointer("/response_format/type").and_then(Value::as_str).unwrap_or("-").to_string();
            let mut known: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
            known.retain(|key| key.starts_with("max") || key == "temperature");
            keys.push(format!("{format} {}", known.join(" ")));
        }
        assert_eq!(
            keys,
            [
                "json_schema temperature max_completion_tokens",
                "json_schema max_completion_tokens",
                "json_object max_completion_tokens",
                "- max_completion_tokens",
                "- "
            ]
        );
        for body in [r#"{"error":{"param":"temperature"}}"#, r#"{"error":{"param":"max_tokens"}}"#, "response_format"] {
            assert_eq!(shape.without(&refused(body)), None);
        }
    }

    /// Scenario: a refusal about the model, with a parameter's name in what the user wrote.
    /// Guarantees: a parameter is given up only for words that say so.
    #[test]
    fn does_not_adapt() {
        for body in [
            r#"{"error":{"message":"model not found","param":"model"}}"#,
            r#"{"error":{"message":"bad request: what is the temperature in Nairobi?"}}"#,
            "",
            "<html>temperature not supported</html>",
        ] {
            assert_eq!(Shape::default().without(&refused(body)), None, "{body}");
        }
    }
}
