//! gzip for answers that are worth it.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// Smaller answers fit one packet anyway.
pub const MIN_BYTES: usize = 1_400;

/// Whether an `Accept-Encoding` header allows gzip.
pub fn accepts_gzip(header: &str) -> bool {
    let mut any = false;
    for coding in header.split(',') {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|parameter| {
            let quality = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
            quality.is_some_and(|(_, value)| value.trim().parse::<f64>().is_ok_and(|quality| quality <= 0.0))
        });
        if name.eq_ignore_ascii_case("gzip") {
            // Named, it decides, whatever `*` says.
            return !refused;
        }
        any |= name == "*" && !refused;
    }
    any
}

/// Compresses at level 1: metrics shrink tenfold even so.
///
/// # Errors
/// None that a vector as target could cause; the encoder's signature has them.
pub fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 8), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: headers as Prometheus, curl and browsers send them, and refusals.
    /// Guarantees: gzip where it is allowed, and only there.
    #[test]
    fn negotiation() {
        for (header, allowed) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("*", true),
            ("gzip;q=0, *", false),
            ("*;q=0", false),
            ("identity", false),
            ("", false),
            ("gzip;q=banana", true),
        ] {
            assert_eq!(accepts_gzip(header), allowed, "{header}");
        }
    }
}
