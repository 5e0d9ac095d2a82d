//! Sections about ports: where OTLP comes in, and where metrics and health are asked for.

use super::Duration;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};

/// Receivers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Receive {
    /// OTLP/gRPC.
    pub grpc: Grpc,
    /// OTLP/HTTP, protobuf and JSON.
    pub http: Http,
    /// Largest request in bytes, compressed or not, before and after decompression (OTLP recommends 64 MiB).
    pub max_request_bytes: usize,
    /// Bytes of requests in flight over all connections, annotated copies included; above it new requests are told to come back later.
    pub max_in_flight_bytes: usize,
    /// Connections open at once.
    pub max_connections: usize,
    /// How long a client may take to send its headers or its body.
    pub read_timeout: Duration,
    /// How long accepted requests may take to finish after SIGTERM.
    pub drain_timeout: Duration,
}

impl Default for Receive {
    fn default() -> Self {
        Receive {
            grpc: Grpc::default(),
            http: Http::default(),
            max_request_bytes: 64 << 20,
            max_in_flight_bytes: 128 << 20,
            max_connections: 4096,
            read_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(15),
        }
    }
}

/// The gRPC port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grpc {
    /// host:port; empty to switch it off.
    pub listen: String,
}

/// The HTTP port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// host:port; empty to switch it off.
    pub listen: String,
}

fn loopback(port: u16) -> String {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string()
}

impl Default for Grpc {
    fn default() -> Self {
        Grpc { listen: loopback(4317) }
    }
}

impl Default for Http {
    fn default() -> Self {
        Http { listen: loopback(4318) }
    }
}

/// The admin port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// host:port; empty to switch it off.
    pub listen: String,
}

impl Default for Admin {
    fn default() -> Self {
        Admin { listen: loopback(9464) }
    }
}
