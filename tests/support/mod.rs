//! What the tests of the program from outside share: the program itself, clients and peers.
//! Every server listens on port 0 of 127.0.0.1.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests, which the lints do not know as such"
)]

pub mod model;
pub mod peers;
pub mod prometheus;
pub mod spans;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long anything on this machine may take before a test gives up. Nothing waits this long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The running program.
pub struct Program {
    child: Child,
    /// OTLP/gRPC.
    pub grpc: SocketAddr,
    /// OTLP/HTTP.
    pub http: SocketAddr,
    /// Metrics and health.
    pub admin: SocketAddr,
    log: mpsc::Receiver<String>,
    _config: tempfile::TempDir,
}

impl Program {
    /// Starts `isogloss run` with `config` added to ports of its own, and waits until it listens.
    pub fn start(config: &str) -> Program {
        Program::start_with(config, &[])
    }

    /// As [`Program::start`], with further arguments.
    pub fn start_with(config: &str, arguments: &[&str]) -> Program {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("isogloss.toml");
        let ports = "[receive.grpc]\nlisten = \"127.0.0.1:0\"\n[receive.http]\nlisten = \"127.0.0.1:0\"\n\
                     [admin]\nlisten = \"127.0.0.1:0\"\n[log]\nformat = \"json\"\n";
        std::fs::write(&file, format!("{ports}{config}")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_isogloss"))
            .arg("run")
            .arg("--config")
            .arg(&file)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (send, log) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut program = Program { child, grpc: nowhere, http: nowhere, admin: nowhere, log, _config: folder };
        program.grpc = program.listening("grpc");
        program.http = program.listening("http");
        program.admin = program.listening("admin");
        program.wait_for("ready");
        program
    }

    fn listening(&mut self, what: &str) -> SocketAddr {
        let line = self.log_line(|line| line["message"] == "listening" && line["what"] == what);
        line["address"].as_str().unwrap().parse().unwrap()
    }

    fn wait_for(&mut self, message: &str) {
        self.log_line(|line| line["message"] == message);
    }

    /// Waits for a line of the log.
    pub fn log_line(&mut self, wanted: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let until = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.log.recv_timeout(left) {
                Ok(line) => {
                    if let Ok(parsed) = serde_json::from_str::<serde_json::Value>(&line)
                        && wanted(&parsed)
                    {
                        return parsed;
                    }
                    seen.push(line);
                }
                Err(_) => panic!("the program did not say it; it said:\n{}", seen.join("\n")),
            }
        }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Asks the program to stop, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Waits until the program has ended.
    pub fn wait(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the program does not stop");
    }

    /// The body of a GET on the admin port.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = client().get(format!("http://{}{path}", self.admin)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The metrics, parsed.
    pub async fn metrics(&self) -> Metrics {
        let (status, text) = self.get("/metrics").await;
        assert_eq!(status, 200);
        Metrics(text)
    }

    /// Scrapes until `wanted` holds.
    pub async fn metrics_until(&self, what: &str, wanted: impl Fn(&Metrics) -> bool) -> Metrics {
        let until = Instant::now() + PATIENCE;
        loop {
            let metrics = self.metrics().await;
            if wanted(&metrics) {
                return metrics;
            }
            assert!(Instant::now() < until, "never saw {what}; last scrape:\n{}", metrics.0);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already ended is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that follows no proxy of the environment.
pub fn client() -> reqwest::Client {
    install_tls();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The TLS provider of the process, which must be chosen before the first client is made.
pub fn install_tls() {
    // An error only says that it was chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// One scrape in text format.
pub struct Metrics(pub String);

impl Metrics {
    /// The sum over all series of `name` whose labels include all of `labels`.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.series(name, labels).map(|(_, value)| value).sum()
    }

    /// Whether a series is there, whatever its value.
    pub fn has(&self, name: &str, labels: &[(&str, &str)]) -> bool {
        self.series(name, labels).next().is_some()
    }

    /// The values of one label over the series of `name`.
    pub fn label_values(&self, name: &str, label: &str) -> std::collections::BTreeSet<String> {
        let opening = format!("{label}=\"");
        self.series(name, &[])
            .filter_map(|(line, _)| {
                let at = line.find(&opening)? + opening.len();
                Some(line[at..].split('"').next()?.to_owned())
            })
            .collect()
    }

    fn series<'a>(&'a self, name: &'a str, labels: &'a [(&str, &str)]) -> impl Iterator<Item = (&'a str, f64)> {
        self.0.lines().filter(|line| !line.starts_with('#')).filter_map(move |line| {
            let (series, value) = line.rsplit_once(' ')?;
            let (family, _) = series.split_once('{').unwrap_or((series, ""));
            let fits = family == name
                && labels.iter().all(|(k, v)| {
                    let wanted = format!("{k}=\"{v}\"");
                    series.contains(&format!("{{{wanted}")) || series.contains(&format!(",{wanted}"))
                });
            fits.then(|| value.parse().ok()).flatten().map(|value| (series, value))
        })
    }
}
