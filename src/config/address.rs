//! Shapes of the values that are more than a string: addresses, URLs, language tags.

use http::Uri;
use std::net::SocketAddr;

/// What is wrong with an address to listen on, if anything.
pub(super) fn listen_fault(address: &str) -> Option<&'static str> {
    const EXPECTED: &str = "expected host:port, such as 127.0.0.1:4317 or [::1]:4317, or an empty text for none";
    if address.parse::<SocketAddr>().is_ok() {
        return None;
    }
    let Some((host, port)) = address.rsplit_once(':') else { return Some(EXPECTED) };
    let plain =
        !host.is_empty() && host.len() <= 253 && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    // A host of digits and dots that is no address is a typing error, not a name.
    let name = host.bytes().any(|b| b.is_ascii_alphabetic());
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    (!(plain && name && digits && port.parse::<u16>().is_ok())).then_some(EXPECTED)
}

/// Whether only this machine can reach an address. A name other than `localhost` may be anything.
pub(super) fn is_loopback(address: &str) -> bool {
    match address.parse::<SocketAddr>() {
        Ok(address) => address.ip().is_loopback(),
        Err(_) => address.rsplit_once(':').is_some_and(|(host, _)| host.eq_ignore_ascii_case("localhost")),
    }
}

/// A URL we can send to, or what is wrong with it. The URL is never part of the message: it may hold a password.
pub(super) fn endpoint(url: &str) -> Result<Uri, &'static str> {
    let uri: Uri = url.parse().map_err(|_| "not a URL, expected http://host:port or https://host:port")?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("expected a URL that begins with http:// or https://");
    }
    let authority = uri.authority().ok_or("a URL without a host")?;
    if authority.as_str().contains('@') {
        return Err("a URL must not hold a user or password; send them as a header");
    }
    if authority.host().is_empty() {
        return Err("a URL without a host");
    }
    if uri.query().is_some() || url.contains('#') {
        return Err("a URL must not have `?` or `#` here");
    }
    // `Uri` keeps a port it cannot read as text.
    let has_port = authority.as_str().len() > authority.host().len();
    if has_port && authority.port_u16().is_none() {
        return Err("a URL whose port is not a number from 0 to 65535");
    }
    Ok(uri)
}

/// Whether the host of a URL is this machine.
pub(super) fn host_is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether a text is a language tag as we say it: `sw`, `zh-Hans`, `pt-BR`; two or three letters, then a script, then
/// a region, each at most once and in its usual case.
pub(super) fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-').peekable();
    let language =
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase()));
    parts.next_if(|part| {
        let mut bytes = part.bytes();
        part.len() == 4 && bytes.next().is_some_and(|b| b.is_ascii_uppercase()) && bytes.all(|b| b.is_ascii_lowercase())
    });
    parts.next_if(|part| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase()))
            || (part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()))
    });
    language && parts.next().is_none()
}

/// A tag in its usual case: `ZH-HANS` is `zh-Hans`.
pub(super) fn usual_tag(text: &str) -> String {
    let part = |(index, part): (usize, &str)| match (index, part.len()) {
        (0, _) => part.to_ascii_lowercase(),
        (_, 2) => part.to_ascii_uppercase(),
        (_, 4) => {
            let lower = part.to_ascii_lowercase();
            let mut chars = lower.chars();
            chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
        }
        _ => part.to_ascii_lowercase(),
    };
    text.split('-').enumerate().map(part).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: addresses of every kind, and near misses.
    /// Guarantees: what can be bound is accepted, what cannot is refused.
    #[test]
    fn listen_addresses() {
        for good in ["127.0.0.1:4317", "[::1]:0", "localhost:4317", "0.0.0.0:65535", "my-host.local:1"] {
            assert_eq!(listen_fault(good), None, "{good}");
        }
        for bad in
            ["4317", ":4317", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "1.2.3:1", "http://a:1", "a b:1", "::1:1x"]
        {
            assert!(listen_fault(bad).is_some(), "{bad}");
        }
        assert!(is_loopback("[::1]:1") && is_loopback("localhost:1") && is_loopback("127.8.0.1:1"));
        assert!(!is_loopback("0.0.0.0:1") && !is_loopback("[::]:1") && !is_loopback("host:1"));
    }

    /// Scenario: URLs of every kind, and near misses.
    /// Guarantees: only http and https with a host and without a password pass, and no message repeats the URL.
    #[test]
    fn endpoints() {
        for good in ["http://127.0.0.1:4317", "https://otlp.example", "http://[::1]:1/a/b", "HTTP://h:1/"] {
            assert!(endpoint(good).is_ok(), "{good}");
        }
        let bad = [
            "",
            "h:4317",
            "ftp://h",
            "http://",
            "http://u:secret@h",
            "http://h?secret",
            "http://h#secret",
            "http://h:99999",
            "unix:/secret",
            "http://h:secret",
        ];
        for url in bad {
            let message = endpoint(url).expect_err(url);
            assert!(!message.contains("secret"), "{message}");
        }
    }

    /// Scenario: tags in their usual form, and others.
    /// Guarantees: what our labels can say is accepted, and case is repaired where it is lost.
    #[test]
    fn tags() {
        for good in ["sw", "haw", "zh-Hans", "pt-BR", "es-419", "sr-Latn-RS"] {
            assert!(is_tag(good), "{good}");
            assert_eq!(usual_tag(&good.to_lowercase()), good);
        }
        for bad in ["", "e", "EN", "english", "zh_Hans", "zh-hans", "en-", "en-US-x", "en-us", "x-klingon"] {
            assert!(!is_tag(bad), "{bad}");
        }
    }
}
