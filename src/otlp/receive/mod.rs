//! Receiving OTLP over gRPC and HTTP.
