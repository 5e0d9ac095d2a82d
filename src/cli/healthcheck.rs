//! `isogloss healthcheck`: is the processor ready? For images that have no shell and no curl.

use super::exit::{FAILED, Failure, Outcome, complain};
use super::settings;
use anyhow::{Context, bail};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long connecting, asking and answering may each take.
const TIMEOUT: Duration = Duration::from_secs(3);

/// More of an answer than this is not read, in bytes.
const MAX_ANSWER: u64 = 4 << 10;

/// Options of `healthcheck`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Admin address, host:port or http://host:port; that of the configuration when left out.
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<String>,
    /// Configuration file; ISOGLOSS_CONFIG when left out, and defaults when there is none.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Asks once.
pub(super) fn main(options: &Options) -> Outcome {
    let address = match &options.admin {
        Some(address) => address.trim_start_matches("http://").trim_end_matches('/').to_owned(),
        None => settings::load(options.config.as_deref())?.admin.listen,
    };
    if address.is_empty() {
        return Err(Failure::wrong(anyhow::anyhow!("admin.listen: the admin port is switched off")));
    }
    match ask(&address) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            complain("not ready", format_args!("{error:#}"));
            Ok(FAILED.into())
        }
    }
}

/// GET /readyz; an error unless the answer is 200.
fn ask(address: &str) -> anyhow::Result<()> {
    let mut last = None;
    for candidate in address.to_socket_addrs().with_context(|| format!("{address} is not an address"))? {
        match TcpStream::connect_timeout(&reachable(candidate), TIMEOUT) {
            Ok(stream) => return converse(stream, address),
            Err(error) => last = Some(error),
        }
    }
    match last {
        Some(error) => Err(error).with_context(|| format!("cannot connect to {address}")),
        None => bail!("{address} has no address"),
    }
}

/// Where to reach what listens on every address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn converse(mut stream: TcpStream, host: &str) -> anyhow::Result<()> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    // In one piece: formatting into the stream would send many small ones.
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).context("cannot ask")?;
    let mut answer = Vec::new();
    // Up to the end of the status line is enough, and a server that dribbles is given up on.
    let asked = Instant::now();
    let mut limited = stream.take(MAX_ANSWER);
    let mut piece = [0; 256];
    while !answer.contains(&b'\n') {
        if asked.elapsed() > TIMEOUT {
            bail!("no whole answer");
        }
        match limited.read(&mut piece).context("no answer")? {
            0 => break,
            read => answer.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
    let text = String::from_utf8_lossy(&answer);
    let status = text.lines().next().unwrap_or_default();
    match status.split(' ').nth(1) {
        Some("200") => Ok(()),
        Some(code) if status.starts_with("HTTP/1.") => bail!("/readyz answers {code}"),
        _ => bail!("the answer is not HTTP"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// Asks a server that gives this answer to one request.
    fn asked(answer: &'static str) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let address = listener.local_addr().expect("address").to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("accepted");
            let mut request = [0; 1024];
            let read = stream.read(&mut request).expect("request");
            stream.write_all(answer.as_bytes()).expect("answered");
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        let result = ask(&address).map_err(|error| format!("{error:#}"));
        assert!(server.join().expect("served").starts_with("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:"));
        result
    }

    /// Scenario: servers that are ready, not ready, or something else; a port where nothing listens.
    /// Guarantees: only 200 is ready, and the reason is said otherwise.
    #[test]
    fn answers() {
        assert_eq!(asked("HTTP/1.1 200 OK\r\n\r\n"), Ok(()));
        assert_eq!(asked("HTTP/1.1 503 Service Unavailable\r\n\r\n"), Err("/readyz answers 503".into()));
        assert_eq!(asked("SSH-2.0-x\r\n"), Err("the answer is not HTTP".into()));
        assert_eq!(asked(""), Err("the answer is not HTTP".into()));
        let free = TcpListener::bind("127.0.0.1:0").expect("bound").local_addr().expect("address");
        assert!(ask(&free.to_string()).is_err());
        assert_eq!(reachable("0.0.0.0:1".parse().expect("address")).to_string(), "127.0.0.1:1");
        assert_eq!(reachable("[::]:1".parse().expect("address")).to_string(), "[::1]:1");
    }
}
