//! A stand-in for OpenAI's chat completions on 127.0.0.1.

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// What the model says to one question.
#[derive(Clone, Copy)]
pub struct Scene {
    /// The user's words.
    pub question: &'static str,
    /// The answer; `None` where the provider says in its own field that the model declined.
    pub answer: Option<&'static str>,
    /// Tokens of the request and of the answer, as the provider counts them.
    pub tokens: (u64, u64),
}

/// The words of a refusal in the provider's own field.
pub const DECLINED: &str = "申し訳ありませんが、そのご依頼にはお応えできません。";

/// The server. It answers every known question as the scenes say, and everything else with 400.
pub struct Model {
    /// The base URL for clients.
    pub url: String,
    unexpected: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<usize>>,
}

impl Model {
    /// Starts one.
    pub async fn start(scenes: &'static [Scene]) -> Model {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let model = Model { url, unexpected: Arc::default(), asked: Arc::default() };
        let (unexpected, asked) = (Arc::clone(&model.unexpected), Arc::clone(&model.asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (unexpected, asked) = (Arc::clone(&unexpected), Arc::clone(&asked));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (unexpected, asked) = (Arc::clone(&unexpected), Arc::clone(&asked));
                    async move {
                        let path = request.uri().path().to_owned();
                        let body = request.into_body().collect().await?.to_bytes();
                        let answer = respond(scenes, &path, &body);
                        match &answer {
                            Some(_) => *asked.lock().unwrap() += 1,
                            None => {
                                unexpected.lock().unwrap().push(format!("{path} {}", String::from_utf8_lossy(&body)));
                            }
                        }
                        let (status, body) = match answer {
                            Some(body) => (200, body),
                            None => (400, json!({"error": {"message": "not in the script", "type": "test"}})),
                        };
                        let body = Full::new(Bytes::from(body.to_string()));
                        Ok::<_, hyper::Error>(
                            Response::builder()
                                .status(status)
                                .header("content-type", "application/json")
                                .body(body)
                                .unwrap(),
                        )
                    }
                });
                tokio::spawn(async move {
                    // A client that leaves is no fault of the test.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        model
    }

    /// How many questions were answered. Panics when there was a request that the script does not have.
    pub fn answered(&self) -> usize {
        let unexpected = self.unexpected.lock().unwrap();
        assert!(unexpected.is_empty(), "{unexpected:?}");
        *self.asked.lock().unwrap()
    }
}

fn respond(scenes: &[Scene], path: &str, body: &[u8]) -> Option<Value> {
    if path != "/v1/chat/completions" {
        return None;
    }
    let request: Value = serde_json::from_slice(body).ok()?;
    let last = request["messages"].as_array()?.last()?;
    let words = match &last["content"] {
        Value::String(words) => words.as_str(),
        parts => parts.get(0)?["text"].as_str()?,
    };
    let at = scenes.iter().position(|scene| scene.question == words)?;
    let scene = &scenes[at];
    let mut message = json!({"role": "assistant", "content": scene.answer, "refusal": null});
    if scene.answer.is_none() {
        message["refusal"] = json!(DECLINED);
    }
    let (input, output) = scene.tokens;
    Some(json!({
        "id": format!("chatcmpl-{at}"),
        "object": "chat.completion",
        "created": 1_750_000_000,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": null}],
        "usage": {"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output},
    }))
}
