//! Counting calls: what a host takes a call's limits from.
//!
//! The engine only names the limits that apply. The host takes all of a call's limits at once from a [`CounterStore`],
//! atomically. Never more than `max` admitted calls in any window: the store in memory remembers the time of every
//! admitted call, not an average.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::decision::Decision;
use crate::rate_limit::{Key, LimitUse};
use crate::tier::Tier;

/// What taking from a store came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Every limit had room; the call is counted.
    Admitted,
    /// A limit had none; nothing was counted.
    Exceeded {
        /// The place of the limit in the uses that were asked for; the one with the strictest `on_exceed` where several
        /// have no room.
        limit: usize,
        /// Milliseconds until there is room, as far as this limit is concerned; `None` if waiting will not help.
        retry_after_ms: Option<u64>,
    },
}

/// Counts admitted calls. An implementation takes all limits of a call or none.
pub trait CounterStore {
    /// Counts a call under every limit, if each has room at `now_ms` (milliseconds since 1970, the host's clock).
    fn take(&self, uses: &[LimitUse<'_>], now_ms: i64) -> Taken;
}

impl Decision<'_> {
    /// Takes this call's limits from a store and tightens the decision if one is spent. A blocked call takes nothing.
    pub fn admit(&mut self, store: &dyn CounterStore, now_ms: i64) -> Taken {
        if self.tier == Tier::Blocked || self.rate_limits.is_empty() {
            return Taken::Admitted;
        }
        let taken = store.take(&self.rate_limits, now_ms);
        if let Taken::Exceeded { limit, .. } = taken {
            self.exceed(limit);
        }
        taken
    }

    /// A call over a limit gets that limit's word; a store names the strictest of those that are spent.
    fn exceed(&mut self, limit: usize) {
        let Some(spent) = self.rate_limits.get(limit).map(|used| used.limit) else { return };
        let reason = format!("rate limit: at most {} calls in {}", spent.max, spent.window_text());
        self.tighten(spent.on_exceed, reason);
    }
}

/// Counters in memory, for one process. Remembers the time of each admitted call, at most `max` per limit and key.
#[derive(Debug, Default)]
pub struct MemoryCounters {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    admitted: BTreeMap<(Arc<str>, Key), Window>,
    takes_since_sweep: usize,
    latest_ms: i64,
}

#[derive(Debug, Default)]
struct Window {
    times: VecDeque<i64>,
    window_ms: i64,
}

impl Window {
    fn forget_before(&mut self, now_ms: i64) {
        while self.times.front().is_some_and(|time| now_ms.saturating_sub(*time) >= self.window_ms) {
            self.times.pop_front();
        }
    }
}

impl Counts {
    /// Time never runs backwards here: a host's clock that jumps back must not admit more.
    fn advance(&mut self, now_ms: i64) -> i64 {
        self.latest_ms = self.latest_ms.max(now_ms);
        self.latest_ms
    }

    fn retry_after(&mut self, used: &LimitUse<'_>, now_ms: i64) -> Result<(), Option<u64>> {
        let key = used.key.as_ref().filter(|_| used.limit.max > 0).ok_or(None)?;
        let Some(window) = self.admitted.get_mut(&(used.limit.identity.clone(), key.clone())) else { return Ok(()) };
        window.forget_before(now_ms);
        if window.times.len() < used.limit.max as usize {
            return Ok(());
        }
        let oldest = window.times.front().copied().unwrap_or(now_ms);
        let free_at = oldest.saturating_add(window.window_ms);
        Err(u64::try_from(free_at.saturating_sub(now_ms)).ok())
    }

    fn count(&mut self, used: &LimitUse<'_>, now_ms: i64) {
        let Some(key) = &used.key else { return };
        let window = self.admitted.entry((used.limit.identity.clone(), key.clone())).or_default();
        window.window_ms = i64::try_from(used.limit.window_ms).unwrap_or(i64::MAX);
        window.times.push_back(now_ms);
    }

    /// Drops keys without a call in their window, now and then, so that memory follows the agents that are active.
    fn sweep(&mut self, now_ms: i64) {
        self.takes_since_sweep += 1;
        if self.takes_since_sweep > self.admitted.len().max(1024) {
            self.takes_since_sweep = 0;
            self.admitted.retain(|_, window| {
                window.forget_before(now_ms);
                !window.times.is_empty()
            });
        }
    }
}

impl CounterStore for MemoryCounters {
    fn take(&self, uses: &[LimitUse<'_>], now_ms: i64) -> Taken {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = counts.advance(now_ms);
        counts.sweep(now_ms);
        let mut spent: Option<(usize, Tier, Option<u64>)> = None;
        for (at, used) in uses.iter().enumerate() {
            if let Err(retry) = counts.retry_after(used, now_ms)
                && spent.is_none_or(|(_, tier, _)| used.limit.on_exceed > tier)
            {
                spent = Some((at, used.limit.on_exceed, retry));
            }
        }
        if let Some((limit, _, retry_after_ms)) = spent {
            return Taken::Exceeded { limit, retry_after_ms };
        }
        for used in uses {
            counts.count(used, now_ms);
        }
        Taken::Admitted
    }
}
