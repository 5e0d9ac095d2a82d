//! A judge on 127.0.0.1 that answers as a test tells it to.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tokio::net::TcpListener;

/// One answer.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A status, headers and a body.
    Http(u16, Vec<(&'static str, String)>, String),
    /// None, ever.
    Hang,
}

impl Reply {
    /// A completion with this text.
    pub fn text(text: &str) -> Self {
        let choice = json!({"message": {"role": "assistant", "content": text}, "finish_reason": "stop"});
        let usage = json!({"prompt_tokens": 100, "completion_tokens": 7});
        Reply::Http(200, Vec::new(), json!({"choices": [choice], "usage": usage}).to_string())
    }

    /// A good answer with this label.
    pub fn label(label: &str) -> Self {
        Reply::text(&json!({"reason": "because", "evidence": "", "label": label}).to_string())
    }

    /// A status with an error's body.
    pub fn status(status: u16, body: &str) -> Self {
        Reply::Http(status, Vec::new(), body.to_string())
    }
}

/// What came in.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub path: String,
    pub authorization: String,
    pub body: Value,
}

/// The server; it ends with the test's runtime.
pub(crate) struct Fake {
    pub endpoint: String,
    pub seen: Arc<Mutex<Vec<Seen>>>,
    /// The most requests that were open at once.
    pub at_once: Arc<AtomicUsize>,
}

impl Fake {
    /// Gives the replies one after the other, and the last one again and again.
    pub async fn start(replies: Vec<Reply>) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/v1", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (open, at_once) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let fake = Fake { endpoint, seen: seen.clone(), at_once: at_once.clone() };
        let replies = Arc::new(replies);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, replies, open, at_once) = (seen.clone(), replies.clone(), open.clone(), at_once.clone());
                let service = service_fn(move |request| {
                    let (seen, replies, open, at_once) = (seen.clone(), replies.clone(), open.clone(), at_once.clone());
                    async move {
                        at_once.fetch_max(open.fetch_add(1, SeqCst) + 1, SeqCst);
                        let response = reply(request, &seen, &replies).await;
                        open.fetch_sub(1, SeqCst);
                        Ok::<_, Infallible>(response)
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        fake
    }

    /// The bodies that came in.
    pub fn bodies(&self) -> Vec<Value> {
        self.seen.lock().iter().map(|seen| seen.body.clone()).collect()
    }
}

async fn reply(request: Request<Incoming>, seen: &Mutex<Vec<Seen>>, replies: &[Reply]) -> Response<Full<Bytes>> {
    let authorization = request.headers().get("authorization").map(|v| v.to_str().unwrap().to_string());
    let path = request.uri().path().to_string();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let number = {
        let mut seen = seen.lock();
        let body = serde_json::from_slice(&body).unwrap();
        seen.push(Seen { path, authorization: authorization.unwrap_or_default(), body });
        seen.len() - 1
    };
    match replies.get(number.min(replies.len() - 1)).unwrap() {
        Reply::Hang => std::future::pending().await,
        Reply::Http(status, headers, body) => {
            let mut response = Response::builder().status(*status);
            for (name, value) in headers {
                response = response.header(*name, value);
            }
            response.body(Full::new(Bytes::from(body.clone()))).unwrap()
        }
    }
}
