//! What every request passes before it is looked at: under which name the gateway was called, and by which peer.
//!
//! A page of another site can make a browser send requests to loopback. It cannot choose their `Host` and `Origin`: a name
//! that was bent to point here still is the name of its owner.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::http::supervisor::only;

/// The names under which one door may be called.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    bound: Option<IpAddr>,
    names: Vec<String>,
}

impl Hosts {
    /// Of a door at this address, `HOST:PORT`, that has these names as well.
    pub(crate) fn of(address: &str, names: &[String]) -> Self {
        let host = address.parse::<Authority>().ok().map(|authority| bare(authority.host()).to_owned());
        let bound = host.as_deref().and_then(|host| host.parse().ok());
        let own = host.into_iter().chain(["localhost".to_owned()]);
        Self { bound, names: own.chain(names.iter().cloned()).collect() }
    }

    /// Whether the request calls one of them.
    ///
    /// # Errors
    /// Says which name is not one, and what to do.
    pub(crate) fn admit(&self, request: &Request) -> Result<(), String> {
        let authority = only(request.headers(), header::HOST).and_then(|host| host.parse::<Authority>().ok());
        let Some(host) = authority else { return Err("the request needs one `Host` header".to_owned()) };
        let target = request.uri().authority();
        match [Some(&host), target].into_iter().flatten().find(|name| !self.know(bare(name.host()))) {
            None => Ok(()),
            Some(other) => Err(format!(
                "this gateway is not called `{}`; use its address, or add the name to `hosts` in `kruxos.toml`",
                other.host().escape_debug()
            )),
        }
    }

    fn know(&self, host: &str) -> bool {
        match host.parse::<IpAddr>() {
            Ok(address) => self.know_address(address),
            Err(_) => self.names.iter().any(|name| name.eq_ignore_ascii_case(host)),
        }
    }

    /// An address cannot be bent to point elsewhere, so a door that is bound to all of them takes any.
    fn know_address(&self, address: IpAddr) -> bool {
        let listed = self.names.iter().any(|name| bare(name).parse() == Ok(address));
        listed
            || match self.bound {
                Some(bound) if bound.is_loopback() => address.is_loopback(),
                Some(bound) => bound.is_unspecified() || bound == address,
                None => address.is_loopback(),
            }
    }
}

/// An IPv6 address stands in brackets where a port may follow.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

/// Where the request comes from; `None` where nobody wrote it down.
pub(crate) fn peer(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

/// Headers that every answer carries. What a handler says itself stands.
pub(crate) fn protect(response: &mut Response, api: bool) {
    let headers = response.headers_mut();
    let mut say = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(header::X_FRAME_OPTIONS, "DENY");
    say(header::REFERRER_POLICY, "no-referrer");
    say(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    if api {
        say(header::CACHE_CONTROL, "no-store");
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn admits(hosts: &Hosts, host: &str) -> bool {
        hosts.admit(&Request::builder().header(header::HOST, host).body(Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn a_door_on_loopback_is_called_by_loopback_names_alone() {
        let hosts = Hosts::of("127.0.0.1:7800", &[]);
        for name in ["127.0.0.1:7800", "localhost:7800", "LOCALHOST", "[::1]:7800", "127.0.0.1:9999"] {
            assert!(admits(&hosts, name), "{name}");
        }
        for name in
            ["evil.example", "evil.example:7800", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example", ""]
        {
            assert!(!admits(&hosts, name), "{name}");
        }
    }

    #[test]
    fn a_door_on_every_address_is_called_by_any_address_and_its_own_names() {
        let hosts = Hosts::of("0.0.0.0:7800", &["gateway.internal".to_owned()]);
        for name in ["10.1.2.3:7800", "[fd00::1]:7800", "gateway.internal", "localhost"] {
            assert!(admits(&hosts, name), "{name}");
        }
        assert!(!admits(&hosts, "other.internal"));
    }

    #[test]
    fn a_door_on_one_address_is_called_by_that_one() {
        let hosts = Hosts::of("[fd00::1]:7800", &[]);
        assert!(admits(&hosts, "[fd00::1]:7800"));
        assert!(!admits(&hosts, "[fd00::2]:7800"));
    }

    #[test]
    fn no_host_two_hosts_and_a_target_elsewhere_are_refused() {
        let hosts = Hosts::of("127.0.0.1:7800", &[]);
        assert!(hosts.admit(&Request::new(Body::empty())).is_err());
        let two = Request::builder().header("host", "localhost").header("host", "localhost");
        assert!(hosts.admit(&two.body(Body::empty()).unwrap()).is_err());
        let elsewhere = Request::builder().uri("http://evil.example/api").header("host", "localhost");
        assert!(hosts.admit(&elsewhere.body(Body::empty()).unwrap()).is_err());
    }
}
