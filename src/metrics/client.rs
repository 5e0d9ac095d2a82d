//! Who asks for `/metrics`.

use std::net::IpAddr;
use xxhash_rust::xxh3::Xxh3;

/// A client of the exposition: a scraper that comes again, somebody who looks, or a request without a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(Who);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Scraper(u64),
    Visitor,
    Peek,
}

impl Client {
    /// Somebody with a browser or `curl`: new series do not wait for them.
    pub const VISITOR: Client = Client(Who::Visitor);
    /// A request that sees no values (HEAD): it counts as nobody's look.
    pub const PEEK: Client = Client(Who::Peek);

    /// Tells a scraper by what its request says: Prometheus and what is built like it send
    /// `X-Prometheus-Scrape-Timeout-Seconds` (`announced`), others at least ask for OpenMetrics (`accept`).
    /// A scraper is known again by its address and user agent.
    pub fn of(address: IpAddr, user_agent: &[u8], accept: &str, announced: bool) -> Self {
        if !announced && !accept.to_ascii_lowercase().contains("application/openmetrics-text") {
            return Client::VISITOR;
        }
        let mut identity = Xxh3::new();
        match address {
            IpAddr::V4(address) => identity.update(&address.octets()),
            IpAddr::V6(address) => identity.update(&address.octets()),
        }
        identity.update(user_agent);
        Client::identified(identity.digest())
    }

    /// A scraper with an identity.
    pub const fn identified(identity: u64) -> Self {
        Client(Who::Scraper(identity))
    }

    pub(super) fn peeks(self) -> bool {
        self.0 == Who::Peek
    }

    pub(super) fn scraper(self) -> Option<u64> {
        match self.0 {
            Who::Scraper(identity) => Some(identity),
            Who::Visitor | Who::Peek => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: Prometheus from two addresses and in two versions, an OpenMetrics agent, curl.
    /// Guarantees: scrapers are told apart and known again; curl is a visitor.
    #[test]
    fn scrapers_are_known_again() {
        let here = IpAddr::from([127, 0, 0, 1]);
        let there = IpAddr::from([10, 0, 0, 7]);
        let prometheus = Client::of(here, b"Prometheus/2.42.0", "text/plain", true);
        assert_eq!(prometheus, Client::of(here, b"Prometheus/2.42.0", "*/*", true));
        assert_ne!(prometheus, Client::of(there, b"Prometheus/2.42.0", "text/plain", true));
        assert_ne!(prometheus, Client::of(here, b"Prometheus/3.0", "text/plain", true));
        let agent = Client::of(here, b"agent", "application/OpenMetrics-text;version=1.0.0,*/*;q=0.1", false);
        assert!(agent.scraper().is_some());
        assert_eq!(Client::of(here, b"curl/8", "*/*", false), Client::VISITOR);
    }
}
