//! A real Prometheus.

use super::{PATIENCE, client};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Debian's Prometheus, scraping `target` every second.
pub struct Prometheus {
    child: Child,
    /// Its base URL.
    pub url: String,
    _folder: tempfile::TempDir,
}

impl Prometheus {
    /// Starts one.
    pub async fn start(target: std::net::SocketAddr) -> Prometheus {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("prometheus.yml");
        std::fs::write(
            &config,
            format!(
                "global: {{scrape_interval: 1s}}\nscrape_configs:\n  - job_name: isogloss\n    static_configs: [{{targets: ['{target}']}}]\n"
            ),
        )
        .unwrap();
        // Prometheus cannot say which port it got, so a free one is looked for first.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--log.level=warn")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the tests need Debian's prometheus; tests/run installs it");
        let prometheus = Prometheus { child, url: format!("http://127.0.0.1:{port}"), _folder: folder };
        let until = Instant::now() + PATIENCE;
        while !client().get(format!("{}/-/ready", prometheus.url)).send().await.is_ok_and(|a| a.status() == 200) {
            assert!(Instant::now() < until, "Prometheus does not start");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        prometheus
    }

    /// The first value of an instant query.
    pub async fn query(&self, promql: &str) -> Option<f64> {
        let answer = client()
            .post(format!("{}/api/v1/query", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("query={}", encode(promql)))
            .send()
            .await
            .unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(answer["status"], "success", "{promql}: {answer}");
        answer["data"]["result"].get(0)?["value"][1].as_str()?.parse().ok()
    }

    /// Asks until the answer is as wanted.
    pub async fn query_until(&self, promql: &str, wanted: impl Fn(f64) -> bool) -> f64 {
        let until = Instant::now() + PATIENCE;
        loop {
            let value = self.query(promql).await;
            if let Some(value) = value
                && wanted(value)
            {
                return value;
            }
            assert!(Instant::now() < until, "{promql} stays {value:?}");
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
