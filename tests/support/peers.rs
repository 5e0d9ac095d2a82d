//! The other ends: OTLP clients, an OTLP downstream, and a judge, all on 127.0.0.1.

use super::client;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use prost::Message as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tonic::{Request, Response, Status};

/// Sends over OTLP/gRPC.
pub async fn send_grpc(target: SocketAddr, request: ExportTraceServiceRequest) -> Result<(), Status> {
    let mut client = TraceServiceClient::connect(format!("http://{target}"))
        .await
        .map_err(|error| Status::unavailable(error.to_string()))?;
    let answer = client.export(request).await?.into_inner();
    assert!(answer.partial_success.is_none());
    Ok(())
}

/// Sends over OTLP/HTTP in protobuf; returns the status.
pub async fn send_http(target: SocketAddr, request: &ExportTraceServiceRequest) -> u16 {
    let answer = client()
        .post(format!("http://{target}/v1/traces"))
        .header("content-type", "application/x-protobuf")
        .body(request.encode_to_vec())
        .send()
        .await
        .unwrap();
    answer.status().as_u16()
}

/// What a downstream answers to its n-th request, counted from 0.
pub type Script = Arc<dyn Fn(usize) -> Result<(), Status> + Send + Sync>;

/// An OTLP/gRPC downstream that keeps what it accepts.
#[derive(Clone)]
pub struct Downstream {
    /// Where it listens.
    pub address: SocketAddr,
    accepted: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
    calls: Arc<Mutex<usize>>,
    script: Script,
}

impl Downstream {
    /// Starts one that accepts everything.
    pub async fn start() -> Downstream {
        Downstream::scripted(Arc::new(|_| Ok(()))).await
    }

    /// Starts one that follows a script.
    pub async fn scripted(script: Script) -> Downstream {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let downstream = Downstream { address, accepted: Arc::default(), calls: Arc::default(), script };
        let service = hyper_util::service::TowerToHyperService::new(
            TraceServiceServer::new(downstream.clone()).max_decoding_message_size(64 << 20),
        );
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        downstream
    }

    /// The configuration that forwards to it.
    pub fn config(&self) -> String {
        format!("[[forward]]\nname = \"sink\"\nendpoint = \"http://{}\"\n", self.address)
    }

    /// What it accepted so far.
    pub fn accepted(&self) -> Vec<ExportTraceServiceRequest> {
        self.accepted.lock().unwrap().clone()
    }

    /// How often it was called.
    pub fn calls(&self) -> usize {
        *self.calls.lock().unwrap()
    }
}

#[tonic::async_trait]
impl TraceService for Downstream {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let call = {
            let mut calls = self.calls.lock().unwrap();
            *calls += 1;
            *calls - 1
        };
        (self.script)(call)?;
        self.accepted.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

/// What a judge does with a question.
pub enum Judgement {
    /// Answers with this HTTP status and body.
    Answer(u16, String),
    /// Never answers.
    Hang,
}

/// An OpenAI-compatible endpoint that judges by a rule of the test's.
pub struct Judge {
    /// Where it listens.
    pub address: SocketAddr,
    /// The requests it got.
    pub requests: Arc<Mutex<Vec<serde_json::Value>>>,
}

impl Judge {
    /// Starts one.
    pub async fn start(rule: impl Fn(&serde_json::Value) -> Judgement + Send + Sync + 'static) -> Judge {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests: Arc<Mutex<Vec<serde_json::Value>>> = Arc::default();
        let (seen, rule) = (Arc::clone(&requests), Arc::new(rule));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, rule) = (Arc::clone(&seen), Arc::clone(&rule));
                tokio::spawn(async move {
                    let service = service_fn(move |request: hyper::Request<Incoming>| {
                        let (seen, rule) = (Arc::clone(&seen), Arc::clone(&rule));
                        async move {
                            let body = request.into_body().collect().await?.to_bytes();
                            let asked: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                            seen.lock().unwrap().push(asked.clone());
                            let (status, text) = match rule(&asked) {
                                Judgement::Answer(status, text) => (status, text),
                                Judgement::Hang => std::future::pending().await,
                            };
                            let answer = hyper::Response::builder()
                                .status(status)
                                .header("content-type", "application/json")
                                .body(Full::new(bytes::Bytes::from(text)))
                                .unwrap();
                            Ok::<_, hyper::Error>(answer)
                        }
                    });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Judge { address, requests }
    }

    /// The configuration that asks it about every turn.
    pub fn config(&self) -> String {
        format!(
            "[judge]\nendpoint = \"http://{}/v1\"\nmodel = \"fake\"\ntimeout = \"2s\"\nmax_retries = 1\n[sample]\nrate = 1.0\n",
            self.address
        )
    }
}

/// A chat completion whose message is `content`.
pub fn completion(content: &str) -> String {
    serde_json::json!({
        "id": "x", "object": "chat.completion", "model": "fake",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    })
    .to_string()
}

/// The JSON that the judge is asked for.
pub fn verdict(label: &str) -> String {
    serde_json::json!({"reason": "because", "evidence_quote": "", "label": label, "language_ok": true, "confidence": 0.9})
        .to_string()
}
