//! Who fails to authenticate again and again is told to wait.
//!
//! Only failures are counted and only failures are held back: an agent that floods the gateway with a wrong key cannot keep
//! others of the same machine out. Keys have 256 random bits, so nothing is lost by looking at each.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many failures may follow one another at once.
const BURST: u32 = 20;
/// How often one more is taken after that.
const EVERY: Duration = Duration::from_secs(3);
/// Most peers that are told apart; all beyond share one count.
const MOST_PEERS: usize = 4096;
/// Who shares a count: peers without an address, and those beyond the most.
const OTHERS: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// The failures of each peer.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    /// When the peer's failures are forgotten.
    until: Mutex<BTreeMap<IpAddr, Instant>>,
}

impl Failures {
    /// Counts a failure.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub(crate) fn count(&self, peer: Option<IpAddr>, now: Instant) -> Result<(), Duration> {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let mut peer = peer.map_or(OTHERS, network);
        if until.len() >= MOST_PEERS && !until.contains_key(&peer) {
            until.retain(|_, forgotten| *forgotten > now);
            peer = if until.len() >= MOST_PEERS { OTHERS } else { peer };
        }
        let next = until.get(&peer).map_or(now, |forgotten| (*forgotten).max(now)) + EVERY;
        match next.duration_since(now).checked_sub(EVERY * BURST) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                until.insert(peer, next);
                Ok(())
            }
        }
    }
}

/// One IPv6 host has a whole /64 of addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(own) => {
            let [a, b, c, d, ..] = own.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        own => own,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn fail(failures: &Failures, address: &str, times: u32, now: Instant) -> u32 {
        let peer = Some(address.parse().unwrap());
        (0..times).filter(|_| failures.count(peer, now).is_ok()).count() as u32
    }

    #[test]
    fn a_flood_is_held_back_and_forgotten_with_time() {
        let (failures, now) = (Failures::default(), Instant::now());
        assert_eq!(fail(&failures, "10.0.0.1", 100, now), BURST);
        assert_eq!(fail(&failures, "10.0.0.2", 1, now), 1);
        assert_eq!(fail(&failures, "10.0.0.1", 100, now + EVERY * 2), 2);
        assert_eq!(fail(&failures, "10.0.0.1", 100, now + EVERY * 2 * BURST), BURST);
    }

    #[test]
    fn one_ipv6_network_is_one_peer() {
        let (failures, now) = (Failures::default(), Instant::now());
        assert_eq!(fail(&failures, "fd00::1", 15, now) + fail(&failures, "fd00::2", 15, now), BURST);
        assert_eq!(fail(&failures, "fd00:0:0:1::1", 1, now), 1);
    }

    #[test]
    fn memory_is_bounded() {
        let (failures, now) = (Failures::default(), Instant::now());
        for number in 0..MOST_PEERS as u32 * 2 {
            let _ = failures.count(Some(Ipv4Addr::from(number).into()), now);
        }
        assert!(failures.until.lock().unwrap().len() <= MOST_PEERS + 1);
        let later = now + EVERY * 2 * BURST;
        assert_eq!(fail(&failures, "10.0.0.1", 1, later), 1);
        assert_eq!(failures.until.lock().unwrap().len(), 1);
    }
}
