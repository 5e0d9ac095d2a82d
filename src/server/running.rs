//! Start and stop.

use super::handler::OtlpHandler;
use super::known::KnownCohorts;
use super::observers::{EvaluationObserver, WireObserver};
use super::processor::Processor;
use super::sweeper::{self, sweep};
use super::workers::Workers;
use crate::cohort::Tally;
use crate::config::Config;
use crate::evaluate::judge::FaultCode;
use crate::evaluate::{
    self, DecidedBy, Engine, EvaluationQueue, JudgeClient, MemoryQueue, Outlet, ToJudge, Unattributed,
};
use crate::language;
use crate::metrics::Metrics;
use crate::otlp::forward::{ForwardError, Forwarder};
use crate::otlp::observe::Observer;
use crate::otlp::receive::{BindError, Receiver};
use crate::otlp::throttle::Throttle;
use crate::sample::Sampler;
use crate::tokens::Tokenizers;
use crate::web::{Admin, Health, State};
use parking_lot::Mutex;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic_health::server::HealthReporter;

/// Why the processor cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A port cannot be opened.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The admin port cannot be opened.
    #[error("cannot listen on {address} for metrics and health: {source}")]
    Admin {
        /// Where.
        address: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A downstream cannot be set up.
    #[error(transparent)]
    Forward(#[from] ForwardError),
    /// The metrics cannot be set up.
    #[error(transparent)]
    Metrics(#[from] crate::metrics::Error),
    /// A sampling rate makes no sense.
    #[error(transparent)]
    Sample(#[from] crate::sample::Error),
    /// There is no such evaluation.
    #[error(transparent)]
    Evaluation(#[from] evaluate::UnknownEvaluation),
    /// The refusal patterns that are built in are wrong.
    #[error(transparent)]
    Patterns(#[from] crate::refusal::PatternError),
    /// The configured language model cannot be used.
    #[error(transparent)]
    Language(#[from] language::LoadError),
    /// The folder for what survives a restart cannot be used.
    #[error("store.path: {0}")]
    Store(#[from] crate::store::Error),
    /// A tokenizer of the configuration cannot be used.
    #[error(transparent)]
    Tokenizer(#[from] crate::tokens::Unusable),
    /// The judge cannot be set up.
    #[error("judge: {0}")]
    Judge(#[from] evaluate::judge::SetupError),
}

/// Transports as they are labelled.
const TRANSPORTS: [&str; 3] = ["grpc", "http_protobuf", "http_json"];

/// Why requests are refused, as series that exist from the start.
const REFUSALS: [&str; 5] = ["malformed", "too_large", "overloaded", "unavailable", "rejected"];

/// Why a downstream loses spans, as series that exist from the start.
const DROPS: [&str; 3] = ["resource_exhausted", "invalid_argument", "partial_success"];

/// How long the judge may take to finish what it has begun when the program stops.
const JUDGE_GRACE: Duration = Duration::from_secs(5);

/// The running processor.
pub struct Server {
    receiver: Receiver<OtlpHandler>,
    admin: Option<Admin>,
    processor: Arc<Processor>,
    known: Option<Arc<KnownCohorts>>,
    judges: Option<evaluate::Workers>,
    health: Health,
    grpc_health: HealthReporter,
    metrics: Metrics,
    workers: Workers,
}

impl Server {
    /// Opens all ports and sets everything up; nothing is accepted before [`Server::run`].
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let metrics = Metrics::new(&config.metrics, &config.language.served)?;
        let path = config.store.path.as_ref();
        let known = path.map(|path| KnownCohorts::open(path, config, metrics.clone(), Instant::now())).transpose()?;
        let health = Health::new();
        let wire: Arc<dyn Observer> = Arc::new(WireObserver::new(metrics.clone()));
        let tally = Arc::new(Mutex::new(Tally::new()));
        let (engine, judges) = judging(config, &metrics, &tally)?;
        let tokenizers = Tokenizers::in_background(&config.tokens)?;
        tracing::info!(detector = engine.detector().version(), "language detection");
        let processor = Arc::new(Processor::new(config, engine, metrics.clone(), Arc::clone(&tally), tokenizers)?);
        let forwarder = Forwarder::new(&config.forward, config.receive.max_request_bytes, Arc::clone(&wire))?;
        for transport in TRANSPORTS {
            metrics.declare_transport(transport, &REFUSALS);
        }
        for destination in &config.forward {
            metrics.declare_destination(&destination.label(), &DROPS);
        }
        if forwarder.is_empty() {
            tracing::info!("no [[forward]] is configured: spans are read and end here");
        }
        let workers = Workers::new(config.annotate.threads);
        let handler = OtlpHandler {
            processor: Arc::clone(&processor),
            forwarder,
            workers: workers.clone(),
            metrics: metrics.clone(),
            malformed_lines: Throttle::default(),
        };
        let grpc_health = HealthReporter::new();
        let receiver = Receiver::bind(&config.receive, handler, wire, grpc_health.clone()).await?;
        let budget = receiver.budget();
        let limit = config.receive.max_in_flight_bytes;
        health.condition("too many bytes in flight", move || budget.used() < limit);
        let admin = if config.admin.listen.is_empty() {
            None
        } else {
            let state = State::new(metrics.clone(), health.clone(), Arc::new(move || tally.lock().report()));
            let bound = Admin::bind(&config.admin.listen, state).await;
            Some(bound.map_err(|source| StartError::Admin { address: config.admin.listen.clone(), source })?)
        };
        let server = Server {
            receiver,
            admin,
            processor,
            known: known.map(Arc::new),
            judges,
            health,
            grpc_health,
            metrics,
            workers,
        };
        server.say_where();
        Ok(server)
    }

    /// Where OTLP/gRPC is served.
    pub fn grpc(&self) -> Option<SocketAddr> {
        self.receiver.grpc_addr()
    }

    /// Where OTLP/HTTP is served.
    pub fn http(&self) -> Option<SocketAddr> {
        self.receiver.http_addr()
    }

    /// Where metrics and health are served.
    pub fn admin(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(Admin::local_addr)
    }

    fn say_where(&self) {
        for (what, address) in [("grpc", self.grpc()), ("http", self.http()), ("admin", self.admin())] {
            if let Some(address) = address {
                tracing::info!(what, %address, "listening");
            }
        }
    }

    /// Serves until `shutdown`; then is not ready, stops accepting, lets requests finish for as long as the
    /// configuration allows, completes open turns, and says what could not be finished.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Server { receiver, admin, processor, known, judges, health, grpc_health, metrics, workers } = self;
        let (stop_sweeping, stop_admin) = (CancellationToken::new(), CancellationToken::new());
        let heartbeat = health.heartbeat("turns", sweeper::MAX_SILENCE);
        let sweeping =
            tokio::spawn(sweep(Arc::clone(&processor), known.clone(), workers, heartbeat, stop_sweeping.clone()));
        let serving: Option<JoinHandle<()>> =
            admin.map(|admin| tokio::spawn(admin.run(stop_admin.clone().cancelled_owned())));
        let warming = Arc::clone(&processor);
        // The first text would wait for the tokenizer's tables; nobody waits for this.
        drop(tokio::task::spawn_blocking(move || warming.warm()));
        health.ready();
        grpc_health.set_service_status("", tonic_health::ServingStatus::Serving).await;
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "ready");

        let draining = health.clone();
        let drained = receiver
            .run(async move {
                shutdown.await;
                tracing::info!("stopping: no longer ready, finishing what is in flight");
                draining.draining();
                grpc_health.set_service_status("", tonic_health::ServingStatus::NotServing).await;
            })
            .await;
        if drained.cut_off > 0 {
            tracing::warn!(
                requests = drained.cut_off,
                "requests were cut off unanswered; their senders will send them again"
            );
            metrics.cut_off(drained.cut_off as u64);
        }
        stop_sweeping.cancel();
        if sweeping.await.is_err() {
            tracing::error!("the task that completes turns had failed");
        }
        let flushed = tokio::task::spawn_blocking(move || processor.flush()).await;
        if flushed.is_err() {
            tracing::error!("open turns could not be judged");
        }
        if let Some(judges) = judges {
            let stopped = judges.stop(JUDGE_GRACE).await;
            tracing::info!(judged = stopped.judged, given_up = stopped.given_up, "the judge's queue is closed");
        }
        if let Some(known) = known
            && tokio::task::spawn_blocking(move || known.finish()).await.is_err()
        {
            tracing::error!("the list of known cohorts could not be written");
        }
        stop_admin.cancel();
        if let Some(serving) = serving
            && serving.await.is_err()
        {
            tracing::error!("the admin port had failed");
        }
        tracing::info!("stopped");
    }
}

/// The engine, and the workers behind its queue where there is a judge. Says of every paid evaluation whether it runs.
fn judging(
    config: &Config,
    metrics: &Metrics,
    tally: &Arc<Mutex<Tally>>,
) -> Result<(Arc<Engine>, Option<evaluate::Workers>), StartError> {
    let capacity = config.evaluate.queue_capacity;
    let observer = Arc::new(EvaluationObserver { metrics: metrics.clone(), queue_capacity: capacity });
    let tally = Arc::clone(tally);
    let sink: evaluate::Sink = Arc::new(move |verdict| tally.lock().verdict(&verdict));
    let outlet = Outlet { observer: observer.clone(), sink: Some(sink) };
    let sampler = Sampler::new(&config.sample)?;
    metrics.declare_reported(&DecidedBy::ALL.map(DecidedBy::name), &Unattributed::ALL.map(Unattributed::name));
    let detector = language::load(&config.language)?;
    for name in &config.evaluate.free {
        metrics.evaluation_enabled(name, None);
    }
    let configured = !config.judge.endpoint.is_empty();
    for name in &config.evaluate.paid {
        metrics.evaluation_enabled(name, (!configured).then_some("no_judge"));
    }
    if !configured {
        tracing::info!(off = ?config.evaluate.paid, "no [judge] is configured: paid evaluations are off");
        let engine = Engine::new(&config.evaluate, detector, sampler, None, outlet)?;
        return Ok((Arc::new(engine), None));
    }
    let statuses: Vec<&str> = std::iter::once("ok").chain(FaultCode::ALL.iter().map(|code| code.name())).collect();
    metrics.declare_judge(&statuses);
    metrics.queue("judge", 0, capacity);
    let queue: Arc<dyn EvaluationQueue> = Arc::new(MemoryQueue::new(capacity));
    let judge = Arc::new(JudgeClient::new(&config.judge, observer)?);
    let to_judge = ToJudge { queue: Arc::clone(&queue), model: config.judge.model.clone() };
    let engine = Engine::new(&config.evaluate, detector, sampler, Some(to_judge), outlet.clone())?;
    let workers = evaluate::Workers::spawn(queue, judge, engine.paid().to_vec(), config.judge.concurrency, outlet);
    Ok((Arc::new(engine), Some(workers)))
}
