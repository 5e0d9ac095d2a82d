//! Forwarding OTLP to downstreams.
