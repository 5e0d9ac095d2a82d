//! What each path answers.

use super::encoding::{MIN_BYTES, accepts_gzip, gzip};
use super::health::Health;
use crate::cohort::Report;
use crate::metrics::{Client, Metrics};
use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Body;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Pages that are made at once: each walks everything there is.
const PAGES_AT_ONCE: usize = 2;

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const PLAIN: &str = "text/plain; charset=utf-8";

/// Makes the cohort report of this moment.
pub type ReportProvider = Arc<dyn Fn() -> Report + Send + Sync>;

/// What the admin port shows.
#[derive(Clone)]
pub struct State {
    metrics: Metrics,
    health: Health,
    report: ReportProvider,
    pages: Arc<Semaphore>,
}

impl State {
    /// Shows metrics, health and the report.
    pub fn new(metrics: Metrics, health: Health, report: ReportProvider) -> Self {
        State { metrics, health, report, pages: Arc::new(Semaphore::new(PAGES_AT_ONCE)) }
    }
}

/// An answer before it is dressed with headers.
struct Page {
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Page {
    fn plain(status: StatusCode, text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.push('\n');
        Page { status, content_type: PLAIN, body: text.into_bytes() }
    }
}

/// Answers one request of the client at `address`.
pub async fn respond<B: Body>(state: &State, address: IpAddr, request: &Request<B>) -> Response<Full<Bytes>> {
    let head = request.method() == Method::HEAD;
    if !request.body().is_end_stream() {
        // It is not read, so the connection cannot go on.
        let page = Page::plain(StatusCode::PAYLOAD_TOO_LARGE, "the admin port takes no request bodies");
        let mut response = dress(page, false);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    }
    let known = matches!(request.uri().path(), "/" | "/metrics" | "/livez" | "/readyz" | "/api/v1/report");
    if !known {
        return dress(Page::plain(StatusCode::NOT_FOUND, "not found"), false);
    }
    if request.method() != Method::GET && !head {
        let mut response = dress(Page::plain(StatusCode::METHOD_NOT_ALLOWED, "GET or HEAD"), false);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let headers = request.headers();
    let zip = accepts_gzip(&joined(headers, &header::ACCEPT_ENCODING));
    match request.uri().path() {
        "/livez" => dress(probe("live", state.health.live()), false),
        "/readyz" => dress(probe("ready", state.health.readiness()), false),
        "/metrics" => {
            let accept = joined(headers, &header::ACCEPT);
            let client = if head { Client::PEEK } else { client(address, headers, &accept) };
            let metrics = state.metrics.clone();
            let make = move || {
                let exposition = metrics.expose(&accept, client);
                let (content_type, body) = (exposition.content_type, exposition.body.into_bytes());
                Page { status: StatusCode::OK, content_type, body }
            };
            heavy(state, zip, make).await
        }
        "/api/v1/report" => {
            let report = Arc::clone(&state.report);
            heavy(state, zip, move || json(&report())).await
        }
        _ => dress(index(), false),
    }
}

/// Who asks for metrics.
fn client(address: IpAddr, headers: &HeaderMap, accept: &str) -> Client {
    let agent = headers.get(header::USER_AGENT).map_or(&b""[..], HeaderValue::as_bytes);
    let announced = headers.contains_key("x-prometheus-scrape-timeout-seconds");
    Client::of(address, agent, accept, announced)
}

/// All values of a header as one list; what is not text is left out.
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}

fn probe(word: &str, state: Result<(), Vec<String>>) -> Page {
    match state {
        Ok(()) => Page::plain(StatusCode::OK, word),
        Err(reasons) => Page::plain(StatusCode::SERVICE_UNAVAILABLE, reasons.join("\n")),
    }
}

fn json(report: &Report) -> Page {
    match serde_json::to_vec(report) {
        Ok(body) => Page { status: StatusCode::OK, content_type: JSON, body },
        Err(error) => {
            tracing::error!(%error, "the report cannot be written as JSON");
            Page::plain(StatusCode::INTERNAL_SERVER_ERROR, "the report cannot be written")
        }
    }
}

/// Makes a page off the connections' threads, a few at once.
async fn heavy(state: &State, zip: bool, make: impl FnOnce() -> Page + Send + 'static) -> Response<Full<Bytes>> {
    // The semaphore is never closed.
    let _permit = state.pages.acquire().await;
    match tokio::task::spawn_blocking(move || dress(make(), zip)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a page of the admin port could not be made");
            dress(Page::plain(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made"), false)
        }
    }
}

/// Puts the headers on, and compresses where that is allowed and worth it.
fn dress(page: Page, zip: bool) -> Response<Full<Bytes>> {
    let zipped = if zip && page.body.len() >= MIN_BYTES { gzip(&page.body).ok() } else { None };
    let is_zipped = zipped.is_some();
    let mut response = Response::new(Full::new(Bytes::from(zipped.unwrap_or(page.body))));
    *response.status_mut() = page.status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if is_zipped {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn index() -> Page {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>isogloss</title><h1>isogloss {}</h1><ul>\
         <li><a href=\"/metrics\">/metrics</a>: Prometheus metrics</li>\
         <li><a href=\"/readyz\">/readyz</a>: is traffic welcome</li>\
         <li><a href=\"/livez\">/livez</a>: is there progress</li>\
         <li><a href=\"/api/v1/report\">/api/v1/report</a>: cohorts since the start, as JSON</li></ul></html>\n",
        env!("CARGO_PKG_VERSION"),
    );
    Page { status: StatusCode::OK, content_type: HTML, body: html.into_bytes() }
}
