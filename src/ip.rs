//! IP addresses and networks as texts spell them, and what an address reaches: IPv4 inside IPv6, private networks, this
//! machine, the local link, the metadata services of clouds. Knows nothing of names; no resolver is asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;
use smallvec::SmallVec;

use crate::path::Unexplained;

/// The address a text spells: four decimal numbers, or IPv6 without a zone and without a dotted part. An IPv4-mapped
/// address is the IPv4 address.
///
/// # Errors
/// Why the text does not say which address it is.
pub fn parse(text: &str) -> Result<IpAddr, Unexplained> {
    parse_as_written(text).map(|address| address.to_canonical())
}

/// The same, with an IPv4-mapped address left as it is.
pub(crate) fn parse_as_written(text: &str) -> Result<IpAddr, Unexplained> {
    if text.contains('%') {
        return Err(Unexplained("an IP address with a zone"));
    }
    if let Some((address, _)) = text.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
        && (address.parse::<Ipv4Addr>().is_ok() || address.starts_with('['))
    {
        return Err(Unexplained("an IP address with a port"));
    }
    let dotted = text.contains('.') && text.parse::<Ipv6Addr>().is_ok();
    let address = text.parse().ok().filter(|_| !dotted);
    address.ok_or(Unexplained(if dotted {
        "an IPv4 address inside an IPv6 address"
    } else {
        "text that is no IP address"
    }))
}

/// The network a text spells: an address, `/` and a prefix length without leading zeros.
///
/// # Errors
/// Why the text does not say which network it is.
pub fn parse_network(text: &str) -> Result<IpNet, Unexplained> {
    let unexplained = Unexplained("text that is no CIDR block");
    let (host, length) = text.split_once('/').ok_or(unexplained)?;
    let plain = length.bytes().all(|digit| digit.is_ascii_digit()) && (length == "0" || !length.starts_with('0'));
    let length = u8::from_str(length).ok().filter(|_| plain).ok_or(unexplained)?;
    IpNet::new(parse_as_written(host)?, length).map_err(|_| unexplained)
}

/// The addresses that a packet to one address can end at.
#[derive(Clone, Debug)]
pub struct Readings {
    /// The address, and the IPv4 address that it is another spelling of.
    same: SmallVec<[IpAddr; 2]>,
    /// The IPv4 addresses of a tunnel's ends.
    tunnel: SmallVec<[IpAddr; 2]>,
}

impl Readings {
    /// Every reading of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let mut readings = Self { same: SmallVec::from_slice(&[address]), tunnel: SmallVec::new() };
        if let IpAddr::V6(address) = address {
            readings.same.extend(translated(address).map(IpAddr::V4));
            readings.tunnel.extend(tunnelled(address).into_iter().flatten().map(IpAddr::V4));
        }
        readings
    }

    fn all(&self) -> impl Iterator<Item = IpAddr> {
        self.same.iter().chain(&self.tunnel).copied()
    }
}

/// The IPv4 address that an IPv6 address stands for: compatible, translated (RFC 2765), NAT64 (RFC 6052, RFC 8215).
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [s0, s1, s2, s3, s4, s5, high, low] = address.segments();
    let last = v4(high, low);
    match [s0, s1, s2, s3, s4, s5] {
        [0, 0, 0, 0, 0, 0] if u32::from(last) > 0xffff => Some(last),
        [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => Some(last),
        [0x64, 0xff9b, 1, ..] => Some(v4(s3, (s4 << 8) | (s5 >> 8))).filter(|_| (high, low) == (0, 0)).or(Some(last)),
        _ => None,
    }
}

/// The IPv4 addresses of a tunnel's ends: 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP (RFC 5214).
fn tunnelled(address: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    match address.segments() {
        [0x2002, high, low, ..] => [Some(v4(high, low)), None],
        [0x2001, 0, server_high, server_low, _, _, high, low] => {
            [Some(v4(server_high, server_low)), Some(v4(!high, !low))]
        }
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => [Some(v4(high, low)), None],
        _ => [None, None],
    }
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// Whether an address lies in a network, by any of its spellings.
///
/// # Errors
/// Where only the end of a tunnel lies in it.
pub fn contains(network: &IpNet, address: IpAddr) -> Result<bool, Unexplained> {
    let network = unmapped(network);
    any(&Readings::of(address), |address| network.contains(&address))
}

/// Whether two addresses are one, by any of their spellings.
///
/// # Errors
/// Where only the end of a tunnel is the same.
pub fn same(one: IpAddr, other: IpAddr) -> Result<bool, Unexplained> {
    let other = Readings::of(other);
    any(&Readings::of(one), |address| other.same.contains(&address))
}

fn any(readings: &Readings, holds: impl Fn(IpAddr) -> bool) -> Result<bool, Unexplained> {
    if readings.same.iter().any(|address| holds(*address)) {
        return Ok(true);
    }
    if readings.tunnel.iter().any(|address| holds(*address)) {
        return Err(Unexplained("an IPv6 address that tunnels to an IPv4 address"));
    }
    Ok(false)
}

/// A network of IPv4-mapped addresses is the IPv4 network.
fn unmapped(network: &IpNet) -> IpNet {
    let v4 = || match network.addr().to_canonical() {
        IpAddr::V4(address) => IpNet::new(address.into(), network.prefix_len().checked_sub(96)?).ok(),
        IpAddr::V6(_) => None,
    };
    match network {
        IpNet::V4(_) => *network,
        IpNet::V6(_) => v4().unwrap_or(*network),
    }
}

/// Whether a packet to it can end in a private network: RFC 1918, shared address space (RFC 6598), unique local (RFC 4193),
/// site-local.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    Readings::of(address).all().any(|address| match address {
        IpAddr::V4(address) => address.is_private() || in_v4(address, [100, 64, 0, 0], 10),
        IpAddr::V6(address) => matches!(address.segments(), [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..]),
    })
}

/// Whether a packet to it can end at this machine: `127.0.0.0/8`, `::1`, and `0.0.0.0/8` and `::`, which reach it too.
#[must_use]
pub fn is_loopback(address: IpAddr) -> bool {
    Readings::of(address).all().any(|address| match address {
        IpAddr::V4(address) => matches!(address.octets(), [0 | 127, ..]),
        IpAddr::V6(address) => address.is_loopback() || address.is_unspecified(),
    })
}

/// Whether a packet to it can end on the local link: `169.254.0.0/16` and `fe80::/10`.
#[must_use]
pub fn is_link_local(address: IpAddr) -> bool {
    Readings::of(address).all().any(|address| match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    })
}

/// Whether a packet to it can end at a cloud's metadata service: see [`METADATA_ADDRESSES`].
#[must_use]
pub fn is_metadata(address: IpAddr) -> bool {
    let known = |address: IpAddr| METADATA_ADDRESSES.iter().any(|(known, _)| *known == address);
    Readings::of(address).all().any(known)
}

/// Whether every reading of it is one host's address on the public internet.
#[must_use]
pub fn is_global(address: IpAddr) -> bool {
    let readings = Readings::of(address);
    let (same, spelled_twice) = (readings.same.iter(), readings.same.len() > 1);
    let global = |address: &IpAddr| match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|(octets, length)| in_v4(*address, *octets, *length)),
        IpAddr::V6(address) => is_global_v6(*address),
    };
    same.skip(usize::from(spelled_twice)).chain(&readings.tunnel).all(global)
}

fn is_global_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0, ..] => true,
        [0x2001, 0x0db8, ..] | [0x2001, 0..=0x01ff, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

const fn in_v4(address: Ipv4Addr, network: [u8; 4], length: u32) -> bool {
    let [a, b, c, d] = network;
    let network = Ipv4Addr::new(a, b, c, d).to_bits();
    (address.to_bits() ^ network) >> (32 - length) == 0
}

/// IPv4 networks that are not one host's address on the public internet (IANA special-purpose registry, multicast,
/// reserved).
const SPECIAL_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

const fn known_v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

const fn known_v6(first: u16, second: u16, [high, low]: [u16; 2]) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(first, second, 0, 0, 0, 0, high, low))
}

/// Addresses at which clouds hand out credentials and configuration, each with whose it is (the clouds' own manuals).
pub static METADATA_ADDRESSES: &[(IpAddr, &str)] = &[
    (known_v4(169, 254, 169, 254), "AWS, Google, Azure, Oracle, DigitalOcean, OpenStack and most others"),
    (known_v4(169, 254, 169, 253), "AWS name server"),
    (known_v4(169, 254, 169, 249), "Google agents"),
    (known_v4(169, 254, 170, 2), "AWS ECS task credentials"),
    (known_v4(169, 254, 170, 23), "AWS EKS pod identity"),
    (known_v4(169, 254, 42, 42), "Scaleway"),
    (known_v4(169, 254, 0, 23), "Tencent"),
    (known_v4(169, 254, 10, 10), "Tencent agents"),
    (known_v4(100, 100, 100, 200), "Alibaba"),
    (known_v4(168, 63, 129, 16), "Azure host agent"),
    (known_v4(192, 0, 0, 192), "Oracle Cloud classic"),
    (known_v6(0xfd00, 0xec2, [0, 0x254]), "AWS"),
    (known_v6(0xfd00, 0xec2, [0, 0x23]), "AWS EKS pod identity"),
    (known_v6(0xfd20, 0xce, [0, 0x254]), "Google"),
    (known_v6(0xfd00, 0x42, [0, 0x42]), "Scaleway"),
    (known_v6(0xfd00, 0xc1, [0xa9fe, 0xa9fe]), "Oracle Cloud"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn ipv4_inside_ipv6_is_seen() {
        for text in [
            "10.0.0.1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::10.0.0.1",
        ] {
            assert!(is_private(ip(text)), "{text}");
            assert_eq!(contains(&parse_network("10.0.0.0/8").unwrap(), ip(text)), Ok(true), "{text}");
            assert_eq!(same(ip("10.0.0.1"), ip(text)), Ok(true), "{text}");
            assert!(!is_global(ip(text)), "{text}");
        }
        assert!(is_private(ip("64:ff9b:1:a00:0:100::")));
    }

    #[test]
    fn the_ends_of_a_tunnel_are_seen_but_are_not_the_address() {
        for text in ["2002:a00:1::", "2001:0:a00:1::1", "2001:0:808:808::f5ff:fffe", "2001:db8::5efe:10.0.0.1"] {
            assert!(is_private(ip(text)) && !is_global(ip(text)), "{text}");
            assert!(contains(&parse_network("10.0.0.0/8").unwrap(), ip(text)).is_err(), "{text}");
            assert_eq!(contains(&parse_network("2000::/3").unwrap(), ip(text)), Ok(true), "{text}");
        }
    }

    #[test]
    fn a_network_of_mapped_addresses_is_the_ipv4_network() {
        let network = parse_network("::ffff:a00:0/104").unwrap();
        assert_eq!(contains(&network, ip("10.1.2.3")), Ok(true));
        assert_eq!(contains(&network, ip("11.1.2.3")), Ok(false));
    }

    #[test]
    fn kinds_of_addresses() {
        for text in ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1"] {
            assert!(is_loopback(ip(text)), "{text}");
        }
        for text in ["169.254.1.1", "fe80::1", "::ffff:169.254.169.254"] {
            assert!(is_link_local(ip(text)), "{text}");
        }
        for text in ["169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fd00:ec2::254", "100.100.100.200"] {
            assert!(is_metadata(ip(text)), "{text}");
        }
        for text in ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:1.1.1.1", "2002:808:808::1"] {
            assert!(is_global(ip(text)) && !is_private(ip(text)) && !is_loopback(ip(text)), "{text}");
        }
        for text in ["192.0.2.1", "224.0.0.1", "255.255.255.255", "2001:db8::1", "ff02::1", "fc00::1", "100.64.0.1"] {
            assert!(!is_global(ip(text)), "{text}");
        }
    }

    #[test]
    fn what_programs_read_in_two_ways_is_unexplained() {
        for text in
            ["010.0.0.1", "10.1", "0x7f.0.0.1", "2130706433", "fe80::1%eth0", "::ffff:10.0.0.1", "", " ::1", "[::1]"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in ["10.0.0.0", "10.0.0.0/08", "010.0.0.0/8", "10.0.0.0/33", "10.0.0.0/+8", "::/129", "10.0.0.0/8/8"] {
            assert!(parse_network(text).is_err(), "{text}");
        }
    }
}
