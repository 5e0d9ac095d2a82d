//! The client.

use super::answer;
use super::fault::{Fault, FaultCode};
use super::prompt::Question;
use super::request::{Repair, Shape};
use super::response::{self, Completion, Refused};
use super::retry::{Backoff, asked, is_retryable};
use super::{Answer, Judge};
use crate::config;
use crate::evaluate::Observer;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Semaphore;

/// Bytes of a response that are read.
const MAX_RESPONSE: usize = 1 << 20;

/// Longest time to connect.
const MAX_CONNECT: Duration = Duration::from_secs(10);

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The endpoint is no URL that can be asked.
    #[error("judge.endpoint \"{0}\" is not an http:// or https:// URL such as \"https://api.example.com/v1\"")]
    Endpoint(String),
    /// The key holds bytes that no header can.
    #[error("judge.api_key holds characters that cannot be sent in a header")]
    Key,
    /// TLS cannot be set up.
    #[error("cannot set up TLS for the judge: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be set up.
    #[error("cannot set up the judge's HTTP client: {0}")]
    Http(#[from] reqwest::Error),
}

/// Asks a model over OpenAI's chat completions, or anything that speaks like it.
///
/// Each attempt has its own timeout; attempts are limited in number over all questions at once. What an endpoint does
/// not know (strict schemas, temperature, the name of the token bound) is found out once and remembered.
pub struct JudgeClient {
    http: reqwest::Client,
    url: reqwest::Url,
    model: String,
    max_tokens: u32,
    max_retries: u32,
    timeout: Duration,
    permits: Semaphore,
    shape: Mutex<Shape>,
    backoff: Backoff,
    observer: Arc<dyn Observer>,
}

impl fmt::Debug for JudgeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JudgeClient").field("model", &self.model).finish_non_exhaustive()
    }
}

/// How an attempt failed.
enum Failed {
    /// An answer with a status that is not success.
    Status { status: u16, refused: Refused, asked: Option<Duration> },
    /// No answer, or one that cannot be taken.
    Fault(Fault),
}

impl JudgeClient {
    /// A client for the configured endpoint, which must not be empty.
    ///
    /// # Errors
    /// An endpoint that is no URL, a key that no header can hold, TLS.
    pub fn new(config: &config::Judge, observer: Arc<dyn Observer>) -> Result<Self, SetupError> {
        let wrong = || SetupError::Endpoint(config.endpoint.clone());
        let endpoint = config.endpoint.trim();
        let parsed = reqwest::Url::parse(endpoint).map_err(|_| wrong())?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
            return Err(wrong());
        }
        let base = endpoint.trim_end_matches('/');
        let whole = if base.ends_with("/chat/completions") { base.into() } else { format!("{base}/chat/completions") };
        let url = reqwest::Url::parse(&whole).map_err(|_| wrong())?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if !config.api_key.0.is_empty() {
            let bearer = format!("Bearer {}", config.api_key.0.trim());
            let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| SetupError::Key)?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        let timeout = config.timeout.get();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .default_headers(headers)
            .user_agent(concat!("isogloss/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeout.min(MAX_CONNECT))
            // A redirect would carry texts of users to where nobody configured them to go.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(JudgeClient {
            http,
            url,
            model: config.model.clone(),
            max_tokens: config.max_tokens,
            max_retries: config.max_retries,
            timeout,
            permits: Semaphore::new(config.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            shape: Mutex::default(),
            backoff: Backoff::default(),
            observer,
        })
    }

    #[cfg(test)]
    pub(super) fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    async fn answer(&self, question: &Question) -> Result<Answer, Fault> {
        let mut repair: Option<Repair> = None;
        loop {
            let (body, took) = self.complete(question, repair.as_ref()).await?;
            let read = response::read(&body);
            if let Some((input, output)) = read.tokens {
                self.observer.judge_tokens(input, output);
            }
            let done = |code: FaultCode| self.observer.judge_request(code.name(), took);
            let (written, problem) = match read.completion {
                Ok(Completion::Declined) => {
                    done(FaultCode::JudgeRefused);
                    return Err(Fault::new(FaultCode::JudgeRefused, "the judge declined to answer"));
                }
                Ok(Completion::Text(text)) => match answer::read(&text, question) {
                    Ok(answer) => {
                        self.observer.judge_request("ok", took);
                        return Ok(answer);
                    }
                    Err(problem) => (text, problem),
                },
                Err(problem) => (String::new(), problem),
            };
            done(FaultCode::InvalidOutput);
            if repair.is_some() {
                return Err(Fault::new(FaultCode::InvalidOutput, problem));
            }
            repair = Some(Repair { written, problem });
        }
    }

    /// One completion: adapts the request to the endpoint, and tries again where that may help.
    async fn complete(&self, question: &Question, repair: Option<&Repair>) -> Result<(Vec<u8>, Duration), Fault> {
        let mut shape = *self.shape.lock();
        let (mut attempt, mut changes) = (0, 0);
        loop {
            let body = shape.body(&self.model, self.max_tokens, question, repair).to_string();
            let failed = match self.send(body).await {
                Ok(done) => return Ok(done),
                Err(failed) => failed,
            };
            let (fault, again, asked) = match failed {
                Failed::Fault(fault) => {
                    let again = matches!(fault.code, FaultCode::Timeout | FaultCode::Connect);
                    (fault, again, None)
                }
                Failed::Status { status, refused, asked } => {
                    if matches!(status, 400 | 422)
                        && changes < Shape::MAX_CHANGES
                        && let Some(other) = shape.without(&refused)
                    {
                        (shape, changes) = (other, changes + 1);
                        *self.shape.lock() = shape;
                        continue;
                    }
                    if refused.is_filter() {
                        return Err(Fault::new(FaultCode::JudgeRefused, "the judge's provider filtered the request"));
                    }
                    let fault = Fault::new(FaultCode::of_status(status), format!("the judge answered {status}"));
                    (fault, is_retryable(status), asked)
                }
            };
            if !again || attempt >= self.max_retries {
                return Err(fault);
            }
            tokio::time::sleep(self.backoff.pause(attempt, asked)).await;
            attempt += 1;
        }
    }

    /// One attempt; waits for its turn first. A failure is reported here, success where it is read.
    async fn send(&self, body: String) -> Result<(Vec<u8>, Duration), Failed> {
        let closed = |_| Failed::Fault(Fault::new(FaultCode::Shutdown, "the client is closed"));
        let _permit = self.permits.acquire().await.map_err(closed)?;
        let started = Instant::now();
        let outcome = match tokio::time::timeout(self.timeout, self.exchange(body)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failed::Fault(Fault::new(FaultCode::Timeout, "the judge did not answer in time"))),
        };
        let took = started.elapsed();
        let status = match &outcome {
            Ok(_) => None,
            Err(Failed::Fault(fault)) => Some(fault.code),
            Err(Failed::Status { status, .. }) => Some(FaultCode::of_status(*status)),
        };
        if let Some(status) = status {
            self.observer.judge_request(status.name(), took);
        }
        outcome.map(|body| (body, took))
    }

    async fn exchange(&self, body: String) -> Result<Vec<u8>, Failed> {
        // Errors of the HTTP client name the URL, which is ours; the key and the body are not in them.
        let broken = |error: reqwest::Error| {
            let code = if error.is_timeout() { FaultCode::Timeout } else { FaultCode::Connect };
            Failed::Fault(Fault::new(code, error.without_url().to_string()))
        };
        let mut response = self.http.post(self.url.clone()).body(body).send().await.map_err(broken)?;
        let status = response.status();
        let pause = asked(response.headers(), SystemTime::now());
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > MAX_RESPONSE {
                let fault = Fault::new(FaultCode::InvalidOutput, "the judge's response is too large");
                return Err(Failed::Fault(fault));
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(bytes);
        }
        let refused = Refused::read(&String::from_utf8_lossy(&bytes));
        Err(Failed::Status { status: status.as_u16(), refused, asked: pause })
    }
}

impl Judge for JudgeClient {
    fn model(&self) -> &str {
        &self.model
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer, Fault>> {
        Box::pin(self.answer(question))
    }
}

/// TLS with the public roots, by ring.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

#[cfg(test)]
mod tests;
