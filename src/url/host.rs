//! Hosts: names and addresses, and what is known of them without asking a resolver.

use std::fmt;
use std::net::IpAddr;

use crate::ip;
use crate::path::Unexplained;

/// Where a URL leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A name in lower case, in its ASCII form, without a dot at the end.
    Name(Box<str>),
    /// An address; an IPv4-mapped one is the IPv4 address.
    Ip(IpAddr),
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

impl Host {
    /// Whether it is this host, an address by any of its spellings.
    ///
    /// # Errors
    /// Where only the end of a tunnel is the same address.
    pub fn is(&self, other: &Self) -> Result<bool, Unexplained> {
        match (self, other) {
            (Self::Name(name), Self::Name(other)) => Ok(name == other),
            (Self::Ip(address), Self::Ip(other)) => ip::same(*address, *other),
            _ => Ok(false),
        }
    }

    /// Whether it is this host or a name below it, by whole labels: `evilexample.com` is not within `example.com`.
    ///
    /// # Errors
    /// Where only the end of a tunnel is the same address.
    pub fn within(&self, other: &Self) -> Result<bool, Unexplained> {
        match (self, other) {
            (Self::Name(name), Self::Name(base)) => Ok(is_below(name, base)),
            _ => self.is(other),
        }
    }

    /// Whether it leads to this machine.
    ///
    /// # Errors
    /// Where only a resolver knows.
    pub fn is_loopback(&self) -> Result<bool, Unexplained> {
        self.address_is(ip::is_loopback, true)
    }

    /// Whether it leads into a private network.
    ///
    /// # Errors
    /// Where only a resolver knows.
    pub fn is_private(&self) -> Result<bool, Unexplained> {
        self.address_is(ip::is_private, false)
    }

    /// Whether it leads to the local link.
    ///
    /// # Errors
    /// Where only a resolver knows.
    pub fn is_link_local(&self) -> Result<bool, Unexplained> {
        self.address_is(ip::is_link_local, false)
    }

    /// Whether it is a public address.
    ///
    /// # Errors
    /// Where only a resolver knows.
    pub fn is_global(&self) -> Result<bool, Unexplained> {
        self.address_is(ip::is_global, false)
    }

    /// Whether it is among the known names and addresses of clouds' metadata services. Another name is not, though a
    /// resolver could lead it there.
    ///
    /// # Errors
    /// Where a name spells an address for a resolver to lead to.
    pub fn is_metadata(&self) -> Result<bool, Unexplained> {
        match self {
            Self::Ip(address) => Ok(ip::is_metadata(*address)),
            Self::Name(name) if METADATA_NAMES.iter().any(|known| is_below(name, known)) => Ok(true),
            Self::Name(name) if spells_an_address(name) => Err(SPELLS_AN_ADDRESS),
            Self::Name(_) => Ok(false),
        }
    }

    /// A fact of the address; of a name it is known only for this machine's own.
    fn address_is(&self, fact: fn(IpAddr) -> bool, of_localhost: bool) -> Result<bool, Unexplained> {
        match self {
            Self::Ip(address) => Ok(fact(*address)),
            Self::Name(name) if LOCAL_NAMES.iter().any(|known| is_below(name, known)) => Ok(of_localhost),
            Self::Name(_) => Err(ONLY_A_RESOLVER),
        }
    }
}

const ONLY_A_RESOLVER: Unexplained = Unexplained("a host name, and only a resolver knows its address");
const SPELLS_AN_ADDRESS: Unexplained = Unexplained("a host name that a public name service turns into any address");

/// Whether a name is another or below it, by whole labels.
fn is_below(name: &str, base: &str) -> bool {
    name.strip_suffix(base).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a public name service turns the name into the address it spells, or into this machine's.
fn spells_an_address(name: &str) -> bool {
    ADDRESS_SERVICES.iter().any(|service| is_below(name, service))
}

/// Names of this machine (RFC 6761, common hosts files).
const LOCAL_NAMES: [&str; 5] = ["localhost", "localhost.localdomain", "localhost6", "ip6-localhost", "ip6-loopback"];

/// Names at which clouds serve metadata (the clouds' own manuals).
pub const METADATA_NAMES: [&str; 13] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "metadata.azure.internal",
    "metadata.azure.com",
    "metadata.tencentyun.com",
    "metadata.platformequinix.com",
    "metadata.packet.net",
    "metadata.oraclecloud.com",
    "metadata.scaleway.com",
    "rancher-metadata",
];

/// Public services whose names lead to the address that is spelled in them.
const ADDRESS_SERVICES: [&str; 11] = [
    "nip.io",
    "sslip.io",
    "xip.io",
    "localtest.me",
    "lvh.me",
    "vcap.me",
    "lacolhost.com",
    "1u.ms",
    "rbndr.us",
    "traefik.me",
    "local.gd",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Host {
        Host::Name(text.into())
    }

    fn address(text: &str) -> Host {
        Host::Ip(text.parse().unwrap())
    }

    #[test]
    fn labels_are_whole() {
        assert_eq!(name("a.example.com").within(&name("example.com")), Ok(true));
        assert_eq!(name("example.com").within(&name("example.com")), Ok(true));
        assert_eq!(name("evilexample.com").within(&name("example.com")), Ok(false));
        assert_eq!(name("example.com.evil").within(&name("example.com")), Ok(false));
        assert_eq!(name("com").within(&name("example.com")), Ok(false));
        assert_eq!(name("a.example.com").is(&name("example.com")), Ok(false));
    }

    #[test]
    fn an_address_is_only_within_itself() {
        assert_eq!(address("10.0.0.1").within(&address("10.0.0.1")), Ok(true));
        assert_eq!(address("64:ff9b::a00:1").within(&address("10.0.0.1")), Ok(true));
        assert!(address("2002:a00:1::").within(&address("10.0.0.1")).is_err());
        assert_eq!(address("10.0.0.1").within(&name("example.com")), Ok(false));
    }

    #[test]
    fn names_are_known_or_left_to_a_resolver() {
        assert_eq!(name("localhost").is_loopback(), Ok(true));
        assert_eq!(name("a.localhost").is_loopback(), Ok(true));
        assert_eq!(name("localhost").is_private(), Ok(false));
        assert_eq!(name("metadata.google.internal").is_metadata(), Ok(true));
        assert_eq!(name("example.com").is_metadata(), Ok(false));
        assert!(name("169.254.169.254.nip.io").is_metadata().is_err());
        assert!(name("example.com").is_private().is_err() && name("example.com").is_loopback().is_err());
        assert_eq!(address("169.254.169.254").is_metadata(), Ok(true));
    }
}
